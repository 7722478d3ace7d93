"""The decision, with the evidence beside it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import get_text_list
from django.views.decorators.http import require_http_methods

from accounts.kept import kept_page
from accounts.middleware import SignedIn
from portfolio import access, proof
from portfolio.forms.steps import DECLARATIONS, DecisionForm
from portfolio.models import Item, Role, Submission
from portfolio.states import ItemState, Part
from portfolio.views.queue import place_in_queue
from portfolio.views.shown import ShownItem, key_of, show, with_contents
from portfolio.views.submissions import names
from portfolio.workflow import Ask, Move, NotAllowed, TooLate, available, perform_all
from portfolio.workflow.machine import CLOSED

GONE = "This is no longer with you: it was taken back, or somebody else was asked. Nothing was decided."
AGAIN = (
    "What you had open was withdrawn, and submitted again since. This is how it stands now: each page says whether it "
    "changed. Nothing was decided."
)
UNKNOWN = "There is no such page, or it is not yours to see. Nothing was decided."


@dataclass(frozen=True)
class Desk:
    """What lies before the assessor: one submission's items that they may see, and a form for each that waits.

    `lost` is feedback that was typed for items that no longer wait.
    """

    submission: Submission
    role: Role | None
    open: bool
    items: list[ShownItem]
    forms: dict[str, DecisionForm]
    lost: list[tuple[str, str]]

    @property
    def waiting(self) -> list[tuple[ShownItem, DecisionForm]]:
        return [(item, self.forms[item.key]) for item in self.items if item.key in self.forms]


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedIn, sid: str) -> HttpResponse:
    """The assessor decides item by item; what they leave undecided waits on. All of it in one transaction."""
    desk = _desk(request, sid)
    if desk is None:
        return _not_here(request, sid)
    if request.method != "POST":
        return _page(request, desk)
    if desk.submission.portfolio.closed_at is not None:
        return kept_page(request, why=CLOSED, status=NotAllowed.status)
    try:
        asks = _asks(request, desk)
        if any(form.errors for form in desk.forms.values()):
            return _page(request, desk, status=422)
        following = place_in_queue(request, sid).following
        moves = perform_all(asks, by=request.user)
    except TooLate as late:
        messages.error(request, late.said)
        return _page(request, _desk(request, sid, keep=True) or desk, status=TooLate.status)
    except NotAllowed:
        if access.addressed_items(request.user).filter(submission__sid=sid).exists():
            raise
        return _not_here(request, sid)  # taken from them a moment ago
    messages.success(request, _told(moves, left=len(desk.forms) - len(moves)))
    return redirect(following or "reviewing")


def _desk(request: SignedIn, sid: str, *, keep: bool = False, read: Iterable[Item] = ()) -> Desk | None:
    """None when nothing of this submission is for this person. `keep`: new forms that keep the feedback typed.

    `read`: what they had before them when it was withdrawn.
    """
    addressed = access.addressed_items(request.user)
    rows = list(with_contents(addressed.filter(submission__sid=sid)))
    if not rows:
        return None
    submission = rows[0].submission
    before: dict[int, list[Item]] = defaultdict(list)
    earlier = addressed.filter(activity__in=[row.activity_id for row in rows], state=ItemState.DECIDED)
    for item in with_contents(earlier).exclude(submission=submission).order_by("attempt"):
        before[item.activity_id].append(item)
    for item in read:
        before[item.activity_id].append(item)
    doubted = proof.doubted(submission.portfolio, [*rows, *(item for items in before.values() for item in items)])
    waiting = {key_of(row): row for row in rows if row.state == ItemState.UNDECIDED}
    role = access.deciding_role(request.user, submission.portfolio, rows[0].activity.module_id)
    # What waits here is with this person, and a submission with one assessor: what goes for one item goes for each.
    parts = frozenset({Part.ADDRESSED} if role else ())
    steps = [
        available(row.activity, submission.portfolio, by=request.user, parts=parts)
        for row in list(waiting.values())[:1]
    ]
    return Desk(
        submission=submission,
        role=role,
        open=any("sign off" in step for step in steps),
        items=[show(row, before=before[row.activity_id], doubted=doubted) for row in rows],
        forms={key: _form(request, row, keep=keep) for key, row in waiting.items()},
        lost=[
            (name, str(text))
            for name, text in request.POST.dict().items()
            if keep
            and str(text).strip()
            and name.endswith("-feedback")
            and name.removesuffix("-feedback") not in waiting
        ],
    )


def _form(request: SignedIn, row: Item, *, keep: bool) -> DecisionForm:
    key = key_of(row)
    initial = {"seen": row.digest, "feedback": request.POST.get(f"{key}-feedback", "")}
    bound = request.POST if request.method == "POST" and not keep else None
    return DecisionForm(bound, prefix=key, name=str(row.activity), initial=initial)


def _asks(request: SignedIn, desk: Desk) -> list[Ask]:
    """The steps that were chosen. Errors stand in the forms; TooLate for an item that no longer waits here."""
    chosen = {
        name.removesuffix("-outcome") for name in request.POST if name.endswith("-outcome") and request.POST[name]
    }
    if gone := chosen - desk.forms.keys():
        if not gone <= {key_of(item) for item in desk.submission.items.select_related("activity__module")}:
            raise Http404
        which = get_text_list(sorted(gone), "and")
        raise TooLate(f"{which}: decided already, or no longer with you. Nothing was decided now.")
    if not desk.waiting:
        raise TooLate("Nothing of this waits for your decision any more. Nothing was decided now.")
    valid = [form.is_valid() for form in desk.forms.values()]
    if all(valid) and not chosen:
        desk.waiting[0][1].add_error("outcome", "Choose Sign off or Return with feedback for at least one item.")
    if not all(valid) or not chosen:
        return []
    asks = [form.ask(item.item.activity) for item, form in desk.waiting]
    return [ask for ask in asks if ask is not None]


def _told(moves: Sequence[Move], *, left: int) -> str:
    """Signed off S-C1 4. Returned S-C1 5."""
    told = []
    for action, word in (("sign off", "Signed off"), ("return", "Returned")):
        if activities := [move.subject for move in moves if move.step.name == action]:
            told.append(f"{word} {names(activities)}.")
    if left:
        told.append("1 item still waits for you." if left == 1 else f"{left} items still wait for you.")
    return " ".join(told)


def _not_here(request: SignedIn, sid: str) -> HttpResponse:
    """404 as for anything unknown; 409 for what was with this person while they wrote. They get their text back."""
    if request.method != "POST":
        raise Http404
    asked = access.once_asked(request.user).filter(sid=sid).first()
    if asked is None:
        return kept_page(request, why=UNKNOWN, status=404)
    if (desk := _submitted_again(request, asked)) is not None:
        return _page(request, desk, status=TooLate.status)
    return kept_page(request, why=GONE, status=TooLate.status)


def _submitted_again(request: SignedIn, asked: Submission) -> Desk | None:
    """What was withdrawn while they read it and is with them once more: as it stands now, and what is new in it.

    Of what was withdrawn they learn no word again: only which of the pages that are here now changed.
    """
    read = list(with_contents(asked.items.filter(state=ItemState.WITHDRAWN)).order_by("activity", "attempt"))
    waiting = access.with_me(request.user).filter(activity__in=[item.activity_id for item in read])
    again = waiting.select_related("submission").order_by("-submission__submitted_at").first()
    if again is None:
        return None
    desk = _desk(request, again.submission.sid, keep=True, read=read)
    messages.error(request, AGAIN)
    return desk


def _page(request: SignedIn, desk: Desk, *, status: int = 200) -> HttpResponse:
    context = {
        "desk": desk,
        "submission": desk.submission,
        "portfolio": desk.submission.portfolio,
        "addressee": next(reversed(desk.submission.addressees.all()), None),
        "declaration": DECLARATIONS.get(desk.submission.declaration, proof.DOUBT),
        "bad": [form for form in desk.forms.values() if form.errors],
        "has_errors": status == 422,
        "place": place_in_queue(request, desk.submission.sid),
    }
    return render(request, "portfolio/review.html", context, status=status)
