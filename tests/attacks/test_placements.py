"""A placement supervisor who looks for more than the placement: other modules, other days, the journal.

Through every address, list, filter, file, form and count; beside each stands the same request for what is theirs.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from portfolio.models import Attachment, Evidence, Item, Placement, Submission
from portfolio.states import ItemState
from portfolio.workflow import EndOn, perform
from tests import make
from tests.attacks.test_objects import ODD, OF_A_PORTFOLIO, post, seen, unknown
from tests.test_addresses import Row, path_of
from tests.world import World, undone

pytestmark = pytest.mark.django_db

THEIRS = "of the placement"


def secrets(world: World) -> list[str]:
    """Whatever names work of Priya's that is not of the placement, and her journal."""
    pages = Evidence.objects.filter(portfolio=world.portfolio).exclude(pk=world.pages[THEIRS].pk)
    files = Attachment.objects.filter(evidence__in=pages).values_list("fid", flat=True)
    submissions = Submission.objects.filter(portfolio=world.portfolio).exclude(pk=world.submissions[THEIRS].pk)
    others = [world.placements[name].pid for name in ("over", "planned")]
    found = [*pages.values_list("eid", flat=True), *pages.values_list("title", flat=True), *files]
    return [*found, *submissions.values_list("sid", flat=True), *others, world.note.jid, "Priya&#x27;s own note"]


def lists_of(world: World) -> Iterator[str]:
    of = f"/portfolios/{world.portfolio.ref}/"
    narrowed = [f"{name}=Priya" for name in ("q", "module", "kind", "state", "activity", "list", "placement")]
    narrowed += ["module=S-C1", "module=S-R1", "activity=S-C1/2", "list=bin", "list=archived", "q=private"]
    narrowed += [f"placement={row.pid}" for row in world.placements.values()]
    narrowed += [f"state={state}" for state in ("unlinked", "draft", "in_review", "returned", "signed_off", "changed")]
    for page, parameters in (
        ("", []),
        ("evidence/", narrowed),
        ("submissions/", ["page=2"]),
        ("placements/", ["page=2"]),
        ("modules/S-R1/", []),
        ("modules/S-R1/1/", []),
        (f"evidence/{world.pages[THEIRS].eid}/", ["version=1", "version=2"]),
        (f"evidence/{world.pages[THEIRS].eid}/history/", ["from=1&to=2"]),
        (f"submissions/{world.submissions[THEIRS].sid}/", []),
        (f"placements/{world.placements['going on'].pid}/", []),
    ):
        for parameter in ("", *parameters, *ODD):
            yield f"{of}{page}?{parameter}"
    many = (
        "trainees/",
        "trainees/?q=Priya",
        "trainees/?flag=late&sort=wait",
        "trainees/modules/",
        "trainees/assessors/",
    )
    yield from (f"/{page}" for page in (*many, "reviewing/", "reviewing/?show=decided", ""))


def test_no_list_and_no_parameter_shows_a_supervisor_anything_of_other_modules(world: World) -> None:
    hidden, shown = secrets(world), ""
    for path in lists_of(world):
        answer = world.ask("supervisor", "GET", path)
        assert answer.status_code in (200, 302, 404), path
        text = answer.content.decode().replace('value="private"', "")  # a search gives back what was typed
        assert [word for word in hidden if word in text] == [], path
        shown += text
    for word in (world.pages[THEIRS].eid, world.submissions[THEIRS].sid, world.placements["going on"].pid):
        assert word in shown


def test_what_a_supervisor_may_not_read_answers_like_what_is_not_there(world: World) -> None:
    of = world.portfolio.ref
    for page in ("private", "drafted", "shared", "in review", "decided", "archived", "binned"):
        for name in ("evidence", "evidence_history"):
            theirs, nobodys = (reverse(name, args=[of, eid]) for eid in (world.pages[page].eid, "zzzzzzzzzzzzzz"))
            assert seen(world.ask("supervisor", "GET", theirs)) == seen(world.ask("supervisor", "GET", nobodys)), page
            assert world.ask("supervisor", "GET", theirs).status_code == 404
    for name, row in (("submission", world.submissions["waiting"].sid), ("placement", world.placements["over"].pid)):
        theirs, nobodys = (reverse(name, args=[of, each]) for each in (row, "zzzzzzzzzzzzzz"))
        assert seen(world.ask("supervisor", "GET", theirs)) == seen(world.ask("supervisor", "GET", nobodys)), name


@pytest.mark.parametrize("row", OF_A_PORTFOLIO, ids=str)
def test_out_of_dates_it_is_as_if_nothing_were_there(world: World, row: Row) -> None:
    path = path_of(world, row)
    name = "supervisor_out_of_dates"
    assert seen(world.ask(name, "GET", path)) == seen(world.ask(name, "GET", unknown(path)))


@pytest.mark.parametrize("page", ["private", "drafted", "shared", "in review", "decided", "binned", THEIRS])
def test_a_file_of_another_module_does_not_go_to_a_supervisor(world: World, page: str) -> None:
    where = reverse("evidence_file", args=[world.objects(page)[name] for name in ("ref", "eid", "fid")])
    for path in (where, f"{where}?inline=1"):
        status = world.ask("supervisor", "GET", path).status_code
        assert status == (200 if page == THEIRS else 404), path
        assert world.ask("supervisor_out_of_dates", "GET", path).status_code == 404


def counted(world: World) -> dict[str, tuple[int, bytes]]:
    """Every page on which a supervisor could count something; of progress only states are theirs to count."""
    of = world.portfolio.ref
    pages = ["/reviewing/", "/reviewing/?show=decided", "/curricula/"]
    pages += [f"/portfolios/{of}/{page}/" for page in ("evidence", "submissions", "placements", "modules/S-R1")]
    return {page: seen(world.ask("supervisor", "GET", page)) for page in pages}


@pytest.mark.parametrize(("code", "counts"), [("S-C1", False), ("S-X1", True)])
def test_a_supervisor_counts_what_is_added_to_their_modules_alone(world: World, code: str, counts: bool) -> None:
    before = counted(world)
    with undone():
        page = make.page(world.portfolio, "One page more")
        make.attachment(page, "more.pdf")
        number = 5 if code == "S-C1" else 1
        make.submit(world.cast.assessor, make.drafted(world.portfolio, code, number, evidence=page))
        make.note(world.portfolio, "One note more")
        assert (counted(world) != before) == counts


# --- forms --------------------------------------------------------------------------------------------------------


def test_no_form_asks_a_supervisor_about_another_module(world: World) -> None:
    hugh = world.people["supervisor"]
    assert hugh is not None
    redirect = reverse("submission_redirect", args=[world.portfolio.ref, world.submissions["waiting"].sid])
    submit = reverse("submit", args=[world.portfolio.ref])
    revision = world.pages["drafted"].revisions.latest("number").pk
    sent = {"S-C1-4-chosen": "on", "S-C1-4-pages": revision, "assessor": hugh.pk, "declared": "on"}
    for path, fields in ((redirect, {"assessor": hugh.pk}), (submit, sent)):
        for name in ("trainee",):
            with undone():
                assert post(world, name, path, fields).status_code == 422, path
                assert not Submission.objects.filter(addressees__assessor=hugh).exists()


def test_nobody_confirms_a_placement_but_the_officers_whatever_is_in_the_form(world: World) -> None:
    planned = world.placements["planned"]
    path = reverse("placement_confirm", args=[world.portfolio.ref, planned.pid])
    for name in ("trainee", "supervisor", "administrator", "officer_in_training"):
        with undone():
            assert post(world, name, path, {"seen": planned.seen}).status_code == 403, name
            assert Placement.objects.get(pk=planned.pk).role is None
    with undone():
        assert post(world, "officer", path, {"seen": planned.seen}).status_code == 302


def test_a_placement_of_another_trainee_is_reached_through_no_portfolio(world: World) -> None:
    foreign = world.cast.other.placements.get()
    for name, person in (("placement", "officer"), ("placement_confirm", "officer"), ("placement_change", "trainee")):
        path = reverse(name, args=[world.portfolio.ref, foreign.pid])
        assert world.ask(person, "GET", path).status_code == 404, name
    module = make.activity(world.cast.other).module
    other = {"kind": "elective", "title": "Mine", "modules": [module.pk + 10**6]}
    day = {"starts_on_0": 1, "starts_on_1": 1, "starts_on_2": 2031, "ends_on_0": 2, "ends_on_1": 1, "ends_on_2": 2031}
    with undone():
        before = Placement.objects.count()
        path = reverse("placement_new", args=[world.portfolio.ref])
        assert post(world, "trainee", path, other | day).status_code == 422
        assert Placement.objects.count() == before


# --- what ends, ends at the next request --------------------------------------------------------------------------


def asked(world: World) -> Item:
    """An item of the placement that is with its supervisor."""
    hugh = world.people["supervisor"]
    assert hugh is not None
    return make.submit(hugh, make.drafted(world.portfolio, "S-X1", 1))[0]


def test_after_the_last_day_an_open_tab_decides_nothing(world: World) -> None:
    with undone():
        item = asked(world)
        path = reverse("review", args=[item.submission.sid])
        open_tab = {"S-X1-1-outcome": "returned", "S-X1-1-seen": item.digest, "S-X1-1-feedback": "A long text of mine."}
        paths = [path, reverse("progress", args=[world.portfolio.ref])]
        assert [world.browsers["supervisor"].get(each).status_code for each in paths] == [200, 200]
        perform(
            "end placement",
            world.placements["going on"],
            by=world.cast.officer,
            given=EndOn(make.today() - timedelta(days=1)),
        )
        answer = post(world, "supervisor", path, open_tab)
        assert answer.status_code == 404
        assert "A long text of mine." in answer.content.decode()
        assert [world.browsers["supervisor"].get(each).status_code for each in paths] == [404, 404]
        item.refresh_from_db()
        assert item.state == ItemState.UNDECIDED


def test_a_change_that_is_not_confirmed_takes_the_decision_away_at_once(world: World) -> None:
    with undone():
        item = asked(world)
        path = reverse("review", args=[item.submission.sid])
        given: Any = make.placement_plan(
            world.portfolio, world.people["supervisor"], ("S-R1",), title="Priya's placement"
        )
        make.replanned(world.placements["going on"], given)
        sent = {"S-X1-1-outcome": "signed_off", "S-X1-1-seen": item.digest}
        assert post(world, "supervisor", path, sent).status_code == 404
        item.refresh_from_db()
        assert item.state == ItemState.UNDECIDED
