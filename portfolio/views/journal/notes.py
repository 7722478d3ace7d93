"""The journal: notes that nobody but the trainee reads, by month; each can become a page of evidence."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.kept import kept_page
from accounts.middleware import SignedIn
from portfolio.access import visible_in
from portfolio.forms.checked import warning
from portfolio.forms.journal import JournalForm, note_made_by
from portfolio.models import JournalNote, Portfolio
from portfolio.patient_data import looks_like
from portfolio.requirements.words import day
from portfolio.views.fetch import fetch_own, say_on, too_late
from portfolio.views.links import crumbs
from portfolio.views.voice import about
from portfolio.workflow import Incomplete, NotAllowed, Refused, TooLate, writing
from portfolio.workflow import journal as writes
from portfolio.workflow.machine import CLOSED

PER_PAGE = 25


@require_safe
def journal(request: SignedIn, ref: str) -> HttpResponse:
    """The latest first, under their months."""
    portfolio = fetch_own(request, ref)
    rows = visible_in(portfolio, request.user, JournalNote).select_related("page")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    months = groupby(page, key=lambda note: f"{note.dated:%B %Y}")
    context = about(portfolio) | {
        "crumbs": crumbs(portfolio),
        "page": page,
        "months": [(month, [_row(portfolio, note) for note in notes]) for month, notes in months],
        "may_write": writing.may_write(portfolio, by=request.user),
    }
    return render(request, "portfolio/journal/journal.html", context)


def _row(portfolio: Portfolio, note: JournalNote) -> dict[str, Any]:
    return {
        "title": note.first_words,
        "href": _address(portfolio, note),
        "day": day(note.dated),
        "turned": note.page is not None and note.page.binned_at is None,
    }


@require_safe
def note(request: SignedIn, ref: str, jid: str) -> HttpResponse:
    portfolio = fetch_own(request, ref)
    row = _fetch(request, portfolio, jid)
    turned = row.page is not None and row.page.binned_at is None
    context = about(portfolio) | {
        "note": row,
        "page_href": reverse("evidence", args=[ref, row.page.eid]) if turned and row.page else "",
        "page": row.page,
        "may_write": writing.may_write(portfolio, by=request.user),
        "warning": looks_like(row.happened, row.thought),
        "crumbs": _crumbs(portfolio),
    }
    return render(request, "portfolio/journal/note.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, ref: str) -> HttpResponse:
    """Sent twice, the form finds the note that it made the first time."""
    portfolio = fetch_own(request, ref)
    return _write(request, portfolio, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, ref: str, jid: str) -> HttpResponse:
    portfolio = fetch_own(request, ref)
    return _write(request, portfolio, _fetch(request, portfolio, jid))


def _write(request: SignedIn, portfolio: Portfolio, row: JournalNote | None) -> HttpResponse:
    """One round of the form. What cannot be taken is given back."""
    if not writing.may_write(portfolio, by=request.user) and request.method != "POST":
        raise NotAllowed(CLOSED)
    back = _address(portfolio, row) if row else reverse("journal", args=[portfolio.ref])
    sent = [request.POST] if request.method == "POST" else []
    form = JournalForm(*sent, portfolio=portfolio, back=back, note=row)
    stands, jid = None, "" if row else note_made_by(portfolio, request.POST)
    try:
        if request.method == "POST" and form.is_valid():
            seen = form.cleaned_data["seen"]
            kept = writes.keep(portfolio, form.note(), by=request.user, row=row, jid=jid, seen=seen)
            messages.success(request, "Saved. Only you read it.")
            return redirect("journal_note", portfolio.ref, kept.jid)
        if request.method == "POST" and not writing.may_write(portfolio, by=request.user):
            raise NotAllowed(CLOSED)
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except Refused as refusal:
        rows = visible_in(portfolio, request.user, JournalNote)
        stands = rows.filter(jid=row.jid if row else jid).first() if isinstance(refusal, TooLate) else None
        if stands is None:
            return kept_page(request, why=refusal.said, status=refusal.status)
        messages.error(request, refusal.said)
        form.is_opened_on(writes.note_seen(stands))
    context = {
        "portfolio": portfolio,
        "note": row,
        "stands": stands,
        "form": form,
        "warning": warning((form["happened"], form["thought"])),
        "crumbs": [*_crumbs(portfolio), *([(day(row.dated), back)] if row else [])],
    }
    status = 422 if form.errors else TooLate.status if stands else 200
    return render(request, "portfolio/journal/form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedIn, ref: str, jid: str) -> HttpResponse:
    """GET says what deleting means; POST does it, for good."""
    portfolio = fetch_own(request, ref)
    row = _fetch(request, portfolio, jid)
    if not writing.may_write(portfolio, by=request.user):
        raise NotAllowed(CLOSED)
    back = _address(portfolio, row)
    if request.method == "POST":
        try:
            writes.delete(row, by=request.user)
        except TooLate as late:
            return too_late(request, late, reverse("journal", args=[ref]))
        messages.success(request, f"Deleted: the note of {day(row.dated)}.")
        return redirect("journal", ref)
    context = {"note": row, "back": back, "crumbs": [*_crumbs(portfolio), (day(row.dated), back)]}
    return render(request, "portfolio/journal/delete.html", context)


@require_POST
def evidence(request: SignedIn, ref: str, jid: str) -> HttpResponse:
    """The note as a page of evidence, with nothing retyped; then on to its form, where activities are ticked."""
    portfolio = fetch_own(request, ref)
    row = _fetch(request, portfolio, jid)
    try:
        page = writes.turn_note(row, by=request.user)
    except Refused as refusal:
        return kept_page(request, why=refusal.said, status=refusal.status)
    messages.success(request, "This page holds your note. Tick the activities that it shows, and save it.")
    return redirect("evidence_edit", ref, page.eid)


def _fetch(request: SignedIn, portfolio: Portfolio, jid: str) -> JournalNote:
    rows = visible_in(portfolio, request.user, JournalNote).select_related("page")
    return get_object_or_404(rows, jid=jid)


def _address(portfolio: Portfolio, row: JournalNote) -> str:
    return reverse("journal_note", args=[portfolio.ref, row.jid])


def _crumbs(portfolio: Portfolio) -> list[tuple[str, str]]:
    return crumbs(portfolio, ("Journal", reverse("journal", args=[portfolio.ref])))
