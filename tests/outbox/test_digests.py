"""Each person's choice: each mail at once, or one a day with all of them."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connections, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import MailChoice, User
from outbox import digests
from outbox.delivery import deliver
from outbox.digest_text import narrow
from outbox.models import Mail
from portfolio.due import run_due, still_theirs
from portfolio.models import Role
from portfolio.states import RoleKind
from tests import make
from tests.cast import Cast, assemble

pytestmark = pytest.mark.django_db
Clock = time_machine.Traveller


@pytest.fixture
def cast() -> Cast:
    cast = assemble()
    User.objects.filter(pk=cast.assessor.pk).update(mail_choice=MailChoice.DAILY)
    cast.assessor.refresh_from_db()
    return cast


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Nine in the evening, when the digest of the day has gone."""
    with time_machine.travel(timezone.localtime().replace(hour=21, minute=0), tick=False) as traveller:
        yield traveller


def to(person: User) -> list[str]:
    """The subjects of what has left to somebody."""
    return [one.subject for one in mail.outbox if one.to == [person.email]]


def test_who_wants_mail_at_once_gets_it_at_once_and_who_wants_a_digest_waits(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        make.in_review(cast.portfolio, cast.assessor)
        make.in_review(cast.portfolio, cast.second_assessor, number=2)
    assert to(cast.second_assessor) == ["Priya Raman asks you for a decision: S-C1 2"]
    assert to(cast.assessor) == []


def test_the_digest_holds_all_that_waited_and_their_texts_go(cast: Cast, clock: Clock) -> None:
    digests.collect(make.today() - timedelta(days=1), still_theirs)
    items = [make.in_review(cast.portfolio, cast.assessor, number=number) for number in (1, 2)]
    clock.shift(timedelta(hours=9, minutes=59))  # 6:59
    run_due()
    assert to(cast.assessor) == []
    clock.shift(timedelta(minutes=1))
    assert "digests: 1 made" in run_due()
    (sent,) = [one for one in mail.outbox if one.to == [cast.assessor.email]]
    assert sent.subject == "STP Portfolio: 2 messages"
    assert sent.body.startswith("Hello Maya Lind,\n\nPriya Raman asks you for a decision: S-C1 1\n\nPriya Raman asks")
    for item in items:
        assert f"/reviewing/{item.submission.sid}/" in sent.body
    assert reverse("account_mail") in sent.body
    digest = Mail.objects.get(kind="digest")
    assert set(digest.collected.values_list("kind", "subject", "text")) == {("submit", "", "")}
    assert (digest.person, digest.digest_on, digest.text) == (cast.assessor, make.today(), "")


def test_there_is_one_a_day_and_none_without_anything_to_tell(cast: Cast, clock: Clock) -> None:
    clock.shift(timedelta(hours=12))
    assert "digests: 0 made" in run_due()
    make.in_review(cast.portfolio, cast.assessor)
    assert "digests: 1 made" in run_due()
    make.in_review(cast.portfolio, cast.assessor, number=2)
    assert "digests: 0 made" in run_due()
    assert to(cast.assessor) == ["STP Portfolio: Priya Raman asks you for a decision: S-C1 1"]
    clock.shift(timedelta(days=1))
    assert "digests: 1 made" in run_due()
    assert len(to(cast.assessor)) == 2


def test_whose_role_has_ended_is_not_told_what_waited_for_them(cast: Cast, clock: Clock) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    Role.objects.filter(portfolio=cast.portfolio, user=cast.assessor).update(ends_on=make.today())
    clock.shift(timedelta(days=1))
    assert "digests: 0 made" in run_due()
    waited = Mail.objects.get(person=cast.assessor)
    assert (waited.text, waited.last_failure, bool(waited.given_up_at)) == ("", "no longer theirs to hear", True)


def test_what_a_digest_that_has_not_left_holds_is_asked_once_more_when_it_does(cast: Cast, clock: Clock) -> None:
    """The mail server was away while the role in one of two portfolios ended, and then the other."""
    role = Role.objects.get(portfolio=cast.other, user=cast.assessor, kind=RoleKind.ASSESSOR)
    make.in_review(cast.portfolio, cast.assessor)
    make.in_review(cast.other, cast.assessor)
    Mail.objects.filter(for_digest=True).update(text=Concat("text", Value("\n\n- - -\n\nRegards")))
    clock.shift(timedelta(days=1))
    assert digests.collect(make.today(), still_theirs) == 1
    digest = Mail.objects.get(kind="digest")
    both = digest.text
    assert narrow(digest, still_theirs)
    assert (digest.subject, digest.text) == ("STP Portfolio: 2 messages", both)
    Role.objects.filter(portfolio=cast.portfolio, user=cast.assessor).update(ends_on=make.today() - timedelta(days=1))
    deliver()
    (sent,) = [one for one in mail.outbox if one.to == [cast.assessor.email]]
    assert sent.subject == "STP Portfolio: Tom Okafor asks you for a decision: S-C1 1"
    assert (sent.body.count("Regards"), "Priya" in sent.body, reverse("account_mail") in sent.body) == (1, False, True)
    clock.shift(timedelta(days=1))
    make.in_review(cast.other, cast.assessor, number=2)
    digests.collect(make.today(), still_theirs)
    role.ends_on = make.today() - timedelta(days=1)
    role.save()
    deliver()
    assert len(to(cast.assessor)) == 1
    last = Mail.objects.filter(kind="digest").latest("pk")
    assert (last.text, last.last_failure, bool(last.given_up_at)) == ("", "no longer theirs to hear", True)


def test_somebody_deactivated_gets_no_digest(cast: Cast, clock: Clock) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    User.objects.filter(pk=cast.assessor.pk).update(is_active=False)
    clock.shift(timedelta(hours=12))
    assert "digests: 0 made" in run_due()
    assert Mail.objects.get(person=cast.assessor).text == ""


@pytest.mark.parametrize(
    ("who", "has"),
    [
        ("trainee", True),
        ("officer", True),
        ("assessor", True),
        ("administrator", True),
        ("former_officer", False),
        ("future_assessor", True),  # who will supervise a placement is told before
        ("other_officer", False),
        ("other_cohort_administrator", False),
        ("stranger", False),
    ],
)
def test_who_has_a_part_in_a_portfolio(cast: Cast, who: str, has: bool) -> None:
    assert still_theirs(Mail(person=cast.people()[who], about=cast.portfolio.ref)) is has


def test_a_person_chooses_and_what_waited_leaves_when_they_want_it_at_once(
    cast: Cast, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    waits = Mail.objects.get(person=cast.assessor)
    client.force_login(cast.assessor)
    page = client.get(reverse("account_mail")).content.decode()
    assert "When do you want mail?" in page
    with transaction.atomic():
        client.post(reverse("account_mail"), {"mail_choice": "daily"})
        assert Mail.objects.get(pk=waits.pk).for_digest
    answer = client.post(reverse("account_mail"), {"mail_choice": "at_once"}, follow=True)
    assert "Saved. Mail comes at once." in answer.content.decode()
    assert User.objects.get(pk=cast.assessor.pk).mail_choice == MailChoice.AT_ONCE
    run_due()
    assert to(cast.assessor) == ["Priya Raman asks you for a decision: S-C1 1"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [({}, "Choose when you want mail."), ({"mail_choice": "never"}, "Choose one of the two.")],
)
def test_nothing_and_anything_else_is_no_choice(cast: Cast, client: Client, sent: dict[str, str], said: str) -> None:
    client.force_login(cast.assessor)
    answer = client.post(reverse("account_mail"), sent)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert User.objects.get(pk=cast.assessor.pk).mail_choice == MailChoice.DAILY


def test_nobody_chooses_for_somebody_else(cast: Cast, client: Client) -> None:
    client.force_login(cast.officer)
    client.post(reverse("account_mail"), {"mail_choice": "daily", "id": cast.trainee.pk, "pk": cast.trainee.pk})
    daily = User.objects.filter(mail_choice=MailChoice.DAILY).order_by("pk")
    assert list(daily) == [cast.officer, cast.assessor]


def test_the_database_holds_the_choice_and_one_digest_a_day(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="a_mail_choice_is_a_known_word"), transaction.atomic():
        User.objects.filter(pk=cast.trainee.pk).update(mail_choice="never")
    Mail.objects.create(person=cast.trainee, kind="digest", digest_on=make.today())
    with pytest.raises(IntegrityError), transaction.atomic():
        Mail.objects.create(person=cast.trainee, kind="digest", digest_on=make.today())
    one = Mail.objects.create(person=cast.trainee, kind="submit")
    with pytest.raises(IntegrityError, match="what_stands_in_a_digest_leaves_with_it"), transaction.atomic():
        Mail.objects.filter(pk=one.pk).update(digest=one)
    with pytest.raises(IntegrityError, match="a_mail_that_has_left_keeps_no_text"), transaction.atomic():
        Mail.objects.filter(pk=one.pk).update(digest=one, for_digest=True, text="It counts.")


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_make_one_digest() -> None:
    person = make.person("Maya Lind")
    for day in range(8):
        on = make.today() + timedelta(days=day)
        Mail.objects.create(person=person, kind="submit", subject="One", text="One.", for_digest=True)
        start, made = Barrier(3), []

        def work() -> None:
            start.wait()  # noqa: B023
            made.append(digests.collect(on, lambda _: True))  # noqa: B023
            connections.close_all()

        workers = [Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert sorted(made) == [0, 0, 1]
    assert Mail.objects.filter(kind="digest").count() == 8
    assert Mail.objects.filter(kind="submit", digest=None).count() == 0
