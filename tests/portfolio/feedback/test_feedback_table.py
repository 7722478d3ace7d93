"""Every state × action × person of a round of feedback, and what its steps write."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Event
from portfolio import proof
from portfolio.models import (
    FeedbackAnswer,
    FeedbackClosing,
    FeedbackInvitation,
    FeedbackLink,
    FeedbackRelease,
    FeedbackRound,
)
from portfolio.states import FeedbackState as State
from portfolio.workflow import Incomplete, Refused, RoundOf, TooLate, available, perform
from portfolio.workflow.feedback import FeedbackTable, Invite, Release, Respondent, Withdraw, state_of
from tests import make
from tests.cast import Cast
from tests.portfolio.workflow.test_activity_table import everything, told

OFFICERS = {"officer", "coordinator"}
LEGAL: dict[str, tuple[set[str], set[str]]] = {
    "open feedback": ({State.NOT_OPENED, State.TOO_FEW}, {"trainee"}),
    "invite respondents": ({State.OPEN}, {"trainee"}),
    "withdraw invitation": ({State.OPEN}, {"trainee"}),
    "remind respondents": ({State.OPEN}, {"trainee"}),
    "close feedback": ({State.OPEN}, {"trainee"} | OFFICERS),
    "release feedback": ({State.WITH_OFFICER}, OFFICERS),
}


def test_the_table_has_exactly_these_steps() -> None:
    assert set(FeedbackTable.steps) == set(LEGAL)


def _open(cast: Cast) -> None:
    """Asked yesterday, so that a reminder can go today; enough have answered for a report."""
    with time_machine.travel(timezone.now() - timedelta(days=1), tick=False):
        subject = make.feedback_round(cast.portfolio)
        tokens = make.invited(subject, 9)
    for token in list(tokens.values())[:8]:
        make.answered(token)


REACH: dict[str, Callable[[Cast], Any]] = {
    State.NOT_OPENED: lambda cast: make.questionnaire(cast.portfolio),
    State.OPEN: _open,
    State.TOO_FEW: lambda cast: make.feedback_closed(cast.portfolio, answers=7),
    State.WITH_OFFICER: lambda cast: make.feedback_closed(cast.portfolio),
    State.RELEASED: lambda cast: make.feedback_released(cast.portfolio, cast.officer),
}


def arguments(action: str, subject: RoundOf) -> dict[str, Any]:
    """What makes the step complete, so that only state and person can refuse it."""
    if action == "invite respondents":
        return {"given": Invite([Respondent("somebody.new@example.org", "other")])}
    if action == "withdraw invitation":
        return {"given": Withdraw(subject.row.invitations.earliest("pk").pk if subject.row else None)}
    if action == "release feedback":
        closing = getattr(subject.row, "closing", None)
        return {"seen": closing.digest if closing else "", "given": Release(make.today())}
    return {}


@pytest.mark.parametrize("state", list(State))
def test_every_action_by_everybody(cast: Cast, state: str) -> None:
    REACH[state](cast)
    before, leaving = everything(), told()
    for action, (sources, who) in LEGAL.items():
        for name, person in cast.people().items():
            subject = RoundOf.read(cast.portfolio, "mid-training")
            assert state_of(subject.row) == state
            legal = state in sources and name in who
            said = f"{action} by {name} from {state}"
            assert (action in available(subject, cast.portfolio, by=person)) == legal, said
            if legal:
                with transaction.atomic():
                    perform(action, subject, by=person, **arguments(action, subject))
                    assert everything() != before, said
                    transaction.set_rollback(True)
            else:
                with pytest.raises(Refused) as refusal:
                    perform(action, subject, by=person, **arguments(action, subject))
                assert refusal.value.status == (403 if state in sources else 409), said
    assert (everything(), told()) == (before, leaving)


@pytest.mark.parametrize("state", list(State))
def test_nothing_is_done_in_a_closed_portfolio(cast: Cast, state: str) -> None:
    REACH[state](cast)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    before = everything()
    for action in LEGAL:
        for person in (cast.trainee, cast.officer):
            subject = RoundOf.read(cast.portfolio, "mid-training")
            with pytest.raises(Refused) as refusal:
                perform(action, subject, by=person, **arguments(action, subject))
            assert refusal.value.status == 403
    assert everything() == before


# --- opening ------------------------------------------------------------------------------------------------------


def test_a_round_keeps_the_questions_and_the_least_number_that_it_began_with(cast: Cast, settings: Any) -> None:
    row = make.feedback_round(cast.portfolio).opened
    settings.FEEDBACK_LEAST = 5
    cast.portfolio.programme.questions.all().delete()
    row.refresh_from_db()
    assert [one["text"] for one in row.questions] == ["Listens", "Asks for help", "What goes well?"]
    assert (row.number, row.attempt, row.least, row.signer) == (1, 1, 8, cast.trainee)


def test_no_round_is_opened_without_a_questionnaire(cast: Cast) -> None:
    make.questionnaire(cast.portfolio)
    cast.portfolio.programme.questions.all().delete()
    with pytest.raises(Incomplete):
        perform("open feedback", RoundOf.read(cast.portfolio, "mid-training"), by=cast.trainee)
    assert FeedbackRound.objects.count() == 0


def test_no_round_is_opened_that_the_rules_do_not_ask_for(cast: Cast) -> None:
    make.questionnaire(cast.portfolio)
    with pytest.raises(TooLate):
        perform("open feedback", RoundOf.read(cast.portfolio, "whenever I like"), by=cast.trainee)
    assert FeedbackRound.objects.count() == 0


def test_after_too_few_answers_a_new_attempt_begins_with_nobody_asked(cast: Cast) -> None:
    first = make.feedback_closed(cast.portfolio, answers=7)
    perform("open feedback", first, by=cast.trainee)
    again = RoundOf.read(cast.portfolio, "mid-training").opened
    assert (again.number, again.attempt, again.invitations.count()) == (2, 2, 0)
    make.invited(RoundOf.read(cast.portfolio, "mid-training"), 1)
    with pytest.raises(TooLate):
        perform("open feedback", first, by=cast.trainee)


def test_a_page_of_an_older_attempt_closes_nothing_of_the_newer(cast: Cast) -> None:
    old = make.feedback_closed(cast.portfolio, answers=7)
    perform("open feedback", old, by=cast.trainee)
    with pytest.raises(TooLate):
        perform("close feedback", old, by=cast.officer)
    assert FeedbackClosing.objects.count() == 1


# --- inviting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "addresses",
    [
        ["not an address"],
        ["a@example.org\r\nBcc: eve@example.org"],
        ["a@example.org\nb@example.org"],
        ["a@example.org, b@example.org"],
        ["a@example.org", "A@Example.ORG"],
        ["a@example.org", "a+again@example.org"],
        ["ab@example.org", "a.b@example.org"],  # somebody with one mailbox of many spellings answers once
        ["a@example.org", "\uff41@example.org"],  # a full-width a
        ["x" * 250 + "@example.org"],
        [""],
        [],
    ],
)
def test_addresses_that_cannot_be_asked_are_refused_and_nobody_is(cast: Cast, addresses: list[str]) -> None:
    subject = make.feedback_round(cast.portfolio)
    given = Invite([Respondent(address, "other") for address in addresses])
    with pytest.raises(Incomplete):
        perform("invite respondents", subject, by=cast.trainee, given=given)
    assert (FeedbackInvitation.objects.count(), FeedbackLink.objects.count()) == (0, 0)


def test_the_trainee_asks_nobody_who_is_themselves(cast: Cast) -> None:
    subject = make.feedback_round(cast.portfolio)
    local, _, host = cast.trainee.email.partition("@")
    EmailAddress.objects.create(user=cast.trainee, email="p.raman@home.example.org", verified=True)
    EmailAddress.objects.create(user=cast.trainee, email="not.theirs@example.org", verified=False)
    before = make.person("Priya Raman", email="priya.before@example.org")
    User.objects.filter(pk=before.pk).update(merged_into=cast.trainee, is_active=False)
    spelt = (before.email, cast.trainee.email.upper(), f"{local}+msf@{host}", f"{local.replace('.', '')}@{host}")
    for own in (cast.trainee.email, *spelt, "P.Raman+msf@home.example.org"):
        with pytest.raises(Incomplete) as refusal:
            perform("invite respondents", subject, by=cast.trainee, given=Invite([Respondent(own, "other")]))
        assert refusal.value.errors == {"other": "This is your own address. Feedback comes from others."}
    perform(
        "invite respondents", subject, by=cast.trainee, given=Invite([Respondent("not.theirs@example.org", "other")])
    )


def test_an_address_is_asked_once_in_a_round_and_again_in_the_next(cast: Cast) -> None:
    make.invited(make.feedback_round(cast.portfolio), 1)
    with pytest.raises(Incomplete):
        make.invited(RoundOf.read(cast.portfolio, "mid-training"), 1)
    make.invited(make.feedback_round(cast.portfolio, "end of training"), 1)
    assert FeedbackInvitation.objects.count() == 2


def test_a_round_asks_at_most_thirty(cast: Cast) -> None:
    subject = make.feedback_round(cast.portfolio)
    make.invited(subject, 29)
    with pytest.raises(Incomplete):
        make.invited(subject, 2, first=30)
    make.invited(subject, 1, first=30)
    assert FeedbackInvitation.objects.count() == 30


def test_only_the_digest_of_a_token_is_stored(cast: Cast) -> None:
    tokens = make.invited(make.feedback_round(cast.portfolio), 2)
    stored = repr([row.__dict__ for row in FeedbackLink.objects.all()]) + repr(list(Event.objects.values_list("data")))
    assert [token for token in tokens.values() if token in stored] == []


def test_the_event_of_an_invitation_holds_no_address(cast: Cast) -> None:
    make.invited(make.feedback_round(cast.portfolio), 2)
    (event,) = Event.objects.filter(kind="invite respondents")
    assert event.details["count"] == 2
    assert event.details["invited"] == [row.digest for row in FeedbackInvitation.objects.order_by("pk")]
    assert "@" not in event.data


def test_a_reminder_goes_to_those_who_have_not_answered_and_says_to_nobody_who_they_are(cast: Cast) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=1), tick=False):
        subject = make.feedback_round(cast.portfolio)
        tokens = make.invited(subject, 3)
    make.answered(tokens["colleague2@ward.example.org"])
    again = make.tokens(lambda: perform("remind respondents", subject, by=cast.trainee))
    assert sorted(again) == ["colleague1@ward.example.org", "colleague3@ward.example.org"]
    (event,) = Event.objects.filter(kind="remind respondents")
    assert event.details == {"feedback_round": 1, "round": "mid-training"}
    # The rows of links do not tell either: there is one more for each.
    assert {row.links.count() for row in FeedbackInvitation.objects.all()} == {2}
    make.answered(tokens["colleague1@ward.example.org"])  # the first link still works
    make.answered(again["colleague3@ward.example.org"])


def test_a_reminder_goes_once_a_day_and_not_on_the_day_of_an_invitation(cast: Cast) -> None:
    subject = make.feedback_round(cast.portfolio)
    make.invited(subject, 2)
    with pytest.raises(Incomplete):
        perform("remind respondents", subject, by=cast.trainee)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        perform("remind respondents", subject, by=cast.trainee)
        with pytest.raises(Incomplete):
            perform("remind respondents", subject, by=cast.trainee)


def test_nobody_is_reminded_when_nobody_is_asked_or_everybody_has_answered(cast: Cast) -> None:
    subject = make.feedback_round(cast.portfolio)
    with pytest.raises(Incomplete):
        perform("remind respondents", subject, by=cast.trainee)
    for token in make.invited(subject, 1).values():
        make.answered(token)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False), pytest.raises(TooLate):
        perform("remind respondents", subject, by=cast.trainee)


# --- taking an invitation back ------------------------------------------------------------------------------------


def test_an_invitation_that_was_taken_back_asks_nobody_any_more(cast: Cast, client: Client) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=1), tick=False):
        subject = make.feedback_round(cast.portfolio)
        tokens = make.invited(subject, 3)
    make.invitation_withdrawn(subject, "colleague2@ward.example.org")
    where = reverse("feedback_answer", args=[tokens["colleague2@ward.example.org"]])
    for answer in (client.get(where), client.post(where, {"q1": "1", "q2": "1", "q3": "Typed for long."})):
        assert answer.status_code == 410
        assert "The invitation was taken back. There is nothing for you to do" in answer.text
    assert "Typed for long." in answer.text  # given back
    assert FeedbackAnswer.objects.count() == 0
    again = make.tokens(lambda: perform("remind respondents", subject, by=cast.trainee))
    assert sorted(again) == ["colleague1@ward.example.org", "colleague3@ward.example.org"]
    row = subject.opened.invitations.get(address="colleague2@ward.example.org")
    (event,) = Event.objects.filter(kind="withdraw invitation")
    assert event.details == {"feedback_round": 1, "round": "mid-training", "withdrawn": row.digest}
    perform("close feedback", subject, by=cast.trainee)
    closing = FeedbackClosing.objects.get()
    assert (closing.invited, closing.withdrawn, closing.answered) == (3, 1, 0)
    assert list(proof.signed_rows()) == []


@pytest.mark.parametrize("again", ["colleague1@ward.example.org", "Colleague1+new@Ward.example.org"])
def test_who_was_taken_back_is_not_asked_again_in_the_same_round(cast: Cast, again: str) -> None:
    """Or somebody who has answered could be asked twice, and a refusal for them alone would tell that they had."""
    subject = make.feedback_round(cast.portfolio)
    make.invited(subject, 1)
    make.invitation_withdrawn(subject, "colleague1@ward.example.org")
    with pytest.raises(Incomplete, match="was asked in this round already"):
        perform("invite respondents", subject, by=cast.trainee, given=Invite([Respondent(again, "other")]))


def test_an_invitation_is_taken_back_once_and_only_from_its_own_round(cast: Cast) -> None:
    subject = make.feedback_round(cast.portfolio)
    make.invited(subject, 1)
    make.invitation_withdrawn(subject, "colleague1@ward.example.org")
    make.invited(make.feedback_round(cast.portfolio, "end of training"), 1)
    for pk in (None, *FeedbackInvitation.objects.values_list("pk", flat=True)):
        with pytest.raises(Incomplete) as refusal:
            perform("withdraw invitation", subject, by=cast.trainee, given=Withdraw(pk))
        assert list(refusal.value.errors) == ["invitation"]


# --- closing and releasing ----------------------------------------------------------------------------------------


def test_a_round_closed_with_too_few_answers_keeps_none_of_them(cast: Cast) -> None:
    make.feedback_closed(cast.portfolio, answers=7)
    closing = FeedbackClosing.objects.get()
    assert (closing.enough, closing.answered, closing.invited) == (False, 7, 10)
    assert FeedbackAnswer.objects.count() == 0


def test_a_round_closed_with_enough_is_sealed_and_forgets_who_answered(cast: Cast) -> None:
    row = make.feedback_closed(cast.portfolio).opened
    assert (row.closing.enough, row.closing.answered) == (True, 8)
    assert row.answers.count() == 8 * 3
    assert row.invitations.filter(answered=True).count() == 0


def test_the_release_is_recorded_with_who_talked_about_it_and_when(cast: Cast) -> None:
    make.feedback_released(cast.portfolio, cast.coordinator)
    row = FeedbackRelease.objects.get()
    assert (row.signer, row.role_kind, row.discussed_on) == (cast.coordinator, "coordinator", make.today())
    assert row.notes == "More talks in public."
    assert "talks in public" not in "".join(Event.objects.values_list("data", flat=True))


def test_a_report_is_not_released_when_the_page_showed_another_or_it_was_altered(cast: Cast) -> None:
    subject = make.feedback_closed(cast.portfolio)
    seen = subject.opened.closing.digest
    for shown in (None, "", "0" * 64):
        with pytest.raises(TooLate):
            perform("release feedback", subject, by=cast.officer, seen=shown, given=Release(make.today()))
    FeedbackAnswer.objects.filter(text="Remark 3.").update(text="Perfect.")
    with pytest.raises(TooLate):
        perform("release feedback", subject, by=cast.officer, seen=seen, given=Release(make.today()))
    assert FeedbackRelease.objects.count() == 0


@pytest.mark.parametrize("days", [None, 1, -1])
def test_a_report_was_talked_about_after_the_round_closed_and_not_in_the_future(cast: Cast, days: int | None) -> None:
    subject = make.feedback_closed(cast.portfolio)
    on = None if days is None else make.today() + timedelta(days=days)
    with pytest.raises(Incomplete) as refusal:
        perform("release feedback", subject, by=cast.officer, seen=subject.opened.closing.digest, given=Release(on))
    assert list(refusal.value.errors) == ["discussed_on"]
