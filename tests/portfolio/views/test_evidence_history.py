"""The versions of a page, and any two of them compared."""

import pytest
from django.test import Client
from django.urls import reverse

from portfolio.differences import MOST_LINES, Change, Line, Piece, compare
from portfolio.models import Evidence
from portfolio.workflow import writing
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import queries


def url(page: Evidence) -> str:
    return reverse("evidence_history", args=[page.portfolio.ref, page.eid])


@pytest.fixture
def priya(client: Client, cast: Cast) -> Client:
    client.force_login(cast.trainee)
    return client


def test_the_newest_two_versions_are_compared_unless_others_are_asked_for(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, body="one")
    make.change(page, body="two")
    make.change(page, body="three")
    for query, pair in (("", (2, 3)), ("?from=1&to=3", (1, 3)), ("?from=3&to=1", (1, 3)), ("?from=x&to=99", (2, 3))):
        response = priya.get(url(page) + query)
        comparison = response.context["comparison"]
        assert (comparison.older.number, comparison.newer.number) == pair


def test_what_changed_is_said_in_words_signs_and_marks(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, "Old title", "The same line\nThe quick fox", kind="report")
    held = make.attachment(page, "old.pdf")
    writing.detach(held, by=cast.trainee)
    make.attachment(page, "new.pdf", make.PDF + b"2", save=False)
    make.change(page, title="New title", body="The same line\nThe slow fox")
    html = priya.get(url(page)).content.decode()
    for words in (
        "Added: ",
        "Removed: ",
        "The <del>quick</del> fox",
        "The <ins>slow</ins> fox",
        "<del>Old title</del>",
        "<ins>New title</ins>",
        "<b>File added:</b> new.pdf",
        "<b>File removed:</b> old.pdf",
    ):
        assert (words, words in html) == (words, True)


def test_it_says_which_version_was_submitted_and_what_was_said(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    item = make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))[0]
    make.change(page, body="More")
    make.decide(item)
    versions = priya.get(url(page)).context["versions"]
    assert [len(version["used"]) for version in versions] == [0, 1]
    assert "Submitted for S-C1 1 on " in versions[1]["used"][0]["words"]
    assert "signed off by Maya Lind on " in versions[1]["used"][0]["words"]


def test_their_people_find_only_the_versions_that_they_may_see(client: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, body="Submitted words")
    make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))
    make.change(page, title="Secret title", body="Saved since")
    client.force_login(cast.officer)
    response = client.get(url(page) + "?from=1&to=2")
    assert [version["revision"].number for version in response.context["versions"]] == [1]
    assert (response.context["comparison"], "Secret title" in response.content.decode()) == (None, False)


def test_script_in_an_old_version_is_shown_as_text(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, body="<script>alert(1)</script>")
    make.change(page, title="<img src=x>", body="<b>bold</b>")
    html = priya.get(url(page)).content.decode()
    assert ("<script>alert" in html, "<img src=x>" in html, "<b>bold</b>" in html) == (False, False, False)


def test_the_history_asks_as_many_questions_for_two_versions_as_for_thirty(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    make.attachment(page)
    few = queries(priya, url(page))
    for number in range(30):
        make.change(page, body=f"Text {number}")
        make.attachment(page, f"{number}.pdf", make.PDF + str(number).encode())
    assert queries(priya, url(page)) == few


# --- comparing ----------------------------------------------------------------------------------------------------


def test_long_unchanged_runs_are_left_out_around_a_change() -> None:
    before = [f"line {number}" for number in range(20)]
    after = [*before[:10], "new", *before[10:]]
    found = compare("\n".join(before), "\n".join(after))
    assert found is not None
    assert [(line.change, line.count or "".join(piece.text for piece in line.pieces)) for line in found] == [
        (Change.LEFT_OUT, 8),
        (Change.SAME, "line 8"),
        (Change.SAME, "line 9"),
        (Change.ADDED, "new"),
        (Change.SAME, "line 10"),
        (Change.SAME, "line 11"),
        (Change.LEFT_OUT, 8),
    ]


def test_a_changed_line_marks_the_words_that_differ() -> None:
    assert compare("I saw two cases", "I saw three cases") == [
        Line(Change.REMOVED, (Piece("I saw "), Piece("two", True), Piece(" cases"))),
        Line(Change.ADDED, (Piece("I saw "), Piece("three", True), Piece(" cases"))),
    ]


def test_from_nothing_every_line_is_added() -> None:
    assert compare("", "a\nb") == [Line(Change.ADDED, (Piece("a", True),)), Line(Change.ADDED, (Piece("b", True),))]


def test_texts_of_too_many_lines_are_not_compared() -> None:
    assert compare("", "x\n" * MOST_LINES) is not None
    assert compare("", "x\n" * (MOST_LINES + 1)) is None


def test_no_text_is_lost_in_a_comparison() -> None:
    """The added and unchanged lines are the new text, the removed and unchanged ones the old."""
    old, new = "a\nb\nc d e\nf", "a\nx\nc z e\ng\nh"
    lines = compare(old, new) or []
    text = {
        change: ["".join(piece.text for piece in line.pieces) for line in lines if line.change in (change, Change.SAME)]
        for change in (Change.ADDED, Change.REMOVED)
    }
    assert (text[Change.ADDED], text[Change.REMOVED]) == (new.split("\n"), old.split("\n"))
