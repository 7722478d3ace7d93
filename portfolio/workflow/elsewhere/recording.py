"""Recording what was signed in another system: many items in one transaction, all or none."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from curriculum.models import Module
from portfolio import ledger, mail
from portfolio.manifest import elsewhere_digest
from portfolio.models import Activity, Portfolio, SignedElsewhere, StoredFile
from portfolio.record import Record
from portfolio.states import ElsewhereKind
from portfolio.workflow.assessments import cases
from portfolio.workflow.elsewhere.judging import ANOTHER, CASE_TAKEN, MISSING, Entry, Twins, wrong
from portfolio.workflow.machine import Ask, Incomplete, Move, TooLate
from portfolio.workflow.signing import signer


@dataclass(frozen=True)
class AssessmentElsewhere:
    """An assessment that was signed elsewhere: before it is recorded an `entry`, afterwards a `row`."""

    portfolio: Portfolio
    entry: Entry | None = None
    row: SignedElsewhere | None = None


def asks(portfolio: Portfolio, entries: Iterable[Entry]) -> list[Ask]:
    """The steps that record all of these. TooLate for a module that the curriculum does not have any more."""
    entries = list(entries)
    if any(entry.kind == ElsewhereKind.ACTIVITY and entry.number is None for entry in entries):
        raise Incomplete(MISSING["number"], "number")
    of_module = {row.code: row for row in Module.objects.filter(curriculum=portfolio.curriculum_id)}
    if any(entry.module not in of_module for entry in entries):
        raise TooLate("The curriculum has changed since this page was opened. Nothing was recorded.")
    given = {entry.place: entry for entry in entries if entry.kind == ElsewhereKind.ACTIVITY}
    if len(given) < sum(entry.kind == ElsewhereKind.ACTIVITY for entry in entries):
        raise Incomplete("An activity is named twice. It can be recorded once.", "number")
    activities = [Activity(portfolio=portfolio, module=of_module[code], number=at or 0) for code, at in given]
    assessments = [AssessmentElsewhere(portfolio, entry) for entry in entries if entry.kind != ElsewhereKind.ACTIVITY]
    found = [Ask("record elsewhere", activities, given=given)] if activities else []
    return found + ([Ask("record assessment elsewhere", assessments)] if assessments else [])


def check_record(move: Move) -> None:
    """Of activities, whose table has looked at their states already."""
    record = ledger.read_one(move.portfolio)
    for activity in move.subjects:
        _refuse(record, move.given[activity.module.code, activity.number])


def _refuse(record: Record, entry: Entry) -> None:
    for name, said in wrong(record, entry):
        raise Incomplete(said, name)


def record_activities(move: Move) -> None:
    titles = ledger.read_one(move.portfolio).structure
    for activity in move.subjects:
        if activity._state.adding:
            activity.save()
        entry = move.given[activity.module.code, activity.number]
        known = titles.module(activity.module.code).activity(activity.number)
        title = entry.title or (known.title if known else "") or activity.label_title or f"Activity {activity.number}"
        _record(move, entry, activity.module, title)
    _told(move)


def _record(move: Move, entry: Entry, module: Module, title: str) -> None:
    assert entry.signed_on is not None  # wrong()
    row = SignedElsewhere(
        portfolio=move.portfolio,
        module=module,
        kind=entry.kind,
        number=entry.number,
        title=title,
        system=entry.system,
        signed_on=entry.signed_on,
        signed_by=entry.signed_by,
        note=entry.note,
        file=_file(entry),
        file_name=entry.file_name if entry.file else "",
        case_reference=entry.case_reference,
        recorded_at=move.now,
        **signer(move),
    )
    event = move.record(which(row) | {"elsewhere": elsewhere_digest(row)})
    row.audit_seq = event.seq
    row.save()
    cases.use_elsewhere(row)


def _file(entry: Entry) -> StoredFile | None:
    """The row of a file that is in the store already: file first, then row."""
    if entry.file is None:
        return None
    told = {"size": entry.file.size, "media_type": entry.file.media_type}
    return StoredFile.objects.get_or_create(sha256=entry.file.sha256, defaults=told)[0]


def which(row: SignedElsewhere) -> dict[str, Any]:
    """How an event names it."""
    return {"record": row.xid, "module": row.module.code, "kind": row.kind, "number": row.number}


def _told(move: Move) -> None:
    """The trainee once, however many items these are; the officer where a module became ready by them."""
    move.tell(lambda: mail.recorded_elsewhere(move.portfolio, by=move.by), once="elsewhere")
    for module in _modules_of(move):
        move.tell(partial(mail.module_ready, move.portfolio, module), once=f"ready {move.portfolio.pk} {module.pk}")


def _modules_of(move: Move) -> list[Module]:
    if isinstance(move.subjects[0], Activity):
        return list({activity.module_id: activity.module for activity in move.subjects}.values())
    codes = {subject.entry.module for subject in move.subjects}
    return list(Module.objects.filter(curriculum=move.portfolio.curriculum_id, code__in=codes))


def check_assessments(move: Move) -> None:
    """Another with the same title on the same day is asked about; a confirmation is worth no more than what it saw."""
    record, twins = ledger.read_one(move.portfolio), Twins(move.portfolio)
    for subject in move.subjects:
        _refuse(record, subject.entry)
        if twins.case_is_taken(subject.entry):
            raise Incomplete(CASE_TAKEN, "case_reference")
        if twins.of(subject.entry) > subject.entry.another:
            raise Incomplete(ANOTHER, "another")
        twins.add(subject.entry)


def record_assessments(move: Move) -> None:
    of_code = {module.code: module for module in _modules_of(move)}
    for subject in move.subjects:
        _record(move, subject.entry, of_code[subject.entry.module], subject.entry.title)
    _told(move)
