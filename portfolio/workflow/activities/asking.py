"""Submitting, withdrawing, asking somebody else, and handing the device over to whoever it is with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from accounts.models import User
from portfolio import ledger, mail, requirements
from portfolio.manifest import DECLARATION, seal
from portfolio.models import Activity, Item, ItemPage, Revision, Submission
from portfolio.record import Record
from portfolio.states import ItemState
from portfolio.workflow.activities.which import place, undecided
from portfolio.workflow.addressing import NOT_DECLARED, check_handover
from portfolio.workflow.asking import as_told, ask, check_somebody_else, check_whom, end, with_whom
from portfolio.workflow.feedback.using import check_report
from portfolio.workflow.machine import Incomplete, Move, TooLate
from portfolio.workflow.nominations.letters import nominated
from portfolio.workflow.nominations.naming import Nominee
from portfolio.workflow.one_off.lending import check_lending_to, lend_to
from portfolio.workflow.writing import unsaved

NO_PAGE = "Choose at least one page of evidence for {}."
NOT_SAVED = "“{}” has changes that are not saved. Save it, or leave it out."


@dataclass(frozen=True)
class Submit:
    """Whom to ask, and for each activity (by id) the ids of the revisions that go with it.

    `nominee`: somebody new, in place of an assessor. Nobody can decide until the officer approves them.
    """

    assessor: User | None
    pages: Mapping[int, Sequence[int]] = field(default_factory=dict)
    declared: bool = False
    nominee: Nominee | None = None


@dataclass(frozen=True)
class Redirect:
    """Whom to ask instead: an assessor, or somebody new."""

    assessor: User | None
    nominee: Nominee | None = None


def check_submit(move: Move) -> None:
    given: Submit = move.given
    if not given.declared:
        raise Incomplete(NOT_DECLARED, "declared")
    check_whom(move)
    for activity in move.subjects:
        chosen = set(given.pages.get(activity.pk, ()))
        if not chosen:
            raise Incomplete(NO_PAGE.format(activity), "pages")
        newest = {revision.pk: revision for revision in newest_revisions(activity)}
        if not chosen <= newest.keys():
            raise TooLate(f"A page of {activity} was saved again, or removed, since this form was opened.")
        for pk in chosen:
            if unsaved(newest[pk].evidence):
                raise Incomplete(NOT_SAVED.format(newest[pk].title), "pages")
            check_report(newest[pk])


def newest_revisions(activity: Activity) -> list[Revision]:
    """What a submission of this activity takes: the newest saved revision of every page linked to it."""
    revisions = (
        Revision.objects.filter(evidence__links__activity=activity, evidence__binned_at=None)
        .select_related("evidence")
        .order_by("evidence", "-number")
    )
    newest: dict[int, Revision] = {}
    for revision in revisions:
        newest.setdefault(revision.evidence_id, revision)
    return list(newest.values())


def submit(move: Move) -> None:
    given: Submit = move.given
    submission = Submission.objects.create(portfolio=move.portfolio, submitted_at=move.now, declaration=DECLARATION)
    asked = ask(move, submission)
    record = ledger.read_one(move.portfolio)
    items = [_item(move, submission, activity, given.pages[activity.pk], record) for activity in move.subjects]
    move.record(
        {
            "submission": submission.sid,
            **as_told(asked),
            "declaration": submission.declaration,
            "items": [{**place(item.activity), "attempt": item.attempt, "manifest": item.digest} for item in items],
        }
    )
    move.tell(lambda: mail.submitted(submission))
    move.tell(lambda: nominated(asked))


def _item(move: Move, submission: Submission, activity: Activity, pages: Sequence[int], record: Record) -> Item:
    module = record.structure.module(activity.module.code)
    shown = next(row for row in requirements.places(record, module) if row.number == activity.number)
    item = Item(
        submission=submission,
        activity=activity,
        attempt=activity.items.count() + 1,
        came_from=activity.state,
        type=shown.type,
        title=shown.title,
    )
    item.save()
    reasons = dict(activity.links.values_list("evidence", "why"))
    for revision in newest_revisions(activity):
        if revision.pk in pages:
            ItemPage.objects.create(item=item, revision=revision, why=reasons[revision.evidence_id])
    seal(item)
    item.save(update_fields=["manifest", "digest"])
    return item


def state_before(_: Move, activity: Activity) -> str:
    return undecided(activity).came_from


def withdraw(move: Move) -> None:
    items = [undecided(activity) for activity in move.subjects]
    submission = items[0].submission
    for item in items:
        item.state = ItemState.WITHDRAWN
        item.save(update_fields=["state"])
    old = end(move, submission)
    move.record(
        {"submission": submission.sid, "assessor": old.pk if old else None, "items": [place(i.activity) for i in items]}
    )
    if old:
        move.tell(lambda: mail.withdrawn(submission, old))


def check_redirect(move: Move) -> None:
    check_somebody_else(move, with_whom(undecided(move.subjects[0]).submission))


def check_hand_over(move: Move) -> None:
    check_redirect(move)
    asked = with_whom(undecided(move.subjects[0]).submission)
    check_handover(move, asked.assessor if asked else None)


def redirect(move: Move) -> None:
    submission = undecided(move.subjects[0]).submission
    old = end(move, submission)
    new = ask(move, submission)
    move.record(
        {
            "submission": submission.sid,
            "from": old.pk if old else None,
            **as_told(new),
            "items": [place(activity) for activity in move.subjects],
        }
    )
    move.tell(lambda: mail.redirected(submission, old, by=move.by))
    move.tell(lambda: nominated(new))


def check_lend(move: Move) -> None:
    check_lending_to(move, with_whom(undecided(move.subjects[0]).submission))


def lend(move: Move) -> None:
    submission = undecided(move.subjects[0]).submission
    items = [place(activity) for activity in move.subjects]
    lend_to(move, with_whom(submission), {**submission.facts, "items": items})
