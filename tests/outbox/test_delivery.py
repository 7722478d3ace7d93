"""Mail that waits, against real mail servers: each arrives at least once and at most twice, and its text goes."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import IntegrityError, connections, transaction
from pytest_django.fixtures import Settings

from accounts.models import User
from outbox import delivery
from outbox.models import Mail
from outbox.writing import Letter, Outsider, put
from tests import make
from tests.cast import Cast, assemble
from tests.smtp import Box, Dying, NotNow, NotThat, hanging, hanging_at, refusing, serving

pytestmark = pytest.mark.django_db
Point = Callable[[int], None]


@pytest.fixture
def cast() -> Cast:
    return assemble()


@pytest.fixture
def point(settings: Settings) -> Point:
    """Mail goes to the server at this port from now on."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 0.3

    def at(port: int) -> None:
        settings.EMAIL_PORT = port

    return at


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.timezone.now(), tick=False) as traveller:
        yield traveller


def told(person: User, subject: str = "Signed off: S-C1 1") -> Mail:
    return put([Letter(person, subject, "It counts from now on.")], kind="sign off")[0]


def rounds(count: int, clock: time_machine.Traveller) -> None:
    """So many tries, each as late as a mail may have to wait for its next."""
    for _ in range(count):
        delivery.deliver()
        clock.shift(delivery.LONGEST_DELAY)


def test_a_mail_leaves_once_and_its_text_goes(cast: Cast, point: Point) -> None:
    mail = told(cast.trainee)
    box = Box()
    with serving(box) as port:
        point(port)
        assert str(delivery.deliver()) == "1 delivered, 0 put off, 0 given up"
        assert str(delivery.deliver()) == "0 delivered, 0 put off, 0 given up"
    (letter,) = box.letters
    assert (letter["To"], letter["Subject"]) == (cast.trainee.email, "Signed off: S-C1 1")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert str(letter.get_payload()).splitlines()[:3] == ["Hello Priya Raman,", "", "It counts from now on."]
    mail.refresh_from_db()
    assert (mail.subject, mail.text, mail.claim) == ("", "", "")
    assert (mail.person, mail.kind, mail.attempts) == (cast.trainee, "sign off", 1)
    assert mail.delivered_at is not None


def test_lines_that_begin_with_a_dot_and_words_of_any_language_arrive_as_they_are(cast: Cast, point: Point) -> None:
    put([Letter(cast.trainee, "Übung “eins”", ".\n..two\nnaïve – ✓")], kind="sign off")
    box = Box()
    with serving(box) as port:
        point(port)
        delivery.deliver()
    text = box.letters[0].get_payload(decode=True)
    assert isinstance(text, bytes)
    assert ".\n..two\nnaïve – ✓" in text.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("server", "why"),
    [
        (refusing, "ConnectionRefusedError"),
        (hanging, "SMTPServerDisconnected"),
        (lambda: hanging_at(b"MAIL"), "SMTPServerDisconnected"),
        (lambda: hanging_at(b"DATA"), "SMTPServerDisconnected"),
        (lambda: serving(NotNow()), "the server said 451"),
        (lambda: serving(NotThat()), "the server said 554"),
    ],
    ids=["refuses", "hangs", "hangs after its greeting", "hangs at DATA", "says 451", "says 554 to the text"],
)
def test_a_server_that_takes_nothing_is_tried_until_another_takes_it_once(
    cast: Cast,
    point: Point,
    clock: time_machine.Traveller,
    caplog: pytest.LogCaptureFixture,
    server: Callable[[], AbstractContextManager[int]],
    why: str,
) -> None:
    mail, box = told(cast.trainee), Box()
    with server() as port, caplog.at_level(logging.WARNING, "outbox"):
        point(port)
        rounds(4, clock)
    said = f"Mail {mail.pk} (sign off) to person {cast.trainee.pk} did not leave: {why}"
    assert [record.getMessage() for record in caplog.records if record.name == "outbox.delivery"] == [said] * 4
    mail.refresh_from_db()
    assert (mail.attempts, mail.handed_over, mail.last_failure, mail.claim) == (4, 0, why, "")
    with serving(box) as port:
        point(port)
        rounds(2, clock)
    assert box.copies == {mail.message_id: 1}


def test_a_server_that_dies_after_the_text_gets_it_twice_at_most(
    cast: Cast, point: Point, clock: time_machine.Traveller
) -> None:
    first, second, box = told(cast.trainee), told(cast.officer), Dying()
    with serving(box) as port:
        point(port)
        rounds(5, clock)
    assert box.copies == {first.message_id: 2, second.message_id: 2}
    first.refresh_from_db()
    assert (first.delivered_at, first.handed_over, first.text) == (None, 2, "")
    assert first.given_up_at is not None


def test_a_server_that_died_once_gets_it_again_under_the_same_id(
    cast: Cast, point: Point, clock: time_machine.Traveller
) -> None:
    mail, box = told(cast.trainee), Dying(times=1)
    with serving(box) as port:
        point(port)
        rounds(4, clock)
    assert box.copies == {mail.message_id: 2}
    mail.refresh_from_db()
    assert mail.delivered_at is not None


def test_one_mail_that_is_refused_holds_no_other_up(cast: Cast, point: Point) -> None:
    class NotHer(Box):
        async def handle_RCPT(self, server: object, session: object, envelope: object, address: str, _: object) -> str:
            if address == cast.trainee.email:
                return "550 Nobody here"
            envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]
            return "250 OK"

    told(cast.trainee)
    second, box = told(cast.officer), NotHer()
    with serving(box) as port:
        point(port)
        assert str(delivery.deliver()) == "1 delivered, 1 put off, 0 given up"
    assert box.copies == {second.message_id: 1}


def test_a_server_that_hangs_is_waited_for_once_a_round(cast: Cast, point: Point) -> None:
    told(cast.trainee)
    other = told(cast.officer)
    with hanging() as port:
        point(port)
        assert str(delivery.deliver()) == "0 delivered, 1 put off, 0 given up"
    other.refresh_from_db()
    assert (other.attempts, other.claim) == (0, "")


def test_what_a_killed_worker_held_is_taken_up_when_its_claim_has_ended(
    cast: Cast, point: Point, clock: time_machine.Traveller
) -> None:
    mail, box = told(cast.trainee), Box()
    assert delivery._claimed(mail.pk, "a worker that is killed now") is not None
    with serving(box) as port:
        point(port)
        delivery.deliver()
        assert box.letters == []
        clock.shift(delivery.CLAIM + timedelta(seconds=1))
        delivery.deliver()
    assert box.copies == {mail.message_id: 1}


def test_a_worker_that_was_too_slow_hands_over_nothing(
    cast: Cast, point: Point, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its claim ended, and somebody else holds the mail, between its question to the server and the text."""
    mail, box = told(cast.trainee), Box()
    message = delivery._message

    def slow(row: Mail) -> object:
        Mail.objects.filter(pk=row.pk).update(claim="somebody else")
        return message(row)

    monkeypatch.setattr(delivery, "_message", slow)
    with serving(box) as port:
        point(port)
        assert str(delivery.deliver()) == "0 delivered, 0 put off, 0 given up"
    assert box.letters == []
    mail.refresh_from_db()
    assert (mail.claim, mail.handed_over) == ("somebody else", 0)


def test_each_wait_is_twice_the_last_and_an_hour_at_most() -> None:
    seconds = [delivery.delay(attempts).total_seconds() for attempts in (1, 2, 3, 7, 8, 1000)]
    assert seconds == [30, 60, 120, 1920, 3600, 3600]


def test_after_two_weeks_it_is_given_up_and_its_text_goes(
    cast: Cast, point: Point, clock: time_machine.Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    mail = told(cast.trainee)
    with refusing() as port:
        point(port)
        clock.shift(delivery.GIVE_UP_AFTER)
        delivery.deliver()
        mail.refresh_from_db()
        assert mail.text != ""
        clock.shift(delivery.LONGEST_DELAY)
        with caplog.at_level(logging.ERROR, "outbox"):
            delivery.deliver()
    mail.refresh_from_db()
    assert (mail.text, mail.subject, mail.delivered_at) == ("", "", None)
    said = f"Mail {mail.pk} (sign off) to person {cast.trainee.pk} was given up: ConnectionRefusedError"
    assert caplog.records[-1].getMessage() == said


def test_nothing_is_written_to_somebody_who_is_deactivated(cast: Cast) -> None:
    assert put([Letter(cast.deactivated, "Signed off", "It counts.")], kind="sign off") == []
    assert Mail.objects.count() == 0


def test_nobody_who_is_deactivated_meanwhile_gets_it(cast: Cast, point: Point) -> None:
    mail, box = told(cast.trainee), Box()
    User.objects.filter(pk=cast.trainee.pk).update(is_active=False)
    with serving(box) as port:
        point(port)
        assert str(delivery.deliver()) == "0 delivered, 0 put off, 1 given up"
    assert box.letters == []
    mail.refresh_from_db()
    assert mail.last_failure == "the person is not active"


def test_it_goes_to_the_address_that_a_person_has_when_it_leaves(cast: Cast, point: Point) -> None:
    told(cast.trainee)
    User.objects.filter(pk=cast.trainee.pk).update(email="priya.new@example.org")
    box = Box()
    with serving(box) as port:
        point(port)
        delivery.deliver()
    assert [letter["To"] for letter in box.letters] == ["priya.new@example.org"]


def test_of_a_mail_to_somebody_without_an_account_nothing_stays(
    point: Point, clock: time_machine.Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    put([Letter(Outsider("one@ward.example.org"), "Your feedback", "A link.")], kind="invite respondents")
    with refusing() as port, caplog.at_level(logging.WARNING, "outbox"):
        point(port)
        rounds(1, clock)
    assert [mail.address for mail in Mail.objects.all()] == ["one@ward.example.org"]
    assert "@" not in caplog.text
    box = Box()
    with serving(box) as port:
        point(port)
        rounds(1, clock)
    assert [letter["To"] for letter in box.letters] == ["one@ward.example.org"]
    assert str(box.letters[0].get_payload()).startswith("Hello,")
    assert Mail.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"address": "also@example.org"}, "a_mail_is_to_a_person_or_to_an_address"),
        ({"person": None}, "a_mail_is_to_a_person_or_to_an_address"),
        ({"handed_over": 3}, "a_mail_is_handed_over_twice_at_most"),
        ({"claim": "somebody"}, "a_claim_on_a_mail_has_an_end"),
        ({"delivered_at": make.timezone.now()}, "a_mail_that_has_left_keeps_no_text"),
        (
            {"delivered_at": make.timezone.now(), "given_up_at": make.timezone.now(), "text": "", "subject": ""},
            "a_mail_is_delivered_or_given_up",
        ),
        (
            {"person": None, "address": "a@b.org", "given_up_at": make.timezone.now(), "text": "", "subject": ""},
            "nothing_is_kept_of_a_mail_to_an_address",
        ),
    ],
)
def test_the_database_holds_what_a_mail_may_be(cast: Cast, change: dict[str, object], rule: str) -> None:
    mail = told(cast.trainee)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Mail.objects.filter(pk=mail.pk).update(**change)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_deliver_each_mail_once(point: Point) -> None:
    cast, box = assemble(), Box()
    mails = Mail.objects.bulk_create(
        Mail(person=cast.trainee, kind="sign off", subject=f"Number {at}", text="It counts.") for at in range(20)
    )
    start = Barrier(4)

    def work() -> None:
        start.wait()
        delivery.deliver()
        connections.close_all()

    with serving(box) as port:
        point(port)
        workers = [Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert box.copies == dict.fromkeys([mail.message_id for mail in mails], 1)
    assert set(Mail.objects.values_list("attempts", "handed_over", "text")) == {(1, 1, "")}


def test_a_server_without_the_encryption_that_was_asked_for_gets_nothing(
    cast: Cast, point: Point, settings: Settings
) -> None:
    mail, box = told(cast.trainee), Box()
    settings.EMAIL_USE_TLS = True
    with serving(box) as port:
        point(port)
        delivery.deliver()
    mail.refresh_from_db()
    assert (box.letters, mail.last_failure) == ([], "SMTPNotSupportedError")
