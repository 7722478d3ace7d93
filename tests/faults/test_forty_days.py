"""Forty days by a clock of the test's own: run_due runs at any moment, often, not at all, and several times at once.

Whatever it does, and whatever the mail server does: each reminder, each word to the officer and each digest goes out
once, on the first run that could send it.
"""

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.conf import settings as instance
from django.db import connection, connections
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import MailChoice, User
from outbox.delivery import waiting
from outbox.models import Mail
from portfolio import access
from portfolio.due import run_due
from portfolio.models import Activity, Addressee, Item, Reminder, ReviewSignature, WaitingReminder
from portfolio.states import ActivityState, ItemState, ReminderKind
from portfolio.workflow import perform
from tests import make
from tests.cast import Cast, assemble
from tests.server import ROOT, RealServer
from tests.smtp import Box, Dying, refusing, serving

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
DAYS = 40
MISSED = 0.25  # of the days, but for one:
NOT_MISSED = 31  # is when the redirected request is due, so that the officer is told within the forty days
TWICE = 0.3  # of the runs are two at once
DUE, LATE = ReminderKind.DUE, ReminderKind.LATE


@dataclass
class Walk:
    """What happened, as it happened."""

    cast: Cast
    clock: time_machine.Traveller
    runs: list[datetime] = field(default_factory=list)

    def to(self, moment: datetime) -> None:
        self.clock.move_to(moment)

    def run(self, workers: int) -> None:
        """run_due, by so many at the same moment."""
        self.runs.append(timezone.now())
        at_once([run_due] * workers)

    def first_run(self, since: date) -> date | None:
        """The day of the first run on this day or later."""
        return next((day for run in self.runs if (day := timezone.localdate(run)) >= since), None)


def at_once(work: list[Callable[[], object]]) -> None:
    start = Barrier(len(work))

    def one(does: Callable[[], object]) -> None:
        start.wait()
        try:
            does()
        finally:
            connections.close_all()

    threads = [Thread(target=one, args=[does]) for does in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def something_happens(cast: Cast, day: int) -> None:
    """The requests of the forty days. Femi, who wants a digest, hears something on most days."""
    portfolio = cast.portfolio
    match day:
        case 0:
            make.in_review(portfolio, cast.assessor, number=1)  # and is never decided
        case 1:
            make.review_signed(make.with_rules(cast.other), trainee=False, officer=cast.other_officer)  # nor signed
        case 3:
            make.in_review(cast.other, cast.assessor, number=1)
        case 10:
            perform("withdraw", make.activity(cast.other), by=cast.other_trainee)
        case 17:
            item = Item.objects.get(activity=make.activity(portfolio), state=ItemState.UNDECIDED)
            make.redirected(item, cast.second_assessor)
    if random.random() < 0.6:
        activity = make.activity(portfolio, number=2)
        if activity.state == ActivityState.IN_REVIEW:
            perform("withdraw", activity, by=cast.trainee)
        elif activity.state == ActivityState.NOT_STARTED:
            make.in_review(portfolio, cast.second_assessor, number=2)
        else:
            make.submit(cast.second_assessor, activity)


def expected(walk: Walk) -> set[tuple[int, str, date]]:
    """What must have gone out for each row that says whom a request was with, and on which day."""
    found = set()
    for row in Addressee.objects.all():
        until = timezone.localdate(row.until) if row.until else date.max
        due = walk.first_run(row.due_on)
        if due is None or due >= until:
            continue
        found.add((row.pk, str(DUE), due))
        late = walk.first_run(due + timedelta(days=instance.TELL_OFFICER_DAYS))
        if late and late < until:
            found.add((row.pk, str(LATE), late))
    return found


def review_expected(walk: Walk) -> set[tuple[int, str, date]]:
    """Of the review that one side signed, and the other never does."""
    row = ReviewSignature.objects.get()
    due = walk.first_run(timezone.localdate(row.signed_at) + timedelta(days=instance.DECISION_DUE_DAYS))
    late = due and walk.first_run(due + timedelta(days=instance.TELL_OFFICER_DAYS))
    return {(row.pk, str(kind), day) for kind, day in ((DUE, due), (LATE, late)) if day}


def digests_expected(walk: Walk) -> dict[date, int]:
    """How many mails each day's digest must hold: those written before the first run of a day after its hour."""
    waits = sorted(Mail.objects.filter(for_digest=True).values_list("written_at", flat=True))
    found: dict[date, int] = {}
    for run in walk.runs:
        local = timezone.localtime(run)
        count = sum(1 for written in waits if written <= run)
        if local.hour >= instance.DIGEST_HOUR and local.date() not in found and count:
            found[local.date()] = count
            waits = waits[count:]
    return found


def test_each_reminder_each_word_and_each_digest_goes_out_once_in_forty_days(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 2
    works, dies = Box(), Dying(times=6)
    start = timezone.localtime().replace(hour=8, minute=0, second=0, microsecond=0)
    with ExitStack() as stack:
        clock = stack.enter_context(time_machine.travel(start, tick=False))
        ports = [stack.enter_context(serving(works))] * 3
        ports += [stack.enter_context(refusing()), stack.enter_context(serving(dies))]
        settings.EMAIL_PORT = ports[0]
        walk = Walk(assemble(), clock)
        User.objects.filter(pk=walk.cast.second_assessor.pk).update(mail_choice=MailChoice.DAILY)
        for day in range(DAYS):
            settings.EMAIL_PORT = random.choice(ports)
            walk.to(start + timedelta(days=day))
            something_happens(walk.cast, day)
            if day != NOT_MISSED and random.random() < MISSED:
                continue
            for minute in sorted(random.sample(range(1, 15 * 60), random.randint(1, 4))):
                walk.to(start + timedelta(days=day, minutes=minute))
                walk.run(2 if random.random() < TWICE else 1)
        settings.EMAIL_PORT = ports[0]
        for hour in range(6):  # what was put off
            walk.to(start + timedelta(days=DAYS, hours=2 * hour))
            walk.run(2)
    sent = {(row.addressee_id, row.kind, timezone.localdate(row.sent_at)) for row in Reminder.objects.all()}
    assert sent == expected(walk)
    assert {kind for _, kind, _ in sent} == {DUE, LATE}
    waits = {(row.signature_id, row.kind, timezone.localdate(row.sent_at)) for row in WaitingReminder.objects.all()}
    assert waits == review_expected(walk)
    assert {kind for _, kind, _ in waits} == {DUE, LATE}
    mails = Counter(Mail.objects.filter(kind__startswith="reminder").values_list("kind", flat=True))
    leaders = {str(DUE): 1, str(LATE): len(access.leaders(walk.cast.other))}  # the trainee, and those who lead
    told = [f"reminder: {kind}" for _, kind, _ in waits for _ in range(leaders[str(kind)])]
    assert mails == Counter([f"reminder: {row.kind}" for row in Reminder.objects.all()] + told)
    digests = {row.digest_on: row.collected.count() for row in Mail.objects.filter(kind="digest")}
    assert digests == digests_expected(walk)
    assert len(digests) > 10
    assert waiting().filter(for_digest=False).count() == 0
    copies = works.copies + dies.copies
    single = Mail.objects.filter(for_digest=False)
    assert set(copies) == set(single.values_list("message_id", flat=True))
    assert max(copies.values()) <= 2
    assert {copies[mail.message_id] for mail in single.exclude(given_up_at=None)} <= {2}  # the server died on both
    print(f"\n{connection.vendor}: {len(walk.runs)} runs, {dict(mails)}, {len(digests)} digests, {len(copies)} mails")


@pytest.mark.faults
def test_processes_that_run_at_once_send_each_once(real_server: RealServer) -> None:
    """manage.py run_due as a timer starts it, and the server, which does the same by itself every minute."""
    real_server.kill()
    cast = assemble()
    for number in (1, 2, 3):
        make.in_review(cast.portfolio, cast.assessor, number=number)
    Addressee.objects.update(due_on=make.today())
    command = [sys.executable, "manage.py", "run_due"]
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=real_server.environment(), stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    reminded = [int(out.split("requests: ")[1].split(" ")[0]) for out in said]
    assert sum(reminded) == 3
    assert Reminder.objects.count() == Mail.objects.filter(kind="reminder: due").count() == 3
    assert "".join(said).count("Subject: Due today") == 3
    assert Activity.objects.filter(state=ActivityState.IN_REVIEW).count() == 3
