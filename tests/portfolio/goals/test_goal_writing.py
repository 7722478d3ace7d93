"""Setting, changing and ticking off: who writes, what the chain is told, what the database holds, what is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Event
from portfolio import proof
from portfolio.models import Evidence, Goal, GoalAction
from portfolio.states import EvidenceKind
from portfolio.workflow import Incomplete, NotAllowed, TooLate, perform
from portfolio.workflow.goals import writing
from portfolio.workflow.goals.writing import ActionText, GoalText
from tests import make
from tests.cast import Cast
from tests.portfolio.workflow.test_activity_table import everything


def text(**fields: Any) -> GoalText:
    usual = {"title": "Chair a meeting", "why": "", "criteria": "It ends on time."}
    return GoalText(**{**usual, "target_on": make.today() + timedelta(days=90), **fields})


def told(cast: Cast) -> list[str]:
    return list(Event.objects.filter(chain__name=cast.portfolio.chain).order_by("seq").values_list("kind", flat=True))


def days_ago(days: int) -> Any:
    return time_machine.travel(timezone.now() - timedelta(days=days), tick=False)


# --- who ----------------------------------------------------------------------------------------------------------

WRITES: dict[str, Callable[[Goal, Any], Any]] = {
    "set": lambda goal, by: writing.set_goal(goal.portfolio, text(title="Another"), by=by),
    "change": lambda goal, by: writing.change_goal(goal, text(title="Other"), opened=writing.seen(goal), by=by),
    "done": lambda goal, by: writing.mark_done(goal.actions.get(what="Ask"), make.today(), by=by),
    "not done": lambda goal, by: writing.mark_not_done(goal.actions.get(what="Done"), by=by),
    "write up": lambda goal, by: writing.write_up(goal, by=by),
}


@pytest.mark.parametrize("way", WRITES)
def test_the_trainee_alone_writes_and_in_an_open_portfolio(cast: Cast, way: str) -> None:
    goal = make.goal(cast.portfolio, actions=["Ask", "Done"])
    writing.mark_done(goal.actions.get(what="Done"), make.today(), by=cast.trainee)
    before = everything()
    for name, person in cast.people().items():
        if name == "trainee":
            continue
        with pytest.raises(NotAllowed):
            WRITES[way](goal, person)
    assert everything() == before
    with transaction.atomic():
        WRITES[way](goal, cast.trainee)
        assert everything() != before
        transaction.set_rollback(True)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    with pytest.raises(NotAllowed):
        WRITES[way](goal, cast.trainee)


@pytest.mark.parametrize("way", ["change", "done", "not done"])
def test_a_goal_that_has_ended_is_not_changed(cast: Cast, way: str) -> None:
    goal = make.goal(cast.portfolio, actions=["Ask", "Done"])
    make.reviewed(goal, "given_up")
    with pytest.raises(TooLate):
        WRITES[way](goal, cast.trainee)


# --- what is kept and told ----------------------------------------------------------------------------------------


def test_each_change_is_told_with_ids_dates_and_digests_and_no_word_of_it(cast: Cast) -> None:
    goal = make.goal(cast.portfolio, "Secret aim", criteria="Secret sign", why="Secret reason", actions=["Secret deed"])
    writing.change_goal(goal, text(title="Other secret"), opened=writing.seen(goal), by=cast.trainee)
    action = goal.actions.get()
    writing.mark_done(action, make.today(), by=cast.trainee)
    writing.mark_not_done(action, by=cast.trainee)
    assert told(cast) == ["goal set", "goal changed", "goal action done", "goal action not done"]
    events = Event.objects.filter(chain__name=cast.portfolio.chain)
    assert [event.seq for event in events if "ecret" in event.data] == []
    goal = Goal.objects.get()
    assert events.latest("seq").details == writing.as_told(goal)
    assert writing.as_told(goal)["text"] == goal.text_digest
    assert list(proof.goals()) == []


def test_what_says_nothing_new_is_not_told_again(cast: Cast) -> None:
    """A form sent twice sets one goal with one action, changes it once and ticks it off once."""
    actions = [ActionText("Ask", make.today())]
    goals = {writing.set_goal(cast.portfolio, text(), actions, by=cast.trainee) for _ in range(2)}
    (goal,) = goals
    opened = writing.seen(goal)
    for _ in range(2):
        writing.change_goal(goal, text(why="Because."), [*actions, *actions], opened=opened, by=cast.trainee)
        writing.mark_done(goal.actions.get(), make.today(), by=cast.trainee)
        writing.mark_done(goal.actions.get(), make.today(), by=cast.trainee)
        opened = writing.seen(Goal.objects.get())
    assert told(cast) == ["goal set", "goal changed", "goal action done"]
    assert Goal.objects.get().why == "Because."


def test_an_action_is_reworded_added_and_taken_away(cast: Cast) -> None:
    goal = make.goal(cast.portfolio, actions=["Ask", "Read"])
    ask, read = goal.actions.order_by("pk")
    later = make.today() + timedelta(days=5)
    typed = [ActionText("Ask Ana", later, ask.aid), ActionText("", None, read.aid), ActionText("Chair", later)]
    writing.change_goal(goal, text(), typed, opened=writing.seen(goal), by=cast.trainee)
    assert sorted(goal.actions.values_list("what", "due_on")) == [("Ask Ana", later), ("Chair", later)]


def test_a_stale_tab_changes_nothing(cast: Cast) -> None:
    goal = make.goal(cast.portfolio, actions=["Ask"])
    opened = writing.seen(goal)
    writing.mark_done(goal.actions.get(), make.today(), by=cast.trainee)
    before = everything()
    with pytest.raises(TooLate):
        writing.change_goal(goal, text(title="From the old tab"), opened=opened, by=cast.trainee)
    gone = ActionText("Gone", make.today(), "nothing")
    with pytest.raises(TooLate):
        writing.change_goal(goal, text(), [gone], opened=writing.seen(goal), by=cast.trainee)
    assert everything() == before


# --- what is refused ----------------------------------------------------------------------------------------------


def test_a_target_in_the_past_is_refused_but_an_overdue_goal_can_be_reworded(cast: Cast) -> None:
    with pytest.raises(Incomplete) as refusal:
        make.goal(cast.portfolio, target_on=make.today() - timedelta(days=1))
    assert list(refusal.value.errors) == ["target_on"]
    with days_ago(30):
        goal = make.goal(cast.portfolio, target_on=make.today() + timedelta(days=9))
    overdue = goal.target_on
    same = text(title="Other words", target_on=overdue)
    changed = writing.change_goal(goal, same, opened=writing.seen(goal), by=cast.trainee)
    assert (changed.title, changed.target_on) == ("Other words", overdue)
    past = text(target_on=overdue + timedelta(days=1))
    with pytest.raises(Incomplete) as refusal:
        writing.change_goal(goal, past, opened=writing.seen(changed), by=cast.trainee)
    assert list(refusal.value.errors) == ["target_on"]


@pytest.mark.parametrize(("days", "allowed"), [(-31, False), (-30, True), (0, True), (1, False)])
def test_an_action_is_done_between_the_day_it_was_set_and_today(cast: Cast, days: int, allowed: bool) -> None:
    with days_ago(30):
        action = make.goal(cast.portfolio, actions=["Ask"]).actions.get()
    on = make.today() + timedelta(days=days)
    if allowed:
        writing.mark_done(action, on, by=cast.trainee)
    else:
        with pytest.raises(Incomplete) as refusal:
            writing.mark_done(action, on, by=cast.trainee)
        assert list(refusal.value.errors) == ["done_on"]
    assert GoalAction.objects.get().done_on == (on if allowed else None)


def test_the_database_holds_the_order_of_dates_and_what_belongs_together(cast: Cast) -> None:
    goal = make.goal(cast.portfolio, actions=["Ask"])
    before = make.today() - timedelta(days=1)
    goals, actions = Goal.objects.filter(pk=goal.pk), GoalAction.objects.all()
    wrong: list[tuple[Any, dict[str, Any]]] = [
        (goals, {"target_on": before}),
        (goals, {"ended_on": make.today()}),
        (goals, {"state": "achieved"}),
        (goals, {"state": "achieved", "ended_on": before}),
        (goals, {"state": "nearly", "ended_on": make.today()}),
        (goals, {"title": ""}),
        (goals, {"criteria": ""}),
        (actions, {"due_on": before}),
        (actions, {"done_on": before}),
        (actions, {"what": ""}),
    ]
    for rows, values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)


# --- as evidence --------------------------------------------------------------------------------------------------


def test_a_goal_becomes_a_page_of_evidence_with_nothing_typed_again(cast: Cast) -> None:
    goal = make.goal(cast.portfolio, "Chair a meeting", why="I go quiet.", criteria="It ends on time.", actions=["Ask"])
    writing.mark_done(goal.actions.get(), make.today(), by=cast.trainee)
    make.reviewed(goal, happened="The first ran over.")
    make.reviewed(goal, by=cast.officer, happened="You let everybody speak.\nKeep that.")
    make.reviewed(goal, "achieved", happened="The third ended early.")
    page = writing.write_up(goal, by=cast.trainee)
    assert (page.title, page.kind, page.happened_on) == ("Chair a meeting", EvidenceKind.REFLECTION, make.today())
    for words in (
        *("I go quiet.", "It ends on time.", "- Ask (done on ", "The first ran over.", "The third ended early."),
        *("## Achieved, ", "Ana Reyes wrote:", "> You let everybody speak.\n> Keep that.", "> Next: Chair another."),
    ):
        assert words in page.body, words
    assert page.revisions.count() == 0  # it is the trainee who saves it
    assert Evidence.objects.get().shared is False


def test_the_page_is_of_the_day_of_the_last_review_not_of_today(cast: Cast) -> None:
    with days_ago(30):
        goal = make.goal(cast.portfolio)
        on = make.today()
    assert writing.write_up(goal, by=cast.trainee).happened_on == on
