"""Every state × action × person of a goal through the workflow, and what each step leaves."""

from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse

from audit.models import Event
from portfolio import proof
from portfolio.models import Goal, GoalReview
from portfolio.states import GoalOutcome as Outcome
from portfolio.states import GoalState as State
from portfolio.workflow import Incomplete, Refused, Reviewed, available, perform
from portfolio.workflow.goals import GoalTable
from tests import make
from tests.cast import Cast
from tests.portfolio.workflow.test_activity_table import everything, told

OFFICERS = {"officer", "coordinator"}
SAID = "I asked three people to tell me how I did."

# step: the states it can start from, who takes it, where it leads
LEGAL: dict[str, tuple[set[str], set[str], str]] = {
    "review goal": ({State.OPEN}, {"trainee"} | OFFICERS, State.OPEN),
    "achieve goal": ({State.OPEN}, {"trainee"}, State.ACHIEVED),
    "give up goal": ({State.OPEN}, {"trainee"}, State.GIVEN_UP),
    "reopen goal": ({State.ACHIEVED, State.GIVEN_UP}, {"trainee"}, State.OPEN),
}


def test_the_table_has_exactly_these_steps() -> None:
    assert set(GoalTable.steps) == set(LEGAL)


def reach(state: str, cast: Cast) -> Goal:
    goal = make.goal(cast.portfolio, actions=["Ask to chair."])
    if state != State.OPEN:
        make.reviewed(goal, state)
    return goal


@pytest.mark.parametrize("state", list(State))
def test_every_action_by_everybody(cast: Cast, state: str) -> None:
    goal = reach(state, cast)
    before, leaving = everything(), told()
    for action, (sources, who, target) in LEGAL.items():
        for name, person in cast.people().items():
            legal = state in sources and name in who
            said = f"{action} by {name} from {state}"
            assert (action in available(goal, cast.portfolio, by=person)) == legal, said
            given = {"reason": SAID, "given": Reviewed("More.", Outcome.GOING_WELL)}
            if legal:
                with transaction.atomic():
                    perform(action, goal, by=person, **given)
                    assert Goal.objects.get(pk=goal.pk).state == target, said
                    transaction.set_rollback(True)
            else:
                with pytest.raises(Refused) as refusal:
                    perform(action, goal, by=person, **given)
                assert refusal.value.status == (403 if state in sources else 409), said
    assert (everything(), told()) == (before, leaving)


# --- what a step leaves -------------------------------------------------------------------------------------------


def test_a_review_holds_who_wrote_it_and_its_digest_is_in_the_event(cast: Cast) -> None:
    row = make.reviewed(make.goal(cast.portfolio), "changed", by=cast.officer, happened="We made it smaller.")
    assert (row.signer, row.signer_name, row.role_kind, row.outcome) == (
        cast.officer,
        "Ana Reyes",
        "officer",
        Outcome.CHANGED,
    )
    event = Event.objects.get(chain__name=cast.portfolio.chain, seq=row.audit_seq)
    assert set(event.details) == {"goal", "outcome", "goal_review"}
    assert "smaller" not in event.data
    assert proof.all_agree(cast.portfolio, [row], [GoalReview], goal=row.goal.gid)


def test_an_ended_goal_has_its_day_and_one_that_is_opened_again_has_none(cast: Cast) -> None:
    goal = make.goal(cast.portfolio)
    make.reviewed(goal, "achieved")
    assert (goal.state, goal.ended_on) == (State.ACHIEVED, make.today())
    perform("reopen goal", goal, by=cast.trainee, reason="There is more to it.")
    goal.refresh_from_db()
    assert (goal.state, goal.ended_on) == (State.OPEN, None)
    assert list(goal.reviews.values_list("outcome", flat=True)) == [Outcome.REOPENED, Outcome.ACHIEVED]
    assert list(proof.goals()) == []


@pytest.mark.parametrize("action", list(LEGAL))
def test_no_step_is_taken_without_a_word_on_what_happened(cast: Cast, action: str) -> None:
    goal = reach(next(iter(LEGAL[action][0])), cast)
    with pytest.raises(Incomplete) as refusal:
        perform(action, goal, by=cast.trainee, reason="  ", given=Reviewed(outcome=Outcome.GOING_WELL))
    assert list(refusal.value.errors) == ["reason"]


@pytest.mark.parametrize("outcome", ["", "achieved", "given_up", "reopened", "brilliant"])
def test_a_review_that_ends_nothing_says_that_it_goes_well_or_has_changed(cast: Cast, outcome: str) -> None:
    goal = make.goal(cast.portfolio)
    for by in (cast.trainee, cast.officer):
        with pytest.raises(Incomplete) as refusal:
            perform("review goal", goal, by=by, reason=SAID, given=Reviewed(outcome=outcome))
        assert list(refusal.value.errors) == ["outcome"]
    assert GoalReview.objects.count() == 0


def test_the_trainee_is_told_of_a_word_by_their_officer_and_not_of_their_own(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    goal = make.goal(cast.portfolio)
    with django_capture_on_commit_callbacks(execute=True):
        make.reviewed(goal)
        assert mail.outbox == []
        make.reviewed(goal, by=cast.coordinator, happened="A secret between us.")
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([cast.trainee.email], "Colin Berg has reviewed one of your goals")
    assert reverse("goal", args=[cast.portfolio.ref, goal.gid]) in letter.body
    assert "secret" not in letter.body
    assert goal.title not in letter.body
