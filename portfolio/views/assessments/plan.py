"""Planning an attempt from an open slot, and changing the plan until somebody is asked."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.middleware import SignedIn
from curriculum.models import Module
from curriculum.structure import ModuleFacts
from portfolio import ledger, requirements
from portfolio.access import visible_in
from portfolio.forms.assessments import PlanForm
from portfolio.forms.checked import warning
from portfolio.models import Assessment, Portfolio
from portfolio.requirements import Slots
from portfolio.requirements.words import a
from portfolio.states import OBSERVED, AssessmentKind, AssessmentState
from portfolio.views.assessments.fetch import address, crumbs_of, fetch_assessment
from portfolio.views.fetch import fetch_module, fetch_own, fetch_step, say_on, too_late
from portfolio.views.links import crumbs, module_crumb
from portfolio.workflow import Incomplete, NotAllowed, TooLate, perform
from portfolio.workflow.assessments.planning import planned_seen
from portfolio.workflow.machine import CLOSED

KINDS: dict[str, Sequence[AssessmentKind]] = {
    "observed": OBSERVED,
    **{kind.value: (kind,) for kind in AssessmentKind},
}
PLANNED = "Planned. Ask an assessor when you are ready."


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, ref: str) -> HttpResponse:
    """The slot is in the address: `?module=S-X1&kind=CBD`, or `kind=observed`; `after=` names the attempt before it."""
    portfolio = fetch_own(request, ref)
    if portfolio.closed_at is not None:
        raise NotAllowed(CLOSED)
    asked = request.GET
    if "module" not in asked:
        return redirect("assessments", ref)
    record = ledger.read_one(portfolio)
    facts = fetch_module(record, asked["module"])
    kinds = KINDS.get(asked.get("kind", ""))
    if kinds is None:
        raise Http404
    sort = next(sort for sort in requirements.slots(record, facts) if kinds[0] in sort.kinds)
    before = _before(request, portfolio, facts, sort)
    form = _form(request, facts, kinds, reverse("module", args=[ref, facts.code]), before)
    subject = Assessment(portfolio=portfolio, module=Module(pk=facts.id, code=facts.code))
    try:
        if not sort.may_plan and not (sort.needed and set(kinds) & set(requirements.beyond(record))):
            raise TooLate(f"No slot of this kind is open in {facts.code}. Nothing was planned.")
        if request.method == "POST" and form.is_valid():
            move = perform("plan", subject, by=request.user, given=form.given(before))
            return _saved(request, portfolio, move.subject.aid)
    except Incomplete as incomplete:
        _say(form, incomplete)
    except TooLate as late:
        return too_late(request, late, reverse("module", args=[ref, facts.code]))
    context = {
        "portfolio": portfolio,
        "crumbs": crumbs(portfolio, module_crumb(portfolio, facts.code)),
        "module": facts,
        "form": form,
        "before": before,
        "heading": f"Plan {a(' or '.join(kinds))}",
        "last_slot": requirements.last_open_slot(record) if kinds[0] in OBSERVED else "",
        "warning": _warning(form),
    }
    return render(request, "portfolio/assessments/plan.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, ref: str, aid: str) -> HttpResponse:
    """What was planned, until somebody is asked."""
    portfolio = fetch_own(request, ref)
    row = fetch_assessment(request, portfolio, aid)
    facts = fetch_module(ledger.read_one(portfolio), row.module.code)
    kinds = OBSERVED if row.is_observed else (AssessmentKind.CBD,)
    form = _form(request, facts, kinds, address(row), row)
    stale, status = False, 200
    try:
        fetch_step(request, "plan", row, portfolio)
        if request.method == "POST" and form.is_valid():
            perform("plan", row, by=request.user, seen=form.cleaned_data["seen"], given=form.given())
            return _saved(request, portfolio, aid)
    except Incomplete as incomplete:
        _say(form, incomplete)
    except TooLate as late:
        row = fetch_assessment(request, portfolio, aid)
        if row.state != AssessmentState.PLANNED:
            return too_late(request, late, address(row))
        messages.error(request, late.said)
        stale, status = True, TooLate.status
        form.is_opened_on(planned_seen(row))
    context = {
        "portfolio": portfolio,
        "crumbs": crumbs_of(row),
        "module": facts,
        "form": form,
        "before": row.attempt_of,
        "heading": f"Change the plan of this {row.kind}",
        "stands": row if stale else None,
        "warning": _warning(form),
    }
    return render(request, "portfolio/assessments/plan.html", context, status=422 if form.errors else status)


def _before(request: SignedIn, portfolio: Portfolio, facts: ModuleFacts, sort: Slots) -> Assessment | None:
    """The attempt that a new one follows: the one that the address names, or the one that there is no way around."""
    after = request.GET.get("after") or (sort.to_follow.aid if sort.to_follow else "")
    if not after:
        return None
    rows = visible_in(portfolio, request.user, Assessment).filter(module=facts.id, kind__in=sort.kinds)
    return get_object_or_404(rows.select_related("next_attempt"), aid=after)


def _form(
    request: SignedIn, facts: ModuleFacts, kinds: Sequence[str], back: str, earlier: Assessment | None
) -> PlanForm:
    """`earlier`: what is changed, or the attempt before, whose words a new one begins with."""
    form = PlanForm(request.POST if request.method == "POST" else None, kinds=kinds, titles=facts.titles, back=back)
    if earlier:
        changing = request.resolver_match is not None and request.resolver_match.url_name == "assessment_edit"
        form.initial = {"title": earlier.title, "what": earlier.what, "where": earlier.where}
        if not form.is_discussion:
            form.initial["which"] = form.which_of(earlier.kind, earlier.title)
        if form.initial.get("which", "").startswith("listed"):
            form.initial["title"] = ""
        if changing:
            form.initial |= {"happens_on": earlier.happens_on, "case_reference": earlier.case_reference}
            form.initial["seen"] = planned_seen(earlier)
    return form


def _say(form: PlanForm, incomplete: Incomplete) -> None:
    """Whether it is another observation is asked only now."""
    if "another" in incomplete.errors:
        form.lay_out(ask_another=True)
    say_on(form, incomplete)


def _saved(request: SignedIn, portfolio: Portfolio, aid: str) -> HttpResponse:
    if request.POST.get("go") == "ask":
        return redirect("assessment_ask", portfolio.ref, aid)
    messages.success(request, PLANNED)
    return redirect("assessment", portfolio.ref, aid)


def _warning(form: PlanForm) -> str:
    """What looks like patient data in what was typed; a warning, never a gate."""
    return warning(form[name] for name in ("title", "case_reference", "what", "where") if name in form.fields)
