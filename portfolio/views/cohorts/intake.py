"""A table of people: uploaded, shown row by row, and taken in whole or not at all."""

import csv
from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import SignedIn
from portfolio import access
from portfolio.access import visible
from portfolio.files import clean_name
from portfolio.forms.cohorts import IntakeForm
from portfolio.intake import reading, sheets, taking
from portfolio.intake.judging import Judged, judge, seen
from portfolio.models import Intake
from portfolio.states import RoleKind
from portfolio.views.fetch import as_it_stands
from portfolio.workflow import NotAllowed, TooLate

A_PAGE = 25
FOR_ADMINISTRATORS = "This is for programme administrators."
PART = {kind.value: kind.label for kind in RoleKind} | {reading.TRAINEE: "Trainee", "": "Not known"}


def only_administrators(request: SignedIn) -> None:
    if not access.may_enter_admin(request.user):
        raise NotAllowed(FOR_ADMINISTRATORS)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: SignedIn) -> HttpResponse:
    """Read a table and keep what it says, for its preview."""
    only_administrators(request)
    form = IntakeForm(*(request.POST, request.FILES) if request.method == "POST" else ())
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            sheet = sheets.read(file)
            rows = reading.read(sheet)
            return redirect("intake", taking.keep(rows, sheet, clean_name(file.name), by=request.user).iid)
        except sheets.Unreadable as unreadable:
            form.add_error("file", str(unreadable))
    waiting = visible(request.user, Intake)[:5]
    context = {"form": form, "columns": reading.COLUMNS, "waiting": waiting, "crumbs": crumbs()}
    return render(request, "portfolio/cohorts/upload.html", context, status=422 if form.errors else 200)


@require_safe
def template(request: SignedIn) -> HttpResponse:
    """The row of headings, and nobody under it."""
    only_administrators(request)
    answer = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="people.csv"'},
    )
    answer.write("\ufeff")  # or Excel reads it as something else than UTF-8
    csv.writer(answer).writerow(reading.COLUMNS)
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def intake(request: SignedIn, iid: str) -> HttpResponse:
    """What each row would do, those with problems first; the button, when there are none."""
    only_administrators(request)
    row = get_object_or_404(visible(request.user, Intake), iid=iid)
    if request.method == "POST":
        try:
            taking.take(row, by=request.user, shown=request.POST.get("seen", ""))
        except TooLate as late:
            return as_it_stands(request, late, intake, iid)
        messages.success(request, "Taken in. Invitations are on their way.")
        return redirect("intake", iid)
    judged = judge(taking.entries(row), by=request.user)
    wrong = [one for one in judged if one.problems]
    page = Paginator([*wrong, *(one for one in judged if not one.problems)], A_PAGE).get_page(request.GET.get("page"))
    context = {
        "intake": row,
        "page": page,
        "rows": [_row(one) for one in page],
        "wrong": len(wrong),
        "count": len(judged),
        "sums": _sums(judged),
        "nothing_new": not wrong and not any(one.opens or one.roles or one.lets_in for one in judged),
        "seen": seen(judged, row.iid),
        "crumbs": crumbs(("A table of people", reverse("intakes"))),
    }
    return render(request, "portfolio/cohorts/intake.html", context)


def crumbs(*ways: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Administration", reverse("admin:index")), *ways]


def _sums(judged: list[Judged]) -> dict[str, int]:
    """What is made of it all."""
    made = Counter(account=sum(one.lets_in for one in judged), portfolio=sum(one.opens for one in judged))
    return {**made, "role": sum(len(one.roles) for one in judged)}


def _row(one: Judged) -> dict[str, Any]:
    entry = one.entry
    return {"line": entry.line, "name": entry.name, "email": entry.email, "part": PART[entry.part], "judged": one}
