"""One page of evidence: who reads what of it, and what its trainee may do with it."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Event
from portfolio.models import Evidence
from portfolio.workflow import perform, writing
from tests import make
from tests.cast import Cast

STEPS = ("evidence_share", "evidence_archive", "evidence_discard", "evidence_recover")


@pytest.fixture
def priya(client: Client, cast: Cast) -> Client:
    client.force_login(cast.trainee)
    return client


def url(page: Evidence, name: str = "evidence") -> str:
    return reverse(name, args=[page.portfolio.ref, page.eid])


def read(client: Client, page: Evidence, query: str = "") -> str:
    response = client.get(url(page) + query)
    assert response.status_code == 200
    return response.content.decode()


# --- reading ------------------------------------------------------------------------------------------------------


def test_the_trainee_reads_the_working_copy_and_is_told_that_it_is_not_saved(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, body="Saved words")
    assert "Not saved" not in read(priya, page)
    make.change(page, body="Typed since", save=False)
    html = read(priya, page)
    assert ("Typed since" in html, "Saved words" in html) == (True, False)
    assert "Your people and assessors see the last saved version" in html
    assert "Saved words" in read(priya, page, "?version=1")


def test_a_page_that_was_never_saved_says_so(priya: Client, cast: Cast) -> None:
    page = writing.keep(cast.portfolio, writing.Page("", None, "reflection", "Half"), by=cast.trainee)
    html = read(priya, page)
    assert ("Untitled page" in html, "Not saved yet" in html, "No date yet" in html) == (True, True, True)


def test_the_page_shows_its_links_with_sentence_and_state(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    make.drafted(cast.portfolio, number=2, evidence=page)
    html = read(priya, page)
    assert ("S-C1 2 Task 2 of S-C1" in html, "Shows how I did S-C1 2." in html) == (True, True)


def test_their_people_read_the_shared_version_without_links(client: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, body="Saved words")
    make.drafted(cast.portfolio, evidence=page)
    writing.share(page, on=True, by=cast.trainee)
    make.change(page, body="Typed since", save=False)
    client.force_login(cast.officer)
    html = read(client, page)
    assert ("Saved words" in html, "Typed since" in html) == (True, False)
    assert ("Shows how I did" in html, "Edit</a>" in html, "Not saved" in html) == (False, False, False)


def test_their_people_read_what_was_submitted_with_its_reason(client: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, body="As submitted")
    make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))
    make.change(page, body="Saved since")
    client.force_login(cast.coordinator)
    html = read(client, page)
    assert ("As submitted" in html, "Saved since" in html, "Shows how I did S-C1 1." in html) == (True, False, True)
    assert client.get(url(page) + "?version=2").status_code == 404


def test_a_private_page_is_404_for_everybody_else(client: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    for name, person in cast.people().items():
        if name in ("trainee", "deactivated"):
            continue
        client.force_login(person)
        for address in (url(page), url(page, "evidence_history")):
            assert (name, client.get(address).status_code) == (name, 404)


def test_a_withdrawn_page_is_gone_for_their_people(client: Client, cast: Cast) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    page = Evidence.objects.get()
    client.force_login(cast.officer)
    assert client.get(url(page)).status_code == 200
    perform("withdraw", item.activity, by=cast.trainee)
    assert client.get(url(page)).status_code == 404


@pytest.mark.parametrize("version", ["0", "99", "-1", "abc", "9" * 40, "%00", "١"])
def test_a_version_that_is_not_there_is_404(priya: Client, cast: Cast, version: str) -> None:
    assert priya.get(url(make.page(cast.portfolio)) + f"?version={version}").status_code == 404


def test_a_page_under_the_address_of_another_portfolio_is_404(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    assert priya.get(reverse("evidence", args=[cast.other.ref, page.eid])).status_code == 404
    assert priya.get(reverse("evidence", args=[cast.portfolio.ref, "nothere"])).status_code == 404


def test_it_says_who_can_see_it(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    assert "<li>Only you.</li>" in read(priya, page)
    writing.share(page, on=True, by=cast.trainee)
    assert "Your people, because you share it" in read(priya, page)
    item = make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))[0]
    assert "Your people and Maya Lind, who was asked to decide: version 1 for S-C1 1." in read(priya, page)
    make.decide(item)
    assert "Your people and Maya Lind, who decided: version 1 for S-C1 1." in read(priya, page)


# --- sharing, archive, bin ----------------------------------------------------------------------------------------


def test_sharing_is_turned_on_and_off(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    for on, shared in (("yes", True), ("no", False)):
        assert priya.post(url(page, "evidence_share"), {"on": on}).url == url(page)
        page.refresh_from_db()
        assert page.shared is shared


def test_what_was_never_saved_cannot_be_shared(priya: Client, cast: Cast) -> None:
    page = writing.keep(cast.portfolio, writing.Page("", None, "reflection", "Half"), by=cast.trainee)
    response = priya.post(url(page, "evidence_share"), {"on": "yes"}, follow=True)
    page.refresh_from_db()
    assert ("Save the page first" in response.content.decode(), page.shared) == (True, False)


def test_a_page_is_archived_and_brought_back(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    for on, archived in (("yes", True), ("no", False)):
        priya.post(url(page, "evidence_archive"), {"on": on})
        page.refresh_from_db()
        assert (page.archived_at is not None) is archived


def test_deleting_says_what_it_means_then_bins_and_can_be_undone(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, "Mistake")
    assert "take it out again for 30 days" in priya.get(url(page, "evidence_discard")).content.decode()
    page.refresh_from_db()
    assert page.binned_at is None
    after = priya.post(url(page, "evidence_discard"), follow=True).content.decode()
    assert "“Mistake” is in the bin until" in after
    assert "Take it out of the bin" in read(priya, page)
    priya.post(url(page, "evidence_recover"))
    page.refresh_from_db()
    assert page.binned_at is None


def test_a_page_once_submitted_cannot_be_deleted_and_the_page_says_why(priya: Client, cast: Cast) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    page = Evidence.objects.get()
    perform("withdraw", item.activity, by=cast.trainee)
    assert "It cannot be deleted. This page was submitted once." in read(priya, page)
    for response in (priya.get(url(page, "evidence_discard")), priya.post(url(page, "evidence_discard"))):
        assert response.status_code == 409
        assert "This page was submitted once. It stays, and can be archived." in response.content.decode()
    page.refresh_from_db()
    assert page.binned_at is None


def test_a_linked_page_cannot_be_deleted(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    make.drafted(cast.portfolio, evidence=page)
    assert priya.post(url(page, "evidence_discard")).status_code == 409
    page.refresh_from_db()
    assert page.binned_at is None


def test_a_binned_page_answers_409_to_other_steps(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    writing.discard(page, by=cast.trainee)
    for name in ("evidence_share", "evidence_archive", "evidence_discard"):
        assert priya.post(url(page, name), {"on": "yes"}).status_code == 409


def test_a_step_taken_twice_is_recorded_once_where_it_changes_nothing(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    for name, kind in (("evidence_share", "evidence shared"), ("evidence_archive", "evidence archived")):
        for _ in range(2):
            assert priya.post(url(page, name), {"on": "yes"}).status_code == 302
        assert Event.objects.filter(kind=kind).count() == 1


@pytest.mark.parametrize("name", ["evidence_share", "evidence_archive", "evidence_recover"])
def test_a_step_is_never_taken_by_a_link(priya: Client, cast: Cast, name: str) -> None:
    assert priya.get(url(make.page(cast.portfolio), name)).status_code == 405


@pytest.mark.parametrize("name", ["evidence", "evidence_edit", "evidence_history", "evidence_discard"])
def test_no_other_method_does_anything(priya: Client, cast: Cast, name: str) -> None:
    page = make.page(cast.portfolio)
    for method in (priya.put, priya.patch, priya.delete):
        assert method(url(page, name)).status_code == 405


@pytest.mark.parametrize("name", STEPS)
def test_only_its_trainee_takes_a_step(client: Client, cast: Cast, name: str) -> None:
    page = make.page(cast.portfolio)
    writing.share(page, on=True, by=cast.trainee)
    for who, status in (
        (cast.officer, 403),
        (cast.administrator, 403),
        (cast.assessor, 404),
        (cast.other_trainee, 404),
    ):
        client.force_login(who)
        assert client.post(url(page, name), {"on": "no"}).status_code == status
    page.refresh_from_db()
    assert (page.shared, page.archived_at, page.binned_at) == (True, None, None)


def test_in_a_closed_portfolio_the_page_is_read_without_buttons(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    html = read(priya, page)
    assert re.findall(r'<form method="post" action="/portfolios/', html) == []
    assert priya.post(url(page, "evidence_share"), {"on": "yes"}).status_code == 403
    assert priya.get(url(page, "evidence_discard")).status_code == 403


def test_very_long_words_and_names_are_shown_whole(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, "W" * 200, "v" * 5000)
    make.attachment(page, "n" * 140 + ".pdf")
    html = read(priya, page)
    assert ("W" * 200 in html, "v" * 5000 in html, "n" * 140 + ".pdf" in html) == (True, True, True)
