"""Who may see and decide on this portfolio, in which role, from when to when; and whether it is open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_text_list
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import SignedIn
from portfolio import access, proof
from portfolio.access import visible_in
from portfolio.forms.steps import ReasonForm
from portfolio.models import Administration, Closure, FeedbackRound, Nomination, Role
from portfolio.shapes import NOMINATION_SHAPES
from portfolio.states import Part, RoleKind
from portfolio.views.fetch import fetch_portfolio, fetch_step, say_on, too_late
from portfolio.views.links import crumbs
from portfolio.workflow import Incomplete, TooLate, available, perform

PER_PAGE = 25


@dataclass(frozen=True)
class Person:
    """One role of one person. `what` says what they see and do in it."""

    name: str
    post: str
    role: str
    what: str
    starts_on: date
    ends_on: date | None

    @property
    def past(self) -> bool:
        return self.ends_on is not None and self.ends_on < timezone.localdate()

    @property
    def ahead(self) -> bool:
        return self.starts_on > timezone.localdate()


WHAT: dict[str, str] = {
    RoleKind.OFFICER: "Confirms requirements, unlocks, signs off modules; decides what is sent to them",
    RoleKind.COORDINATOR: "May do all that the training officer may",
    RoleKind.ASSESSOR: "Sees and decides only what is sent to them",
    RoleKind.SUPERVISOR: "Sees how far the trainee is, and sees and decides on",
}
BY_LINK = "Has no account. Sees and decides, by a link, only what is sent to them"
NOT_CONFIRMED = "Gives nothing: its placement has changed or was removed"
ADMINISTERS = "Keeps curricula, people and cohorts, unlocks and voids. Never signs or decides"
CANNOT_DECIDE = "Cannot decide here: they have an open portfolio of this programme, or their account is not active"


@require_safe
def people(request: SignedIn, ref: str) -> HttpResponse:
    """Those of today first; the past ones are folded away."""
    portfolio = fetch_portfolio(request, ref)
    able = set(access.may_decide_on(portfolio).values_list("pk", flat=True))
    roles = visible_in(portfolio, request.user, Role).select_related("user", "placement").prefetch_related("modules")
    administrations = access.administering(portfolio).select_related("user").order_by("user__name", "starts_on")
    closures = list(portfolio.closures.all())
    everybody = [*_held(roles, able), *_administering(administrations)]
    nominations = visible_in(portfolio, request.user, Nomination).select_related("answer").order_by("-since", "-pk")
    named = Paginator(nominations, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "portfolio": portfolio,
        "crumbs": crumbs(portfolio),
        "current": [person for person in everybody if not person.past],
        "past": [person for person in everybody if person.past],
        "page": named,
        "nominations": [(row, NOMINATION_SHAPES[row.state]) for row in named],
        "steps": available(portfolio, portfolio, by=request.user),
        "administers": Part.ADMINISTRATOR in access.parts(request.user, portfolio),
        "closures": closures,
        "doubt": "" if proof.all_agree(portfolio, closures, [Closure]) else proof.DOUBT,
    }
    return render(request, "portfolio/people.html", context)


def _held(roles: Iterable[Role], able: set[int]) -> list[Person]:
    """Roles, the officer's first. A role that gives nothing says so."""
    order = list(RoleKind)
    found = [
        Person(
            name=role.user.name,
            post=role.user.post,
            role=role.get_kind_display(),
            what=_what(role, able),
            starts_on=role.starts_on,
            ends_on=role.ends_on,
        )
        for role in sorted(roles, key=lambda role: (order.index(RoleKind(role.kind)), role.user.name, role.starts_on))
    ]
    return found


def _what(role: Role, able: set[int]) -> str:
    today = timezone.localdate()
    in_dates = role.starts_on <= today and (role.ends_on is None or today <= role.ends_on)
    if role.user.one_off:
        return BY_LINK
    if in_dates and role.kind in access.DECIDING and role.user_id not in able:
        return CANNOT_DECIDE
    return WHAT[role.kind] if role.kind != RoleKind.SUPERVISOR else _supervises(role)


def _supervises(role: Role) -> str:
    """The modules of the placement, while it is confirmed."""
    if not hasattr(role, "placement"):
        return NOT_CONFIRMED
    codes = sorted(module.code for module in role.modules.all())
    return f"{WHAT[role.kind]} {get_text_list(codes, 'and')} only" if codes else "Sees how far the trainee is"


def _administering(rows: Iterable[Administration]) -> list[Person]:
    return [
        Person(row.user.name, row.user.post, "Programme administrator", ADMINISTERS, row.starts_on, row.ends_on)
        for row in rows
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: SignedIn, ref: str) -> HttpResponse:
    """Nothing can be done in a closed portfolio; everybody who sees it reads on."""
    return _turn(request, ref, "close portfolio", "Closed: it can be read, and nothing in it can be changed.")


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: SignedIn, ref: str) -> HttpResponse:
    """Work goes on where it stopped."""
    return _turn(request, ref, "reopen portfolio", "Reopened: work can go on.")


def _turn(request: SignedIn, ref: str, name: str, done: str) -> HttpResponse:
    portfolio = fetch_portfolio(request, ref)
    back = reverse("people", args=[ref])
    try:
        step = fetch_step(request, name, portfolio, portfolio)
        style = "warning" if name == "close portfolio" else "primary"
        form = ReasonForm(request.POST if request.method == "POST" else None, step=step, back=back, style=style)
        if request.method == "POST" and form.is_valid():
            perform(name, portfolio, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, done)
            return redirect(back)
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        return too_late(request, late, back)
    closes = name == "close portfolio"
    context = {
        "portfolio": portfolio,
        "crumbs": crumbs(portfolio, ("People", back)),
        "step": step,
        "form": form,
        "closing": closes,
        "rounds": visible_in(portfolio, request.user, FeedbackRound).filter(closing=None) if closes else (),
    }
    return render(request, "portfolio/portfolio_close.html", context, status=422 if form.errors else 200)
