"""Pages of evidence as their readers see them: querysets for lists, and who reads what of one page.

The trainee reads the working copy. Their people read the newest revision that they may see; of links, of unsaved work
and of what changed since they learn nothing, for those are contents of unsubmitted work. Every function takes the
reader, and every row comes from `access.visible`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import compress
from typing import Any, TypeVar

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from accounts.models import User
from portfolio.access import deciding_roles, deciding_supervisors, visible_in
from portfolio.models import (
    Activity,
    Addressee,
    Assessment,
    AssessmentAddressee,
    Attachment,
    Comment,
    Evidence,
    Item,
    ItemPage,
    Link,
    Nomination,
    Portfolio,
    Revision,
    Submission,
)
from portfolio.states import ActivityState, EvidenceState, ItemState, Outcome, ReminderKind

AnyDecided = TypeVar("AnyDecided", Item, Assessment)
TEXT = ("title", "happened_on", "kind", "body")
WITH_FILES = Prefetch("attachments", Attachment.objects.select_related("file"))
MOST_WORDS = 10  # of a search; the rest are left out
IN_REVIEW = Q(item__state=ItemState.UNDECIDED)
SIGNED_OFF = Q(item__decision__outcome=Outcome.SIGNED_OFF, item__decision__unlock=None)
STANDING = Q(item__state__in=(ItemState.UNDECIDED, ItemState.DECIDED))
TO_THEIR_PEOPLE = (EvidenceState.IN_REVIEW, EvidenceState.RETURNED, EvidenceState.SIGNED_OFF)


@dataclass(frozen=True)
class Wanted:
    """What a list is asked for; empty means all. `archived` and `binned` are lists of their own, for the trainee;
    `archived=None` takes both what is archived and what is not. `dated`: from a day to a day, both inclusive."""

    text: str = ""
    module: str = ""
    number: int | None = None
    kind: str = ""
    state: str = ""
    archived: bool | None = False
    binned: bool = False
    dated: tuple[date, date] | None = None


def is_own(user: User, portfolio: Portfolio) -> bool:
    """Whether this reader wrote the pages of this portfolio."""
    return user.pk == portfolio.trainee_id


def states_for(user: User, portfolio: Portfolio) -> tuple[EvidenceState, ...]:
    """The states that this reader may ask for."""
    return tuple(EvidenceState) if is_own(user, portfolio) else TO_THEIR_PEOPLE


def listed(user: User, portfolio: Portfolio, wanted: Wanted = Wanted()) -> QuerySet[Evidence]:
    """The pages that this reader may see, newest first, narrowed to what is wanted.

    Each row says `shown_title`, `shown_on`, `shown_kind`, `shown_body`, `files` (how many), for every EvidenceState a
    truth of its name (`is_draft`), and for the trainee `is_unsaved`.
    """
    rows = visible_in(portfolio, user, Evidence)
    own = is_own(user, portfolio)
    rows = _as_its_trainee(rows, user, portfolio, wanted) if own else _as_their_people(rows, user, portfolio)
    if wanted.kind:
        rows = rows.filter(Q(shown_kind=wanted.kind))
    if wanted.state:
        rows = (
            rows.filter(**{f"is_{wanted.state}": True}) if wanted.state in states_for(user, portfolio) else rows.none()
        )
    if wanted.module:
        theirs = Q() if own else _theirs(user, portfolio)
        rows = rows.filter(_shows(theirs, own, wanted.module, wanted.number))
    if wanted.dated:
        rows = rows.filter(Q(shown_on__range=wanted.dated))
    for word in wanted.text.split()[:MOST_WORDS]:
        rows = rows.filter(Q(shown_title__icontains=word) | Q(shown_body__icontains=word))
    return rows.order_by(F("shown_on").desc(nulls_first=True), "-changed_at" if own else "-created_at", "-pk")


def linked(user: User, activity: Activity) -> QuerySet[Evidence]:
    """The pages that are linked to an activity, newest first, for their trainee: to others nothing is linked.

    Each row says why, as `linked_why`, and of what a row of `listed` says all but the states.
    """
    links = visible_in(activity.portfolio, user, Link).filter(activity=activity)
    rows = visible_in(activity.portfolio, user, Evidence).filter(binned_at=None, links__in=links)
    written = _as_written(rows.annotate(linked_why=F("links__why")))
    return written.order_by(F("happened_on").desc(nulls_first=True), "-changed_at", "-pk")


def linked_in(user: User, portfolio: Portfolio, states: Iterable[str]) -> QuerySet[Evidence]:
    """The pages that are linked to an activity in one of these states, archived ones too, newest first, for their
    trainee. Each row says of what a row of `listed` says all but the states."""
    links = visible_in(portfolio, user, Link).filter(evidence=OuterRef("pk"), activity__state__in=states)
    rows = visible_in(portfolio, user, Evidence).filter(Exists(links), binned_at=None)
    return _as_written(rows).order_by(F("happened_on").desc(nulls_first=True), "-changed_at", "-pk")


def states_of(row: Evidence) -> list[EvidenceState]:
    """The states of a row of `listed`, in the order of the words."""
    return [state for state in EvidenceState if getattr(row, f"is_{state}", False)]


# --- what a row is to its trainee ---------------------------------------------------------------------------------


def _as_its_trainee(rows: QuerySet[Evidence], user: User, portfolio: Portfolio, wanted: Wanted) -> QuerySet[Evidence]:
    if wanted.binned:
        rows = rows.filter(binned_at__isnull=False)
    else:
        rows = rows.filter(binned_at=None)
        rows = rows if wanted.archived is None else rows.filter(archived_at__isnull=not wanted.archived)
    links = visible_in(portfolio, user, Link).values_list("evidence", "activity", "activity__state")
    linked = {(page, activity): state for page, activity, state in links}
    submitted = _submitted(user, portfolio)
    part_of = submitted[EvidenceState.IN_REVIEW] | submitted[EvidenceState.SIGNED_OFF]
    returned = {of for of, state in linked.items() if state == ActivityState.RETURNED}
    return _as_written(rows).annotate(
        is_unlinked=_among(linked, negated=True),
        is_draft=_among(linked.keys() - returned - part_of),
        is_in_review=_among(submitted[EvidenceState.IN_REVIEW]),
        is_returned=_among(returned),
        is_signed_off=_among(submitted[EvidenceState.SIGNED_OFF]),
    )


def _as_written(rows: QuerySet[Evidence]) -> QuerySet[Evidence]:
    """What the working copy says, and whether it is as it was saved and submitted."""
    saved = Revision.objects.filter(evidence=OuterRef("pk")).order_by("-number")
    standing = ItemPage.objects.filter(STANDING, revision__evidence=OuterRef("pk")).order_by("-revision__number")
    return rows.annotate(
        shown_title=F("title"),
        shown_on=F("happened_on"),
        shown_kind=F("kind"),
        shown_body=F("body"),
        files=_how_many(Attachment.objects.filter(removed_at=None, evidence=OuterRef("pk")), "evidence"),
        saved=Subquery(saved.values("pk")[:1]),
        submitted=Subquery(standing.values("revision")[:1]),
    ).annotate(
        is_changed=Q(submitted__isnull=False) & _differs_from("submitted"),
        is_unsaved=_differs_from("saved"),
    )


def _how_many(rows: QuerySet[Any], key: str) -> Coalesce:
    """How many of these rows share the key; a subquery, so that no join of a caller multiplies it."""
    return Coalesce(Subquery(rows.order_by().values(key).annotate(many=Count("pk")).values("many")), 0)


def _submitted(user: User, portfolio: Portfolio) -> dict[EvidenceState, set[tuple[int, int]]]:
    """Of what this reader sees of submissions: the pages, each with the activity it was submitted for, by what became
    of them. One plain query of one portfolio: asked of each row, a database reads the tables of everybody."""
    asked = {
        EvidenceState.IN_REVIEW: IN_REVIEW,
        EvidenceState.RETURNED: Q(item__state=ItemState.DECIDED, item__activity__state=ActivityState.RETURNED),
        EvidenceState.SIGNED_OFF: SIGNED_OFF,
    }
    found: dict[EvidenceState, set[tuple[int, int]]] = {state: set() for state in asked}
    rows = ItemPage.objects.filter(_theirs(user, portfolio)).annotate(
        **{f"is_{state}": how for state, how in asked.items()}
    )
    for page, activity, *true in rows.values_list(
        "revision__evidence", "item__activity", *(f"is_{state}" for state in asked)
    ):
        for state in compress(asked, true):
            found[state].add((page, activity))
    return found


def _among(found: Iterable[tuple[int, int]], *, negated: bool = False) -> Combinable:
    """Whether a row is a page that is found with any activity; `negated`: with none."""
    ids = {page for page, _ in found}
    if not ids:
        return Value(negated)
    return ExpressionWrapper(~Q(pk__in=ids) if negated else Q(pk__in=ids), BooleanField())


def _theirs(user: User, portfolio: Portfolio) -> Q:
    """Of what was submitted, what this reader sees: a placement supervisor not all of it."""
    return Q(item__in=visible_in(portfolio, user, Item).order_by().values("pk"))


def _differs_from(revision: str) -> Q:
    """The working copy is not what the revision of this name holds; true as well where there is none."""
    same_text = Revision.objects.filter(pk=OuterRef(revision), **{name: OuterRef(name) for name in TEXT})
    held = Revision.attachments.through.objects
    is_held = held.filter(attachment=OuterRef("pk"), revision=OuterRef(OuterRef(revision)))
    added = Attachment.objects.filter(~Exists(is_held), evidence=OuterRef("pk"), removed_at=None)
    removed = held.filter(revision=OuterRef(revision), attachment__removed_at__isnull=False)
    return Q(~Exists(same_text)) | Q(Exists(added)) | Q(Exists(removed))


# --- what a row is to their people --------------------------------------------------------------------------------


def _as_their_people(rows: QuerySet[Evidence], user: User, portfolio: Portfolio) -> QuerySet[Evidence]:
    """Each page with the newest revision that they may see. The ids are read first: one plain query in place of six
    copies of a large one."""
    seen = visible_in(portfolio, user, Revision).order_by("number")
    newest = dict(seen.values_list("evidence", "pk"))
    held = Revision.attachments.through.objects.filter(revision=OuterRef("shown__pk"))
    submitted = _submitted(user, portfolio)
    return (
        rows.annotate(shown=FilteredRelation("revisions", condition=Q(revisions__in=list(newest.values()))))
        .filter(shown__isnull=False)
        .annotate(
            shown_title=F("shown__title"),
            shown_on=F("shown__happened_on"),
            shown_kind=F("shown__kind"),
            shown_body=F("shown__body"),
            files=_how_many(held, "revision"),
            **{f"is_{state}": _among(found) for state, found in submitted.items()},
        )
    )


def _shows(theirs: Q, own: bool, module: str, number: int | None) -> Exists:
    """The page shows an activity of this module: by its links to the trainee, by what was submitted to their people."""
    path = "" if own else "item__"
    asked = {f"{path}activity__module__code": module} | ({f"{path}activity__number": number} if number else {})
    if own:
        return Exists(Link.objects.filter(evidence=OuterRef("pk"), **asked))
    return Exists(ItemPage.objects.filter(theirs, STANDING, revision__evidence=OuterRef("pk"), **asked))


# --- one page -----------------------------------------------------------------------------------------------------


def revisions(user: User, evidence: Evidence) -> QuerySet[Revision]:
    """The revisions of a page that this reader may see, newest first."""
    rows = visible_in(evidence.portfolio, user, Revision).filter(evidence=evidence)
    return rows.order_by("-number").prefetch_related(WITH_FILES)


def submitted_items(user: User, evidence: Evidence) -> list[ItemPage]:
    """Where this page was submitted, of what this reader may see, the newest first; with the item and its decision."""
    items = visible_in(evidence.portfolio, user, Item).filter(pages__revision__evidence=evidence)
    return list(
        ItemPage.objects.filter(item__in=items, revision__evidence=evidence)
        .select_related("revision", "item__activity__module", "item__submission", "item__decision__unlock")
        .prefetch_related(with_whom("item__submission"))
        .order_by("-item__submission__submitted_at", "-pk")
    )


def with_whom(submission: str = "", *, activity: int | None = None) -> "Prefetch[Any]":
    """The addressees of a submission, with their names, in one query; `submission` is the way to it, if it is one.

    `activity`, the id of one: each says whether it `decides` on that today.
    """
    path = f"{submission}__addressees" if submission else "addressees"
    rows = Addressee.objects.select_related("assessor").order_by("since", "pk")
    if activity is not None:
        here: dict[str, Any] = {"user": OuterRef("assessor"), "portfolio": OuterRef("submission__portfolio")}
        module = Activity.objects.filter(pk=activity).values("module")
        limited = deciding_supervisors().filter(modules__in=module, **here)
        rows = rows.annotate(decides=Exists(deciding_roles().filter(**here)) | Exists(limited))
    return Prefetch(path, with_reminders(rows))


def with_nominee(rows: QuerySet[Submission]) -> QuerySet[Any]:
    """Each submission with who is named for it now, declined or not approved yet, and without a query of its own."""
    named = FilteredRelation("nominations", condition=Q(nominations__until=None))
    return rows.annotate(
        named=named,
        nid=F("named__nid"),
        nominee=F("named__name"),
        named_since=F("named__since"),
        named_due_on=F("named__due_on"),
        declined_by=F("named__answer__signer_name"),
        declined_because=F("named__answer__reason"),
    )


def with_items(user: User, portfolio: Portfolio) -> "Prefetch[Any]":
    """The items of a submission that this reader may see, with their activities and what was decided, in one query."""
    return Prefetch("items", visible_in(portfolio, user, Item).select_related("activity__module", "decision__unlock"))


def signed_with(evidence: Evidence) -> set[int]:
    """The ids of the activities whose standing sign-off holds this page: there it stays as it was signed."""
    signed = ItemPage.objects.filter(SIGNED_OFF, revision__evidence=evidence)
    return set(signed.values_list("item__activity", flat=True))


def links(user: User, portfolio: Portfolio, rows: Iterable[Evidence]) -> QuerySet[Link]:
    """The links of these pages of a portfolio, for the trainee alone."""
    return (
        visible_in(portfolio, user, Link)
        .filter(evidence__in=rows)
        .select_related("activity__module")
        .order_by("activity__module__block__position", "activity__module__position", "activity__number")
    )


def with_assessors(assessment: str = "") -> "Prefetch[Any]":
    """The addressees of an assessment, with their names, in one query."""
    path = f"{assessment}__addressees" if assessment else "addressees"
    return Prefetch(path, with_reminders(AssessmentAddressee.objects.select_related("assessor")))


def with_nominations() -> "Prefetch[Any]":
    """Who was named for an assessment, with the officer's answers, in one query."""
    return Prefetch("nominations", Nomination.objects.select_related("answer"))


def with_reminders(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows that somebody is reminded of, each with `reminded_at` and `officer_told_at`: when each went out."""
    of = rows.model._meta.get_field("reminders")
    sent = of.related_model.objects.filter(**{of.field.name: OuterRef("pk")})
    return rows.annotate(
        reminded_at=Subquery(sent.filter(kind=ReminderKind.DUE).values("sent_at")),
        officer_told_at=Subquery(sent.filter(kind=ReminderKind.LATE).values("sent_at")),
    )


def counting_comments(rows: QuerySet[AnyDecided]) -> QuerySet[AnyDecided]:
    """Items or assessments that their reader sees, each with how many comments were made on it, as `comments_said`.

    In the same query; whoever sees a row sees these too.
    """
    of = "item" if rows.model is Item else "assessment"
    said = Comment.objects.filter(**{of: OuterRef("pk")}, withdrawal=None).order_by().values(of)
    return rows.annotate(comments_said=Subquery(said.annotate(number=Count("pk")).values("number")))
