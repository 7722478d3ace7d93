"""The steps of a placement, each on a page of its own."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.middleware import SignedIn
from portfolio import ledger, requirements
from portfolio.forms.checked import warning
from portfolio.forms.placements import ActivitiesForm, EndForm, PlacementForm, ReflectionForm
from portfolio.forms.steps import SeenForm, StepForm
from portfolio.models import Placement, Portfolio
from portfolio.models.placement import QUESTIONS
from portfolio.requirements.words import day
from portfolio.states import PlacementState
from portfolio.views.fetch import fetch_own, fetch_portfolio, fetch_step, say_on, too_late
from portfolio.views.links import crumbs
from portfolio.views.placements.fetching import (
    dates,
    facts_of,
    fetch_placement,
    placement_address,
    placements_crumb,
    reflection_of,
    refused,
    visible_placements,
    where,
    within,
)
from portfolio.workflow import Incomplete, NotAllowed, Refused, Step, TooLate, available, journal, perform
from portfolio.workflow.placements.planning import planned_seen
from portfolio.workflow.placements.reflecting import reflection_seen

CLOSES_LATER = "Save it again on {} or later: that closes the placement."


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, ref: str) -> HttpResponse:
    """A placement is planned by its trainee."""
    portfolio = fetch_own(request, ref)
    row = Placement(portfolio=portfolio)
    return _write(request, portfolio, row, back=reverse("placements", args=[ref]))


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedIn, ref: str, pid: str) -> HttpResponse:
    """Other dates, another supervisor or other modules want confirming anew."""
    portfolio = fetch_own(request, ref)
    row = fetch_placement(request, portfolio, pid)
    return _write(request, portfolio, row, back=placement_address(portfolio, row))


def _write(request: SignedIn, portfolio: Portfolio, row: Placement, *, back: str) -> HttpResponse:
    new, was = row._state.adding, row.state
    facts = ledger.read_one(portfolio).structure
    sent = [request.POST] if request.method == "POST" else []
    form = PlacementForm(*sent, portfolio=portfolio, facts=facts, back=back, placement=None if new else row)
    stands = None
    try:
        fetch_step(request, "plan placement", row, portfolio)
        if request.method == "POST" and form.is_valid():
            seen = form.cleaned_data["seen"]
            made = perform("plan placement", row, by=request.user, given=form.plan(), seen=seen).subject
            messages.success(request, _told(made, was, new=new))
            return redirect("placement", portfolio.ref, made.pid)
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        stands = _as_it_stands(request, portfolio, row, "plan placement")
        if stands is None:
            return too_late(request, late, back)
        messages.error(request, late.said)
        form.is_opened_on(planned_seen(stands))
    except NotAllowed as refusal:
        return _not_allowed(request, refusal)
    context = {
        "portfolio": portfolio,
        "placement": None if new else row,
        "confirmed": (stands or row).state == PlacementState.CONFIRMED,
        "stands": _plan_as_it_stands(stands) if stands else [],
        "warning": warning((form["title"], form["aims"])),
        "form": form,
        "crumbs": crumbs(portfolio, placements_crumb(portfolio)) if new else within(portfolio, row),
    }
    status = 422 if form.errors else TooLate.status if stands else 200
    return render(request, "portfolio/placements/form.html", context, status=status)


def _plan_as_it_stands(row: Placement) -> list[dict[str, str]]:
    title, aims = {"key": "Title", "value": row.title}, {"key": "Aims", "value": row.aims or "None written"}
    return [title, *facts_of(row), aims]


def _as_it_stands(request: SignedIn, portfolio: Portfolio, row: Placement, name: str) -> Placement | None:
    """What a form that came too late is laid beside: the placement, while it can take this step. None: it cannot."""
    if request.method != "POST" or row._state.adding:
        return None
    found = visible_placements(request, portfolio).filter(pk=row.pk).first()
    return found if found and name in available(found, portfolio, by=request.user) else None


def _told(row: Placement, was: str, *, new: bool) -> str:
    if new:
        return "Planned. The training officer is asked to confirm it."
    if was == PlacementState.CONFIRMED and row.state == PlacementState.PLANNED:
        return "Saved. The training officer is asked to confirm it again. Until then its supervisor sees nothing."
    return "Saved."


def _not_allowed(request: SignedIn, refusal: NotAllowed) -> HttpResponse:
    """403; what was typed is given back."""
    if request.method != "POST":
        raise refusal
    return refused(request, refusal)


def _take(
    request: SignedIn,
    portfolio: Portfolio,
    row: Placement,
    name: str,
    make_form: Callable[[Step, list[Any]], Form],
    *,
    template: str,
    done: str,
    more: Callable[[Form], dict[str, Any]] = lambda form: {},
) -> HttpResponse:
    """A page that tells what a step means, and takes it. The form knows what it gives, and what was seen."""
    back = placement_address(portfolio, row)
    form: Any = None
    stands = None
    try:
        step = fetch_step(request, name, row, portfolio)
        form = make_form(step, [request.POST] if request.method == "POST" else [])
        if request.method == "POST" and form.is_valid():
            given = form.given() if hasattr(form, "given") else None
            perform(name, row, by=request.user, given=given, seen=form.cleaned_data.get("seen"))
            messages.success(request, done)
            removed = name == "remove placement"
            return redirect(reverse("placements", args=[portfolio.ref]) if removed else back)
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        stands = _as_it_stands(request, portfolio, row, name) if isinstance(form, ReflectionForm) else None
        if stands is None:
            return too_late(request, late, back)
        messages.error(request, late.said)
        form.is_opened_on(reflection_seen(stands))
    except NotAllowed as refusal:
        return _not_allowed(request, refusal)
    context = {
        "portfolio": portfolio,
        "placement": row,
        "stands": reflection_of(stands) if stands else [],
        "dates": dates(row),
        "where": where(row),
        "form": form,
        "crumbs": within(portfolio, row),
        **more(form),
    }
    status = 422 if form.errors else TooLate.status if stands else 200
    return render(request, f"portfolio/placements/{template}.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: SignedIn, ref: str, pid: str) -> HttpResponse:
    """The officer confirms what the page shows; with that its supervisor gets their role."""
    portfolio = fetch_portfolio(request, ref)
    row = fetch_placement(request, portfolio, pid)
    return _take(
        request,
        portfolio,
        row,
        "confirm placement",
        lambda step, sent: SeenForm(
            *sent, step=step, back=placement_address(portfolio, row), initial={"seen": row.seen}
        ),
        template="confirm",
        done="Confirmed. The trainee and the supervisor are told.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedIn, ref: str, pid: str) -> HttpResponse:
    """The officer lets it end earlier, and with it the supervisor's role."""
    portfolio = fetch_portfolio(request, ref)
    row = fetch_placement(request, portfolio, pid)
    return _take(
        request,
        portfolio,
        row,
        "end placement",
        lambda step, sent: EndForm(*sent, step=step, back=placement_address(portfolio, row)),
        template="end",
        done="The placement ends earlier. The trainee and the supervisor are told.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: SignedIn, ref: str, pid: str) -> HttpResponse:
    """The officer lets it go on longer, and with it the supervisor's role."""
    portfolio = fetch_portfolio(request, ref)
    row = fetch_placement(request, portfolio, pid)
    return _take(
        request,
        portfolio,
        row,
        "extend placement",
        lambda step, sent: EndForm(*sent, step=step, back=placement_address(portfolio, row), style="primary"),
        template="extend",
        done="The placement goes on longer. The trainee and the supervisor are told.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: SignedIn, ref: str, pid: str) -> HttpResponse:
    """The trainee writes the closing reflection, or goes on with it."""
    portfolio = fetch_own(request, ref)
    row = fetch_placement(request, portfolio, pid)
    ahead = row.state == PlacementState.CONFIRMED and row.ends_on > timezone.localdate()
    return _take(
        request,
        portfolio,
        row,
        "close placement",
        lambda step, sent: ReflectionForm(*sent, placement=row, step=step, back=placement_address(portfolio, row)),
        template="reflection",
        done="Saved. Your people can read it." + (f" {CLOSES_LATER.format(day(row.ends_on))}" if ahead else ""),
        more=lambda form: {"ahead": ahead, "warning": warning(form[name] for name in QUESTIONS)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def activities(request: SignedIn, ref: str, pid: str) -> HttpResponse:
    """The trainee says what they mean to do there."""
    portfolio = fetch_own(request, ref)
    row = fetch_placement(request, portfolio, pid)
    record = ledger.read_one(portfolio)
    worked_on = {module.pk for module in row.modules.all()}
    offered = [
        (module, place)
        for module in record.structure.modules
        if module.id in worked_on
        for place in requirements.places(record, module)
    ]
    chosen = [(one.module_id, one.number) for one in row.planned.all()]
    return _take(
        request,
        portfolio,
        row,
        "plan activities",
        lambda step, sent: ActivitiesForm(
            *sent, offered=offered, chosen=chosen, back=placement_address(portfolio, row)
        ),
        template="activities",
        done="Saved: what you mean to do there.",
        more=lambda form: {"offered": offered},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedIn, ref: str, pid: str) -> HttpResponse:
    """The trainee takes back a placement that is not confirmed."""
    portfolio = fetch_own(request, ref)
    row = fetch_placement(request, portfolio, pid)
    return _take(
        request,
        portfolio,
        row,
        "remove placement",
        lambda step, sent: StepForm(*sent, step=step, back=placement_address(portfolio, row), style="warning"),
        template="remove",
        done=f"Removed: the placement of {day(row.starts_on)} to {day(row.ends_on)}.",
    )


@require_POST
def evidence(request: SignedIn, ref: str, pid: str) -> HttpResponse:
    """The closing reflection as a page of evidence, with nothing retyped; then on to its form, to link and save it."""
    portfolio = fetch_own(request, ref)
    row = fetch_placement(request, portfolio, pid)
    try:
        page = journal.turn_reflection(row, by=request.user)
    except Refused as refusal:
        return refused(request, refusal)
    messages.success(request, "This page holds your reflection. Link it to activities, and save it.")
    return redirect("evidence_edit", ref, page.eid)
