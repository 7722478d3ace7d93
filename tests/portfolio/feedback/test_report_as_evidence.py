"""A released report as evidence: what is submitted of it is what was released, and the proof says when it is not."""

from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from audit.checks import Finding
from audit.models import Event
from portfolio import proof
from portfolio.models import Evidence, FeedbackAnswer, Item, Revision
from portfolio.workflow import Incomplete, LinkTo, RoundOf, TooLate, perform, writing
from portfolio.workflow.feedback.using import use
from tests import make
from tests.cast import Cast


def used(cast: Cast) -> Evidence:
    """A page with the report of a round, saved."""
    page = use(make.feedback_released(cast.portfolio, cast.officer).opened, by=cast.trainee, eid="")
    writing.save(page, by=cast.trainee)
    return page


def submitted(cast: Cast, page: Evidence) -> Item:
    given = LinkTo(page, "My colleagues say how I work with them.")
    perform("link", make.activity(cast.portfolio), by=cast.trainee, given=given)
    return make.submit(cast.assessor, make.activity(cast.portfolio))[0]


def shown(person: Any, page: Evidence) -> str:
    client = Client()
    client.force_login(person)
    return client.get(reverse("evidence", args=[page.portfolio.ref, page.eid])).content.decode()


def test_a_page_of_a_report_says_so_and_its_making_is_told_once(cast: Cast) -> None:
    page = used(cast)
    row = RoundOf.read(cast.portfolio, "mid-training").opened
    assert use(row, by=cast.trainee, eid=page.eid) == page
    event = Event.objects.get(kind="report used as evidence")
    told = {"evidence": page.eid, "feedback_round": row.number, "round": row.name, "report": row.closing.digest}
    assert event.details == told
    assert "Mid-training feedback, as it was released" in shown(cast.trainee, page)
    make.change(page, body=page.body.replace("Remark 1.", "Remark 1, and the best of all."))
    assert "Mid-training feedback, changed since its release" in shown(cast.trainee, page)


def test_words_around_a_report_can_be_submitted_with_it_and_the_assessor_reads_that_it_stands(cast: Cast) -> None:
    page = used(cast)
    make.change(page, body=f"What I make of it comes last.\r\n\r\n{page.body}  \n\nI will ask sooner.")
    item = submitted(cast, page)
    client = Client()
    client.force_login(cast.assessor)
    assert "Word for word as released" in client.get(f"/reviewing/{item.submission.sid}/").content.decode()
    assert list(proof.reports()) == []


@pytest.mark.parametrize("taken_out", ["Remark 1.", "- Cannot say: ", "Fingerprint of the report: "])
def test_a_report_that_its_trainee_changed_is_not_submitted(cast: Cast, taken_out: str) -> None:
    page = used(cast)
    assert taken_out in page.body
    make.change(page, body=page.body.replace(taken_out, "", 1))
    with pytest.raises(Incomplete) as refusal:
        submitted(cast, page)
    assert list(refusal.value.errors) == ["pages"]
    assert "does not hold it as it was released" in refusal.value.errors["pages"]
    assert Item.objects.count() == 0


def test_a_report_that_was_altered_in_its_rows_becomes_no_evidence(cast: Cast) -> None:
    subject = make.feedback_released(cast.portfolio, cast.officer)
    answer = FeedbackAnswer.objects.filter(text="Remark 1.").get()
    FeedbackAnswer.objects.filter(pk=answer.pk).update(text="The best of all.")
    with pytest.raises(TooLate, match="not what was sealed"):
        use(subject.opened, by=cast.trainee, eid="")
    assert Evidence.objects.count() == 0


def test_a_report_becomes_evidence_once_it_is_released_and_not_before(cast: Cast) -> None:
    subject = make.feedback_closed(cast.portfolio)
    with pytest.raises(TooLate, match="no report to use"):
        use(subject.opened, by=cast.trainee, eid="")


def test_the_proof_names_what_was_submitted_and_is_not_the_report(cast: Cast) -> None:
    page = used(cast)
    item = submitted(cast, page)
    assert list(proof.reports()) == []
    rows = QuerySet(Revision).filter(evidence=page)  # past the guard, as somebody with the database's key would
    rows.update(body=page.body.replace("Remark 1.", "The best of all."))
    where = f"portfolio {cast.portfolio.ref}, page {page.eid} for {item.activity}, submission 1"
    assert list(proof.reports()) == [Finding(where, "it does not hold the report as it was released")]


def test_the_proof_names_a_page_that_no_longer_says_of_which_report_it_is(cast: Cast) -> None:
    page = used(cast)
    named = [
        Finding(
            f"portfolio {cast.portfolio.ref}, page {page.eid}",
            "the report that it was made from is not the one that was recorded",
        )
    ]
    Evidence.objects.filter(pk=page.pk).update(feedback_round=None)
    assert list(proof.reports()) == named
    second = make.feedback_closed(cast.portfolio, name="end of training").opened
    Evidence.objects.filter(pk=page.pk).update(feedback_round=second)
    assert list(proof.reports()) == named


def test_a_page_that_claims_a_report_without_an_event_is_named(cast: Cast) -> None:
    row = make.feedback_released(cast.portfolio, cast.officer).opened
    page = make.page(cast.portfolio)
    Evidence.objects.filter(pk=page.pk).update(feedback_round=row)
    assert [finding.subject for finding in proof.reports()] == [f"portfolio {cast.portfolio.ref}, page {page.eid}"]
