"""The steps of a module, each with what it means before it is taken: sign-off, void, and its requirements."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.middleware import SignedIn
from portfolio import progress
from portfolio.access import may, visible, visible_in
from portfolio.forms.steps import ConfirmForm, ReasonForm, SeenForm
from portfolio.models import Confirmation, Item, ModuleSignOff, SignedElsewhere
from portfolio.requirements import Source, Standing, grouped, module_state
from portfolio.states import Outcome
from portfolio.titles import own_title
from portfolio.views.fetch import as_it_stands, fetch_portfolio, fetch_step, say_on, too_late
from portfolio.views.goals.shown import of_module
from portfolio.views.links import address, crumbs, elsewhere_address, module_crumb
from portfolio.workflow import Incomplete, ModuleOf, NotAllowed, TooLate, available, modules, perform
from portfolio.workflow.machine import NOT_YOURS
from portfolio.workflow.modules import ModuleTable

STEPS = ModuleTable.steps
Condition = dict[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
def sign_off(request: SignedIn, ref: str, code: str) -> HttpResponse:
    """The rule line by line, what will be signed, and, once nothing is missing, the button."""
    subject = _fetch(request, ref, code)
    step = STEPS["sign off module"]
    if not may(request.user, step, subject.portfolio):
        raise NotAllowed(NOT_YOURS)
    if request.method == "POST":
        try:
            perform(step.name, subject, by=request.user, seen=request.POST.get("seen", ""))
        except TooLate as late:
            return as_it_stands(request, late, sign_off, ref, code)
        messages.success(request, f"Signed off {code}. Its {subject.facts.credits} credits count from now on.")
        return redirect("module", ref, code)
    seen = modules.shown(subject)
    items, assessments = _items(request, subject), modules.satisfactory(subject)
    context = _context(subject) | {
        "state": module_state(subject.record, subject.facts),
        "signed": _standing(request, subject),
        "rule": rule(subject),
        "missing": _missing(request, subject),
        "items": items,
        "assessments": assessments,
        "decisions": len(items) + len(assessments),
        "goals": of_module(request.user, subject.portfolio) if modules.rests_on_goals(subject.facts) else None,
        "elsewhere": _elsewhere(request, subject),
        "seen": seen,
        "form": SeenForm(step=step, back=_address(subject), initial={"seen": seen}),
        "ready": step.name in available(subject, subject.portfolio, by=request.user),
    }
    return render(request, "portfolio/module_sign_off.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def void(request: SignedIn, ref: str, code: str) -> HttpResponse:
    """A module sign-off stops standing; its row and its reason stay."""
    subject = _fetch(request, ref, code)
    try:
        step = fetch_step(request, "void module sign-off", subject, subject.portfolio)
        form = ReasonForm(request.POST if request.method == "POST" else None, step=step, back=_address(subject))
        if request.method == "POST" and form.is_valid():
            perform(step.name, subject, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, f"Voided: the sign-off of {code} does not count any more.")
            return redirect("module", ref, code)
    except TooLate as late:
        return too_late(request, late, _address(subject))
    context = _context(subject) | {"form": form, "signed": _standing(request, subject)}
    return render(request, "portfolio/module_void.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def requirements(request: SignedIn, ref: str, code: str) -> HttpResponse:
    """The officer says for this portfolio what the curriculum does not know."""
    subject = _fetch(request, ref, code)
    try:
        step = fetch_step(request, "confirm requirements", subject, subject.portfolio)
        asked = modules.asked(subject.facts)
        if not asked:
            raise TooLate(f"The curriculum knows every number of {code}. There is nothing to confirm.")
        form = ConfirmForm(
            request.POST if request.method == "POST" else None,
            asked=asked,
            highest_known=subject.facts.highest_known,
            step=step,
            back=_address(subject),
        )
        if request.method == "POST" and form.is_valid():
            perform(step.name, subject, by=request.user, given=form.given())
            messages.success(request, f"Confirmed: the requirements of {code} in this portfolio.")
            return redirect("module", ref, code)
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        return too_late(request, late, _address(subject))
    earlier = visible_in(subject.portfolio, request.user, Confirmation).filter(module=subject.facts.id)
    context = _context(subject) | {"form": form, "confirmations": list(earlier)}
    return render(request, "portfolio/module_requirements.html", context, status=422 if form.errors else 200)


def rule(subject: ModuleOf) -> list[Condition]:
    """The rule line by line, as components/conditions.html takes it; None where a number is not recorded yet."""
    found = progress.module_progress(subject.record, subject.facts)
    needs, done = found.needs, subject.record.module(subject.facts).done
    words = found.activities.words + elsewhere_words(found.activities.signed_elsewhere)
    lines = [_line(words, found.activities.done == found.activities.base, needs.activities_from)]
    for name, has, apart, number, source in (
        ("CBD", done.cbd, done.cbd_elsewhere, needs.cbd, needs.cbd_from),
        ("DOPS or OCE", done.dops + done.oce, done.observed_elsewhere, needs.observed, needs.observed_from),
    ):
        if found.signed_off:
            has = number or 0
        if number is None:
            words = f"{name}: number not recorded yet"
        else:
            how = "done" if apart else "satisfactory"
            words = f"{min(has, number)} of {number} {name} {how}" if number else f"No {name} needed"
            words += elsewhere_words(apart)
        line = _line(words, number is not None and has >= number, source)
        lines.append(line | {"note": ""} if number is None else line)
    if needs.university_result:
        lines.append(_line("The university's result is recorded", found.result.done == 1, Source.CURRICULUM))
    if found.standing is not Standing.REQUIRED:
        lines.append(_line("The option is taken", False, Source.CURRICULUM))
    return lines


def elsewhere_words(number: int) -> str:
    """How many of them other systems hold, after a count that they are in."""
    return f", {number} signed elsewhere" if number else ""


def _line(title: str, met: bool, source: Source) -> Condition:
    notes = {
        Source.CONFIRMED: "As the training officer confirmed for this portfolio",
        Source.EXPECTED: "The curriculum's list may go on: not recorded yet",
        Source.UNKNOWN: "Not recorded yet",
    }
    return {"met": met if source.settled else None, "title": title, "note": notes.get(source, "")}


def _fetch(request: SignedIn, ref: str, code: str) -> ModuleOf:
    portfolio = fetch_portfolio(request, ref)
    try:
        return ModuleOf.read(portfolio, code)
    except KeyError:
        raise Http404 from None


def _context(subject: ModuleOf) -> dict[str, Any]:
    return {
        "portfolio": subject.portfolio,
        "module": own_title(subject.record, subject.facts),
        "crumbs": crumbs(subject.portfolio, module_crumb(subject.portfolio, subject.facts.code)),
    }


def _address(subject: ModuleOf) -> str:
    return reverse("module", args=[subject.portfolio.ref, subject.facts.code])


def _missing(request: SignedIn, subject: ModuleOf) -> list[dict[str, str]]:
    """What stands in the way, as components/next.html takes it."""
    may_take = available(subject, subject.portfolio, by=request.user)
    found = progress.module_progress(subject.record, subject.facts).blockers
    return [
        {
            "shape": blocker.kind.icon,
            "title": blocker.words,
            "href": address(subject.portfolio, blocker.at, may=may_take),
            "note": blocker.reason,
        }
        for blocker in grouped(found)
    ]


def _items(request: SignedIn, subject: ModuleOf) -> list[Item]:
    """The decisions that the sign-off rests on."""
    items = visible(request.user, Item).filter(
        activity__portfolio=subject.portfolio,
        activity__module=subject.facts.id,
        activity__number__in=progress.module_progress(subject.record, subject.facts).needs.activities or (),
        decision__outcome=Outcome.SIGNED_OFF,
        decision__unlock=None,
    )
    return list(items.select_related("activity__module", "decision", "submission").order_by("activity__number"))


def _elsewhere(request: SignedIn, subject: ModuleOf) -> list[tuple[SignedElsewhere, str]]:
    """What it rests on that other systems hold, each with its place in their list."""
    numbers = progress.module_progress(subject.record, subject.facts).needs.activities or ()
    rows = visible_in(subject.portfolio, request.user, SignedElsewhere).filter(module=subject.facts.id, void=None)
    rows = rows.filter(Q(number=None) | Q(number__in=numbers))
    rows = rows.select_related("module").order_by("number", "pk")
    return [(row, elsewhere_address(subject.portfolio.ref, row.xid)) for row in rows]


def _standing(request: SignedIn, subject: ModuleOf) -> ModuleSignOff | None:
    rows = visible_in(subject.portfolio, request.user, ModuleSignOff).filter(module=subject.facts.id, void=None)
    return rows.first()
