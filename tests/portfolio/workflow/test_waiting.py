"""What waits for a signature, a confirmation or a conversation: whoever it waits for is reminded, each once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from outbox.models import Mail
from portfolio.models import Placement, Portfolio, WaitingReminder
from portfolio.states import RoleKind
from portfolio.workflow import ReviewOf, perform, reminding
from portfolio.workflow.reviews import Plan
from tests import make
from tests.cast import Cast
from tests.portfolio.recorded.test_options import choosing
from tests.portfolio.workflow.test_reminding import DUE, LATER, Clock, after, clock, told

__all__ = ["choosing", "clock"]  # fixtures


def people(sent: list[tuple[str, User | None]]) -> list[tuple[str, str]]:
    return sorted((kind, person.name) for kind, person in sent if person)


@pytest.fixture
def leaders(cast: Cast) -> list[str]:
    return sorted([cast.officer.name, cast.coordinator.name])


def reviewed(cast: Cast, *, by: str) -> ReviewOf:
    """The first review point, which one side signed today."""
    cast.portfolio = make.with_rules(cast.portfolio)
    officer = cast.officer if by == "officer" else None
    return make.review_signed(cast.portfolio, trainee=officer is None, officer=officer)


def due(names: list[str]) -> list[tuple[str, str]]:
    return [("due", name) for name in names]


def late(names: list[str]) -> list[tuple[str, str]]:
    return [("late", name) for name in names]


def test_a_review_that_the_officer_signed_reminds_the_trainee_and_a_week_later_tells_those_who_lead(
    cast: Cast, clock: Clock, leaders: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    subject = reviewed(cast, by="officer")
    assert after(DUE - 1, clock) == []
    assert people(after(1, clock)) == due([cast.trainee.name])
    assert people(after(LATER - 1, clock)) == due([cast.trainee.name])
    assert people(after(1, clock)) == due([cast.trainee.name]) + late(leaders)
    assert people(after(30, clock)) == due([cast.trainee.name]) + late(leaders)
    assert caplog.records == []
    mail = Mail.objects.get(kind="reminder: due")
    signed = make.today() - timedelta(days=DUE + LATER + 30)
    assert mail.subject == "Waiting for you: the review “Check-in”"
    assert f"Ana Reyes signed this review on {signed:%-d %B %Y}. It waits for your signature." in mail.text
    assert mail.text.endswith(reverse("review_point", args=[cast.portfolio.ref, subject.point.number]))
    word = Mail.objects.filter(kind="reminder: late").earliest("pk")
    assert word.subject == "Still waiting: the review “Check-in” of Priya Raman"
    assert "and Priya Raman has not signed it yet." in word.text


def test_a_review_that_the_trainee_signed_reminds_those_who_lead_and_again_a_week_later(
    cast: Cast, clock: Clock, leaders: list[str]
) -> None:
    reviewed(cast, by="trainee")
    assert people(after(DUE, clock)) == due(leaders)
    assert people(after(LATER, clock)) == due(leaders) + late(leaders)
    assert people(after(LATER, clock)) == due(leaders) + late(leaders)


def signed_by_both(cast: Cast) -> None:
    make.review_signed(cast.portfolio, trainee=True)


def recorded_again(cast: Cast) -> None:
    subject = ReviewOf.read(cast.portfolio, 1)
    perform("record review again", subject, by=cast.trainee, reason="A note was missing.", given=Plan(make.today()))


def closed(cast: Cast) -> None:
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")


@pytest.mark.parametrize("step", [signed_by_both, recorded_again, closed])
def test_of_a_review_that_waits_no_more_nobody_is_reminded(
    cast: Cast, clock: Clock, step: Callable[[Cast], None]
) -> None:
    reviewed(cast, by="officer")
    step(cast)
    assert after(DUE + LATER, clock) == []


def test_a_new_record_that_is_signed_waits_anew(cast: Cast, clock: Clock) -> None:
    reviewed(cast, by="officer")
    first = after(DUE, clock)
    recorded_again(cast)
    make.review_signed(cast.portfolio, trainee=False, officer=cast.officer)
    assert after(DUE - 1, clock) == first
    assert people(after(1, clock)) == due([cast.trainee.name] * 2)


def test_both_sides_see_for_whom_a_review_waits_and_what_went_out(cast: Cast, clock: Clock, client: Client) -> None:
    subject = reviewed(cast, by="officer")
    page = reverse("review_point", args=[cast.portfolio.ref, subject.point.number])
    by = make.today() + timedelta(days=DUE)
    said = [f"Waits for Priya Raman to sign, by {by:%-d %B %Y}."]
    for wait, word in ((DUE, "Reminded on"), (LATER, "Training officer told on")):
        for reader in (cast.trainee, cast.officer):
            client.force_login(reader)
            assert client.get(page).context["waits"] == said
        after(wait, clock)
        said.append(f"{word} {make.today():%-d %B %Y}.")
    make.review_signed(cast.portfolio, trainee=True)
    client.force_login(cast.trainee)
    assert client.get(page).context["waits"] == []


# --- what the officer confirms or talks about ---------------------------------------------------------------------


def test_an_option_that_nobody_confirmed_reminds_those_who_lead_once(
    cast: Cast, choosing: Portfolio, clock: Clock, leaders: list[str]
) -> None:
    make.option_taken(choosing, "S-B1")
    clock.shift(timedelta(days=3))
    make.option_taken(choosing, "S-B2", reason="The other one is closer.")
    assert after(DUE - 1, clock) == []
    assert people(after(1, clock)) == due(leaders)
    assert people(after(LATER * 2, clock)) == due(leaders)
    mail = Mail.objects.filter(kind="reminder: due").earliest("pk")
    assert mail.subject == "Waiting for you: option S-B2 of Priya Raman"
    assert mail.text.endswith(reverse("module_option", args=[choosing.ref, "S-B2"]))


@pytest.mark.parametrize("answer", [make.option_confirmed, make.option_refused])
def test_of_an_option_that_was_answered_nobody_is_reminded(
    cast: Cast, choosing: Portfolio, clock: Clock, answer: Callable[[Portfolio, User, str], None]
) -> None:
    make.option_taken(choosing, "S-B1")
    answer(choosing, cast.officer, "S-B1")
    assert after(DUE + LATER, clock) == []


def test_a_placement_that_nobody_confirmed_reminds_those_who_lead_and_anew_once_it_is_changed(
    cast: Cast, clock: Clock, leaders: list[str]
) -> None:
    row = make.placement_planned(cast.portfolio)
    assert people(after(DUE, clock)) == due(leaders)
    row = make.placement_confirmed(Placement.objects.get(pk=row.pk), cast.officer)
    assert people(after(DUE, clock)) == due(leaders)
    make.replanned(row, make.placement_plan(cast.portfolio, until=200))
    assert Placement.objects.get().state == "planned"
    assert people(after(DUE - 1, clock)) == due(leaders)
    assert people(after(1, clock)) == sorted(due(leaders * 2))
    mail = Mail.objects.filter(kind="reminder: due").earliest("pk")
    assert mail.text.endswith(reverse("placement", args=[cast.portfolio.ref, row.pid]))


def test_a_placement_can_be_removed_after_somebody_was_reminded_of_it(cast: Cast, clock: Clock) -> None:
    row = make.placement_planned(cast.portfolio)
    after(DUE, clock)
    perform("remove placement", row, by=cast.trainee, seen=row.seen)
    assert (Placement.objects.count(), WaitingReminder.objects.count()) == (0, 0)


def test_a_report_that_nobody_talked_about_reminds_those_who_lead_once(
    cast: Cast, clock: Clock, leaders: list[str]
) -> None:
    make.questionnaire(cast.portfolio)
    make.feedback_closed(cast.portfolio)
    assert people(after(DUE, clock)) == due(leaders)
    assert people(after(LATER * 2, clock)) == due(leaders)
    mail = Mail.objects.filter(kind="reminder: due").earliest("pk")
    assert mail.subject == "Waiting for you: feedback for Priya Raman"


@pytest.mark.parametrize("what", ["talked about", "too few"])
def test_of_a_report_that_waits_for_nobody_nobody_is_reminded(cast: Cast, clock: Clock, what: str) -> None:
    make.questionnaire(cast.portfolio)
    if what == "too few":
        make.feedback_closed(cast.portfolio, answers=1)
    else:
        make.feedback_released(cast.portfolio, cast.officer)
    assert after(DUE + LATER, clock) == []


def test_where_nobody_leads_the_reminder_waits_for_whoever_comes(cast: Cast, clock: Clock) -> None:
    make.placement_planned(cast.portfolio)
    cast.portfolio.roles.filter(kind__in=(RoleKind.OFFICER, RoleKind.COORDINATOR)).update(ends_on=make.today())
    assert after(DUE, clock) == []
    new = make.person("Nia Obi")
    make.role(cast.portfolio, new, RoleKind.OFFICER, since=0)
    assert after(0, clock) == [("due", new)]


def test_whoever_wants_one_mail_a_day_is_reminded_in_it(cast: Cast, clock: Clock) -> None:
    User.objects.filter(pk=cast.trainee.pk).update(mail_choice="daily")
    reviewed(cast, by="officer")
    clock.shift(timedelta(days=DUE))
    reminding.remind()
    assert [row.for_digest for row in Mail.objects.filter(kind="reminder: due")] == [True]


def test_the_database_holds_each_to_one_and_each_to_one_thing(cast: Cast, clock: Clock) -> None:
    row = make.placement_planned(cast.portfolio)
    after(DUE, clock)
    assert told() != []
    for wrong in ({"placement": row, "kind": "due"}, {"placement": row, "kind": "again"}, {"kind": "late"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            WaitingReminder.objects.create(**wrong)
