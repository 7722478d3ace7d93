"""`/`: what this is, for somebody who is signed out; for everybody else, the way to their own work."""

from dataclasses import dataclass
from typing import cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from accounts.models import User
from portfolio import access
from portfolio.models import Portfolio
from portfolio.states import RoleKind
from portfolio.views.navigation import own_portfolios, waits


@dataclass(frozen=True)
class Card:
    """One thing that somebody came for."""

    title: str
    text: str
    href: str


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Somebody with one way to go goes it at once; somebody with several chooses."""
    user = request.user
    if not user.is_authenticated:
        return render(request, "portfolio/home.html")
    own = own_portfolios(user)
    mine = [portfolio for portfolio in own if portfolio.closed_at is None] or own
    kinds = set(access.askable_roles(user=user).values_list("kind", flat=True))
    administers = access.may_enter_admin(user)
    ways = [reverse("progress", args=[portfolio.ref]) for portfolio in mine]
    if RoleKind.ASSESSOR in kinds:
        ways.append(reverse("reviewing"))
    if administers or access.looked_after(user).exists():
        ways.append(reverse("trainees"))
    if len(ways) == 1:
        return redirect(ways[0])
    if not ways:
        return render(request, "portfolio/home_nothing_yet.html")
    cards = [_own(portfolio) for portfolio in mine]
    if kinds:
        cards.append(_queue(len(waits(cast(SignedIn, request)))))
    if reverse("trainees") in ways:
        cards.append(_trainees(user))
    if administers:
        cards.append(Card("Administration", "Curricula, people and cohorts.", reverse("admin:index")))
    return render(request, "portfolio/home_parts.html", {"cards": cards})


def _own(portfolio: Portfolio) -> Card:
    closed = " It is closed: you can read it." if portfolio.closed_at else ""
    return Card("Your portfolio", f"{portfolio.curriculum}.{closed}", reverse("progress", args=[portfolio.ref]))


def _queue(waiting: int) -> Card:
    text = "Work that trainees sent to you, oldest due first." if waiting else "Nothing waits for your decision."
    return Card(f"Your queue ({waiting})", text, reverse("reviewing"))


def _trainees(user: User) -> Card:
    count = access.looked_after(user).count()
    return Card(f"Your trainees ({count})", "How far each of them is, and what waits.", reverse("trainees"))
