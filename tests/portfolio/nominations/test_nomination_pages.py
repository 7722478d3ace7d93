"""Naming somebody new on the page, and the page on which the officer answers."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portfolio.models import Activity, Nomination, Organisation, Portfolio, Submission
from portfolio.states import NominationState
from portfolio.workflow.activities import newest_revisions
from portfolio.workflow.nominations.likeness import flags, misnamed, outside
from tests import make
from tests.cast import Cast

GRACE = {
    "new_name": "Grace Hall",
    "new_address": "grace.hall@example.org",
    "new_post": "Consultant Clinical Scientist",
    "new_registration": "CS04567",
}


def submit_address(cast: Cast) -> str:
    return reverse("submit", args=[cast.portfolio.ref])


def filled(activity: Activity, **changed: Any) -> dict[str, Any]:
    key = f"{activity.module.code}-{activity.number}"
    pages = [revision.pk for revision in newest_revisions(activity)]
    return {"assessor": 0, "declared": "on", f"{key}-chosen": "on", f"{key}-pages": pages, **GRACE, **changed}


def as_(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def address(row: Nomination) -> str:
    return reverse("nomination", args=[row.portfolio.ref, row.nid])


def errors(response: HttpResponse) -> dict[str, list[str]]:
    return {name: list(said) for name, said in response.context["form"].errors.items()}


def test_a_trainee_names_somebody_new_in_the_form(cast: Cast, client: Client) -> None:
    activity = make.drafted(cast.portfolio)
    response = as_(client, cast.trainee).post(submit_address(cast), filled(activity), follow=True)
    row = Nomination.objects.get()
    assert (row.name, row.address, row.post, row.registration) == tuple(GRACE.values())
    assert "Submitted: S-C1 1. Your training officer is asked to approve Grace Hall." in response.text
    assert "The training officer has still to approve Grace Hall. Nobody can decide until then." in response.text
    lists = client.get(reverse("submissions", args=[cast.portfolio.ref])).text
    assert "The training officer has still to approve Grace Hall." in lists
    assert "Grace Hall" in client.get(reverse("people", args=[cast.portfolio.ref])).text
    assert "Grace Hall (to be approved" in client.get(reverse("activity", args=[cast.portfolio.ref, "S-C1", 1])).text
    assert "Submitted S-C1 1 to somebody new" in client.get(reverse("history", args=[cast.portfolio.ref])).text


def test_a_wrong_address_is_said_at_its_box_and_nothing_typed_is_lost(cast: Cast, client: Client) -> None:
    activity = make.drafted(cast.portfolio)
    typed = "grace@example.org, all@example.org"
    response = as_(client, cast.trainee).post(submit_address(cast), filled(activity, new_address=typed))
    assert response.status_code == 422
    assert errors(response) == {"new_address": ["Enter one e-mail address, such as name@hospital.example."]}
    form = response.context["form"]
    assert [form[name].value() for name in GRACE] == ["Grace Hall", typed, *list(GRACE.values())[2:]]
    assert response.context["rows"][0][1]["chosen"].value() is True
    assert Submission.objects.count() == 0


@pytest.mark.parametrize("ending", ["\r\nBcc: all@example.org", "\nx@example.org", "\u2028x@example.org", "\x0bx"])
def test_an_address_with_a_line_break_is_refused(cast: Cast, client: Client, ending: str) -> None:
    activity = make.drafted(cast.portfolio)
    response = as_(client, cast.trainee).post(
        submit_address(cast), filled(activity, new_address=f"grace@example.org{ending}")
    )
    assert (response.status_code, list(errors(response))) == (422, ["new_address"])
    assert Nomination.objects.count() == 0


def test_somebody_new_beside_an_assessor_from_the_list_is_asked_about(cast: Cast, client: Client) -> None:
    activity = make.drafted(cast.portfolio)
    response = as_(client, cast.trainee).post(submit_address(cast), filled(activity, assessor=cast.assessor.pk))
    assert response.status_code == 422
    said = "You entered somebody new. Choose “Somebody who is not in this list” above, or empty these boxes."
    assert errors(response) == {"new_name": [said]}


def test_the_trainee_names_somebody_new_instead_and_the_officer_is_offered_no_boxes(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    where = reverse("submission_redirect", args=[cast.portfolio.ref, item.submission.sid])
    assert "new_name" not in as_(client, cast.officer).get(where).context["form"].fields
    response = as_(client, cast.trainee).post(where, {"assessor": 0, **GRACE}, follow=True)
    assert "Your training officer is asked to approve Grace Hall: S-C1 1." in response.text
    assert Nomination.objects.get().submission == item.submission


# --- the officer --------------------------------------------------------------------------------------------------


def test_it_waits_in_the_queue_of_the_officer_and_leads_to_its_page(cast: Cast, client: Client) -> None:
    row = make.nominated(cast.portfolio)
    make.declined(make.nominated(cast.portfolio, 2), cast.officer)
    for person, there in ((cast.officer, True), (cast.coordinator, True), (cast.other_officer, False)):
        response = as_(client, person).get(reverse("reviewing"))
        duties = [(duty.title, duty.href) for duty in response.context["duties"]]
        wanted = [("Priya Raman: approve Grace Hall as assessor", address(row))] if there else []
        assert duties == wanted


def test_a_portfolio_with_several_who_are_named_is_led_once(cast: Cast, client: Client) -> None:
    for number in (1, 2, 3):
        make.nominated(cast.portfolio, number)
    response = as_(client, cast.officer).get(reverse("reviewing"))
    assert len(response.context["duties"]) == 3
    assert response.context["leads"] is True


def test_the_officer_sees_who_names_whom_and_approves(cast: Cast, client: Client) -> None:
    who = make.nominee("Eve Nolan", cast.stranger.email, post="Consultant")
    row = make.nominated(cast.portfolio, who=who)
    page = as_(client, cast.officer).get(address(row)).text
    for said in (
        f'a decision on <a href="{reverse("submission", args=[cast.portfolio.ref, row.submission.sid])}">S-C1 1</a>',
        who.address,
        "Consultant",
        "account of <b>Eve Nolan",
    ):
        assert said in page
    response = client.post(address(row), {"step": "approve nomination"}, follow=True)
    assert "Approved: Eve Nolan is asked to decide." in response.text
    assert Nomination.objects.get().state == NominationState.APPROVED
    assert "Approved by Ana Reyes" in client.get(address(row)).text
    assert as_(Client(), cast.stranger).get(reverse("review", args=[row.submission.sid])).status_code == 200


def test_the_officer_declines_with_a_word_that_the_trainee_reads(cast: Cast, client: Client) -> None:
    row = make.nominated(cast.portfolio)
    response = as_(client, cast.officer).post(address(row), {"step": "decline nomination", "reason": ""})
    assert (response.status_code, errors(response)) == (
        422,
        {"reason": ["Say why in a word: the trainee reads it."]},
    )
    client.post(address(row), {"step": "decline nomination", "reason": "Ask Maya."})
    where = reverse("submission", args=[cast.portfolio.ref, row.submission.sid])
    page = as_(client, cast.trainee).get(where).text
    assert "Ana Reyes has not approved Grace Hall: “Ask Maya.” Choose another assessor." in page
    assert client.get(reverse("submission_redirect", args=[cast.portfolio.ref, row.submission.sid])).status_code == 200
    assert "With nobody" in client.get(reverse("activity", args=[cast.portfolio.ref, "S-C1", 1])).text


def test_a_second_answer_is_told_that_it_came_too_late(cast: Cast, client: Client) -> None:
    row = make.declined(make.nominated(cast.portfolio), cast.officer)
    typed = {"step": "decline nomination", "reason": "Ask Femi: she saw it."}
    response = as_(client, cast.coordinator).post(address(row), typed)
    assert response.status_code == 409
    assert "The nomination of Grace Hall has changed since this page was opened" in response.text
    assert response.context["lost"] == [("“A word to the trainee”", "Ask Femi: she saw it.")]
    assert "Ask Femi: she saw it.</textarea>" in response.text


def test_a_row_that_was_tampered_with_is_shown_as_doubted(cast: Cast, client: Client) -> None:
    row = make.declined(make.nominated(cast.portfolio), cast.officer)
    assert "Record does not agree" not in as_(client, cast.trainee).get(address(row)).text
    Nomination.objects.update(address="other@example.org")
    assert "Record does not agree" in client.get(address(row)).text


# --- what speaks for caution --------------------------------------------------------------------------------------


def likeness(of: Portfolio, **fields: str) -> list[str]:
    return flags(Nomination(portfolio=of, **({"name": "Grace Hall", "address": "g.hall@example.net"} | fields)))


@pytest.fixture
def priya(cast: Cast) -> Portfolio:
    User.objects.filter(pk=cast.trainee.pk).update(email="priya.raman@example.org", registration_number="HCPC CS-01234")
    return Portfolio.objects.get(pk=cast.portfolio.pk)


@pytest.mark.parametrize(
    "address",
    ["priya.raman+2@example.org", "PRIYA.Raman@Example.ORG", "priyaraman@example.org", "p.r.i.y.a.raman+x@example.org"],
)
def test_the_trainees_address_written_in_another_way_is_flagged(priya: Portfolio, address: str) -> None:
    assert likeness(priya, address=address) == ["The address is that of Priya Raman, written in another way."]


@pytest.mark.parametrize("name", ["Priya Raman", "RAMAN, Priya", "Dr. Príya  Raman"])
def test_the_trainees_name_is_flagged(priya: Portfolio, name: str) -> None:
    assert likeness(priya, name=name) == ["The name is that of Priya Raman."]


def test_the_trainees_name_with_a_middle_name_more_or_less_is_flagged(priya: Portfolio) -> None:
    alike = ["The name is like that of Priya Raman."]
    assert [likeness(priya, name=name) for name in ("Priya Asha Raman", "Raman", "Priya Rao")] == [alike, [], []]
    User.objects.filter(pk=priya.trainee_id).update(name="Priya Asha Raman")
    whole = Portfolio.objects.get(pk=priya.pk)
    assert likeness(whole, name="Dr Priya Raman") == ["The name is like that of Priya Asha Raman."]


def test_the_trainees_name_with_initials_is_flagged(priya: Portfolio) -> None:
    alike = ["The name is like that of Priya Raman."]
    for name in ("P Raman", "P. Raman", "RAMAN P", "Dr P Raman", "Priya R."):
        assert likeness(priya, name=name) == alike, name
    for name in ("Q Raman", "P R", "P Rao", "Peter Raman"):
        assert likeness(priya, name=name) == [], name
    User.objects.filter(pk=priya.trainee_id).update(name="Priya Asha Raman")
    whole = Portfolio.objects.get(pk=priya.pk)
    for name in ("P Raman", "A Raman", "PA Raman", "P. A. Raman", "Priya A Raman"):
        assert likeness(whole, name=name) == ["The name is like that of Priya Asha Raman."], name
    User.objects.filter(pk=priya.trainee_id).update(name="P Raman")
    assert likeness(Portfolio.objects.get(pk=priya.pk), name="Peter Raman") == ["The name is like that of P Raman."]


def test_letters_of_other_alphabets_that_look_like_the_trainees_are_flagged(priya: Portfolio) -> None:
    for name in (
        "Priy\N{CYRILLIC SMALL LETTER A} Raman",
        "\N{CYRILLIC CAPITAL LETTER ER}riya Raman",
        "Priya R\N{GREEK SMALL LETTER ALPHA}m\N{GREEK SMALL LETTER ALPHA WITH TONOS}n",
        "Pr\N{LATIN SMALL LETTER DOTLESS I}ya Raman",
        "\N{FULLWIDTH LATIN CAPITAL LETTER P}riya Raman",
    ):
        assert likeness(priya, name=name) == ["The name is that of Priya Raman."], ascii(name)
    assert likeness(priya, name="\N{CYRILLIC CAPITAL LETTER ER}. Raman") == ["The name is like that of Priya Raman."]
    assert likeness(priya, registration="\N{CYRILLIC CAPITAL LETTER ES}S01234") == [
        "The registration number is that of Priya Raman."
    ]
    assert likeness(priya, name="\N{CYRILLIC CAPITAL LETTER DE}riya Raman") == []


@pytest.mark.parametrize("number", ["CS01234", "HCPC cs 01234", "cs-01234"])
def test_the_trainees_registration_number_is_flagged(priya: Portfolio, number: str) -> None:
    assert likeness(priya, registration=number) == ["The registration number is that of Priya Raman."]


def test_the_trainees_second_address_is_flagged(priya: Portfolio) -> None:
    assert likeness(priya, address="priya.raman@example.net") == [
        "The address begins like that of Priya Raman: priya.raman@example.org."
    ]


def test_somebody_else_is_not_flagged(priya: Portfolio, client: Client) -> None:
    """The positive control."""
    assert likeness(priya, registration="CS04567") == []
    User.objects.filter(pk=priya.trainee_id).update(registration_number="")
    assert likeness(Portfolio.objects.get(pk=priya.pk), registration="") == []


def test_the_officer_reads_the_flags_and_the_trainee_does_not(cast: Cast, client: Client) -> None:
    row = make.nominated(cast.portfolio, who=make.nominee("Priya Raman", "second@example.org"))
    assert "This may be Priya Raman" in as_(client, cast.officer).get(address(row)).text
    for person in (cast.trainee, cast.administrator):
        assert "This may be" not in as_(client, person).get(address(row)).text


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ({"name": "Raman, Priya"}, "name is that of Priya Raman."),
        ({"registration_number": "CS 01234"}, "registration number is that of Priya Raman."),
        ({"email": "priya.raman@example.net"}, "address begins like that of Priya Raman: priya.raman@example.org."),
    ],
)
def test_an_account_like_the_trainees_is_flagged_whatever_name_was_typed(
    priya: Portfolio, account: dict[str, str], said: str
) -> None:
    person = make.person(**{"name": "Grace Hall", "email": "grace@example.net"} | account)
    row = Nomination(portfolio=priya, name="Somebody Else", address="grace@example.net")
    assert flags(row, person) == [f"Of whoever has this address here, the {said}"]


def test_what_was_typed_and_is_the_accounts_too_is_flagged_once(priya: Portfolio) -> None:
    person = make.person("Priya Raman", email="grace@example.net")
    row = Nomination(portfolio=priya, name="Priya Raman", address="grace@example.net")
    assert flags(row, person) == ["The name is that of Priya Raman."]


def test_a_typed_name_that_is_not_the_accounts_is_told(priya: Portfolio) -> None:
    person = make.person("Grace Hall", email="grace@example.net")
    row = Nomination(portfolio=priya, name="Somebody Else", address="grace@example.net")
    assert misnamed(row, person) == ("The name that was typed is Somebody Else, but the address is that of Grace Hall.")
    row.name = "Dr. HALL, Grace"
    assert (misnamed(row, person), misnamed(row, None), flags(row, person)) == ("", "", [])


def test_the_officer_reads_that_the_address_is_of_somebody_like_the_trainee_and_of_another_name(
    cast: Cast, client: Client
) -> None:
    make.person("Priya Raman", email="second@example.org")
    row = make.nominated(cast.portfolio, who=make.nominee("Somebody Else", "second@example.org"))
    page = as_(client, cast.officer).get(address(row)).text
    assert "This may be Priya Raman" in page
    assert "Of whoever has this address here, the name is that of Priya Raman." in page
    assert "The name that was typed is Somebody Else, but the address is that of Priya Raman." in page


def test_an_address_outside_the_organisation_is_named(cast: Cast) -> None:
    of = cast.portfolio
    of.organisation = Organisation.objects.create(name="St Elsewhere", mail_domains="trust.example.org\nNHS.example")

    def of_address(address: str) -> str:
        return outside(Nomination(portfolio=of, name="G", address=address))

    assert of_address("g@trust.example.org") == of_address("g@labs.nhs.example") == ""
    for address in ("g@example.org", "g@nottrust.example.org", "g@trust.example.org.evil.example"):
        assert of_address(address) == "The address lies outside the mail domains of St Elsewhere."
    of.organisation = None
    assert of_address("g@trust.example.org").startswith(
        "Whether the address is one of your organisation cannot be told"
    )
