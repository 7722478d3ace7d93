"""What may come in as a file: by extension and content together, whatever the browser says of it.

Nothing here removes what a picture tells of where it was taken: pictures are checked, not rewritten.
"""

import codecs
import re
import struct
import zipfile
import zlib
from pathlib import Path

import filetype
from PIL import Image

OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "docx": OFFICE + "wordprocessingml.document",
    "xlsx": OFFICE + "spreadsheetml.sheet",
    "pptx": OFFICE + "presentationml.presentation",
    "txt": "text/plain",
    "csv": "text/csv",
    "md": "text/markdown",
}
OFFICE_MAIN_PARTS = {
    "docx": OFFICE + "wordprocessingml.document.main+xml",
    "xlsx": OFFICE + "spreadsheetml.sheet.main+xml",
    "pptx": OFFICE + "presentationml.presentation.main+xml",
}
PICTURES = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG"}

MIB = 1024 * 1024
CHUNK = 256 * 1024
MOST_PIXELS = 80_000_000  # fewer than those at which Pillow warns: so a warning is refused, raised or not
OFFICE_MOST_MEMBERS = 5_000
OFFICE_LARGEST_DIRECTORY = MIB
OFFICE_MOST_BYTES = 300 * MIB
OFFICE_FREE_BYTES = 10 * MIB  # a small document may be as repetitive as it likes
OFFICE_MOST_RATIO = 200
DOCUMENT_TYPES = tuple(
    mark.encode(form) for mark in ("<!DOCTYPE", "<!ENTITY") for form in ("ascii", "utf-16-le", "utf-16-be")
)


class Refused(Exception):
    """The file may not come in. The message tells its sender why; the page adds the last full stop."""


def check(path: Path, extension: str) -> None:
    """Raise Refused unless the content is what the extension says."""
    if extension in OFFICE_MAIN_PARTS:
        _check_office(path, extension)
    elif extension in PICTURES:
        _check_picture(path, extension)
    elif extension == "pdf":
        if filetype.guess_mime(str(path)) != MEDIA_TYPES["pdf"]:
            raise _not_a("pdf")
    else:
        _check_text(path)


def _not_a(extension: str) -> Refused:
    return Refused(f"The selected file is not in {extension.upper()} format, whatever its name says")


def _check_picture(path: Path, extension: str) -> None:
    """The header and, for PNG, every checksum. Pixels are never unpacked: a small file can hold gigabytes of them."""
    if filetype.guess_mime(str(path)) != MEDIA_TYPES[extension]:
        raise _not_a(extension)
    try:
        with Image.open(path, formats=[PICTURES[extension]]) as picture:
            pixels = picture.width * picture.height
            picture.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pixels = MOST_PIXELS + 1
    except Exception as broken:  # Pillow's readers let many kinds of error out
        raise Refused("The selected picture cannot be read. It may be damaged") from broken
    if pixels > MOST_PIXELS:
        raise Refused(f"The selected picture must have {MOST_PIXELS // 1_000_000} million pixels or fewer")


def _check_text(path: Path) -> None:
    """Strict UTF-8 without control characters other than tab, new line and new page."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                if re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", decoder.decode(chunk)):
                    raise Refused("The selected file is not plain text, whatever its name says")
            decoder.decode(b"", final=True)
    except UnicodeDecodeError as wrong:
        raise Refused("The selected file is not text in UTF-8. Save it again as UTF-8") from wrong


def _check_office(path: Path, extension: str) -> None:
    """A zip whose main part is a document of this kind, without macros; unpacked only in passing, and only so far."""
    try:
        _check_directory(path, extension)
        with zipfile.ZipFile(path) as package:
            _check_members(package.infolist(), extension)
            _check_contents(package, path.stat().st_size, extension)
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        struct.error,
    ) as broken:
        raise _not_a(extension) from broken


def _check_directory(path: Path, extension: str) -> None:
    """Before the zip's list of members is read: that it is short, and that only one reading of the file is possible."""
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(max(0, path.stat().st_size - 42))
        end = file.read()
    if start == b"\xd0\xcf\x11\xe0":
        raise Refused(
            "The selected file is protected by a password or in an older format. "
            f"Save it again as {extension.upper()}, without a password"
        )
    if start != b"PK\x03\x04" or len(end) < 42 or end[-22:-18] != b"PK\x05\x06" or end[:4] == b"PK\x06\x07":
        raise _not_a(extension)
    *_, directory_bytes, _, comment_bytes = struct.unpack("<4s4H2LH", end[-22:])
    if directory_bytes > OFFICE_LARGEST_DIRECTORY or comment_bytes:
        raise _not_a(extension)


def _check_members(members: list[zipfile.ZipInfo], extension: str) -> None:
    names = [member.orig_filename for member in members]
    if len(names) > OFFICE_MOST_MEMBERS or len({name.casefold() for name in names}) != len(names):
        raise _not_a(extension)
    for member, name in zip(members, names, strict=True):
        if name.startswith("/") or re.search(r"[\\:\x00]", name) or ".." in name.split("/"):
            raise _not_a(extension)
        if member.flag_bits & 0x41:
            raise Refused("The selected file is protected by a password. Save it again without one")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _not_a(extension)
        if name.casefold().endswith("vbaproject.bin"):
            raise Refused("The selected file holds macros. Save it again without them")


def _check_contents(package: zipfile.ZipFile, size: int, extension: str) -> None:
    """Every member unpacked in pieces and counted: what the zip says of their sizes is not believed."""
    most = min(OFFICE_MOST_BYTES, max(OFFICE_FREE_BYTES, size * OFFICE_MOST_RATIO))
    counted, types = 0, b""
    for member in package.infolist():
        is_xml, before = member.filename.casefold().endswith((".xml", ".rels")), b""
        with package.open(member) as content:
            while chunk := content.read(CHUNK):
                counted += len(chunk)
                if counted > most:
                    raise Refused("The selected file unpacks to far more than it should")
                if is_xml and any(mark in before + chunk for mark in DOCUMENT_TYPES):
                    raise _not_a(extension)  # no Office program writes these; they make readers fetch or swell
                if member.filename == "[Content_Types].xml":
                    types += chunk
                before = chunk[-32:]
    listed = types.decode("utf-8")
    if "macroenabled" in listed.casefold() or "vbaproject" in listed.casefold():
        raise Refused("The selected file holds macros. Save it again without them")
    if f'"{OFFICE_MAIN_PARTS[extension]}"' not in listed:
        raise _not_a(extension)
