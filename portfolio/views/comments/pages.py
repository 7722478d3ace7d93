"""The comments on one decision or outcome: read, written, answered and withdrawn by all who see it and act here.

The page has an address of its own, for those who decide reach no other page of a portfolio.
"""

from collections.abc import Iterable
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
from portfolio.models import Assessment, Comment, CommentWithdrawal, Item, Portfolio
from portfolio.requirements.words import day
from portfolio.states import ItemState
from portfolio.views.assessments.fetch import crumbs_of
from portfolio.views.assessments.shown import whole
from portfolio.views.comments.shown import Thread, decided, threads
from portfolio.views.fetch import say_on, standing, too_late
from portfolio.views.links import crumbs, submissions_crumb
from portfolio.views.shown import with_contents
from portfolio.views.voice import about
from portfolio.workflow import TABLES, CommentOn, Incomplete, NotAllowed, Step, TooLate, available, perform
from portfolio.workflow.comments.about import Decided, called, portfolio_of, told_of
from portfolio.workflow.comments.letters import where
from portfolio.workflow.machine import CLOSED, NOT_YOURS

PER_PAGE = 25
UNKNOWN = "There is no such decision, or it is not yours to see. Nothing was added."
NO_SUCH = "There is no such comment here. Nothing was added."
WITHDRAW = TABLES[CommentOn].steps["withdraw comment"]


@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: SignedIn, sid: str, code: str, number: int) -> HttpResponse:
    """What was decided, what was said since, and where to say more. `?to=` is the comment that is answered."""
    here = {"submission__sid": sid, "activity__module__code": code, "activity__number": number}
    return _answer(request, _items(request).filter(**here).first())


@require_http_methods(["GET", "HEAD", "POST"])
def assessment_comments(request: SignedIn, aid: str) -> HttpResponse:
    """The same of the outcome of a work-based assessment."""
    return _answer(request, _assessments(request).filter(aid=aid).first())


def _answer(request: SignedIn, of: Decided | None) -> HttpResponse:
    if of is None:
        if request.method != "POST":
            raise Http404
        return kept_page(request, why=UNKNOWN, status=404)
    if request.method != "POST":
        return _page(request, of)
    return _write(request, of)


def _write(request: SignedIn, of: Decided) -> HttpResponse:
    """One round of one of the forms. What cannot be taken is given back."""
    portfolio, to = portfolio_of(of), request.GET.get("to", "")
    answered = next((row for row in _rows(request, of) if row.cid == to), None) if to else None
    if to and answered is None:
        return kept_page(request, why=NO_SUCH, status=404)
    if "comment" not in available(CommentOn(of), portfolio, by=request.user):
        why = CLOSED if portfolio.closed_at else NOT_YOURS
        return kept_page(request, why=why, status=NotAllowed.status)
    form = CommentForm(request.POST, to=to, name=answered.signer_name if answered else "")
    try:
        if form.is_valid():
            perform("comment", CommentOn(of), by=request.user, given=form.said())
            row = _rows(request, of).filter(signer=request.user).latest("pk")
            messages.success(request, "Your comment stands here. Those who take part are told.")
            return redirect(where(row))
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        messages.error(request, late.said)
        typed = {f"{name}": request.POST.get(form.add_prefix(name), "") for name in form.fields}
        kept = CommentForm(to=to, name=answered.signer_name if answered else "", initial=typed)
        return _page(request, of, form=kept, status=late.status)
    return _page(request, of, form=form, status=Incomplete.status)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedIn, cid: str) -> HttpResponse:
    """GET says what it means; POST does it. It is its writer's alone."""
    rows = visible(request.user, Comment).select_related("thread", "withdrawal", "signer", "words")
    row = get_object_or_404(rows, cid=cid)
    of = _items(request).get(pk=row.item_id) if row.item_id else _assessments(request).get(pk=row.assessment_id)
    _now_of(of, [row])
    try:
        step = _step(request, CommentOn(of, row))
        if request.method == "POST":
            perform(step.name, CommentOn(of, row), by=request.user)
            messages.success(request, "Withdrawn: nobody reads that comment any more.")
            return redirect(where(row))
    except TooLate as late:
        return too_late(request, late, where(row))
    form = StepForm(step=step, back=where(row), style="warning")
    context = {"form": form, "comment": row, "what": called(of)} | _way(request, of)
    return render(request, "portfolio/comments/withdraw.html", context)


def _step(request: SignedIn, subject: CommentOn) -> Step:
    """NotAllowed: it is not theirs, or the portfolio is closed. TooLate: it is withdrawn already."""
    portfolio = portfolio_of(subject.of)
    if WITHDRAW.name in available(subject, portfolio, by=request.user):
        return WITHDRAW
    table = TABLES[CommentOn]
    if portfolio.closed_at is None and table.state(subject) not in WITHDRAW.sources:
        raise TooLate(f"{table.words(subject)} is withdrawn already.")
    raise NotAllowed(CLOSED if portfolio.closed_at else NOT_YOURS)


def _items(request: SignedIn) -> Any:
    """Decided items, with all that says whether their record still agrees."""
    rows = with_contents(visible(request.user, Item).filter(state=ItemState.DECIDED))
    return rows.select_related("decision__signer__merged_into")


def _assessments(request: SignedIn) -> Any:
    """Assessments with an outcome, likewise."""
    rows = whole(visible(request.user, Assessment).filter(decision__isnull=False))
    return rows.select_related("decision__signer__merged_into")


def _rows(request: SignedIn, of: Decided) -> Any:
    here = {"item": of} if isinstance(of, Item) else {"assessment": of}
    rows = visible(request.user, Comment).filter(**here).select_related("words", "withdrawal", "signer", "thread")
    return rows.select_related("item__activity__module", "item__submission", "assessment__module").order_by("at", "pk")


def _now_of(of: Decided, rows: Iterable[Comment]) -> None:
    """What the page has fetched, in whole, in the place of what each row would fetch."""
    for row in rows:
        setattr(row, "item" if isinstance(of, Item) else "assessment", of)


def _page(request: SignedIn, of: Decided, *, form: CommentForm | None = None, status: int = 200) -> HttpResponse:
    portfolio, subject = portfolio_of(of), CommentOn(of)
    parts = access.parts(request.user, portfolio, TABLES[CommentOn].addressed(subject), subject.module_id)
    rows = list(_rows(request, of))
    _now_of(of, rows)
    own = {
        row.pk
        for row in rows
        if WITHDRAW.name in available(CommentOn(of, row), portfolio, by=request.user, parts=parts)
    }
    doubted = not _agree(portfolio, of, rows)
    found = threads(rows, own=own, trainee=portfolio.trainee_id, doubted=doubted)
    may_write = "comment" in available(subject, portfolio, by=request.user, parts=parts)
    if may_write:
        _with_forms(found, form)
    new = form if form and not form.to else CommentForm()
    context = _way(request, of) | {
        "decided": decided(of),
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


def _agree(portfolio: Portfolio, of: Decided, rows: list[Comment]) -> bool:
    """Whether all that was said is here, as it was said."""
    names = {name: told for name, told in told_of(of).items() if name not in ("attempt", "assessed")}
    withdrawn = [row.withdrawal for row in rows if hasattr(row, "withdrawal")]
    return proof.all_agree(portfolio, [*rows, *withdrawn], [Comment, CommentWithdrawal], **names)


def _way(request: SignedIn, of: Decided) -> dict[str, Any]:
    """The way up: to the submission or the assessment, or for whoever decides to what they decided."""
    portfolio = portfolio_of(of)
    if isinstance(of, Assessment):
        if not standing(request).sees(portfolio):
            return {"back": reverse("assess", args=[of.aid])}
        return {"crumbs": crumbs_of(of)}
    sid = of.submission.sid
    if not standing(request).sees(portfolio):
        return {"back": reverse("review", args=[sid])}
    submitted = f"Submitted {day(of.submission.submitted_at)}"
    here = (submitted, reverse("submission", args=[portfolio.ref, sid]))
    return {"crumbs": crumbs(portfolio, submissions_crumb(portfolio), here)}
