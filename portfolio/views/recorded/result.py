"""The university's result of a module, and the awards of the whole portfolio: to read, and to record or correct."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.middleware import SignedIn
from accounts.models import User
from portfolio import ledger, proof, requirements
from portfolio.access import visible_in
from portfolio.forms.results import ResultForm
from portfolio.manifest import result_digest
from portfolio.models import Portfolio, UniversityResult
from portfolio.requirements.words import day
from portfolio.shapes import RESULT_SHAPES
from portfolio.states import ResultState
from portfolio.views.fetch import as_it_stands, fetch_module, fetch_portfolio, fetch_step, say_on
from portfolio.views.links import crumbs, module_crumb
from portfolio.views.voice import Voice
from portfolio.workflow import Incomplete, ResultOf, Step, TooLate, available, perform


@dataclass(frozen=True)
class Shown:
    """A module or an award with all its results, the newest first."""

    name: str
    rows: list[UniversityResult]

    @property
    def state(self) -> ResultState:
        return ResultState(self.rows[0].result) if self.rows else ResultState.NOT_RECORDED

    @property
    def shape(self) -> str:
        return RESULT_SHAPES[self.state]

    @property
    def note(self) -> str:
        if not self.rows:
            return "The training officer records it when the university gives it."
        newest = self.rows[0]
        return f"On {day(newest.dated_on)}. {newest.source}"

    @property
    def entries(self) -> list[dict[str, str]]:
        """As components/timeline.html takes them."""
        return [
            {
                "shape": RESULT_SHAPES[row.result],
                "what": f"{ResultState(row.result).label}, {day(row.dated_on)}",
                "who": f"Recorded on {day(row.recorded_at)} by {row.signer_name}. {row.source}",
                "said": row.reason,
            }
            for row in self.rows
        ]


@require_http_methods(["GET", "HEAD", "POST"])
def result(request: SignedIn, ref: str, code: str) -> HttpResponse:
    """The result of one module that asks for one."""
    portfolio = fetch_portfolio(request, ref)
    module = fetch_module(ledger.read_one(portfolio), code)
    if not module.university_result:
        raise Http404
    subject, back = ResultOf(portfolio, module), reverse("module", args=[ref, code])
    rows = _rows(request.user, portfolio).filter(module=module.id)
    shown = Shown(f"{code} {module.title}", list(rows))
    voice = Voice(request.user, portfolio)
    context: dict[str, Any] = {
        "portfolio": portfolio,
        "voice": voice,
        "shown": shown,
        "caption": voice.caption(shown.name),
        "doubt": "" if proof.all_agree(portfolio, shown.rows, [UniversityResult], module=code) else proof.DOUBT,
        "crumbs": crumbs(portfolio, module_crumb(portfolio, code)),
    }
    try:
        form = _form(request, subject, shown, back)
        if form and request.method == "POST" and _recorded(request, subject, form):
            messages.success(request, f"Recorded: the university’s result for {code}.")
            return redirect("module_result", ref, code)
    except TooLate as late:
        return as_it_stands(request, late, result, ref, code)
    context["form"] = form
    return render(request, "portfolio/recorded/result.html", context, status=422 if form and form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def awards(request: SignedIn, ref: str) -> HttpResponse:
    """The awards that the rules ask for. `?award=` shows the form of one."""
    portfolio = fetch_portfolio(request, ref)
    names = requirements.awards(ledger.read_one(portfolio).structure)
    rows = list(_rows(request.user, portfolio).filter(module=None))
    shown = {name: Shown(name, [row for row in rows if row.award == name]) for name in names}
    asked = (request.POST if request.method == "POST" else request.GET).get("award", "")
    chosen = asked if asked in shown else ""
    subject = ResultOf(portfolio, award=chosen)
    back, form = reverse("awards", args=[ref]), None
    try:
        if request.method == "POST":
            fetch_step(request, _step(subject), subject, portfolio)
        if chosen:
            form = _form(request, subject, shown[chosen], back)
            if form and request.method == "POST" and _recorded(request, subject, form):
                messages.success(request, f"Recorded: the university’s result for {chosen}.")
                return redirect("awards", ref)
        elif request.method == "POST":
            messages.error(request, "Choose the award first: nothing was recorded.")
    except TooLate as late:
        return as_it_stands(request, late, awards, ref)
    context = {
        "portfolio": portfolio,
        "voice": Voice(request.user, portfolio),
        "shown": list(shown.values()),
        "chosen": chosen if form else "",
        "may": _may(request.user, portfolio),
        "doubt": "" if proof.all_agree(portfolio, rows, [UniversityResult], module=None) else proof.DOUBT,
        "form": form,
        "crumbs": crumbs(portfolio),
    }
    refused = request.method == "POST"
    return render(request, "portfolio/recorded/awards.html", context, status=422 if refused else 200)


def _rows(user: User, portfolio: Portfolio) -> Any:
    return visible_in(portfolio, user, UniversityResult).select_related("module", "portfolio").order_by("-number")


def _step(subject: ResultOf) -> str:
    return "correct result" if subject.newest else "record result"


def _may(user: User, portfolio: Portfolio) -> bool:
    """Whether the reader may record results here now."""
    return bool(available(ResultOf(portfolio, award="-"), portfolio, by=user))


def _form(request: SignedIn, subject: ResultOf, shown: Shown, back: str) -> ResultForm | None:
    """The form, for whoever may take the step now; who sends it and may not is refused."""
    steps: dict[str, Step] = available(subject, subject.portfolio, by=request.user)
    step = steps.get(_step(subject))
    if request.method == "POST":
        step = fetch_step(request, _step(subject), subject, subject.portfolio)
    if step is None:
        return None
    seen = result_digest(shown.rows[0]) if shown.rows else ""
    data = request.POST if request.method == "POST" else None
    initial = {"award": subject.award, "seen": seen}
    return ResultForm(data, step=step, corrects=bool(shown.rows), back=back, initial=initial)


def _recorded(request: SignedIn, subject: ResultOf, form: ResultForm) -> bool:
    """Whether it was taken. What is missing is said on the form."""
    if not form.is_valid():
        return False
    typed = form.cleaned_data
    try:
        reason, seen = typed.get("reason", ""), typed["seen"]
        perform(_step(subject), subject, by=request.user, reason=reason, seen=seen, given=form.given())
    except Incomplete as incomplete:
        say_on(form, incomplete)
        return False
    return True
