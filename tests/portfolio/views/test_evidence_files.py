"""Files of a page: handed out to whoever may see a version that holds them, and only as they were stored."""

import logging
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from portfolio.models import Attachment
from portfolio.workflow import writing
from tests import make
from tests.cast import Cast


def url(held: Attachment, name: str = "evidence_file") -> str:
    page = held.evidence
    return reverse(name, args=[page.portfolio.ref, page.eid, held.fid])


@pytest.fixture
def held(cast: Cast) -> Attachment:
    return make.attachment(make.page(cast.portfolio), "notes.pdf")


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_the_trainee_gets_the_file_as_an_attachment_that_cannot_run(
    client: Client, cast: Cast, held: Attachment
) -> None:
    client.force_login(cast.trainee)
    response = client.get(url(held))
    assert (response.status_code, body(response)) == (200, make.PDF)
    assert response["Content-Disposition"] == 'attachment; filename="notes.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_a_pdf_is_shown_in_the_browser_when_asked_and_text_never_is(
    client: Client, cast: Cast, held: Attachment
) -> None:
    client.force_login(cast.trainee)
    shown = client.get(url(held) + "?inline=1")
    assert (shown["Content-Disposition"], shown["Content-Security-Policy"][:7]) == (
        'inline; filename="notes.pdf"',
        "sandbox",
    )
    text = make.attachment(held.evidence, "x.txt", b"<script>alert(1)</script>")
    assert client.get(url(text) + "?inline=1")["Content-Disposition"] == 'attachment; filename="x.txt"'
    assert client.get(url(held) + "?inline=yes")["Content-Disposition"].startswith("attachment")


def test_an_unsubmitted_file_is_404_for_everybody_else(client: Client, cast: Cast, held: Attachment) -> None:
    for name, person in cast.people().items():
        if name in ("trainee", "deactivated"):
            continue
        client.force_login(person)
        assert (name, client.get(url(held)).status_code) == (name, 404)


def test_the_assessor_addressed_and_their_people_get_the_submitted_file_and_no_later_one(
    client: Client, cast: Cast, held: Attachment
) -> None:
    make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=held.evidence))
    later = make.attachment(held.evidence, "later.pdf", make.PDF + b"later")
    for who in (cast.assessor, cast.officer, cast.administrator):
        client.force_login(who)
        assert (client.get(url(held)).status_code, client.get(url(later)).status_code) == (200, 404)
    for who in (cast.second_assessor, cast.former_assessor, cast.other_trainee, cast.stranger):
        client.force_login(who)
        assert client.get(url(held)).status_code == 404


def test_a_file_removed_from_the_page_stays_with_the_version_that_was_submitted(
    client: Client, cast: Cast, held: Attachment
) -> None:
    make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=held.evidence))
    client.force_login(cast.trainee)
    assert client.post(url(held, "evidence_file_remove")).status_code == 302
    assert writing.current_files(held.evidence) == []
    client.force_login(cast.assessor)
    assert body(client.get(url(held))) == make.PDF


def test_a_file_under_another_page_or_portfolio_is_404(client: Client, cast: Cast, held: Attachment) -> None:
    client.force_login(cast.trainee)
    other = make.page(cast.portfolio)
    for ref, eid in ((cast.portfolio.ref, other.eid), (cast.other.ref, held.evidence.eid)):
        assert client.get(reverse("evidence_file", args=[ref, eid, held.fid])).status_code == 404


@pytest.mark.parametrize("how", ["changed", "missing"])
def test_a_damaged_file_is_not_handed_out(
    client: Client, cast: Cast, held: Attachment, settings, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    sha = held.file.sha256
    path: Path = settings.FILES_DIR / sha[:2] / sha[2:4] / sha
    path.unlink() if how == "missing" else path.write_bytes(b"something else")
    client.force_login(cast.trainee)
    with caplog.at_level(logging.ERROR, logger="portfolio.views.files"):
        response = client.get(url(held))
    assert response.status_code == 410
    assert "This file cannot be shown" in response.content.decode()
    assert [record.getMessage() for record in caplog.records] == [
        f"A stored file is damaged: {sha}: the file {'is missing' if how == 'missing' else 'was changed'}"
    ]


def test_only_the_trainee_removes_a_file(client: Client, cast: Cast, held: Attachment) -> None:
    writing.share(held.evidence, on=True, by=cast.trainee)
    for who, status in ((cast.officer, 403), (cast.other_trainee, 404), (cast.assessor, 404)):
        client.force_login(who)
        assert client.post(url(held, "evidence_file_remove")).status_code == status
    client.force_login(cast.trainee)
    assert client.get(url(held, "evidence_file_remove")).status_code == 405
    assert writing.current_files(held.evidence) == [held]


def test_a_file_in_the_bin_cannot_be_removed_and_one_removed_twice_is_404(
    client: Client, cast: Cast, held: Attachment
) -> None:
    client.force_login(cast.trainee)
    writing.discard(held.evidence, by=cast.trainee)
    assert client.post(url(held, "evidence_file_remove")).status_code == 409
    writing.recover(held.evidence, by=cast.trainee)
    assert client.post(url(held, "evidence_file_remove")).status_code == 302
    assert client.post(url(held, "evidence_file_remove")).status_code == 404
