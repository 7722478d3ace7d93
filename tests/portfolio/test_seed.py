"""What `manage.py seed` writes: as much as it says, in every state, and whole by every check of real work."""

from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Model, QuerySet
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from audit.models import Event
from curriculum.loader import load
from portfolio import access, ledger
from portfolio.management import seeding
from portfolio.management.seeding import people
from portfolio.management.seeding.plan import Size
from portfolio.models import (
    Activity,
    Assessment,
    AssessmentDecision,
    Decision,
    Evidence,
    Goal,
    Item,
    Link,
    ModuleSignOff,
    Placement,
    Portfolio,
    Revision,
)
from portfolio.progress import portfolio_progress
from portfolio.states import ActivityState, AssessmentState
from tests import make

DATA = Path(__file__).resolve().parents[2] / "curriculum" / "data"
TRAINEES = 6


@pytest.fixture
def seeded(db: None) -> None:
    load([str(path) for path in sorted(DATA.glob("*.yaml"))])
    seeding.seed(TRAINEES)


def verified() -> str:
    """What verify_audit says; it fails when anything is not whole."""
    said = StringIO()
    call_command("verify_audit", stdout=said)
    return said.getvalue()


def test_every_trainee_has_sixty_pages_eighty_links_and_sixty_activities(seeded: None) -> None:
    for portfolio in Portfolio.objects.all():
        assert Evidence.objects.filter(portfolio=portfolio).count() == 60
        assert Activity.objects.filter(portfolio=portfolio).count() == 60
        assert 70 <= Link.objects.filter(activity__portfolio=portfolio).count() <= 80
    every = set(ActivityState) - {ActivityState.SIGNED_ELSEWHERE}  # nothing comes from another system there
    assert set(Activity.objects.values_list("state", flat=True)) == every


def test_every_trainee_has_assessments_goals_and_placements_in_several_states(seeded: None) -> None:
    for portfolio in Portfolio.objects.all():
        states = Assessment.objects.filter(portfolio=portfolio).values_list("state", flat=True)
        assert sorted(states) == sorted(set(AssessmentState) - {AssessmentState.OPEN, AssessmentState.VOIDED})
        goals = Goal.objects.filter(portfolio=portfolio).values_list("state", "reviews__role_kind")
        assert sorted(goals) == [("achieved", ""), ("open", "officer")]
        assert sorted(portfolio.placements.values_list("state", flat=True)) == ["confirmed", "confirmed", "planned"]
        assert set(portfolio.placements.values_list("supervisor__email", flat=True)) == {
            people.address("supervisor", 1)
        }


def test_the_supervisor_of_the_placements_that_go_on_sees_their_modules_and_no_others(
    seeded: None, client: Client
) -> None:
    supervisor = User.objects.get(email=people.address("supervisor", 1))
    assert access.visible(supervisor, Portfolio).count() == TRAINEES
    here = {portfolio.pk: portfolio.curriculum.modules.last() for portfolio in Portfolio.objects.all()}
    seen = set(access.visible(supervisor, Placement).values_list("portfolio", "modules"))
    assert seen == {(pk, module.pk) for pk, module in here.items() if module}
    client.force_login(supervisor)
    portfolio = Portfolio.objects.order_by("pk")[0]
    assert client.get(f"/portfolios/{portfolio.ref}/").status_code == 200
    assert client.get(f"/portfolios/{portfolio.ref}/goals/").status_code == 403


def test_everything_seeded_verifies_and_each_chain_says_seeded(seeded: None) -> None:
    said = verified()
    assert "BROKEN" not in said
    assert said.count("portfolio:") == TRAINEES
    chains = Event.objects.filter(chain__name__startswith="portfolio:")
    assert list(chains.values_list("seq", "kind", "actor_name")) == [(1, "seeded", "system")] * TRAINEES


@pytest.mark.parametrize("model", [Decision, Revision, ModuleSignOff, Assessment, AssessmentDecision, Goal, Placement])
def test_a_seeded_row_that_was_changed_is_found(seeded: None, model: type[Model]) -> None:
    row = model._base_manager.order_by("pk").first()
    assert row is not None
    changed: dict[type[Model], dict[str, Any]] = {
        Decision: {"feedback": "Other words."},
        Revision: {"body": "Other words."},
        ModuleSignOff: {"credits": 99},
        Assessment: {"what": "Other words."},
        AssessmentDecision: {"strengths": "Other words."},
        Goal: {"criteria": "Other words."},
        Placement: {"aims": "Other words."},
    }
    QuerySet(model).filter(pk=row.pk).update(**changed[model])
    with pytest.raises(CommandError, match="Not whole"):
        verified()


def test_real_steps_go_on_where_seeding_stopped(seeded: None) -> None:
    officer = User.objects.get(email=people.address("officer", 1))
    item = access.with_me(officer).first() or access.with_me(_busy()).first()
    assert item is not None
    make.decide(item)
    assert access.history(item.submission.portfolio).values_list("seq", "kind").last() == (2, "sign off")
    assert "BROKEN" not in verified()


def test_modules_are_signed_only_where_the_rules_say_that_they_are_ready(seeded: None) -> None:
    for portfolio in Portfolio.objects.all():
        record = ledger.read_one(portfolio)
        for code in (sign_off.module.code for sign_off in portfolio.sign_offs.filter(void=None)):
            states = {row.state for row in record.modules[code].activities.values()}
            assert states <= {ActivityState.SIGNED_OFF}
        assert portfolio_progress(record).credits_signed_off == sum(
            sign_off.credits for sign_off in portfolio.sign_offs.filter(void=None)
        )
    assert ModuleSignOff.objects.filter(void=None).exists()
    assert ModuleSignOff.objects.filter(void__isnull=False).exists()


def test_the_pages_of_seeded_people_open(seeded: None, client: Client) -> None:
    portfolio = Portfolio.objects.get(trainee__email=people.address("trainee", 1))
    client.force_login(portfolio.trainee)
    paths = ("", "evidence/", "submissions/", "people/", "history/", "submit/", "modules/S-C1/", "modules/S-C1/1/")
    assert Counter(client.get(f"/portfolios/{portfolio.ref}/{path}").status_code for path in paths) == {200: len(paths)}
    for part, path in (("officer", "/trainees/"), ("administrator", "/trainees/"), ("busy-assessor", "/reviewing/")):
        client.force_login(User.objects.get(email=people.address(part, 1)))
        assert client.get(path).status_code == 200


def test_the_same_number_again_adds_nothing_and_a_larger_one_the_rest(seeded: None) -> None:
    seeding.seed(TRAINEES)
    assert Portfolio.objects.count() == TRAINEES
    seeding.seed(TRAINEES + 1, size=Size(pages=5, links=4, activities=4))
    assert Portfolio.objects.count() == TRAINEES + 1
    assert User.objects.filter(email__startswith="officer-").count() == 1
    assert "BROKEN" not in verified()


def test_sixty_trainees_leave_one_assessor_with_three_hundred_items(db: None) -> None:
    load([str(path) for path in sorted(DATA.glob("*.yaml"))])
    seeding.seed(60, size=Size(pages=4, links=60))
    assert access.with_me(_busy()).count() >= 300
    assert not Item.objects.exclude(submission__portfolio__roles__user=_busy()).exists()


def test_it_refuses_production_and_a_database_with_people_in_it(db: None, settings: Settings) -> None:
    make.curriculum()
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("seed", trainees=1)
    settings.PRODUCTION = False
    make.person("Somebody Real")
    with pytest.raises(CommandError, match="other people"):
        call_command("seed", trainees=1)
    assert Portfolio.objects.count() == 0


def _busy() -> User:
    return User.objects.get(email=people.address("busy-assessor", 1))
