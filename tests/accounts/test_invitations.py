"""Letting people in: a verified address, and a link to set a password."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from pytest_django import Settings
from time_machine import travel

from accounts.invitations import invite, password_link, verified
from accounts.models import User
from audit.models import Event
from outbox.delivery import deliver
from outbox.models import Mail
from tests import make

pytestmark = pytest.mark.django_db
PASSWORD = "a long and private phrase"


@pytest.fixture
def jo() -> User:
    return make.person("Jo Fielding", email="jo@example.org")


def addresses(user: User) -> list[tuple[str, bool, bool]]:
    return list(EmailAddress.objects.filter(user=user).values_list("email", "verified", "primary"))


def follow(link: str, settings: Settings, client: Client | None = None) -> Client:
    """Opens the link and sets a password."""
    client = client or Client()
    page = client.get(link.removeprefix(settings.SITE_URL), follow=True)
    if page.redirect_chain:
        client.post(page.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})
    return client


def signs_in(email: str) -> bool:
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    return "_auth_user_id" in client.session


def test_an_invitation_verifies_the_address_and_mails_one_link_to_it(jo: User, settings: Settings) -> None:
    settings.SITE_URL = "https://portfolio.example.org"
    invite([jo])
    deliver()
    assert addresses(jo) == [("jo@example.org", True, True)]
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["jo@example.org"], "Set your password for STP Portfolio")
    assert sent.body.count("https://portfolio.example.org/accounts/password/reset/key/") == 1


def test_the_link_sets_a_password_that_signs_in(jo: User, settings: Settings) -> None:
    invite([jo])
    deliver()
    (link,) = [word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word]
    follow(link, settings)
    assert signs_in("jo@example.org")


def test_the_link_works_once(jo: User, settings: Settings) -> None:
    link = password_link(jo)
    follow(link, settings)
    page = Client().get(link.removeprefix(settings.SITE_URL))
    assert page.context["token_fail"] is True


def test_the_link_runs_out(jo: User, settings: Settings) -> None:
    settings.PASSWORD_RESET_TIMEOUT = 3600
    with travel("2026-03-02 09:00 +0000", tick=False):
        link = password_link(jo)
    with travel("2026-03-02 09:59 +0000", tick=False):
        assert Client().get(link.removeprefix(settings.SITE_URL)).status_code == 302
    with travel("2026-03-02 10:01 +0000", tick=False):
        assert Client().get(link.removeprefix(settings.SITE_URL)).context["token_fail"] is True


def test_the_link_dies_when_the_address_changes(jo: User, settings: Settings) -> None:
    verified(jo)
    link = password_link(jo)
    jo.email = "jo.fielding@example.org"
    jo.save()
    verified(jo)
    assert Client().get(link.removeprefix(settings.SITE_URL)).context["token_fail"] is True


def test_an_invitation_is_told_in_the_chain_of_the_instance(jo: User) -> None:
    sue = make.person("Sue Oakes")
    invite([jo], by=sue)
    (event,) = Event.objects.filter(chain__name="instance")
    assert (event.kind, event.actor_name, event.details) == ("person.invite", "Sue Oakes", {"person": jo.pk})


def test_somebody_deactivated_gets_no_link() -> None:
    gone = make.person(is_active=False)
    assert (invite([gone]), Mail.objects.count(), addresses(gone)) == ([], 0, [])


def test_the_address_of_the_person_is_the_only_one_that_counts(jo: User) -> None:
    EmailAddress.objects.create(user=jo, email="old@example.org", verified=True, primary=True)
    EmailAddress.objects.create(user=make.person(), email="JO@example.org", verified=True, primary=True)
    verified(jo)
    verified(jo)
    assert addresses(jo) == [("jo@example.org", True, True)]
    assert EmailAddress.objects.count() == 1
