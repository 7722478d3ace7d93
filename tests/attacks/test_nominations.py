"""Attacks by way of a new assessor (security.md 21 to 24, 43, 77). Each has its positive control in the same set-up."""

import json
import logging
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Event
from config.logs import OneLine
from portfolio import access
from portfolio.models import Decision, Item, Nomination, Portfolio, SignLink
from portfolio.workflow import Incomplete, NotAllowed, perform
from portfolio.workflow.nominations import flags
from tests import make
from tests.attacks.test_sign_off import answer, as_, desk
from tests.cast import Cast
from tests.portfolio.one_off.test_signing_by_link import Thing, decisions, form

GRACE = "grace.hall@example.org"


@pytest.fixture(params=["submission", "assessment"])
def asked(request: pytest.FixtureRequest, cast: Cast) -> tuple[Thing, str]:
    """What somebody without an account is asked for, and the key of their link."""
    if request.param == "assessment":
        return make.linked_to_assess(make.with_assessments(cast.portfolio), cast.officer)
    return make.linked(cast.portfolio, cast.officer)


def at(token: str, what: str = "sign") -> str:
    return reverse(what, args=[token])


def proved(client: Client, token: str) -> Client:
    client.post(at(token, "sign_code"))
    assert client.post(at(token, "sign_prove"), {"code": make.coded()}).status_code == 302
    return client


# --- 21: a second self --------------------------------------------------------------------------------------------


def test_21_a_second_address_of_the_trainee_is_flagged_and_signs_nothing_before_the_officer_says_so(
    cast: Cast, client: Client
) -> None:
    User.objects.filter(pk=cast.trainee.pk).update(email="priya.raman@example.org", registration_number="CS01234")
    tries = [
        make.nominee("Grace Hall", "priya.raman+assessor@example.org"),
        make.nominee("Grace Hall", "p.riyaraman@EXAMPLE.org"),
        make.nominee("Raman Priya", "pr@elsewhere.example"),
        make.nominee("Grace Hall", GRACE, registration="HCPC CS-01234"),
    ]
    for number, who in enumerate(tries[:3], start=1):
        row = make.nominated(cast.portfolio, number, who=who)
        assert flags(row) != [], who
        assert (
            "This may be Priya Raman"
            in as_(client, cast.officer).get(reverse("nomination", args=[cast.portfolio.ref, row.nid])).text
        )
        assert (SignLink.objects.count(), row.submission.addressees.count()) == (0, 0)
    of = Portfolio.objects.get(pk=cast.portfolio.pk)
    assert flags(Nomination(portfolio=of, **vars(tries[3]))) == ["The registration number is that of Priya Raman."]
    assert not any("/sign/" in str(letter.body) for letter in mail.outbox)


def test_21_the_trainees_own_address_is_neither_named_nor_approved(cast: Cast) -> None:
    with pytest.raises(Incomplete):
        make.nominated(cast.portfolio, who=make.nominee("Grace Hall", cast.trainee.email.title()))
    row = make.nominated(cast.portfolio, 2)
    User.objects.filter(pk=cast.trainee.pk).update(email=GRACE)
    with pytest.raises(Incomplete):
        perform("approve nomination", row, by=cast.officer)


def test_21_nobody_approves_but_who_leads(cast: Cast, client: Client) -> None:
    row = make.nominated(cast.portfolio)
    where = reverse("nomination", args=[cast.portfolio.ref, row.nid])
    for name, person in cast.people().items():
        if name not in ("officer", "coordinator"):
            status = as_(Client(), person).post(where, {"step": "approve nomination"}).status_code
            assert status in (302, 401, 403, 404), name
            assert SignLink.objects.count() == 0, name
    assert as_(client, cast.officer).post(where, {"step": "approve nomination"}).status_code == 302
    assert SignLink.objects.count() == 1


# --- 22: links that are not yet, no longer, or not theirs ---------------------------------------------------------


def test_22_who_is_named_and_not_approved_has_nothing(cast: Cast, client: Client) -> None:
    row = make.nominated(cast.portfolio, who=make.nominee(cast.stranger.name, cast.stranger.email))
    item = row.submission.items.get()
    browser = as_(client, cast.stranger)
    assert browser.get(desk(item)).status_code == 404
    assert browser.post(desk(item), answer(item)).status_code == 404
    assert access.what_waits(cast.stranger) == []
    make.approved(row, cast.officer)
    assert browser.post(desk(item), answer(item)).status_code == 302


def test_22_a_link_is_used_once_and_by_nobody_to_whom_it_was_passed_on(
    cast: Cast, client: Client, asked: tuple[Thing, str]
) -> None:
    item, token = asked
    peer = Client()
    for browser, status in ((peer, 403), (as_(Client(), cast.other_trainee), 403), (as_(Client(), cast.trainee), 403)):
        assert browser.post(at(token), form(item)).status_code == status
        assert "Priya" not in peer.get(at(token)).text
    assert decisions() == []
    assert proved(client, token).post(at(token), form(item)).status_code == 200
    for browser in (client, peer):
        assert browser.post(at(token), form(item)).status_code == 410
    assert len(decisions()) == 1


def test_22_a_link_is_bound_to_its_address_and_its_submission(cast: Cast, client: Client) -> None:
    first, token = make.linked(cast.portfolio, cast.officer)
    second = make.in_review(cast.portfolio, cast.assessor, number=2)
    proved(client, token)
    assert client.post(at(token), answer(second)).status_code == 404
    User.objects.filter(email=GRACE).update(email="somebody.else@example.org")
    assert client.post(at(token), answer(first)).status_code == 410
    User.objects.filter(email="somebody.else@example.org").update(email=GRACE)
    assert client.post(at(token), answer(first)).status_code == 200


# --- 23: what only the server says --------------------------------------------------------------------------------


def test_22_a_link_to_one_assessment_is_bound_to_its_address_and_reaches_no_other(cast: Cast, client: Client) -> None:
    of = make.with_assessments(cast.portfolio)
    first, token = make.linked_to_assess(of, cast.officer)
    second = make.asked(of, cast.assessor)
    proved(client, token)
    assert client.post(at(token), form(second)).status_code == 409
    User.objects.filter(email=GRACE).update(email="somebody.else@example.org")
    assert client.post(at(token), form(first)).status_code == 410
    User.objects.filter(email="somebody.else@example.org").update(email=GRACE)
    assert client.post(at(token), form(first)).status_code == 200
    assert [row.manifest_digest for row in decisions()] == [first.digest]


def test_23_a_link_holder_says_nothing_of_who_signs_when_or_of_what(
    cast: Cast, client: Client, asked: tuple[Thing, str]
) -> None:
    item, token = asked
    forged = {
        "signer": str(cast.officer.pk),
        "signer_name": "Ana Reyes",
        "decided_at": "2020-01-01",
        "role": "1",
        "by_link": "",
        "code": "1",
        "submission": "another",
        "proved_address": "other@example.org",
    }
    proved(client, token).post(at(token), form(item) | forged)
    (row,) = decisions()
    assert (row.signer.email, row.signer_name, row.role_kind) == (GRACE, "Grace Hall", "assessor")
    assert (row.by_link, row.proved_address) == (SignLink.objects.get(), GRACE)
    assert row.decided_at.year == make.today().year


def test_23_the_slot_of_another_submission_is_decided_by_no_link(cast: Cast, client: Client) -> None:
    first, token = make.linked(cast.portfolio, cast.officer)
    second, _ = make.linked(cast.portfolio, cast.officer, 2)
    proved(client, token)
    assert client.post(at(token), {**answer(first), **answer(second)}).status_code == 404
    swapped = {**answer(first), "S-C1-1-seen": second.digest}
    assert client.post(at(token), swapped).status_code == 409
    assert Decision.objects.count() == 0
    assert client.post(at(token), answer(first)).status_code == 200


# --- 24: at once (tests/races/test_links.py runs it through the real server) --------------------------------------


def test_24_two_proofs_of_one_link_make_one_decision(asked: tuple[Thing, str]) -> None:
    item, token = asked
    browsers = [proved(Client(), token) for _ in range(3)]
    answers = [browser.post(at(token), form(item)).status_code for browser in browsers]
    assert answers == [200, 410, 410]
    assert len(decisions()) == 1


# --- 43, 77: what gets into logs and mails ------------------------------------------------------------------------


def test_43_no_log_and_no_event_holds_a_token_or_a_code(
    cast: Cast, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        item, token = make.linked(cast.portfolio, cast.officer)
        for path in (at(token), at(token, "sign_code"), f"{at(token)}nothing/", f"/sign/{token}"):
            client.get(path)
            client.post(path, {"code": "000000"})
        code = make.coded()
        client.post(at(token), answer(item))
        proved(client, token).post(at(token), answer(item))
    lines = [OneLine().format(record) for record in caplog.records if not record.name.startswith("django.db")]
    assert len(lines) > 3
    assert [line for line in lines if token in line or code in json.loads(line)["message"]] == []
    told = " ".join(Event.objects.values_list("data", flat=True))
    assert (token in told, code in told) == (False, False)


@pytest.mark.parametrize(
    "fields",
    [
        {"new_name": "Grace\r\nBcc: all@example.org"},
        {"new_address": "grace@example.org\r\nBcc: all@example.org"},
        {"new_address": "grace@example.org,all@example.org"},
        {"new_address": "grace@example.org;all@example.org"},
        {"new_address": '"grace@example.org\nall"@example.org'},
        {"new_name": "x" * 10_000},
        {"new_address": f"{'x' * 10_000}@example.org"},
        {"new_name": "Grace \u202e llaH"},
        {"new_name": "Grace\x00Hall"},
    ],
)
def test_77_a_name_or_an_address_that_is_more_than_one_line_or_one_address_is_422(
    cast: Cast, client: Client, fields: dict[str, Any]
) -> None:
    make.drafted(cast.portfolio)
    pages = [revision.pk for revision in make.newest_revisions(make.activity(cast.portfolio))]
    typed = {"new_name": "Grace Hall", "new_address": GRACE} | fields
    form = {"assessor": 0, "declared": "on", "S-C1-1-chosen": "on", "S-C1-1-pages": pages, **typed}
    where = reverse("submit", args=[cast.portfolio.ref])
    assert as_(client, cast.trainee).post(where, form).status_code == 422
    assert Nomination.objects.count() == 0
    assert client.post(where, form | {"new_name": "Grace Hall", "new_address": GRACE}).status_code == 302


def test_a_former_officer_approves_nothing_and_reads_nothing(cast: Cast, client: Client) -> None:
    row = make.nominated(cast.portfolio)
    where = reverse("nomination", args=[cast.portfolio.ref, row.nid])
    assert as_(client, cast.former_officer).get(where).status_code == 404
    with pytest.raises(NotAllowed):
        perform("approve nomination", row, by=cast.former_officer)
    assert Item.objects.get().submission.addressees.count() == 0
