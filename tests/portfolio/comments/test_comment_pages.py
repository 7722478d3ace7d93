"""The page of the comments on a decision: what it shows to whom, and whatever is typed into its forms."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.chain import verify
from audit.models import Event
from portfolio import proof
from portfolio.models import Assessment, Comment, CommentWords, Item
from portfolio.workflow import erasing, perform
from portfolio.workflow.comments import EMPTY, LONGEST_COMMENT, TOO_LONG
from portfolio.workflow.comments.about import Decided, called
from tests import make
from tests.cast import Cast
from tests.portfolio.test_tamper import SAYS_SO
from tests.portfolio.views.counting import queries

NHS_NUMBER = "999 000 0018"


@pytest.fixture
def item(cast: Cast) -> Item:
    return make.returned(cast.portfolio, cast.assessor).items.get()


@pytest.fixture
def outcome(cast: Cast) -> Assessment:
    return make.assessed(cast.portfolio, cast.assessor, "not_yet_satisfactory", code="S-X1")


@pytest.fixture
def trainee(cast: Cast, client: Client) -> Client:
    client.force_login(cast.trainee)
    return client


@pytest.fixture
def assessor(cast: Cast) -> Client:
    browser = Client()
    browser.force_login(cast.assessor)
    return browser


def at(of: Decided, end: str = "") -> str:
    if isinstance(of, Assessment):
        return reverse("assessment_comments", args=[of.aid]) + end
    return reverse("comments", args=[of.submission.sid, "S-C1", of.activity.number]) + end


def shown(browser: Client, of: Decided, end: str = "") -> list[tuple[str, list[str]]]:
    """Each thread of a page: what its first comment says, and what its answers do."""
    page = browser.get(at(of, end)).context["page"]
    return [(one.first.text or one.first.gone, [row.text or row.gone for row in one.answers]) for one in page]


def test_a_thread_is_written_answered_and_read_by_both(
    cast: Cast, item: Item, trainee: Client, assessor: Client
) -> None:
    answer = trainee.post(at(item), {"new-text": "What do you mean by a plan?"})
    first = Comment.objects.get()
    assert (answer.status_code, answer.url) == (302, at(item, f"?at={first.cid}#{first.cid}"))
    assert assessor.post(at(item, f"?to={first.cid}"), {f"{first.cid}-text": "Three steps."}).status_code == 302
    for browser in (trainee, assessor):
        assert shown(browser, item) == [("What do you mean by a plan?", ["Three steps."])]
    page = trainee.get(at(item)).content.decode()
    assert "Returned with feedback" in page
    assert "Add the action plan." in page
    assert "<b>Maya Lind</b>" in page


def test_the_record_and_the_history_of_the_activity_lead_to_what_was_said(
    cast: Cast, item: Item, trainee: Client, assessor: Client
) -> None:
    of = cast.portfolio.ref
    ways = (
        (trainee, reverse("submission", args=[of, item.submission.sid])),
        (trainee, reverse("activity", args=[of, "S-C1", 1])),
        (assessor, reverse("review", args=[item.submission.sid])),
    )
    for words in ("Comments: none yet", "1 comment", "2 comments"):
        for browser, where in ways:
            page = browser.get(where).content.decode()
            assert page.count(f'<a href="{at(item)}">{words}</a>') == 1, where
        make.commented(item, cast.trainee, f"After {words}")


def test_what_was_withdrawn_is_counted_and_shown_no_more(cast: Cast, item: Item, trainee: Client) -> None:
    first = make.commented(item, cast.trainee, "Not what I meant.")
    make.commented(item, cast.assessor, "What did you mean?", to=first)
    where = reverse("comment_withdraw", args=[first.cid])
    assert "Not what I meant." in trainee.get(where).content.decode()
    assert trainee.post(where).status_code == 302
    day = timezone.localdate()
    gone = f"Withdrawn by Priya Raman on {day.day} {day:%B %Y}."
    assert shown(trainee, item) == [(gone, ["What did you mean?"])]
    page = trainee.get(reverse("submission", args=[cast.portfolio.ref, item.submission.sid]))
    assert ">1 comment</a>" in page.content.decode()
    late = trainee.post(where)
    assert late.status_code == 409
    assert "Not what I meant." not in late.content.decode() + trainee.get(where).content.decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [("", EMPTY), (" \n\t", EMPTY), ("x" * (LONGEST_COMMENT + 1), TOO_LONG), ("a\x00b", "Take out the characters")],
    ids=["empty", "spaces", "too long", "a null character"],
)
def test_what_is_no_comment_is_given_back_with_what_is_wrong(item: Item, trainee: Client, text: str, said: str) -> None:
    answer = trainee.post(at(item), {"new-text": text})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Comment.objects.count() == 0


def test_an_answer_that_is_wrong_is_given_back_under_what_it_answers(cast: Cast, item: Item, trainee: Client) -> None:
    row = make.commented(item, cast.assessor)
    answer = trainee.post(at(item, f"?to={row.cid}"), {f"{row.cid}-text": "x" * 5_001})
    (thread,) = answer.context["page"]
    assert (answer.status_code, len(thread.form["text"].value())) == (422, 5_001)
    assert answer.context["new"].errors == {}


@pytest.mark.parametrize("text", ["a\u202ebc", "\x1b[31mred", "<script>alert(1)</script>", "=HYPERLINK(1)"])
def test_whatever_is_typed_is_text(item: Item, trainee: Client, text: str) -> None:
    assert trainee.post(at(item), {"new-text": text}).status_code == 302
    assert shown(trainee, item) == [(text, [])]
    assert "<script>alert" not in trainee.get(at(item)).content.decode()


def test_what_looks_like_patient_data_is_asked_about_before_it_stands_there(item: Item, trainee: Client) -> None:
    sent = {"new-text": f"It was {NHS_NUMBER}."}
    answer = trainee.post(at(item), sent)
    said = str(answer.context["new"].errors["checked"])
    assert (answer.status_code, Comment.objects.count()) == (422, 0)
    assert "looks like an NHS number" in said
    assert "999" not in said
    assert 'name="new-checked"' in answer.content.decode()
    assert trainee.post(at(item), sent | {"new-checked": "on"}).status_code == 302
    assert Comment.objects.count() == 1


def test_a_comment_of_another_decision_is_not_answered_here_and_nothing_typed_is_lost(
    cast: Cast, item: Item, trainee: Client
) -> None:
    other = make.commented(make.signed_off(cast.portfolio, cast.assessor, number=2), cast.assessor)
    for cid in (other.cid, "nothing", "x" * 300, "%00"):
        answer = trainee.post(at(item, f"?to={cid}"), {"text": "I typed this."})
        assert answer.status_code == 404
        assert "I typed this." in answer.content.decode()
    assert Comment.objects.count() == 1


def test_whoever_lost_sight_while_they_typed_gets_their_words_back(cast: Cast, item: Item, assessor: Client) -> None:
    cast.portfolio.roles.filter(user=cast.assessor).update(ends_on=make.today() - timedelta(days=1))
    answer = assessor.post(at(item), {"new-text": "I typed this."})
    assert (answer.status_code, Comment.objects.count()) == (404, 0)
    assert "I typed this." in answer.content.decode()


def test_in_a_closed_portfolio_comments_are_read_and_not_written(cast: Cast, item: Item, trainee: Client) -> None:
    make.commented(item, cast.assessor, "Well argued.")
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    assert shown(trainee, item) == [("Well argued.", [])]
    answer = trainee.post(at(item), {"new-text": "I typed this."})
    assert (answer.status_code, Comment.objects.count()) == (403, 1)
    assert "I typed this." in answer.content.decode()


def test_the_same_words_twice_stand_there_once_and_the_page_says_so(item: Item, trainee: Client) -> None:
    assert trainee.post(at(item), {"new-text": "Thank you."}).status_code == 302
    answer = trainee.post(at(item), {"new-text": "Thank you."})
    assert answer.status_code == 409
    assert "You have said this here already" in answer.content.decode()
    assert Comment.objects.count() == 1


def test_a_page_holds_25_threads_and_a_link_to_a_comment_finds_its_page(
    cast: Cast, item: Item, trainee: Client
) -> None:
    rows = [make.commented(item, cast.assessor, f"Number {number}") for number in range(26)]
    make.commented(item, cast.trainee, "Yes.", to=rows[25])
    assert len(shown(trainee, item)) == 25
    assert shown(trainee, item, "?page=2") == [("Number 25", ["Yes."])]
    assert shown(trainee, item, f"?at={rows[25].cid}") == [("Number 25", ["Yes."])]
    assert len(shown(trainee, item, "?at=nothing")) == 25


def test_the_record_of_an_assessment_and_the_mark_form_lead_to_what_was_said_of_the_outcome(
    cast: Cast, outcome: Assessment, trainee: Client, assessor: Client
) -> None:
    ways = [(trainee, reverse("assessment", args=[cast.portfolio.ref, outcome.aid]))]
    ways.append((assessor, reverse("assess", args=[outcome.aid])))
    for words in ("Comments: none yet", "1 comment"):
        for browser, where in ways:
            assert f'<a href="{at(outcome)}">{words}</a>' in browser.get(where).content.decode()
        make.commented(outcome, cast.trainee, f"Which of the two? {words}")
    first = Comment.objects.earliest("pk")
    assert assessor.post(at(outcome, f"?to={first.cid}"), {}).status_code == 422
    assessor.post(at(outcome, f"?to={first.cid}"), {f"{first.cid}-text": "The second."})
    assert shown(trainee, outcome)[0] == ("Which of the two? Comments: none yet", ["The second."])
    told = trainee.get(reverse("history", args=[cast.portfolio.ref])).content.decode()
    assert "Commented on the outcome of a DOPS of S-X1" in told


def test_the_pages_ask_the_same_queries_for_one_comment_and_for_thirty(
    cast: Cast, item: Item, outcome: Assessment, trainee: Client, assessor: Client
) -> None:
    of = cast.portfolio.ref
    ways = [
        (trainee, at(item)),
        (assessor, at(item)),
        (trainee, reverse("submission", args=[of, item.submission.sid])),
        (trainee, reverse("activity", args=[of, "S-C1", 1])),
        (assessor, reverse("review", args=[item.submission.sid])),
        (trainee, at(outcome)),
        (assessor, at(outcome)),
        (trainee, reverse("assessment", args=[of, outcome.aid])),
        (assessor, reverse("assess", args=[outcome.aid])),
    ]
    firsts = [make.commented(one, cast.trainee, "First.") for one in (item, outcome)]

    def asked() -> list[int]:
        for browser, where in ways:
            browser.get(where)
        return [queries(browser, where) for browser, where in ways]

    few = asked()
    for number in range(15):
        for first in firsts:
            make.commented(first.of, cast.assessor, f"Answer {number}", to=first)
            make.comment_withdrawn(make.commented(first.of, cast.trainee, f"Number {number}"))
    assert asked() == few
    assert max([*few[:3], *few[4:]]) <= 15, few  # and the activity: test_query_counts.py


# --- what stays of it ---------------------------------------------------------------------------------------------


def test_the_words_of_a_withdrawn_comment_are_erased_after_30_days_and_the_rest_still_agrees(
    cast: Cast, item: Item, trainee: Client
) -> None:
    kept = make.commented(item, cast.assessor, "This stays.")
    row = make.commented(item, cast.trainee, "This goes.")
    with time_machine.travel(timezone.now() - timedelta(days=30), tick=False):
        make.comment_withdrawn(row)
    call_command("empty_bin")
    assert CommentWords.objects.count() == 2
    (due,) = [words for words in CommentWords.objects.all() if words.text == "This goes."]
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert [words.pk for words in erasing.words_due()] == [due.pk]
        call_command("empty_bin")
        assert not erasing.erase_words(due)
    assert [words.comment for words in CommentWords.objects.all()] == [kept]
    event = Event.objects.get(chain__name=cast.portfolio.chain, kind="comment erased")
    assert event.details == {"comment": row.cid, "words": row.words_digest}
    assert list(proof.signed_rows([cast.portfolio])) == []
    assert verify(cast.portfolio.chain) is None
    assert trainee.get(at(item)).status_code == 200


def reworded(row: Comment) -> None:
    CommentWords._base_manager.filter(comment=row).update(text="Badly argued.")


def emptied(row: Comment) -> None:
    CommentWords._base_manager.filter(comment=row).delete()


def ascribed(row: Comment) -> None:
    Comment._base_manager.filter(pk=row.pk).update(signer_name="Femi Adeyemi")


def moved(row: Comment) -> None:
    """To another decision of the same portfolio."""
    found = Comment._base_manager.filter(pk=row.pk)
    if row.item_id:
        of = Assessment.objects.exclude(decision=None).get()
        found.update(item=None, assessment=of)
    else:
        found.update(item=Item.objects.get(), assessment=None)


@pytest.mark.parametrize("what", ["S-C1 1", "DOPS of S-X1"])
@pytest.mark.parametrize("change", [reworded, emptied, ascribed, moved])
def test_a_comment_changed_behind_its_back_is_named_and_not_shown_as_true(
    cast: Cast, item: Item, outcome: Assessment, trainee: Client, change: Callable[[Comment], None], what: str
) -> None:
    of: Decided = item if what == "S-C1 1" else outcome
    row = make.commented(of, cast.assessor, "Well argued.")
    change(row)
    row = Comment.objects.get(pk=row.pk)
    found = [str(finding) for finding in proof.signed_rows([cast.portfolio])]
    assert [f"comment of {called(row.of)}, {row.cid}" in one for one in found] == [True]
    assert SAYS_SO in trainee.get(at(row.of)).content.decode()
    assert list(proof.assessments([cast.portfolio])) == []
