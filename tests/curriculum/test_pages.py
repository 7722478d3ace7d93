"""The pages of curricula say what is provisional, a place, not recorded or fictional."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from curriculum.loader import load
from tests import make
from tests.curriculum.given import DATA, REAL, Files, activities, module_of, small

pytestmark = pytest.mark.django_db
Get = Callable[[str], HttpResponse]


@pytest.fixture
def get(client: Client) -> Get:
    client.force_login(make.person("Priya Raman"))
    return client.get


@pytest.fixture
def real() -> None:
    assert load([str(DATA / f"{name}.yaml") for name in [*REAL, "rules-2023", "prompts"]]).problems == []


def text(answer: HttpResponse) -> str:
    """What the main part of a page says, without its tags."""
    main = answer.content.decode().split('id="maincontent">')[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def queries(get: Get, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "address", ["/curricula/", "/curricula/SBI1-3-23/", "/curricula/SBI1-3-23/S-C1/", "/curricula/SBI1-3-23/S-C1/4/"]
)
def test_somebody_signed_out_is_sent_to_sign_in(address: str, client: Client, real: None) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={address}")


def test_the_list_says_what_is_recorded_and_what_is_fictional(get: Get, real: None) -> None:
    said = text(get("/curricula/"))
    assert "Clinical Informatics SBI1-3-23 2023 13 modules: 7 provisional, 12 without a complete activity list" in said
    assert "Demonstration Science DEMO-1-24. Fictional 2024 13 modules, all recorded" in said


def test_without_a_curriculum_the_list_says_so(get: Get) -> None:
    assert "No curriculum is published here yet." in text(get("/curricula/"))


def test_the_programme_structure_has_its_own_rows_and_the_total_of_180(get: Get, real: None) -> None:
    said = text(get("/curricula/SLS1-2-23/"))
    assert "Phase 1 Rotation modules S-HT-R1 Introduction to Haematology 10 credits. 10 training activities." in said
    assert "Choose one option: S-HT-S2; or S-HT-S3 with S-HT-S4" in said
    assert said.count("Throughout") == 2
    assert "Total Credits 180" in said


def test_a_provisional_module_and_places_are_said(get: Get, real: None) -> None:
    said = text(get("/curricula/SBI1-3-23/S-HI-S2/"))
    assert "Provisional The title or the credits are not confirmed with the Curriculum Library yet." in said
    assert "2 training activities and 8 places." in said
    assert said.count("Wording not known yet") == 8
    assert "Assessments Assessments not recorded yet." in said


def test_an_unknown_number_of_activities_is_said_and_none_is_invented(get: Get, real: None) -> None:
    assert "Training activities not recorded yet." in text(get("/curricula/SBI1-3-23/S-C4/"))
    assert get("/curricula/SBI1-3-23/S-C4/1/").status_code == 404
    assert "1 training activity known, the total is not recorded yet." in text(get("/curricula/SBI1-3-23/S-C3/"))
    assert [get(f"/curricula/SBI1-3-23/S-C3/{number}/").status_code for number in (1, 2)] == [200, 404]


def test_a_known_activity_shows_its_type_its_prompts_and_what_to_look_up(get: Get, real: None) -> None:
    answer = get("/curricula/SBI1-3-23/S-C1/4/")
    said = text(answer)
    assert "S-C1 activity 4 of 20 DTA Audit personal digital footprint" in said
    assert "Action plan What you will do next, and by when." in said
    assert "Done repeatedly" not in said
    assert "look up S-C1 activity 4." in said
    assert b'href="https://curriculumlibrary.nshcs.org.uk/stp/specialty/SBI1-3-23/"' in answer.content


def test_a_place_has_a_page_that_says_so(get: Get, real: None) -> None:
    said = text(get("/curricula/SBI1-3-23/S-HI-S2/4/"))
    assert "S-HI-S2 activity 4 of 10 Place Activity 4" in said
    assert "This is a place: the number is known, the wording is not recorded yet." in said
    assert "Before What did you want to learn, and how did you prepare?" in said


def test_a_number_that_a_complete_list_lacks_is_not_required(get: Get, files: Files) -> None:
    content = small()
    module_of(content, "S-C1").update(activities=activities(1, 3), expected_activities=4)
    files.load(content)
    assert "S-C1 activity 2 Not required" in text(get("/curricula/TST1-1-24/S-C1/2/"))
    assert "S-C1 activity 3 of 2" not in text(get("/curricula/TST1-1-24/S-C1/3/"))
    assert [get(f"/curricula/TST1-1-24/S-C1/{number}/").status_code for number in (0, 4, 5)] == [404, 200, 404]


@pytest.mark.parametrize("below", ["", "D-DM-S3/", "D-DM-S3/1/"])
def test_every_page_of_a_fictional_curriculum_says_that_it_is(below: str, get: Get, real: None) -> None:
    assert "This curriculum is fictional." in text(get(f"/curricula/DEMO-1-24/{below}"))
    assert "This curriculum is fictional." not in text(get("/curricula/SBI1-3-23/"))


def test_a_module_with_its_own_page_in_the_library_links_to_it(get: Get, files: Files) -> None:
    files.load(small(source="https://library.example.org/all"))
    assert b'href="https://library.example.org/s-c1"' in get("/curricula/TST1-1-24/S-C1/").content
    assert b'href="https://library.example.org/all"' in get("/curricula/TST1-1-24/ROT-1/").content


def test_a_module_of_a_choice_says_in_which_option_it_is(get: Get, files: Files) -> None:
    files.load(small())
    assert "This module is in option 2 of 2." in text(get("/curricula/TST1-1-24/S-B/"))
    assert "This module is required with any of them." in text(get("/curricula/TST1-1-24/S-E/"))


def test_what_is_typed_into_a_curriculum_is_shown_as_text(get: Get, files: Files) -> None:
    files.load(small(specialty="<b>Bold</b>", note="<script>alert(1)</script>"))
    assert b"<script>alert(1)" not in get("/curricula/TST1-1-24/").content
    assert b"<b>Bold" not in get("/curricula/TST1-1-24/").content


@pytest.mark.parametrize(
    "address",
    [
        "NONE-1-24/",
        "sbi1-3-23/",
        "a%00b/",
        "SBI1-3-23/S-X9/",
        "SBI1-3-23/S-X9/1/",
        "SBI1-3-23/S-C1/0/",
        "SBI1-3-23/S-C1/21/",
        "SBI1-3-23/S-C1/99999999999999999999/",
        "SBI1-3-23/S-C1/x/",
    ],
)
def test_what_is_not_there_is_not_found(address: str, get: Get, real: None) -> None:
    assert get(f"/curricula/{address}").status_code == 404


def test_a_draft_is_only_for_those_who_administer_it(get: Get, client: Client, files: Files) -> None:
    files.load(small(), draft=True)
    pages = ["", "S-C1/", "S-C1/1/"]
    assert [get(f"/curricula/TST1-1-24/{page}").status_code for page in pages] == [404] * 3
    assert "TST1-1-24" not in text(get("/curricula/"))
    client.force_login(make.person("Ruth Clarke", is_superuser=True))
    said = [text(client.get(f"/curricula/TST1-1-24/{page}")) for page in pages]
    assert ["This curriculum is a draft." in each for each in said] == [True] * 3
    assert "TST1-1-24. Draft" in text(client.get("/curricula/"))


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_pages_are_only_read(method: str, client: Client, real: None) -> None:
    client.force_login(make.person("Priya Raman"))
    assert getattr(client, method)("/curricula/").status_code == 405


# --- the same number of queries for a little and for a lot --------------------------------------------------------
def test_the_list_asks_the_same_for_1_and_for_30_and_is_paged_at_25(get: Get, files: Files) -> None:
    files.load(small())
    one = queries(get, "/curricula/")
    files.load(*(small(code=f"TST{number}-1-24") for number in range(2, 31)))
    assert queries(get, "/curricula/") == one
    assert text(get("/curricula/")).count("Test Science") == 25
    assert text(get("/curricula/?page=2")).count("Test Science") == 5
    assert get("/curricula/?page=x").status_code == 200


def test_the_other_pages_ask_the_same_for_few_and_for_many_rows(get: Get, files: Files, real: None) -> None:
    content = small()
    content["blocks"] = [{**content["blocks"][0], "credits": 180}]
    module = module_of(content, "S-C1")
    module.update(credits=180, activities=activities(1))
    files.load(content)
    for below in ("", "S-C1/", "S-C1/1/"):
        assert queries(get, f"/curricula/TST1-1-24/{below}") == queries(get, f"/curricula/SBI1-3-23/{below}")
