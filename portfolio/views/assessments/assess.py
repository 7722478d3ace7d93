"""The mark form: what the assessor addressed sees, and all that they see."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.kept import kept_page
from accounts.middleware import SignedIn
from portfolio import access
from portfolio.forms.assessments import BOXES, KIND, PICK, CorrectForm, MarkForm
from portfolio.forms.snippets import PickSnippet, with_put_in
from portfolio.models import Assessment
from portfolio.requirements.words import a
from portfolio.states import AssessmentState
from portfolio.views.assessments.marking import (
    COMPLETED,
    about,
    addressed,
    check_shown,
    mark_form,
    put_right,
    steps_of,
)
from portfolio.views.decide import GONE, UNKNOWN
from portfolio.views.desk import plain
from portfolio.views.fetch import say_on, standing
from portfolio.views.queue import place_in_queue
from portfolio.views.snippets import NO_SUCH, chosen_snippet, own_snippets
from portfolio.workflow import Incomplete, NotAllowed, TooLate, available, perform
from portfolio.workflow.assessments.deciding import may_correct, other_kind
from portfolio.workflow.assessments.marking import criteria, shown
from portfolio.workflow.machine import CLOSED

RECORDED = "The outcome of this is recorded already. What you sent now changed nothing."


@require_http_methods(["GET", "HEAD", "POST"])
def assess(request: SignedIn, aid: str) -> HttpResponse:
    """The assessor completes the form that the page shows."""
    row = _fetch(request, aid)
    if row is None:
        return _not_here(request, aid)
    if request.method != "POST":
        return _page(request, row, _form(request, row))
    if row.portfolio.closed_at is not None:
        return kept_page(request, why=CLOSED, status=NotAllowed.status)
    if row.state != AssessmentState.WITH_ASSESSOR:
        return _recorded(request, row, RECORDED)
    if "put" in request.POST:
        return _put_in(request, row)
    if KIND in request.POST:
        return _put_right(request, row)
    form = _form(request, row, request.POST)
    place = place_in_queue(request, aid)
    try:
        check_shown(row, request.POST)
        if not form.is_valid():
            return _page(request, row, form, status=422)
        perform("complete", row, by=request.user, given=form.given(), seen=form.cleaned_data["seen"])
    except Incomplete as incomplete:
        say_on(form, incomplete)
        return _page(request, row, form, status=422)
    except TooLate as late:
        return _changed(request, aid, late)
    except NotAllowed:
        return _not_here(request, aid)  # taken from them a moment ago
    messages.success(request, f"Recorded: {row} of {row.portfolio.trainee.name}.")
    return redirect(place.following or place.back)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SignedIn, aid: str) -> HttpResponse:
    """DOPS or OCE, put right by the assessor; where the outcome is given, with what the right form asks."""
    row = _fetch(request, aid)
    if row is None:
        return _not_here(request, aid)
    if row.portfolio.closed_at is not None:
        return kept_page(request, why=CLOSED, status=NotAllowed.status)
    if "correct the kind" not in available(row, row.portfolio, by=request.user) or not may_correct(row):
        why = f"The kind of this {row.kind} cannot be changed now. Nothing was changed."
        return kept_page(request, why=why, status=TooLate.status)
    right = criteria(row, other_kind(row.kind))
    decided = row.state != AssessmentState.WITH_ASSESSOR
    back = reverse("assess", args=[aid])
    initial = {"seen": shown(row, right)}
    data = request.POST if request.method == "POST" else None
    form = CorrectForm(data, criteria=right, decided=decided, back=back, initial=initial)
    if data is not None and form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            perform("correct the kind", row, by=request.user, given=form.given(), seen=seen)
            messages.success(request, f"Recorded as {a(right.kind)}. The history keeps both.")
            return redirect(back)
        except TooLate as late:
            return kept_page(request, why=late.said, status=TooLate.status)
        except Incomplete:  # a form that asked for no marks, because there was no outcome yet
            return kept_page(request, why=COMPLETED, status=TooLate.status)
    context = {"row": row, "form": form, "right": right.kind, "decided": decided, "back": back}
    return render(request, "portfolio/assessments/assess_kind.html", context, status=422 if form.errors else 200)


def _fetch(request: SignedIn, aid: str) -> Assessment | None:
    """With what this person is today, which is read once a request."""
    row = addressed(request.user, aid)
    if row is not None:
        row.portfolio.reader = standing(request)
    return row


def _put_in(request: SignedIn, row: Assessment) -> HttpResponse:
    """The form as it was typed, with a snippet at the end of one box. Nothing is recorded."""
    typed, box = request.POST.copy(), request.POST["put"]
    try:
        snippet = chosen_snippet(request, "snippet")
    except Http404:
        return kept_page(request, why=NO_SUCH, status=404)
    if box not in BOXES:
        return kept_page(request, why=NO_SUCH, status=404)
    if snippet is None:
        pick = PickSnippet({}, snippets=own_snippets(request), into=PICK)
        return _page(request, row, _form(request, row, typed=typed, pick=pick), status=Incomplete.status, pick=pick)
    typed[box] = with_put_in(typed.get(box, ""), snippet.text)
    return _page(request, row, _form(request, row, typed=typed))


def _put_right(request: SignedIn, row: Assessment) -> HttpResponse:
    """The kind is put right, and the form of the right one begins with what both share of what was typed."""
    try:
        messages.success(request, put_right(row, request.POST, by=request.user))
    except TooLate as late:
        return _changed(request, row.aid, late)
    except NotAllowed:
        return _not_here(request, row.aid)
    now = _fetch(request, row.aid)
    return _page(request, now, _form(request, now, typed=request.POST)) if now else redirect("reviewing")


def _form(
    request: SignedIn, row: Assessment, data: Any = None, *, typed: Any = None, pick: PickSnippet | None = None
) -> MarkForm:
    snippets, back = own_snippets(request), place_in_queue(request, row.aid).back
    return mark_form(row, data, by=request.user, back=back, typed=typed, snippets=snippets, pick=pick)


def _changed(request: SignedIn, aid: str, late: TooLate) -> HttpResponse:
    """409: the page as it stands now, with what was typed on it."""
    row = _fetch(request, aid)
    if row is None:
        return kept_page(request, why=late.said, status=TooLate.status)
    if row.state != AssessmentState.WITH_ASSESSOR:
        return _recorded(request, row, late.said)
    messages.error(request, late.said)
    return _page(request, row, _form(request, row, typed=request.POST), status=TooLate.status)


def _recorded(request: SignedIn, row: Assessment, why: str) -> HttpResponse:
    """409: the record as it stands, and whatever was typed that is not in it: sent twice, nothing was lost."""
    messages.error(request, why)
    form = _form(request, row)
    typed = {name: request.POST.get(name, "") for name in BOXES}
    lost = [
        (f"“{form.fields[name].label}”", text)
        for name, text in typed.items()
        if plain(text) and plain(text) != plain(getattr(row.decision, name))
    ]
    return _page(request, row, form, status=TooLate.status, lost=lost)


def _not_here(request: SignedIn, aid: str) -> HttpResponse:
    """404 as for anything unknown; 409 for what was with this person while they wrote. They get their text back."""
    if request.method != "POST":
        raise Http404
    asked = access.once_asked_to_assess(request.user).filter(aid=aid).exists()
    return kept_page(request, why=GONE if asked else UNKNOWN, status=TooLate.status if asked else 404)


def _page(
    request: SignedIn,
    row: Assessment,
    form: MarkForm,
    *,
    status: int = 200,
    pick: PickSnippet | None = None,
    lost: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    steps = steps_of(row, by=request.user)
    context = about(row, form, steps=steps, status=status) | {
        "bad": [one for one in (form, pick) if one and one.errors],
        "place": place_in_queue(request, row.aid),
        "lost": lost,
    }
    if context["form"] is None and "correct the kind" in steps and may_correct(row):
        context["other_kind"] = other_kind(row.kind)  # on a page of its own
    return render(request, "portfolio/assessments/assess.html", context, status=status)
