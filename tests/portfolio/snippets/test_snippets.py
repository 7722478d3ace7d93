"""Snippets: kept, changed, ordered and deleted by their owner alone, and put into feedback while nothing is decided."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from audit.models import Event
from portfolio.access import visible
from portfolio.models import AssessmentDecision, Decision, Snippet
from portfolio.workflow import Incomplete, TooLate, snippets
from portfolio.workflow.snippets import EMPTY, FULL, LONGEST_SNIPPET, MOST_SNIPPETS, TOO_LONG
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import queries
from tests.portfolio.workflow.test_activity_table import everything

MINE = "A calm and clear account."
PAGE = reverse("snippets")


@pytest.fixture
def maya(cast: Cast, client: Client) -> Client:
    client.force_login(cast.assessor)
    return client


def texts(cast: Cast) -> list[str]:
    return [row.text for row in visible(cast.assessor, Snippet)]


def of(name: str, row: Snippet) -> str:
    return reverse(name, args=[row.tid])


# --- the page of one's own ----------------------------------------------------------------------------------------


def test_a_text_is_kept_changed_moved_and_deleted(cast: Cast, maya: Client) -> None:
    for text in ("One.", "Two.", "Three."):
        assert maya.post(PAGE, {"text": text}).status_code == 302
    one, two, three = visible(cast.assessor, Snippet)
    assert maya.post(of("snippet_edit", two), {"text": "Second."}).status_code == 302
    assert maya.post(of("snippet_move", three), {"go": "up"}).status_code == 302
    assert texts(cast) == ["One.", "Three.", "Second."]
    maya.post(of("snippet_move", one), {"go": "up"})
    maya.post(of("snippet_move", two), {"go": "down"})
    assert texts(cast) == ["One.", "Three.", "Second."]
    maya.post(of("snippet_move", one), {"go": "down"})
    assert texts(cast) == ["Three.", "One.", "Second."]
    assert "One." in maya.get(of("snippet_delete", one)).content.decode()
    assert maya.post(of("snippet_delete", one)).status_code == 302
    assert texts(cast) == ["Three.", "Second."]


def test_snippets_are_their_owners_alone(cast: Cast, maya: Client) -> None:
    row = make.snippet(cast.assessor, MINE)
    others = {name: person for name, person in cast.people().items() if name != "assessor"}
    assert [name for name, person in others.items() if visible(person, Snippet).exists()] == []
    for person in (cast.officer, cast.administrator, cast.superuser, cast.trainee):
        maya.force_login(person)
        assert MINE not in maya.get(PAGE).content.decode()
        for name in ("snippet_edit", "snippet_delete", "snippet_move"):
            assert maya.post(of(name, row), {"text": "Mine now."}).status_code == 404
    assert texts(cast) == [MINE]
    with pytest.raises(TooLate):
        snippets.change(row, "Mine now.", by=cast.officer)


def test_no_event_tells_of_a_snippet(cast: Cast, maya: Client) -> None:
    before = Event.objects.count()
    row = make.snippet(cast.assessor, MINE)
    snippets.change(row, "Clearer.", by=cast.assessor)
    snippets.remove(row, by=cast.assessor)
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [("", EMPTY), (" \n\t", EMPTY), ("x" * (LONGEST_SNIPPET + 1), TOO_LONG), ("a\x00b", "Take out the characters")],
    ids=["empty", "spaces", "too long", "a null character"],
)
def test_what_cannot_be_kept_is_given_back(cast: Cast, maya: Client, text: str, said: str) -> None:
    row = make.snippet(cast.assessor, MINE)
    for where in (PAGE, of("snippet_edit", row)):
        answer = maya.post(where, {"text": text})
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert texts(cast) == [MINE]


def test_there_are_fifty_at_most_and_what_was_typed_for_one_more_is_given_back(cast: Cast, maya: Client) -> None:
    for number in range(MOST_SNIPPETS):
        make.snippet(cast.assessor, f"Text {number}.")
    answer = maya.post(PAGE, {"text": "One too many."})
    assert answer.status_code == 422
    assert FULL in answer.content.decode()
    assert "One too many." in answer.content.decode()
    assert len(texts(cast)) == MOST_SNIPPETS
    assert answer.context["form"].errors["text"] == [FULL]
    assert "Add a snippet" not in maya.get(PAGE).content.decode()
    with pytest.raises(Incomplete):
        make.snippet(cast.assessor, "One too many.")


def test_a_form_sent_twice_keeps_one(cast: Cast, maya: Client) -> None:
    for _ in range(2):
        assert maya.post(PAGE, {"text": f" {MINE} "}).status_code == 302
    assert texts(cast) == [MINE]


def test_what_was_deleted_in_another_tab_is_said_to_be_gone(cast: Cast) -> None:
    row = make.snippet(cast.assessor, MINE)
    Snippet.objects.all().delete()
    for step in (lambda: snippets.remove(row, by=cast.assessor), lambda: snippets.move(row, up=True, by=cast.assessor)):
        with pytest.raises(TooLate):
            step()


def test_the_database_keeps_no_snippet_that_says_nothing(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Snippet.objects.create(owner=cast.assessor, text="", position=1)


def test_what_looks_like_patient_data_is_warned_of_on_the_page(cast: Cast, maya: Client) -> None:
    make.snippet(cast.assessor, "Of 999 000 0018.")
    assert "looks like an NHS number" in maya.get(PAGE).content.decode()


def test_two_accounts_that_become_one_have_the_snippets_of_both(cast: Cast) -> None:
    make.snippet(cast.assessor, "Kept.")
    for text in ("First.", "Second."):
        make.snippet(cast.second_assessor, text)
    snippets.hand_on(cast.second_assessor, cast.assessor)
    assert texts(cast) == ["Kept.", "First.", "Second."]


def test_the_page_asks_the_same_queries_for_one_and_for_fifty(cast: Cast, maya: Client) -> None:
    make.snippet(cast.assessor, "Text.")
    few = queries(maya, PAGE)
    for number in range(MOST_SNIPPETS - 1):
        make.snippet(cast.assessor, f"Text {number}.")
    assert queries(maya, PAGE) == few <= 15


# --- put into feedback --------------------------------------------------------------------------------------------


@pytest.fixture
def two(cast: Cast) -> str:
    """Two activities in one submission; the address where they are decided."""
    rows = [make.drafted(cast.portfolio, number=number) for number in (1, 2)]
    (item, _) = make.submit(cast.assessor, *rows)
    return reverse("review", args=[item.submission.sid])


def test_a_snippet_goes_to_the_end_of_one_box_and_all_that_was_typed_stays(cast: Cast, maya: Client, two: str) -> None:
    row = make.snippet(cast.assessor, MINE)
    before = everything()
    sent = {
        "S-C1-1-outcome": "returned",
        "S-C1-1-feedback": "Typed for one.",
        "S-C1-2-outcome": "signed_off",
        "S-C1-2-feedback": "Typed for two.",
        "S-C1-2-snippet": row.tid,
        "put": "S-C1-2",
    }
    answer = maya.post(two, sent)
    forms = answer.context["desk"].forms
    assert answer.status_code == 200
    assert [form["feedback"].value() for form in forms.values()] == ["Typed for one.", f"Typed for two.\n{MINE}"]
    assert [form["outcome"].value() for form in forms.values()] == ["returned", "signed_off"]
    assert not any(form.errors for form in forms.values())
    assert everything() == before
    page = {f"{key}-{name}": form[name].value() for key, form in forms.items() for name in ("seen", *form.fields)}
    assert maya.post(two, page).status_code == 302
    assert set(Decision.objects.values_list("outcome", "feedback")) == {
        ("returned", "Typed for one."),
        ("signed_off", f"Typed for two.\n{MINE}"),
    }


def test_into_an_empty_box_the_text_goes_alone(cast: Cast, maya: Client, two: str) -> None:
    row = make.snippet(cast.assessor, MINE)
    answer = maya.post(two, {"S-C1-1-snippet": row.tid, "put": "S-C1-1"})
    assert answer.context["desk"].forms["S-C1-1"]["feedback"].value() == MINE


def test_where_none_was_chosen_the_choice_says_so_and_nothing_is_lost(cast: Cast, maya: Client, two: str) -> None:
    make.snippet(cast.assessor, MINE)
    answer = maya.post(two, {"S-C1-1-feedback": "Typed.", "S-C1-1-snippet": "", "put": "S-C1-1"})
    form = answer.context["desk"].forms["S-C1-1"]
    assert (answer.status_code, form["feedback"].value()) == (422, "Typed.")
    assert form.pick.errors == {"snippet": ["Choose a snippet to put in."]}
    assert "Choose a snippet to put in." in answer.content.decode()


@pytest.mark.parametrize("whose", ["somebody else's", "nobody's"])
def test_another_persons_snippet_is_404_and_what_was_typed_is_given_back(
    cast: Cast, maya: Client, two: str, whose: str
) -> None:
    make.snippet(cast.assessor, MINE)
    theirs = make.snippet(cast.officer, "The officer's own words.")
    tid = theirs.tid if whose == "somebody else's" else "x\x00"
    before = everything()
    answer = maya.post(two, {"S-C1-1-feedback": "Typed.", "S-C1-1-snippet": tid, "put": "S-C1-1"})
    assert answer.status_code == 404
    assert "Typed." in answer.content.decode()
    assert "own words" not in answer.content.decode()
    assert everything() == before


def test_for_an_item_that_was_decided_meanwhile_the_text_typed_is_given_back(
    cast: Cast, maya: Client, two: str
) -> None:
    row = make.snippet(cast.assessor, MINE)
    make.decide(make.activity(cast.portfolio).items.get())
    answer = maya.post(two, {"S-C1-1-feedback": "Typed.", "S-C1-1-snippet": row.tid, "put": "S-C1-1"})
    assert (answer.status_code, answer.context["desk"].lost) == (409, [("S-C1 1", "Typed.")])
    assert "S-C1 1: decided already, or no longer with you. Nothing was put in." in answer.content.decode()


def test_what_was_typed_for_one_that_was_deleted_in_another_tab_is_given_back(cast: Cast, maya: Client) -> None:
    row = make.snippet(cast.assessor, MINE)
    where = of("snippet_edit", row)
    assert maya.post(of("snippet_delete", row)).status_code == 302
    answer = maya.post(where, {"text": "Better words."})
    assert (answer.status_code, "Better words.</textarea>" in answer.content.decode()) == (404, True)
    assert maya.get(where).status_code == 404


def test_a_choice_that_was_not_put_in_does_not_matter_to_the_decision(cast: Cast, maya: Client, two: str) -> None:
    form = maya.get(two).context["desk"].forms["S-C1-1"]
    sent = {"S-C1-1-outcome": "signed_off", "S-C1-1-seen": form["seen"].value(), "S-C1-1-snippet": "gone"}
    assert maya.post(two, sent).status_code == 302
    assert Decision.objects.get().feedback == ""


def test_the_decision_asks_one_query_for_them_however_many_they_are(cast: Cast, maya: Client, two: str) -> None:
    asked = []
    for number in range(3):
        asked.append(queries(maya, two))
        make.snippet(cast.assessor, f"Text {number}.")
    assert asked[0] == asked[1] == asked[2] <= 15


def test_into_a_box_of_the_mark_form(cast: Cast, maya: Client) -> None:
    cast.portfolio = make.with_assessments(cast.portfolio)
    row, mine = make.asked(cast.portfolio, cast.assessor), make.snippet(cast.assessor, MINE)
    where = reverse("assess", args=[row.aid])
    assert MINE in maya.get(where).content.decode()
    assert queries(maya, where) <= 15
    typed = {"strengths": "Calm.", "action": "Again.", "outcome": "satisfactory"}
    answer = maya.post(where, {**typed, "snippet": mine.tid, "put": "strengths"})
    form = answer.context["form"]
    found = [form[name].value() for name in ("strengths", "to_develop", "action", "outcome")]
    assert (answer.status_code, found) == (200, [f"Calm.\n{MINE}", None, "Again.", "satisfactory"])
    assert maya.post(where, {**typed, "put": "action"}).status_code == 422
    for wrong in ({"put": "seen", "snippet": mine.tid}, {"put": "action", "snippet": "x"}):
        answer = maya.post(where, typed | wrong)
        assert answer.status_code == 404
        assert "Calm." in answer.content.decode()
    assert not AssessmentDecision.objects.exists()


def test_what_a_form_carries_is_what_its_page_shows(cast: Cast, maya: Client, two: str) -> None:
    """The button of each item is its own, and the texts stand on the page once."""
    make.snippet(cast.assessor, MINE)
    page = maya.get(two).content.decode()
    assert [page.count(f'name="put" value="S-C1-{number}"') for number in (1, 2)] == [1, 1]
    assert page.count(f">{MINE}</li>") == 1
