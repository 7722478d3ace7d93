"""Every state × action × person of a placement, and what its steps write."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Event
from portfolio.models import Evidence, Placement, PlannedActivity, Role
from portfolio.models.placement import QUESTIONS
from portfolio.requirements.words import day
from portfolio.states import PlacementKind, RoleKind
from portfolio.states import PlacementState as State
from portfolio.views.placements.pages import STEP_PAGES
from portfolio.workflow import (
    EndOn,
    Incomplete,
    NotAllowed,
    PlanActivities,
    Reflect,
    Refused,
    TooLate,
    available,
    erasing,
    journal,
    perform,
    writing,
)
from portfolio.workflow.placements import PlacementTable
from portfolio.workflow.placements.planning import planned_seen
from portfolio.workflow.placements.reflecting import reflection_seen
from tests import make
from tests.cast import Cast
from tests.portfolio.workflow.test_activity_table import everything, told

OFFICERS = {"officer", "coordinator"}
LEGAL: dict[str, tuple[set[str], set[str]]] = {
    "plan placement": ({State.PLANNED, State.CONFIRMED}, {"trainee"}),
    "plan activities": ({State.PLANNED, State.CONFIRMED, State.CLOSED}, {"trainee"}),
    "confirm placement": ({State.PLANNED}, OFFICERS),
    "end placement": ({State.CONFIRMED, State.CLOSED}, OFFICERS),
    "extend placement": ({State.CONFIRMED, State.CLOSED}, OFFICERS),
    "close placement": ({State.CONFIRMED, State.CLOSED}, {"trainee"}),
    "remove placement": ({State.PLANNED}, {"trainee"}),
}
ROTATIONS: list[dict[str, Any]] = [
    {
        "title": "Rotations",
        "credits": 180,
        "modules": [
            {"code": "ROT-1", "title": "Rotation 1", "credits": 90, "kind": "rotation", "provisional": True},
            {"code": "ROT-2", "title": "Imaging", "credits": 90, "kind": "rotation"},
        ],
    }
]


def test_the_table_has_exactly_these_steps_and_each_has_its_page() -> None:
    assert set(PlacementTable.steps) == set(LEGAL) == set(STEP_PAGES)


@pytest.fixture
def supervisor() -> Any:
    return make.person("Hugh Sole")


def reach(state: str, cast: Cast, supervisor: Any) -> Placement:
    if state == State.PLANNED:
        return make.placement_planned(cast.portfolio, supervisor)
    if state == State.CONFIRMED:
        return make.placed(cast.portfolio, cast.officer, supervisor)
    return make.reflected(make.placed(cast.portfolio, cast.officer, supervisor, until=0))


def arguments(action: str, placement: Placement, supervisor: Any) -> dict[str, Any]:
    return {
        "plan placement": {
            "given": make.placement_plan(placement.portfolio, supervisor, until=25),
            "seen": planned_seen(placement),
        },
        "plan activities": {"given": PlanActivities([(make.activity(placement.portfolio, "S-X1").module_id, 1)])},
        "confirm placement": {"seen": placement.seen},
        "end placement": {"given": EndOn(make.today() - timedelta(days=1))},
        "extend placement": {"given": EndOn(make.today() + timedelta(days=30))},
        "close placement": {"given": Reflect({"learnt": "That names matter."}), "seen": reflection_seen(placement)},
        "remove placement": {},
    }[action]


@pytest.mark.parametrize("state", list(State))
def test_every_action_by_everybody(cast: Cast, supervisor: Any, state: str) -> None:
    placement = reach(state, cast, supervisor)
    before, leaving = everything(), told()
    for action, (sources, who) in LEGAL.items():
        for name, person in {**cast.people(), "supervisor": supervisor}.items():
            legal = state in sources and name in who
            said = f"{action} by {name} from {state}"
            assert (action in available(placement, cast.portfolio, by=person)) == legal, said
            if legal:
                with transaction.atomic():
                    perform(action, placement, by=person, **arguments(action, placement, supervisor))
                    transaction.set_rollback(True)
            else:
                with pytest.raises(Refused) as refusal:
                    perform(action, placement, by=person, **arguments(action, placement, supervisor))
                assert refusal.value.status == (403 if state in sources else 409), said
    assert (everything(), told()) == (before, leaving)


@pytest.mark.parametrize("action", list(LEGAL))
def test_in_a_closed_portfolio_nothing_moves(cast: Cast, supervisor: Any, action: str) -> None:
    state = State.PLANNED if State.PLANNED in LEGAL[action][0] else State.CONFIRMED
    placement = reach(state, cast, supervisor)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    for person in (cast.trainee, cast.officer):
        with pytest.raises(NotAllowed):
            perform(action, placement, by=person, **arguments(action, placement, supervisor))


# --- confirming ---------------------------------------------------------------------------------------------------


def test_the_confirmation_gives_the_supervisor_their_role_for_its_dates_and_modules(
    cast: Cast, supervisor: Any, django_capture_on_commit_callbacks: Any
) -> None:
    placement = make.placement_planned(cast.portfolio, supervisor)
    assert not Role.objects.filter(user=supervisor).exists()
    with django_capture_on_commit_callbacks(execute=True):
        placement = make.placement_confirmed(placement, cast.officer)
    role = Role.objects.get(user=supervisor)
    assert (placement.role, placement.confirmed_by, placement.state) == (role, cast.officer, State.CONFIRMED)
    assert (role.kind, role.starts_on, role.ends_on) == (RoleKind.SUPERVISOR, placement.starts_on, placement.ends_on)
    assert list(role.modules.values_list("code", flat=True)) == ["S-X1"]
    assert [letter.to for letter in mail.outbox] == [[cast.trainee.email], [supervisor.email]]
    told = Event.objects.filter(chain__name="instance", kind="role given").latest("seq").details
    assert (told["role"], told["placement"]) == (role.pk, placement.pid)


def test_one_without_a_supervisor_is_confirmed_and_gives_nobody_anything(cast: Cast) -> None:
    placement = make.placed(cast.portfolio, cast.officer, None)
    assert (placement.state, placement.role) == (State.CONFIRMED, None)
    assert not Role.objects.filter(kind=RoleKind.SUPERVISOR).exists()


def test_what_was_changed_while_the_page_was_open_is_not_confirmed(cast: Cast, supervisor: Any) -> None:
    placement = make.placement_planned(cast.portfolio, supervisor)
    seen = placement.seen
    for changed in ({"until": 21}, {"codes": ("S-X1", "S-C1")}, {"aims": "Other aims."}):
        given = make.placement_plan(cast.portfolio, supervisor, **changed)
        make.replanned(placement, given)
        with pytest.raises(TooLate):
            perform("confirm placement", placement, by=cast.officer, seen=seen)
    with pytest.raises(TooLate):
        perform("confirm placement", placement, by=cast.officer, seen=None)
    assert Placement.objects.get().state == State.PLANNED


def test_title_place_and_aims_change_without_a_new_confirmation(cast: Cast, supervisor: Any) -> None:
    placement = make.placed(cast.portfolio, cast.officer, supervisor)
    given = make.placement_plan(
        cast.portfolio, supervisor, title="  In   imaging ", department="Radiology", aims="More."
    )
    make.replanned(placement, given)
    row = Placement.objects.get()
    assert (row.state, row.title, row.department, row.aims) == (State.CONFIRMED, "In imaging", "Radiology", "More.")
    assert row.role is not None


def test_the_former_supervisor_is_told_that_it_has_changed(
    cast: Cast, supervisor: Any, django_capture_on_commit_callbacks: Any
) -> None:
    placement = make.placed(cast.portfolio, cast.officer, supervisor)
    other = make.person("Ines Marr")
    with django_capture_on_commit_callbacks(execute=True):
        make.replanned(placement, make.placement_plan(cast.portfolio, other))
    assert [letter.to for letter in mail.outbox] == [[supervisor.email], [cast.officer.email]]
    role = Role.objects.get(user=supervisor)
    assert role.ends_on == make.today()
    make.placement_confirmed(Placement.objects.get(), cast.officer)
    assert Placement.objects.get().role == Role.objects.get(user=other)


def test_a_role_that_had_not_begun_goes_and_one_that_was_held_stays_as_it_was(cast: Cast, supervisor: Any) -> None:
    ahead = make.placed(cast.portfolio, cast.officer, supervisor, since=30, until=40)
    make.replanned(ahead, make.placement_plan(cast.portfolio, None, since=30, until=40))
    assert not Role.objects.filter(user=supervisor).exists()
    over = make.placed(cast.portfolio, cast.officer, supervisor, since=-40, until=-30)
    make.replanned(over, make.placement_plan(cast.portfolio, None, since=-40, until=-30))
    assert Role.objects.get(user=supervisor).ends_on == make.today() - timedelta(days=30)


# --- what cannot be -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "  "}, "title"),
        ({"starts_on": None}, "starts_on"),
        ({"ends_on": None}, "ends_on"),
        ({"since": 5, "until": 4}, "ends_on"),
        ({"since": -366, "until": -360}, "starts_on"),
        ({"since": 20 * 366, "until": 20 * 366}, "starts_on"),
        ({"until": 20 * 366}, "ends_on"),
        ({"kind": PlacementKind.ROTATION}, "module"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_at_its_field(cast: Cast, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(Incomplete) as refusal:
        make.placement_planned(cast.portfolio, **fields)
    assert list(refusal.value.errors) == [field]
    assert not Placement.objects.exists()


def test_days_before_the_training_and_slips_of_the_keyboard_are_said_in_words(cast: Cast) -> None:
    """A placement in the year 2190 would draw a plan of a hundred and sixty years."""
    with pytest.raises(Incomplete) as early:
        make.placement_planned(cast.portfolio, since=-366, until=-360)
    began = day(cast.portfolio.starts_on)
    assert early.value.errors["starts_on"] == f"The training began on {began}. Enter that day or a later one."
    with pytest.raises(Incomplete) as late:
        make.placement_planned(cast.portfolio, starts_on=make.date(2190, 1, 1), ends_on=make.date(2190, 2, 1))
    assert late.value.errors["starts_on"] == "This is more than 20 years after the training began. Check the year."
    placement = make.placed(cast.portfolio, cast.officer)
    with pytest.raises(Incomplete) as longer:
        perform("extend placement", placement, by=cast.officer, given=EndOn(make.date(2190, 1, 1)))
    assert longer.value.errors["last"] == late.value.errors["starts_on"]
    assert make.placement_planned(cast.portfolio, since=-365, until=-360).starts_on == cast.portfolio.starts_on


def test_modules_are_of_the_portfolios_own_curriculum(cast: Cast) -> None:
    module = make.activity(make.portfolio(make.person("Zara"), make.curriculum("HIGH-1", programme_code="HSST"))).module
    for fields in ({"modules": (module,)}, {"kind": PlacementKind.ROTATION, "module": module}):
        with pytest.raises(Incomplete):
            make.placement_planned(cast.portfolio, **fields)
    with pytest.raises(Incomplete):
        make.placement_planned(cast.portfolio, module=make.activity(cast.portfolio).module)  # an elective is for none


def test_who_cannot_supervise(cast: Cast) -> None:
    for person in (cast.trainee, cast.other_trainee, cast.deactivated):
        with pytest.raises(Incomplete) as refusal:
            make.placement_planned(cast.portfolio, person)
        assert list(refusal.value.errors) == ["supervisor"]
        assert ("Nobody supervises their own placement" in refusal.value.said) == (person == cast.trainee)


def test_whoever_cannot_supervise_any_more_is_not_confirmed(cast: Cast, supervisor: Any) -> None:
    placement = make.placement_planned(cast.portfolio, supervisor)
    make.portfolio(supervisor)
    with pytest.raises(Incomplete):
        make.placement_confirmed(placement, cast.officer)
    assert not Role.objects.filter(user=supervisor).exists()


@pytest.mark.parametrize(
    ("since", "until", "free"),
    [(21, 30, True), (20, 30, False), (-30, -21, True), (-30, -20, False), (-5, 5, False), (-40, 40, False)],
)
def test_overlapping_placements_are_refused_and_the_other_is_named(
    cast: Cast, since: int, until: int, free: bool
) -> None:
    make.placement_planned(cast.portfolio, title="In pathology")
    make.placement_planned(cast.other, title="Tom's")  # somebody else's is no matter
    if free:
        make.placement_planned(cast.portfolio, since=since, until=until)
        return
    with pytest.raises(Incomplete) as refusal:
        make.placement_planned(cast.portfolio, since=since, until=until)
    assert "“In pathology”" in refusal.value.errors["starts_on"]
    assert Placement.objects.filter(portfolio=cast.portfolio).count() == 1


def test_a_placement_does_not_overlap_with_itself(cast: Cast) -> None:
    placement = make.placement_planned(cast.portfolio)
    make.replanned(placement, make.placement_plan(cast.portfolio, until=30))
    assert Placement.objects.get().ends_on == make.today() + timedelta(days=30)


@pytest.mark.parametrize(("last", "refused"), [(None, True), (-21, True), (-20, False), (19, False), (20, True)])
def test_a_placement_ends_earlier_and_no_earlier_than_it_began(
    cast: Cast, supervisor: Any, last: int | None, refused: bool
) -> None:
    placement = make.placed(cast.portfolio, cast.officer, supervisor)
    day = None if last is None else make.today() + timedelta(days=last)
    if refused:
        with pytest.raises(Incomplete):
            perform("end placement", placement, by=cast.officer, given=EndOn(day))
        assert Placement.objects.get().ends_on == Role.objects.get(user=supervisor).ends_on == placement.ends_on
    else:
        perform("end placement", placement, by=cast.officer, given=EndOn(day))
        assert Placement.objects.get().ends_on == Role.objects.get(user=supervisor).ends_on == day


@pytest.mark.parametrize(("last", "refused"), [(None, True), (20, True), (19, True), (21, False), (45, True)])
def test_a_placement_is_extended_to_a_later_day_that_is_free_and_its_supervisors_role_with_it(
    cast: Cast, supervisor: Any, last: int | None, refused: bool, django_capture_on_commit_callbacks: Any
) -> None:
    placement = make.placed(cast.portfolio, cast.officer, supervisor)
    make.placement_planned(cast.portfolio, title="The next one", since=40, until=50)
    day = None if last is None else make.today() + timedelta(days=last)
    if refused:
        with pytest.raises(Incomplete) as refusal:
            perform("extend placement", placement, by=cast.officer, given=EndOn(day))
        assert list(refusal.value.errors) == ["last"]
        day = placement.ends_on
    else:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            perform("extend placement", placement, by=cast.officer, given=EndOn(day))
        assert [letter.to for letter in mail.outbox] == [[cast.trainee.email], [supervisor.email]]
        told = Event.objects.filter(chain__name="instance", kind="role given").latest("seq").details
        assert (told["placement"], told["to"]) == (placement.pid, str(day))
    row = Placement.objects.get(pk=placement.pk)
    assert row.ends_on == Role.objects.get(user=supervisor).ends_on == day
    assert (row.state, row.confirmed_by) == (State.CONFIRMED, cast.officer)


def test_one_that_was_closed_and_goes_on_is_open_again_with_its_reflection(cast: Cast, supervisor: Any) -> None:
    placement = make.reflected(make.placed(cast.portfolio, cast.officer, supervisor, until=-10), did="What I did.")
    for days, state in ((-5, State.CLOSED), (0, State.CLOSED), (5, State.CONFIRMED)):
        perform("extend placement", placement, by=cast.officer, given=EndOn(make.today() + timedelta(days=days)))
        row = Placement.objects.get()
        assert (row.state, row.did) == (state, "What I did."), days
    assert Role.objects.get(user=supervisor).ends_on == make.today() + timedelta(days=5)


def test_whoever_cannot_supervise_any_more_gets_no_longer_placement(cast: Cast, supervisor: Any) -> None:
    placement = make.placed(cast.portfolio, cast.officer, supervisor)
    make.portfolio(supervisor)
    with pytest.raises(Incomplete):
        perform("extend placement", placement, by=cast.officer, given=EndOn(make.today() + timedelta(days=30)))
    assert Role.objects.get(user=supervisor).ends_on == placement.ends_on


def test_a_role_that_was_ended_by_itself_is_not_given_again(cast: Cast, supervisor: Any) -> None:
    placement = make.placed(cast.portfolio, cast.officer, supervisor)
    Role.objects.filter(user=supervisor).update(ends_on=make.today() - timedelta(days=1))
    perform("extend placement", placement, by=cast.officer, given=EndOn(make.today() + timedelta(days=30)))
    assert Role.objects.get(user=supervisor).ends_on == make.today() - timedelta(days=1)


@pytest.mark.parametrize(
    "changed",
    [
        {"ends_on": make.date(2000, 1, 1)},
        {"state": "over"},
        {"state": State.CONFIRMED},
        {"kind": PlacementKind.ROTATION},
        {"title": ""},
    ],
    ids=str,
)
def test_what_the_database_holds(cast: Cast, changed: dict[str, Any]) -> None:
    placement = make.placement_planned(cast.portfolio)
    with pytest.raises(IntegrityError), transaction.atomic():
        Placement.objects.filter(pk=placement.pk).update(**changed)


def test_a_planned_placement_gives_no_role_in_the_database_either(cast: Cast) -> None:
    placement = make.placement_planned(cast.portfolio)
    with pytest.raises(IntegrityError), transaction.atomic():
        Placement.objects.filter(pk=placement.pk).update(role=Role.objects.filter(portfolio=cast.portfolio).first())


# --- activities, the reflection, the end --------------------------------------------------------------------------


def test_activities_of_its_modules_are_planned_into_it_and_go_with_the_module(cast: Cast) -> None:
    placement = make.placement_planned(cast.portfolio, codes=("S-X1", "S-C1"))
    x1, c1 = (make.activity(cast.portfolio, code).module_id for code in ("S-X1", "S-C1"))
    for chosen in ([(x1, 1), (c1, 2)], [(x1, 1), (c1, 3)]):
        perform("plan activities", placement, by=cast.trainee, given=PlanActivities(chosen))
        assert set(PlannedActivity.objects.values_list("module", "number")) == set(chosen)
    with pytest.raises(Incomplete):
        perform("plan activities", placement, by=cast.trainee, given=PlanActivities([(c1, 99)]))
    make.replanned(placement, make.placement_plan(cast.portfolio))
    assert [str(one) for one in PlannedActivity.objects.all()] == ["S-X1 1"]


def test_a_reflection_answers_at_least_one_question_and_comes_after_the_beginning(cast: Cast) -> None:
    placement = make.placed(cast.portfolio, cast.officer, None)
    with pytest.raises(Incomplete) as refusal:
        perform("close placement", placement, by=cast.trainee, given=Reflect({"did": "  "}))
    assert list(refusal.value.errors) == [next(iter(QUESTIONS))]
    with time_machine.travel(timezone.now() - timedelta(days=21), tick=False), pytest.raises(Incomplete):
        make.reflected(placement)
    assert make.reflected(placement).state == State.CONFIRMED  # begun while it goes on
    with time_machine.travel(timezone.now() + timedelta(days=20), tick=False):
        row = make.reflected(placement, expected="Noise.", advice="Ask early.")
    assert (row.state, row.expected, row.did, row.advice) == (State.CLOSED, "Noise.", "", "Ask early.")


def test_what_a_reflection_was_written_on_is_not_removed(cast: Cast) -> None:
    placement = make.reflected(make.placed(cast.portfolio, cast.officer))
    planned = make.replanned(placement, make.placement_plan(cast.portfolio, until=30))
    assert planned.state == State.PLANNED
    with pytest.raises(Incomplete):
        perform("remove placement", planned, by=cast.trainee)
    assert Placement.objects.get().did == placement.did


def test_what_is_removed_leaves_an_event_and_nothing_else(cast: Cast) -> None:
    placement = make.placement_planned(cast.portfolio)
    x1 = make.activity(cast.portfolio, "S-X1").module_id
    perform("plan activities", placement, by=cast.trainee, given=PlanActivities([(x1, 1)]))
    move = perform("remove placement", placement, by=cast.trainee)
    assert not Placement.objects.exists()
    assert not PlannedActivity.objects.exists()
    assert move.event is not None
    assert set(move.event.details) == {"placement", "texts"}
    with pytest.raises(TooLate):
        perform("plan activities", placement, by=cast.trainee, given=PlanActivities([]))


def test_no_event_holds_a_word_that_was_typed(cast: Cast, supervisor: Any) -> None:
    words = {"title": "Wordone", "department": "Wordtwo", "organisation": "Wordthree", "aims": "Wordfour"}
    placement = make.placed(cast.portfolio, cast.officer, supervisor, **words)
    make.reflected(placement, **{name: f"Word{name}" for name in QUESTIONS})
    told = json.dumps([event.data for event in Event.objects.all()])
    assert "Word" not in told


def test_erasing_the_page_made_of_a_reflection_or_a_note_leaves_what_was_written(cast: Cast) -> None:
    placement, note = make.reflected(make.placed(cast.portfolio, cast.officer, None)), make.note(cast.portfolio)
    made = journal.turn_reflection(placement, by=cast.trainee), journal.turn_note(note, by=cast.trainee)
    for page in made:
        writing.discard(page, by=cast.trainee)
        Evidence.objects.filter(pk=page.pk).update(binned_at=timezone.now() - timedelta(days=90))
        assert erasing.erase(page)
    assert not Evidence.objects.exists()
    placement.refresh_from_db()
    note.refresh_from_db()
    assert (placement.page, note.page) == (None, None)
    assert placement.did
    assert note.happened
