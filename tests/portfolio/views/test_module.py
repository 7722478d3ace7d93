"""The module page: what is missing from the first day on, by whom it is mended, and the sign-off."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from curriculum.models import Module
from portfolio import ledger
from portfolio.models import Portfolio
from portfolio.progress import module_progress
from portfolio.requirements import grouped
from portfolio.views.module import STEP_PAGES
from portfolio.workflow import ModuleOf, perform
from portfolio.workflow.modules import ModuleTable
from tests import make
from tests.cast import Cast


def page_of(client: Client, user: User, portfolio: Portfolio, code: str = "S-C1") -> str:
    client.force_login(user)
    response = client.get(reverse("module", args=[portfolio.ref, code]))
    assert response.status_code == 200
    return response.content.decode()


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main")[1]).split())


def part(page: str, heading: str) -> str:
    """One panel, by the id of its heading."""
    found = re.search(rf'<(section|aside)[^>]*aria-labelledby="{heading}".*?</\1>', page, re.S)
    return found[0] if found else ""


def titles(page: str, heading: str) -> list[str]:
    """The rows of a list of what is missing."""
    return [one.strip() for one in re.findall(r'app-next__link"[^>]*>(.*?)</', part(page, heading), re.S)]


def test_what_is_missing_is_said_from_the_first_day(client: Client, cast: Cast) -> None:
    page = page_of(client, cast.trainee, cast.portfolio, "S-X1")
    record = ledger.read_one(cast.portfolio)
    found = module_progress(record, record.structure.module("S-X1"))
    assert titles(page, "missing") == [blocker.words for blocker in grouped(found.blockers)]
    assert titles(page, "missing") == [
        "Start 4 activities: 1 to 4",
        "Activities not recorded yet",
        "Assessments not recorded yet",
    ]


def test_the_numbers_are_those_of_the_progress_functions(client: Client, cast: Cast) -> None:
    make.signed_off(cast.portfolio, cast.assessor, number=1)
    record = ledger.read_one(cast.portfolio)
    found = module_progress(record, record.structure.module("S-C1"))
    page = page_of(client, cast.trainee, cast.portfolio)
    assert found.words == "1 of 3 required items"
    assert "Required items signed off 1 of 3 33% of 3 required items" in text(page)
    for user in (cast.officer, cast.administrator):
        assert part(page_of(client, user, cast.portfolio), "how-far") == part(page, "how-far")


def test_a_percentage_of_a_base_that_may_grow_says_so(client: Client, cast: Cast) -> None:
    make.signed_off(cast.portfolio, cast.assessor, code="S-X1", number=1)
    page = text(page_of(client, cast.trainee, cast.portfolio, "S-X1"))
    assert "Training activities signed off 1 of 4 25% of the 4 required items known so far" in page
    assert "Activities not recorded yet, assessments not recorded yet" in page


def test_a_place_without_wording_says_so_and_leads_to_its_page(client: Client, cast: Cast) -> None:
    page = page_of(client, cast.trainee, cast.portfolio, "S-X1")
    href = reverse("activity", args=[cast.portfolio.ref, "S-X1", 2])
    assert f'href="{href}"' in page
    assert "Activity 2, wording not recorded" in page


def test_every_activity_says_its_pages_of_evidence_and_leads_there(client: Client, cast: Cast) -> None:
    make.drafted(cast.portfolio, number=2)
    rows = part(page_of(client, cast.trainee, cast.portfolio), "activities")
    href = reverse("activity", args=[cast.portfolio.ref, "S-C1", 2])
    assert f'href="{href}#evidence"' in rows
    assert re.findall(r"(\d)<span[^>]*> pages? of evidence for activity (\d)", rows) == [
        ("0", "1"),
        ("1", "2"),
        ("0", "3"),
    ]


def test_the_trainee_may_add_the_next_number_where_the_total_is_unknown(client: Client, cast: Cast) -> None:
    Module.objects.filter(code="S-X1").update(expected_activities=None)
    href = reverse("activity_label", args=[cast.portfolio.ref, "S-X1", 2])
    assert href in page_of(client, cast.trainee, cast.portfolio, "S-X1")
    assert href not in page_of(client, cast.officer, cast.portfolio, "S-X1")
    assert "1 of" not in part(page_of(client, cast.officer, cast.portfolio, "S-X1"), "how-far")


def test_whose_turn_it_is_depends_on_the_reader(client: Client, cast: Cast) -> None:
    def turns(user: User) -> list[str]:
        missing = part(page_of(client, user, cast.portfolio, "S-X1"), "missing")
        return re.findall(r'app-next__tag[^>]*">(.*?)</div>', missing)

    assert turns(cast.trainee) == ["With you", *["With your training officer"] * 2]
    assert turns(cast.officer) == ["With the trainee", "With you", "With you"]
    assert turns(cast.administrator) == ["With the trainee", *["With the training officer"] * 2]


def test_the_officer_alone_is_led_to_the_requirements(client: Client, cast: Cast) -> None:
    href = reverse("module_requirements", args=[cast.portfolio.ref, "S-X1"])
    assert href in page_of(client, cast.officer, cast.portfolio, "S-X1")
    for user in (cast.trainee, cast.administrator):
        assert href not in page_of(client, user, cast.portfolio, "S-X1")


def test_where_every_number_is_known_nothing_is_to_be_confirmed(client: Client, cast: Cast) -> None:
    assert reverse("module_requirements", args=[cast.portfolio.ref, "S-C1"]) not in page_of(
        client, cast.officer, cast.portfolio
    )


def ready(cast: Cast) -> None:
    for number in (1, 2, 3):
        make.signed_off(cast.portfolio, cast.assessor, number=number)


def test_the_sign_off_is_offered_to_the_officer_once_nothing_is_missing(client: Client, cast: Cast) -> None:
    href = reverse("module_sign_off", args=[cast.portfolio.ref, "S-C1"])
    assert href not in part(page_of(client, cast.officer, cast.portfolio), "sign-off")
    ready(cast)
    assert href in part(page_of(client, cast.officer, cast.portfolio), "sign-off")
    assert href in part(page_of(client, cast.coordinator, cast.portfolio), "sign-off")
    for user in (cast.trainee, cast.administrator):
        page = page_of(client, user, cast.portfolio)
        assert href not in page
        assert "Nothing is missing." in page


def test_a_signed_module_says_by_whom_and_when_and_has_no_list_of_what_is_missing(client: Client, cast: Cast) -> None:
    ready(cast)
    make.module_signed_off(cast.portfolio, cast.officer)
    page = page_of(client, cast.trainee, cast.portfolio)
    assert part(page, "missing") == ""
    said = text("<main" + part(page, "sign-off"))
    assert "Signed off by Ana Reyes on" in said
    assert "Its 20 credits count." in said
    assert "100% of 3 required items" in page
    digest = cast.portfolio.sign_offs.get().digest
    assert " ".join([digest[:4], digest[4:8], digest[8:12]]) in said
    assert reverse("module_void", args=[cast.portfolio.ref, "S-C1"]) not in page
    assert reverse("module_void", args=[cast.portfolio.ref, "S-C1"]) in page_of(client, cast.officer, cast.portfolio)


def test_a_voided_sign_off_stays_on_the_page_with_its_reason(client: Client, cast: Cast) -> None:
    ready(cast)
    make.module_signed_off(cast.portfolio, cast.officer)
    subject = ModuleOf.read(cast.portfolio, "S-C1")
    perform("void module sign-off", subject, by=cast.administrator, reason="Signed for the wrong trainee.")
    said = text("<main" + part(page_of(client, cast.trainee, cast.portfolio), "sign-off"))
    assert "Sign-off 1 was voided" in said
    assert "Signed for the wrong trainee." in said


def test_what_the_curriculum_gains_after_the_sign_off_is_shown_and_not_required(client: Client, cast: Cast) -> None:
    ready(cast)
    make.module_signed_off(cast.portfolio, cast.officer)
    Module.objects.get(code="S-C1").activities.create(number=4, type="DTA", title="Something new")
    page = page_of(client, cast.trainee, cast.portfolio)
    assert "Added after sign-off, not required here" in part(page, "activities")
    assert part(page, "missing") == ""


def test_confirmed_requirements_say_by_whom_and_what_was_read(client: Client, cast: Cast) -> None:
    make.confirmed(cast.portfolio, cast.officer, "S-X1", activities=2, cbd=1, observed=0)
    said = text("<main" + part(page_of(client, cast.trainee, cast.portfolio, "S-X1"), "sign-off"))
    assert "Requirements confirmed by Ana Reyes : 2 activities, 1 CBD, 0 DOPS or OCE." in said
    assert "The Library&#x27;s page" in said


def test_a_number_that_the_curriculum_gained_since_is_said_to_replace_the_confirmed_one(
    client: Client, cast: Cast
) -> None:
    make.confirmed(cast.portfolio, cast.officer, "S-X1", activities=2, cbd=1, observed=0)
    Module.objects.filter(code="S-X1").update(cbd=3, observed=1)
    said = text("<main" + part(page_of(client, cast.trainee, cast.portfolio, "S-X1"), "sign-off"))
    assert "CBD: the curriculum now asks for 3, in place of the 1 confirmed for this portfolio." in said
    assert "DOPS or OCE: the curriculum now asks for 1, in place of the 0 confirmed for this portfolio." in said


def test_assessments_that_are_known_are_counted_and_their_open_slots_lead_to_a_plan(client: Client, cast: Cast) -> None:
    Module.objects.filter(code="S-X1").update(cbd=2, observed=1)
    page = page_of(client, cast.trainee, cast.portfolio, "S-X1")
    said = text("<main" + part(page, "assessments"))
    assert "0 of 2 satisfactory" in said
    assert "0 of 1 satisfactory" in said
    assert said.count("Plan a CBD") == 2
    assert said.count("Plan a DOPS or OCE") == 1
    assert page.count(", open</span>") == 3


@pytest.mark.parametrize("who", ["stranger", "assessor", "former_officer", "other_officer"])
def test_for_everybody_else_the_module_is_not_there(client: Client, cast: Cast, who: str) -> None:
    client.force_login(cast.people()[who])
    assert client.get(reverse("module", args=[cast.portfolio.ref, "S-C1"])).status_code == 404


def test_a_code_that_the_curriculum_does_not_have_is_not_there(client: Client, cast: Cast) -> None:
    client.force_login(cast.trainee)
    assert client.get(reverse("module", args=[cast.portfolio.ref, "S-Z9"])).status_code == 404


def test_every_step_of_a_module_has_its_page() -> None:
    assert set(STEP_PAGES) == set(ModuleTable.steps)


@pytest.mark.django_db
def test_the_page_asks_the_same_queries_for_one_activity_and_for_thirty(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    counts = []
    for name, many in (("Ada Low", 1), ("Bo High", 30)):
        module = {"code": "S-C1", "credits": 180, "kind": "core", "activities": many, **make.KNOWN}
        of = make.curriculum(f"TST9-{many}-24", blocks=[{"title": "Core", "credits": 180, "modules": [module]}])
        portfolio = make.portfolio(make.person(name), of)
        assessor = make.person("Maya Lind")
        make.role(portfolio, assessor)
        for number in range(1, many + 1):
            make.in_review(portfolio, assessor, number=number)
        client.force_login(portfolio.trainee)
        with django_assert_max_num_queries(40) as asked:
            page = client.get(reverse("module", args=[portfolio.ref, "S-C1"])).content.decode()
        assert page.count("app-state--review") == many
        counts.append(len(asked))
    assert counts[0] == counts[1]
