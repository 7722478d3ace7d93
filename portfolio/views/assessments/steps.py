"""The steps of an assessment that are not the assessor's: asking, taking back, asking somebody else, voiding."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.middleware import SignedIn
from accounts.models import User
from portfolio import access, requirements
from portfolio.forms.assessments import DECLARATIONS, AskForm
from portfolio.forms.nominations import NEW
from portfolio.forms.steps import ReasonForm, RedirectForm, StepForm, assessors
from portfolio.models import Assessment, Portfolio
from portfolio.patient_data import looks_like
from portfolio.states import AssessmentState
from portfolio.views.assessments.fetch import address, crumbs_of, fetch_assessment
from portfolio.views.assessments.shown import facts, named_for
from portfolio.views.fetch import fetch_portfolio, fetch_step, say_on, too_late
from portfolio.workflow import AskFor, Incomplete, ModuleOf, Nominee, Redirect, Step, TooLate, perform
from portfolio.workflow.assessments.asking import DECLARATION
from portfolio.workflow.modules import assessments_of, standing

MakeForm = Callable[[Any, Portfolio, Assessment, Step], BaseForm]


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedIn, ref: str, aid: str) -> HttpResponse:
    """What the assessor will see, whom to ask, and the declaration."""

    def form(data: Any, portfolio: Portfolio, row: Assessment, step: Step) -> AskForm:
        choices, declaration = assessors(portfolio, [row.module_id]), DECLARATIONS[DECLARATION]
        only = choices[0][0] if len(choices) == 1 else None if choices else NEW
        return AskForm(
            data,
            assessors=choices,
            portfolio=portfolio,
            declaration=declaration,
            back=address(row),
            initial={"assessor": only},
        )

    def take(row: Assessment, bound: Any) -> str:
        assessor, nominee = _person(row, bound), bound.nominee()
        given = AskFor(assessor, declared=bound.cleaned_data["declared"], nominee=nominee)
        perform("ask", row, by=request.user, given=given)
        return _to_be_approved(nominee, row) or f"Sent to {assessor.name if assessor else 'the assessor'}: {row}."

    return _step(request, ref, aid, "ask", form, take)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedIn, ref: str, aid: str) -> HttpResponse:
    """Take it back, to change the plan."""

    def take(row: Assessment, bound: Any) -> str:
        perform("withdraw", row, by=request.user)
        return f"Withdrawn: {row}. You can change the plan and ask again."

    return _step(
        request, ref, aid, "withdraw", lambda data, _, row, step: StepForm(data, step=step, back=address(row)), take
    )


@require_http_methods(["GET", "HEAD", "POST"])
def redirect_to(request: SignedIn, ref: str, aid: str) -> HttpResponse:
    """Ask somebody else."""

    def form(data: Any, portfolio: Portfolio, row: Assessment, step: Step) -> RedirectForm:
        now = next((one.assessor_id for one in row.addressees.all() if one.until is None), None)
        return RedirectForm(
            data,
            assessors=assessors(portfolio, [row.module_id], without=now),
            portfolio=portfolio if request.user == portfolio.trainee else None,
            back=address(row),
        )

    def take(row: Assessment, bound: Any) -> str:
        assessor, nominee = _person(row, bound), bound.nominee()
        perform("redirect", row, by=request.user, given=Redirect(assessor, nominee))
        return _to_be_approved(nominee, row) or f"{assessor.name if assessor else 'Somebody else'} is asked now: {row}."

    return _step(request, ref, aid, "redirect", form, take)


@require_http_methods(["GET", "HEAD", "POST"])
def void(request: SignedIn, ref: str, aid: str) -> HttpResponse:
    """The attempt stays and counts nothing; a module sign-off that rests on it stops standing with it."""

    def take(row: Assessment, bound: Any) -> str:
        perform("void assessment", row, by=request.user, reason=bound.cleaned_data["reason"])
        return f"Voided: {row}. It counts nothing any more."

    return _step(
        request,
        ref,
        aid,
        "void assessment",
        lambda data, _, row, step: ReasonForm(data, step=step, back=address(row)),
        take,
    )


TEMPLATES = {
    "ask": "portfolio/assessments/assessment_ask.html",
    "withdraw": "portfolio/assessments/assessment_withdraw.html",
    "redirect": "portfolio/assessments/assessment_redirect.html",
    "void assessment": "portfolio/assessments/assessment_void.html",
}


def _step(
    request: SignedIn, ref: str, aid: str, name: str, make: MakeForm, take: Callable[[Assessment, Any], str]
) -> HttpResponse:
    """The page of a step: what it means, its form, and taking it."""
    portfolio = fetch_portfolio(request, ref)
    row = fetch_assessment(request, portfolio, aid)
    try:
        step = fetch_step(request, name, row, portfolio)
        form = make(request.POST if request.method == "POST" else None, portfolio, row, step)
        if request.method == "POST" and form.is_valid():
            messages.success(request, take(row, form))
            return redirect("assessment", ref, aid)
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        return too_late(request, late, address(row))
    context = {
        "portfolio": portfolio,
        "crumbs": crumbs_of(row),
        "row": row,
        "facts": facts(row),
        "form": form,
        "current": next((one for one in row.addressees.all() if one.until is None), None),
        "named": named_for(row),
        "signed": _signed_over(row) if name == "void assessment" else None,
        "last_slot": _last_slot(portfolio, row) if name == "ask" else "",
        "warning": looks_like(row.title, row.what, row.where, row.case_reference) if name == "ask" else "",
    }
    return render(request, TEMPLATES[name], context, status=422 if form.errors else 200)


def _to_be_approved(nominee: Nominee | None, row: Assessment) -> str:
    return f"Your training officer is asked to approve {nominee.name}: {row}." if nominee else ""


def _person(row: Assessment, bound: Any) -> User | None:
    return access.may_decide_on(row.portfolio, [row.module_id]).filter(pk=bound.cleaned_data["assessor"]).first()


def _signed_over(row: Assessment) -> Any:
    over = standing(row.portfolio, row.module)
    return over if over and row.aid in assessments_of(over) else None


def _last_slot(portfolio: Portfolio, row: Assessment) -> str:
    """Rule 5, where the last open slot is about to go."""
    if not row.is_observed or row.state != AssessmentState.PLANNED:
        return ""
    return requirements.last_open_slot(ModuleOf.read(portfolio, row.module.code).record)
