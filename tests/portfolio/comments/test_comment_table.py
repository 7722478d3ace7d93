"""Every state × action × person of a comment on a decision or an outcome, through the workflow."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from audit.models import Event
from outbox.models import Mail
from portfolio import access, proof
from portfolio.models import Assessment, Comment, CommentWithdrawal, Item, Role
from portfolio.states import CommentState as State
from portfolio.workflow import CommentOn, Incomplete, NotAllowed, Refused, TooLate, Wrote, available, perform
from portfolio.workflow.comments import LONGEST_COMMENT, CommentTable
from portfolio.workflow.comments.about import Decided
from tests import make
from tests.cast import Cast
from tests.portfolio.workflow.test_activity_table import everything
from tests.world import undone

# Who sees a decision of Maya Lind's and acts there; one more sees it, and is in training too.
WRITE = {"trainee", "assessor", "officer", "coordinator", "administrator", "cohort_administrator"}
SEE = WRITE | {"officer_in_training"}
WHAT = ("an activity", "an assessment")

# step: (the states it can start from, who takes it, where it leads). The comment that is there is the officer's.
LEGAL: dict[str, tuple[set[str], set[str], str]] = {
    "comment": ({State.NOT_WRITTEN}, WRITE, State.WRITTEN),
    "withdraw comment": ({State.WRITTEN}, {"officer"}, State.WITHDRAWN),
}


def test_the_table_has_exactly_these_steps() -> None:
    assert set(CommentTable.steps) == set(LEGAL)


def asked(what: str, cast: Cast) -> Decided:
    """What an assessor has to decide on."""
    if what == "an activity":
        return make.in_review(cast.portfolio, cast.assessor)
    cast.portfolio = make.with_assessments(cast.portfolio)
    return make.asked(cast.portfolio, cast.assessor)


def decided(what: str, cast: Cast) -> Decided:
    of = asked(what, cast)
    if isinstance(of, Assessment):
        return make.complete(of, "not_yet_satisfactory")
    return make.decide(of, "return", feedback="Add the action plan.").items.get()


def reach(state: str, cast: Cast, what: str) -> CommentOn:
    if state == State.NOT_DECIDED:
        return CommentOn(asked(what, cast))
    of = decided(what, cast)
    if state == State.NOT_WRITTEN:
        return CommentOn(of)
    row = make.commented(of, cast.officer)
    return CommentOn(of, make.comment_withdrawn(row) if state == State.WITHDRAWN else row)


def fresh(subject: CommentOn) -> CommentOn:
    row = Comment.objects.get(pk=subject.row.pk) if subject.row else None
    return CommentOn(type(subject.of).objects.get(pk=subject.of.pk), row)


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("state", list(State))
def test_every_action_by_everybody(cast: Cast, state: str, what: str) -> None:
    subject, table = reach(state, cast, what), CommentTable()
    before, told = everything(), Mail.objects.count()
    for action, (sources, who, target) in LEGAL.items():
        for name, person in cast.people().items():
            legal = state in sources and name in who
            said = f"{action} by {name} from {state}"
            assert (action in available(fresh(subject), cast.portfolio, by=person)) == legal, said
            if legal:
                with transaction.atomic():
                    perform(action, subject, by=person, given=Wrote("Why was it so?"))
                    assert table.state(CommentOn(fresh(subject).of, Comment.objects.latest("pk"))) == target, said
                    transaction.set_rollback(True)
            else:
                with pytest.raises(Refused) as refusal:
                    perform(action, subject, by=person, given=Wrote("Why was it so?"))
                assert refusal.value.status == (403 if state in sources else 409), said
    assert everything() == before
    assert Mail.objects.count() == told


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("state", list(State))
def test_in_a_closed_portfolio_every_step_is_refused(cast: Cast, state: str, what: str) -> None:
    subject = reach(state, cast, what)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    cast.portfolio.refresh_from_db()
    for action in LEGAL:
        for person in cast.people().values():
            assert available(fresh(subject), cast.portfolio, by=person) == {}
            with pytest.raises(NotAllowed):
                perform(action, subject, by=person, given=Wrote("Why was it so?"))


def test_a_supervisor_comments_on_what_is_of_their_placement_and_reads_nothing_else(cast: Cast) -> None:
    hugh = make.person("Hugh Sole")
    make.placed(cast.portfolio, cast.officer, hugh, ("S-X1",))
    theirs = make.signed_off(cast.portfolio, cast.assessor, "S-X1").items.get()
    other = make.signed_off(cast.portfolio, cast.assessor).items.get()
    observed = make.assessed(cast.portfolio, cast.assessor, code="S-X1")
    rows = [make.commented(one, hugh, "Seen in the clinic too.") for one in (theirs, observed)]
    assert {(row.role_kind, row.role) for row in rows} == {("supervisor", Role.objects.get(user=hugh))}
    with pytest.raises(NotAllowed):
        perform("comment", CommentOn(other), by=hugh, given=Wrote("And this?"))
    make.commented(other, cast.officer)
    assert set(access.visible(hugh, Comment)) == set(rows)
    assert set(access.visible_in(cast.portfolio, hugh, Comment)) == set(rows)


def test_a_supervisor_in_another_module_reads_nothing_of_an_outcome_and_comments_on_none(cast: Cast) -> None:
    hugh = make.person("Hugh Sole")
    make.placed(cast.portfolio, cast.officer, hugh, ("S-C1",))
    observed = make.assessed(cast.portfolio, cast.assessor, code="S-X1")
    make.commented(observed, cast.officer)
    with pytest.raises(NotAllowed):
        perform("comment", CommentOn(observed), by=hugh, given=Wrote("And this?"))
    assert not access.visible(hugh, Comment).exists()
    assert not access.visible_in(cast.portfolio, hugh, Comment).exists()


# --- what a comment says, and to whom -----------------------------------------------------------------------------


@pytest.fixture
def item(cast: Cast) -> Item:
    return make.returned(cast.portfolio, cast.assessor).items.get()


@pytest.fixture(params=WHAT)
def of(cast: Cast, request: pytest.FixtureRequest) -> Decided:
    """Returned, or not yet satisfactory."""
    return decided(request.param, cast)


def test_an_answer_to_an_answer_stands_in_the_same_thread(cast: Cast, of: Decided) -> None:
    first = make.commented(of, cast.trainee, "What do you mean by a plan?")
    answer = make.commented(of, cast.assessor, "Three steps, with dates.", to=first)
    further = make.commented(of, cast.trainee, "Thank you.", to=answer)
    assert [row.thread for row in (first, answer, further)] == [None, first, first]


def test_a_comment_of_another_decision_cannot_be_answered_here(cast: Cast, item: Item) -> None:
    others = [
        make.signed_off(cast.portfolio, cast.assessor, number=2).items.get(),
        make.assessed(cast.portfolio, cast.assessor, code="S-X1"),
    ]
    for other in others:
        row = make.commented(other, cast.trainee)
        with pytest.raises(TooLate):
            perform("comment", CommentOn(item), by=cast.assessor, given=Wrote("Here?", row.cid))
    assert Comment.objects.count() == 2


def test_what_was_withdrawn_is_not_answered(cast: Cast, of: Decided) -> None:
    row = make.comment_withdrawn(make.commented(of, cast.trainee))
    with pytest.raises(TooLate):
        perform("comment", CommentOn(of), by=cast.assessor, given=Wrote("Why?", row.cid))


@pytest.mark.parametrize("text", ["", " \n\t ", "x" * (LONGEST_COMMENT + 1)], ids=["empty", "spaces", "too long"])
def test_a_comment_that_says_nothing_or_too_much_is_not_taken(cast: Cast, of: Decided, text: str) -> None:
    with pytest.raises(Incomplete):
        perform("comment", CommentOn(of), by=cast.trainee, given=Wrote(text))
    assert Comment.objects.count() == 0


def test_the_same_words_twice_in_one_thread_are_one_comment(cast: Cast, of: Decided) -> None:
    make.commented(of, cast.trainee, "Thank you.")
    with pytest.raises(TooLate):
        make.commented(of, cast.trainee, " Thank you. ")
    make.commented(of, cast.assessor, "Thank you.")
    assert Comment.objects.count() == 2


def told(kind: str = "comment") -> set[str]:
    """Whom the newest comment tells of; the mails before are forgotten."""
    names = {row.person.name for row in Mail.objects.filter(kind=kind).select_related("person") if row.person}
    Mail.objects.all().delete()
    return names


def test_the_other_party_and_those_in_the_thread_are_told_and_not_who_wrote(cast: Cast, of: Decided) -> None:
    first = make.commented(of, cast.trainee, "What do you mean by a plan?")
    assert told() == {"Maya Lind"}
    make.commented(of, cast.assessor, "Three steps, with dates.", to=first)
    assert told() == {"Priya Raman"}
    make.commented(of, cast.officer, "See the guidance.", to=first)
    assert told() == {"Priya Raman", "Maya Lind"}
    make.commented(of, cast.trainee, "I have read it.", to=first)
    assert told() == {"Maya Lind", "Ana Reyes"}
    make.commented(of, cast.trainee, "Something else.")
    assert told() == {"Maya Lind"}


def test_a_mail_holds_no_word_of_a_comment_and_leads_to_it(cast: Cast, item: Item) -> None:
    Mail.objects.all().delete()
    row = make.commented(item, cast.assessor, "Bring the phantom scans.")
    mail = Mail.objects.get()
    assert "phantom" not in mail.subject + mail.text
    assert (mail.subject, mail.for_digest) == ("Comment on S-C1 1", False)
    assert mail.text.endswith(f"{reverse('comments', args=[item.submission.sid, 'S-C1', 1])}?at={row.cid}#{row.cid}")


def test_a_mail_of_an_outcome_names_it_and_leads_to_its_comments(cast: Cast) -> None:
    of = decided("an assessment", cast)
    Mail.objects.all().delete()
    row = make.commented(of, cast.trainee, "Bring the phantom scans.")
    mail = Mail.objects.get()
    assert "phantom" not in mail.subject + mail.text
    assert mail.subject == "Comment on DOPS of S-A1 of Priya Raman"
    assert mail.text.endswith(f"/comments/{of.aid}/?at={row.cid}#{row.cid}")


def test_whoever_wants_one_mail_a_day_hears_of_comments_in_it(cast: Cast, item: Item) -> None:
    Mail.objects.all().delete()
    cast.trainee.__class__.objects.filter(pk=cast.trainee.pk).update(mail_choice="daily")
    make.commented(item, cast.assessor)
    assert Mail.objects.get().for_digest


def test_an_assessor_whose_role_has_ended_hears_of_no_comment_and_those_who_lead_do(cast: Cast, of: Decided) -> None:
    row = make.commented(of, cast.assessor)
    cast.portfolio.roles.filter(user=cast.assessor).update(ends_on=make.today() - timedelta(days=1))
    Mail.objects.all().delete()
    make.commented(of, cast.trainee, "Are you there?", to=row)
    assert told() == {"Ana Reyes", "Colin Berg"}
    assert not access.visible(cast.assessor, Comment).exists()
    with pytest.raises(NotAllowed):
        perform("comment", CommentOn(of), by=cast.assessor, given=Wrote("I am."))
    with pytest.raises(NotAllowed):
        perform("withdraw comment", CommentOn(of, row), by=cast.assessor)


def test_somebody_who_decided_by_a_link_hears_that_there_is_a_comment_while_their_role_lasts(cast: Cast) -> None:
    """And no word of it; those who lead can read it."""
    item, _ = make.linked(cast.portfolio, cast.officer)
    make.decided_by_link(item)
    person = item.decision.signer
    Mail.objects.all().delete()
    first = make.commented(item, cast.trainee, "Bring the phantom scans.")
    mail = Mail.objects.get(person=person)
    assert (mail.subject, "phantom" in mail.text, "/comments/" in mail.text) == (
        "Comment on your decision on S-C1 1",
        False,
        False,
    )
    assert mail.text.startswith("Priya Raman has written a comment about your decision on S-C1 1.\n\n")
    assert told() == {"Ana Reyes", "Colin Berg", "Grace Hall"}
    make.commented(item, cast.officer, "She cannot read it.", to=first)
    assert told() == {"Priya Raman", "Colin Berg", "Grace Hall"}
    day = make.today() - timedelta(days=1)
    cast.portfolio.roles.filter(user=person).update(starts_on=day, ends_on=day)
    make.commented(item, cast.trainee, "Once more.")
    assert told() == {"Ana Reyes", "Colin Berg"}


# --- what stays ---------------------------------------------------------------------------------------------------


def test_nothing_of_what_was_signed_changes_by_a_comment(cast: Cast) -> None:
    activity = make.signed_off(cast.portfolio, cast.assessor)
    item = activity.items.get()
    before = (item.digest, item.manifest, item.state, activity.state)
    make.comment_withdrawn(make.commented(item, cast.trainee))
    item, activity = Item.objects.get(pk=item.pk), make.activity(cast.portfolio)
    assert (item.digest, item.manifest, item.state, activity.state) == before


def test_nothing_of_an_outcome_changes_by_a_comment_and_its_kind_may_still_be_corrected(cast: Cast) -> None:
    of = decided("an assessment", cast)
    before = (of.digest, of.manifest, of.state, of.kind)
    make.comment_withdrawn(make.commented(of, cast.trainee))
    of = make.assessment(of)
    assert (of.digest, of.manifest, of.state, of.kind) == before
    make.commented(make.corrected(of), cast.assessor, "It was an OCE.")
    perform("void assessment", make.assessment(of), by=cast.officer, reason="Of another trainee.")
    make.commented(make.assessment(of), cast.trainee, "Whose was it?")
    assert [str(finding) for finding in [*proof.signed_rows(), *proof.assessments()]] == []


def test_an_event_tells_of_a_comment_and_holds_no_word_of_it(cast: Cast, item: Item) -> None:
    row = make.comment_withdrawn(make.commented(item, cast.trainee, "Bring the phantom scans."))
    events = Event.objects.filter(chain__name=cast.portfolio.chain, kind__contains="comment").order_by("seq")
    assert [(event.kind, event.seq) for event in events] == [
        ("comment", row.audit_seq),
        ("withdraw comment", CommentWithdrawal.objects.get().audit_seq),
    ]
    assert not any("phantom" in event.data for event in events)
    assert set(events[0].details) == {
        *("module", "number", "submission", "attempt", "comment", "thread", "comment_written"),
    }


def test_an_account_that_was_merged_goes_on_withdrawing_what_it_wrote(cast: Cast, of: Decided) -> None:
    row = make.commented(of, cast.assessor)
    cast.portfolio.roles.filter(user=cast.assessor).update(user=cast.future_assessor)
    cast.assessor.__class__.objects.filter(pk=cast.assessor.pk).update(
        is_active=False, merged_into=cast.future_assessor
    )
    with undone():
        perform("withdraw comment", CommentOn(of, row), by=cast.future_assessor)
        assert CommentWithdrawal.objects.count() == 1
    Mail.objects.all().delete()
    make.commented(of, cast.trainee, "Are you there?", to=row)
    assert told() == {"Leo Marsh"}
