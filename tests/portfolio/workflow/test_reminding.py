"""A request that waits: a reminder when it is due, later a word to the officer, each once; the trainee sees it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from outbox.models import Mail
from portfolio.models import Addressee, Item, Reminder, Role
from portfolio.states import RoleKind
from portfolio.workflow import perform, reminding
from tests import make
from tests.cast import Cast

Clock = time_machine.Traveller
DUE, LATER = 14, 7  # days


@pytest.fixture
def clock(cast: Cast) -> Iterator[Clock]:
    """Nine in the morning of today; it stands still until it is shifted."""
    nine = timezone.localtime().replace(hour=9, minute=0)
    with time_machine.travel(nine, tick=False) as traveller:
        yield traveller


@pytest.fixture
def item(cast: Cast, clock: Clock) -> Item:
    """S-C1 1, asked of Maya today."""
    return make.in_review(cast.portfolio, cast.assessor)


def told() -> list[tuple[str, User | None]]:
    """What went out by itself, and to whom."""
    rows = Mail.objects.filter(kind__startswith="reminder").order_by("pk").select_related("person")
    return [(row.kind.removeprefix("reminder: "), row.person) for row in rows]


def after(days: float, clock: Clock) -> list[tuple[str, User | None]]:
    """All that has gone out when run_due runs so many days later, twice."""
    clock.shift(timedelta(days=days))
    reminding.remind()
    before = told()
    reminding.remind()
    assert told() == before
    return before


def test_nobody_is_reminded_before_it_is_due(cast: Cast, item: Item, clock: Clock) -> None:
    assert after(DUE - 1, clock) == []


def test_the_assessor_is_reminded_on_the_day_and_the_officer_told_a_week_later(
    cast: Cast, item: Item, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    assert after(DUE, clock) == [("due", cast.assessor)]
    assert after(LATER - 1, clock) == [("due", cast.assessor)]
    assert after(1, clock) == [("due", cast.assessor), ("late", cast.officer)]
    assert after(30, clock) == [("due", cast.assessor), ("late", cast.officer)]
    assert caplog.records == []  # the database did not have to refuse a second one
    reminder, word = Mail.objects.filter(kind__startswith="reminder").order_by("pk")
    asked, due = make.today() - timedelta(days=51), make.today() - timedelta(days=37)
    assert reminder.subject == "Due today: S-C1 1 of Priya Raman"
    assert reminder.text.startswith(f"Priya Raman asked you on {asked:%-d %B %Y}: S-C1 1. It is due today.")
    assert reminder.text.endswith(reverse("review", args=[item.submission.sid]))
    assert word.subject == "Still waiting: S-C1 1 of Priya Raman"
    assert word.text.startswith(
        f"Priya Raman asked Maya Lind on {asked:%-d %B %Y}: S-C1 1. It was due by {due:%-d %B %Y}"
    )
    assert word.text.endswith(reverse("submission", args=[cast.portfolio.ref, item.submission.sid]))


def test_when_nothing_ran_for_weeks_the_assessor_still_has_a_week_from_the_reminder(
    cast: Cast, item: Item, clock: Clock
) -> None:
    assert after(DUE + 20, clock) == [("due", cast.assessor)]
    assert Mail.objects.get(kind="reminder: due").subject == "Overdue: S-C1 1 of Priya Raman"
    assert after(LATER, clock) == [("due", cast.assessor), ("late", cast.officer)]


def test_several_items_of_one_submission_are_one_reminder_and_only_what_waits_is_named(
    cast: Cast, clock: Clock
) -> None:
    rows = [make.drafted(cast.portfolio, number=number) for number in (1, 2, 3)]
    first, *_ = make.submit(cast.assessor, *rows)
    make.decide(first)
    assert after(DUE, clock) == [("due", cast.assessor)]
    assert Mail.objects.get(kind="reminder: due").subject == "Due today: S-C1 2, S-C1 3 of Priya Raman"


def test_asking_somebody_else_starts_the_date_anew(cast: Cast, item: Item, clock: Clock) -> None:
    first = after(DUE, clock)
    make.redirected(item, cast.second_assessor)
    assert after(DUE - 1, clock) == first
    assert after(1, clock) == [*first, ("due", cast.second_assessor)]
    assert after(LATER, clock) == [*first, ("due", cast.second_assessor), ("late", cast.officer)]


def decide(cast: Cast, item: Item) -> None:
    make.decide(item)


def withdraw(cast: Cast, item: Item) -> None:
    perform("withdraw", item.activity, by=cast.trainee)


def close(cast: Cast, item: Item) -> None:
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")


@pytest.mark.parametrize("step", [decide, withdraw, close])
@pytest.mark.parametrize("sent", [0, 1], ids=["before the reminder", "after the reminder"])
def test_nothing_goes_out_for_what_waits_no_more(
    cast: Cast, item: Item, clock: Clock, step: Callable[[Cast, Item], None], sent: int
) -> None:
    after(DUE if sent else 0, clock)
    step(cast, item)
    assert after(DUE + LATER, clock) == [("due", cast.assessor)] * sent


def test_an_assessor_who_can_no_longer_decide_gets_nothing_and_the_officer_hears_that_it_is_with_nobody(
    cast: Cast, item: Item, clock: Clock
) -> None:
    Role.objects.filter(portfolio=cast.portfolio, user=cast.assessor).update(ends_on=make.today())
    assert after(DUE, clock) == []
    assert after(LATER, clock) == [("late", cast.officer)]
    assert "Maya Lind can no longer decide." in Mail.objects.get(kind="reminder: late").text


def test_somebody_deactivated_gets_nothing(cast: Cast, item: Item, clock: Clock) -> None:
    User.objects.filter(pk__in=[cast.assessor.pk, cast.officer.pk]).update(is_active=False)
    assert after(DUE, clock) == []
    assert after(LATER, clock) == [("late", cast.coordinator)]


def test_an_officer_who_was_asked_is_reminded_and_the_co_ordinator_told(cast: Cast, clock: Clock) -> None:
    make.in_review(cast.portfolio, cast.officer)
    assert after(DUE, clock) == [("due", cast.officer)]
    assert after(LATER, clock) == [("due", cast.officer), ("late", cast.coordinator)]


def test_where_the_only_one_who_leads_was_asked_the_administrators_are_told(cast: Cast, clock: Clock) -> None:
    Role.objects.filter(kind=RoleKind.COORDINATOR).update(ends_on=make.today())
    make.administration(cast.trainee)
    make.administration(cast.officer)
    make.administration(cast.deactivated)
    make.in_review(cast.portfolio, cast.officer)
    first = after(DUE, clock)
    assert first == [("due", cast.officer)]
    assert after(LATER, clock) == [*first, ("late", cast.administrator), ("late", cast.cohort_administrator)]
    word = Mail.objects.filter(kind="reminder: late").latest("pk")
    assert "Ana Reyes or Priya Raman can ask somebody else." in word.text  # an administrator cannot


def test_where_nobody_leads_the_word_waits_for_whoever_comes(cast: Cast, item: Item, clock: Clock) -> None:
    Role.objects.filter(kind__in=(RoleKind.OFFICER, RoleKind.COORDINATOR)).update(ends_on=make.today())
    assert after(DUE, clock) == [("due", cast.assessor)]
    assert after(LATER, clock) == [("due", cast.assessor)]
    new = make.person("Nia Obi")
    make.role(cast.portfolio, new, RoleKind.OFFICER, since=0)
    assert after(0, clock) == [("due", cast.assessor), ("late", new)]


def test_an_assessment_that_waits_is_remembered_like_a_submission(cast: Cast, clock: Clock) -> None:
    row = make.asked(make.with_assessments(cast.portfolio), cast.assessor)
    assert after(DUE, clock) == [("due", cast.assessor)]
    assert after(LATER, clock) == [("due", cast.assessor), ("late", cast.officer)]
    texts = Mail.objects.filter(kind__startswith="reminder").order_by("pk").values_list("text", flat=True)
    assert [text.rpartition("\n")[2].partition("8000")[2] for text in texts] == [
        reverse("assess", args=[row.aid]),
        reverse("assessment", args=[cast.portfolio.ref, row.aid]),
    ]


def test_whoever_approves_is_reminded_once_of_somebody_new_whom_nobody_answered(cast: Cast, clock: Clock) -> None:
    row = make.nominated(cast.portfolio)
    assert after(DUE - 1, clock) == []
    approve = {("due", cast.officer), ("due", cast.coordinator)}
    assert set(after(1, clock)) == approve
    assert len(after(LATER + 1, clock)) == len(approve)
    letter = Mail.objects.filter(kind="reminder: due").first()
    assert letter is not None
    assert letter.subject == "Waiting for you: a new assessor for Priya Raman"
    assert reverse("nomination", args=[cast.portfolio.ref, row.nid]) in letter.text
    assert (row.name in letter.text, row.address in letter.text) == (False, False)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.reminders.create(kind="due")


@pytest.mark.parametrize("what", ["approved", "declined", "taken back", "closed"])
def test_nobody_is_reminded_of_somebody_new_when_there_is_nothing_to_answer(
    cast: Cast, clock: Clock, what: str
) -> None:
    row = make.nominated(cast.portfolio)
    match what:
        case "approved":
            make.approved(row, cast.officer)
        case "declined":
            make.declined(row, cast.officer)
        case "taken back":
            perform("withdraw", make.activity(cast.portfolio), by=cast.trainee)
        case "closed":
            perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Left the programme.")
    clock.shift(timedelta(days=DUE))
    reminding.remind()
    assert {cast.officer, cast.coordinator} & {person for _, person in told()} == set()


def test_the_trainee_sees_who_was_reminded_and_told_and_when(
    cast: Cast, item: Item, clock: Clock, client: Client
) -> None:
    page = reverse("submission", args=[cast.portfolio.ref, item.submission.sid])

    def shown() -> str:
        client.force_login(cast.trainee)
        return client.get(page).content.decode()

    assert "Reminded on" not in shown()
    days = []
    for wait in (DUE, LATER):
        after(wait, clock)
        days.append(f"{make.today():%-d %B %Y}")
    assert f"Reminded on {days[0]}. Training officer told on {days[1]}." in shown()
    make.redirected(item, cast.second_assessor)
    assert shown().count("Reminded on") == 1


def test_one_request_that_fails_keeps_no_other_back(
    cast: Cast, item: Item, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make.in_review(cast.portfolio, cast.second_assessor, number=2)
    read = reminding._of_submission

    def fails(row: Addressee) -> object:
        if row.assessor == cast.assessor:
            raise ValueError
        return read(row)

    monkeypatch.setattr(reminding, "_of_submission", fails)
    assert after(DUE, clock) == [("due", cast.second_assessor)]
    assert f"A reminder (due) of Addressee {item.submission.addressees.get().pk} failed." in caplog.text


def test_the_database_holds_each_to_one(cast: Cast, item: Item, clock: Clock) -> None:
    after(DUE, clock)
    sent = Reminder.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(addressee=sent.addressee, kind=sent.kind)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(addressee=sent.addressee, kind="again")


def test_the_command_says_what_it_did(cast: Cast, item: Item, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    clock.shift(timedelta(days=DUE))
    call_command("run_due")
    assert "requests: 1 reminded, officer told of 0" in capsys.readouterr().out
    call_command("run_due")
    assert "requests: 0 reminded, officer told of 0" in capsys.readouterr().out
