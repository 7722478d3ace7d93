"""Mail about signing in: it waits in the outbox as all mail does, and what opens an account waits nowhere."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from time_machine import travel

from accounts.adapter import ClosedSignup
from accounts.invitations import verified
from accounts.models import MailChoice, User
from outbox import delivery
from outbox.delivery import deliver
from outbox.models import Mail
from tests import make
from tests.smtp import Dying, NotNow, serving

pytestmark = pytest.mark.django_db
PASSWORD = "a long and private phrase"
NOBODY = "nobody@example.org"


@pytest.fixture
def asha() -> User:
    user = make.person("Asha Rowe", email="asha@example.org", password=PASSWORD, mail_choice=MailChoice.DAILY)
    verified(user)
    return user


@pytest.fixture
def point(settings: Settings) -> Callable[[int], None]:
    """Mail goes to the server at this port from now on."""
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    return lambda port: setattr(settings, "EMAIL_PORT", port)


def ask(email: str, client: Client | None = None) -> None:
    answer = (client or Client()).post("/accounts/password/reset/", {"email": email})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/password/reset/done/")


def links(where: str = "/accounts/") -> list[str]:
    """Those that left, each without the address of this service."""
    words = [word for sent in mail.outbox for word in sent.body.split()]
    return [word.removeprefix(settings.SITE_URL) for word in words if word.startswith(settings.SITE_URL + where)]


def held() -> str:
    """All that the outbox holds, as the database gives it."""
    return str(list(Mail.objects.values()))


def test_who_asks_for_a_link_waits_for_no_mail_server_and_the_link_stands_in_no_table(asha: User) -> None:
    ask(asha.email)
    (row,) = Mail.objects.all()
    assert (row.person, row.kind, row.text, row.for_digest) == (asha, "password reset key", "", False)
    assert (mail.outbox, "://" in held()) == ([], False)
    deliver()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body[:16]) == ([asha.email], "Set your password", "Hello Asha Rowe,")
    assert Client().get(links()[0]).status_code == 302  # it opens the form
    assert links()[0] not in held()


def test_an_address_that_is_nobodys_is_answered_by_the_same_work_and_nothing_is_kept_of_it(asha: User) -> None:
    asked = []
    for email in (asha.email, NOBODY):
        with CaptureQueriesContext(connection) as queries:
            ask(email)
        asked.append([one["sql"].split()[0] for one in queries])
    assert [sum(word == "INSERT" for word in words) for words in asked] == [1, 1]
    assert asked[0] == asked[1]
    deliver()
    assert [(sent.to, sent.subject) for sent in mail.outbox] == [
        ([asha.email], "Set your password"),
        ([NOBODY], "There is no account with this address"),
    ]
    assert f"set a password for {NOBODY}, but no account" in mail.outbox[1].body
    assert [row.person for row in Mail.objects.all()] == [asha]


def test_each_try_writes_a_new_link_and_a_mail_that_two_servers_took_is_not_sent_again(
    asha: User, point: Callable[[int], None]
) -> None:
    ask(asha.email)
    with serving(NotNow()) as port:
        point(port)
        deliver()
    dying = Dying()
    with serving(dying) as port:
        point(port)
        for hours in (1, 2, 3):
            with travel(timezone.now() + timedelta(hours=hours), tick=False):
                deliver()
    bodies = {str(letter.get_payload()) for letter in dying.letters}
    assert (len(dying.letters), len(bodies), set(dying.copies.values())) == (2, 2, {2})
    assert delivery.waiting().count() == 0


def test_what_would_be_of_no_use_any_more_is_not_sent(asha: User) -> None:
    ask(asha.email)
    ask(NOBODY)
    with travel(timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 1), tick=False):
        deliver()
    assert (mail.outbox, delivery.waiting().count()) == ([], 0)
    ask(asha.email)
    Client().force_login(User.objects.get(pk=asha.pk))  # who has signed in since has no use for it: it would be dead
    deliver()
    assert (mail.outbox, delivery.waiting().count()) == ([], 0)
    ask(asha.email)
    deliver()
    assert len(links()) == 1  # but whoever signed in before, and has forgotten it, has


def test_who_confirms_an_address_gets_the_link_when_it_leaves_and_none_once_it_is_confirmed(client: Client) -> None:
    root = User.objects.create_superuser("root@example.org", PASSWORD, name="Root")
    client.post("/accounts/login/", {"login": root.email, "password": PASSWORD})
    (row,) = Mail.objects.all()
    assert (row.kind, row.text, "://" in held()) == ("email confirmation", "", False)
    deliver()
    (link,) = links("/accounts/confirm-email/")
    assert client.get(link).status_code == 200
    Mail.objects.create(person=root, kind="email confirmation", subject="Confirm your e-mail address")
    EmailAddress.objects.update(verified=True)
    deliver()
    assert (len(mail.outbox), delivery.waiting().count()) == (1, 0)


def test_a_changed_password_is_told_at_once_and_in_no_digest(client: Client, asha: User) -> None:
    client.force_login(asha)
    new = "another private phrase"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    deliver()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([asha.email], "Your password was changed")
    assert "\n\nThe password of your account was changed.\n\nThis was done on " in sent.body


def test_a_password_and_the_notice_of_it_are_written_together_or_not_at_all(
    asha: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, reader = Client(raise_request_exception=False), Client(raise_request_exception=False)
    client.force_login(asha)
    ask(asha.email)
    deliver()
    (link,) = links()
    new = "another private phrase"
    words = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    form = reader.get(link)["Location"]
    with monkeypatch.context() as patch:
        patch.setattr("accounts.letters.put", lambda *_, **__: 1 / 0)
        for who, page in ((client, "/accounts/password/change/"), (reader, form)):
            assert who.post(page, words).status_code == 500
            assert User.objects.get(pk=asha.pk).check_password(PASSWORD)
    told = Mail.objects.exclude(kind="password reset key").order_by("pk").values_list("kind", flat=True)
    assert reader.post(form, words).status_code == 302
    assert list(told.all()) == ["password reset"]
    assert User.objects.get(pk=asha.pk).check_password(new)
    other = {"oldpassword": new, "password1": PASSWORD, "password2": PASSWORD}
    client.force_login(User.objects.get(pk=asha.pk))
    assert client.post("/accounts/password/change/", other).status_code == 302
    assert list(told.all()) == ["password reset", "password changed"]


def test_a_mail_that_may_hold_a_key_is_not_written_into_a_table(asha: User) -> None:
    with pytest.raises(ValueError, match="login code may hold a key"):
        ClosedSignup().send_mail("account/email/login_code", asha.email, {"user": asha, "code": "123456"})
    assert not Mail.objects.exists()
