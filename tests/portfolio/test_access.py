"""Who sees what. The table is written by hand from docs/domain.md."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import User
from curriculum.models import Curriculum
from portfolio import access
from portfolio.access import visible
from portfolio.models import (
    Activity,
    Attachment,
    CalendarFeed,
    Comment,
    Decision,
    ElsewhereVoid,
    Evidence,
    Goal,
    GoalAction,
    GoalReview,
    Intake,
    Interruption,
    Item,
    Link,
    OptionConfirmation,
    OptionRefusal,
    OptionTaken,
    Portfolio,
    ReviewAction,
    ReviewMeeting,
    ReviewSignature,
    Revision,
    Role,
    ScheduledActivity,
    SignedElsewhere,
    Snippet,
    Submission,
    UniversityResult,
    WorkingTime,
)
from portfolio.states import LeaveKind, Part, RoleKind, Side
from portfolio.workflow import perform, writing
from portfolio.workflow.plan import Put, make_address, put
from portfolio.workflow.training_time import Away, Works
from tests import make
from tests.cast import Cast, assemble, surround
from tests.world import undone

OWNER = {"trainee"}
PEOPLE = {"officer", "coordinator", "officer_in_training", "administrator", "cohort_administrator"}


@dataclass
class Pages:
    """One page in each situation that matters to who may read it, each with a file named like it."""

    private: Evidence
    drafted: Evidence
    shared: Evidence
    asked: Evidence  # in review with the assessor
    decided: Evidence  # signed off by the assessor
    withdrawn: Evidence
    redirected: Evidence  # first the assessor, now the second assessor


@pytest.fixture(scope="module")
def built(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Cast, Pages]]:
    """Built once for all tests here, in a transaction around theirs that is undone."""
    with django_db_blocker.unblock(), override_settings(FILES_DIR=tmp_path_factory.mktemp("files")), undone():
        cast = assemble()
        yield cast, write(cast)


@pytest.fixture
def cast(built: tuple[Cast, Pages], db: None) -> Cast:
    return deepcopy(built[0])


@pytest.fixture
def pages(built: tuple[Cast, Pages], db: None) -> Pages:
    return deepcopy(built[1])


def write(cast: Cast) -> Pages:
    of = cast.portfolio
    rows = {name: make.page(of, name) for name in Pages.__annotations__}
    for name, row in rows.items():
        make.attachment(row, f"{name}.pdf")
    writing.share(rows["shared"], on=True, by=cast.trainee)
    make.drafted(of, "S-C1", 1, evidence=rows["drafted"])
    make.submit(cast.assessor, make.drafted(of, "S-C1", 2, evidence=rows["asked"]))
    make.decide(make.submit(cast.assessor, make.drafted(of, "S-C1", 3, evidence=rows["decided"]))[0])
    item = make.submit(cast.assessor, make.drafted(of, "S-X1", 1, evidence=rows["withdrawn"]))[0]
    perform("withdraw", item.activity, by=cast.trainee)
    make.redirected(
        make.submit(cast.assessor, make.drafted(of, "S-X1", 2, evidence=rows["redirected"]))[0], cast.second_assessor
    )
    make.reviewed(make.goal(of, actions=["Ask to chair."]))
    surround(cast)
    return Pages(**rows)


# page: who may read a revision of it and its file, and whether their people see the page itself
READERS: dict[str, tuple[set[str], bool]] = {
    "private": (OWNER, False),
    "drafted": (OWNER, False),
    "shared": (OWNER | PEOPLE, True),
    "asked": (OWNER | PEOPLE | {"assessor"}, True),
    "decided": (OWNER | PEOPLE | {"assessor"}, True),
    "withdrawn": (OWNER, False),
    "redirected": (OWNER | PEOPLE | {"second_assessor"}, True),
}


@pytest.mark.parametrize("page", list(READERS))
def test_who_reads_a_page_its_revision_and_its_file(cast: Cast, pages: Pages, page: str) -> None:
    readers, for_people = READERS[page]
    row: Evidence = getattr(pages, page)
    for name, person in cast.people().items():
        reads = name in readers
        newest = row.revisions.latest("number")
        assert visible(person, Revision).filter(pk=newest.pk).exists() == reads, name
        assert visible(person, Attachment).filter(evidence=row).exists() == reads, name
        # The page with its working copy and history is at an address that the assessor never has.
        sees_page = name in OWNER or (for_people and name in PEOPLE)
        assert visible(person, Evidence).filter(pk=row.pk).exists() == sees_page, name


def test_what_changes_after_submission_is_not_seen_by_anybody_else(cast: Cast, pages: Pages) -> None:
    changed = make.change(pages.asked, title="asked, changed since")
    late = make.attachment(changed, "late.pdf")
    for name, person in cast.people().items():
        titles = set(visible(person, Revision).filter(evidence=changed).values_list("title", flat=True))
        if name in OWNER:
            assert titles == {"asked", "asked, changed since"}
        else:
            assert titles == ({"asked"} if name in PEOPLE | {"assessor"} else set()), name
            assert not visible(person, Attachment).filter(pk=late.pk).exists(), name


def test_only_the_newest_revision_of_a_shared_page_is_shared(cast: Cast, pages: Pages) -> None:
    make.change(pages.shared, title="shared, second")
    titles = visible(cast.officer, Revision).filter(evidence=pages.shared).values_list("title", flat=True)
    assert list(titles) == ["shared, second"]


def test_a_page_that_is_no_longer_shared_is_no_longer_seen(cast: Cast, pages: Pages) -> None:
    writing.share(pages.shared, on=False, by=cast.trainee)
    assert not visible(cast.officer, Evidence).filter(pk=pages.shared.pk).exists()
    assert not visible(cast.officer, Revision).filter(evidence=pages.shared).exists()


@pytest.mark.parametrize("model", [Portfolio, Activity, Role])
def test_the_portfolio_its_states_and_its_roles_are_for_its_trainee_and_their_people(
    cast: Cast, pages: Pages, model: type
) -> None:
    key = "pk" if model is Portfolio else "portfolio"
    for name, person in cast.people().items():
        rows = visible(person, model).filter(**{key: cast.portfolio.pk})
        assert rows.exists() == (name in OWNER | PEOPLE), name


@pytest.mark.parametrize("model", [Goal, GoalAction, GoalReview])
def test_a_goal_its_actions_and_reviews_are_for_its_trainee_and_their_people(cast: Cast, model: type) -> None:
    make.reviewed(make.goal(cast.portfolio, actions=["Ask to chair."]))
    key = "portfolio" if model is Goal else "goal__portfolio"
    for name, person in cast.people().items():
        rows = visible(person, model).filter(**{key: cast.portfolio.pk})
        assert rows.exists() == (name in OWNER | PEOPLE), name


def test_dates_leave_and_reviews_are_for_the_trainee_and_whoever_leads_or_administers(cast: Cast, pages: Pages) -> None:
    """Why somebody is away is nobody else's: not the assessors', and not a placement supervisor's."""
    of, today = make.with_rules(cast.portfolio), make.today()
    supervisor = make.person("Hugh Sole")
    make.role(of, supervisor, RoleKind.SUPERVISOR)
    make.training_time(of, cast.officer, Works(today, 60), Away(today, None, LeaveKind.SICK))
    make.review_planned(of, cast.officer)
    make.agreed_action(of, cast.officer, "Write it up", Side.TRAINEE)
    make.review_signed(of, officer=cast.officer)
    for model in (WorkingTime, Interruption, ReviewMeeting, ReviewAction, ReviewSignature):
        everybody = {**cast.people(), "supervisor": supervisor}
        seen = {name for name, person in everybody.items() if visible(person, model).exists()}
        assert seen == OWNER | PEOPLE, model.__name__
    readers = {name for name, person in everybody.items() if access.standing(person).in_whole(of)}
    assert readers == OWNER | PEOPLE


def test_the_plan_is_for_whoever_reads_dates_and_its_calendar_address_is_the_trainees_alone(cast: Cast) -> None:
    supervisor = make.person("Hugh Sole")
    make.role(cast.portfolio, supervisor, RoleKind.SUPERVISOR)
    put(cast.portfolio, Put({("S-C1", 1)}, month=make.today().replace(day=1)), by=cast.trainee)
    make_address(cast.portfolio, by=cast.trainee)
    everybody = {**cast.people(), "supervisor": supervisor}
    for model, readers in ((ScheduledActivity, OWNER | PEOPLE), (CalendarFeed, OWNER)):
        assert {name for name, person in everybody.items() if visible(person, model).exists()} == readers


def test_the_reason_in_a_link_is_the_trainees_alone(cast: Cast, pages: Pages) -> None:
    seen = {name for name, person in cast.people().items() if visible(person, Link).exists()}
    assert seen == OWNER


def test_an_assessor_sees_the_submissions_that_are_theirs_and_no_other(cast: Cast, pages: Pages) -> None:
    for model, path in ((Item, "activity"), (Submission, "items__activity")):
        mine = visible(cast.assessor, model).values_list(f"{path}__module__code", f"{path}__number")
        assert set(mine) == {("S-C1", 2), ("S-C1", 3)}
        theirs = visible(cast.second_assessor, model).values_list(f"{path}__module__code", f"{path}__number")
        assert set(theirs) == {("S-X1", 2)}
    assert visible(cast.assessor, Decision).count() == 1
    assert visible(cast.second_assessor, Decision).count() == 0
    assert list(access.with_me(cast.assessor).values_list("activity__number", flat=True)) == [2]


def test_a_comment_is_for_whoever_sees_its_decision_and_a_snippet_for_its_owner_alone(cast: Cast, pages: Pages) -> None:
    make.commented(make.activity(cast.portfolio, "S-C1", 3), cast.trainee)
    make.snippet(cast.assessor)
    for model, readers in ((Comment, OWNER | PEOPLE | {"assessor"}), (Snippet, {"assessor"})):
        assert {name for name, person in cast.people().items() if visible(person, model).exists()} == readers


def test_an_assessor_keeps_sight_of_what_they_decided_only_while_their_role_lasts(cast: Cast, pages: Pages) -> None:
    Role.objects.filter(portfolio=cast.portfolio, user=cast.assessor).update(
        ends_on=timezone.localdate() - timedelta(days=1)
    )
    for model in (Item, Submission, Decision, Revision, Attachment):
        assert not visible(cast.assessor, model).exists(), model.__name__
    assert not access.with_me(cast.assessor).exists()


def test_everybody_else_sees_no_row_of_it_at_all(cast: Cast, pages: Pages) -> None:
    nobody = {"stranger", "former_officer", "former_assessor", "future_assessor", "deactivated", "superuser"}
    nobody |= {"former_administrator", "other_cohort_administrator", "other_programme_administrator", "other_officer"}
    nobody |= {"other_trainee", "other_programme_trainee", "supervisor_out_of_dates", "nominee"}
    for name in nobody:
        person = cast.people()[name]
        for model in access.SEEN:
            if model is Curriculum:
                continue
            foreign = [row for row in visible(person, model) if _portfolio_of(row) == cast.portfolio]
            assert foreign == [], (name, model.__name__)


def _portfolio_of(row: object) -> Portfolio:
    for path in (
        "portfolio",
        "evidence.portfolio",
        "activity.portfolio",
        "submission.portfolio",
        "item.submission.portfolio",
        "goal.portfolio",
    ):
        found = row
        for part in path.split("."):
            found = getattr(found, part, None)
        if isinstance(found, Portfolio):
            return found
    assert isinstance(row, Portfolio)
    return row


def test_nobody_who_is_not_signed_in_sees_anything(cast: Cast, pages: Pages) -> None:
    for model in access.SEEN:
        assert not visible(AnonymousUser(), model).exists()


def test_nobody_who_is_not_signed_in_has_portfolios(cast: Cast) -> None:
    assert list(access.portfolios(AnonymousUser())) == []
    assert list(access.portfolios(cast.deactivated)) == []


def test_whether_somebody_may_decide_is_told_of_each_role_by_itself(cast: Cast) -> None:
    roles = access.with_ability(Role.objects.filter(access.in_dates(), kind__in=access.DECIDING))
    told = dict(roles.values_list("pk", "able"))
    assert {pk for pk, able in told.items() if able} == set(access.deciding_roles().values_list("pk", flat=True))
    assert set(told.values()) == {True, False}


def test_a_model_that_nobody_thought_about_is_an_error_not_a_leak(cast: Cast) -> None:
    with pytest.raises(KeyError):
        visible(cast.trainee, User)


def test_draft_curricula_are_for_those_who_administer_the_programme(cast: Cast) -> None:
    Curriculum.objects.update(status=Curriculum.Status.DRAFT)
    row = cast.portfolio.curriculum
    seen = {name for name, person in cast.people().items() if row in visible(person, Curriculum)}
    assert seen == {"administrator", "cohort_administrator", "other_cohort_administrator", "superuser"}


def test_the_parts_in_which_people_act(cast: Cast) -> None:
    acting = {
        name: set(access.parts(person, cast.portfolio, addressed=person.pk)) for name, person in cast.people().items()
    }
    expected = {name: set() for name in acting} | {
        "trainee": {Part.TRAINEE},
        "officer": {Part.OFFICER, Part.ADDRESSED},
        "coordinator": {Part.COORDINATOR, Part.ADDRESSED},
        "assessor": {Part.ADDRESSED},
        "second_assessor": {Part.ADDRESSED},
        "administrator": {Part.ADMINISTRATOR},
        "cohort_administrator": {Part.ADMINISTRATOR},
    }
    assert acting == expected


def test_nobody_acts_in_their_own_portfolio_but_as_its_trainee(cast: Cast) -> None:
    make.administration(cast.trainee)
    make.role(cast.portfolio, cast.trainee, RoleKind.OFFICER, since=-1, until=0)
    assert access.parts(cast.trainee, cast.portfolio, addressed=cast.trainee.pk) == {Part.TRAINEE}
    assert not access.may_decide_on(cast.portfolio).filter(pk=cast.trainee.pk).exists()


def test_an_officer_in_training_acts_again_once_their_own_portfolio_is_closed(cast: Cast) -> None:
    person = cast.officer_in_training
    assert not access.may_decide_on(cast.portfolio).filter(pk=person.pk).exists()
    perform("close portfolio", person.portfolios.get(), by=cast.administrator, reason="Completed.")
    assert access.parts(person, cast.portfolio) == {Part.COORDINATOR}
    assert access.may_decide_on(cast.portfolio).filter(pk=person.pk).exists()


def test_somebody_on_a_higher_programme_may_decide_and_act(cast: Cast) -> None:
    higher = make.curriculum("HIGH-1", programme_code="HSST")
    for person in (cast.assessor, cast.officer):
        make.portfolio(person, higher)
        assert access.may_decide_on(cast.portfolio).filter(pk=person.pk).exists()
    assert access.parts(cast.officer, cast.portfolio) == {Part.OFFICER}


def test_who_may_be_asked_for_a_decision(cast: Cast) -> None:
    asked = {name for name, person in cast.people().items() if person in access.may_decide_on(cast.portfolio)}
    assert asked == {"officer", "coordinator", "assessor", "second_assessor"}


def test_the_highest_of_several_roles_is_the_one_in_which_somebody_decides(cast: Cast) -> None:
    make.role(cast.portfolio, cast.officer, RoleKind.ASSESSOR)
    role = access.deciding_role(cast.officer, cast.portfolio)
    assert role is not None
    assert role.kind == RoleKind.OFFICER


def test_both_dates_of_a_role_count(cast: Cast) -> None:
    person = make.person("One Day")
    make.role(cast.portfolio, person, RoleKind.OFFICER, since=0, until=0)
    assert access.parts(person, cast.portfolio) == {Part.OFFICER}


def test_a_placement_supervisor_sees_nothing_until_placements_exist(cast: Cast) -> None:
    person = make.person("Early Bird")
    make.role(cast.portfolio, person, RoleKind.SUPERVISOR)
    assert not visible(person, Portfolio).exists()
    assert not access.may_decide_on(cast.portfolio).filter(pk=person.pk).exists()


def test_the_admin_site_is_for_administrators_in_dates_and_the_superuser(cast: Cast) -> None:
    enters = {name for name, person in cast.people().items() if access.may_enter_admin(person)}
    assert enters == {
        "administrator",
        "cohort_administrator",
        "other_cohort_administrator",
        "other_programme_administrator",
        "superuser",
    }


def test_whose_modules_and_trainees_are_listed(cast: Cast) -> None:
    assert list(access.led_by(cast.officer)) == [cast.portfolio]
    assert list(access.led_by(cast.officer_in_training)) == []
    assert set(access.looked_after(cast.administrator)) == set(Portfolio.objects.filter(programme__code="STP"))
    assert cast.trainee not in [row.trainee for row in access.looked_after(cast.trainee)]
    assert access.acting_role(cast.administrator, cast.portfolio, [RoleKind.OFFICER]) is None


# --- each check by itself: scripts/remove_checks.py takes them away one at a time ---------------------------------


def test_what_somebody_deactivated_administered_is_nobodys(cast: Cast) -> None:
    for person in (cast.administrator, cast.superuser):
        person.is_active = False
        assert not access.may_enter_admin(person)
        assert access.administered_programmes(person) == []
        assert not access.administered(person).exists()
        assert not access.portfolios_in_scope(person).exists()
        assert not access.in_scope(person, cast.portfolio.programme_id, 2024)
        assert not access.may_manage(person, cast.stranger)
        assert access.parts(person, cast.portfolio) == frozenset()


def test_whoever_is_deactivated_or_not_signed_in_acts_in_no_part(cast: Cast) -> None:
    for person in (cast.trainee, cast.officer, cast.coordinator, cast.assessor):
        assert access.parts(person, cast.portfolio, addressed=person.pk) != frozenset()
        person.is_active = False
        assert access.parts(person, cast.portfolio, addressed=person.pk) == frozenset()
    assert access.parts(AnonymousUser(), cast.portfolio) == frozenset()  # type: ignore[arg-type]


def test_the_programmes_whose_curricula_somebody_keeps(cast: Cast) -> None:
    stp, hsst = (make.programme(code).pk for code in ("STP", "HSST"))
    kept = {name: access.administered_programmes(person) for name, person in cast.people().items()}
    assert {name: found for name, found in kept.items() if found != []} == {
        "administrator": [stp],
        "cohort_administrator": [stp],
        "other_cohort_administrator": [stp],
        "other_programme_administrator": [hsst],
        "superuser": None,
    }


def test_the_cohorts_whose_portfolios_somebody_keeps(cast: Cast) -> None:
    stp, hsst = (make.programme(code).pk for code in ("STP", "HSST"))
    for name, kept in {
        "administrator": [(stp, 2024), (stp, 2019)],
        "cohort_administrator": [(stp, 2024)],
        "other_cohort_administrator": [(stp, 2019)],
        "other_programme_administrator": [(hsst, 2024), (hsst, 2019)],
        "superuser": [(stp, 2024), (stp, 2019), (hsst, 2024), (hsst, 2019)],
        "former_administrator": [],
        "officer": [],
    }.items():
        person = cast.people()[name]
        asked = [(programme, year) for programme in (stp, hsst) for year in (2024, 2019)]
        assert [one for one in asked if access.in_scope(person, *one)] == kept, name
        ours = access.portfolios_in_scope(person).filter(pk=cast.portfolio.pk).exists()
        assert ours == ((stp, 2024) in kept), name


def test_whose_accounts_an_administrator_may_change(cast: Cast) -> None:
    held_elsewhere = make.person("Held Elsewhere")
    make.role(cast.other_programme_trainee.portfolios.get(), held_elsewhere)
    people = cast.people() | {"held_elsewhere": held_elsewhere}
    administrators = {name for name in people if "administrator" in name}
    managed = {name for name, person in people.items() if access.may_manage(cast.administrator, person)}
    assert managed == set(people) - administrators - {"superuser", "other_programme_trainee", "held_elsewhere"}
    assert {name for name, person in people.items() if access.may_manage(cast.superuser, person)} == set(people)
    for name in ("officer", "trainee", "former_administrator"):
        assert not access.may_manage(people[name], cast.stranger), name


def test_whom_an_administrator_finds(cast: Cast) -> None:
    held_elsewhere, another_root = (
        make.person("Held Elsewhere"),
        User.objects.create_superuser("r2@example.org", name="R"),
    )
    make.role(cast.other_programme_trainee.portfolios.get(), held_elsewhere)
    people = cast.people() | {"held": held_elsewhere, "another_root": another_root}

    def finds(name: str) -> set[str]:
        found = set(access.people_in_scope(people[name]))
        return {each for each, person in people.items() if person in found}

    elsewhere_only = {"other_programme_trainee", "held", "other_programme_administrator"}
    roots = {"superuser", "another_root"}
    assert finds("administrator") == set(people) - elsewhere_only - roots
    assert finds("other_programme_administrator") == elsewhere_only | {"stranger", "nominee"}
    assert finds("superuser") == set(people)
    make.administration(cast.superuser, code="HSST")
    cast.superuser.is_superuser = False  # as the database may say tomorrow
    assert "superuser" in finds("superuser")


def test_a_superuser_reads_every_draft(cast: Cast) -> None:
    Curriculum.objects.update(status=Curriculum.Status.DRAFT)
    make.curriculum("HIGH-1", programme_code="HSST")
    assert visible(cast.superuser, Curriculum).count() == Curriculum.objects.count() == 3
    assert visible(cast.stranger, Curriculum).count() == 1


def test_the_history_of_a_portfolio_is_its_own(cast: Cast, pages: Pages) -> None:
    make.page(cast.other)
    chains = set(access.history(cast.portfolio).values_list("chain__name", flat=True))
    assert chains == {cast.portfolio.chain}


def test_who_ever_administers_a_portfolio(cast: Cast) -> None:
    found = {row.user for row in access.administering(cast.portfolio)}
    assert found == {cast.administrator, cast.cohort_administrator, cast.former_administrator}


def with_sight(rows: QuerySet[Portfolio]) -> set[tuple[int, bool]]:
    return {(pk, bool(in_whole)) for pk, in_whole in rows.values_list("pk", "in_whole")}


def test_what_somebody_is_today_is_what_the_querysets_say(cast: Cast) -> None:
    for name, person in cast.people().items():
        held = access.standing(person)
        decides = set(access.deciding_roles().filter(user=person).values_list("portfolio", flat=True))
        leading = Role.objects.filter(access.in_dates(), user=person, kind__in=access.LEADING)
        assert held.everywhere == decides, name
        assert held.somewhere == set(), name  # supervisors: tests/portfolio/placements/test_supervisor.py
        led = leading.exclude(portfolio__trainee=person).values_list("portfolio", flat=True)
        assert set(held.led) == (set(led) if person.is_active else set()), name
        assert held.enters_admin == access.may_enter_admin(person), name
        assert held.owns == (person.is_active and Portfolio.objects.filter(trainee=person).exists()), name
        assert not held.supervised, name
        assert with_sight(access.looked_after_now(held)) == with_sight(access.looked_after(person)), name
        for portfolio in (cast.portfolio, cast.other):
            assert held.sees(portfolio) == access.portfolios(person).filter(pk=portfolio.pk).exists(), name
            for addressed in (None, person.pk, cast.stranger.pk):
                asked = access.parts(person, portfolio, addressed)
                assert held.parts(portfolio, addressed, None) == asked if person.is_active else not asked, name
    assert access.standing(cast.officer).everywhere >= {cast.portfolio.pk}
    assert not access.standing(cast.officer_in_training).decides


def test_what_waits_for_whom(cast: Cast, pages: Pages) -> None:
    of = cast.portfolio
    for name, person in cast.people().items():
        waits = {"assessor": {"S-C1 2"}, "second_assessor": {"S-X1 2"}}.get(name, set())
        assert {str(item.activity) for item in access.with_me(person)} == waits, name
        assert {row.sort for row in access.what_waits(person)} == ({access.SUBMISSION} if waits else set()), name
    perform("close portfolio", of, by=cast.administrator, reason="Completed.")
    assert not access.with_me(cast.assessor).exists()
    assert access.what_waits(cast.assessor) == []


def test_to_whom_it_is_said_that_a_submission_is_no_longer_theirs(cast: Cast, pages: Pages) -> None:
    asked = {name: access.once_asked(person).count() for name, person in cast.people().items()}
    assert {name: count for name, count in asked.items() if count} == {"assessor": 4, "second_assessor": 1}
    Role.objects.filter(user=cast.assessor, portfolio=cast.portfolio).update(
        ends_on=timezone.localdate() - timedelta(days=1)
    )
    assert not access.once_asked(cast.assessor).exists()  # the role in Tom's portfolio gives nothing here


def test_whose_modules_wait_for_their_leaders_alone(cast: Cast) -> None:
    leads = {name for name, person in cast.people().items() if cast.portfolio in access.led_by(person)}
    assert leads == {"officer", "coordinator"}
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    assert not access.led_by(cast.officer).exists()


def test_the_row_in_which_somebody_acts_is_one_of_today_and_of_this_portfolio(cast: Cast) -> None:
    kinds = [RoleKind.OFFICER, RoleKind.COORDINATOR, RoleKind.ASSESSOR]
    rows = {name: access.acting_role(person, cast.portfolio, kinds) for name, person in cast.people().items()}
    acts = {name: row.kind for name, row in rows.items() if row}
    assert acts == {
        "officer": RoleKind.OFFICER,
        "coordinator": RoleKind.COORDINATOR,
        "officer_in_training": RoleKind.COORDINATOR,
        "assessor": RoleKind.ASSESSOR,
        "second_assessor": RoleKind.ASSESSOR,
        "deactivated": RoleKind.ASSESSOR,
    }
    assert all(row.portfolio == cast.portfolio and row.user == cast.people()[name] for name, row in rows.items() if row)


def test_a_portfolio_that_is_gone_gives_nobody_a_part(cast: Cast) -> None:
    assert (
        access.parts(cast.officer, Portfolio(trainee=cast.trainee, programme=cast.portfolio.programme)) == frozenset()
    )


def test_the_address_of_an_item_gives_a_part_to_that_person_alone(cast: Cast) -> None:
    assert access.parts(cast.assessor, cast.portfolio, addressed=cast.second_assessor.pk) == frozenset()
    assert access.parts(cast.stranger, cast.portfolio, addressed=cast.stranger.pk) == frozenset()


def test_an_action_is_for_the_parts_that_it_names(cast: Cast) -> None:
    writers = {name for name, person in cast.people().items() if access.may(person, access.WRITE, cast.portfolio)}
    assert writers == OWNER


def test_a_shared_page_in_the_bin_is_read_by_nobody_else(cast: Cast, pages: Pages) -> None:
    Evidence.objects.filter(pk=pages.shared.pk).update(binned_at=timezone.now())
    for model, key in ((Evidence, "pk"), (Revision, "evidence"), (Attachment, "evidence")):
        assert not visible(cast.officer, model).filter(**{key: pages.shared.pk}).exists(), model.__name__
        assert visible(cast.trainee, model).filter(**{key: pages.shared.pk}).exists(), model.__name__


# --- what the university, the trainee's choice and other systems say ----------------------------------------------


def test_who_reads_results_options_and_what_was_signed_elsewhere(cast: Cast) -> None:
    of = cast.portfolio
    choice = [{"code": code, "credits": 90, "kind": "specialist", "university_result": True} for code in ("A", "B")]
    fields = {"title": "A choice", "credits": 90, "modules": choice, "options": [["A"], ["B"]]}
    make.add_block(of.curriculum, 3, fields)
    make.result(of, cast.officer, "A")
    make.option_confirmed(of, cast.officer, "A")
    make.option_taken(of, "B", reason="The department moves.")
    make.option_refused(of, cast.officer, "B")
    make.elsewhere_voided(make.signed_elsewhere(of, cast.officer, make.entry("A", kind="cbd")), cast.officer)
    for model in (UniversityResult, OptionTaken, OptionConfirmation, OptionRefusal, SignedElsewhere, ElsewhereVoid):
        readers = {name for name, person in cast.people().items() if visible(person, model).exists()}
        assert readers == OWNER | PEOPLE, model


def test_a_table_of_people_is_seen_by_whoever_uploaded_it(cast: Cast) -> None:
    row = make.intake(cast.administrator)
    assert {name for name, person in cast.people().items() if row in visible(person, Intake)} == {"administrator"}


def test_the_cohorts_that_somebody_keeps_are_those_in_their_scope(cast: Cast) -> None:
    programmes = [cast.portfolio.programme_id, make.programme("HSST").pk]
    for name, person in cast.people().items():
        kept = access.kept(person)
        for programme in programmes:
            for year in (2019, 2024):
                assert kept.keeps(programme, year) == access.in_scope(person, programme, year), (name, programme, year)
            known = any(access.in_scope(person, programme, year) for year in (2019, 2024))
            assert kept.any_of(programme) == known, (name, programme)


def test_the_officers_of_any_day_are_officers(cast: Cast) -> None:
    rows = access.officers().filter(portfolio=cast.portfolio)
    assert [role.user for role in rows] == [cast.former_officer, cast.officer]


def test_what_an_account_decided_that_was_merged_is_seen_by_the_one_that_goes_on(cast: Cast, pages: Pages) -> None:
    gone = make.person("Maya Lind")
    make.role(cast.other, gone)
    make.role(cast.other, cast.second_assessor)
    row = make.assessed(make.with_assessments(cast.other), gone)
    items = Item.objects.filter(decision__signer=cast.assessor)
    assert items.exists()

    def finds(person: User) -> tuple[int, bool]:
        found = access.addressed_items(person).filter(pk__in=items.values("pk"))
        return found.count(), access.addressed_assessments(person).filter(pk=row.pk).exists()

    assert finds(cast.second_assessor) == (0, False)
    User.objects.filter(pk__in=[gone.pk, cast.assessor.pk]).update(is_active=False, merged_into=cast.second_assessor)
    assert finds(cast.second_assessor) == (items.count(), True)
    assert finds(cast.coordinator) == (0, False)
    accounts = set(access.accounts_of([cast.second_assessor.pk, cast.officer.pk]))
    assert accounts == {gone, cast.assessor, cast.second_assessor, cast.officer}


def test_who_administers_a_portfolio_today(cast: Cast) -> None:
    for person in (cast.trainee, cast.deactivated):
        make.administration(person)
    assert access.administrators(cast.portfolio) == sorted(
        [cast.administrator, cast.cohort_administrator], key=lambda person: person.pk
    )


def test_whom_one_portfolio_may_ask_is_looked_for_in_it_alone_however_many_there_are(cast: Cast) -> None:
    """Each half of the query says so: without, the roles of everybody were read, and pages grew with them."""
    said = str(access.askable_roles(portfolio=cast.portfolio).query)
    assert said.count(f'"portfolio_id" = {cast.portfolio.pk}') == 2
