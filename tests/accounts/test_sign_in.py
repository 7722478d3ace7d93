"""Signing in: with an e-mail address, for people that an administrator added, a limited number of times."""

import pytest
from django.contrib.auth import hashers
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.invitations import verified
from accounts.models import User
from outbox.delivery import deliver
from tests import make

pytestmark = pytest.mark.django_db
PASSWORD = "a long and private phrase"


@pytest.fixture
def asha() -> User:
    user = make.person("Asha Rowe", email="asha@example.org", password=PASSWORD)
    verified(user)
    return user


def sign_in(client: Client, email: str = "asha@example.org", password: str = PASSWORD, **headers: str) -> int:
    return client.post("/accounts/login/", {"login": email, "password": password}, **headers).status_code


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("email", ["asha@example.org", "ASHA@Example.org"])
def test_a_person_signs_in_with_their_address_however_it_is_written(client: Client, asha: User, email: str) -> None:
    assert sign_in(client, email) == 302
    assert is_signed_in(client)


def test_a_new_session_begins_at_the_sign_in(client: Client, asha: User) -> None:
    session = client.session
    session["planted"] = "x"
    session.save()
    sign_in(client)
    assert is_signed_in(client)
    assert client.session.session_key != session.session_key


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client: Client, asha: User) -> None:
    pages = [
        client.post("/accounts/login/", {"login": email, "password": "wrong"}).context["form"].errors
        for email in ("asha@example.org", "nobody@example.org")
    ]
    assert (
        pages[0]
        == pages[1]
        == {"__all__": ["The e-mail address or the password is not right. Check both and try again."]}
    )
    assert not is_signed_in(client)


def test_somebody_deactivated_is_told_so_and_gets_no_session(client: Client, asha: User) -> None:
    asha.is_active = False
    asha.save()
    response = client.post("/accounts/login/", {"login": asha.email, "password": PASSWORD}, follow=True)
    assert response.redirect_chain == [("/accounts/inactive/", 302)]
    assert response.status_code == 200
    assert not is_signed_in(client)


def test_a_session_ends_when_its_person_is_deactivated(client: Client, asha: User) -> None:
    sign_in(client)
    assert client.get("/accounts/password/change/").status_code == 200
    User.objects.filter(pk=asha.pk).update(is_active=False)
    assert client.get("/accounts/password/change/").status_code == 302


def test_the_eleventh_guess_on_an_account_is_refused_before_any_password_is_checked(
    client: Client, asha: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = []
    monkeypatch.setattr(hashers.MD5PasswordHasher, "verify", lambda *args: bool(checked.append(args)))
    for guess in range(12):
        client.post("/accounts/login/", {"login": asha.email, "password": f"guess {guess}"})
    assert len(checked) == 10
    monkeypatch.undo()
    refused = client.post("/accounts/login/", {"login": asha.email, "password": PASSWORD})
    assert refused.context["form"].errors == {
        "__all__": ["Too many attempts to sign in. Wait 5 minutes, or reset your password."]
    }
    assert not is_signed_in(client)


def test_guesses_from_many_addresses_count_together_and_a_forged_one_is_not_believed(
    client: Client, asha: User
) -> None:
    for guess in range(10):
        sign_in(client, password="wrong", REMOTE_ADDR=f"192.0.2.{guess}", HTTP_X_FORWARDED_FOR=f"198.51.100.{guess}")
    sign_in(client, REMOTE_ADDR="192.0.2.200", HTTP_X_FORWARDED_FOR="198.51.100.200")
    assert not is_signed_in(client)


def test_another_person_signs_in_while_one_account_is_under_attack(client: Client, asha: User) -> None:
    for _ in range(12):
        sign_in(client, "victim@example.org", "wrong")
    assert sign_in(client) == 302
    assert is_signed_in(client)


def test_sign_up_is_closed(client: Client) -> None:
    facts = {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}
    assert client.get("/accounts/signup/").status_code == 200
    client.post("/accounts/signup/", facts)
    assert not User.objects.filter(email="new@example.org").exists()


@pytest.mark.parametrize("address", ["/accounts/email/", "/accounts/login/code/", "/accounts/login/code/confirm/"])
def test_what_we_do_not_use_of_allauth_is_not_there(client: Client, asha: User, address: str) -> None:
    client.force_login(asha)
    assert client.get(address).status_code == 404


def test_a_password_is_reset_by_a_link_to_this_service_that_works_once(
    client: Client, asha: User, settings: Settings
) -> None:
    settings.SITE_URL = "https://portfolio.example.org"
    client.post("/accounts/password/reset/", {"email": asha.email})
    deliver()
    (sent,) = mail.outbox
    (link,) = [
        word for word in sent.body.split() if word.startswith("https://portfolio.example.org/accounts/password/")
    ]
    set_password = client.get(link.removeprefix(settings.SITE_URL), follow=True).redirect_chain[-1][0]
    client.post(set_password, {"password1": "another private phrase", "password2": "another private phrase"})
    assert sign_in(client, password="another private phrase") == 302
    assert Client().get(link.removeprefix(settings.SITE_URL)).context["token_fail"] is True


def test_asking_for_a_link_tells_nobody_who_has_an_account(client: Client, asha: User) -> None:
    answers = [
        client.post("/accounts/password/reset/", {"email": email}).headers["Location"]
        for email in ("asha@example.org", "nobody@example.org")
    ]
    assert answers == ["/accounts/password/reset/done/"] * 2
