"""Attack 70: the session is a new one when somebody signs in, and dead when they sign out or change their password."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.invitations import password_link, verified
from accounts.models import User
from tests import make

pytestmark = pytest.mark.django_db
PASSWORD, NEW = "a long and private phrase", "another private phrase"
PRIVATE = "/accounts/password/change/"


@pytest.fixture
def asha() -> User:
    user = make.person("Asha Rowe", email="asha@example.org", password=PASSWORD)
    verified(user)
    return user


def signed_in() -> Client:
    client = Client()
    assert client.post("/accounts/login/", {"login": "asha@example.org", "password": PASSWORD}).status_code == 302
    return client


def with_session(key: str) -> Client:
    """A browser that somebody gave this session."""
    client = Client()
    client.cookies["sessionid"] = key
    return client


def session_of(client: Client) -> str:
    return client.cookies["sessionid"].value


def test_a_session_set_before_the_sign_in_is_worth_nothing_after_it(asha: User) -> None:
    session = Client().session
    session["theirs"] = "x"
    session.save()
    known = session.session_key
    victim = with_session(known)
    assert victim.post("/accounts/login/", {"login": asha.email, "password": PASSWORD}).status_code == 302
    assert session_of(victim) != known
    assert victim.get(PRIVATE).status_code == 200
    assert with_session(known).get(PRIVATE).status_code == 302


def test_a_session_that_we_never_gave_is_not_taken_over(asha: User) -> None:
    victim = with_session("a" * 32)
    victim.post("/accounts/login/", {"login": asha.email, "password": PASSWORD})
    assert session_of(victim) != "a" * 32
    assert not Session.objects.filter(session_key="a" * 32).exists()


def test_signing_out_ends_the_session_at_the_server(asha: User) -> None:
    client = signed_in()
    key = session_of(client)
    assert with_session(key).get(PRIVATE).status_code == 200
    client.post("/accounts/logout/")
    assert with_session(key).get(PRIVATE).status_code == 302
    assert not Session.objects.filter(session_key=key).exists()


def test_looking_at_the_page_to_sign_out_signs_nobody_out(asha: User) -> None:
    client = signed_in()
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get(PRIVATE).status_code == 200


def test_a_new_password_gives_a_new_session_and_ends_every_other(asha: User) -> None:
    client, elsewhere = signed_in(), signed_in()
    before = session_of(client)
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post(PRIVATE, typed).status_code == 302
    assert session_of(client) != before
    assert client.get(PRIVATE).status_code == 200
    assert [with_session(key).get(PRIVATE).status_code for key in (before, session_of(elsewhere))] == [302, 302]


def test_a_password_set_by_a_link_ends_every_session(asha: User) -> None:
    elsewhere = signed_in()
    client = Client()
    asha.refresh_from_db()
    link = re.sub(r"^https?://[^/]+", "", password_link(asha))
    form = client.get(link, follow=True).redirect_chain[-1][0]
    assert client.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    assert elsewhere.get(PRIVATE).status_code == 302


def test_a_sign_in_that_another_site_sends_signs_nobody_in(asha: User) -> None:
    """Login CSRF: the victim would write into the attacker's portfolio."""
    typed = {"login": asha.email, "password": PASSWORD}
    for headers in ({}, {"origin": "https://elsewhere.example.org"}):
        victim = Client(enforce_csrf_checks=True, headers=headers)
        victim.get("/accounts/login/")
        assert victim.post("/accounts/login/", typed).status_code == 403
        mark = victim.cookies["csrftoken"].value
        answer = victim.post("/accounts/login/", {**typed, "csrfmiddlewaretoken": mark})
        assert answer.status_code == (403 if headers else 302)  # with its own mark and from here it is taken
        assert ("_auth_user_id" in victim.session) == (not headers)
