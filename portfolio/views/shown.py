"""An item of a submission as pages show it: its wording, each page of evidence as it was submitted, and what was said.

The rows come from `visible` or from what is addressed to the reader; nothing here decides who sees what.
"""

from collections.abc import Callable, Collection, Container, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.safestring import SafeString

from portfolio.differences import Line, compare
from portfolio.manifest import WHOLE
from portfolio.models import Attachment, Decision, Item, ItemPage, Unlock
from portfolio.models.decided import ByCode
from portfolio.pages import counting_comments, with_whom
from portfolio.proof import DOUBT
from portfolio.prose import render
from portfolio.shapes import ACTIVITY_SHAPES
from portfolio.states import ActivityState, ItemState, Outcome
from portfolio.templatetags.look import day
from portfolio.views.links import way_to_comments

IN_DOUBT = ("alert", "Record does not agree")


@dataclass(frozen=True)
class ShownFile:
    """As components/files.html takes it."""

    name: str
    href: str
    note: str


@dataclass(frozen=True)
class ShownPage:
    """A page of evidence as it stood. `tag` and `changes` say what is new since the reader's last decision on it."""

    title: str
    href: str
    kind: str
    happened_on: str
    revision: int
    why: str
    body: SafeString
    files: tuple[ShownFile, ...]
    tag: str = ""
    changes: list[Line] | None = None
    report: bool = False  # made from a report of feedback: none is submitted that is not as it was released


@dataclass(frozen=True)
class Said:
    """A decision or an unlock, as components/timeline.html takes it."""

    shape: str
    what: str
    who: str
    said: str
    digest: str = ""
    more: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class ShownItem:
    """One item. `key` is its name in forms and on the page: S-C1-4. `doubt`: why it must not be relied on."""

    item: Item
    name: str
    key: str
    type: str
    title: str
    entered_by_trainee: bool
    activity_href: str
    shape: str
    word: str
    pages: tuple[ShownPage, ...]
    said: tuple[Said, ...]
    earlier: tuple[Said, ...] = ()
    waits: bool = False
    doubt: str = ""

    @property
    def files(self) -> int:
        return sum(len(page.files) for page in self.pages)


def with_contents(items: QuerySet[Item]) -> QuerySet[Item]:
    """Items with all that a page shows of them, in a constant number of queries."""
    return (
        counting_comments(items)
        .select_related(
            "activity__module__block",
            "activity__portfolio",
            "submission__portfolio__trainee",
            "submission__portfolio__curriculum",
            "decision__unlock",
        )
        .prefetch_related(*WHOLE, with_whom("submission"))
    )


def key_of(item: Item) -> str:
    return f"{item.activity.module.code}-{item.activity.number}"


FileHref = Callable[[Attachment], str]


def show(
    item: Item,
    *,
    own: bool = False,
    before: Collection[Item] = (),
    doubted: Container[int] = frozenset(),
    file_href: FileHref | None = None,
    talk: bool = True,
) -> ShownItem:
    """`own`: link the pages for the one who wrote them. `before`: earlier items of the same activity, in order.

    `doubted`: the ids of items whose record no longer agrees (proof.doubted). They are not shown as true. `file_href`:
    where a file is, for whoever has not signed in. `talk`: lead to what was said of a decision since.
    """
    activity, ref = item.activity, item.submission.portfolio.ref
    shape, word = IN_DOUBT if item.pk in doubted else look_of(item)
    last = list(before)[-1] if before else None
    return ShownItem(
        item=item,
        name=str(activity),
        key=key_of(item),
        type=item.type,
        title=item.title or "Wording not recorded yet",
        entered_by_trainee=bool(item.title) and item.title == activity.label_title,
        activity_href=reverse("activity", args=[ref, activity.module.code, activity.number]),
        shape=shape,
        word=word,
        pages=tuple(_page(page, ref, own, last, file_href) for page in item.pages.all()),
        said=tuple(said_of(item, doubted, talk=talk and file_href is None)),
        earlier=tuple(said for one in before for said in said_of(one, doubted)),
        waits=item.state == ItemState.UNDECIDED,
        doubt=DOUBT if item.pk in doubted else "",
    )


def look_of(item: Item) -> tuple[str, str]:
    """The shape and the word of an item's state. One that was unlocked since is no longer signed off."""
    if item.state == ItemState.DECIDED and not hasattr(item, "decision"):
        return IN_DOUBT
    if item.state == ItemState.WITHDRAWN:
        return "stop", "Withdrawn"
    if item.state == ItemState.UNDECIDED:
        return ACTIVITY_SHAPES[ActivityState.IN_REVIEW], ActivityState.IN_REVIEW.label
    if hasattr(item.decision, "unlock"):
        return "unlock", "Unlocked"
    return ACTIVITY_SHAPES[item.decision.outcome], Outcome(item.decision.outcome).label


def said_of(item: Item, doubted: Container[int] = frozenset(), *, talk: bool = True) -> Iterable[Said]:
    """The decision on an item, and its unlock, if there are such; a doubted one as what it is."""
    shape, word = IN_DOUBT
    for said in _said_of(item, talk):
        yield replace(said, shape=shape, what=f"{said.what}: {word.lower()}") if item.pk in doubted else said


def _said_of(item: Item, talk: bool) -> Iterable[Said]:
    decision: Decision | None = getattr(item, "decision", None)
    if decision is None:
        return
    word = "Signed off" if decision.outcome == Outcome.SIGNED_OFF else "Returned with feedback"
    shape = ACTIVITY_SHAPES[decision.outcome]
    who = _by(decision, decision.decided_at) + how_known(decision)
    more = (way_to_comments(item),) if talk else ()
    yield Said(shape, word, who, decision.feedback, decision.manifest_digest, more)
    unlock: Unlock | None = getattr(decision, "unlock", None)
    if unlock is not None:
        yield Said("unlock", "Unlocked", _by(unlock, unlock.unlocked_at), unlock.reason)


def how_known(decision: ByCode) -> str:
    """How the signer was known, where it was not by a sign-in."""
    if decision.by_lending_id is not None:
        return ". On the trainee’s device, after a code to the assessor’s address"
    return ". By a personal link and a code to the assessor’s address" if decision.by_link_id is not None else ""


def _by(row: Decision | Unlock, at: datetime) -> str:
    role = row.get_role_kind_display() if row.role_kind else "Programme administrator"
    return f"{day(at)}, {row.signer_name}, {role}"


def _page(page: ItemPage, ref: str, own: bool, last: Item | None, file_href: FileHref | None) -> ShownPage:
    revision = page.revision
    evidence = revision.evidence
    tag, changes = _since(page, last)
    return ShownPage(
        title=revision.title,
        href=reverse("evidence", args=[ref, evidence.eid]) if own else "",
        kind=revision.get_kind_display(),
        happened_on=day(revision.happened_on),
        revision=revision.number,
        why=page.why,
        body=render(revision.body),
        files=tuple(_file(attachment, ref, evidence.eid, file_href) for attachment in revision.attachments.all()),
        tag=tag,
        changes=changes,
        report=evidence.feedback_round_id is not None,
    )


def _file(attachment: Attachment, ref: str, eid: str, file_href: FileHref | None) -> ShownFile:
    kind = attachment.name.rpartition(".")[2].upper()
    href = file_href(attachment) if file_href else reverse("evidence_file", args=[ref, eid, attachment.fid])
    return ShownFile(attachment.name, href, f"{kind}, {filesizeformat(attachment.file.size)}")


def _since(page: ItemPage, last: Item | None) -> tuple[str, list[Line] | None]:
    """What is new on a page since an earlier item: a tag, and the lines that changed."""
    if last is None:
        return "", None
    same = {before.revision.evidence_id: before.revision for before in last.pages.all()}
    before = same.get(page.revision.evidence_id)
    if before is None:
        return f"New since submission {last.attempt}", None
    if before.pk == page.revision_id:
        return f"As in submission {last.attempt}", None
    changed = before.body != page.revision.body and last.state != ItemState.WITHDRAWN  # whose words are seen no more
    return f"Changed since submission {last.attempt}", compare(before.body, page.revision.body) if changed else None
