"""The decision, with the evidence beside it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.kept import kept_page
from accounts.middleware import SignedIn
from portfolio import access
from portfolio.models import Submission
from portfolio.states import ItemState
from portfolio.views.desk import Desk, about, chosen, in_words, lay_out, told_of
from portfolio.views.queue import place_in_queue
from portfolio.views.shown import with_contents
from portfolio.views.snippets import NO_SUCH, chosen_snippet, own_snippets
from portfolio.workflow import Incomplete, NotAllowed, TooLate, perform_all
from portfolio.workflow.machine import CLOSED

GONE = "This is no longer with you: it was taken back, or somebody else was asked. Nothing was decided."
AGAIN = (
    "What you had open was withdrawn, and submitted again since. This is how it stands now: each page says whether it "
    "changed. Nothing was decided."
)
UNKNOWN = "There is no such page, or it is not yours to see. Nothing was decided."


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedIn, sid: str) -> HttpResponse:
    """The assessor decides item by item; what they leave undecided waits on. All of it in one transaction."""
    desk = lay_out(request, sid, by=request.user, snippets=own_snippets(request))
    if desk is None:
        return _not_here(request, sid)
    if request.method != "POST":
        return _page(request, desk)
    if desk.submission.portfolio.closed_at is not None:
        return kept_page(request, why=CLOSED, status=NotAllowed.status)
    if "put" in request.POST:
        return _put_in(request, sid)
    try:
        asks = chosen(request, desk)
        if any(form.errors for form in desk.forms.values()):
            return _page(request, desk, status=422)
        place = place_in_queue(request, sid)
        moves = perform_all(asks, by=request.user)
    except TooLate as late:
        messages.error(request, late.said)
        return _page(request, _as_typed(request, sid) or desk, status=TooLate.status)
    except NotAllowed:
        if access.addressed_items(request.user).filter(submission__sid=sid).exists():
            raise
        return _not_here(request, sid)  # taken from them a moment ago
    messages.success(request, told_of(moves, left=len(desk.forms) - len(moves)))
    return redirect(place.following or place.back)


def _put_in(request: SignedIn, sid: str) -> HttpResponse:
    """The form as it was typed, with a snippet at the end of one box. Nothing is decided."""
    desk, key = _as_typed(request, sid), request.POST["put"]
    if desk is None:
        return _not_here(request, sid)
    for name, form in desk.forms.items():
        form.initial["outcome"] = request.POST.get(f"{name}-outcome", "")
    if key not in desk.forms:  # decided meanwhile: what was typed for it is given back
        messages.error(request, f"{in_words(key)}: decided already, or no longer with you. Nothing was put in.")
        return _page(request, desk, status=TooLate.status)
    try:
        row = chosen_snippet(request, f"{key}-snippet")
    except Http404:
        return kept_page(request, why=NO_SUCH, status=404)
    if row is None:
        desk.forms[key].pick_nothing()
        return _page(request, desk, status=Incomplete.status)
    desk.forms[key].put_in(row.text)
    return _page(request, desk)


def _as_typed(request: SignedIn, sid: str) -> Desk | None:
    return lay_out(request, sid, by=request.user, keep=True, snippets=own_snippets(request))


def _not_here(request: SignedIn, sid: str) -> HttpResponse:
    """404 as for anything unknown; 409 for what was with this person while they wrote. They get their text back."""
    if request.method != "POST":
        raise Http404
    asked = access.once_asked(request.user).filter(sid=sid).first()
    if asked is None:
        return kept_page(request, why=UNKNOWN, status=404)
    if (desk := _submitted_again(request, asked)) is not None:
        return _page(request, desk, status=TooLate.status)
    return kept_page(request, why=GONE, status=TooLate.status)


def _submitted_again(request: SignedIn, asked: Submission) -> Desk | None:
    """What was withdrawn while they read it and is with them once more: as it stands now, and what is new in it.

    Of what was withdrawn they learn no word again: only which of the pages that are here now changed.
    """
    read = list(with_contents(asked.items.filter(state=ItemState.WITHDRAWN)).order_by("activity", "attempt"))
    waiting = access.with_me(request.user).filter(activity__in=[item.activity_id for item in read])
    again = waiting.select_related("submission").order_by("-submission__submitted_at").first()
    if again is None:
        return None
    desk = lay_out(request, again.submission.sid, by=request.user, keep=True, read=read)
    messages.error(request, AGAIN)
    return desk


def _page(request: SignedIn, desk: Desk, *, status: int = 200) -> HttpResponse:
    place = place_in_queue(request, desk.submission.sid)
    context = about(desk, by=request.user, status=status) | {"place": place}
    return render(request, "portfolio/review.html", context, status=status)
