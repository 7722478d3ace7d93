"""The demonstration: work in every state, made by real steps, so that all of it verifies."""

from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from audit.checks import registered
from portfolio import access, ledger, proof
from portfolio.cohort.summaries import behind
from portfolio.models import (
    Assessment,
    CalendarFeed,
    Comment,
    Decision,
    Evidence,
    FeedbackRound,
    Goal,
    GoalReview,
    Interruption,
    Item,
    ItemPage,
    JournalNote,
    KindCorrection,
    Nomination,
    OptionTaken,
    Placement,
    Portfolio,
    ReviewAction,
    SignedElsewhere,
    Snippet,
    UniversityResult,
)
from portfolio.models.placement import QUESTIONS
from portfolio.plan.reading import read
from portfolio.progress import portfolio_progress
from portfolio.requirements import module_state, portfolio_blockers
from portfolio.reviews import review_points, reviews_due
from portfolio.states import (
    ActivityState,
    AssessmentState,
    FeedbackState,
    ItemState,
    Met,
    ModuleState,
    NominationState,
    PlacementState,
)
from portfolio.titles import entitled
from portfolio.views.shown import with_contents
from portfolio.workflow.feedback import state_of
from tests.chains import broken_chains

DATA = Path(django_settings.BASE_DIR) / "curriculum" / "data"
pytestmark = pytest.mark.django_db


def made() -> str:
    call_command("load_curriculum", *sorted(str(path) for path in DATA.glob("*.yaml")), stdout=StringIO())
    out = StringIO()
    call_command("make_demo", stdout=out)
    return out.getvalue()


def known_rows(table: str) -> float:
    """How many rows PostgreSQL plans for; SQLite keeps no such figure."""
    if connection.vendor != "postgresql":
        return 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table])
        return float(cursor.fetchone()[0])


def test_it_makes_work_in_every_state_that_verifies_and_keeps_it_when_run_again() -> None:
    said = made()
    assert "priya.raman@example.org" in said
    assert "demonstration-only" in said
    assert list(behind()) == []
    assert known_rows("portfolio_item") > 0
    priya = ledger.read_one(Portfolio.objects.get(trainee__name="Priya Raman"))
    states = Counter(row.state for row in priya.modules["S-C1"].activities.values())
    assert states == {
        ActivityState.SIGNED_OFF: 12,
        ActivityState.IN_REVIEW: 2,
        ActivityState.RETURNED: 1,
        ActivityState.DRAFT: 2,
    }
    daniel = ledger.read_one(Portfolio.objects.get(trainee__name="Daniel Osei"))
    modules = {module.code: module_state(daniel, module) for module in daniel.structure.modules}
    assert modules["D-DM-R1"] == ModuleState.SIGNED_OFF
    assert modules["D-DM-R4"] == ModuleState.READY
    assert modules["S-C2"] == ModuleState.IN_PROGRESS
    for trainee in ("Priya Raman", "Daniel Osei"):
        record = ledger.read_one(Portfolio.objects.get(trainee__name=trainee), reviews=True)
        assert review_points(record)[0].met == Met.MET
        assert record.leave or record.hours
    grace = ledger.read_one(Portfolio.objects.get(trainee__name="Grace Hall"), reviews=True)
    assert portfolio_blockers(grace) == ()
    assert portfolio_progress(grace).credits_signed_off == 180
    assert (portfolio_progress(grace).complete, portfolio_progress(grace).completion) == (True, "Complete")
    assert portfolio_progress(priya).complete is portfolio_progress(daniel).complete is False
    meeting = reviews_due(grace, today=timezone.localdate())
    assert [step.words for step in (*meeting.mine, *meeting.others)] == ["Meet for the review “Completion”"]
    assert [point.met for point in review_points(grace)][-1] == Met.MET
    items = Counter(ItemPage.objects.values_list("item__state", flat=True))
    assert set(items) == set(ItemState)
    assert Decision.objects.filter(unlock__isnull=False).count() == 1
    assert Evidence.objects.filter(shared=True).count() == 1
    assert Evidence.objects.exclude(archived_at=None).count() == 1
    assert Evidence.objects.exclude(binned_at=None).count() == 1
    assert Counter(Goal.objects.values_list("state", flat=True)) == {"open": 2, "achieved": 3, "given_up": 1}
    assert GoalReview.objects.filter(role_kind="officer").count() == 3
    assert {state_of(row) for row in FeedbackRound.objects.all()} == set(FeedbackState) - {FeedbackState.NOT_OPENED}
    reports = Evidence.objects.exclude(feedback_round=None)
    assert list(reports.values_list("title", "links__activity__number")) == [("Mid-training feedback: report", 7)]
    assert CalendarFeed.objects.get().portfolio.trainee.name == "Priya Raman"
    assert list(UniversityResult.objects.exclude(reason="").values_list("module__code", "number")) == [("S-C3", 2)]
    changed = OptionTaken.objects.filter(portfolio__trainee__name="Daniel Osei").order_by("number")
    assert list(changed.exclude(confirmation=None).values_list("codes", flat=True)) == ["D-DM-S4, D-DM-S5", "D-DM-S3"]
    states_of_rows = set(AssessmentState) - {AssessmentState.OPEN}
    assert set(Assessment.objects.values_list("state", flat=True)) == states_of_rows
    assert KindCorrection.objects.count() == 1
    assert SignedElsewhere.objects.exclude(void=None).count() == 1
    assert ReviewAction.objects.exclude(done_at=None).count() > 2
    assert Interruption.objects.count() > 0
    assert set(Placement.objects.values_list("state", flat=True)) == set(PlacementState)
    rotation = entitled(priya).module("ROT-1")
    assert rotation.title.endswith(": Clinical imaging")
    closed = Placement.objects.filter(state=PlacementState.CLOSED, title="Clinical imaging").values_list(*QUESTIONS)
    assert all(answer != "" for answer in closed.get())
    assert access.with_me(User.objects.get(name="Hugh Sole")).count() == 1
    assert Nomination.objects.get().state == NominationState.WAITING
    assert JournalNote.objects.exclude(page=None).count() == 1
    said_of_outcome = Comment.objects.exclude(assessment=None).values_list("signer_name", "assessment__state")
    not_yet = AssessmentState.NOT_YET
    assert list(said_of_outcome) == [("Priya Raman", not_yet), ("Maya Lind", not_yet)]
    said_of_decision = Comment.objects.exclude(item=None).values_list("signer_name", flat=True)
    assert list(said_of_decision) == ["Priya Raman", "Maya Lind"]
    assert Snippet.objects.filter(owner__name="Maya Lind").count() == 2
    board = read(Portfolio.objects.get(trainee__name="Priya Raman"), today=timezone.localdate()).board
    assert (len(board.late), len(board.planned) > 8, len(board.months) > 3) == (1, True, True)
    assert broken_chains() == []
    assert [found for check in registered().values() for found in check()] == []
    for portfolio in Portfolio.objects.all():  # and no page of a decision raises a false alarm
        items_of_it = with_contents(Item.objects.filter(submission__portfolio=portfolio))
        assert proof.doubted(portfolio, list(items_of_it)) == set()
    people = User.objects.count()
    again = StringIO()
    call_command("make_demo", stdout=again)
    assert again.getvalue() == said
    assert User.objects.count() == people


def test_it_leaves_a_database_with_other_people_alone() -> None:
    User.objects.create_user("somebody@example.org", name="Somebody Else")
    with pytest.raises(CommandError):
        call_command("make_demo")
    assert User.objects.count() == 1


def test_it_is_for_demo_mode_only(settings: Settings) -> None:
    settings.STP_MODE = "local"
    with pytest.raises(CommandError):
        call_command("make_demo")
    assert User.objects.count() == 0
