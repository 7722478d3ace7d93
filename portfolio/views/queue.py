"""What waits for me: submissions to decide on, modules ready for my sign-off; and what I decided."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, FilteredRelation, Q, QuerySet, Value
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from accounts.models import User
from curriculum.structure import BlockFacts, ModuleFacts
from portfolio import access, ledger, requirements
from portfolio.access import Waits, visible
from portfolio.diary import AgreedAction, Meeting, review_meetings
from portfolio.forms.queue import FindWaiting
from portfolio.models import (
    AssessmentDecision,
    Decision,
    FeedbackRound,
    Item,
    Portfolio,
)
from portfolio.outside import Placed
from portfolio.progress import awards_to_record
from portfolio.record import Record
from portfolio.requirements.words import day, plural
from portfolio.reviews import called
from portfolio.shapes import ACTIVITY_SHAPES, ASSESSMENT_SHAPES
from portfolio.states import AssessmentOutcome, Outcome, Side
from portfolio.titles import own_title
from portfolio.views.assessments.shown import word_of
from portfolio.views.navigation import waits
from portfolio.views.shown import look_of

PER_PAGE = 25
WHOSE = ("portfolio__trainee", "portfolio__curriculum")


@dataclass(frozen=True)
class Ready:
    """A module that waits for this person's sign-off."""

    portfolio: Portfolio
    module: ModuleFacts


@dataclass(frozen=True)
class Duty:
    """Something else that waits for whoever leads a portfolio: a row of components/next.html."""

    shape: str
    title: str
    note: str
    href: str


@dataclass(frozen=True)
class Place:
    """Where something stands in a queue, counted from 1; `number` is None when it is not in it. `back` leads to the
    queue, narrowed as it was, and to the page of it on which this stands."""

    number: int | None
    of: int
    previous: str
    following: str
    back: str


Queued = tuple[Waits, list[Waits]]


def filters(request: SignedIn, *, all_people: bool = False) -> FindWaiting:
    """What the address narrows the queue to. Whose things wait is read where somebody is named, or may be chosen."""
    return FindWaiting(request.GET.dict(), whose=_whose(request) if all_people or request.GET.get("who") else {})


def _whose(request: SignedIn) -> dict[str, tuple[int, str]]:
    """The portfolios of what waits, by their refs, with their trainees' names; read once a request."""
    if not hasattr(request, "whose"):
        rows = access.portfolios_of(waits(request)).values_list("ref", "pk", "trainee__name")
        request.whose = {ref: (pk, name) for ref, pk, name in rows}
    found: dict[str, tuple[int, str]] = request.whose
    return found


def queue(request: SignedIn, form: FindWaiting) -> list[Queued]:
    """What waits for this person's decision, submissions and assessments in one list, the oldest due first.

    One row for all items of a submission: the first of them, and all.
    """
    rows: dict[str, list[Waits]] = defaultdict(list)
    for one in form.among(waits(request), today=timezone.localdate()):
        rows[one.key].append(one)
    return [(ones[0], ones) for ones in rows.values()]


def address(row: Waits, narrowed: str = "") -> str:
    """Where a row of the queue is decided; `narrowed` is the end of the address that narrows the queue."""
    return reverse("review" if row.sort == access.SUBMISSION else "assess", args=[row.key]) + narrowed


def place_in_queue(request: SignedIn, key: str) -> Place:
    """Of a submission (by its `sid`) or an assessment (by its `aid`), with its neighbours; in the queue as the address
    narrows it."""
    form = filters(request)
    rows = [row for row, _ in queue(request, form)]
    at = next((number for number, row in enumerate(rows) if row.key == key), None)
    back = reverse("reviewing") + form.on_page((at or 0) // PER_PAGE + 1)
    if at is None:
        return Place(None, len(rows), "", "", back)
    previous = address(rows[at - 1], form.query) if at else ""
    following = address(rows[at + 1], form.query) if at + 1 < len(rows) else ""
    return Place(at + 1, len(rows), previous, following, back)


def led(user: User) -> list[Any]:
    """The portfolios whose modules this person signs off, by their trainees' names; each with who is `nominated` in it
    and not answered yet, the longest waiting first: in the same query."""
    named = FilteredRelation("nominations", condition=Q(nominations__until=None))
    who = {"nid": F("named__nid"), "nominee": F("named__name"), "since": F("named__since"), "no": F("named__answer")}
    rows: QuerySet[Any] = access.led_by(user).annotate(named=named, **who).select_related("trainee")
    found: dict[int, Any] = {}
    for row in rows.order_by("trainee__name", "pk", "named__since"):
        first = found.setdefault(row.pk, row)
        waiting = [row] if row.nid and row.no is None else []
        first.nominated = [*getattr(first, "nominated", []), *waiting]
    return list(found.values())


def ready_modules(portfolios: Sequence[Portfolio], records: Mapping[int, Record]) -> list[Ready]:
    """In the order of the portfolios, and of their programmes."""
    return [
        Ready(portfolio, own_title(records[portfolio.pk], module))
        for portfolio in portfolios
        for module in records[portfolio.pk].structure.modules
        if requirements.is_ready(records[portfolio.pk], module)
    ]


def duties(user: User, portfolios: Sequence[Any], records: Mapping[int, Record]) -> list[Duty]:
    """New assessors to approve, options and placements to confirm, reports of feedback to talk about, reviews that have
    been held and are not signed, what the officer agreed to do in one, and awards, where they alone are missing.

    The records hold the meetings of reviews.
    """
    found = [_approve(row) for portfolio in portfolios for row in portfolio.nominated]
    found += [
        _confirm(portfolio, block, records[portfolio.pk].asked[block.position])
        for portfolio in portfolios
        for block in records[portfolio.pk].structure.blocks
        if block.position in records[portfolio.pk].asked
    ]
    stays = [(stay, one) for one in portfolios for stay in records[one.pk].placed if stay.planned]
    found += [_confirm_stay(one, stay) for stay, one in sorted(stays, key=lambda it: it[0].starts_on)]
    rounds = visible(user, FeedbackRound).filter(closing__enough=True, closing__release=None, portfolio__in=portfolios)
    found += [_talk(row) for row in rounds.select_related("portfolio__trainee").order_by("closing__closed_at")]
    today, open_ones = timezone.localdate(), [one for one in portfolios if one.closed_at is None]
    meetings = [(meeting, one) for one in portfolios for meeting in records[one.pk].meetings]
    held = [found for found in meetings if found[0].planned_on <= today and Side.OFFICER not in found[0].signed]
    found += [_sign(one, records[one.pk], meeting) for meeting, one in sorted(held, key=lambda it: it[0].planned_on)]
    agreed = [(action, point, one) for one in open_ones for point, action in records[one.pk].open_actions]
    mine = sorted((it for it in agreed if it[0].side is Side.OFFICER), key=lambda it: (it[0].by_when, it[0].id))
    found += [_do(one, records[one.pk], point, action, today) for action, point, one in mine]
    return found + [_record(one, name) for one in open_ones for name in awards_to_record(records[one.pk])]


def _approve(row: Any) -> Duty:
    """A portfolio, with one who is named in it."""
    title = f"{row.trainee.name}: approve {row.nominee} as assessor"
    note = f"Named on {day(row.since)}. Nobody can decide until you answer."
    return Duty("person", title, note, reverse("nomination", args=[row.ref, row.nid]))


def _confirm(portfolio: Portfolio, block: BlockFacts, option: int) -> Duty:
    codes = block.options[option]
    title = f"{portfolio.trainee.name}: confirm the option {' and '.join(codes)}"
    href = reverse("module_option", args=[portfolio.ref, codes[0]])
    return Duty("review", title, f"Taken for {block.title}. It counts once you confirm it.", href)


def _confirm_stay(portfolio: Portfolio, stay: Placed) -> Duty:
    title = f"{portfolio.trainee.name}: confirm the placement {stay.title}"
    note = f"From {day(stay.starts_on)} on. Nobody gets a role by it until you confirm it."
    return Duty("calendar", title, note, reverse("placement", args=[portfolio.ref, stay.pid]))


def _talk(row: FeedbackRound) -> Duty:
    title = f"{row.portfolio.trainee.name}: talk about the {row.name} feedback"
    note = f"Closed on {day(row.closing.closed_at)}. The trainee reads the report after your talk."
    return Duty("review", title, note, reverse("feedback_round", args=[row.portfolio.ref, row.number]))


def _sign(portfolio: Portfolio, record: Record, meeting: Meeting) -> Duty:
    _, name = called(record.structure).get(meeting.point, (0, meeting.point))
    title = f"{portfolio.trainee.name}: sign {name}"
    note = f"The meeting was planned for {day(meeting.planned_on)}."
    return Duty("calendar", title, note, reverse("reviews", args=[portfolio.ref]))


def _do(portfolio: Portfolio, record: Record, point: str, action: AgreedAction, today: date) -> Duty:
    """What the officer agreed to do in a review, and has not done."""
    number, name = called(record.structure).get(point, (0, point))
    args = [portfolio.ref, number] if number else [portfolio.ref]
    late = action.by_when < today
    note = f"Agreed in “{name}”, {'was due' if late else 'due'} on {day(action.by_when)}."
    href = reverse("review_point" if number else "reviews", args=args)
    return Duty("alert" if late else "calendar", f"{portfolio.trainee.name}: {action.what}", note, href)


def _record(portfolio: Portfolio, award: str) -> Duty:
    title = f"{portfolio.trainee.name}: record {award}"
    note = "Every module is signed off. The university gives it, and you record it."
    return Duty("person", title, note, reverse("awards", args=[portfolio.ref]))


@require_safe
def reviewing(request: SignedIn) -> HttpResponse:
    """The queue and the modules ready for sign-off; `?show=modules` and `?show=decided` are lists of their own."""
    match request.GET.get("show"):
        case "modules":
            return _ready(request)
        case "decided":
            return _decided(request)
    form = filters(request, all_people=True)
    page = Paginator(queue(request, form), PER_PAGE).get_page(request.GET.get("page"))
    portfolios = led(request.user)
    records = _with_meetings(ledger.read(portfolios, people=False, linked=False))
    ready = ready_modules(portfolios, records)
    number = len(waits(request))
    context = {
        "waiting": f"{number} {plural(number, 'item')}",
        "page": page,
        "rows": _rows(list(page), form.query),
        "form": form.as_understood() if number > 1 or form.query else None,
        "clear": reverse("reviewing") if form.query else "",
        "leads": bool(portfolios),
        "ready": ready[:PER_PAGE],
        "more_ready": len(ready) > PER_PAGE,
        "duties": duties(request.user, portfolios, records) if portfolios else [],
    }
    return render(request, "portfolio/reviewing.html", context)


def _with_meetings(records: Mapping[int, Record]) -> dict[int, Record]:
    """With what reviews agreed and who signed them, and nothing else of dates: one query more, and not three."""
    meetings = review_meetings(records)
    return {pk: replace(record, meetings=tuple(meetings.get(pk, ()))) for pk, record in records.items()}


def _rows(waiting: Sequence[Queued], narrowed: str) -> list[dict[str, Any]]:
    """Each row with its trainee and what is asked, in two queries however many they are."""
    asked = [one for _, ones in waiting for one in ones]
    of: dict[str, list[Item]] = defaultdict(list)
    for item in access.items_of(asked).select_related("activity__module", *(f"submission__{name}" for name in WHOSE)):
        of[item.submission.sid].append(item)
    by_aid = {row.aid: row for row in access.assessments_of(asked).select_related("module", *WHOSE)}
    found = []
    for row, _ in waiting:
        assessment, items_here = by_aid.get(row.key), of[row.key]
        if assessment or items_here:
            portfolio = assessment.portfolio if assessment else items_here[0].submission.portfolio
            due = {"sort": row.sort, "key": row.key, "since": row.since, "due_on": row.due_on}
            due["href"] = address(row, narrowed)
            found.append(due | {"portfolio": portfolio, "items": items_here, "assessment": assessment})
    return found


def _ready(request: SignedIn) -> HttpResponse:
    portfolios = led(request.user)
    ready = ready_modules(portfolios, ledger.read(portfolios, people=False, linked=False))
    page = Paginator(ready, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "portfolio/reviewing_modules.html", {"page": page})


def _decided(request: SignedIn) -> HttpResponse:
    """Submissions and assessments in one list, the newest first: the ids are read first, then the rows of the page.

    What was signed in an account that was merged into theirs is among it, and what was signed by a link.
    """
    columns = ("decided_at", "sort", "pk")
    items = access.own_decisions(request.user, visible(request.user, Decision))
    assessed = access.own_decisions(request.user, visible(request.user, AssessmentDecision))
    found = items.annotate(sort=Value("item")).values(*columns)
    found = found.union(assessed.annotate(sort=Value("assessment")).values(*columns), all=True)
    page = Paginator(found.order_by("-decided_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    items = items.filter(pk__in=[row["pk"] for row in page if row["sort"] == "item"])
    items = items.select_related("unlock", "item__activity__module", "item__submission__portfolio__trainee")
    assessed = assessed.filter(pk__in=[row["pk"] for row in page if row["sort"] == "assessment"])
    assessed = assessed.select_related("assessment__module", "assessment__portfolio__trainee")
    shown = {("item", row.pk): _decided_item(row) for row in items}
    shown |= {("assessment", row.pk): _decided_assessment(row) for row in assessed}
    rows = [shown[row["sort"], row["pk"]] for row in page]
    context = {"page": page, "rows": rows, "in_part": not all(row["href"] for row in rows)}
    return render(request, "portfolio/reviewing_decided.html", context)


def _decided_item(row: Any) -> dict[str, Any]:
    """A Decision of access.own_decisions. Of one that they may not read any more, what they said and no more: none of
    the trainee's words, nor what became of it."""
    said = (ACTIVITY_SHAPES[row.outcome], Outcome(row.outcome).label)
    shape, word = look_of(row.item) if row.readable else said
    title = row.item.title or "Wording not recorded yet"
    return {
        "href": reverse("review", args=[row.item.submission.sid]) if row.readable else "",
        "name": f"{row.item.submission.portfolio.trainee.name}: {row.item.activity}",
        "title": title if row.readable else "",
        "shape": shape,
        "word": word,
        "at": row.decided_at,
    }


def _decided_assessment(row: Any) -> dict[str, Any]:
    """The same of an AssessmentDecision."""
    said = (ASSESSMENT_SHAPES[row.outcome], AssessmentOutcome(row.outcome).label)
    shape, word = word_of(row.assessment) if row.readable else said
    return {
        "href": reverse("assess", args=[row.assessment.aid]) if row.readable else "",
        "name": f"{row.assessment.portfolio.trainee.name}: {row.assessment}",
        "title": row.assessment.title if row.readable else "",
        "shape": shape,
        "word": word,
        "at": row.decided_at,
    }
