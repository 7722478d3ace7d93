"""Who is named, what speaks for caution, and the officer's answer."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.middleware import SignedIn
from portfolio import access, proof
from portfolio.access import visible_in
from portfolio.forms.nominations import STEPS, NominationForm
from portfolio.models import Nomination, NominationAnswer, Portfolio
from portfolio.states import AssessmentState
from portfolio.views.fetch import fetch_portfolio, say_on
from portfolio.views.links import crumbs
from portfolio.workflow import Incomplete, NotAllowed, TooLate, available, nominations, perform
from portfolio.workflow.machine import CLOSED, NOT_YOURS

APPROVE = STEPS["approve nomination"]


@require_http_methods(["GET", "HEAD", "POST"])
def nomination(request: SignedIn, ref: str, nid: str) -> HttpResponse:
    """Their people read it; the officer or a co-ordinator approves, or declines with a word."""
    portfolio = fetch_portfolio(request, ref)
    row = _fetch(request, portfolio, nid)
    if request.method != "POST":
        return _page(request, row, NominationForm(back=reverse("people", args=[ref])))
    if not access.may(request.user, APPROVE, portfolio):
        raise NotAllowed(NOT_YOURS)
    if portfolio.closed_at is not None:
        raise NotAllowed(CLOSED)
    form = NominationForm(request.POST, back=reverse("people", args=[ref]))
    try:
        if form.is_valid():
            step = form.cleaned_data["step"]
            perform(step, row, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, _told(step, row))
            return redirect("reviewing")
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        return _too_late(request, late, portfolio, nid)
    return _page(request, row, form, status=422)


def _too_late(request: SignedIn, late: TooLate, portfolio: Portfolio, nid: str) -> HttpResponse:
    """The page as it stands; a word that was written to the trainee is given back."""
    messages.error(request, late.said)
    form = NominationForm(back=reverse("people", args=[portfolio.ref]))
    typed = request.POST.get("reason", "")
    lost = [(f"“{form.fields['reason'].label}”", typed)] if typed.strip() else []
    return _page(request, _fetch(request, portfolio, nid), form, status=TooLate.status, lost=lost)


def _fetch(request: SignedIn, portfolio: Portfolio, nid: str) -> Nomination:
    rows = visible_in(portfolio, request.user, Nomination).select_related(
        "portfolio__trainee", "portfolio__organisation", "submission", "assessment__module", "answer"
    )
    return get_object_or_404(rows, nid=nid)


def _told(step: str, row: Nomination) -> str:
    if step == APPROVE.name:
        return f"Approved: {row.name} is asked to {'assess' if row.assessment else 'decide'}."
    return f"Declined: {row.portfolio.trainee.name} is told, and chooses somebody else."


def _page(
    request: SignedIn,
    row: Nomination,
    form: NominationForm,
    *,
    status: int = 200,
    lost: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    portfolio = row.portfolio
    answer: NominationAnswer | None = getattr(row, "answer", None)
    answers = [answer] if answer else []
    context: dict[str, Any] = {
        "portfolio": portfolio,
        "crumbs": crumbs(portfolio, ("People", reverse("people", args=[portfolio.ref]))),
        "row": row,
        "answer": answer,
        "lost": lost,
        "doubt": "" if proof.all_agree(portfolio, answers, [NominationAnswer], nomination=row.nid) else proof.DOUBT,
        "items": row.submission.items.select_related("activity__module") if row.submission else [],
        "here": _address(row),
        "reached": nominations.same_device(answer) if answer and access.may(request.user, APPROVE, portfolio) else [],
        "answers_it": APPROVE.name in available(row, portfolio, by=request.user),
    }
    if context["answers_it"]:
        account = nominations.account_of(row)
        context |= {
            "form": form,
            "flags": nominations.flags(row, account),
            "misnamed": nominations.misnamed(row, account),
            "outside": nominations.outside(row),
            "account": account,
        }
    return render(request, "portfolio/nominations/nomination.html", context, status=status)


def _address(row: Nomination) -> str:
    """The page of what they are named for. An assessment that was taken back is a plan, and its trainee's alone."""
    if row.submission:
        return reverse("submission", args=[row.portfolio.ref, row.submission.sid])
    assert row.assessment is not None  # a nomination is for one of the two
    if row.assessment.state == AssessmentState.PLANNED:
        return ""
    return reverse("assessment", args=[row.portfolio.ref, row.assessment.aid])
