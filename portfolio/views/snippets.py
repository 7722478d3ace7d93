"""The snippets of somebody who decides: a page of their own, and nobody else's."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.kept import kept_page
from accounts.middleware import SignedIn
from portfolio.access import visible
from portfolio.forms.snippets import SnippetForm
from portfolio.models import Snippet
from portfolio.patient_data import looks_like
from portfolio.views.fetch import say_on, too_late
from portfolio.workflow import Incomplete, TooLate
from portfolio.workflow import snippets as writes

GONE = "There is no such snippet among yours: it may have been deleted in another tab. Nothing was saved."
NO_SUCH = "There is no such snippet among yours. Nothing was put in, and nothing was decided."


@require_http_methods(["GET", "HEAD", "POST"])
def snippets(request: SignedIn) -> HttpResponse:
    """All of them, in their order, and a form for one more."""
    form = SnippetForm(request.POST if request.method == "POST" else None, button="Keep this text")
    try:
        if request.method == "POST" and form.is_valid():
            writes.add(form.cleaned_data["text"], by=request.user)
            messages.success(request, "Kept. Only you see it.")
            return redirect("snippets")
    except Incomplete as incomplete:
        say_on(form, incomplete)
    rows = list(visible(request.user, Snippet))
    context: dict[str, Any] = {
        "rows": rows,
        "form": form,
        "full": len(rows) >= writes.MOST_SNIPPETS,
        "most": writes.MOST_SNIPPETS,
        "warning": looks_like(*(row.text for row in rows)),
    }
    return render(request, "portfolio/snippets/snippets.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, tid: str) -> HttpResponse:
    """Other words for one of them."""
    row, back = visible(request.user, Snippet).filter(tid=tid).first(), reverse("snippets")
    if row is None:
        if request.method != "POST":
            raise Http404
        return kept_page(request, why=GONE, status=404)
    sent = request.POST if request.method == "POST" else None
    form = SnippetForm(sent, initial={"text": row.text}, button="Save", back=back)
    try:
        if request.method == "POST" and form.is_valid():
            writes.change(row, form.cleaned_data["text"], by=request.user)
            messages.success(request, "Saved.")
            return redirect(back)
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        return too_late(request, late, back)
    return render(request, "portfolio/snippets/edit.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def move(request: SignedIn, tid: str) -> HttpResponse:
    """One place up, or with `go=down` one down."""
    row, back = _fetch(request, tid), reverse("snippets")
    try:
        writes.move(row, up=request.POST.get("go") != "down", by=request.user)
    except TooLate as late:
        return too_late(request, late, back)
    return redirect(f"{back}#{row.tid}")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedIn, tid: str) -> HttpResponse:
    """GET shows what goes; POST deletes it, for good."""
    row, back = _fetch(request, tid), reverse("snippets")
    if request.method == "POST":
        try:
            writes.remove(row, by=request.user)
        except TooLate as late:
            return too_late(request, late, back)
        messages.success(request, "Deleted.")
        return redirect(back)
    return render(request, "portfolio/snippets/delete.html", {"row": row, "back": back})


def own_snippets(request: SignedIn) -> list[Snippet]:
    """Read once a request."""
    if not hasattr(request, "snippets"):
        request.snippets = list(visible(request.user, Snippet))
    found: list[Snippet] = request.snippets
    return found


def chosen_snippet(request: SignedIn, name: str) -> Snippet | None:
    """The one that a form names; None where it names none, and 404 for what is not theirs."""
    if not (tid := request.POST.get(name, "")):
        return None
    for row in own_snippets(request):
        if row.tid == tid:
            return row
    raise Http404


def _fetch(request: SignedIn, tid: str) -> Snippet:
    return get_object_or_404(visible(request.user, Snippet), tid=tid)
