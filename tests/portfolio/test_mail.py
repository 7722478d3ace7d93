"""What people are told, over a real SMTP server; and that a failing one blocks nothing."""

import logging
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction
from pytest_django.fixtures import Settings

from outbox.models import Mail
from outbox.writing import Letter
from portfolio import mail
from portfolio.models import Decision, Item
from portfolio.states import ActivityState
from portfolio.workflow import Ask, ModuleOf, perform, perform_all
from tests import make
from tests.cast import Cast


class Box:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        letter = BytesParser(policy=default).parsebytes(envelope.content)
        assert envelope.rcpt_tos == [letter["To"]]
        self.letters.append(letter)
        return "250 OK"

    def told(self) -> list[tuple[str, str]]:
        """(to whom, about what), in order."""
        return [(letter["To"].split("@")[0].rsplit(".", 1)[0], letter["Subject"]) for letter in self.letters]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def box(settings: Settings) -> Iterator[Box]:
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield box
    controller.stop()


@pytest.fixture(autouse=True)
def commits(django_capture_on_commit_callbacks: Any) -> Any:
    """What happens on commit happens at once, inside `with commits()`."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_the_assessor_is_told_when_something_is_submitted(cast: Cast, box: Box, commits: Any) -> None:
    activity = make.drafted(cast.portfolio)
    with commits():
        item = make.submit(cast.assessor, activity)[0]
    assert box.told() == [("maya.lind", "Priya Raman asks you for a decision: S-C1 1")]
    assert f"/reviewing/{item.submission.sid}/" in box.letters[0].get_content()


def test_a_mail_holds_nothing_of_the_evidence_or_the_feedback(cast: Cast, box: Box, commits: Any) -> None:
    with commits():
        make.returned(cast.portfolio, cast.assessor)
    text = "".join(letter.get_content() for letter in box.letters)
    assert "this is what I learnt" not in text
    assert "Add the action plan" not in text


def test_the_trainee_is_told_of_each_decision(cast: Cast, box: Box, commits: Any) -> None:
    first, second = make.submit(
        cast.assessor, make.drafted(cast.portfolio, "S-C1", 1), make.drafted(cast.portfolio, "S-C1", 2)
    )
    with commits():
        make.decide(first)
        make.decide(second, "return", feedback="More.")
    assert box.told() == [("priya.raman", "Signed off: S-C1 1"), ("priya.raman", "Returned: S-C1 2")]


def test_redirecting_tells_the_new_assessor_and_the_old_one(cast: Cast, box: Box, commits: Any) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    with commits():
        make.redirected(item, cast.second_assessor)
    assert box.told() == [
        ("femi.adeyemi", "Priya Raman asks you for a decision: S-C1 1"),
        ("maya.lind", "No longer with you: S-C1 1 from Priya Raman"),
    ]


def test_the_trainee_is_told_when_the_officer_redirects(cast: Cast, box: Box, commits: Any) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    with commits():
        perform("redirect", item.activity, by=cast.officer, given=make.Redirect(cast.second_assessor))
    assert box.told()[-1] == ("priya.raman", "Now with another assessor: S-C1 1")


def test_withdrawing_tells_the_assessor(cast: Cast, box: Box, commits: Any) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    with commits():
        perform("withdraw", item.activity, by=cast.trainee)
    assert box.told() == [("maya.lind", "Withdrawn: Priya Raman’s request")]


def test_unlocking_tells_the_trainee_the_signer_and_the_officer(cast: Cast, box: Box, commits: Any) -> None:
    activity = make.signed_off(cast.portfolio, cast.assessor)
    with commits():
        perform("unlock", activity, by=cast.coordinator, reason="Wrong file.")
    assert sorted(box.told()) == [
        ("ana.reyes", "Unlocked: S-C1 1 of Priya Raman"),
        ("maya.lind", "Unlocked: S-C1 1 of Priya Raman"),
        ("priya.raman", "Unlocked: S-C1 1"),
    ]


def test_the_officer_is_told_once_when_a_module_is_ready_and_the_trainee_when_it_is_signed(
    cast: Cast, box: Box, commits: Any
) -> None:
    make.signed_off(cast.portfolio, cast.assessor, "S-C1", 1)
    items = make.submit(cast.assessor, *[make.drafted(cast.portfolio, "S-C1", number) for number in (2, 3)])
    with commits():
        asks = [Ask("sign off", [item.activity], seen=item.digest) for item in items]
        perform_all(asks, by=cast.assessor)
    ready = [(to, subject) for to, subject in box.told() if to == "ana.reyes"]
    assert ready == [("ana.reyes", "Ready to sign off: S-C1 of Priya Raman")]
    box.letters.clear()
    with commits():
        make.module_signed_off(cast.portfolio, cast.officer)
    assert box.told() == [("priya.raman", "Module signed off: S-C1")]
    box.letters.clear()
    with commits():
        perform("void module sign-off", ModuleOf.read(cast.portfolio, "S-C1"), by=cast.officer, reason="Too early.")
    assert sorted(box.told()) == [
        ("ana.reyes", "No longer signed off: S-C1"),
        ("priya.raman", "No longer signed off: S-C1"),
    ]


def test_nobody_who_is_deactivated_gets_mail(cast: Cast, box: Box, commits: Any) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    cast.assessor.is_active = False
    cast.assessor.save()
    with commits():
        perform("withdraw", item.activity, by=cast.trainee)
    assert box.told() == []
    assert Mail.objects.count() == 0


def test_a_name_with_a_line_break_adds_no_header(cast: Cast, box: Box, commits: Any) -> None:
    cast.trainee.name = "Priya\r\nBcc: eve@example.org"
    cast.trainee.save()
    activity = make.drafted(cast.portfolio)
    with commits():
        make.submit(cast.assessor, activity)
    assert [letter["Bcc"] for letter in box.letters] == [None]
    assert box.letters[0]["Subject"] == "Priya Bcc: eve@example.org asks you for a decision: S-C1 1"


def test_a_mail_server_that_refuses_is_logged_and_the_decision_and_its_mail_stand(
    cast: Cast, settings: Settings, caplog: pytest.LogCaptureFixture, commits: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with caplog.at_level(logging.WARNING), commits():
        activity = make.signed_off(cast.portfolio, cast.assessor)
    assert activity.state == ActivityState.SIGNED_OFF
    assert Decision.objects.count() == 1
    submitted, decided = Mail.objects.order_by("pk")
    assert [record.getMessage() for record in caplog.records] == [
        f"Mail {submitted.pk} (submit) to person {cast.assessor.pk} did not leave: ConnectionRefusedError",
        f"Mail {decided.pk} (sign off) to person {cast.trainee.pk} did not leave: ConnectionRefusedError",
    ]


def test_a_mail_is_written_with_its_step_or_not_at_all(cast: Cast, box: Box) -> None:
    activity = make.drafted(cast.portfolio)
    with transaction.atomic():
        make.submit(cast.assessor, activity)
        assert [(row.kind, row.person) for row in Mail.objects.all()] == [("submit", cast.assessor)]
        transaction.set_rollback(True)
    assert (Item.objects.count(), Mail.objects.count(), box.letters) == (0, 0, [])


def test_a_letter_that_cannot_be_written_keeps_back_no_step_and_no_other_letter(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> Iterator[Letter]:
        yield mail.letter(cast.trainee, "Half of it", ["There is more."], "/")
        Mail.objects.create(kind="to nobody")  # which the database refuses

    monkeypatch.setattr(mail, "module_ready", broken)
    activity = make.signed_off(cast.portfolio, cast.assessor)
    assert activity.state == ActivityState.SIGNED_OFF
    assert [(row.kind, row.person) for row in Mail.objects.all()] == [
        ("submit", cast.assessor),
        ("sign off", cast.trainee),
    ]
    assert [record.getMessage() for record in caplog.records] == ["A mail could not be written."]
