"""Taking such a record back, and with it the sign-off of its module."""

from portfolio import mail
from portfolio.manifest import elsewhere_void_digest
from portfolio.models import Activity, ElsewhereVoid, SignedElsewhere
from portfolio.states import ActivityState
from portfolio.workflow import modules
from portfolio.workflow.assessments import cases
from portfolio.workflow.elsewhere.recording import which
from portfolio.workflow.machine import Move, TooLate
from portfolio.workflow.signing import signer


def standing(activity: Activity) -> SignedElsewhere | None:
    """The record that keeps this activity signed elsewhere."""
    rows = SignedElsewhere.objects.filter(portfolio=activity.portfolio_id, module=activity.module_id, void=None)
    return rows.select_related("module", "file").filter(number=activity.number).first()


def activity_of(row: SignedElsewhere) -> Activity:
    """The activity that a record is of."""
    assert row.number is not None  # the database holds it
    rows = Activity.objects.select_related("module", "portfolio")
    return rows.get(portfolio=row.portfolio_id, module=row.module_id, number=row.number)


def check_void(move: Move) -> None:
    if standing(move.subject) is None:
        raise TooLate("There is no record of another system to take back.")


def void_activity(move: Move) -> None:
    row = standing(move.subject)
    assert row is not None  # check_void, under the same lock
    void(move, row)


def state_without(move: Move, activity: Activity) -> str:
    """Where the activity stands by what was done here: returned, begun, or nothing at all."""
    items = activity.items.all()
    if any(hasattr(item, "decision") for item in items.select_related("decision")):
        return ActivityState.RETURNED
    return ActivityState.DRAFT if items or activity.links.exists() else ActivityState.NOT_STARTED


def void(move: Move, record: SignedElsewhere) -> None:
    """With the sign-off of the module over it, in the same transaction."""
    row = ElsewhereVoid(record=record, reason=move.reason, voided_at=move.now, **signer(move))
    over = modules.standing(move.portfolio, record.module)
    over_void = modules.voiding(move, over) if over else None
    event = move.record(
        which(record)
        | {
            "reason": row.reason_digest,
            "elsewhere_void": elsewhere_void_digest(row),
            "voids": over.digest if over else None,
            "void": modules.void_digest(over_void) if over_void else None,
        }
    )
    for each in (row, over_void):
        if each is not None:
            each.audit_seq = event.seq
            each.save()
    cases.give_back(record)
    move.tell(lambda: mail.elsewhere_voided(row))
    if over_void is not None:
        move.tell(lambda: mail.module_voided(over_void))
