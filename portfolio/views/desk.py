"""What lies before somebody who decides: one submission, item by item, each with its evidence and its form."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.text import get_text_list

from accounts.models import User
from portfolio import access, proof
from portfolio.forms.steps import DECLARATIONS, DecisionForm
from portfolio.models import Attachment, Item, Role, Snippet, Submission
from portfolio.states import ItemState, Part
from portfolio.views.shown import ShownItem, key_of, show, with_contents
from portfolio.views.submissions import names
from portfolio.workflow import Ask, Move, TooLate, available


@dataclass(frozen=True)
class Desk:
    """What lies before the assessor: one submission's items that they may see, and a form for each that waits.

    `lost` is feedback that was typed for items that no longer wait: of which, and the text.
    """

    submission: Submission
    role: Role | None
    open: bool
    items: list[ShownItem]
    forms: dict[str, DecisionForm]
    lost: list[tuple[str, str]]
    snippets: Sequence[Snippet] = ()

    @property
    def waiting(self) -> list[tuple[ShownItem, DecisionForm]]:
        return [(item, self.forms[item.key]) for item in self.items if item.key in self.forms]


def lay_out(
    request: HttpRequest,
    sid: str,
    *,
    by: User,
    keep: bool = False,
    read: Iterable[Item] = (),
    file_href: Callable[[Attachment], str] | None = None,
    snippets: Sequence[Snippet] = (),
) -> Desk | None:
    """None when nothing of this submission is for this person. `keep`: new forms that keep the feedback typed.

    `read`: what they had before them when it was withdrawn. `file_href`: where a file is, for whoever is not signed in.
    `snippets`: their own, to put into the feedback.
    """
    rows, earlier = _addressed(sid, by)
    if not rows:
        return None
    submission = rows[0].submission
    before: dict[int, list[Item]] = defaultdict(list)
    for item in sorted(earlier, key=lambda item: item.attempt):
        before[item.activity_id].append(item)
    for item in read:
        before[item.activity_id].append(item)
    doubted = proof.doubted(submission.portfolio, [*rows, *(item for items in before.values() for item in items)])
    waiting = {key_of(row): row for row in rows if row.state == ItemState.UNDECIDED}
    role = access.deciding_role(by, submission.portfolio, rows[0].activity.module_id)
    # What waits here is with this person, and a submission with one assessor: what goes for one item goes for each.
    parts = frozenset({Part.ADDRESSED} if role else ())
    steps = [available(row.activity, submission.portfolio, by=by, parts=parts) for row in list(waiting.values())[:1]]
    return Desk(
        submission=submission,
        role=role,
        open=any("sign off" in step for step in steps),
        items=[show(row, before=before[row.activity_id], doubted=doubted, file_href=file_href) for row in rows],
        forms={key: _form(request, row, keep=keep, snippets=snippets) for key, row in waiting.items()},
        snippets=snippets,
        lost=list(_lost(request, rows, waiting)) if keep else [],
    )


def _addressed(sid: str, by: User) -> tuple[list[Item], list[Item]]:
    """The items of this submission that are for this person; and what they may read of these activities that was
    decided before. They are read together, for the rules of what somebody may read cost most of it."""
    found = list(with_contents(access.addressed_with_earlier(by, sid)))
    rows = [item for item in found if item.submission.sid == sid]
    asked = {item.activity_id for item in rows}
    return rows, [item for item in found if item.submission.sid != sid and item.activity_id in asked]


def _lost(request: HttpRequest, rows: Iterable[Item], waiting: Collection[str]) -> Iterator[tuple[str, str]]:
    """Feedback that was typed for what no longer waits, and which item it was for. A form that was sent twice, and
    recorded once, lost nothing."""
    recorded = {key_of(row): row.decision.feedback for row in rows if hasattr(row, "decision")}
    for name, text in request.POST.dict().items():
        key, typed = name.removesuffix("-feedback"), plain(str(text))
        if name.endswith("-feedback") and typed and key not in waiting and typed != plain(recorded.get(key, "")):
            yield in_words(key), str(text)


def plain(text: str) -> str:
    """To tell two texts of a form apart by their words, not by how a browser ends a line."""
    return text.replace("\r\n", "\n").strip()


def in_words(key: str) -> str:
    """S-C1 4, from the key S-C1-4."""
    return " ".join(key.rsplit("-", 1))


def _form(request: HttpRequest, row: Item, *, keep: bool, snippets: Sequence[Snippet]) -> DecisionForm:
    key = key_of(row)
    initial = {"seen": row.digest, "feedback": request.POST.get(f"{key}-feedback", "")}
    bound = request.POST if request.method == "POST" and not keep else None
    return DecisionForm(bound, prefix=key, name=str(row.activity), snippets=snippets, initial=initial)


def chosen(request: HttpRequest, desk: Desk, *, given: Any = None) -> list[Ask]:
    """The steps that were chosen. Errors stand in the forms; TooLate for an item that no longer waits here."""
    ticked = {
        name.removesuffix("-outcome") for name in request.POST if name.endswith("-outcome") and request.POST[name]
    }
    if gone := ticked - desk.forms.keys():
        if not gone <= {key_of(item) for item in desk.submission.items.select_related("activity__module")}:
            raise Http404
        which = get_text_list([in_words(key) for key in sorted(gone)], "and")
        raise TooLate(f"{which}: decided already, or no longer with you. Nothing was decided now.")
    if not desk.waiting:
        raise TooLate("Nothing of this waits for your decision any more. Nothing was decided now.")
    valid = [form.is_valid() for form in desk.forms.values()]
    if all(valid) and not ticked:
        desk.waiting[0][1].add_error("outcome", "Choose Sign off or Return with feedback for at least one item.")
    if not all(valid) or not ticked:
        return []
    asks = [form.ask(item.item.activity, given) for item, form in desk.waiting]
    return [ask for ask in asks if ask is not None]


def told_of(moves: Sequence[Move], *, left: int) -> str:
    """Signed off S-C1 4. Returned S-C1 5."""
    words = []
    for action, word in (("sign off", "Signed off"), ("return", "Returned")):
        if activities := [move.subject for move in moves if move.step.name == action]:
            words.append(f"{word} {names(activities)}.")
    if left:
        words.append("1 item still waits for you." if left == 1 else f"{left} items still wait for you.")
    return " ".join(words)


def about(desk: Desk, *, by: User, status: int) -> dict[str, Any]:
    """What the page of a decision shows of it."""
    return {
        "desk": desk,
        "person": by,
        "submission": desk.submission,
        "portfolio": desk.submission.portfolio,
        "addressee": next(reversed(desk.submission.addressees.all()), None),
        "declaration": DECLARATIONS.get(desk.submission.declaration, proof.DOUBT),
        "bad": [one for form in desk.forms.values() for one in (form, form.pick) if one and one.errors],
        "has_errors": status == 422,
    }
