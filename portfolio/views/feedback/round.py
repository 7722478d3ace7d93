"""One round of feedback: whom it asks, how many answered, its report, and the steps that it can take."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import SignedIn
from portfolio import access, proof
from portfolio.access import visible, visible_in
from portfolio.forms.evidence import made_by, new_token
from portfolio.forms.feedback import InviteForm, ReleaseForm, WithdrawForm
from portfolio.forms.steps import StepForm
from portfolio.models import (
    FeedbackAnswer,
    FeedbackClosing,
    FeedbackInvitation,
    FeedbackRelease,
    FeedbackRound,
    Portfolio,
)
from portfolio.models.signed import Signed
from portfolio.shapes import FEEDBACK_SHAPES
from portfolio.states import FeedbackState, RespondentGroup
from portfolio.views.feedback.rounds import NEXT, OWN_NEXT, feedback_crumb
from portfolio.views.fetch import fetch_own, fetch_portfolio, fetch_step, say_on, too_late
from portfolio.views.links import crumbs
from portfolio.views.voice import Voice, about
from portfolio.workflow import Incomplete, RoundOf, TooLate, available, perform, writing
from portfolio.workflow.feedback import can_show, state_of
from portfolio.workflow.feedback.report import Reported, report
from portfolio.workflow.feedback.using import use

STEP_PAGES = {
    "invite respondents": ("feedback_invite", "Invite people"),
    "withdraw invitation": ("feedback_withdraw", "Take an invitation back"),
    "remind respondents": ("feedback_remind", "Send a reminder"),
    "close feedback": ("feedback_close", "Close this round"),
    "release feedback": ("feedback_release", "Record that you talked about it"),
}
SIGNED = (FeedbackRound, FeedbackClosing, FeedbackRelease)


@require_safe
def feedback_round(request: SignedIn, ref: str, number: int) -> HttpResponse:
    portfolio = fetch_portfolio(request, ref)
    row = _fetch(request, portfolio, number)
    voice = Voice(request.user, portfolio)
    steps = available(_subject(row), portfolio, by=request.user, parts=voice.parts)
    asked = _asked(request, row)
    agrees = proof.all_agree(portfolio, _signed(row), SIGNED, feedback_round=number)
    reported = _report(request, row)
    context = about(portfolio) | {
        "voice": voice,
        "crumbs": crumbs(portfolio, feedback_crumb(portfolio)),
        "row": row,
        "state": state_of(row),
        "shape": FEEDBACK_SHAPES[state_of(row)],
        "next": (OWN_NEXT if voice.own else NEXT)[state_of(row)],
        "steps": [
            {"label": label, "href": reverse(page, args=[ref, number])}
            for name, (page, label) in STEP_PAGES.items()
            if name in steps
        ],
        "asked": _in_groups(_standing(asked)),
        "withdrawn": [one.address for one in asked if one.withdrawn],
        "knows": voice.own or bool(access.OFFICERS & voice.parts),
        "conditions": _conditions(row, asked),
        "count": _count(row, asked),
        "doubt": "" if agrees else proof.DOUBT,
        "report": reported if agrees else [],
        "reads": bool(reported),
        "shows": can_show(portfolio, row.name) if reported else (),
        "page_token": new_token(portfolio) if _may_use(request, row) else "",
    }
    return render(request, "portfolio/feedback/round.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: SignedIn, ref: str, number: int) -> HttpResponse:
    """Whom to ask, by group. What is wrong is said at its box, and nobody is asked until every address is right."""
    portfolio = fetch_portfolio(request, ref)
    row = _fetch(request, portfolio, number)
    try:
        step = fetch_step(request, "invite respondents", _subject(row), portfolio)
        form = InviteForm(_sent(request), portfolio=portfolio, step=step, back=_address(row))
        if request.method == "POST" and form.is_valid():
            given = form.given()
            perform(step.name, _subject(row), by=request.user, given=given)
            count = len(given.respondents)
            messages.success(request, f"{count} {'person is' if count == 1 else 'people are'} asked by e-mail.")
            return redirect(_address(row))
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        return too_late(request, late, _address(row))
    context = _context(row) | {
        "form": form,
        "asked": _in_groups(_standing(_asked(request, row))),
        "advised": settings.FEEDBACK_ADVISED,
        "most": settings.FEEDBACK_MOST,
    }
    return render(request, "portfolio/feedback/invite.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedIn, ref: str, number: int) -> HttpResponse:
    """A mistyped address is asked no more. Any invitation can be taken back: what is offered tells nothing."""
    portfolio = fetch_portfolio(request, ref)
    row = _fetch(request, portfolio, number)
    try:
        step = fetch_step(request, "withdraw invitation", _subject(row), portfolio)
        asked = _standing(_asked(request, row))
        form = WithdrawForm(_sent(request), asked=asked, step=step, back=_address(row))
        if request.method == "POST" and form.is_valid():
            perform(step.name, _subject(row), by=request.user, given=form.given())
            messages.success(request, "Taken back: the link does not work any more, and no reminder goes there.")
            return redirect(_address(row))
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        return too_late(request, late, _address(row))
    context = _context(row) | {"form": form, "asked": asked}
    return render(request, "portfolio/feedback/withdraw.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def remind(request: SignedIn, ref: str, number: int) -> HttpResponse:
    """A mail to all who have not answered; nobody learns who they are."""
    return _step(request, ref, number, "remind respondents", "A reminder went to everybody who has not answered.")


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: SignedIn, ref: str, number: int) -> HttpResponse:
    """No more answers. With too few, nothing is revealed to anybody."""
    return _step(request, ref, number, "close feedback", "Closed: no more answers are taken.", style="warning")


def _step(request: SignedIn, ref: str, number: int, name: str, done: str, *, style: str = "primary") -> HttpResponse:
    """A step that needs nothing but to be taken, and says what it means first."""
    portfolio = fetch_portfolio(request, ref)
    row = _fetch(request, portfolio, number)
    try:
        step = fetch_step(request, name, _subject(row), portfolio)
        form = StepForm(_sent(request), step=step, back=_address(row), style=style)
        if request.method == "POST" and form.is_valid():
            perform(name, _subject(row), by=request.user)
            messages.success(request, done)
            return redirect(_address(row))
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        return too_late(request, late, _address(row))
    context = _context(row) | {
        "step": step,
        "form": form,
        "closing": name == "close feedback",
        "count": _count(row, _asked(request, row)),
    }
    return render(request, "portfolio/feedback/step.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: SignedIn, ref: str, number: int) -> HttpResponse:
    """The officer has talked about the report with the trainee, who reads it from now on."""
    portfolio = fetch_portfolio(request, ref)
    row = _fetch(request, portfolio, number)
    try:
        step = fetch_step(request, "release feedback", _subject(row), portfolio)
        seen = {"seen": row.closing.digest}
        form = ReleaseForm(_sent(request), step=step, back=_address(row), initial=seen)
        if request.method == "POST" and form.is_valid():
            seen_then = form.cleaned_data["seen"]
            perform(step.name, _subject(row), by=request.user, seen=seen_then, given=form.given())
            messages.success(request, f"Recorded. {portfolio.trainee.name} can read the report now.")
            return redirect(_address(row))
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        return too_late(request, late, _address(row))
    context = _context(row) | {"form": form, "report": _report(request, row)}
    return render(request, "portfolio/feedback/release.html", context, status=422 if form.errors else 200)


@require_POST
def use_as_evidence(request: SignedIn, ref: str, number: int) -> HttpResponse:
    """A page of evidence with the report as its text, ready to be linked; sent twice, the form makes it once."""
    portfolio = fetch_own(request, ref)
    row = _fetch(request, portfolio, number)
    try:
        made = use(row, by=request.user, eid=made_by(portfolio, request.POST))
    except TooLate as late:
        return too_late(request, late, _address(row))
    messages.success(request, "A page of evidence holds the report now. Link it to activities, then save it.")
    return redirect("evidence_edit", ref, made.eid)


# --- what the pages need ------------------------------------------------------------------------------------------


def _fetch(request: SignedIn, portfolio: Portfolio, number: int) -> FeedbackRound:
    rows = visible_in(portfolio, request.user, FeedbackRound).select_related("portfolio__trainee", "closing__release")
    return get_object_or_404(rows, number=number)


def _subject(row: FeedbackRound) -> RoundOf:
    return RoundOf(row.portfolio, row.name, row)


def _sent(request: SignedIn) -> Any:
    return request.POST if request.method == "POST" else None


def _address(row: FeedbackRound) -> str:
    return reverse("feedback_round", args=[row.portfolio.ref, row.number])


def _context(row: FeedbackRound) -> dict[str, Any]:
    trail = crumbs(row.portfolio, feedback_crumb(row.portfolio), (str(row), _address(row)))
    return {"portfolio": row.portfolio, "row": row, "crumbs": trail}


def _signed(row: FeedbackRound) -> list[Signed]:
    """The round with its closing and its release, as far as there are such."""
    closing = getattr(row, "closing", None)
    return [one for one in (row, closing, getattr(closing, "release", None)) if one is not None]


def _asked(request: SignedIn, row: FeedbackRound) -> list[FeedbackInvitation]:
    """Whom the round asks, for those who may know. Nothing shows which of them have answered."""
    return list(visible(request.user, FeedbackInvitation).filter(round=row))


def _standing(asked: Sequence[FeedbackInvitation]) -> list[FeedbackInvitation]:
    """Those that were not taken back."""
    return [one for one in asked if not one.withdrawn]


def _in_groups(asked: Sequence[FeedbackInvitation]) -> list[tuple[str, list[str]]]:
    """The addresses by group, in the order of the groups."""
    found = [(group.label, [one.address for one in asked if one.group == group]) for group in RespondentGroup]
    return [(label, addresses) for label, addresses in found if addresses]


@dataclass(frozen=True)
class Count:
    """How many people answered, how many were asked, and how many invitations of those were taken back."""

    answered: int
    invited: int
    withdrawn: int

    @property
    def asked(self) -> int:
        """How many invitations stand."""
        return self.invited - self.withdrawn

    @property
    def words(self) -> str:
        """An answer by an invitation that was taken back since is among the answers, and nothing says so."""
        if not self.withdrawn:
            return f"{self.answered} of {self.invited} answered"
        return f"{self.answered} answered. {self.asked} asked, and {self.withdrawn} more taken back"


def _count(row: FeedbackRound, asked: Sequence[FeedbackInvitation]) -> Count:
    """After the closing its row says it, for who answered is forgotten."""
    if hasattr(row, "closing"):
        return Count(row.closing.answered, row.closing.invited, row.closing.withdrawn)
    return Count(sum(one.answered for one in asked), len(asked), sum(one.withdrawn for one in asked))


def _conditions(row: FeedbackRound, asked: Sequence[FeedbackInvitation]) -> list[dict[str, Any]]:
    """What makes a report, as components/conditions.html takes it."""
    count = _count(row, asked)
    state = state_of(row)
    few = FeedbackState.TOO_FEW
    closed = state not in (FeedbackState.OPEN, few)
    return [
        {
            "met": count.asked >= settings.FEEDBACK_ADVISED,
            "title": f"{settings.FEEDBACK_ADVISED} people asked (advised)",
            "note": f"{count.asked} asked",
        },
        {
            "met": count.answered >= row.least,
            "title": f"At least {row.least} have answered",
            "note": count.words,
        },
        {"met": closed, "title": "The round is closed with enough answers", "note": ""},
        {
            "met": state == FeedbackState.RELEASED,
            "title": "The training officer has talked about the report with the trainee",
            "note": "",
        },
    ]


def _report(request: SignedIn, row: FeedbackRound) -> list[Reported]:
    """The report, where there is one that this person may read."""
    answers = list(visible(request.user, FeedbackAnswer).filter(round=row))
    return report(row.questions, answers) if answers else []


def _may_use(request: SignedIn, row: FeedbackRound) -> bool:
    released = state_of(row) == FeedbackState.RELEASED
    return released and writing.may_write(row.portfolio, by=request.user)
