"""The pages of placements: planned, confirmed, read by its supervisor, closed and turned into evidence."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portfolio import ledger, titles
from portfolio.models import Evidence, Placement, Portfolio
from portfolio.states import PlacementKind, PlacementState
from portfolio.workflow import Incomplete, Submit, perform
from portfolio.workflow.placements.reflecting import reflection_seen
from tests import make
from tests.cast import Cast
from tests.portfolio.placements.test_placement_table import ROTATIONS
from tests.portfolio.views.counting import queries


@pytest.fixture
def hugh() -> User:
    return make.person("Hugh Sole", email="hugh@example.org")


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def at(name: str, of: Portfolio, placement: Placement | None = None) -> str:
    return reverse(name, args=[of.ref, placement.pid] if placement else [of.ref])


def typed(**changes: Any) -> dict[str, Any]:
    first, last = make.today() - timedelta(days=20), make.today() + timedelta(days=20)
    boxes = {f"starts_on_{n}": part for n, part in enumerate((first.day, first.month, first.year))}
    boxes |= {f"ends_on_{n}": part for n, part in enumerate((last.day, last.month, last.year))}
    return {"kind": "elective", "title": "Three weeks in imaging", "aims": "See images.", **boxes, **changes}


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_trainee_plans_an_officer_confirms_and_the_supervisor_reads(cast: Cast, hugh: User) -> None:
    of, module = cast.portfolio, make.activity(cast.portfolio, "S-X1").module_id
    sent = typed(supervisor="Hugh@Example.org", modules=[module], department="Imaging", organisation="Westmoor")
    answer = signed_in(cast.trainee).post(at("placement_new", of), sent)
    placement = Placement.objects.get()
    assert answer.status_code == 302
    assert (placement.supervisor, placement.state) == (hugh, PlacementState.PLANNED)
    assert signed_in(hugh).get(at("placement", of, placement)).status_code == 404
    page = signed_in(cast.officer).get(at("placement_confirm", of, placement))
    assert "hugh@example.org" in words(page)
    seen = page.context["form"].initial["seen"]
    assert signed_in(cast.officer).post(at("placement_confirm", of, placement), {"seen": seen}).status_code == 302
    read = words(signed_in(hugh).get(at("placement", of, placement)))
    assert "See images." in read
    assert "Imaging, Westmoor" in read


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"supervisor": "nobody@example.org"}, "Nobody has an account with this address."),
        ({"supervisor": "hugh"}, "Enter an e-mail address, such as name@example.org."),
        ({"ends_on_2": "1999"}, "The last day is before the first. Correct one of the two dates."),
        ({"starts_on_1": "13"}, "The first day must be a real date"),
        ({"title": " "}, "Give it a title, such as the host specialty."),
        ({"kind": "rotation"}, "Choose the module that the rotation is for."),
        ({"modules": ["0"]}, "Choose modules of your own curriculum."),
        ({"kind": "holiday"}, "Choose rotation or elective."),
    ],
)
def test_what_is_wrong_is_said_at_its_box_and_nothing_typed_is_lost(
    cast: Cast, hugh: User, changes: dict[str, Any], said: str
) -> None:
    answer = signed_in(cast.trainee).post(at("placement_new", cast.portfolio), typed(**changes))
    assert answer.status_code == 422
    assert said in words(answer).replace("&#x27;", "'")
    assert "See images." in words(answer)
    assert not Placement.objects.exists()


def test_an_overlap_is_said_with_the_name_of_the_other_and_nothing_typed_is_lost(cast: Cast) -> None:
    make.placement_planned(cast.portfolio, title="In pathology", since=10, until=30)
    answer = signed_in(cast.trainee).post(at("placement_new", cast.portfolio), typed())
    assert answer.status_code == 422
    assert "These dates overlap with “In pathology”" in words(answer)
    assert "See images." in words(answer)


def test_an_end_before_the_beginning_is_refused_with_the_day_given_back(cast: Cast) -> None:
    placement = make.placed(cast.portfolio, cast.officer)
    answer = signed_in(cast.officer).post(
        at("placement_end", cast.portfolio, placement), {"last_0": "1", "last_1": "1", "last_2": "1999"}
    )
    assert answer.status_code == 422
    assert "The last day is before the first." in words(answer)
    assert 'value="1999"' in words(answer)


def test_what_comes_too_late_is_given_back(cast: Cast, hugh: User) -> None:
    placement = make.placed(cast.portfolio, cast.officer, hugh)
    answer = signed_in(cast.officer).post(at("placement_confirm", cast.portfolio, placement), {"seen": placement.seen})
    assert answer.status_code == 409
    planned = make.placement_planned(cast.portfolio, since=50, until=60)
    answer = signed_in(cast.trainee).post(
        at("placement_close", cast.portfolio, planned), {"did": "A long text of mine."}
    )
    assert answer.status_code == 409
    assert "A long text of mine." in words(answer)


def test_a_reflection_becomes_a_page_of_evidence_once_and_is_remembered(cast: Cast) -> None:
    placement = make.placed(cast.portfolio, cast.officer, title="Imaging")
    browser = signed_in(cast.trainee)
    answers = {
        "seen": reflection_seen(placement),
        "expected": "Noise.",
        "did": "Followed images.",
        "learnt": "Names matter.",
        "advice": "Ask on day one.",
    }
    assert browser.post(at("placement_close", cast.portfolio, placement), answers).status_code == 302
    for _ in range(2):
        answer = browser.post(at("placement_evidence", cast.portfolio, placement))
        page = Evidence.objects.get()
        assert answer["Location"] == reverse("evidence_edit", args=[cast.portfolio.ref, page.eid])
    assert (page.title, page.kind, page.happened_on) == ("Reflection on Imaging", "reflection", make.today())
    assert page.body == (
        "## What I expected\n\nNoise.\n\n## What I did\n\nFollowed images.\n\n## What I learnt\n\nNames matter."
        "\n\n## What I would tell the next one\n\nAsk on day one."
    )
    assert page.eid in words(browser.get(at("placement", cast.portfolio, placement)))
    officers = words(signed_in(cast.officer).get(at("placement", cast.portfolio, placement)))
    assert "Names matter." in officers
    assert page.eid not in officers


def test_the_trainees_own_title_stands_beside_a_provisional_one_and_nowhere_else(cast: Cast) -> None:
    of = make.portfolio(make.person("Rose Innes"), make.curriculum("ROT1-1-24", blocks=ROTATIONS))
    make.role(of, cast.officer, "officer")
    for code, since in (("ROT-1", -20), ("ROT-2", 50)):
        module = make.activity(of, code).module
        rotation = {"kind": PlacementKind.ROTATION, "module": module, "title": "Clinical Engineering"}
        make.placement_planned(of, codes=(), since=since, until=since + 10, **rotation)
    for name, person in (("trainee", of.trainee), ("officer", cast.officer)):
        page = words(signed_in(person).get(reverse("progress", args=[of.ref])))
        assert "Rotation 1: Clinical Engineering" in page, name
        assert "Imaging: Clinical Engineering" not in page, name
        page = words(signed_in(person).get(reverse("module", args=[of.ref, "ROT-1"])))
        assert "ROT-1 Rotation 1: Clinical Engineering" in page, name
    assert ledger.read_one(of).structure.module("ROT-1").title == "Rotation 1"
    other = make.portfolio(make.person("Sam Rook"), of.curriculum)
    page = words(signed_in(other.trainee).get(reverse("module", args=[other.ref, "ROT-1"])))
    assert "Clinical Engineering" not in page


def test_the_trainees_own_title_stands_on_every_page_that_names_the_module(cast: Cast) -> None:
    of = make.portfolio(make.person("Rose Innes"), make.curriculum("ROT1-1-24", blocks=ROTATIONS))
    make.role(of, cast.officer, "officer")
    module = make.activity(of, "ROT-1").module
    rotation = {"kind": PlacementKind.ROTATION, "module": module, "title": "Clinical Engineering"}
    make.placement_planned(of, codes=(), **rotation)
    make.confirmed(of, cast.officer, "ROT-1", activities=1, cbd=1, observed=0)
    row = make.planned(of, kind="CBD", code="ROT-1")
    own, officer = signed_in(of.trainee), signed_in(cast.officer)
    for browser, path in (
        (own, reverse("activity", args=[of.ref, "ROT-1", 1])),
        (officer, reverse("module_sign_off", args=[of.ref, "ROT-1"])),
        (own, reverse("assessments", args=[of.ref])),
        (own, reverse("assessment", args=[of.ref, row.aid])),
        (own, reverse("assessment_edit", args=[of.ref, row.aid])),
        (own, reverse("plan", args=[of.ref])),
        (own, reverse("evidence_edit", args=[of.ref, make.page(of, "A page").eid])),
        (officer, reverse("elsewhere_new", args=[of.ref])),
        (officer, reverse("trainees_modules")),
    ):
        assert "Rotation 1: Clinical Engineering" in words(browser.get(path)), path
    assert own.get(reverse("module", args=[of.ref, "ROT-1"])).context["choice"] == ""


def test_the_trainees_own_title_stands_among_the_options_of_a_choice(cast: Cast) -> None:
    choice = {**ROTATIONS[0], "options": [["ROT-1"], ["ROT-2"]]}
    choice["modules"] = [{**one, "credits": 180} for one in ROTATIONS[0]["modules"]]
    of = make.portfolio(make.person("Rose Innes"), make.curriculum("ROT1-1-24", blocks=[choice]))
    rotation = {"kind": PlacementKind.ROTATION, "module": make.activity(of, "ROT-1").module, "title": "Imaging labs"}
    make.placement_planned(of, codes=(), **rotation)
    page = words(signed_in(of.trainee).get(reverse("module_option", args=[of.ref, "ROT-1"])))
    assert page.count("Rotation 1: Imaging labs") == 2  # in the list, and in the form


def test_where_no_rotation_is_provisional_the_curriculum_names_the_modules(cast: Cast, hugh: User) -> None:
    make.placed(cast.portfolio, cast.officer, hugh)
    record = ledger.read_one(cast.portfolio)
    assert titles.entitled(record) is record.structure


def test_lists_and_pages_ask_the_same_of_thirty_placements_as_of_one(cast: Cast, hugh: User) -> None:
    of = cast.portfolio
    make.placed(of, cast.officer, hugh)
    asked: dict[str, list[int]] = {}
    for _ in range(2):
        for name, person in (("trainee", cast.trainee), ("officer", cast.officer), ("supervisor", hugh)):
            placement = Placement.objects.filter(portfolio=of, supervisor=hugh).latest("starts_on")
            for page in ("placements", "evidence_list", "progress"):
                asked.setdefault(f"{page}, {name}", []).append(queries(signed_in(person), at(page, of)))
            asked.setdefault(f"placement, {name}", []).append(
                queries(signed_in(person), at("placement", of, placement))
            )
        for number in range(1, 31):
            if of.placements.count() <= 30:
                make.placement_planned(of, hugh, since=-50 - 10 * number, until=-45 - 10 * number)
    assert {name: found for name, found in asked.items() if found[0] != found[1]} == {}
    curriculum = 5  # a page finds it remembered in real use (test_query_counts.py), and asks for it in a transaction
    most = {"progress, officer": 17, "progress, supervisor": 16}  # docs/performance.md
    assert {name: found for name, found in asked.items() if found[0] - curriculum > most.get(name, 15)} == {}


# --- the supervisor on the pages ----------------------------------------------------------------------------------


def test_a_supervisor_reads_every_state_and_no_word_of_other_modules(cast: Cast, hugh: User) -> None:
    of = cast.portfolio
    make.placed(of, cast.officer, hugh)
    for code, number in (("S-C1", 1), ("S-X1", 1)):
        item = make.submit(cast.assessor, make.drafted(of, code, number, evidence=make.page(of, f"Page of {code}")))[0]
        make.decide(item, "return", feedback=f"Feedback in {code}.")
    browser = signed_in(hugh)
    pages = {
        name: words(browser.get(reverse(name, args=[of.ref])))
        for name in ("progress", "evidence_list", "submissions", "placements")
    }
    assert "Feedback in S-X1." in pages["progress"]
    for name, text in pages.items():
        assert "Feedback in S-C1." not in text, name
        assert "Page of S-C1" not in text, name
    assert "Page of S-X1" in pages["evidence_list"]
    assert reverse("module", args=[of.ref, "S-X1"]) in pages["progress"]
    assert reverse("module", args=[of.ref, "S-C1"]) not in pages["progress"]
    assert reverse("activity", args=[of.ref, "S-C1", 1]) not in pages["progress"]
    assert reverse("people", args=[of.ref]) not in pages["progress"]
    assert reverse("journal", args=[of.ref]) not in pages["progress"]
    assert words(browser.get(f"{at('evidence_list', of)}?module=S-C1")).count("Page of") == 0


def test_a_page_submitted_in_both_modules_tells_a_supervisor_of_theirs_alone(cast: Cast, hugh: User) -> None:
    of = cast.portfolio
    make.placed(of, cast.officer, hugh)
    page = make.page(of, "In both")
    make.decide(make.submit(cast.assessor, make.drafted(of, "S-C1", 1, evidence=page))[0])
    one, two = make.drafted(of, "S-C1", 2, evidence=page), make.drafted(of, "S-X1", 1, evidence=page)
    sid = make.submit(cast.assessor, one, two)[0].submission.sid
    browser = signed_in(hugh)

    def found(query: str) -> bool:
        return "In both" in words(browser.get(f"{at('evidence_list', of)}?{query}"))

    asked = ("state=in_review", "module=S-X1", "state=signed_off", "module=S-C1", "activity=S-C1/1")
    assert [found(query) for query in asked] == [True, True, False, False, False]
    for path in (
        reverse("evidence", args=[of.ref, page.eid]),
        reverse("evidence_history", args=[of.ref, page.eid]),
        reverse("submission", args=[of.ref, sid]),
        at("submissions", of),
    ):
        text = words(browser.get(path))
        assert "S-X1 1" in text, path
        assert "S-C1" not in text, path


def test_a_supervisor_decides_on_what_is_sent_to_them(cast: Cast, hugh: User) -> None:
    of = cast.portfolio
    make.placed(of, cast.officer, hugh)
    item = make.submit(hugh, make.drafted(of, "S-X1", 1))[0]
    browser = signed_in(hugh)
    assert "Queue (1)" in words(browser.get(reverse("reviewing")))
    path = reverse("review", args=[item.submission.sid])
    assert "as placement supervisor, under your name" in words(browser.get(path))
    answer = browser.post(path, {"S-X1-1-outcome": "signed_off", "S-X1-1-seen": item.digest})
    assert answer.status_code == 302
    assert make.activity(of, "S-X1", 1).state == "signed_off"


# --- asking a supervisor ------------------------------------------------------------------------------------------


def offered(answer: Any) -> list[str]:
    return [str(label) for _, label in answer.context["form"].fields["assessor"].choices]


def submission(*activities: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"declared": "on"}
    for row in activities:
        key = f"{row.module.code}-{row.number}"
        revisions = [link.evidence.revisions.latest("number").pk for link in row.links.all()]
        fields |= {f"{key}-chosen": "on", f"{key}-pages": revisions}
    return fields


def test_a_supervisor_is_offered_where_all_that_is_ticked_is_of_their_modules(cast: Cast, hugh: User) -> None:
    of = cast.portfolio
    make.placed(of, cast.officer, hugh)
    make.drafted(of, "S-C1", 1)
    make.drafted(of, "S-X1", 1)
    browser, path = signed_in(cast.trainee), at("submit", of)
    assert "Hugh Sole" in offered(browser.get(f"{path}?activity=S-X1/1"))
    assert "Hugh Sole" not in offered(browser.get(f"{path}?activity=S-C1/1"))
    assert "Hugh Sole" not in offered(browser.get(f"{path}?activity=S-C1/1&activity=S-X1/1"))
    assert "Placement supervisor for S-X1 only" in words(browser.get(path))


def test_a_forged_submission_to_a_supervisor_of_other_modules_is_refused(cast: Cast, hugh: User) -> None:
    of = cast.portfolio
    placement = make.placed(of, cast.officer, hugh)
    c1, x1 = make.drafted(of, "S-C1", 1), make.drafted(of, "S-X1", 1)
    browser, path = signed_in(cast.trainee), at("submit", of)
    for activities in ((c1,), (c1, x1)):
        answer = browser.post(path, submission(*activities) | {"assessor": hugh.pk})
        assert answer.status_code == 422
        assert "Hugh Sole decides in the modules of the placement only, and not in S-C1." in words(answer)
    assert not of.submissions.exists()
    pages = {x1.pk: [x1.links.get().evidence.revisions.get().pk]}
    given = make.placement_plan(of, hugh, since=30, until=40)
    make.replanned(placement, given)
    make.placement_confirmed(Placement.objects.get(), cast.officer)
    with pytest.raises(Incomplete):
        perform("submit", x1, by=cast.trainee, given=Submit(hugh, pages, declared=True))
    assert not of.submissions.exists()


def test_nothing_is_redirected_to_a_supervisor_of_other_modules(cast: Cast, hugh: User) -> None:
    of = cast.portfolio
    make.placed(of, cast.officer, hugh)
    for code, status in (("S-C1", 422), ("S-X1", 302)):
        item = make.in_review(of, cast.assessor, code, 1)
        path = reverse("submission_redirect", args=[of.ref, item.submission.sid])
        browser = signed_in(cast.trainee)
        assert ("Hugh Sole" in offered(browser.get(path))) == (status == 302), code
        assert browser.post(path, {"assessor": hugh.pk}).status_code == status, code


def test_what_is_with_a_supervisor_whose_placement_changed_is_with_nobody(cast: Cast, hugh: User) -> None:
    of = cast.portfolio
    placement = make.placed(of, cast.officer, hugh)
    make.submit(hugh, make.drafted(of, "S-X1", 1))
    browser = signed_in(cast.trainee)
    assert "With Hugh Sole" in words(browser.get(at("submissions", of)))
    make.replanned(placement, make.placement_plan(of, hugh, until=30))
    assert "With nobody: choose another assessor." in words(browser.get(at("submissions", of)))
    assert "Gives nothing: its placement has changed or was removed" in words(browser.get(at("people", of)))


# --- elsewhere ----------------------------------------------------------------------------------------------------


def test_evidence_is_found_by_the_dates_of_a_placement(cast: Cast) -> None:
    of = cast.portfolio
    placement = make.placement_planned(of, since=-30, until=-20)
    for days, title in ((31, "Before"), (30, "First day"), (20, "Last day"), (19, "After")):
        make.page(of, title, happened_on=make.today() - timedelta(days=days))
    answer = signed_in(cast.trainee).get(f"{at('evidence_list', of)}?placement={placement.pid}")
    assert [row["title"] for row in answer.context["rows"]] == ["Last day", "First day"]
    odd = signed_in(cast.trainee).get(f"{at('evidence_list', of)}?placement=zzz")
    assert len(odd.context["rows"]) == 4


def test_the_history_tells_of_placements_in_words(cast: Cast, hugh: User) -> None:
    placement = make.placed(cast.portfolio, cast.officer, hugh)
    make.reflected(placement)
    text = words(signed_in(cast.trainee).get(at("history", cast.portfolio)))
    for said in ("Planned a placement from", "Confirmed a placement from", "Wrote the closing reflection"):
        assert said in text


def test_what_looks_like_patient_data_is_warned_of_and_not_echoed_to_others(cast: Cast) -> None:
    placement = make.placement_planned(cast.portfolio, aims="NHS number 999 000 0018")
    assert "looks like an NHS number" in words(signed_in(cast.trainee).get(at("placement", cast.portfolio, placement)))
    assert "looks like" not in words(signed_in(cast.officer).get(at("placement", cast.portfolio, placement)))
