"""What a placement supervisor sees of assessments, results, options, other systems, goals, feedback, dates and reviews.

Written by hand: what is of the placement's modules, and no more.
"""

from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import User
from curriculum.models import Curriculum
from portfolio import access, ledger
from portfolio.access import SEEN, visible
from portfolio.models import (
    Activity,
    Assessment,
    AssessmentDecision,
    AssessmentReflection,
    AssessmentVoid,
    ElsewhereVoid,
    KindCorrection,
    Placement,
    Portfolio,
    SignedElsewhere,
)
from portfolio.states import LeaveKind, Side
from portfolio.workflow import Incomplete, NotAllowed, PlanActivities, perform
from portfolio.workflow.assessments.reflecting import reflect
from portfolio.workflow.plan import Put, put
from portfolio.workflow.training_time import Away, Works
from tests import make
from tests.cast import Cast, assemble
from tests.world import undone

pytestmark = pytest.mark.django_db
ASSESSED = {"kind": "specialist", "activities": 4, **make.ASSESSED}
BLOCKS: list[dict[str, Any]] = [
    {
        "title": "With assessments",
        "credits": 100,
        "modules": [{"code": code, "credits": 50, **ASSESSED} for code in ("S-A1", "S-A2")],
    },
    {
        "title": "With a result",
        "credits": 40,
        "modules": [{"code": "S-P1", "credits": 40, "kind": "project", "activities": 1, "university_result": True}],
    },
    {
        "title": "With a choice",
        "credits": 40,
        "modules": [
            {"code": code, "credits": 40, "kind": "specialist", "activities": 1, **make.KNOWN}
            for code in ("S-B1", "S-B2")
        ],
        "options": [["S-B1"], ["S-B2"]],
    },
]
# What Hugh sees of Priya's portfolio, whose placement is in S-A1 and S-B1. Of every other kind of row he sees nothing.
ALL_STATES = (Portfolio, Activity)
OF_THE_MODULES: dict[type[Model], str] = {
    Assessment: "module",
    AssessmentDecision: "assessment__module",
    AssessmentReflection: "assessment__module",
    AssessmentVoid: "assessment__module",
    KindCorrection: "assessment__module",
    SignedElsewhere: "module",
    ElsewhereVoid: "record__module",
}
READ = {"progress", "evidence_list", "submissions", "assessments", "placements"}
NOT_READ = {"goals", "reviews", "training_time", "feedback", "elsewhere", "awards", "people", "history", "journal"}


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Cast, User]]:
    with django_db_blocker.unblock(), undone():
        cast = _build()
        person = make.person("Hugh Sole")
        make.placed(cast.portfolio, cast.officer, person, ("S-A1", "S-B1"))
        yield cast, person


@pytest.fixture
def cast(built: tuple[Cast, User], db: None) -> Cast:
    return deepcopy(built[0])


@pytest.fixture
def hugh(built: tuple[Cast, User], db: None) -> User:
    return deepcopy(built[1])


def _build() -> Cast:
    make.curriculum(blocks=BLOCKS)
    found = assemble()
    of, officer = found.portfolio, found.officer
    make.with_rules(of)
    make.mark_forms(of.programme)
    for code in ("S-A1", "S-A2"):
        _assessments(found, code)
        make.signed_elsewhere(of, officer, make.entry(code, 2, title=f"Elsewhere in {code}"))
        make.elsewhere_voided(make.signed_elsewhere(of, officer, make.entry(code, 3)), officer)
    make.result(of, officer, "S-P1")
    make.option_confirmed(of, officer, "S-B1")
    make.option_taken(of, "S-B2", reason="The department moves.")
    make.option_refused(of, officer, "S-B2")
    soon = make.today() + timedelta(days=5)
    make.reviewed(make.goal(of, "A goal of mine", actions=["An action of mine"], due_on=soon))
    make.training_time(of, officer, Works(make.today(), 60), Away(make.today(), None, LeaveKind.SICK, "Ill"))
    for number in (1, 2):
        make.review_planned(of, officer, number)
        make.agreed_action(of, officer, "An action agreed", Side.TRAINEE, number=number)
    make.review_signed(of, 2, officer=officer)
    make.feedback_released(of, officer)
    make.note(of)
    put(of, Put([("S-A1", 1), ("S-A2", 1)], month=make.today().replace(day=1)), by=of.trainee)
    return found


def _assessments(cast: Cast, code: str) -> None:
    """One planned, one asked, one done with a reflection, and one corrected and voided."""
    of = cast.portfolio
    make.planned(of, "DOPS", f"Planned in {code}", code)
    whom = cast.assessor if code == "S-A1" else cast.second_assessor
    make.asked(of, whom, "OCE", f"Asked in {code}", code=code)
    done = make.assessed(of, cast.assessor, kind="CBD", title=f"Done in {code}", code=code)
    reflect(done, f"Thoughts on {code}.", by=cast.trainee)
    voided = make.assessed(of, cast.assessor, kind="DOPS", title=f"Voided in {code}", code=code)
    perform("void assessment", make.corrected(voided), by=cast.officer, reason="Of another trainee.")


@pytest.mark.parametrize("model", SEEN, ids=lambda model: model.__name__)
def test_of_each_kind_of_row_what_is_of_the_placements_modules_and_no_more(
    cast: Cast, hugh: User, model: type[Model]
) -> None:
    seen = visible(hugh, model)
    if model is Curriculum:
        assert set(seen) == set(Curriculum.objects.all())  # what everybody may read
    elif model is Placement:
        assert set(seen) == set(Placement.objects.filter(supervisor=hugh))
    elif model in ALL_STATES:
        of = cast.portfolio
        rows = model._default_manager.all()
        assert set(seen) == ({of} if model is Portfolio else set(rows.filter(portfolio=of)))
    elif model in OF_THE_MODULES:
        path = OF_THE_MODULES[model]
        rows = model._default_manager.filter(**{f"{path}__code": "S-A1"})
        rows = rows.exclude(state="planned") if model is Assessment else rows
        assert rows.exists()
        assert set(seen) == set(rows)
    else:
        assert set(seen) == set()


def test_the_controls_see_it(cast: Cast, hugh: User) -> None:
    """There is a row of every kind that the officer sees, or the test above would hold of nothing."""
    submitted = {"Evidence", "Revision", "Attachment", "Submission", "Item", "Decision", "Unlock", "Comment"}
    submitted |= {"Nomination", "NominationAnswer"}  # tests/addresses.yaml asks for their page
    signed = {"Closure", "Confirmation", "ModuleSignOff", "ModuleVoid"}
    trainees = {"Link", "JournalNote", "CalendarFeed"}
    others = {"Intake", "Snippet"}
    unseen = {model.__name__ for model in SEEN if not visible(cast.officer, model).exists()}
    assert unseen == submitted | signed | trainees | others


# --- on the pages -------------------------------------------------------------------------------------------------


def page(person: User, name: str, *args: object) -> tuple[int, str]:
    browser = Client()
    browser.force_login(person)
    answer = browser.get(reverse(name, args=args))
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("name", sorted(READ | NOT_READ))
def test_pages_of_the_whole_portfolio_are_refused(cast: Cast, hugh: User, name: str) -> None:
    assert page(hugh, name, cast.portfolio.ref)[0] == (200 if name in READ else 403)
    assert page(cast.trainee, name, cast.portfolio.ref)[0] == 200


def test_their_assessments_are_listed_and_counted_and_no_other_modules(cast: Cast, hugh: User) -> None:
    text = page(hugh, "assessments", cast.portfolio.ref)[1]
    for title in ("Asked in S-A1", "Done in S-A1", "Voided in S-A1"):
        assert title in text
    assert "S-A2" not in text
    assert "Planned in S-A1" not in text
    for name in ("S-A1", "S-A2"):
        row = Assessment.objects.get(title=f"Done in {name}")
        status, text = page(hugh, "assessment", cast.portfolio.ref, row.aid)
        assert status == (200 if name == "S-A1" else 404)
        assert (f"Thoughts on {name}." in text) == (name == "S-A1")
    plan = Assessment.objects.get(title="Planned in S-A1")
    assert page(hugh, "assessment", cast.portfolio.ref, plan.aid)[0] == 404


def test_their_modules_are_read_without_results_options_and_goals(cast: Cast, hugh: User) -> None:
    of = cast.portfolio
    status, text = page(hugh, "module", of.ref, "S-A1")
    assert status == 200
    assert "Done in S-A1" in text
    assert reverse("elsewhere", args=[of.ref]) not in text
    status, text = page(hugh, "module", of.ref, "S-B1")
    assert status == 200
    assert reverse("module_option", args=[of.ref, "S-B1"]) not in text
    assert reverse("module_option", args=[of.ref, "S-B1"]) in page(cast.officer, "module", of.ref, "S-B1")[1]
    status, text = page(hugh, "activity", of.ref, "S-A1", 2)
    assert status == 200
    assert "Signed elsewhere" in text
    assert page(hugh, "activity", of.ref, "S-A2", 2)[0] == 403
    assert page(hugh, "module", of.ref, "S-A2")[0] == 403
    assert page(hugh, "module_result", of.ref, "S-P1")[0] == 403
    assert page(hugh, "module_option", of.ref, "S-B1")[0] == 403


def test_a_result_of_their_own_module_is_not_said_and_raises_no_doubt(cast: Cast) -> None:
    person, of = make.person("Pia Lund"), cast.portfolio
    make.placed(of, cast.officer, person, ("S-P1",), since=-60, until=-30)
    with time_machine.travel(timezone.now() - timedelta(days=40), tick=False):
        _reads_no_result(cast, person)


def _reads_no_result(cast: Cast, person: User) -> None:
    of = cast.portfolio
    status, text = page(person, "module", of.ref, "S-P1")
    assert status == 200
    assert "Record does not agree" not in text
    assert "Passed on" not in text
    assert reverse("module_result", args=[of.ref, "S-P1"]) not in text
    assert "Passed on" in page(cast.officer, "module", of.ref, "S-P1")[1]


def test_progress_holds_states_and_nothing_of_goals_reviews_dates_awards_or_other_systems(
    cast: Cast, hugh: User
) -> None:
    of = cast.portfolio
    names = ("reviews", "elsewhere", "awards", "goals")
    told = {name: reverse(name, args=[of.ref]) for name in names}
    theirs, officers = page(hugh, "progress", of.ref)[1], page(cast.officer, "progress", of.ref)[1]
    for name in ("reviews", "elsewhere"):
        assert told[name] in officers, name
    for name, href in told.items():
        assert href not in theirs, name
    for said in ("An action of mine", "An action agreed", "Next review", "On pace", cast.second_assessor.name):
        assert said in officers, said
        assert said not in theirs, said
    assert "S-A2" in theirs  # its states are progress
    assert reverse("module", args=[of.ref, "S-A2"]) not in theirs


def test_the_list_of_trainees_tells_a_supervisor_of_progress_and_of_nothing_that_waits(cast: Cast, hugh: User) -> None:
    theirs, officers = page(hugh, "trainees")[1], page(cast.officer, "trainees")[1]
    assert "Priya Raman" in theirs
    assert "You supervise a placement" in theirs
    assert reverse("review_point", args=[cast.portfolio.ref, 1]) not in theirs
    assert "You supervise a placement" not in officers


# --- assessments, when asked --------------------------------------------------------------------------------------


def test_an_assessment_is_asked_of_a_supervisor_in_their_modules_alone(cast: Cast, hugh: User) -> None:
    of = cast.portfolio
    row = make.asked(of, hugh, "DOPS", "Seen by Hugh", code="S-A1")
    assert list(access.assessments_of(access.what_waits(hugh))) == [row]
    assert page(hugh, "assess", row.aid)[0] == 200
    done = make.complete(row)
    assert (done.decision.signer, done.decision.role_kind) == (hugh, "supervisor")
    with pytest.raises(Incomplete, match=r"decides in the modules of the placement only, and not in S-A2\."):
        make.asked(of, hugh, "DOPS", "Not seen", code="S-A2")


def test_what_is_with_a_supervisor_is_with_nobody_once_the_module_is_not_theirs(cast: Cast, hugh: User) -> None:
    of = cast.portfolio
    row = make.asked(of, hugh, "DOPS", "Seen by Hugh", code="S-A1")
    placement = Placement.objects.get(supervisor=hugh)
    given = make.placement_plan(of, hugh, ("S-B1",))
    make.replanned(placement, given)
    make.placement_confirmed(Placement.objects.get(pk=placement.pk), cast.officer)
    assert not access.assessments_of(access.what_waits(hugh)).exists()
    assert not access.addressed_assessments(hugh).exists()
    assert not access.once_asked_to_assess(hugh).exists()
    assert page(hugh, "assess", row.aid)[0] == 404
    with pytest.raises(NotAllowed):
        make.complete(row)
    assert "With nobody" in page(cast.trainee, "module", of.ref, "S-A1")[1]


def test_activities_of_their_modules_are_planned_and_no_others(cast: Cast, hugh: User) -> None:
    placement = Placement.objects.get(supervisor=hugh)
    other = make.activity(cast.portfolio, "S-A2").module_id
    with pytest.raises(Incomplete):
        perform("plan activities", placement, by=cast.trainee, given=PlanActivities([(other, 1)]))


def test_the_record_of_a_supervisor_holds_no_title_and_no_name_of_an_assessment_elsewhere(cast: Cast) -> None:
    whole = ledger.read_one(cast.portfolio)
    theirs = whole.structure.module("S-A1")
    bare = ledger.without_what_was_said(whole, [theirs.id])
    for code, kept in (("S-A1", True), ("S-A2", False)):
        attempts = (*bare.modules[code].attempts, *bare.modules[code].satisfactory)
        assert len(attempts) == len((*whole.modules[code].attempts, *whole.modules[code].satisfactory)) > 1
        assert any(one.title or one.by for one in attempts) == kept
