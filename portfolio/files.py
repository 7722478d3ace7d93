"""Where attachments live: by content, in STP's data folder, outside anything a web server hands out by itself.

A file is named by the SHA-256 of its bytes. File first, row after: when store() returns, the bytes are on the disk to
stay. What may come in is decided in contents.py; the name that a person gave is only ever shown.
"""

import hashlib
import os
import re
import tempfile
import time
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse

from audit.checks import Finding
from portfolio.contents import CHUNK as CHUNK
from portfolio.contents import MEDIA_TYPES as MEDIA_TYPES
from portfolio.contents import MIB as MIB
from portfolio.contents import Refused as Refused
from portfolio.contents import check

MAY_BE_SHOWN = {"application/pdf", "image/png", "image/jpeg"}
LONGEST_NAME = 150
INCOMING = "incoming"
NOT_HELD = "The file was kept for a day only. Choose it again"
NEW_SECONDS = 24 * 3600  # a file so new may belong to a form that is being saved


class Damaged(Exception):
    """What the store holds under this name is missing or is not what was stored. `what` says which."""

    def __init__(self, sha256: str, what: str) -> None:
        super().__init__(f"{sha256}: {what}")
        self.what = what


@dataclass(frozen=True)
class Stored:
    """What came in. `size` in bytes."""

    sha256: str
    size: int
    media_type: str
    extension: str


# --- in -----------------------------------------------------------------------------------------------------------


def store(upload: UploadedFile) -> Stored:
    """Check the upload and keep its bytes. Raises Refused, and leaves nothing behind, when it may not come in.

    The same bytes sent again are written again: it costs the same time and mends a damaged copy.
    """
    return _come_in(upload, _place)


def hold(upload: UploadedFile) -> Stored:
    """The same, for a form that may have to come back: kept among what comes in, for a day, until `take`."""
    return _come_in(upload, _held)


def take(stored: Stored) -> Stored:
    """What was held comes in to stay. Raises Refused when it is not there any more, whole."""
    path = _held(stored.sha256)
    try:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != stored.sha256:
                raise Refused(NOT_HELD)
        _move(path, _place(stored.sha256))
    except FileNotFoundError:  # the same file was held twice, and the other form was quicker; or a day has passed
        if not intact(stored.sha256):
            raise Refused(NOT_HELD) from None
    return stored


def _held(sha256: str) -> Path:
    return settings.FILES_DIR / INCOMING / f"{_place(sha256).name}.held"


def _come_in(upload: UploadedFile, place: Callable[[str], Path]) -> Stored:
    with passing(upload, MEDIA_TYPES) as (path, stored):
        _move(path, place(stored.sha256))
    return stored


@contextmanager
def passing(upload: UploadedFile, extensions: Collection[str]) -> Iterator[tuple[Path, Stored]]:
    """What is uploaded, checked as everything that is stored; it goes at the end, unless somebody moved it."""
    extension = Path(clean_name(upload.name or "")).suffix.lower().removeprefix(".")
    if extension not in extensions:
        *others, last = (each.upper() for each in extensions if each != "jpeg")
        raise Refused(f"The selected file must be a {', '.join(others)} or {last}")
    incoming = settings.FILES_DIR / INCOMING
    for folder in (settings.FILES_DIR, incoming):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=incoming)  # 0600: readable by this program alone
    path = Path(name)
    try:
        with open(handle, "wb") as file:
            sha256, size = _write(upload, file)
            check(path, extension)
            os.fsync(file.fileno())
        yield path, Stored(sha256, size, MEDIA_TYPES[extension], extension)
    finally:
        path.unlink(missing_ok=True)


def clean_name(name: str) -> str:
    """A name to show and to offer when saving: one line, no path, nothing invisible, 1 to 150 characters."""
    name = "".join(c for c in name if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    name = " ".join(name.split()).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if len(name) > LONGEST_NAME and stem and len(extension) <= 10:
        name = stem[: LONGEST_NAME - len(dot + extension)].rstrip(" .") + dot + extension
    return name[:LONGEST_NAME].strip(" .") or "file"


def _write(upload: UploadedFile, file: IO[bytes]) -> tuple[str, int]:
    """Copy the bytes, counting them: what the browser says of the size is not believed."""
    sha256, size = hashlib.sha256(), 0
    for chunk in upload.chunks(CHUNK):
        size += len(chunk)
        if size > settings.UPLOAD_MAX_BYTES:
            raise Refused(f"The selected file must be {settings.UPLOAD_MAX_BYTES / MIB:g} MB or smaller")
        sha256.update(chunk)
        file.write(chunk)
    if not size:
        raise Refused("The selected file is empty")
    file.flush()
    return sha256.hexdigest(), size


def _move(path: Path, place: Path) -> None:
    """Into its place at once, whole, and with every folder on the way written to the disk."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.replace(path, place)
    for folder in (place.parent, place.parent.parent, settings.FILES_DIR):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _place(sha256: str) -> Path:
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise Damaged(sha256, "this is not the SHA-256 of a file")
    return settings.FILES_DIR / sha256[:2] / sha256[2:4] / sha256


def remove(sha256: str) -> bool:
    """Remove bytes that no row holds any more; whether they are gone.

    What came in within a day stays, for a form that is being saved may hold it. The file is put aside before it is
    looked at: the same bytes coming in at this moment find their place free.
    """
    aside = settings.FILES_DIR / INCOMING / f"{sha256}.removed"
    aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        _place(sha256).rename(aside)
    except FileNotFoundError:
        return True
    if _new(aside):
        aside.replace(_place(sha256))
        return False
    aside.unlink()
    return True


def sweep() -> int:
    """Remove what was cut off on its way in, by a crash or a kill, and is a day old; how many files that was."""
    old = [path for path in (settings.FILES_DIR / INCOMING).glob("*") if not _new(path)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _new(path: Path) -> bool:
    return time.time() - path.stat().st_mtime < NEW_SECONDS


# --- out ----------------------------------------------------------------------------------------------------------


def open_stored(sha256: str) -> IO[bytes]:
    """The file, open at its start, after all its bytes were found to be those that were stored. Else raises Damaged."""
    try:
        file = _place(sha256).open("rb")
    except FileNotFoundError as missing:
        raise Damaged(sha256, "the file is missing") from missing
    if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
        file.close()
        raise Damaged(sha256, "the file was changed")
    file.seek(0)
    return file


def intact(sha256: str) -> bool:
    """Whether the store holds these very bytes. Reads all of them."""
    try:
        with closing(open_stored(sha256)):
            return True
    except Damaged:
        return False


def serve(sha256: str, name: str, media_type: str, *, inline: bool = False) -> FileResponse:
    """The file as an answer, to be saved, or shown if asked for and if it is a PDF or a picture. Raises Damaged.

    Ask access first. Whatever the bytes turn out to be, the browser runs none of them: no guessing of types, no
    scripts. The policy set here wins: CSPMiddleware leaves an answer alone that has one.
    """
    shown = inline and media_type in MAY_BE_SHOWN
    response = FileResponse(
        open_stored(sha256), as_attachment=not shown, filename=clean_name(name), content_type=media_type
    )
    response["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def fsck(known: Iterable[tuple[str, int]]) -> Iterator[Finding]:
    """Every file that is missing, changed, or there without being known. `known`: the SHA-256 and size of each."""
    places = set()
    for sha256, size in known:
        try:
            places.add(_place(sha256))
            with open_stored(sha256) as file:
                if os.fstat(file.fileno()).st_size != size:
                    yield Finding(sha256, f"its row says {size} bytes, which is wrong")
        except Damaged as damage:
            yield Finding(sha256, damage.what)
    for path in sorted(settings.FILES_DIR.rglob("*")):
        if path.is_file() and path not in places and not _new(path):
            yield Finding(path.relative_to(settings.FILES_DIR).as_posix(), "no row knows this file")
