"""The steps of a work-based assessment (domain.md, "States and steps"): the whole of its table."""

from collections.abc import Sequence

from portfolio import access
from portfolio.models import Assessment, Portfolio
from portfolio.states import AssessmentState as State
from portfolio.states import Part
from portfolio.workflow.assessments.asking import (
    AskFor,
    ask,
    check_ask,
    check_hand_over,
    check_lend,
    check_redirect,
    lend,
    redirect,
    withdraw,
)
from portfolio.workflow.assessments.cases import follow
from portfolio.workflow.assessments.deciding import (
    Complete,
    Correct,
    check_complete,
    check_correct,
    complete,
    correct,
    outcome_of,
    void,
)
from portfolio.workflow.assessments.planning import Plan, check_plan, plan
from portfolio.workflow.machine import Step

TRAINEE = frozenset({Part.TRAINEE})
ADDRESSED = frozenset({Part.ADDRESSED})
ADMINISTRATOR = frozenset({Part.ADMINISTRATOR})

STEPS = [
    Step(
        name="plan",
        label="Save the plan",
        moves={State.OPEN: (State.PLANNED,), State.PLANNED: (State.PLANNED,)},
        who=TRAINEE,
        check=check_plan,
        act=plan,
    ),
    Step(
        name="ask",
        label="Ask an assessor",
        moves={State.PLANNED: (State.WITH_ASSESSOR,)},
        who=TRAINEE,
        check=check_ask,
        act=ask,
    ),
    Step(
        name="withdraw",
        label="Withdraw to change the plan",
        moves={State.WITH_ASSESSOR: (State.PLANNED,)},
        who=TRAINEE,
        act=withdraw,
    ),
    Step(
        name="redirect",
        label="Change assessor",
        moves={State.WITH_ASSESSOR: (State.WITH_ASSESSOR,)},
        who=TRAINEE | access.OFFICERS,
        check=check_redirect,
        act=redirect,
    ),
    Step(
        name="hand over",
        label="Hand over to a successor",
        moves={State.WITH_ASSESSOR: (State.WITH_ASSESSOR,)},
        who=ADMINISTRATOR,
        check=check_hand_over,
        act=redirect,
    ),
    Step(
        name="lend device",
        label="Hand over this device",
        moves={State.WITH_ASSESSOR: (State.WITH_ASSESSOR,)},
        who=TRAINEE,
        check=check_lend,
        act=lend,
    ),
    Step(
        name="complete",
        label="Record the outcome",
        moves={State.WITH_ASSESSOR: (State.SATISFACTORY, State.NOT_YET)},
        which=outcome_of,
        who=ADDRESSED,
        check=check_complete,
        act=complete,
    ),
    Step(
        name="correct the kind",
        label="Correct the kind",
        moves={
            State.WITH_ASSESSOR: (State.WITH_ASSESSOR,),
            State.SATISFACTORY: (State.SATISFACTORY,),
            State.NOT_YET: (State.NOT_YET,),
        },
        who=ADDRESSED,
        check=check_correct,
        act=correct,
    ),
    Step(
        name="void assessment",
        label="Void this assessment",
        moves={State.SATISFACTORY: (State.VOIDED,), State.NOT_YET: (State.VOIDED,)},
        who=access.OFFICERS | {Part.ADMINISTRATOR},
        needs_reason="Give the reason: the trainee and the assessor read it.",
        act=void,
    ),
]


class AssessmentTable:
    """How the machine reads and writes an assessment. An open slot is an Assessment that is not saved yet."""

    states = State
    steps = {step.name: step for step in STEPS}

    def portfolio_id(self, subject: Assessment) -> int:
        return subject.portfolio_id

    def reread(self, subject: Assessment, portfolio: Portfolio, step: Step) -> Sequence[Assessment]:
        if subject._state.adding:
            return [Assessment(portfolio=portfolio, module=subject.module)]
        found = Assessment.objects.select_related("module", "attempt_of").get(pk=subject.pk)
        found.portfolio = portfolio
        return [found]

    def state(self, subject: Assessment) -> str:
        return subject.state

    def addressed(self, subject: Assessment) -> int | None:
        """Whom it is with; once it is decided, who decided, under the account that they have now."""
        if subject.state == State.WITH_ASSESSOR:
            return subject.addressees.filter(until=None).values_list("assessor", flat=True).first()
        decision = getattr(subject, "decision", None) if not subject._state.adding else None
        return (decision.signer.merged_into_id or decision.signer_id) if decision else None

    def write(self, subject: Assessment, state: str) -> None:
        subject.state = state
        if subject._state.adding:
            subject.save()
        else:
            subject.save(update_fields=["state"])
        if not subject.is_observed and state in (State.PLANNED, State.VOIDED):
            follow(subject)

    def words(self, subject: Assessment) -> str:
        return f"This {subject.kind}" if subject.kind else f"This slot of {subject.module.code}"


__all__ = ["AskFor", "AssessmentTable", "Complete", "Correct", "Plan"]
