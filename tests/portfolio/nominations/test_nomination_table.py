"""Naming somebody new: every state × action × person, and what becomes of the submission."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.checks import registered
from audit.models import Event
from portfolio import access, ledger
from portfolio.assessed import Waiting
from portfolio.models import Addressee, Nomination, NominationAnswer, Role, Submission
from portfolio.states import ActivityState, NominationState, RoleKind
from portfolio.workflow import (
    Incomplete,
    Nominee,
    NotAllowed,
    Redirect,
    Refused,
    Submit,
    TooLate,
    available,
    nominations,
    perform,
)
from portfolio.workflow.activities import newest_revisions
from portfolio.workflow.nominations import NominationTable
from tests import make
from tests.cast import Cast
from tests.portfolio.workflow.test_activity_table import everything, told

State = NominationState
LEADERS = {"officer", "coordinator"}
REACH: dict[str, Callable[[Cast, Nomination], Any]] = {
    State.WAITING: lambda cast, row: None,
    State.APPROVED: lambda cast, row: make.approved(row, cast.officer),
    State.DECLINED: lambda cast, row: make.declined(row, cast.officer),
    State.TAKEN_BACK: lambda cast, row: perform("withdraw", make.activity(cast.portfolio), by=cast.trainee),
}


def by_account(cast: Cast, person: User | None = None) -> Nominee:
    """Somebody who has an account, and no role in Priya's portfolio."""
    person = person or cast.stranger
    return make.nominee(person.name, person.email)


def newest(row: Nomination) -> Nomination:
    return Nomination.objects.get(pk=row.pk)


def test_the_table_has_exactly_these_steps() -> None:
    assert set(NominationTable.steps) == {"approve nomination", "decline nomination"}


@pytest.mark.parametrize("state", list(REACH))
def test_every_action_by_everybody(cast: Cast, state: str) -> None:
    row = make.nominated(cast.portfolio, who=by_account(cast))
    REACH[state](cast, row)
    before, leaving = everything(), told()
    for action in NominationTable.steps:
        for name, person in cast.people().items():
            row = newest(row)
            legal = state == State.WAITING and name in LEADERS
            said = f"{action} by {name} from {state}"
            assert (action in available(row, cast.portfolio, by=person)) == legal, said
            if legal:
                with transaction.atomic():
                    perform(action, row, by=person, reason="A word.")
                    assert newest(row).state == (State.APPROVED if action.startswith("approve") else State.DECLINED)
                    transaction.set_rollback(True)
            else:
                with pytest.raises(Refused) as refusal:
                    perform(action, row, by=person, reason="A word.")
                assert refusal.value.status == (403 if state == State.WAITING else 409), said
    assert (everything(), told()) == (before, leaving)


# --- while the officer has not answered ---------------------------------------------------------------------------


def test_a_submission_with_somebody_new_is_in_review_and_nobody_can_decide(cast: Cast) -> None:
    row = make.nominated(cast.portfolio, who=by_account(cast))
    item = row.submission.items.get()
    assert make.activity(cast.portfolio).state == ActivityState.IN_REVIEW
    assert item.digest != ""
    assert row.submission.addressees.count() == 0
    for name, person in cast.people().items():
        with pytest.raises(NotAllowed):
            perform("sign off", item.activity, by=person, seen=item.digest)
        assert (name, access.addressed_items(person).count()) == (name, 0)
    assert newest(row).state == State.WAITING


def test_once_approved_the_one_who_was_named_decides_and_nobody_else(cast: Cast) -> None:
    """The positive control."""
    row = make.approved(make.nominated(cast.portfolio, who=by_account(cast)), cast.officer)
    item = row.submission.items.get()
    for name, person in cast.people().items():
        if name != "stranger":
            with pytest.raises(NotAllowed):
                perform("sign off", item.activity, by=person, seen=item.digest)
    perform("sign off", item.activity, by=cast.stranger, seen=item.digest)
    assert item.decision.signer == cast.stranger


def test_everybody_reads_that_the_officer_has_still_to_approve(cast: Cast) -> None:
    row = make.nominated(cast.portfolio)
    waiting = ledger.read_one(cast.portfolio).modules["S-C1"].activities[1].waiting
    assert waiting == Waiting(
        row.submission.sid, "Grace Hall (to be approved by the training officer)", 0, row.since, row.due_on
    )
    make.declined(row, cast.officer)
    assert ledger.read_one(cast.portfolio).modules["S-C1"].activities[1].waiting == Waiting(
        row.submission.sid, None, 0, row.since, row.due_on
    )


def test_the_trainee_takes_it_back(cast: Cast) -> None:
    row = make.nominated(cast.portfolio)
    perform("withdraw", make.activity(cast.portfolio), by=cast.trainee)
    assert (make.activity(cast.portfolio).state, newest(row).state) == (ActivityState.DRAFT, State.TAKEN_BACK)
    with pytest.raises(TooLate):
        perform("approve nomination", row, by=cast.officer)


def test_the_trainee_or_the_officer_asks_an_assessor_instead(cast: Cast) -> None:
    for number, person in enumerate((cast.trainee, cast.officer), start=1):
        row = make.nominated(cast.portfolio, number)
        perform("redirect", make.activity(cast.portfolio, number=number), by=person, given=Redirect(cast.assessor))
        assert newest(row).state == State.TAKEN_BACK
        assert row.submission.addressees.get().assessor == cast.assessor


def test_after_a_refusal_the_trainee_names_another_and_what_was_declined_stays(cast: Cast) -> None:
    row = make.declined(make.nominated(cast.portfolio), cast.officer, reason="We do not know them.")
    activity = make.activity(cast.portfolio)
    perform("redirect", activity, by=cast.trainee, given=Redirect(None, by_account(cast)))
    second = Nomination.objects.get(until=None)
    assert (newest(row).state, second.state) == (State.DECLINED, State.WAITING)
    make.approved(second, cast.coordinator)
    assert row.submission.addressees.get().assessor == cast.stranger


def test_an_assessor_who_is_asked_no_more_loses_sight_when_somebody_new_is_named(cast: Cast) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    perform("redirect", item.activity, by=cast.trainee, given=Redirect(None, make.nominee()))
    assert access.addressed_items(cast.assessor).count() == 0
    with pytest.raises(NotAllowed):
        perform("sign off", item.activity, by=cast.assessor, seen=item.digest)


def test_only_the_trainee_names_somebody_new(cast: Cast) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    with pytest.raises(Incomplete) as refusal:
        perform("redirect", item.activity, by=cast.officer, given=Redirect(None, make.nominee()))
    assert refusal.value.errors == {"assessor": "Only the trainee names somebody new. Choose somebody who may decide."}


def test_a_submission_names_one_new_assessor_at_a_time(cast: Cast) -> None:
    row = make.nominated(cast.portfolio)
    with pytest.raises(IntegrityError, match="submission"), transaction.atomic():
        Nomination.objects.create(
            portfolio=cast.portfolio, submission=row.submission, name="B", address="b@example.org", due_on=row.due_on
        )


# --- what is typed ------------------------------------------------------------------------------------------------

WRONG = {
    "no name": ({"name": ""}, "new_name", "Enter the name of the person you ask."),
    "a name over two lines": (
        {"name": "Grace\nBcc: all@example.org"},
        "new_name",
        "Take out line breaks, and characters that cannot be shown, from the name.",
    ),
    "a long name": ({"name": "G" * 201}, "new_name", "Write 200 characters or fewer for the name."),
    "no address": ({"address": ""}, "new_address", "Enter one e-mail address, such as name@hospital.example."),
    "an address over two lines": (
        {"address": "grace@example.org\nBcc: all@example.org"},
        "new_address",
        "Take out line breaks, and characters that cannot be shown, from the e-mail address.",
    ),
    "an address with a carriage return": (
        {"address": "grace@example.org\r"},
        "new_address",
        "Take out line breaks, and characters that cannot be shown, from the e-mail address.",
    ),
    "two addresses": (
        {"address": "grace@example.org, all@example.org"},
        "new_address",
        "Enter one e-mail address, such as name@hospital.example.",
    ),
    "a name with its address": (
        {"address": "Grace <grace@example.org>"},
        "new_address",
        "Enter one e-mail address, such as name@hospital.example.",
    ),
    "255 characters of address": (
        {"address": f"grace.hall@{'x' * 60}.{'y' * 60}.{'z' * 60}.{'a' * 60}.org"},
        "new_address",
        "Write 254 characters or fewer for the e-mail address.",
    ),
    "a long post": ({"post": "P" * 201}, "new_post", "Write 200 characters or fewer for the post."),
    "a long registration": (
        {"registration": "1" * 41},
        "new_registration",
        "Write 40 characters or fewer for the registration number.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_somebody_new_is_said_at_its_box_and_nothing_is_stored(cast: Cast, case: str) -> None:
    fields, box, said = WRONG[case]
    activity = make.drafted(cast.portfolio)
    pages = {activity.pk: [revision.pk for revision in newest_revisions(activity)]}
    who = Nominee(**({"name": "Grace Hall", "address": "grace@example.org"} | fields))
    before = everything()
    with pytest.raises(Incomplete) as refusal:
        perform("submit", activity, by=cast.trainee, given=Submit(None, pages, declared=True, nominee=who))
    assert refusal.value.errors == {box: said}
    assert everything() == before


def test_a_trainee_does_not_name_their_own_address(cast: Cast) -> None:
    activity = make.drafted(cast.portfolio)
    pages = {activity.pk: [revision.pk for revision in newest_revisions(activity)]}
    who = make.nominee("Somebody Else", cast.trainee.email.upper())
    with pytest.raises(Incomplete) as refusal:
        perform("submit", activity, by=cast.trainee, given=Submit(None, pages, declared=True, nominee=who))
    assert refusal.value.errors == {"new_address": "This is your own address. Somebody else decides on your work."}
    assert Submission.objects.count() == 0


# --- approving ----------------------------------------------------------------------------------------------------


def test_approving_makes_the_account_of_that_address_an_assessor_however_it_is_written(cast: Cast) -> None:
    who = make.nominee("E. Nolan", cast.stranger.email.upper())
    people = User.objects.count()
    row = make.approved(make.nominated(cast.portfolio, who=who), cast.officer)
    role = Role.objects.get(portfolio=cast.portfolio, user=cast.stranger)
    assert (role.kind, role.starts_on, role.ends_on) == (RoleKind.ASSESSOR, make.today(), None)
    assert (row.answer.assessor, row.submission.addressees.get().assessor) == (cast.stranger, cast.stranger)
    assert User.objects.count() == people
    assert Event.objects.filter(chain__name="instance", kind="role given").latest("seq").details["role"] == role.pk


def test_an_address_that_becomes_somebodys_at_this_moment_makes_no_second_account(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another officer approves the same address: neither finds it, and one makes it first."""
    row = make.nominated(cast.portfolio, who=make.nominee("E. Nolan", cast.stranger.email))
    monkeypatch.setattr(nominations, "account_of", lambda row: None)
    people = User.objects.count()
    assert make.approved(row, cast.officer).answer.assessor == cast.stranger
    assert User.objects.count() == people


def test_somebody_who_may_decide_already_gets_no_second_role(cast: Cast) -> None:
    roles = Role.objects.count()
    make.approved(make.nominated(cast.portfolio, who=by_account(cast, cast.assessor)), cast.officer)
    assert Role.objects.count() == roles
    assert Addressee.objects.get(until=None).assessor == cast.assessor


def test_somebody_whose_role_has_ended_gets_a_new_one(cast: Cast) -> None:
    make.approved(make.nominated(cast.portfolio, who=by_account(cast, cast.former_assessor)), cast.officer)
    assert access.may_decide_on(cast.portfolio).filter(pk=cast.former_assessor.pk).exists()


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("deactivated", "The account of Vic Stone is not active. Decline, or ask an administrator."),
        (
            "other_trainee",
            "Tom Okafor is in training on this programme, and decides on nobody’s work in it: decline.",
        ),
    ],
)
def test_whoever_could_not_decide_is_not_approved(cast: Cast, who: str, said: str) -> None:
    row = make.nominated(cast.portfolio, who=by_account(cast, cast.people()[who]))
    before = everything()
    with pytest.raises(Incomplete) as refusal:
        perform("approve nomination", row, by=cast.officer)
    assert refusal.value.said == said
    assert everything() == before


def test_the_address_of_the_trainee_is_not_approved_even_when_it_became_theirs_later(cast: Cast) -> None:
    row = make.nominated(cast.portfolio, who=make.nominee("Grace Hall", "grace@example.org"))
    User.objects.filter(pk=cast.trainee.pk).update(email="grace@example.org")
    with pytest.raises(Incomplete, match="address of the trainee"):
        perform("approve nomination", row, by=cast.officer)


def test_declining_needs_a_word(cast: Cast) -> None:
    row = make.nominated(cast.portfolio)
    with pytest.raises(Incomplete, match="Say why in a word"):
        perform("decline nomination", row, by=cast.officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        NominationAnswer.objects.create(
            nomination=row, approved=False, signer=cast.officer, answered_at=row.since, audit_seq=1
        )


def test_nobody_names_or_answers_in_a_closed_portfolio(cast: Cast) -> None:
    row = make.nominated(cast.portfolio)
    activity = make.drafted(cast.portfolio, number=2)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    given = Submit(None, {activity.pk: [newest_revisions(activity)[0].pk]}, declared=True, nominee=make.nominee())
    with pytest.raises(NotAllowed):
        perform("submit", activity, by=cast.trainee, given=given)
    for action in NominationTable.steps:
        with pytest.raises(NotAllowed):
            perform(action, row, by=cast.officer, reason="A word.")


# --- who is told, and what is kept --------------------------------------------------------------------------------


def test_those_who_approve_are_told_and_the_one_who_is_named_hears_nothing_yet(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        make.nominated(cast.portfolio, who=by_account(cast))
    assert sorted((letter.to, letter.subject) for letter in mail.outbox) == [
        ([cast.officer.email], "Priya Raman names a new assessor"),
        ([cast.coordinator.email], "Priya Raman names a new assessor"),
    ]


def test_the_one_who_is_approved_is_asked_and_the_trainee_told(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    row = make.nominated(cast.portfolio, who=by_account(cast))
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        make.approved(row, cast.officer)
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        ([cast.stranger.email], "Priya Raman asks you for a decision: S-C1 1"),
        ([cast.trainee.email], "Approved: Eve Nolan"),
    ]


def test_the_trainee_is_told_that_somebody_was_declined_and_the_reason_stays_behind_the_sign_in(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    row = make.nominated(cast.portfolio)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        make.declined(row, cast.officer, reason="We do not know her.")
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([cast.trainee.email], "Not approved: Grace Hall")
    assert "We do not know her" not in str(letter.body)


def test_the_chain_holds_who_was_named_as_a_digest_alone(cast: Cast) -> None:
    make.declined(make.nominated(cast.portfolio), cast.officer, reason="We do not know her.")
    told = " ".join(Event.objects.values_list("data", flat=True))
    assert "grace" not in told.lower()
    assert "We do not know" not in told
    kinds = list(Event.objects.filter(chain__name=cast.portfolio.chain).values_list("kind", flat=True))
    assert kinds[-2:] == ["submit", "decline nomination"]


def found(cast: Cast) -> list[str]:
    return [f"{one.subject}: {one.what}" for check in registered().values() for one in check()]


def test_a_whole_life_agrees_with_the_chain(cast: Cast) -> None:
    make.appointments_told()
    make.declined(make.nominated(cast.portfolio), cast.officer)
    perform("redirect", make.activity(cast.portfolio), by=cast.trainee, given=Redirect(cast.assessor))
    perform("redirect", make.activity(cast.portfolio), by=cast.trainee, given=Redirect(None, by_account(cast)))
    make.approved(Nomination.objects.get(until=None), cast.officer)
    make.decide(Submission.objects.get().items.get())
    perform("withdraw", make.nominated(cast.portfolio, 2).submission.items.get().activity, by=cast.trainee)
    assert found(cast) == []


@pytest.mark.parametrize("fields", [{"address": "other@example.org"}, {"name": "Other"}, {"until": None}])
def test_a_row_that_says_something_else_is_named(cast: Cast, fields: dict[str, Any]) -> None:
    row = make.approved(make.nominated(cast.portfolio, who=by_account(cast)), cast.officer)
    Nomination.objects.filter(pk=row.pk).update(**fields)
    assert any(f"submission {row.submission.sid}" in one for one in found(cast))
