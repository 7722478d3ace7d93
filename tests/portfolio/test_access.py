"""Who sees what. The table is written by hand from domain.md and security.md section 4."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import User
from curriculum.models import Curriculum
from portfolio import access
from portfolio.access import visible
from portfolio.models import (
    Activity,
    Attachment,
    Decision,
    Evidence,
    Item,
    Link,
    Portfolio,
    Revision,
    Role,
    Submission,
)
from portfolio.states import Part, RoleKind
from portfolio.workflow import perform, writing
from tests import make
from tests.cast import Cast

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


@pytest.fixture
def pages(cast: Cast) -> Pages:
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


def test_a_model_that_nobody_thought_about_is_an_error_not_a_leak(cast: Cast) -> None:
    with pytest.raises(KeyError):
        visible(cast.trainee, User)


def test_draft_curricula_are_for_those_who_administer_the_programme(cast: Cast) -> None:
    Curriculum.objects.update(status=Curriculum.Status.DRAFT)
    seen = {name for name, person in cast.people().items() if visible(person, Curriculum).exists()}
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


def test_somebody_on_a_higher_programme_may_decide(cast: Cast) -> None:
    make.portfolio(cast.assessor, make.curriculum("HIGH-1", programme_code="HSST"))
    assert access.may_decide_on(cast.portfolio).filter(pk=cast.assessor.pk).exists()


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
    assert set(access.looked_after(cast.administrator)) == set(Portfolio.objects.all())
    assert cast.trainee not in [row.trainee for row in access.looked_after(cast.trainee)]
    assert access.acting_role(cast.administrator, cast.portfolio, [RoleKind.OFFICER]) is None
