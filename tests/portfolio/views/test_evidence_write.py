"""Writing a page: nothing that was typed or stored is ever lost, whatever else is wrong."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audit.models import Event
from portfolio.forms.evidence import new_token
from portfolio.models import Activity, Attachment, Evidence, Link, Portfolio, StoredFile
from portfolio.states import ActivityState
from portfolio.workflow import LinkTo, perform, writing
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import large, queries
from tests.portfolio.views.filled import BODY, TITLE, edit_url, fields_of, new_url, typed


@pytest.fixture
def priya(client: Client, cast: Cast) -> Client:
    client.force_login(cast.trainee)
    return client


def pdf(name: str = "slides.pdf", content: bytes = make.PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


# --- saving -------------------------------------------------------------------------------------------------------


def test_saving_a_new_page_makes_a_version_with_its_files_and_links(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    sent = typed(priya, url) | {"files": [pdf()], "tick-S-C1-2": "on", "why-S-C1-2": "I planned and gave it."}
    response = priya.post(url, sent)
    page = Evidence.objects.get()
    assert (response.status_code, response.url) == (302, reverse("evidence", args=[cast.portfolio.ref, page.eid]))
    revision = page.revisions.get()
    assert (revision.title, str(revision.happened_on), revision.kind, revision.body) == (
        TITLE,
        "2025-01-31",
        "report",
        BODY,
    )
    assert [file.name for file in revision.attachments.all()] == ["slides.pdf"]
    link = Link.objects.get()
    assert (str(link.activity), link.why, link.activity.state) == (
        "S-C1 2",
        "I planned and gave it.",
        ActivityState.DRAFT,
    )


def test_a_form_sent_twice_makes_one_page_one_version_one_link_and_one_file(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    sent = typed(priya, url) | {"tick-S-C1-2": "on", "why-S-C1-2": "Why."}
    for _ in range(2):
        assert priya.post(url, sent | {"files": [pdf()]}).status_code == 302
    page = Evidence.objects.get()
    assert (page.revisions.count(), Link.objects.count(), Attachment.objects.count()) == (1, 1, 1)
    assert Event.objects.filter(kind="link").count() == 1


def test_two_that_keep_the_same_new_page_at_once_make_one(cast: Cast) -> None:
    """Both looked before either wrote: the second finds under the lock what the first one made."""
    page = writing.Page("Twice", None, "reflection", "")
    rows = [writing.keep(cast.portfolio, page, by=cast.trainee, eid="abcdefghjkmnpq", opened="new") for _ in range(2)]
    assert rows[0] == rows[1] == Evidence.objects.get(eid="abcdefghjkmnpq")


def test_saving_again_makes_the_next_version_and_keeps_the_first(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, "First")
    priya.post(edit_url(page), typed(priya, edit_url(page), title="Second"))
    assert [revision.title for revision in page.revisions.order_by("number")] == ["First", "Second"]


def test_save_and_submit_goes_on_to_submit_with_this_page(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    response = priya.post(url, typed(priya, url, go="submit"))
    submit = reverse("submit", args=[cast.portfolio.ref])
    assert response.url == f"{submit}?evidence={Evidence.objects.get().eid}"


def test_a_draft_is_kept_without_title_date_or_version(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    sent = fields_of(priya, url) | {"body": "Half a thought", "go": "draft"}
    page_url = priya.post(url, sent).url
    page = Evidence.objects.get()
    assert (page.body, page.revisions.count()) == ("Half a thought", 0)
    assert "Not saved yet" in priya.get(page_url).content.decode()


def test_new_lines_are_stored_as_one_character(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    priya.post(url, typed(priya, url, body="One\r\nTwo\rThree"))
    assert Evidence.objects.get().body == "One\nTwo\nThree"


# --- preview ------------------------------------------------------------------------------------------------------


def test_a_preview_shows_the_text_and_loses_nothing(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    sent = typed(priya, url, go="preview") | {"files": [pdf()], "tick-S-C1-2": "on", "why-S-C1-2": "Not linked yet"}
    response = priya.post(url, sent)
    html = response.content.decode()
    assert response.status_code == 200
    assert re.search(r"<h3>What I shared</h3>", html)
    assert 'value="Not linked yet"' in html
    assert "slides.pdf" in html
    page = Evidence.objects.get()
    assert (page.body, page.revisions.count(), Link.objects.count()) == (BODY, 0, 0)


def test_a_preview_asks_for_no_title_and_no_date(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    response = priya.post(url, fields_of(priya, url) | {"body": "*Words*", "go": "preview"})
    assert response.status_code == 200
    assert "<em>Words</em>" in response.content.decode()


def test_script_in_markdown_is_shown_as_text_everywhere(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    hostile = '<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)> "><b>'
    preview = priya.post(url, typed(priya, url, title=hostile, body=hostile, go="preview"))
    page = Evidence.objects.get()
    view = priya.get(reverse("evidence", args=[cast.portfolio.ref, page.eid]))
    for html in (preview.content.decode(), view.content.decode()):
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert 'href="javascript' not in html


# --- errors that lose nothing -------------------------------------------------------------------------------------


def test_an_empty_form_makes_nothing_and_says_what_is_needed(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    for sent in ({}, fields_of(priya, url)):
        response = priya.post(url, sent)
        assert response.status_code == 422
        assert {"title", "happened_on"} <= set(response.context["form"].errors)
        assert "<title>Error: " in response.content.decode()
    assert Evidence.objects.count() == 0


def test_an_invalid_date_keeps_the_text_the_file_and_the_sentence(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    sent = typed(priya, url, happened_on_1="13") | {"files": [pdf()], "tick-S-C1-2": "on", "why-S-C1-2": "My sentence"}
    response = priya.post(url, sent)
    html = response.content.decode()
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["happened_on"]
    assert ('value="13"' in html, 'value="My sentence"' in html, TITLE in html) == (True, True, True)
    page = Evidence.objects.get()
    assert (page.title, page.body, page.happened_on, page.revisions.count()) == (TITLE, BODY, None, 0)
    assert [file.name for file in writing.current_files(page)] == ["slides.pdf"]
    mended = fields_of_response(response) | {"happened_on_1": "1"}
    assert priya.post(response.context["action"], mended).status_code == 302
    assert (Evidence.objects.count(), page.revisions.get().attachments.count(), Link.objects.count()) == (1, 1, 1)


def fields_of_response(response: Any) -> dict[str, Any]:
    """The form that came back, as a browser would send it again."""
    form = response.context["form"]
    sent = {name: form.data.get(name) for name in form.data if name != "files" and not name.startswith("csrf")}
    return {name: value for name, value in sent.items() if value is not None}


def test_a_title_of_10000_characters_is_refused_in_our_words_and_the_rest_is_kept(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, "Before")
    response = priya.post(edit_url(page), typed(priya, edit_url(page), title="x" * 10_000))
    page.refresh_from_db()
    assert response.status_code == 422
    assert response.context["form"].errors["title"] == ["The title must be 200 characters or fewer. It has 10000."]
    assert "x" * 10_000 in response.content.decode()
    assert (page.title, page.body, page.revisions.count()) == ("Before", BODY, 1)


@pytest.mark.parametrize("name", ["title", "body", "why-S-C1-2"])
def test_a_nul_is_refused_in_our_words(priya: Client, cast: Cast, name: str) -> None:
    url = new_url(cast.portfolio)
    response = priya.post(url, typed(priya, url) | {"tick-S-C1-2": "on", "why-S-C1-2": "Why"} | {name: "a\x00b"})
    assert response.status_code == 422
    assert response.context["form"].errors[name] == ["Take out the characters that cannot be shown."]


def test_a_text_that_is_too_long_is_refused_and_comes_back_whole(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    response = priya.post(url, typed(priya, url, body="y" * 50_001))
    assert response.status_code == 422
    assert response.context["form"].errors["body"] == ["Your account must be 50000 characters or fewer. It has 50001."]
    assert "y" * 50_001 in response.content.decode()


def test_a_date_of_long_before_the_training_is_refused_and_one_of_a_certificate_is_not(
    priya: Client, cast: Cast
) -> None:
    url = new_url(cast.portfolio)
    response = priya.post(url, typed(priya, url, happened_on_2="1066"))
    said = "This is more than 50 years before the training began. Check the year."
    assert (response.status_code, response.context["form"].errors) == (422, {"happened_on": [said]})
    assert priya.post(url, typed(priya, url, happened_on_2="1998")).status_code == 302


def test_a_date_to_come_and_an_unknown_kind_are_refused(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    response = priya.post(url, typed(priya, url, happened_on_2="9998", kind="selfie"))
    assert response.context["form"].errors == {
        "happened_on": ["The date you did it must be today or in the past."],
        "kind": ["Choose one of the kinds in the list."],
    }


def test_a_tick_without_a_sentence_is_an_error_at_that_sentence(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    response = priya.post(url, typed(priya, url) | {"tick-S-C1-2": "on", "why-S-C1-2": "  "})
    assert response.status_code == 422
    assert response.context["form"].errors == {"why-S-C1-2": ["Say in one sentence how it shows S-C1 2."]}
    assert 'href="#id_why-S-C1-2"' in response.content.decode()
    assert (Evidence.objects.get().title, Link.objects.count()) == (TITLE, 0)


def test_a_form_without_our_marks_still_saves(priya: Client, cast: Cast) -> None:
    whole = {
        "title": TITLE,
        "happened_on_0": "1",
        "happened_on_1": "2",
        "happened_on_2": "2025",
        "kind": "report",
        "body": "B",
    }
    assert priya.post(new_url(cast.portfolio), whole).status_code == 302
    assert Evidence.objects.get().revisions.count() == 1


def test_a_mark_of_another_portfolio_or_a_forged_one_stores_nothing(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    theirs = make.page(cast.other, "Theirs")
    for mark in (new_token(cast.other), f"{theirs.eid}:forged", theirs.eid, "x" * 300):
        assert priya.post(url, typed(priya, url, page_token=mark)).status_code == 422
    assert list(Evidence.objects.all()) == [theirs]
    theirs.refresh_from_db()
    assert theirs.title == "Theirs"


# --- links --------------------------------------------------------------------------------------------------------


def test_the_activity_in_the_address_is_ticked(priya: Client, cast: Cast) -> None:
    form = priya.get(new_url(cast.portfolio) + "?activity=S-C1/2").context["form"]
    assert [name for name in form.fields if name.startswith("tick-") and form[name].value()] == ["tick-S-C1-2"]
    for odd in ("S-C1/99", "nonsense", "../../etc", "%00", "S-C1/" + "9" * 500):
        assert priya.get(new_url(cast.portfolio) + f"?activity={odd}").status_code == 200


def test_a_link_is_reworded_and_removed(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    make.drafted(cast.portfolio, evidence=page)
    priya.post(edit_url(page), fields_of(priya, edit_url(page)) | {"why-S-C1-1": "Better words."})
    assert Link.objects.get().why == "Better words."
    sent = fields_of(priya, edit_url(page))
    del sent["tick-S-C1-1"]
    priya.post(edit_url(page), sent)
    assert Link.objects.count() == 0
    assert Activity.objects.get().state == ActivityState.NOT_STARTED


def test_a_row_that_the_form_did_not_change_keeps_what_another_tab_did(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    make.drafted(cast.portfolio, number=1, evidence=page)
    stale = fields_of(priya, edit_url(page))
    perform("unlink", make.activity(cast.portfolio), by=cast.trainee, given=LinkTo(page))
    make.drafted(cast.portfolio, number=2, evidence=page)
    priya.post(edit_url(page), stale | {"tick-S-C1-3": "on", "why-S-C1-3": "Third."})
    assert sorted(str(link.activity) for link in page.links.all()) == ["S-C1 2", "S-C1 3"]


def test_an_activity_that_went_into_review_meanwhile_is_409_and_the_text_is_kept(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    activity = make.drafted(cast.portfolio, evidence=page)
    sent = fields_of(priya, edit_url(page)) | {"body": "New words", "why-S-C1-1": "New sentence"}
    make.submit(cast.assessor, activity)
    response = priya.post(edit_url(page), sent)
    html = response.content.decode()
    page.refresh_from_db()
    assert response.status_code == 409
    assert "No link was changed and no version was saved" in html
    assert ("New words" in html, "New sentence" in html) == (True, True)
    assert (page.body, page.revisions.count(), Link.objects.get().why) == ("New words", 1, "Shows how I did S-C1 1.")


def test_what_is_in_review_or_signed_with_this_page_has_no_box(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    make.decide(make.submit(cast.assessor, make.drafted(cast.portfolio, number=1, evidence=page))[0])
    make.in_review(cast.portfolio, cast.assessor, number=2)
    form = priya.get(edit_url(page)).context["form"]
    assert [name for name in form.fields if name.startswith("tick-S-C1")] == ["tick-S-C1-3"]


def test_another_page_can_be_added_after_sign_off(priya: Client, cast: Cast) -> None:
    make.signed_off(cast.portfolio, cast.assessor)
    page = make.page(cast.portfolio, "Later")
    html = priya.get(edit_url(page)).content.decode()
    assert "A link made now is added after sign-off, not part of it." in html
    priya.post(edit_url(page), fields_of(priya, edit_url(page)) | {"tick-S-C1-1": "on", "why-S-C1-1": "More of it."})
    assert page.links.get().activity.state == ActivityState.SIGNED_OFF
    view = priya.get(reverse("evidence", args=[cast.portfolio.ref, page.eid])).content.decode()
    assert "Added after sign-off, not part of it" in view


def test_an_activity_of_another_portfolio_cannot_be_named(priya: Client, cast: Cast) -> None:
    """The boxes are of one's own curriculum: any other name is nothing to this form."""
    url = new_url(cast.portfolio)
    priya.post(
        url, typed(priya, url) | {"tick-S-Z9-1": "on", "why-S-Z9-1": "Forged", "tick-S-C1-77": "on", "why-S-C1-77": "x"}
    )
    assert (Activity.objects.count(), Link.objects.count()) == (0, 0)


# --- a stale tab --------------------------------------------------------------------------------------------------


def test_a_stale_tab_is_409_keeps_both_texts_and_may_be_sent_again(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, body="First")
    stale = fields_of(priya, edit_url(page)) | {"body": "From the old tab"}
    make.change(page, body="From the other tab", save=False)
    response = priya.post(edit_url(page), stale | {"files": [pdf()]})
    page.refresh_from_db()
    html = response.content.decode()
    assert response.status_code == 409
    assert ("changed in another tab" in html, "From the old tab" in html) == (True, True)
    assert (page.body, page.revisions.count()) == ("From the other tab", 1)
    assert [file.name for file in writing.current_files(page)] == ["slides.pdf"]
    assert priya.post(edit_url(page), fields_of_response(response)).status_code == 302
    page.refresh_from_db()
    assert (page.body, page.revisions.count()) == ("From the old tab", 2)


def test_a_new_form_sent_again_with_other_words_does_not_write_over_the_page(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    sent = typed(priya, url)
    priya.post(url, sent)
    response = priya.post(url, sent | {"body": "After pressing Back"})
    assert (response.status_code, Evidence.objects.get().body) == (409, BODY)


def test_a_page_in_the_bin_takes_no_text_and_gives_it_back(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    sent = fields_of(priya, edit_url(page)) | {"body": "Typed before it was binned"}
    writing.discard(page, by=cast.trainee)
    response = priya.post(edit_url(page), sent)
    assert response.status_code == 409
    assert "Typed before it was binned" in response.content.decode()
    assert priya.get(edit_url(page)).url == reverse("evidence", args=[cast.portfolio.ref, page.eid])


# --- files --------------------------------------------------------------------------------------------------------


def test_a_refused_file_is_named_with_its_reason_and_the_others_stay(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    uploads = [pdf("good.pdf"), pdf("virus.exe"), pdf("empty.pdf", b""), pdf("not.png", b"GIF89a")]
    response = priya.post(url, typed(priya, url) | {"files": uploads})
    said = response.context["form"].errors["files"]
    assert response.status_code == 422
    assert said == [
        "virus.exe was not added. The selected file must be a PDF, PNG, JPG, DOCX, XLSX, PPTX, TXT, CSV or MD.",
        "empty.pdf was not added. The selected file is empty.",
        "not.png was not added. The selected file is not in PNG format, whatever its name says.",
    ]
    assert [file.name for file in writing.current_files(Evidence.objects.get())] == ["good.pdf"]


def test_a_file_over_the_limit_is_refused_by_name(priya: Client, cast: Cast, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    url = new_url(cast.portfolio)
    response = priya.post(url, typed(priya, url) | {"files": [pdf("big.pdf", make.PDF + b"0" * 1024 * 1024)]})
    assert response.context["form"].errors["files"] == [
        "big.pdf was not added. The selected file must be 1 MB or smaller."
    ]
    assert (response.status_code, StoredFile.objects.count()) == (422, 0)


def test_of_twelve_files_ten_are_added_and_two_are_named(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    uploads = [pdf(f"{at}.pdf", make.PDF + str(at).encode()) for at in range(12)]
    response = priya.post(url, typed(priya, url) | {"files": uploads})
    assert response.status_code == 422
    assert response.context["form"].errors["files"] == [
        "10.pdf was not added. Add 10 files or fewer at a time.",
        "11.pdf was not added. Add 10 files or fewer at a time.",
    ]
    assert len(writing.current_files(Evidence.objects.get())) == 10


def test_thirty_files_are_413_in_our_words_and_store_nothing(priya: Client, cast: Cast) -> None:
    url = new_url(cast.portfolio)
    response = priya.post(url, typed(priya, url) | {"files": [pdf(f"{at}.pdf") for at in range(30)]})
    assert response.status_code == 413
    assert "at most 10 files" in response.content.decode()
    assert (Evidence.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_removing_a_file_in_the_form_keeps_what_was_typed(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    held = make.attachment(page)
    response = priya.post(edit_url(page), fields_of(priya, edit_url(page)) | {"body": "Unsaved", "remove": held.fid})
    page.refresh_from_db()
    assert (response.status_code, page.body, writing.current_files(page)) == (200, "Unsaved", [])
    assert [file.name for file in writing.newest(page).attachments.all()] == ["notes.pdf"]


def test_nothing_is_removed_by_a_name_that_no_file_has(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    held = make.attachment(page)
    for name in ("a\x00b", "nothere", "x" * 5000):
        assert priya.post(edit_url(page), fields_of(priya, edit_url(page)) | {"remove": name}).status_code == 200
    assert writing.current_files(page) == [held]


def test_a_file_of_another_page_cannot_be_removed_through_this_form(priya: Client, cast: Cast) -> None:
    page, other, theirs = make.page(cast.portfolio), make.page(cast.portfolio), make.page(cast.other)
    for held in (make.attachment(other), make.attachment(theirs)):
        priya.post(edit_url(page), fields_of(priya, edit_url(page)) | {"remove": held.fid})
        held.refresh_from_db()
        assert held.removed_at is None


# --- who ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [("officer", 403), ("administrator", 403), ("assessor", 404), ("other_trainee", 404), ("stranger", 404)],
)
def test_nobody_else_writes(client: Client, cast: Cast, who: str, status: int) -> None:
    page = make.page(cast.portfolio)
    writing.share(page, on=True, by=cast.trainee)
    client.force_login(getattr(cast, who))
    for url in (new_url(cast.portfolio), edit_url(page), reverse("evidence_autosave", args=[cast.portfolio.ref])):
        response = client.post(url, {"title": "Forged", "body": "Forged", "eid": page.eid})
        assert response.status_code == status
        assert client.get(url).status_code in (status, 405)
    page.refresh_from_db()
    assert (Evidence.objects.count(), page.title) == (1, "What I did")


def test_a_page_of_another_trainee_is_404_and_nothing_is_stored(priya: Client, cast: Cast) -> None:
    theirs = make.page(cast.other, "Theirs")
    for ref in (cast.portfolio.ref, cast.other.ref):
        url = reverse("evidence_edit", args=[ref, theirs.eid])
        assert priya.get(url).status_code == 404
        assert priya.post(url, {"title": "Mine"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.title == "Theirs"


def test_in_a_closed_portfolio_nothing_is_written_and_the_text_comes_back(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    sent = fields_of(priya, edit_url(page)) | {"body": "Typed before it was closed"}
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    response = priya.post(edit_url(page), sent)
    assert response.status_code == 403
    assert "Typed before it was closed" in response.content.decode()
    assert priya.get(edit_url(page)).status_code == 403
    assert priya.get(new_url(cast.portfolio)).status_code == 403


def test_the_form_asks_as_many_questions_with_one_link_and_file_as_with_many(client: Client, db: None) -> None:
    portfolio = large(30)
    client.force_login(portfolio.trainee)
    page = make.page(portfolio)
    few = one_more(portfolio, page, 1) or queries(client, edit_url(page))
    for number in range(2, 31):
        one_more(portfolio, page, number)
    assert queries(client, edit_url(page)) == few


def one_more(portfolio: Portfolio, page: Evidence, number: int) -> None:
    """Another link and another file."""
    make.drafted(portfolio, "S-B1", number, evidence=page)
    make.attachment(page, f"{number}.pdf", make.PDF + str(number).encode(), save=False)


# --- patient data -------------------------------------------------------------------------------------------------


def test_what_looks_like_patient_data_is_warned_of_without_being_repeated(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, body="Seen: 999 123 4567? and 9990000018.")
    warned = "looks like an NHS number"
    make.change(page, body="NHS number 999 000 0018")
    for url in (edit_url(page), reverse("evidence", args=[cast.portfolio.ref, page.eid])):
        notices = re.findall(r"app-notice--amber.*?</div></div>", priya.get(url).content.decode(), re.S)
        assert [warned in notice for notice in notices] == [True]
        assert ["0018" in notice for notice in notices] == [False]


def test_their_people_are_not_shown_the_warning(client: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, body="NHS number 999 000 0018")
    writing.share(page, on=True, by=cast.trainee)
    client.force_login(cast.officer)
    html = client.get(reverse("evidence", args=[cast.portfolio.ref, page.eid])).content.decode()
    assert "Check for patient data" not in html


# --- autosave -----------------------------------------------------------------------------------------------------


def autosave(client: Client, portfolio: Portfolio, sent: dict[str, Any]) -> Any:
    return client.post(reverse("evidence_autosave", args=[portfolio.ref]), sent)


def test_autosave_makes_a_page_once_and_then_keeps_to_it(priya: Client, cast: Cast) -> None:
    sent = fields_of(priya, new_url(cast.portfolio)) | {"body": "One", "eid": ""}
    answer = autosave(priya, cast.portfolio, sent).json()
    page = Evidence.objects.get()
    assert (answer["eid"], answer["edit_url"], page.body) == (page.eid, edit_url(page), "One")
    later = sent | {"body": "Two", "eid": page.eid, "seen_token": answer["seen"]}
    assert autosave(priya, cast.portfolio, later).status_code == 200
    page.refresh_from_db()
    assert (Evidence.objects.count(), page.body, page.revisions.count()) == (1, "Two", 0)


def test_autosave_keeps_what_is_valid_and_says_what_is_not(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, "Before")
    sent = fields_of(priya, edit_url(page)) | {"eid": page.eid, "title": "x" * 300, "body": "Kept"}
    answer = autosave(priya, cast.portfolio, sent).json()
    page.refresh_from_db()
    assert (page.title, page.body) == ("Before", "Kept")
    assert answer["said"] == "The title must be 200 characters or fewer. It has 300."


def test_autosave_from_a_stale_tab_is_409_and_writes_over_nothing(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    stale = fields_of(priya, edit_url(page)) | {"eid": page.eid, "body": "Old tab"}
    make.change(page, body="Other tab", save=False)
    response = autosave(priya, cast.portfolio, stale)
    page.refresh_from_db()
    assert (response.status_code, page.body) == (409, "Other tab")
    assert "changed in another tab" in response.json()["said"]


def test_autosave_of_nothing_or_to_a_page_of_somebody_else_keeps_nothing(priya: Client, cast: Cast) -> None:
    theirs = make.page(cast.other)
    empty = fields_of(priya, new_url(cast.portfolio))
    assert autosave(priya, cast.portfolio, empty).json() == {"said": ""}
    assert autosave(priya, cast.portfolio, empty | {"eid": theirs.eid, "body": "Forged"}).status_code == 404
    assert autosave(priya, cast.portfolio, {"body": "No mark at all"}).status_code == 404
    assert autosave(priya, cast.portfolio, empty | {"eid": "a\x00b", "body": "Forged"}).status_code == 404
    assert Evidence.objects.count() == 1


def test_autosave_in_a_closed_portfolio_is_refused_in_words(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio)
    sent = fields_of(priya, edit_url(page)) | {"eid": page.eid, "body": "Late"}
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    response = autosave(priya, cast.portfolio, sent)
    assert (response.status_code, response.json()["said"]) == (
        403,
        "This portfolio is closed. An administrator can reopen it.",
    )
