"""The dated review points, and one of them with the record of its meeting."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from accounts.models import User
from portfolio import ledger, proof
from portfolio.forms.reviews import SignForm
from portfolio.models import ReviewAction, ReviewMeeting, ReviewSignature
from portfolio.requirements.words import day
from portfolio.reviews import OVERALL_IS_OURS, agenda, pace, review_points
from portfolio.shapes import REVIEW_SHAPES
from portfolio.states import Side
from portfolio.views.links import crumbs
from portfolio.views.reviews.fetch import fetch_diary, fetch_review
from portfolio.views.reviews.shown import conditions, facts, point_row, says_overall
from portfolio.views.voice import about
from portfolio.workflow import ReviewOf, available
from portfolio.workflow import reviews as meetings
from portfolio.workflow.reminding import due_since

FIGURES = (
    ("Credits", "credits"),
    ("Items", "items"),
    ("Work", "work"),
    ("Pace", "pace"),
    ("How its date came about", "how"),
)
SIGN = ("sign review as trainee", "sign review as officer")


@require_safe
def reviews(request: SignedIn, ref: str) -> HttpResponse:
    portfolio, voice = fetch_diary(request, ref)
    record, today = ledger.read_one(portfolio, reviews=True), timezone.localdate()
    rows = [point_row(portfolio, point, today) for point in review_points(record)]
    context = about(portfolio) | {
        "voice": voice,
        "rows": rows,
        "pace": pace(record, today=today) if rows else None,
        "overall": OVERALL_IS_OURS if any(row["overall"] for row in rows) else "",
        "crumbs": crumbs(portfolio),
    }
    return render(request, "portfolio/reviews/reviews.html", context)


@require_safe
def point(request: SignedIn, ref: str, number: int) -> HttpResponse:
    subject, voice = fetch_review(request, ref, number)
    today = timezone.localdate()
    may = available(subject, subject.portfolio, by=request.user, parts=voice.parts)
    records = _records(request.user, subject)
    newest = records[0] if records else None
    context = about(subject.portfolio) | {
        "voice": voice,
        "point": subject.point,
        "row": point_row(subject.portfolio, subject.point, today),
        "facts": facts(subject.point, today),
        "state": {"shape": REVIEW_SHAPES[subject.state], "word": subject.state.label},
        "waits": _waits(subject),
        "newest": newest,
        "earlier": records[1:],
        "agenda": [] if newest and newest["frozen"] else _matters(agenda(subject.record, subject.point, today=today)),
        "doubt": "" if _agree(subject) else proof.DOUBT,
        "overall": OVERALL_IS_OURS if says_overall(subject.point.lines) else "",
        "links": _links(subject, may),
        "may": {
            "notes": "write review notes" in may,
            "agree": "agree action" in may,
            "drop": "drop action" in may,
        },
        "sign": _sign(subject, may),
        "not_before": newest["meeting"].planned_on if newest and newest["meeting"].planned_on > today else None,
        "may_sign": any(name in may for name in SIGN),
        "crumbs": reviews_crumbs(subject),
    }
    return render(request, "portfolio/reviews/point.html", context)


def reviews_crumbs(subject: ReviewOf) -> list[tuple[str, str]]:
    ref = subject.portfolio.ref
    return crumbs(subject.portfolio, ("Reviews", reverse("reviews", args=[ref])))


def _links(subject: ReviewOf, may: Any) -> list[dict[str, str]]:
    """The steps that have a page of their own."""
    args = [subject.portfolio.ref, subject.point.number]
    found = []
    if "plan review" in may:
        found.append(("Plan the meeting" if subject.meeting is None else "Change the date", "review_plan"))
    if "record review again" in may:
        found.append(("Make a new record", "review_again"))
    return [{"label": label, "href": reverse(name, args=args)} for label, name in found]


def _sign(subject: ReviewOf, may: Any) -> SignForm | None:
    """The form that signs what the page shows, from the day of the meeting on."""
    name = next((name for name in SIGN if name in may), None)
    if name is None or subject.meeting is None or subject.meeting.planned_on > timezone.localdate():
        return None
    args = [subject.portfolio.ref, subject.point.number]
    action = reverse("review_sign", args=args)
    return SignForm(step=may[name], action=action, initial={"seen": meetings.shown(subject)})


def _waits(subject: ReviewOf) -> list[str]:
    """Of a record that one side signed: for whom it waits, until when, and what went out because it does."""
    if len(subject.signed) != 1 or subject.meeting is None or subject.portfolio.closed_at is not None:
        return []
    row: Any = subject.meeting.signatures.all()[0]
    whom = "the training officer" if row.side == Side.TRAINEE else subject.portfolio.trainee.name
    found = [f"Waits for {whom} to sign, by {day(due_since(row.signed_at))}."]
    if row.reminded_at:
        found.append(f"Reminded on {day(row.reminded_at)}.")
    if row.officer_told_at:
        found.append(f"Training officer told on {day(row.officer_told_at)}.")
    return found


def _matters(found: Any) -> list[dict[str, str]]:
    """Lines of the agenda as components/next.html takes them."""
    return [{"shape": one.shape, "title": one.words, "note": one.note} for one in found]


def _records(user: User, subject: ReviewOf) -> list[dict[str, Any]]:
    """Every record of this point's meeting, the newest first."""
    agreed = {row.pk for row in meetings.agreed(subject)}
    found = []
    for row in reversed(subject.records):
        parts = meetings.as_signed(row) if row.digest else None
        found.append(
            {
                "meeting": row,
                "frozen": _frozen(parts) if parts else None,
                "notes": _notes(row, user, subject),
                "actions": [_action(one, user, subject, agreed) for one in row.actions.all() if not one.dropped],
                "signatures": [_signature(one) for one in row.signatures.all()],
            }
        )
    return found


def _frozen(parts: dict[str, Any]) -> dict[str, Any]:
    """The figures of the day on which it was signed first, as they were."""
    figures = parts["figures"]
    return {
        "conditions": conditions(figures["conditions"]),
        "agenda": [{"shape": "info", "title": one["words"], "note": one["note"]} for one in parts["agenda"]],
        "facts": [{"key": key, "value": figures[name]} for key, name in FIGURES if figures.get(name)],
    }


def _notes(row: ReviewMeeting, user: User, subject: ReviewOf) -> list[dict[str, Any]]:
    own = Side.TRAINEE if user.pk == subject.portfolio.trainee_id else Side.OFFICER
    names = {Side.TRAINEE: subject.portfolio.trainee.name, Side.OFFICER: "Training officer"}
    return [{"who": names[side], "text": row.notes(side), "mine": side == own} for side in Side]


def _action(row: ReviewAction, user: User, subject: ReviewOf, agreed: set[int]) -> dict[str, Any]:
    own = user.pk == subject.portfolio.trainee_id
    whose = row.side == (Side.TRAINEE if own else Side.OFFICER)
    done = f"Done on {day(row.done_at)}" if row.done_at else ""
    return {
        "row": row,
        "who": subject.portfolio.trainee.name if row.side == Side.TRAINEE else "Training officer",
        "done": done,
        "late": not row.done_at and row.pk in agreed and row.by_when < timezone.localdate(),
        "mine": whose and row.pk in agreed and subject.portfolio.closed_at is None,
    }


def _signature(row: ReviewSignature) -> dict[str, str]:
    """As components/timeline.html takes it."""
    role = row.get_role_kind_display() if row.role_kind else row.get_side_display()
    return {
        "shape": "done",
        "what": f"Signed by {row.signer_name}",
        "who": f"{day(row.signed_at)}, {role}",
        "digest": row.digest,
    }


def _agree(subject: ReviewOf) -> bool:
    """Whether every signature of this point is what was recorded when it was made, over what still stands."""
    rows = [row for one in subject.records for row in one.signatures.all()]
    return proof.all_agree(subject.portfolio, rows, [ReviewSignature], point=subject.point.key)
