"""Who sees an assessment in each of its states: written by hand."""

import pytest

from portfolio import access
from portfolio.access import visible, visible_in
from portfolio.models import Assessment, AssessmentDecision, AssessmentReflection, Portfolio
from portfolio.states import AssessmentState as State
from portfolio.workflow.assessments.reflecting import reflect
from tests import make
from tests.cast import Cast
from tests.portfolio.assessments.test_assessment_table import reach
from tests.portfolio.test_access import OWNER, PEOPLE

READERS: dict[str, set[str]] = {
    State.PLANNED: OWNER,
    State.WITH_ASSESSOR: OWNER | PEOPLE | {"assessor"},
    State.SATISFACTORY: OWNER | PEOPLE | {"assessor"},
    State.NOT_YET: OWNER | PEOPLE | {"assessor"},
    State.VOIDED: OWNER | PEOPLE | {"assessor"},
}


@pytest.mark.parametrize("state", list(READERS))
def test_who_sees_an_assessment(cast: Cast, priya: Portfolio, state: str) -> None:
    row = reach(state, cast)
    for name, person in cast.people().items():
        assert visible(person, Assessment).filter(pk=row.pk).exists() == (name in READERS[state]), name
        if name in OWNER | PEOPLE:
            mine = visible(person, Assessment).filter(portfolio=priya)
            assert set(visible_in(priya, person, Assessment)) == set(mine), name


def test_a_decision_goes_with_its_assessment_and_a_reflection_is_not_the_assessors(
    cast: Cast, priya: Portfolio
) -> None:
    row = reach(State.SATISFACTORY, cast)
    reflect(row, "What I take from it.", by=cast.trainee)
    for name, person in cast.people().items():
        assert visible(person, AssessmentDecision).exists() == (name in READERS[State.SATISFACTORY]), name
        assert visible(person, AssessmentReflection).exists() == (name in OWNER | PEOPLE), name


def test_an_assessor_whose_role_has_ended_or_who_was_replaced_sees_nothing_more(cast: Cast, priya: Portfolio) -> None:
    asked, decided = reach(State.WITH_ASSESSOR, cast), reach(State.SATISFACTORY, cast)
    make.perform("redirect", asked, by=cast.trainee, given=make.Redirect(cast.second_assessor))
    assert set(visible(cast.assessor, Assessment)) == {decided}
    assert set(access.assessments_of(access.what_waits(cast.second_assessor))) == {asked}
    for person in (cast.assessor, cast.second_assessor):
        person.roles.filter(portfolio=priya).update(ends_on=make.today() - make.timedelta(days=1))
        assert not visible(person, Assessment).exists()
        assert not access.assessments_of(access.what_waits(person)).exists()


def test_what_waits_in_a_closed_portfolio_waits_for_nobody(cast: Cast, priya: Portfolio) -> None:
    reach(State.WITH_ASSESSOR, cast)
    assert len(access.what_waits(cast.assessor)) == 1
    make.perform("close portfolio", priya, by=cast.administrator, reason="Completed.")
    assert len(access.what_waits(cast.assessor)) == 0
