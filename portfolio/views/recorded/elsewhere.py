"""What was signed in another system: the list, one record, taking it back, and the file that proves it."""

import logging
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import SignedIn
from accounts.models import User
from curriculum.structure import Structure
from portfolio import access, files, ledger, proof
from portfolio.access import visible_in
from portfolio.forms.elsewhere import ElsewhereForm
from portfolio.forms.steps import ReasonForm
from portfolio.models import Activity, ElsewhereVoid, ModuleSignOff, Portfolio, SignedElsewhere
from portfolio.record import Record
from portfolio.shapes import ELSEWHERE_SHAPES
from portfolio.states import ElsewhereKind, ElsewhereState
from portfolio.titles import entitled
from portfolio.views.fetch import fetch_portfolio, fetch_step, say_on, too_late
from portfolio.views.links import crumbs
from portfolio.views.voice import Voice
from portfolio.workflow import (
    TABLES,
    AssessmentElsewhere,
    Incomplete,
    NotAllowed,
    TooLate,
    elsewhere,
    perform,
    perform_all,
)
from portfolio.workflow.machine import CLOSED, NOT_YOURS

logger = logging.getLogger(__name__)
PER_PAGE = 25
GONE = 410  # as for a file of evidence: they may know of it, and asking again does not help
RECORD = TABLES[Activity].steps["record elsewhere"]
VOID = TABLES[Activity].steps["void elsewhere"]


@require_safe
def elsewhere_list(request: SignedIn, ref: str) -> HttpResponse:
    """Newest first. It opens on the page of `?page=`, else on the one that has the record of `?x=`."""
    portfolio = fetch_portfolio(request, ref)
    voice = Voice(request.user, portfolio)
    rows = list(_rows(request.user, portfolio))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page") or _page_of(request.GET.get("x", ""), rows))
    standing = sum(not hasattr(row, "void") for row in rows)
    is_open = portfolio.closed_at is None
    context = {
        "portfolio": portfolio,
        "voice": voice,
        "page": page,
        "recorded": ELSEWHERE_SHAPES[ElsewhereState.RECORDED],
        "taken_back": ELSEWHERE_SHAPES[ElsewhereState.VOIDED],
        "standing": standing,
        "voided": len(rows) - standing,
        "may_record": is_open and bool(RECORD.who & voice.parts),
        "may_void": is_open and bool(VOID.who & voice.parts),
        "doubt": "" if _agree(portfolio, rows) else proof.DOUBT,
        "crumbs": crumbs(portfolio),
    }
    return render(request, "portfolio/recorded/elsewhere.html", context)


def _page_of(xid: str, rows: Sequence[SignedElsewhere]) -> int:
    """The page of the list that has this record; the first for one that is not there."""
    return next((at // PER_PAGE + 1 for at, row in enumerate(rows) if row.xid == xid), 1)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, ref: str) -> HttpResponse:
    """Record one item. `?module=` and `?number=` fill the form."""
    portfolio = fetch_portfolio(request, ref)
    may_record(request.user, portfolio)
    back = reverse("elsewhere", args=[ref])
    sent = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    record = ledger.read_one(portfolio)
    form = ElsewhereForm(
        **sent,
        modules=modules_of(entitled(record)),
        of=whose(request, portfolio),
        label=RECORD.label,
        back=back,
        initial={"kind": ElsewhereKind.ACTIVITY} | {name: request.GET.get(name, "") for name in ("module", "number")},
    )
    if request.method == "POST" and form.is_valid() and _is_right(form, portfolio, record):
        try:
            entry = form.entry()
            form.take_file()
            perform_all(elsewhere.asks(portfolio, [entry]), by=request.user)
            messages.success(
                request, f"Recorded: {entry.module} {entry.number or entry.kind.upper()}, signed elsewhere."
            )
            return redirect(back)
        except files.Refused as refused:
            form.add_error("file", f"{refused}.")
        except Incomplete as incomplete:
            if not _asks_whether_another(form, elsewhere.Twins(portfolio)):
                say_on(form, incomplete)
        except TooLate as late:
            return too_late(request, late, back)
    context = {"portfolio": portfolio, "form": form, "crumbs": here(portfolio)}
    return render(request, "portfolio/recorded/elsewhere_new.html", context, status=422 if form.errors else 200)


def _is_right(form: ElsewhereForm, portfolio: Portfolio, record: Record) -> bool:
    """What is wrong is said before the file comes in, so that a form that is given up leaves none behind."""
    for field, said in elsewhere.wrong(record, form.entry()):
        form.add_error(field, said)
    if form.errors:
        return False
    twins = elsewhere.Twins(portfolio)
    if twins.case_is_taken(form.entry()):
        form.add_error("case_reference", elsewhere.CASE_TAKEN)
        return False
    return not _asks_whether_another(form, twins)


def _asks_whether_another(form: ElsewhereForm, twins: elsewhere.Twins) -> bool:
    """Whether one is recorded that this may be, and that nobody has confirmed to be another."""
    entry = form.entry()
    beside = twins.of(entry)
    if beside > entry.another:
        form.ask_another(beside)
    return beside > entry.another


@require_http_methods(["GET", "HEAD", "POST"])
def void(request: SignedIn, ref: str, xid: str) -> HttpResponse:
    """Take a record back, and with it the sign-off of its module. The record and the reason stay in the list."""
    portfolio = fetch_portfolio(request, ref)
    row = get_object_or_404(_rows(request.user, portfolio), xid=xid)
    back = reverse("elsewhere", args=[ref])
    try:
        name, subject = _subject(row)
        step = fetch_step(request, name, subject, portfolio)
        if hasattr(row, "void"):
            raise TooLate(f"The record of {row} was taken back already.")
        form = ReasonForm(request.POST if request.method == "POST" else None, step=step, back=back)
        if request.method == "POST" and form.is_valid():
            perform(name, subject, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, f"Taken back: the record of {row}.")
            return redirect(back)
    except TooLate as late:
        return too_late(request, late, back)
    standing = visible_in(portfolio, request.user, ModuleSignOff).filter(module=row.module, void=None)
    context = {
        "portfolio": portfolio,
        "row": row,
        "form": form,
        "standing": standing.first(),
        "crumbs": here(portfolio),
    }
    return render(request, "portfolio/recorded/elsewhere_void.html", context, status=422 if form.errors else 200)


@require_safe
def file(request: SignedIn, ref: str, xid: str) -> HttpResponseBase:
    """The file that proves it, to save, or with `?inline=1` to look at. All its bytes are checked first."""
    portfolio = fetch_portfolio(request, ref)
    row = get_object_or_404(_rows(request.user, portfolio).filter(file__isnull=False), xid=xid)
    assert row.file is not None  # the filter
    inline = request.GET.get("inline") == "1"
    try:
        return files.serve(row.file.sha256, row.file_name, row.file.media_type, inline=inline)
    except files.Damaged as damage:
        logger.error("A stored file is damaged: %s", damage)
        return render(request, "portfolio/file_damaged.html", {"name": row.file_name}, status=GONE)


def may_record(user: User, portfolio: Portfolio) -> None:
    """NotAllowed for whom this is not."""
    if not access.may(user, RECORD, portfolio):
        raise NotAllowed(NOT_YOURS)
    if portfolio.closed_at is not None:
        raise NotAllowed(CLOSED)


def whose(request: SignedIn, portfolio: Portfolio) -> str:
    """Whose form it is of which portfolio: a file that is held for one is nothing in another."""
    return f"{portfolio.ref} {request.user.pk}"


def modules_of(structure: Structure) -> list[tuple[str, str]]:
    return [(module.code, f"{module.code} {module.title}") for module in structure.modules]


def here(portfolio: Portfolio) -> list[tuple[str, str]]:
    return crumbs(portfolio, ("Signed elsewhere", reverse("elsewhere", args=[portfolio.ref])))


def _rows(user: User, portfolio: Portfolio) -> Any:
    rows = visible_in(portfolio, user, SignedElsewhere)
    return rows.select_related("module", "portfolio", "file", "void").order_by("-recorded_at", "-pk")


def _subject(row: SignedElsewhere) -> tuple[str, Any]:
    """The step that takes it back, and what that moves: the activity, or the record of an assessment."""
    if row.kind == ElsewhereKind.ACTIVITY:
        return VOID.name, elsewhere.activity_of(row)
    return "void assessment elsewhere", AssessmentElsewhere(row.portfolio, row=row)


def _agree(portfolio: Portfolio, rows: Sequence[SignedElsewhere]) -> bool:
    """Whether every record and void is what was recorded when it was made, and none is missing."""
    voids = [row.void for row in rows if hasattr(row, "void")]
    return proof.all_agree(portfolio, [*rows, *voids], [SignedElsewhere, ElsewhereVoid])
