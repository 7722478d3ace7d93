"""The comments on one decision: read, written, answered and withdrawn by everybody who sees the decision and acts here.

The page has an address of its own, for those who decide reach no other page of a portfolio.
"""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.kept import kept_page
from accounts.middleware import SignedIn
from portfolio import access, proof
from portfolio.access import visible
from portfolio.forms.comments import CommentForm
from portfolio.forms.steps import StepForm
from portfolio.models import Comment, CommentWithdrawal, Item, Portfolio
from portfolio.requirements.words import day
from portfolio.states import ItemState
from portfolio.views.comments.shown import Thread, threads
from portfolio.views.fetch import say_on, standing, too_late
from portfolio.views.links import crumbs, submissions_crumb
from portfolio.views.shown import show, with_contents
from portfolio.views.voice import about
from portfolio.workflow import TABLES, CommentOn, Incomplete, NotAllowed, Step, TooLate, available, perform
from portfolio.workflow.comments.letters import where
from portfolio.workflow.machine import CLOSED, NOT_YOURS

PER_PAGE = 25
UNKNOWN = "There is no such decision, or it is not yours to see. Nothing was added."
NO_SUCH = "There is no such comment here. Nothing was added."
WITHDRAW = TABLES[CommentOn].steps["withdraw comment"]


@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: SignedIn, sid: str, code: str, number: int) -> HttpResponse:
    """What was decided, what was said since, and where to say more. `?to=` is the comment that is answered."""
    item = _fetch(request, sid, code, number)
    if item is None:
        if request.method != "POST":
            raise Http404
        return kept_page(request, why=UNKNOWN, status=404)
    if request.method != "POST":
        return _page(request, item)
    return _write(request, item)


def _write(request: SignedIn, item: Item) -> HttpResponse:
    """One round of one of the forms. What cannot be taken is given back."""
    portfolio, to = item.submission.portfolio, request.GET.get("to", "")
    answered = next((row for row in _rows(request, item) if row.cid == to), None) if to else None
    if to and answered is None:
        return kept_page(request, why=NO_SUCH, status=404)
    if "comment" not in available(CommentOn(item), portfolio, by=request.user):
        why = CLOSED if portfolio.closed_at else NOT_YOURS
        return kept_page(request, why=why, status=NotAllowed.status)
    form = CommentForm(request.POST, to=to, name=answered.signer_name if answered else "")
    try:
        if form.is_valid():
            perform("comment", CommentOn(item), by=request.user, given=form.said())
            row = _rows(request, item).filter(signer=request.user).latest("pk")
            messages.success(request, "Your comment stands here. Those who take part are told.")
            return redirect(where(row))
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        messages.error(request, late.said)
        typed = {f"{name}": request.POST.get(form.add_prefix(name), "") for name in form.fields}
        kept = CommentForm(to=to, name=answered.signer_name if answered else "", initial=typed)
        return _page(request, item, form=kept, status=late.status)
    return _page(request, item, form=form, status=Incomplete.status)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedIn, cid: str) -> HttpResponse:
    """GET says what it means; POST does it. It is its writer's alone."""
    rows = visible(request.user, Comment).select_related("thread", "withdrawal", "signer", "words")
    row = get_object_or_404(rows, cid=cid)
    item = _items(request).get(pk=row.item_id)
    row.item = item
    try:
        step = _step(request, CommentOn(item, row))
        if request.method == "POST":
            perform(step.name, CommentOn(item, row), by=request.user)
            messages.success(request, "Withdrawn: nobody reads that comment any more.")
            return redirect(where(row))
    except TooLate as late:
        return too_late(request, late, where(row))
    form = StepForm(step=step, back=where(row), style="warning")
    context = {"form": form, "comment": row, "item": item} | _way(request, item)
    return render(request, "portfolio/comments/withdraw.html", context)


def _step(request: SignedIn, subject: CommentOn) -> Step:
    """NotAllowed: it is not theirs, or the portfolio is closed. TooLate: it is withdrawn already."""
    portfolio = subject.item.submission.portfolio
    if WITHDRAW.name in available(subject, portfolio, by=request.user):
        return WITHDRAW
    table = TABLES[CommentOn]
    if portfolio.closed_at is None and table.state(subject) not in WITHDRAW.sources:
        raise TooLate(f"{table.words(subject)} is withdrawn already.")
    raise NotAllowed(CLOSED if portfolio.closed_at else NOT_YOURS)


def _items(request: SignedIn) -> Any:
    whole = with_contents(visible(request.user, Item).filter(state=ItemState.DECIDED))
    return whole.select_related("decision__signer__merged_into")


def _fetch(request: SignedIn, sid: str, code: str, number: int) -> Item | None:
    """The decided item, with all that says whether its record still agrees."""
    here = {"submission__sid": sid, "activity__module__code": code, "activity__number": number}
    found: Item | None = _items(request).filter(**here).first()
    return found


def _rows(request: SignedIn, item: Item) -> Any:
    rows = visible(request.user, Comment).filter(item=item).select_related("words", "withdrawal", "signer", "thread")
    return rows.select_related("item__activity__module", "item__submission").order_by("at", "pk")


def _page(request: SignedIn, item: Item, *, form: CommentForm | None = None, status: int = 200) -> HttpResponse:
    portfolio = item.submission.portfolio
    table = TABLES[CommentOn]
    parts = access.parts(request.user, portfolio, table.addressed(CommentOn(item)), item.activity.module_id)
    rows = list(_rows(request, item))
    own = {
        row.pk
        for row in rows
        if WITHDRAW.name in available(CommentOn(item, row), portfolio, by=request.user, parts=parts)
    }
    doubted = not _agree(portfolio, item, rows)
    found = threads(rows, own=own, trainee=portfolio.trainee_id, doubted=doubted)
    may_write = "comment" in available(CommentOn(item), portfolio, by=request.user, parts=parts)
    if may_write:
        _with_forms(found, form)
    new = form if form and not form.to else CommentForm()
    context = _way(request, item) | {
        "item": show(item, doubted=proof.doubted(portfolio, [item]), talk=False),
        "page": _page_of(request, found, form),
        "new": new if may_write else None,
        "bad": [form] if form and form.errors else [],
        "has_errors": bool(form and form.errors),
    }
    return render(request, "portfolio/comments/comments.html", context | about(portfolio), status=status)


def _with_forms(found: list[Thread], form: CommentForm | None) -> None:
    for thread in found:
        if not thread.first.gone:
            named = CommentForm(to=thread.first.cid, name=thread.first.name)
            thread.form = form if form and form.to in thread.cids else named


def _page_of(request: SignedIn, found: list[Thread], form: CommentForm | None) -> Page:
    """The page that is asked for; `?at=` asks for the one that holds this comment."""
    at = form.to if form and form.to else request.GET.get("at", "")
    place = next((place for place, thread in enumerate(found) if at in thread.cids), None)
    wanted = request.GET.get("page") if place is None else place // PER_PAGE + 1
    return Paginator(found, PER_PAGE).get_page(wanted)


def _agree(portfolio: Portfolio, item: Item, rows: list[Comment]) -> bool:
    """Whether all that was said is here, as it was said."""
    of = {"submission": item.submission.sid, "module": item.activity.module.code, "number": item.activity.number}
    withdrawn = [row.withdrawal for row in rows if hasattr(row, "withdrawal")]
    return proof.all_agree(portfolio, [*rows, *withdrawn], [Comment, CommentWithdrawal], **of)


def _way(request: SignedIn, item: Item) -> dict[str, Any]:
    """The way up: to the submission, or for whoever decides to what they decided."""
    portfolio, sid = item.submission.portfolio, item.submission.sid
    if not standing(request).sees(portfolio):
        return {"back": reverse("review", args=[sid])}
    submitted = f"Submitted {day(item.submission.submitted_at)}"
    here = (submitted, reverse("submission", args=[portfolio.ref, sid]))
    return {"crumbs": crumbs(portfolio, submissions_crumb(portfolio), here)}
