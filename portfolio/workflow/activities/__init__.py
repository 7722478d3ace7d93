"""The steps of a training activity (domain.md, "States and steps"): the whole of its table."""

from collections.abc import Sequence

from portfolio import access, mail
from portfolio.models import Activity, Addressee, Item, Portfolio
from portfolio.states import ActivityState as State
from portfolio.states import ItemState, Outcome, Part
from portfolio.workflow import elsewhere
from portfolio.workflow.activities.asking import (
    Redirect,
    Submit,
    check_hand_over,
    check_lend,
    check_redirect,
    check_submit,
    lend,
    newest_revisions,
    redirect,
    state_before,
    submit,
    withdraw,
)
from portfolio.workflow.activities.deciding import check_decision, check_unlock, decide, unlock
from portfolio.workflow.activities.linking import LinkTo, after_unlink, check_link, check_unlink, link, unlink
from portfolio.workflow.activities.which import undecided
from portfolio.workflow.machine import REASON, Step

TRAINEE = frozenset({Part.TRAINEE})
ADDRESSED = frozenset({Part.ADDRESSED})
ADMINISTRATOR = frozenset({Part.ADMINISTRATOR})

STEPS = [
    Step(
        name="link",
        label="Link evidence",
        moves={
            State.NOT_STARTED: (State.DRAFT,),
            State.DRAFT: (State.DRAFT,),
            State.RETURNED: (State.RETURNED,),
            State.SIGNED_OFF: (State.SIGNED_OFF,),
            State.SIGNED_ELSEWHERE: (State.SIGNED_ELSEWHERE,),
        },
        who=TRAINEE,
        check=check_link,
        act=link,
    ),
    Step(
        name="unlink",
        label="Remove the link",
        moves={
            State.DRAFT: (State.DRAFT, State.NOT_STARTED),
            State.RETURNED: (State.RETURNED,),
            State.SIGNED_OFF: (State.SIGNED_OFF,),
            State.SIGNED_ELSEWHERE: (State.SIGNED_ELSEWHERE,),
        },
        which=after_unlink,
        who=TRAINEE,
        check=check_unlink,
        act=unlink,
    ),
    Step(
        name="submit",
        label="Submit to an assessor",
        moves={State.DRAFT: (State.IN_REVIEW,), State.RETURNED: (State.IN_REVIEW,)},
        who=TRAINEE,
        check=check_submit,
        act=submit,
    ),
    Step(
        name="withdraw",
        label="Withdraw to edit",
        moves={State.IN_REVIEW: (State.DRAFT, State.RETURNED)},
        which=state_before,
        who=TRAINEE,
        act=withdraw,
    ),
    Step(
        name="redirect",
        label="Change assessor",
        moves={State.IN_REVIEW: (State.IN_REVIEW,)},
        who=TRAINEE | access.OFFICERS,
        check=check_redirect,
        act=redirect,
    ),
    Step(
        name="hand over",
        label="Hand over to a successor",
        moves={State.IN_REVIEW: (State.IN_REVIEW,)},
        who=ADMINISTRATOR,
        check=check_hand_over,
        act=redirect,
    ),
    Step(
        name="lend device",
        label="Hand over this device",
        moves={State.IN_REVIEW: (State.IN_REVIEW,)},
        who=TRAINEE,
        check=check_lend,
        act=lend,
    ),
    Step(
        name="return",
        label="Return with feedback",
        moves={State.IN_REVIEW: (State.RETURNED,)},
        who=ADDRESSED,
        needs_reason="Say what is needed: the trainee reads it.",
        check=check_decision,
        act=decide(Outcome.RETURNED, mail.returned),
    ),
    Step(
        name="sign off",
        label="Sign off",
        moves={State.IN_REVIEW: (State.SIGNED_OFF,)},
        who=ADDRESSED,
        check=check_decision,
        act=decide(Outcome.SIGNED_OFF, mail.signed_off),
    ),
    Step(
        name="unlock",
        label="Unlock",
        moves={State.SIGNED_OFF: (State.RETURNED,)},
        who=access.OFFICERS | {Part.ADMINISTRATOR},
        needs_reason="Give the reason: the trainee, the assessor and the officer read it.",
        check=check_unlock,
        act=unlock,
    ),
    Step(
        name="record elsewhere",
        label="Record as signed elsewhere",
        moves=dict.fromkeys(elsewhere.OPEN, (State.SIGNED_ELSEWHERE,)),
        who=access.OFFICERS,
        check=elsewhere.check_record,
        act=elsewhere.record_activities,
    ),
    Step(
        name="void elsewhere",
        label="Take this record back",
        moves={State.SIGNED_ELSEWHERE: elsewhere.OPEN},
        which=elsewhere.state_without,
        who=elsewhere.VOIDERS,
        needs_reason=REASON,
        check=elsewhere.check_void,
        act=elsewhere.void_activity,
    ),
]

OF_A_WHOLE = ("withdraw", "redirect", "hand over", "lend device")


class ActivityTable:
    """How the machine reads and writes an activity. A number without a row is an unsaved Activity, not started."""

    states = State
    steps = {step.name: step for step in STEPS}

    def portfolio_id(self, subject: Activity) -> int:
        return subject.portfolio_id

    def reread(self, subject: Activity, portfolio: Portfolio, step: Step) -> Sequence[Activity]:
        """Withdrawing, redirecting and handing the device over take every undecided item of the submission."""
        rows = Activity.objects.select_related("module__block")
        found = rows.filter(portfolio=portfolio, module=subject.module_id, number=subject.number).first()
        if found is None:
            return [Activity(portfolio=portfolio, module=subject.module, number=subject.number)]
        if step.name in OF_A_WHOLE and found.state == State.IN_REVIEW:
            together = Item.objects.filter(submission=undecided(found).submission, state=ItemState.UNDECIDED)
            return list(rows.filter(items__in=together).order_by("pk"))
        return [found]

    def state(self, subject: Activity) -> str:
        return subject.state

    def addressed(self, subject: Activity) -> int | None:
        if subject.state != State.IN_REVIEW:
            return None
        waiting = Item.objects.filter(activity=subject, state=ItemState.UNDECIDED)
        current = Addressee.objects.filter(submission__items__in=waiting, until=None)
        return current.values_list("assessor", flat=True).first()

    def write(self, subject: Activity, state: str) -> None:
        subject.state = state
        subject.save(update_fields=["state"])

    def words(self, subject: Activity) -> str:
        return str(subject)


__all__ = ["ActivityTable", "LinkTo", "Redirect", "Submit", "newest_revisions", "undecided"]
