"""Submitting, withdrawing, and asking somebody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from portfolio import access, ledger, mail, requirements
from portfolio.manifest import DECLARATION, seal
from portfolio.models import Activity, Addressee, Item, ItemPage, Revision, Submission
from portfolio.states import ItemState
from portfolio.workflow.activities.which import place, undecided
from portfolio.workflow.machine import Incomplete, Move, TooLate
from portfolio.workflow.writing import unsaved


@dataclass(frozen=True)
class Submit:
    """Whom to ask, and for each activity (by id) the ids of the revisions that go with it."""

    assessor: User | None
    pages: Mapping[int, Sequence[int]] = field(default_factory=dict)
    declared: bool = False


@dataclass(frozen=True)
class Redirect:
    """Whom to ask instead."""

    assessor: User | None


def check_submit(move: Move) -> None:
    given: Submit = move.given
    if not given.declared:
        raise Incomplete("Confirm that nothing here could identify a patient.", "declared")
    _check_assessor(move, given.assessor)
    for activity in move.subjects:
        chosen = set(given.pages.get(activity.pk, ()))
        if not chosen:
            raise Incomplete(f"Choose at least one page of evidence for {activity}.", "pages")
        newest = {revision.pk: revision for revision in newest_revisions(activity)}
        if not chosen <= newest.keys():
            raise TooLate(f"A page of {activity} was saved again, or removed, since this form was opened.")
        for pk in chosen:
            if unsaved(newest[pk].evidence):
                raise Incomplete(
                    f"“{newest[pk].title}” has changes that are not saved. Save it, or leave it out.", "pages"
                )


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


def _check_assessor(move: Move, assessor: User | None) -> None:
    """Somebody who may decide on all of this: a placement supervisor in the placement's modules, and in no other."""
    modules = {activity.module_id for activity in move.subjects}
    if assessor is None or not access.may_decide_on(move.portfolio, modules).filter(pk=assessor.pk).exists():
        raise Incomplete(_who_may(move, assessor), "assessor")


def _who_may(move: Move, assessor: User | None) -> str:
    supervised = access.supervised_modules(assessor, move.portfolio) if assessor else frozenset()
    others = {activity.module.code: None for activity in move.subjects if activity.module_id not in supervised}
    if assessor is None or not supervised or not others:
        return "Choose somebody who may decide on this portfolio."
    return f"{assessor.name} decides in the modules of the placement only, and not in {', '.join(others)}."


def due(submitted: Move) -> Addressee:
    """A row that says whom something is with from now on; unsaved."""
    due_on = timezone.localdate(submitted.now) + timedelta(days=settings.DECISION_DUE_DAYS)
    return Addressee(assessor=submitted.given.assessor, since=submitted.now, due_on=due_on)


def submit(move: Move) -> None:
    given: Submit = move.given
    submission = Submission.objects.create(portfolio=move.portfolio, submitted_at=move.now, declaration=DECLARATION)
    addressee = due(move)
    addressee.submission = submission
    addressee.save()
    record = ledger.read_one(move.portfolio)
    items = [_item(move, submission, activity, given.pages[activity.pk], record) for activity in move.subjects]
    move.record(
        {
            "submission": submission.sid,
            "assessor": addressee.assessor_id,
            "due_on": addressee.due_on.isoformat(),
            "declaration": submission.declaration,
            "items": [{**place(item.activity), "attempt": item.attempt, "manifest": item.digest} for item in items],
        }
    )
    move.tell(lambda: mail.submitted(submission))


def _item(move: Move, submission: Submission, activity: Activity, pages: Sequence[int], record: ledger.Record) -> Item:
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
    addressee = submission.addressees.get(until=None)
    addressee.until = move.now
    addressee.save(update_fields=["until"])
    move.record(
        {"submission": submission.sid, "assessor": addressee.assessor_id, "items": [place(i.activity) for i in items]}
    )
    move.tell(lambda: mail.withdrawn(submission, addressee.assessor))


def check_redirect(move: Move) -> None:
    _check_assessor(move, move.given.assessor)
    current = undecided(move.subjects[0]).submission.addressees.get(until=None)
    if current.assessor_id == move.given.assessor.pk:
        raise Incomplete(f"It is with {current.assessor.name} already. Choose somebody else.", "assessor")


def redirect(move: Move) -> None:
    submission = undecided(move.subjects[0]).submission
    old = submission.addressees.get(until=None)
    old.until = move.now
    old.save(update_fields=["until"])
    new = due(move)
    new.submission = submission
    new.save()
    move.record(
        {
            "submission": submission.sid,
            "from": old.assessor_id,
            "assessor": new.assessor_id,
            "due_on": new.due_on.isoformat(),
            "items": [place(activity) for activity in move.subjects],
        }
    )
    move.tell(lambda: mail.redirected(submission, old.assessor, by=move.by))
