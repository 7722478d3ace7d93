"""What a step needs beyond state and person: each need refused by itself, in words, with nothing changed."""

from typing import Any

import pytest

from portfolio import files
from portfolio.models import Decision, Link, StoredFile, Submission
from portfolio.states import ActivityState, ItemState
from portfolio.workflow import (
    TABLES,
    Incomplete,
    LinkTo,
    Redirect,
    Refused,
    Submit,
    TooLate,
    perform,
    writing,
)
from portfolio.workflow.activities import newest_revisions
from tests import make
from tests.cast import Cast


def refused(kind: type[Refused], field: str | None, action: str, subject: Any, **arguments: Any) -> None:
    with pytest.raises(kind) as refusal:
        perform(action, subject, **arguments)
    if isinstance(refusal.value, Incomplete):
        assert list(refusal.value.errors) == [field]


def test_these_steps_and_no_other_are_refused_without_a_reason(cast: Cast) -> None:
    """A form asks for it too: here it is the step that does, whatever page leads to it."""
    found = {name for table in TABLES.values() for name, step in table.steps.items() if step.needs_reason}
    assert found == {
        "return",
        "unlock",
        "void elsewhere",
        "void module sign-off",
        "close portfolio",
        "reopen portfolio",
        "achieve goal",
        "give up goal",
        "reopen goal",
        "review goal",
        "refuse option",
        "correct result",
        "void assessment elsewhere",
        "record review again",
        "remove training time",
        "void assessment",
        "decline nomination",
    }
    subject = make.signed_off(cast.portfolio, cast.assessor)
    refused(Incomplete, "reason", "unlock", subject, by=cast.officer, reason=" ")


def test_what_a_link_needs(cast: Cast) -> None:
    page, binned = make.page(cast.portfolio), make.page(cast.portfolio, "Binned")
    writing.discard(binned, by=cast.trainee)
    binned.refresh_from_db()
    subject = make.activity(cast.portfolio)
    for given, field in (
        (LinkTo(make.page(cast.other), "Somebody else's."), "evidence"),
        (LinkTo(binned, "In the bin."), "evidence"),
        (LinkTo(page, "  "), "why"),
    ):
        refused(Incomplete, field, "link", subject, by=cast.trainee, given=given)
    nowhere = make.activity(cast.portfolio, "S-C1", 99)
    refused(Incomplete, "activity", "link", nowhere, by=cast.trainee, given=LinkTo(page, "No such number."))
    assert Link.objects.count() == 0


def test_what_was_signed_keeps_its_links(cast: Cast) -> None:
    subject = make.signed_off(cast.portfolio, cast.assessor)
    signed = Link.objects.get().evidence
    refused(TooLate, None, "unlink", subject, by=cast.trainee, given=LinkTo(signed))
    refused(TooLate, None, "link", subject, by=cast.trainee, given=LinkTo(signed, "In other words."))
    assert Link.objects.get().why == "Shows how I did S-C1 1."


def test_a_link_is_removed_once(cast: Cast) -> None:
    refused(
        TooLate, None, "unlink", make.drafted(cast.portfolio), by=cast.trainee, given=LinkTo(make.page(cast.portfolio))
    )


def test_unlinking_the_last_page_leaves_nothing_started_unless_it_was_ever_submitted(cast: Cast) -> None:
    fresh = make.drafted(cast.portfolio, number=1)
    perform("unlink", fresh, by=cast.trainee, given=LinkTo(fresh.links.get().evidence))
    assert make.activity(cast.portfolio, number=1).state == ActivityState.NOT_STARTED
    item = make.in_review(cast.portfolio, cast.assessor, number=2)
    perform("withdraw", item.activity, by=cast.trainee)
    perform("unlink", item.activity, by=cast.trainee, given=LinkTo(item.activity.links.get().evidence))
    assert make.activity(cast.portfolio, number=2).state == ActivityState.DRAFT


def test_what_a_submission_needs(cast: Cast) -> None:
    subject = make.drafted(cast.portfolio)
    page = subject.links.get().evidence
    pages = {subject.pk: [revision.pk for revision in newest_revisions(subject)]}
    for given, field in (
        (Submit(cast.assessor, pages, declared=False), "declared"),
        (Submit(None, pages, declared=True), "assessor"),
        (Submit(cast.former_assessor, pages, declared=True), "assessor"),
        (Submit(cast.assessor, {}, declared=True), "pages"),
    ):
        refused(Incomplete, field, "submit", subject, by=cast.trainee, given=given)
    make.change(page, title="Typed on", save=False)
    refused(Incomplete, "pages", "submit", subject, by=cast.trainee, given=Submit(cast.assessor, pages, declared=True))
    writing.save(page, by=cast.trainee)
    refused(TooLate, None, "submit", subject, by=cast.trainee, given=Submit(cast.assessor, pages, declared=True))
    assert Submission.objects.count() == 0


def test_a_page_can_be_left_out_of_a_submission(cast: Cast) -> None:
    subject = make.drafted(cast.portfolio)
    second = make.page(cast.portfolio, "Not this time")
    perform("link", subject, by=cast.trainee, given=LinkTo(second, "Also."))
    first = subject.links.exclude(evidence=second).get().evidence.revisions.get()
    perform("submit", subject, by=cast.trainee, given=Submit(cast.assessor, {subject.pk: [first.pk]}, declared=True))
    assert [page.revision for page in subject.items.get().pages.all()] == [first]


def test_a_redirection_goes_to_somebody_else_who_may_decide(cast: Cast) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    for assessor in (cast.assessor, cast.stranger, None):
        refused(Incomplete, "assessor", "redirect", item.activity, by=cast.trainee, given=Redirect(assessor))


def test_a_decision_is_bound_to_what_was_shown(cast: Cast) -> None:
    first = make.in_review(cast.portfolio, cast.assessor)
    make.decide(first, "return", feedback="Once more.")
    second = make.submit(cast.assessor, make.activity(cast.portfolio))[0]
    for seen in (None, "", first.digest):
        refused(TooLate, None, "sign off", second.activity, by=cast.assessor, seen=seen)
    assert Decision.objects.filter(item=second).count() == 0


@pytest.mark.parametrize("outcome", ["sign off", "return"])
def test_nothing_is_decided_on_a_file_that_is_no_longer_what_was_submitted(cast: Cast, outcome: str) -> None:
    page = make.page(cast.portfolio)
    make.attachment(page)
    item = make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))[0]
    sha256 = StoredFile.objects.get().sha256
    path = files.settings.FILES_DIR / sha256[:2] / sha256[2:4] / sha256
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b" ")
    refused(TooLate, None, outcome, item.activity, by=cast.assessor, seen=item.digest, reason="A word.")
    assert item.state == ItemState.UNDECIDED
