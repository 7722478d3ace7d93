"""The file store: only what is what it says comes in, and what came in comes out unchanged or not at all."""

import hashlib
import io
import os
import stat
import struct
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from csp.middleware import CSPMiddleware
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse
from django.test import RequestFactory
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from pytest_django.fixtures import Settings

from audit.checks import Finding
from portfolio import files
from portfolio.files import Damaged, Refused, Stored, clean_name, fsck, intact, open_stored, serve, store

# Closing a response tells Django that a request is over, and that looks at the database connection.
pytestmark = pytest.mark.django_db

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
NOTHING = "0" * 64


def picture(form: str, size: tuple[int, int] = (3, 2)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, form)
    return made.getvalue()


def content_types(main: str) -> bytes:
    kind = "http://schemas.openxmlformats.org/package/2006/content-types"
    part = f'<Override PartName="/m.xml" ContentType="{main}"/>'
    return f'<?xml version="1.0"?><Types xmlns="{kind}">{part}</Types>'.encode()


def office(main: str = WORD, /, **members: bytes) -> bytes:
    """A small document; `members` are added, their names written with __ for a slash and _ for a dot."""
    return package({name.replace("__", "/").replace("_", "."): content for name, content in members.items()}, main)


def package(members: dict[str, bytes], main: str = WORD) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", content_types(main))
        file.writestr("m.xml", b"<document/>")
        for name, content in members.items():
            file.writestr(name, content)
    return made.getvalue()


GOOD = {
    "a.pdf": PDF,
    "a.png": picture("PNG"),
    "a.jpg": picture("JPEG"),
    "a.jpeg": picture("JPEG"),
    "a.docx": office(WORD),
    "a.xlsx": office(EXCEL),
    "a.pptx": office(SLIDES),
    "a.txt": "Café\r\n\tno. 1\f\n".encode(),
    "a.csv": b"\xef\xbb\xbfname,number\n=1+1,2\n",
    "a.md": b"# Title\n\n<script>alert(1)</script>\n",
}


def send(name: str, content: bytes) -> Stored:
    return store(SimpleUploadedFile(name, content))


def refusal(name: str, content: bytes) -> str:
    """Why the file was refused; and that nothing of it was left behind."""
    with pytest.raises(Refused) as refused:
        send(name, content)
    assert in_store() == []
    return str(refused.value)


def in_store() -> list[str]:
    root = files.settings.FILES_DIR
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def path_of(sha256: str) -> Path:
    return files.settings.FILES_DIR / sha256[:2] / sha256[2:4] / sha256


# --- in -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOOD)
def test_a_file_of_each_kind_is_kept_as_it_came(name: str) -> None:
    extension = name.removeprefix("a.")
    stored = send(name, GOOD[name])
    assert stored == Stored(sha(GOOD[name]), len(GOOD[name]), files.MEDIA_TYPES[extension], extension)
    with open_stored(stored.sha256) as file:
        assert file.read() == GOOD[name]


@pytest.mark.parametrize(
    "name", ["A.PDF", "a.pdf ", "a.pdf.", "a.html.pdf", "a.html\x00.pdf", "../../a.pdf", "fdp.\u202epdf"]
)
def test_the_last_extension_is_what_counts(name: str) -> None:
    assert send(name, PDF).extension == "pdf"


def test_a_file_is_named_by_its_bytes_and_open_to_this_program_alone() -> None:
    stored = send("../../etc/passwd.txt", b"words")
    assert in_store() == [f"{stored.sha256[:2]}/{stored.sha256[2:4]}/{stored.sha256}"]
    path = path_of(stored.sha256)
    modes = [stat.S_IMODE(place.stat().st_mode) for place in (path, path.parent, files.settings.FILES_DIR)]
    assert modes == [0o600, 0o700, 0o700]


def test_the_same_bytes_are_kept_once_and_mend_a_damaged_copy() -> None:
    stored = send("a.txt", b"words")
    path_of(stored.sha256).write_bytes(b"w0rds")
    assert send("b.md", b"words").sha256 == stored.sha256
    assert (len(in_store()), intact(stored.sha256)) == (1, True)


@pytest.mark.races
def test_the_same_bytes_sent_by_many_at_once_are_kept_once_and_whole() -> None:
    together = threading.Barrier(8)

    def send_with_others(number: int) -> str:
        together.wait()
        return send(f"{number}.txt", b"words" * 100_000).sha256

    with ThreadPoolExecutor(8) as several:
        (name,) = set(several.map(send_with_others, range(8)))
    assert (len(in_store()), intact(name)) == (1, True)


def test_the_file_is_on_the_disk_before_it_has_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    done, fsync, replace = [], os.fsync, os.replace

    def watched_fsync(handle: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else f"file of {os.fstat(handle).st_size}")
        fsync(handle)

    def watched_replace(old: Path, new: Path) -> None:
        done.append("name")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "replace", watched_replace)
    send("a.txt", b"words")
    assert done == ["file of 5", "name", "folder", "folder", "folder"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(OSError, match="No space"):
        send("a.txt", b"words")
    assert in_store() == []


def test_an_upload_that_breaks_off_leaves_nothing_behind() -> None:
    class Broken(SimpleUploadedFile):
        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            yield b"wor"
            raise ConnectionError

    with pytest.raises(ConnectionError):
        store(Broken("a.txt", b"words"))
    assert in_store() == []


def test_one_byte_over_the_limit_is_refused_whatever_size_was_claimed(settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 3 * 1024 * 1024
    assert send("a.txt", b"x" * settings.UPLOAD_MAX_BYTES).size == 3 * 1024 * 1024
    upload = SimpleUploadedFile("b.txt", b"x" * (settings.UPLOAD_MAX_BYTES + 1))
    upload.size = 1
    with pytest.raises(Refused, match=r"^The selected file must be 3 MB or smaller$"):
        store(upload)
    assert len(in_store()) == 1


# --- what may come in ---------------------------------------------------------------------------------------------


def test_an_empty_file_is_refused() -> None:
    assert refusal("a.txt", b"") == "The selected file is empty"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "a.html",
            "a.svg",
            "a.xhtml",
            "a.xml",
            "a.js",
            "a.swf",
            "a.hta",
            "a.lnk",
            "a.exe",
            "a.docm",
            "a.zip",
            "a.gif",
        ),
        *("a.pdf.html", "a.dcm", "pdf", "a", ".htaccess", ".pdf", "CON", "a.p\u0501f"),
    ],
)
def test_other_extensions_are_refused_whatever_they_hold(name: str) -> None:
    assert refusal(name, PDF) == "The selected file must be a PDF, PNG, JPG, DOCX, XLSX, PPTX, TXT, CSV or MD"


WRONG = [
    b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 60,
    b"<!DOCTYPE html><script>alert(1)</script>\x00",
    b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>\x00',
    b"FWS\x09\x00\x00\x00\x00",
    b"L\x00\x00\x00\x01\x14\x02\x00" + b"\x00" * 20,
    b"GIF89a/*\x00",
    b"\x00" * 128 + b"DICM" + b"\x00" * 20,
    b"\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00",
]


@pytest.mark.parametrize("extension", sorted(files.MEDIA_TYPES))
@pytest.mark.parametrize("content", [*WRONG, *(GOOD[name] for name in GOOD if name not in ("a.txt", "a.csv", "a.md"))])
def test_content_that_is_not_what_the_name_says_is_refused(extension: str, content: bytes) -> None:
    if content == GOOD.get(f"a.{extension}") or (extension in ("txt", "csv", "md") and content == PDF):
        return  # the positive control above; and a PDF may be so small that it is all letters
    assert refusal(f"a.{extension}", content).startswith("The selected")


def test_an_old_or_protected_office_file_says_what_to_do() -> None:
    reason = refusal("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    assert reason == (
        "The selected file is protected by a password or in an older format. Save it again as XLSX, without a password"
    )


@pytest.mark.parametrize("content", [b"caf\xe9", "café".encode("utf-16"), b"cut \xc3", b"\xed\xa0\x80"])
def test_text_in_another_encoding_is_refused(content: bytes) -> None:
    assert refusal("a.csv", content).startswith("The selected file is not ")


@pytest.mark.parametrize("control", [b"\x00", b"\x07", b"\x1b", b"\x7f"])
def test_text_with_control_characters_is_refused(control: bytes) -> None:
    assert refusal("a.txt", b"a" + control) == "The selected file is not plain text, whatever its name says"


def test_a_character_cut_in_two_between_pieces_is_still_one() -> None:
    assert send("a.txt", b"x" * (files.CHUNK - 1) + "é".encode()).size == files.CHUNK + 1


def test_a_cut_picture_is_refused() -> None:
    assert refusal("a.png", GOOD["a.png"][:60]) == "The selected picture cannot be read. It may be damaged"


def flat_png(side: int) -> bytes:
    """A picture of one colour: huge when unpacked, small as a file."""

    def part(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = zlib.compress(b"\x00" * (side // 8 + 1) * 10, 9)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", rows) + part(b"IEND", b"")


@pytest.mark.parametrize("side", [9_000, 9_500, 13_000, 20_000])
def test_a_flood_of_pixels_is_refused(side: int) -> None:
    assert refusal("a.png", flat_png(side)) == "The selected picture must have 80 million pixels or fewer"


def test_a_large_photograph_is_kept() -> None:
    assert send("a.jpg", picture("JPEG", (6000, 4000))).extension == "jpg"


MACROS = "The selected file holds macros. Save it again without them"


@pytest.mark.parametrize(
    "content",
    [
        office(WORD, word__vbaProject_bin=b"x"),
        office(WORD, word__VBAPROJECT_BIN=b"x"),
        office("application/vnd.ms-word.document.macroEnabled.main+xml"),
        office(f'{WORD}"/><Override PartName="/word/x.bin" ContentType="application/vnd.ms-office.vbaProject'),
    ],
)
def test_macros_are_refused(content: bytes) -> None:
    assert refusal("a.docx", content) == MACROS


NOT_DOCX = "The selected file is not in DOCX format, whatever its name says"


@pytest.mark.parametrize("name", ["../x.xml", "a/../../x.xml", "/etc/passwd", "C:/x", "..\\x", "M.XML", "x.xml:stream"])
def test_a_document_with_a_member_outside_itself_or_there_twice_is_refused(name: str) -> None:
    assert refusal("a.docx", package({name: b"<x/>"})) == NOT_DOCX


@pytest.mark.parametrize("form", ["utf-8", "utf-16"])
@pytest.mark.parametrize("mark", ["<!DOCTYPE x SYSTEM 'http://evil.test/x.dtd'>", "<!ENTITY a 'aaaaaaaa'>"])
@pytest.mark.parametrize("before", [0, 256 * 1024 - 4])
def test_a_document_type_or_an_entity_is_refused_wherever_it_stands(form: str, mark: str, before: int) -> None:
    assert refusal("a.docx", office(word__x_xml=(" " * before + mark).encode(form))) == NOT_DOCX


def test_a_picture_in_a_document_may_hold_any_bytes() -> None:
    assert send("a.docx", office(word__x_svg=b"<!DOCTYPE svg><svg/>")).extension == "docx"


def test_a_zip_without_the_main_part_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("word/document.xml", b"<document/>")
    assert refusal("a.docx", made.getvalue()) == NOT_DOCX


def test_a_document_protected_member_by_member_is_refused() -> None:
    content = bytearray(office())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert (
        refusal("a.docx", bytes(content)) == "The selected file is protected by a password. Save it again without one"
    )


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_document_packed_as_no_office_program_does_is_refused(compression: int) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as file:
        file.writestr("[Content_Types].xml", content_types(WORD))
    assert refusal("a.docx", made.getvalue()) == NOT_DOCX


@pytest.mark.parametrize("content", [b"#!/bin/sh\n" + office(), office() + b"tail", PDF + office(), office()[:-30]])
def test_a_document_with_something_before_or_after_it_is_refused(content: bytes) -> None:
    assert refusal("a.docx", content) == NOT_DOCX


def test_too_many_members_are_refused() -> None:
    assert refusal("a.docx", package({f"x{number}.xml": b"" for number in range(5_000)})) == NOT_DOCX


def test_a_list_of_members_too_long_to_read_is_refused_unread() -> None:
    assert refusal("a.docx", package({f"{number:0>60000}": b"" for number in range(20)})) == NOT_DOCX


BOMB = "The selected file unpacks to far more than it should"


def test_a_bomb_is_refused() -> None:
    assert refusal("a.docx", office(word__x_xml=b"\x20" * (100 * 1024 * 1024))) == BOMB


def test_a_bomb_in_many_small_pieces_is_refused() -> None:
    assert refusal("a.docx", package({f"x{number}.xml": b" " * 1024 * 1024 for number in range(20)})) == BOMB


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(office(word__x_xml=b" " * (20 * 1024 * 1024)))
    for start, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.rindex(start) + place
        content[at : at + 4] = struct.pack("<I", 100)
    assert refusal("a.docx", bytes(content)) == NOT_DOCX


def test_members_that_share_their_bytes_are_refused() -> None:
    content = bytearray(office(word__x_xml=b" " * (4 * 1024 * 1024), word__y_xml=b"y", word__z_xml=b"z"))
    starts = [at for at in range(len(content)) if content[at : at + 4] == b"PK\x01\x02"]
    x, y, z = starts[-3:]
    for other in (y, z):  # the list of members says that all three lie where x lies
        content[other + 10 : other + 28] = content[x + 10 : x + 28]
        content[other + 42 : other + 46] = content[x + 42 : x + 46]
    assert refusal("a.docx", bytes(content)) == NOT_DOCX


def test_a_long_and_dull_table_is_kept() -> None:
    rows = b"".join(b"<row><c>%d</c></row>" % (number % 97) for number in range(500_000))
    assert len(rows) > 10 * 1024 * 1024 / 2
    assert send("a.xlsx", office(EXCEL, xl__sheet1_xml=rows)).extension == "xlsx"


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    st.sampled_from(["a.docx", "a.png", "a.jpg", "a.pdf", "a.txt"]),
    st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), min_size=1, max_size=6),
    st.integers(0, 40),
)
def test_a_damaged_file_is_kept_or_refused_and_never_an_error(
    name: str, changes: list[tuple[int, int]], cut: int
) -> None:
    content = bytearray(GOOD[name])
    for place, byte in changes:
        content[place % len(content)] = byte
    with suppress(Refused):
        send(name, bytes(content[: len(content) - cut]))
    assert list((files.settings.FILES_DIR / "incoming").glob("*")) == []  # kept or refused, nothing half done stays


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("report.pdf", "report.pdf"),
        ("C:\\Users\\asha\\report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a/b\\c.pdf", "c.pdf"),
        ("Cafe\u0301 no.\u00a01.pdf", "Caf\u00e9 no. 1.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x.pdf"),
        ("a\x00\x1b[31m\u202egpj.pdf", "a[31mgpj.pdf"),
        ("e\u200d\u0301.pdf", "\u00e9.pdf"),
        ('"; filename=x.pdf', '"; filename=x.pdf'),
        (".htaccess", "htaccess"),
        ("a.pdf. . ", "a.pdf"),
        ("", "file"),
        ("...", "file"),
        ("\u202e\x00/", "file"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("x" * 144 + "  " + "y" * 10 + ".docx", "x" * 144 + ".docx"),
        ("a." + "x" * 300, "a." + "x" * 148),
        ("x" * 300, "x" * 150),
    ],
)
def test_a_name_is_made_safe_to_show(name: str, expected: str) -> None:
    assert clean_name(name) == expected


@given(st.text(max_size=400) | st.text("ab./\\ \u202e\u0301\n", max_size=400))
def test_a_clean_name_is_one_line_of_1_to_150_characters_and_stays_as_it_is(name: str) -> None:
    clean = clean_name(name)
    assert 1 <= len(clean) <= 150
    assert not any(c in clean for c in "/\\\r\n\x00\u202e\u2028")
    assert clean_name(clean) == clean


# --- out ----------------------------------------------------------------------------------------------------------


def body(response: FileResponse) -> bytes:
    content = b"".join(response.streaming_content)
    response.close()
    return content


def test_a_file_is_served_to_be_saved_and_never_run() -> None:
    stored = send("a.pdf", PDF)
    response = serve(stored.sha256, "report.pdf", stored.media_type)
    assert dict(response.items()) == {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(PDF)),
        "Content-Disposition": 'attachment; filename="report.pdf"',
        "Content-Security-Policy": (
            "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
    assert body(response) == PDF


@pytest.mark.parametrize("name", GOOD)
def test_only_pdfs_and_pictures_are_ever_shown_in_the_browser(name: str) -> None:
    stored = send(name, GOOD[name])
    response = serve(stored.sha256, name, stored.media_type, inline=True)
    shown = response["Content-Disposition"].startswith("inline")
    assert shown == (name in ("a.pdf", "a.png", "a.jpg", "a.jpeg"))
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    body(response)


def test_the_policy_of_a_file_wins_over_that_of_the_site() -> None:
    stored = send("a.png", GOOD["a.png"])
    answer = CSPMiddleware(lambda request: serve(stored.sha256, "a.png", "image/png", inline=True))
    response = answer(RequestFactory().get("/"))
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    body(response)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ('"; filename=x.html', 'attachment; filename="\\"; filename=x.html"'),
        ("Röntgen 1.pdf", "attachment; filename*=utf-8''R%C3%B6ntgen%201.pdf"),
        ("a\r\nX-Evil: 1.pdf", 'attachment; filename="a X-Evil: 1.pdf"'),
        ("../../x.pdf", 'attachment; filename="x.pdf"'),
    ],
)
def test_no_name_gets_out_of_its_header(name: str, header: str) -> None:
    response = serve(send("a.pdf", PDF).sha256, name, "application/pdf")
    assert response["Content-Disposition"] == header
    body(response)


def test_a_changed_or_missing_file_is_never_served() -> None:
    stored = send("a.txt", b"words")
    assert intact(stored.sha256)
    path_of(stored.sha256).write_bytes(b"w0rds")
    assert not intact(stored.sha256)
    with pytest.raises(Damaged, match=f"^{stored.sha256}: the file was changed$"):
        serve(stored.sha256, "a.txt", "text/plain")
    path_of(stored.sha256).unlink()
    assert not intact(stored.sha256)
    with pytest.raises(Damaged, match=f"^{stored.sha256}: the file is missing$"):
        serve(stored.sha256, "a.txt", "text/plain")


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_what_is_no_sha256_opens_nothing(name: str) -> None:
    with pytest.raises(Damaged, match="not the SHA-256"):
        open_stored(name)
    assert not intact(name)


# --- the nightly look ---------------------------------------------------------------------------------------------


def grow_old(path: Path) -> None:
    """As if it had lain there for two days."""
    long_ago = time.time() - 2 * 24 * 3600
    os.utime(path, (long_ago, long_ago))


def test_a_store_as_it_should_be_gives_no_finding() -> None:
    known = [(stored.sha256, stored.size) for stored in (send("a.txt", b"one"), send("b.txt", b"two"))]
    for sha256, _ in known:
        grow_old(path_of(sha256))
    assert list(fsck(known)) == []
    assert list(fsck([])) != []


def test_an_empty_store_gives_no_finding() -> None:
    assert list(fsck([])) == []


def test_what_is_missing_changed_or_unknown_is_named() -> None:
    changed, odd, unknown = (send("a.txt", text).sha256 for text in (b"one", b"two", b"three"))
    path_of(changed).write_bytes(b"0ne")
    left = files.settings.FILES_DIR / "incoming" / "tmp123"
    left.write_bytes(b"half")
    grow_old(left)
    grow_old(path_of(unknown))
    assert list(fsck([(NOTHING, 1), (changed, 3), (odd, 4), ("../x", 1)])) == [
        Finding(NOTHING, "the file is missing"),
        Finding(changed, "the file was changed"),
        Finding(odd, "its row says 4 bytes, which is wrong"),
        Finding("../x", "this is not the SHA-256 of a file"),
        *sorted(
            [
                Finding(path_of(unknown).relative_to(files.settings.FILES_DIR).as_posix(), "no row knows this file"),
                Finding("incoming/tmp123", "no row knows this file"),
            ],
            key=lambda finding: finding.subject,
        ),
    ]


def test_a_file_whose_row_is_still_being_saved_is_no_finding() -> None:
    send("a.txt", b"words")
    (files.settings.FILES_DIR / "incoming" / "tmp123").write_bytes(b"half")
    assert list(fsck([])) == []
