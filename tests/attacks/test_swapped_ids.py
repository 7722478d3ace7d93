"""Ids of another trainee inside one's own portfolio: in every address with room for one, and in the fields of forms.

Cases 1 and 8. Beside each stands the same with an id of one's own, or the same request by who may.
"""

import re
from typing import Any

import pytest
from django.urls import reverse

from portfolio.models import Assessment, FeedbackInvitation, GoalAction, PlannedActivity, ScheduledActivity
from portfolio.workflow import perform
from tests import make
from tests.attacks.test_objects import UNKNOWN, post, seen
from tests.test_addresses import ROWS, Row, filled, path_of
from tests.world import World, undone

pytestmark = pytest.mark.django_db
NAMES = re.compile(r"<(?:\w+:)?(\w+)>")
# What can stand in a bracket inside a portfolio without being the id of anything: places, which every portfolio has.
PLACES = {"ref", "code", "number", "place", "what", "on"}
INSIDE = [row for row in ROWS if row.address.startswith("portfolios/") and set(NAMES.findall(row.address)) - PLACES]
OUTSIDERS = ("stranger", "other_officer", "former_assessor", "future_assessor", "trainee", "officer_in_training")


def ids_of(row: Row) -> list[str]:
    """The ids in this address, the outer first."""
    return [name for name in NAMES.findall(row.address) if name not in PLACES]


def nothing(name: str) -> Any:
    """An id of this kind that nothing has."""
    return 10**9 if name == "action" else UNKNOWN


def of_tom(world: World) -> dict[str, Any]:
    """What Tom has himself."""
    goal = make.goal(world.cast.other, "Tom's goal", actions=["Tom's action"])
    file = world.foreign_page.attachments.get()
    return {
        "eid": world.foreign_page.eid,
        "fid": file.fid,
        "sid": world.foreign_submission.sid,
        "aid": world.foreign_assessment.aid,
        "pid": world.cast.other.placements.get().pid,
        "gid": goal.gid,
        "act": goal.actions.get().aid,
    }


def reviews_of_tom(world: World) -> None:
    """The first is planned and the second held, as hers are."""
    make.review_planned(world.cast.other, world.cast.other_officer)
    make.review_signed(world.cast.other, 2, officer=world.cast.other_officer)


def same(world: World, row: Row, who: str, theirs: dict[str, Any], nobodys: dict[str, Any]) -> set[int]:
    """What this person is answered, which is the same for an id of somebody else as for one that nothing has."""
    found = set()
    for method in ("GET", "POST"):
        there, nowhere = (seen(world.ask(who, method, filled(row.address, one))) for one in (theirs, nobodys))
        assert there == nowhere, f"{method} as {who}"
        found.add(there[0])
    return found


@pytest.mark.parametrize("row", INSIDE, ids=str)
def test_an_id_of_hers_in_his_own_portfolio_is_one_that_nothing_has(world: World, row: Row) -> None:
    hers = world.objects(row.of) | {"ref": world.cast.other.ref}
    none = {name: nothing(name) for name in ids_of(row)}
    with undone():
        his = {name: value for name, value in of_tom(world).items() if name in none}
        if "action" in none:
            reviews_of_tom(world)
        for who in ("other_trainee", "other_officer"):
            same(world, row, who, hers, hers | none)
            *outer, inner = none
            if outer and set(outer) <= set(his):  # his own page or goal, and hers below it
                own = {name: his[name] for name in outer}
                assert same(world, row, who, hers | own, hers | own | {inner: none[inner]}) <= {403, 404, 405}
        late = {409} if "action" in none else set()  # an action that is not of the meeting: too late, whoever's it is
        assert same(world, row, "other_trainee", hers, hers | none) <= {403, 404, 405} | late


@pytest.mark.parametrize("row", [row for row in INSIDE if row.of in ("", "private", "planned")], ids=str)
def test_an_id_of_his_in_her_portfolio_is_one_that_nothing_has(world: World, row: Row) -> None:
    with undone():
        his = {name: value for name, value in of_tom(world).items() if name in ids_of(row)}
        own = world.objects(row.of)
        if his:
            for who in ("trainee", "officer", "administrator", "assessor"):
                answers = same(world, row, who, own | his, own | {name: nothing(name) for name in his})
                assert answers <= {403, 404, 405}


@pytest.mark.parametrize("row", INSIDE, ids=str)
def test_with_her_own_id_the_address_is_there(world: World, row: Row) -> None:
    """The positive control: to somebody of hers it is a page, or a step that is theirs."""
    answers = {
        world.ask(who, method, path_of(world, row)).status_code
        for who in ("trainee", "officer")
        for method in ("GET", "POST")
    }
    assert answers & {200, 302, 409, 422} != set()


def test_every_kind_of_id_is_tried() -> None:
    """A new kind fails until somebody says what another trainee's is (`World.objects`)."""
    ids = {"eid", "fid", "sid", "aid", "pid", "gid", "act", "jid", "nid", "xid", "action"}
    assert {name for row in INSIDE for name in ids_of(row)} == ids


# --- fields of forms ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "of"), [("assessment_ask", "planned"), ("assessment_redirect", "asked")], ids=["ask", "redirect"]
)
def test_an_assessment_goes_only_to_who_may_decide(world: World, step: str, of: str) -> None:
    row = world.assessments[of]
    path = reverse(step, args=[world.portfolio.ref, row.aid])
    for name in OUTSIDERS:
        with undone():
            sent = {"assessor": world.people[name].pk, "declared": "on"}
            assert post(world, "trainee", path, sent).status_code == 422, name
            assert not row.addressees.filter(assessor=world.people[name]).exists()
            assert make.assessment(row).state == row.state
    with undone():
        sent = {"assessor": world.cast.second_assessor.pk, "declared": "on"}
        assert post(world, "trainee", path, sent).status_code == 302
        assert row.addressees.get(until=None).assessor == world.cast.second_assessor


def test_an_attempt_follows_none_of_somebody_else(world: World) -> None:
    new, today = reverse("assessment_new", args=[world.portfolio.ref]), make.today()
    day = {"happens_on_0": today.day, "happens_on_1": today.month, "happens_on_2": today.year}
    plan = {"title": "Another", "what": "It.", "where": "There.", "case_reference": "A case", **day}
    foreign, own = world.foreign_assessment, world.assessments["not yet"]
    for kind, module in ((foreign.kind, foreign.module.code), ("CBD", "S-A1")):
        for after in (foreign.aid, UNKNOWN):
            path = f"{new}?module={module}&kind={'observed' if kind != 'CBD' else kind}&after={after}"
            assert world.ask("trainee", "GET", path).status_code == 404
            with undone():
                before = Assessment.objects.count()
                assert post(world, "trainee", path, plan | {"attempt_of": foreign.pk}).status_code == 404
                assert Assessment.objects.count() == before
    with undone():
        path = f"{new}?module=S-A1&kind=CBD&after={own.aid}"
        assert post(world, "trainee", path, plan | {"attempt_of": foreign.pk}).status_code == 302
        assert Assessment.objects.latest("pk").attempt_of == own


def test_no_invitation_of_another_round_is_taken_back(world: World) -> None:
    with undone():
        his = make.feedback_round(world.cast.other)
        make.invited(his, 2)
        foreign = his.opened.invitations.earliest("pk")
        path = reverse("feedback_withdraw", args=[world.portfolio.ref, 1])
        for sent in (foreign.pk, 10**9):
            assert post(world, "trainee", path, {"invitation": sent}).status_code == 422
        standing = FeedbackInvitation.objects.get(pk=foreign.pk)
        assert not standing.withdrawn
        own = FeedbackInvitation.objects.filter(round__portfolio=world.portfolio, round__number=1).earliest("pk")
        assert post(world, "trainee", path, {"invitation": own.pk}).status_code == 302


def test_no_action_of_another_goal_is_changed(world: World) -> None:
    with undone():
        foreign = make.goal(world.cast.other, "Tom's goal", actions=["Tom's action"]).actions.get()
        goal = world.goals["open goal"]
        own = goal.actions.get()
        path = reverse("goal_edit", args=[world.portfolio.ref, goal.gid])
        form = world.browsers["trainee"].get(path).context["form"]
        day = make.today()
        target = {"target_on_0": 3, "target_on_1": 2, "target_on_2": day.year + 1}
        sent: dict[str, Any] = {
            "title": "Priya: a goal",
            "criteria": "Seen.",
            "opened": form["opened"].value(),
            **target,
        }
        for row in (own, foreign):
            due = {"due_on_0": day.day, "due_on_1": day.month, "due_on_2": day.year + 1}
            sent |= {f"action-{row.aid}-{name}": value for name, value in {"what": "Stolen", **due}.items()}
        assert post(world, "trainee", path, sent).status_code == 302
        assert GoalAction.objects.get(pk=own.pk).what == "Stolen"
        assert list(GoalAction.objects.filter(goal=foreign.goal).values_list("pk", "what")) == [
            (foreign.pk, "Tom's action")
        ]


def planned() -> list[list[dict[str, Any]]]:
    """What is in a month, and what in a placement."""
    return [list(model._default_manager.values()) for model in (ScheduledActivity, PlannedActivity)]


def test_the_plan_takes_nothing_of_somebody_else(world: World) -> None:
    path, month = reverse("plan", args=[world.portfolio.ref]), make.today().strftime("%Y-%m")
    his = world.cast.other.placements.get()
    hers = world.placements["going on"]
    for chosen, where in (("H-1/1", month), (["S-X1/3", "H-1/1"], month), ("S-X1/3", f"placement-{his.pid}")):
        with undone():
            before = planned()
            assert post(world, "trainee", path, {"chosen": chosen, "where": where}).status_code == 422, chosen
            assert planned() == before
    for where in (month, f"placement-{hers.pid}"):
        with undone():
            before = planned()
            assert post(world, "trainee", path, {"chosen": "S-X1/3", "where": where}).status_code == 302
            assert planned() != before


def test_nobody_decides_on_an_assessment_that_is_with_somebody_else(world: World) -> None:
    """The second assessor, of Priya alone, at the address of Tom's and of hers that is with the first."""
    for row in (world.foreign_assessment, world.assessments["asked"]):
        for name in ("assess", "assess_kind"):
            theirs, nobodys = reverse(name, args=[row.aid]), reverse(name, args=[UNKNOWN])
            for method in ("GET", "POST"):
                answer = seen(world.ask("second_assessor", method, theirs))
                assert answer == seen(world.ask("second_assessor", method, nobodys)), (name, method)
                assert answer[0] == 404
        assert world.ask("assessor", "GET", reverse("assess", args=[row.aid])).status_code == 200
    with undone():
        perform(
            "redirect",
            world.assessments["asked"],
            by=world.cast.trainee,
            given=make.Redirect(world.cast.second_assessor),
        )
        where = reverse("assess", args=[world.assessments["asked"].aid])
        assert world.ask("second_assessor", "GET", where).status_code == 200
