"""People in the admin site: added, corrected, deactivated; never deleted; never upwards."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts.models import User
from audit.models import Event
from outbox.delivery import deliver
from outbox.models import Mail
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/user/"
JO = {"name": "Jo Fielding", "email": "Jo@Example.org", "post": "Clinical Scientist", "registration_number": "CS01234"}


@pytest.fixture
def sue(client: Client) -> User:
    """A superuser, signed in."""
    user = make.person("Sue Oakes", is_superuser=True)
    client.force_login(user)
    return user


def said(client: Client, address: str) -> list[str]:
    return [str(message) for message in client.get(address).context["messages"]]


def events() -> list[tuple[str, dict[str, object]]]:
    return [(event.kind, event.details) for event in Event.objects.filter(chain__name="instance").order_by("seq")]


def test_a_person_added_gets_a_verified_address_and_a_link(client: Client, sue: User) -> None:
    assert client.post(f"{LIST}add/", JO).status_code == 302
    jo = User.objects.get(email="jo@example.org")
    assert (jo.name, jo.post, jo.registration_number, jo.has_usable_password()) == (
        "Jo Fielding",
        "Clinical Scientist",
        "CS01234",
        False,
    )
    assert EmailAddress.objects.filter(user=jo, email=jo.email, verified=True, primary=True).count() == 1
    deliver()
    assert [sent.to for sent in mail.outbox] == [["jo@example.org"]]
    assert "A link to set a password is on its way to Jo Fielding (jo@example.org)." in said(client, LIST)
    assert events() == [("person.add", {"person": jo.pk}), ("person.invite", {"person": jo.pk})]


def test_an_address_that_somebody_has_is_refused_at_its_field(client: Client, sue: User) -> None:
    make.person(email="jo@example.org")
    response = client.post(f"{LIST}add/", JO)
    assert response.context["adminform"].form.errors == {
        "email": ["Somebody already has an account with this e-mail address."]
    }
    assert not Mail.objects.exists()


def test_a_corrected_address_signs_in_and_the_old_one_does_not_count(client: Client, sue: User) -> None:
    jo = make.person(email="old@example.org")
    client.post(f"{LIST}{jo.pk}/change/", {**JO, "is_active": "on"})
    assert list(EmailAddress.objects.values_list("user", "email", "verified")) == [(jo.pk, "jo@example.org", True)]
    ((kind, details),) = events()
    assert (kind, details["person"]) == ("person.change", jo.pk)
    assert details["fields"] == ["email", "post", "registration_number"]


def test_nothing_is_told_when_nothing_changed(client: Client, sue: User) -> None:
    jo = make.person(
        "Jo Fielding", email="jo@example.org", post=JO["post"], registration_number=JO["registration_number"]
    )
    client.post(f"{LIST}{jo.pk}/change/", {**JO, "email": jo.email, "is_active": "on"})
    assert events() == []


def test_a_person_is_deactivated_and_back(client: Client, sue: User) -> None:
    jo = make.person("Jo Fielding", email="jo@example.org")
    facts = {"name": jo.name, "email": jo.email}
    client.post(f"{LIST}{jo.pk}/change/", facts)
    client.post(f"{LIST}{jo.pk}/change/", {**facts, "is_active": "on"})
    assert [kind for kind, _ in events()] == [
        "person.change",
        "person.deactivate",
        "person.change",
        "person.reactivate",
    ]


def test_nobody_deactivates_themselves_or_takes_a_right_by_a_forged_field(client: Client, sue: User) -> None:
    jo = make.person("Jo Fielding", email="jo@example.org")
    client.post(f"{LIST}{sue.pk}/change/", {"name": sue.name, "email": sue.email})
    client.post(f"{LIST}{jo.pk}/change/", {**JO, "is_active": "on", "is_superuser": "on", "is_staff": "on"})
    sue.refresh_from_db()
    jo.refresh_from_db()
    assert (sue.is_active, jo.is_superuser, jo.is_staff) == (True, False, False)


def test_a_person_is_never_deleted(client: Client, sue: User) -> None:
    jo = make.person()
    assert client.get(f"{LIST}{jo.pk}/delete/").status_code == 403
    assert client.post(f"{LIST}{jo.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": [jo.pk], "post": "yes"})
    assert User.objects.filter(pk=jo.pk).exists()


def test_links_are_sent_to_those_chosen_and_not_to_somebody_deactivated(client: Client, sue: User) -> None:
    jo, gone = make.person("Jo Fielding", email="jo@example.org"), make.person("Gil Lowe", is_active=False)
    client.post(LIST, {"action": "send_link", "_selected_action": [jo.pk, gone.pk]})
    deliver()
    assert [sent.to for sent in mail.outbox] == [["jo@example.org"]]
    assert sorted(said(client, LIST)) == [
        "A link to set a password is on its way to Jo Fielding (jo@example.org).",
        f"Gil Lowe ({gone.email}) is not active: no link was sent.",
    ]


@pytest.mark.parametrize("text", ["fielding", "jo@example"])
def test_people_are_found_by_name_and_by_address(client: Client, sue: User, text: str) -> None:
    make.person("Jo Fielding", email="jo@example.org")
    make.person("Gil Lowe", email="gil@example.org")
    rows = client.get(LIST, {"q": text}).context["cl"].result_list
    assert [person.name for person in rows] == ["Jo Fielding"]


# --- an administrator of one programme ----------------------------------------------------------------------------


@pytest.fixture
def ada(client: Client) -> User:
    """An administrator of STP, signed in."""
    user = make.person("Ada Mensah")
    make.administration(user)
    client.force_login(user)
    return user


def others() -> dict[str, User]:
    """People whose account an administrator of STP may not change."""
    superuser, colleague = make.person("Sue Oakes", is_superuser=True), make.person("Ben Adeyemi")
    make.administration(colleague)
    elsewhere = make.curriculum("OTH1-1-24", programme_code="OTH")
    trainee, officer = make.person("Tom Reed"), make.person("Olu Grant")
    make.role(make.portfolio(trainee, elsewhere), officer)
    return {"superuser": superuser, "administrator": colleague, "trainee": trainee, "officer": officer}


def test_an_administrator_changes_nobody_beside_them(client: Client, ada: User) -> None:
    other = others()["administrator"]
    assert client.get(f"{LIST}{other.pk}/change/").status_code == 200
    assert client.post(f"{LIST}{other.pk}/change/", {"name": "X", "email": ada.email}).status_code == 403
    client.post(LIST, {"action": "send_link", "_selected_action": [other.pk]})
    assert not Mail.objects.exists()
    assert said(client, LIST) == [f"You cannot send a link to {other}: you do not manage their account."]


@pytest.mark.parametrize("who", ["superuser", "trainee", "officer"])
def test_an_administrator_does_not_find_those_above_them_and_those_elsewhere(
    client: Client, ada: User, who: str
) -> None:
    other = others()[who]
    assert other not in client.get(LIST).context["cl"].result_list
    assert client.get(f"{LIST}{other.pk}/change/").status_code == 404
    assert client.post(f"{LIST}{other.pk}/change/", {"name": "X", "email": ada.email}).status_code == 404
    client.post(LIST, {"action": "send_link", "_selected_action": [other.pk]})
    assert not Mail.objects.exists()


def test_an_administrator_sees_a_colleague_and_changes_nothing_of_theirs(client: Client, ada: User) -> None:
    colleague = others()["administrator"]
    assert client.get(f"{LIST}{colleague.pk}/change/").status_code == 200
    assert client.post(f"{LIST}{colleague.pk}/change/", {"name": "X", "email": ada.email}).status_code == 403
    client.post(LIST, {"action": "send_link", "_selected_action": [colleague.pk]})
    assert not Mail.objects.exists()
    assert said(client, LIST) == [f"You cannot send a link to {colleague}: you do not manage their account."]


def test_an_administrator_manages_the_people_of_their_programme_and_newcomers(client: Client, ada: User) -> None:
    trainee, officer, newcomer = make.person("Tom Reed"), make.person("Olu Grant"), make.person("Nia Hall")
    make.role(make.portfolio(trainee), officer)
    for person in (trainee, officer, newcomer):
        facts = {"name": person.name, "email": person.email, "post": "Corrected", "is_active": "on"}
        assert client.post(f"{LIST}{person.pk}/change/", facts).status_code == 302
        person.refresh_from_db()
        assert person.post == "Corrected"
