"""Attacks 3, 4 and 44 to 47: files through the form and back; what the store takes is tests/portfolio/test_files.py.

Case 48 is tests/attacks/test_floods.py, case 49 tests/portfolio/test_files.py::test_a_flood_of_pixels_is_refused.
"""

import re
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from portfolio.models import Attachment, Evidence
from tests import make
from tests.cast import Cast
from tests.portfolio.test_files import GOOD, office

ALERT = b"<!DOCTYPE html><html><body><script>alert(document.domain)</script></body></html>"


@pytest.fixture
def written(cast: Cast) -> Evidence:
    return make.page(cast.portfolio, "What I did")


def edit_url(written: Evidence) -> str:
    return reverse("evidence_edit", args=[written.portfolio.ref, written.eid])


def file_url(row: Attachment) -> str:
    return reverse("evidence_file", args=[row.evidence.portfolio.ref, row.evidence.eid, row.fid])


def multipart(parts: list[tuple[bytes, bytes]]) -> bytes:
    """A form as it goes over the wire, each part with these very bytes in its header."""
    return (
        b"".join(b"--xx\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % part for part in parts) + b"--xx--\r\n"
    )


def send(client: Client, written: Evidence, name: bytes, content: bytes = make.PDF) -> int:
    """Send the form of this page with one file of that name, which may hold any byte. The status of the answer."""
    filled = [(b'name="title"', b"What I did"), (b'name="kind"', b"reflection"), (b'name="go"', b"draft")]
    token = client.get(edit_url(written)).context["form"]["seen_token"].value().encode()
    body = multipart(
        [*filled, (b'name="seen_token"', token), (b'name="files"; filename="%s"' % name, content)],
    )
    return client.post(edit_url(written), body, content_type="multipart/form-data; boundary=xx").status_code


def in_folder(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# --- 44: extension and content ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "a.html",
        "a.svg",
        "a.xhtml",
        "a.xml",
        "a.js",
        "a.swf",
        "a.hta",
        "a.lnk",
        "a.docm",
        "a.exe",
        "a.pdf.html",
        "a.zip",
    ],
)
def test_a_file_that_may_not_come_in_is_refused_at_its_field(
    cast: Cast, client: Client, written: Evidence, name: str
) -> None:
    client.force_login(cast.trainee)
    assert send(client, written, name.encode()) == 422
    assert (Attachment.objects.count(), in_folder(settings.FILES_DIR)) == (0, [])


@pytest.mark.parametrize("name", ["a.pdf", "a.png", "a.jpg", "a.docx"])
@pytest.mark.parametrize(
    "content", [ALERT, b"MZ\x90\x00" + b"\x00" * 60, b"<svg onload='alert(1)'/>", b"L\x00\x00\x00"]
)
def test_nor_is_it_under_another_name(cast: Cast, client: Client, written: Evidence, name: str, content: bytes) -> None:
    client.force_login(cast.trainee)
    assert send(client, written, name.encode(), content) == 422
    assert (Attachment.objects.count(), in_folder(settings.FILES_DIR)) == (0, [])
    assert send(client, written, name.encode(), GOOD[name]) == 302
    assert Attachment.objects.count() == 1


# --- 45: one file that is two -------------------------------------------------------------------------------------


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def jpeg_comment(content: bytes) -> bytes:
    return b"\xff\xfe" + struct.pack(">H", len(content) + 2) + content


PHAR = b"<?php __HALT_COMPILER(); ?>" + ALERT
TWO_IN_ONE = {
    "png and html.png": GOOD["a.png"][:33] + png_chunk(b"tEXt", b"Comment\x00" + ALERT) + GOOD["a.png"][33:],
    "png before html.png": GOOD["a.png"] + ALERT,
    "jpeg and phar.jpg": GOOD["a.jpg"][:2] + jpeg_comment(PHAR) + GOOD["a.jpg"][2:],
    "jpeg before html.jpeg": GOOD["a.jpg"] + ALERT,
    "pdf and html.pdf": b"%PDF-1.7\n%" + ALERT + GOOD["a.pdf"][9:],
    "pdf and zip.pdf": GOOD["a.pdf"] + office(),
    "pdf with a script.pdf": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF",
    "words and html.txt": ALERT,
    "table and html.csv": ALERT + b",=cmd|' /C calc'!A0\n",
    "text and html.md": ALERT,
}
NEVER_KEPT = {
    "gif and js.png": b"GIF89a/*" + b"\x00" * 20 + b"*/=alert(1)",
    "zip and pdf.docx": GOOD["a.pdf"] + office(),
}


@pytest.mark.parametrize("name", NEVER_KEPT)
def test_what_only_begins_like_something_else_is_refused(
    cast: Cast, client: Client, written: Evidence, name: str
) -> None:
    client.force_login(cast.trainee)
    assert send(client, written, name.encode(), NEVER_KEPT[name]) == 422
    assert in_folder(settings.FILES_DIR) == []


class Alarms:
    """Scripts that ran in this context: each opens a dialog."""

    def __init__(self, context_page: Page) -> None:
        self.rung: list[str] = []
        context_page.on("dialog", self._ring)

    def _ring(self, dialog: object) -> None:
        self.rung.append(dialog.message)
        dialog.dismiss()


def test_no_kept_file_runs_a_script_in_the_browser_however_it_is_opened(
    live_server: LiveServer, cast: Cast, browser: Browser, sign_in: Callable[[Page, User], None]
) -> None:
    evidence = make.page(cast.portfolio)
    rows = [make.attachment(evidence, name, content, save=False) for name, content in TWO_IN_ONE.items()]
    context = browser.new_context(base_url=live_server.url)
    opened = context.new_page()
    sign_in(opened, cast.trainee)
    alarms = Alarms(opened)
    for row in rows:
        for address in (file_url(row), f"{file_url(row)}?inline=1"):
            answer = context.request.get(address)
            shown = address.endswith("1") and row.name.endswith(("png", "jpg", "jpeg", "pdf"))
            assert answer.headers["content-type"] == row.file.media_type
            assert answer.headers["content-disposition"].startswith("inline" if shown else "attachment")
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
            with suppress(Exception):  # a file to save is no page: the browser stays where it is
                opened.goto(address)
            opened.goto("/robots.txt")
            opened.evaluate(f"fetch('{address}').then(answer => answer.blob())")
            opened.set_content(
                f"<script src='{address}'></script><object data='{address}'></object>", wait_until="load"
            )
    assert alarms.rung == []
    context.close()


def test_the_same_bytes_do_run_where_nothing_forbids_it(live_server: LiveServer, browser: Browser) -> None:
    context = browser.new_context()
    opened = context.new_page()
    alarms = Alarms(opened)
    scripts = [content for name, content in TWO_IN_ONE.items() if name != "pdf with a script.pdf"]
    bodies = iter(content for content in scripts if ALERT in content)
    opened.route("**/*.html", lambda route: route.fulfill(content_type="text/html", body=next(bodies)))
    for number in range(sum(ALERT in content for content in scripts)):
        opened.goto(f"{live_server.url}/{number}.html")
    assert len(alarms.rung) == 8
    context.close()


# --- 46 and 47: names ---------------------------------------------------------------------------------------------

NAMES = {
    b"a.html%00.pdf": "a.html%00.pdf",
    b"a.html\x00.pdf": "a.html.pdf",
    b"a.pdf ": "a.pdf",
    b"con.pdf": "con.pdf",
    b"x" * 300 + b".pdf": "x" * 146 + ".pdf",
    "fdp.exe\u202e.pdf".encode(): "fdp.exe.pdf",
    b'\\"; filename=x.pdf': '"; filename=x.pdf',
    b"../../x.pdf": "x.pdf",
    b"..\\\\..\\\\x.pdf": "x.pdf",
    b"/etc/passwd.pdf": "passwd.pdf",
    b"C:\\\\x.pdf": "x.pdf",
    b"%2e%2e%2fx.pdf": "%2e%2e%2fx.pdf",
    "․․／x.pdf".encode(): "․․／x.pdf",
    "‥/x.pdf".encode(): "x.pdf",
    "﹒﹒∕x.pdf".encode(): "﹒﹒∕x.pdf",
    b"<img src=x onerror=alert(1)>.pdf": "<img src=x onerror=alert(1)>.pdf",
}


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_no_name_leaves_the_store_or_its_header(
    cast: Cast, client: Client, written: Evidence, tmp_path: Path, name: bytes
) -> None:
    client.force_login(cast.trainee)
    assert send(client, written, name) == 302
    row = Attachment.objects.get()
    assert row.name == NAMES[name]
    assert all(re.fullmatch(r"files/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}", path) for path in in_folder(tmp_path))
    answer = client.get(file_url(row))
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, make.PDF)
    header = answer.headers["Content-Disposition"]
    assert re.fullmatch(
        r'attachment; filename="(?:[ !#-\[\]-~]|\\.)*"|attachment; filename\*=utf-8\'\'[\w%.!~*()-]+', header
    )


@pytest.mark.parametrize("name", [b".htaccess", b"CON", b"NUL", b"aux.", b"x", b".pdf"])
def test_a_name_that_means_something_to_a_machine_is_refused(
    cast: Cast, client: Client, written: Evidence, tmp_path: Path, name: bytes
) -> None:
    client.force_login(cast.trainee)
    assert send(client, written, name) == 422
    assert in_folder(tmp_path) == []


# --- 3 and 4: other ways to the bytes -----------------------------------------------------------------------------

DERIVED = (
    *("thumb/", "thumbnail/", "preview/", "text/", "zip/", "pdf/", "download/", "original/", "remove/"),
    *("?size=100", "?download=1", "?inline=1", "?format=json", "notes.pdf", "notes.pdf/"),
)


@pytest.mark.parametrize("who", ["other_trainee", "other_officer", "stranger", "former_officer", "second_assessor"])
def test_nothing_that_is_made_of_a_file_is_there_for_others(
    cast: Cast, client: Client, written: Evidence, who: str
) -> None:
    address = file_url(make.attachment(written))
    client.force_login(getattr(cast, who))
    assert {client.get(address + more).status_code for more in ("", *DERIVED)} <= {404, 405}
    client.force_login(cast.trainee)
    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_the_bytes_are_at_no_other_address(cast: Cast, client: Client, written: Evidence) -> None:
    sha = make.attachment(written).file.sha256
    client.force_login(cast.trainee)
    for place in (sha, f"{sha[:2]}/{sha[2:4]}/{sha}", "notes.pdf"):
        for root in ("/media/", "/files/", "/static/", "/static/../", "/uploads/", "/data/files/", "/"):
            assert client.get(root + place).status_code == 404


def test_a_picture_in_a_text_is_not_loaded_and_its_address_asks_for_a_sign_in(
    cast: Cast, client: Client, written: Evidence
) -> None:
    address = file_url(make.attachment(written, "a.png", GOOD["a.png"]))
    make.change(written, body=f"![the phantom]({address}?inline=1)")
    signed_out = client.get(address)
    assert (signed_out.status_code, signed_out.headers["Location"].partition("?")[0]) == (302, "/accounts/login/")
    client.force_login(cast.trainee)
    shown = client.get(reverse("evidence", args=[cast.portfolio.ref, written.eid])).content.decode()
    assert ("the phantom" in shown, "<img" in shown) == (True, False)
