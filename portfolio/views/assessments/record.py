"""One assessment: what was asked, of whom, what was said of it; and the trainee's reflection afterwards."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import SignedIn
from portfolio import access, proof
from portfolio.access import visible_in
from portfolio.forms.assessments import DECLARATIONS, STANDINGS, STEPS, ReflectionForm
from portfolio.forms.checked import warning
from portfolio.models import Assessment, AssessmentAddressee, Portfolio
from portfolio.patient_data import looks_like
from portfolio.requirements.words import a
from portfolio.states import AssessmentState, NominationState
from portfolio.titles import title_of
from portfolio.views.assessments.fetch import address, crumbs_of, fetch_assessment
from portfolio.views.assessments.shown import facts, marks_of, named_for, said_of, settled
from portfolio.views.fetch import fetch_in_part, fetch_own, say_on, too_late
from portfolio.views.links import plan_address
from portfolio.views.voice import Voice, about
from portfolio.workflow import Incomplete, NotAllowed, TooLate, available
from portfolio.workflow.assessments.deciding import may_correct, other_kind
from portfolio.workflow.assessments.reflecting import ASSESSED, may_reflect, reflect
from portfolio.workflow.machine import CLOSED
from portfolio.workflow.one_off.links import is_blocked

# Where each step is offered on the page, by its name; the assessor's are on a page of their own.
STEP_PAGES = {
    "ask": "assessment_ask",
    "plan": "assessment_edit",
    "redirect": "assessment_redirect",
    "withdraw": "assessment_withdraw",
    "void assessment": "assessment_void",
}
LABELS = {"plan": "Change the plan"}


@require_safe
def assessment(request: SignedIn, ref: str, aid: str) -> HttpResponse:
    """As it was asked, and as it was completed."""
    portfolio = fetch_in_part(request, ref)
    row = fetch_assessment(request, portfolio, aid)
    voice = Voice(request.user, portfolio)
    decision = getattr(row, "decision", None)
    steps = available(row, portfolio, by=request.user)
    context = about(portfolio) | {
        "crumbs": crumbs_of(row, itself=False),
        "voice": voice,
        "row": row,
        "doubt": proof.DOUBT if proof.assessment_doubted(row) else "",
        "waiting": _waiting(row),
        "facts": facts(row),
        "module_title": title_of(portfolio, row.module),
        "attempts": _attempts(request, portfolio, row),
        "decision": decision,
        "settled": settled(row),
        "standing": STANDINGS.get(decision.standing, proof.DOUBT) if decision else "",
        "declaration": DECLARATIONS.get(row.declaration, "") if row.state != AssessmentState.PLANNED else "",
        "marks": marks_of(row),
        "wrong_kind": _wrong_kind(row),
        "said": said_of(row),
        "reflections": row.reflections.all(),
        "buttons": _buttons(steps, portfolio, row),
        "lends": "lend device" in steps,
        "may_reflect": may_reflect(row, portfolio, by=request.user),
        "next_attempt": _next_attempt(row) if voice.writes and portfolio.closed_at is None else "",
        "warning": looks_like(row.title, row.what, row.where, row.case_reference) if voice.own else "",
    }
    return render(request, "portfolio/assessments/assessment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def reflection(request: SignedIn, ref: str, aid: str) -> HttpResponse:
    """Each save is a version; all are kept."""
    portfolio = fetch_own(request, ref)
    row = fetch_assessment(request, portfolio, aid)
    newest = next(iter(row.reflections.all()), None)
    form = ReflectionForm(request.POST if request.method == "POST" else None, back=address(row))
    form.initial = {"text": newest.text if newest else ""}
    try:
        if portfolio.closed_at is not None:
            raise NotAllowed(CLOSED)
        if not may_reflect(row, portfolio, by=request.user):
            raise TooLate("A reflection is added once the assessor has recorded the outcome.")
        if request.method == "POST" and form.is_valid():
            reflect(row, form.cleaned_data["text"], by=request.user)
            messages.success(request, "Your reflection is saved.")
            return redirect("assessment", ref, aid)
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        return too_late(request, late, address(row))
    context = {
        "portfolio": portfolio,
        "crumbs": crumbs_of(row),
        "row": row,
        "form": form,
        "warning": "" if form.errors else warning([form["text"]]),
    }
    return render(
        request, "portfolio/assessments/assessment_reflection.html", context, status=422 if form.errors else 200
    )


def _waiting(row: Assessment) -> dict[str, Any] | None:
    """Whom it is with, and whether that person can still decide; or who is named, and whether they were declined."""
    if row.state != AssessmentState.WITH_ASSESSOR:
        return None
    asked: AssessmentAddressee | None = next((one for one in row.addressees.all() if one.until is None), None)
    able = access.may_decide_on(row.portfolio, [row.module_id])
    blocked = asked is not None and is_blocked(asked)
    able_to = asked is not None and not blocked and able.filter(pk=asked.assessor_id).exists()
    named = named_for(row)
    declined = named is not None and named.state == NominationState.DECLINED
    with_nobody = not able_to and (named is None or declined)
    lend = reverse("assessment_lend", args=[row.portfolio.ref, row.aid]) if able_to else ""
    return {
        "addressee": asked,
        "named": named,
        "declined": declined,
        "blocked": blocked,
        "with_nobody": with_nobody,
        "lend": lend,
    }


def _wrong_kind(row: Assessment) -> str:
    """After the outcome: who can put a wrong kind right, and which way is left where nobody can now."""
    if row.state not in ASSESSED or not row.is_observed or row.portfolio.closed_at is not None:
        return ""
    right = a(other_kind(row.kind))
    asked = f"If this was {right}, not {a(row.kind)}:"
    if not may_correct(row):
        code = row.module.code
        return f"{asked} {code} is signed off, so the kind stays. It can be corrected once that sign-off is voided."
    signer = row.decision.signer.merged_into or row.decision.signer
    if not signer.one_off and access.deciding_role(signer, row.portfolio, row.module_id):
        return f"{asked} {signer.name} can correct the kind until {row.module.code} is signed off."
    may_return = signer.one_off or signer.is_active
    account = "has no account" if signer.one_off else "can no longer decide here"
    gives = "gives them an account and makes" if signer.one_off else "makes"
    once = f"They can once an administrator {gives} them an assessor of this portfolio. Or the" if may_return else "The"
    return (
        f"{asked} {signer.name} {account}, so they cannot correct the kind now. {once} training officer or an "
        f"administrator voids this assessment, and the next attempt is planned as {right}."
    )


def _attempts(request: SignedIn, portfolio: Portfolio, row: Assessment) -> list[dict[str, str]]:
    """The attempt before this one and the one after it, as far as the reader may see them."""
    beside = [("Before", row.attempt_of), ("After", getattr(row, "next_attempt", None))]
    wanted = [other.pk for _, other in beside if other]
    seen = set(visible_in(portfolio, request.user, Assessment).filter(pk__in=wanted).values_list("pk", flat=True))
    return [
        {
            "word": word,
            "title": f"{AssessmentState(other.state).label}",
            "href": reverse("assessment", args=[portfolio.ref, other.aid]) if other.pk in seen else "",
        }
        for word, other in beside
        if other
    ]


def _next_attempt(row: Assessment) -> str:
    """Where the attempt after this one is planned, once it did not succeed."""
    if row.state not in (AssessmentState.NOT_YET, AssessmentState.VOIDED) or hasattr(row, "next_attempt"):
        return ""
    return plan_address(row.portfolio, row.module.code, "observed" if row.is_observed else row.kind, row.aid)


def _buttons(steps: Collection[str], portfolio: Portfolio, row: Assessment) -> list[dict[str, str]]:
    return [
        {
            "label": LABELS.get(name, STEPS[name].label),
            "href": reverse(page, args=[portfolio.ref, row.aid]),
        }
        for name, page in STEP_PAGES.items()
        if name in steps
    ]
