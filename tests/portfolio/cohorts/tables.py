"""Tables of people as somebody would upload them."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from portfolio.files import MEDIA_TYPES

HEADINGS = (
    "part",
    "name",
    "e-mail",
    "post",
    "registration number",
    "curriculum",
    "cohort",
    "from",
    "organisation",
    "department",
    "trainees",
)
Rows = Iterable[dict[str, str]]


def trainee(name: str = "Ada Moss", **changed: str) -> dict[str, str]:
    return {
        "part": "trainee",
        "name": name,
        "e-mail": f"{name.lower().replace(' ', '.')}@example.org",
        "curriculum": "TST1-1-24",
        "cohort": "2024",
        "from": "3 September 2024",
        **changed,
    }


def role(part: str, name: str, *trainees: str, **changed: str) -> dict[str, str]:
    return {
        "part": part,
        "name": name,
        "e-mail": f"{name.lower().replace(' ', '.')}@example.org",
        "trainees": "; ".join(trainees),
        **changed,
    }


def text(rows: Rows, headings: Sequence[str] = HEADINGS, delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(headings)
    writer.writerows([[row.get(name, "") for name in headings] for row in rows])
    return out.getvalue()


def upload(content: bytes | str, name: str = "cohort.csv") -> SimpleUploadedFile:
    data = content.encode() if isinstance(content, str) else content
    return SimpleUploadedFile(name, data)


def table(*rows: dict[str, str]) -> SimpleUploadedFile:
    return upload(text(rows))


def workbook(*lines: Sequence[Any], sheets: Sequence[str] = ("People",)) -> bytes:
    """An XLSX with these lines on its first sheet."""
    book = Workbook()
    first: Any = book.active
    first.title = sheets[0]
    for line in lines:
        first.append(list(line))
    for title in sheets[1:]:
        book.create_sheet(title).append(["something else"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def package(sheet: bytes, **others: bytes) -> bytes:
    """An XLSX whose parts are those of a real one, but for the sheet (and others, by the end of their name)."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(HEADINGS))) as real,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in real.namelist():
            made.writestr(name, sheet if name.endswith("sheet1.xml") else real.read(name))
        for name, data in others.items():
            made.writestr(name, data)
    return out.getvalue()


XLSX = MEDIA_TYPES["xlsx"]
