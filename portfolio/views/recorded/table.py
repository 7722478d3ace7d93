"""Many items that were signed elsewhere: a table is read, shown row by row, and recorded whole or not at all."""

from collections import Counter
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.middleware import SignedIn
from audit.canonical import digest
from portfolio import files, ledger
from portfolio.forms.elsewhere import Held, TableForm
from portfolio.forms.elsewhere_table import COLUMNS, MOST_ROWS, Row, Unreadable, read
from portfolio.models import Portfolio
from portfolio.patient_data import looks_like
from portfolio.record import Record
from portfolio.requirements.words import day, plural
from portfolio.states import ElsewhereKind
from portfolio.views.fetch import fetch_portfolio
from portfolio.views.recorded.elsewhere import here, may_record, whose
from portfolio.workflow import Entry, Incomplete, TooLate, elsewhere, perform_all

NOT_CONFIRMED = (
    "Some rows may be recorded already. Nothing was recorded. Confirm that they are others, or take them out."
)
NOT_CHECKED = (
    "Some rows hold what looks like patient data. Nothing was recorded. Take it out, or confirm that you checked it."
)
CHANGED = "The rows, or what they would do, are not those that this page showed. Nothing was recorded. Read them again."


@require_http_methods(["GET", "HEAD", "POST"])
def table(request: SignedIn, ref: str) -> HttpResponse:
    """Paste, check, confirm. What is confirmed is what was shown: its digest is in the form."""
    portfolio = fetch_portfolio(request, ref)
    may_record(request.user, portfolio)
    of = whose(request, portfolio)
    if request.method != "POST":
        return _page(request, portfolio, TableForm(of=of))
    form = TableForm(request.POST, request.FILES, of=of)
    if not form.is_valid():
        return _page(request, portfolio, form, status=422)
    text = form.table()
    try:
        rows = judged(ledger.read_one(portfolio), _proved(read(text), form.held), elsewhere.Twins(portfolio))
    except Unreadable as unreadable:
        form.add_error("rows", str(unreadable))
        return _page(request, portfolio, form, status=422)
    seen = shown(portfolio, rows)
    form = form.shown_with(text, seen)
    if any(row.problems for row in rows):
        return _page(request, portfolio, form, rows, status=422)
    if "confirm" not in request.POST:
        return _page(request, portfolio, form, rows)
    if request.POST.get("seen") != seen:
        messages.error(request, CHANGED)
        return _page(request, portfolio, form, rows, status=TooLate.status)
    if any(row.entry.another for row in rows) and not request.POST.get("another"):
        messages.error(request, NOT_CONFIRMED)
        return _page(request, portfolio, form, rows, status=422)
    if any(map(_found, rows)) and not request.POST.get("checked"):
        messages.error(request, NOT_CHECKED)
        return _page(request, portfolio, form, rows, status=422)
    try:
        form.take_file()
        perform_all(elsewhere.asks(portfolio, [row.entry for row in rows]), by=request.user)
    except files.Refused as refused:
        messages.error(request, f"{refused}. Nothing was recorded.")
        return _page(request, portfolio, TableForm(initial={"rows": text}, of=of), status=Incomplete.status)
    except (TooLate, Incomplete):
        messages.error(request, CHANGED)
        return _page(request, portfolio, form, rows, status=TooLate.status)
    messages.success(request, f"Recorded: {len(rows)} {plural(len(rows), 'item')}, signed elsewhere.")
    return redirect("elsewhere", ref)


def _proved(rows: tuple[Row, ...], held: Held | None) -> tuple[Row, ...]:
    """With the one file that proves all of them, where one was sent."""
    if held is None:
        return rows
    return tuple(replace(row, entry=replace(row.entry, file=held.stored, file_name=held.name)) for row in rows)


def judged(record: Record, rows: tuple[Row, ...], twins: elsewhere.Twins) -> tuple[Row, ...]:
    """Each row with everything that keeps it from being recorded, in words; and beside how many like it it would stand.

    That such a row is another assessment is what the page asks before it takes the rows.
    """
    first: dict[tuple[Any, ...], int] = {}
    cases: dict[str, int] = {}
    found = []
    for row in rows:
        problems = list(row.problems)
        if not problems:
            problems += [said for _, said in elsewhere.wrong(record, row.entry)]
        if (line := first.setdefault(_what(row.entry), row.line)) != row.line and not problems:
            problems.append(f"It is in row {line} already.")
        if (key := row.entry.case_key) and (line := cases.setdefault(key, row.line)) != row.line and not problems:
            problems.append(f"Row {line} has this case. One case serves one CBD.")
        if not problems and twins.case_is_taken(row.entry):
            problems.append(elsewhere.CASE_TAKEN)
        entry = row.entry
        if not problems:
            entry = replace(entry, another=twins.of(entry))
            twins.add(entry)
        found.append(replace(row, entry=entry, problems=tuple(problems)))
    return tuple(found)


def _what(entry: Entry) -> tuple[Any, ...]:
    """By which a second row is the same: an activity can be signed once, an assessment with this title on this day."""
    if entry.kind == ElsewhereKind.ACTIVITY:
        return entry.place
    return entry.same


def shown(portfolio: Portfolio, rows: tuple[Row, ...]) -> str:
    """The digest of the preview."""
    told = [
        [
            row.line,
            *map(str, (e.module, e.kind, e.number, e.title, e.system, e.signed_on, e.signed_by, e.note, e.another)),
            e.case_reference,
            [e.file.sha256, e.file_name] if e.file else [],
        ]
        for row in rows
        for e in (row.entry,)
    ]
    return digest({"v": "stp-elsewhere-table-1", "portfolio": portfolio.ref, "rows": told})


def _found(row: Row) -> str:
    """What in the row looks like patient data, wherever it was typed."""
    return looks_like(*(getattr(row.entry, name) for name in elsewhere.LONGEST))


def _page(
    request: SignedIn, portfolio: Portfolio, form: TableForm, rows: tuple[Row, ...] = (), *, status: int = 200
) -> HttpResponse:
    wrong = sum(bool(row.problems) for row in rows)
    counts = Counter(row.entry.module for row in rows)
    context = {
        "portfolio": portfolio,
        "form": form,
        "columns": COLUMNS,
        "most": MOST_ROWS,
        "rows": [_row(row) for row in rows],
        "wrong": wrong,
        "asks_another": not wrong and any(row.entry.another for row in rows),
        "asks_checked": not wrong and any(map(_found, rows)),
        "counts": ", ".join(f"{number} in {code}" for code, number in counts.items()),
        "back": reverse("elsewhere", args=[portfolio.ref]),
        "has_errors": bool(form.errors or wrong),
        "crumbs": here(portfolio),
    }
    return render(request, "portfolio/recorded/table.html", context, status=status)


def _row(row: Row) -> dict[str, Any]:
    """A row of the preview, in words: a date as it was understood."""
    entry = row.entry
    what = f"activity {entry.number}" if entry.number else ElsewhereKind(entry.kind).label
    return {
        "line": row.line,
        "what": f"{entry.module} {what}",
        "title": entry.title,
        "case": entry.case_reference,
        "system": entry.system,
        "signed": ", ".join(filter(None, [day(entry.signed_on) if entry.signed_on else "", entry.signed_by])),
        "note": entry.note,
        "file": entry.file_name,
        "problems": row.problems,
        "beside": entry.another,
        "found": _found(row),
    }
