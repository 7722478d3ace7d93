"""What goes out by itself while a request waits: a reminder when it is due, and a week later a word to the officer.

Whoever decides by a link is reminded while it works for some days still, due or not.
Each once for a request and whoever it is with: a row says what went, and the database holds it to one.
Nothing of a decision depends on them, so no event of the chain tells of them.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from outbox import writing
from outbox.writing import Letter
from portfolio import access
from portfolio.models import (
    Addressee,
    AssessmentAddressee,
    FeedbackClosing,
    Nomination,
    OptionTaken,
    Placement,
    Portfolio,
    ReviewMeeting,
    ReviewSignature,
)
from portfolio.states import AssessmentState, ItemState, PlacementState, ReminderKind
from portfolio.workflow import reminder_letters, waiting_letters
from portfolio.workflow.machine import locked
from portfolio.workflow.one_off.links import is_blocked
from portfolio.workflow.reminder_letters import Waiting

logger = logging.getLogger(__name__)
LINK_DAYS_LEFT = 3


@dataclass
class Sent:
    """How many of each kind went out."""

    of: dict[ReminderKind, int] = field(default_factory=lambda: dict.fromkeys(ReminderKind, 0))

    def __str__(self) -> str:
        return f"{self.of[ReminderKind.DUE]} reminded, officer told of {self.of[ReminderKind.LATE]}"


@dataclass(frozen=True)
class Request:
    """Rows that say with whom something is, the portfolio of each, and its letters: none while nobody can be told.

    `since`: the field of the moment since which it waits, where the row holds no date on which it is due. `has_links`:
    whether a row may have a personal link, by which somebody without an account decides.
    """

    rows: Callable[[], QuerySet[Any]]
    portfolio: Callable[[Any], Portfolio]
    letters: dict[ReminderKind, Callable[[Any], Iterator[Letter]]]
    since: str = ""
    has_links: bool = False

    def due_by(self, day: date) -> Q:
        """Those that were due on this day or earlier."""
        if self.since:
            return Q(**{f"{self.since}__date__lte": day - timedelta(days=settings.DECISION_DUE_DAYS)})
        return Q(until=None, due_on__lte=day)

    def to_remind(self, today: date) -> Q:
        """Those that are due, or whose link has some days left."""
        if not self.has_links:
            return self.due_by(today)
        last = timezone.make_aware(datetime.combine(today + timedelta(days=days_left()), time.max))
        return self.due_by(today) | Q(until=None, assessor__one_off=True, link__expires_at__lte=last)


def days_left() -> int:
    """For how many days after the reminder a link still works; of a short link, for half of its days."""
    return min(LINK_DAYS_LEFT, settings.SIGN_LINK_DAYS // 2)


def remind() -> Sent:
    """Send what is due today. One request that fails keeps no other back: it is logged, and tried again next time."""
    sent, today = Sent(), timezone.localdate()
    for kind in ReminderKind:
        for request in REQUESTS:
            for row in _due(kind, request, today) if kind in request.letters else ():
                try:
                    sent.of[kind] += _send(kind, request, row, today)
                except Exception:  # one that fails keeps no other back, and is tried again
                    logger.exception("A reminder (%s) of %s %s failed.", kind, type(row).__name__, row.pk)
    return sent


def _submissions() -> QuerySet[Any]:
    """Whoever has not decided all of a submission."""
    rows = Addressee.objects.filter(submission__items__state=ItemState.UNDECIDED, submission__portfolio__closed_at=None)
    return rows.select_related("submission__portfolio__trainee", "assessor").distinct()


def _assessments() -> QuerySet[Any]:
    waiting = Q(assessment__state=AssessmentState.WITH_ASSESSOR, assessment__portfolio__closed_at=None)
    rows = AssessmentAddressee.objects.filter(waiting)
    return rows.select_related("assessment__portfolio__trainee", "assessment__module", "assessor")


def _nominations() -> QuerySet[Any]:
    """Somebody new is named, and nobody has approved or declined them."""
    rows = Nomination.objects.filter(answer=None, portfolio__closed_at=None)
    return rows.select_related("portfolio__trainee")


def due_since(moment: datetime) -> date:
    """The day on which something is due that waits since this moment."""
    return timezone.localdate(moment) + timedelta(days=settings.DECISION_DUE_DAYS)


def half_signed_reviews() -> QuerySet[ReviewSignature]:
    """The one signature of the newest record of a review, where the other side has still to sign."""
    other = ReviewSignature.objects.filter(meeting=OuterRef("meeting")).exclude(side=OuterRef("side"))
    later = ReviewMeeting.objects.filter(
        portfolio=OuterRef("meeting__portfolio"),
        point=OuterRef("meeting__point"),
        number__gt=OuterRef("meeting__number"),
    )
    rows = ReviewSignature.objects.filter(~Exists(other), ~Exists(later), meeting__portfolio__closed_at=None)
    return rows.select_related("meeting__portfolio__trainee", "meeting__portfolio__curriculum")


def _options() -> QuerySet[OptionTaken]:
    """What the trainee took last of a block, and nobody confirmed or refused."""
    later = OptionTaken.objects.filter(
        portfolio=OuterRef("portfolio"), block=OuterRef("block"), number__gt=OuterRef("number")
    )
    rows = OptionTaken.objects.filter(~Exists(later), confirmation=None, refusal=None, portfolio__closed_at=None)
    return rows.select_related("portfolio__trainee")


def _placements() -> QuerySet[Placement]:
    rows = Placement.objects.filter(state=PlacementState.PLANNED, portfolio__closed_at=None)
    return rows.select_related("portfolio__trainee")


def _reports() -> QuerySet[FeedbackClosing]:
    """Reports that the trainee reads once the officer has talked about them with them."""
    rows = FeedbackClosing.objects.filter(enough=True, release=None, round__portfolio__closed_at=None)
    return rows.select_related("round__portfolio__trainee")


def _due(kind: ReminderKind, request: Request, today: date) -> QuerySet[Any]:
    """Those of which nothing of this kind went out, and that are late enough for it.

    The officer hears a week after the reminder, however late that was; and a week after the date where none could go.
    """
    rows = request.rows()
    of = rows.model._meta.get_field("reminders")
    reminders = of.related_model.objects.filter(**{of.field.name: OuterRef("pk")})
    rows = rows.filter(~Exists(reminders.filter(kind=kind)), request.to_remind(today))
    if kind is ReminderKind.LATE:
        a_week_ago = today - timedelta(days=settings.TELL_OFFICER_DAYS)
        rows = rows.filter(request.due_by(a_week_ago)).exclude(Exists(reminders.filter(sent_at__date__gt=a_week_ago)))
    return rows.order_by("pk")


def _send(kind: ReminderKind, request: Request, row: Any, today: date) -> int:
    """Under the portfolio's lock, in one transaction with the mail; 1 when somebody was told."""
    letters_of = request.letters[kind]
    if not list(letters_of(row)):
        return 0  # without a lock: it may be so for a long time
    portfolio = request.portfolio(row)
    with transaction.atomic():
        locked(portfolio.pk)
        found: Any = _due(kind, request, today).filter(pk=row.pk).first()
        letters: Iterable[Letter] = list(letters_of(found)) if found else []
        if not letters:
            return 0
        found.reminders.create(kind=kind, sent_at=timezone.now())
        writing.put(letters, kind=f"reminder: {kind}", about=portfolio.ref)
    return 1


def _of_submission(row: Addressee) -> Waiting:
    submission = row.submission
    items = submission.items.filter(state=ItemState.UNDECIDED).select_related("activity__module")
    return Waiting(
        row,
        submission.portfolio,
        what=_named([str(item.activity) for item in items]),
        still=access.with_me(row.assessor).filter(submission=submission).exists() and not is_blocked(row),
        decide=reverse("review", args=[submission.sid]),
        shown=reverse("submission", args=[submission.portfolio.ref, submission.sid]),
    )


def _of_assessment(row: AssessmentAddressee) -> Waiting:
    asked = row.assessment
    waits = access.assessments_of(access.what_waits(row.assessor)).filter(pk=asked.pk)
    return Waiting(
        row,
        asked.portfolio,
        what=str(asked),
        still=waits.exists() and not is_blocked(row),
        decide=reverse("assess", args=[asked.aid]),
        shown=reverse("assessment", args=[asked.portfolio.ref, asked.aid]),
    )


def _named(names: list[str]) -> str:
    """The activities that wait, such as "S-C1 4, S-C1 5, S-C1 6 and 7 more"."""
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


REQUESTS = (
    Request(
        _submissions,
        lambda row: row.submission.portfolio,
        {
            ReminderKind.DUE: lambda row: reminder_letters.reminder(_of_submission(row)),
            ReminderKind.LATE: lambda row: reminder_letters.officer_told(_of_submission(row)),
        },
        has_links=True,
    ),
    Request(
        _assessments,
        lambda row: row.assessment.portfolio,
        {
            ReminderKind.DUE: lambda row: reminder_letters.reminder(_of_assessment(row)),
            ReminderKind.LATE: lambda row: reminder_letters.officer_told(_of_assessment(row)),
        },
        has_links=True,
    ),
    Request(_nominations, lambda row: row.portfolio, {ReminderKind.DUE: reminder_letters.not_answered}),
    Request(
        half_signed_reviews,
        lambda row: row.meeting.portfolio,
        {ReminderKind.DUE: waiting_letters.sign_review, ReminderKind.LATE: waiting_letters.review_not_signed},
        since="signed_at",
    ),
    Request(_options, lambda row: row.portfolio, {ReminderKind.DUE: waiting_letters.confirm_option}, since="taken_at"),
    Request(
        _placements, lambda row: row.portfolio, {ReminderKind.DUE: waiting_letters.confirm_placement}, since="asked_at"
    ),
    Request(
        _reports,
        lambda row: row.round.portfolio,
        {ReminderKind.DUE: waiting_letters.discuss_feedback},
        since="closed_at",
    ),
)
