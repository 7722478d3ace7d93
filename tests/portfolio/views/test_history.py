"""The history in words: every kind of event that can be written, and a chain that is checked on request."""

import ast
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from portfolio.access import history as events_of
from portfolio.manifest import SEEDED
from portfolio.models import Portfolio
from portfolio.views.history import entry
from portfolio.views.history_words import WORDS, Names
from portfolio.workflow import TABLES, LinkTo, ModuleOf, perform, writing
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import large, queries

ROOT = Path(__file__).resolve().parents[3]


def page(portfolio: Portfolio, query: str = "") -> str:
    return reverse("history", args=[portfolio.ref]) + query


def told(client: Client, portfolio: Portfolio) -> list[str]:
    return [one["what"] for one in client.get(page(portfolio)).context["entries"]]


def written_kinds() -> set[str]:
    """Every kind that is written: the workflow's steps, the literals beside its appends, the seeding's."""
    kinds = {SEEDED, *(name for table in TABLES.values() for name in table.steps)}
    for path in (ROOT / "portfolio" / "workflow").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            named = isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("append", "_record")
            if named:
                kinds |= {
                    part.value
                    for argument in node.args[1:2]
                    for part in ast.walk(argument)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
    return kinds


def test_every_kind_that_can_be_written_has_words() -> None:
    assert "evidence no longer shared" in written_kinds()
    assert set(WORDS) == written_kinds()


def test_a_whole_story_is_told_newest_first(cast: Cast, client: Client) -> None:
    first = make.page(cast.portfolio, "What I did")
    activity = make.drafted(cast.portfolio, evidence=first)
    make.decide(make.submit(cast.assessor, activity)[0], "return", feedback="Secret feedback.")
    item = make.submit(cast.assessor, make.activity(cast.portfolio))[0]
    make.redirected(item, cast.second_assessor)
    perform("withdraw", item.activity, by=cast.trainee)
    make.decide(make.submit(cast.assessor, make.activity(cast.portfolio))[0])
    for number in (2, 3):
        make.signed_off(cast.portfolio, cast.assessor, number=number)
    make.module_signed_off(cast.portfolio, cast.officer)
    perform(
        "void module sign-off", ModuleOf.read(cast.portfolio, "S-C1"), by=cast.administrator, reason="Secret reason."
    )
    make.module_signed_off(cast.portfolio, cast.officer)
    perform("unlock", make.activity(cast.portfolio), by=cast.officer, reason="Another secret.")
    make.confirmed(cast.portfolio, cast.officer, "S-X1", activities=5, cbd=0, observed=1)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Secret.")
    perform("reopen portfolio", cast.portfolio, by=cast.administrator, reason="Secret.")
    client.force_login(cast.trainee)
    assert told(client, cast.portfolio) == [
        "Reopened the portfolio",
        "Closed the portfolio",
        "Confirmed the requirements of S-X1: 5 activities, 0 CBDs, 1 DOPS or OCE",
        "Unlocked S-C1 1. The sign-off of S-C1 was voided with it",
        "Signed off the module S-C1: 20 credits",
        "Voided the sign-off of the module S-C1",
        "Signed off the module S-C1: 20 credits",
        "Signed off S-C1 3",
        "Submitted S-C1 3 to Maya Lind",
        "Linked “Page for S-C1 3” to S-C1 3",
        "Saved “Page for S-C1 3”, version 1",
        "Signed off S-C1 2",
        "Submitted S-C1 2 to Maya Lind",
        "Linked “Page for S-C1 2” to S-C1 2",
        "Saved “Page for S-C1 2”, version 1",
        "Signed off S-C1 1",
        "Submitted S-C1 1 to Maya Lind",
        "Withdrew S-C1 1 from Femi Adeyemi",
        "Asked Femi Adeyemi to decide on S-C1 1 in place of Maya Lind",
        "Submitted S-C1 1 to Maya Lind",
        "Returned S-C1 1 with feedback",
        "Submitted S-C1 1 to Maya Lind",
        "Linked “What I did” to S-C1 1",
        "Saved “What I did”, version 1",
    ]
    assert "ecret" not in client.get(page(cast.portfolio)).text


def test_what_happens_to_a_page_is_told(cast: Cast, client: Client) -> None:
    by, row = cast.trainee, make.page(cast.portfolio, "Notes")
    writing.share(row, on=True, by=by)
    writing.share(row, on=False, by=by)
    writing.archive(row, on=True, by=by)
    writing.archive(row, on=False, by=by)
    activity = make.drafted(cast.portfolio, evidence=row)
    perform("unlink", activity, by=by, given=LinkTo(row))
    writing.discard(row, by=by)
    writing.recover(row, by=by)
    writing.name_place(cast.portfolio, "S-X1", 2, title="My words", type="DTA", by=by)
    client.force_login(by)
    assert told(client, cast.portfolio) == [
        "Gave S-X1 2 a label",
        "Took “Notes” out of the bin",
        "Put “Notes” in the bin",
        "Removed the link of “Notes” to S-C1 1",
        "Linked “Notes” to S-C1 1",
        "Brought back “Notes” from the archive",
        "Archived “Notes”",
        "Stopped sharing “Notes”",
        "Shared “Notes”",
        "Saved “Notes”, version 1",
    ]


def test_the_title_of_a_private_page_is_not_told_to_their_people(cast: Cast, client: Client) -> None:
    """security.md case 16: its contents are the trainee's alone; that something was saved is progress."""
    private = make.page(cast.portfolio, "Private thoughts")
    sent = make.page(cast.portfolio, "As sent")
    make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=sent))
    make.change(sent, title="Changed since")
    client.force_login(cast.officer)
    response = client.get(page(cast.portfolio))
    assert [one["what"] for one in response.context["entries"]] == [
        "Saved “As sent”, version 2",
        "Submitted S-C1 1 to Maya Lind",
        "Linked “As sent” to S-C1 1",
        "Saved “As sent”, version 1",
        "Saved a page of evidence, version 1",
    ]
    assert private.eid not in response.text
    assert "Changed since" not in response.text
    assert reverse("evidence", args=[cast.portfolio.ref, sent.eid]) in response.text


def test_every_link_of_the_history_leads_somewhere(cast: Cast, client: Client) -> None:
    for number in (1, 2, 3):
        make.signed_off(cast.portfolio, cast.assessor, number=number)
    make.module_signed_off(cast.portfolio, cast.officer)
    perform("unlock", make.activity(cast.portfolio), by=cast.officer, reason="Once more.")
    make.page(cast.portfolio, "Private")
    for person in (cast.trainee, cast.officer, cast.administrator):
        client.force_login(person)
        links = {one["href"] for row in client.get(page(cast.portfolio)).context["entries"] for one in row["more"]}
        assert len(links) >= 8
        assert {href for href in links if client.get(href).status_code != 200} == set()


def test_a_kind_of_a_later_day_is_named_as_it_stands(cast: Cast) -> None:
    make.page(cast.portfolio)
    event = events_of(cast.portfolio).get()
    event.kind = "placement planned"
    told = entry(event, {}, Names(cast.portfolio.ref, {}, {}, frozenset()))
    assert (told["what"], told["more"]) == ("Placement planned", [])


def test_the_chain_is_checked_on_request(cast: Cast, client: Client) -> None:
    make.signed_off(cast.portfolio, cast.assessor)
    client.force_login(cast.officer)
    assert "Checked now" not in client.get(page(cast.portfolio)).text
    shown = client.get(page(cast.portfolio, "?verify=1")).text
    assert "Checked now: the chain is whole" in shown
    assert "4 events, each following the one before it." in shown
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_event SET kind = 'return' WHERE kind = 'sign off'")
    shown = client.get(page(cast.portfolio, "?verify=1")).text
    assert "The chain does not hold." in shown
    assert "Event 4: it was altered." in shown


def test_a_portfolio_in_which_nothing_happened_says_so(cast: Cast, client: Client) -> None:
    client.force_login(cast.trainee)
    for query in ("", "?verify=1"):
        assert "Nothing has happened yet" in client.get(page(cast.portfolio, query)).text


def test_who_reads_the_history(cast: Cast, client: Client) -> None:
    """Not the assessor: they see only what is sent to them."""
    make.in_review(cast.portfolio, cast.assessor)
    seeing = {"trainee", "officer", "coordinator", "officer_in_training", "administrator", "cohort_administrator"}
    for name, person in cast.people().items():
        if person != cast.deactivated:
            client.force_login(person)
            assert client.get(page(cast.portfolio)).status_code == (200 if name in seeing else 404), name


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_history_is_only_read(cast: Cast, client: Client, method: str) -> None:
    client.force_login(cast.trainee)
    assert getattr(client, method)(page(cast.portfolio)).status_code == 405


def test_thirty_events_are_paged_at_25_and_cost_no_more_queries_than_few(client: Client, db: None) -> None:
    portfolio, assessor = large(), make.person("Maya Lind")
    make.role(portfolio, assessor)
    client.force_login(portfolio.trainee)
    make.in_review(portfolio, assessor, "S-B1", 1)
    one = queries(client, page(portfolio))
    for number in range(2, 11):
        make.in_review(portfolio, assessor, "S-B1", number)
    assert queries(client, page(portfolio)) == one
    assert len(client.get(page(portfolio)).context["entries"]) == 25
    assert len(client.get(page(portfolio, "?page=2")).context["entries"]) == 5
