"""The rounds of feedback that the rules ask for: when, where each stands, and opening one."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import SignedIn
from portfolio.access import visible_in
from portfolio.dates import Falls, TrainingTime, after_months
from portfolio.diary import training_time
from portfolio.forms.steps import StepForm
from portfolio.models import FeedbackRound, Portfolio
from portfolio.shapes import FEEDBACK_SHAPES
from portfolio.states import FeedbackState
from portfolio.views.fetch import fetch_portfolio, fetch_step, say_on, too_late
from portfolio.views.links import crumbs
from portfolio.views.voice import Voice, about
from portfolio.workflow import Incomplete, RoundOf, TooLate, available, perform
from portfolio.workflow.feedback import questions_of, rounds_of, state_of
from portfolio.workflow.feedback.rounds import asked_now

NEXT: dict[str, str] = {
    FeedbackState.NOT_OPENED: "The trainee opens the round and invites people.",
    FeedbackState.OPEN: "People are answering. Close the round when enough have.",
    FeedbackState.TOO_FEW: "It was closed with too few answers and reveals nothing. A new round can be opened.",
    FeedbackState.WITH_OFFICER: "The training officer reads the report, and talks about it with the trainee.",
    FeedbackState.RELEASED: "The report was talked about. The trainee can read it.",
}
OWN_NEXT = NEXT | {
    FeedbackState.NOT_OPENED: "Open the round, then invite people.",
    FeedbackState.WITH_OFFICER: "Your training officer reads the report, and talks about it with you.",
    FeedbackState.RELEASED: "You have talked about the report, and can read it.",
}


@dataclass(frozen=True)
class Shown:
    """One round of the rules. `place` is its number in the rules; `rows` are its attempts, the newest first; `own`: it
    is shown to the trainee."""

    place: int
    subject: RoundOf
    suggested: Falls
    month: int
    rows: list[FeedbackRound]
    may_open: bool
    own: bool

    @property
    def state(self) -> FeedbackState:
        return state_of(self.subject.row)

    @property
    def shape(self) -> str:
        return FEEDBACK_SHAPES[self.state]

    @property
    def next(self) -> str:
        return (OWN_NEXT if self.own else NEXT)[self.state]


@require_safe
def rounds(request: SignedIn, ref: str) -> HttpResponse:
    """What the rules ask for, in order."""
    portfolio = fetch_portfolio(request, ref)
    voice = Voice(request.user, portfolio)
    context = about(portfolio) | {
        "voice": voice,
        "crumbs": crumbs(portfolio),
        "rounds": _shown(request, portfolio, voice),
    }
    return render(request, "portfolio/feedback/rounds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def open_round(request: SignedIn, ref: str, place: int) -> HttpResponse:
    """What opening means, with the questions as respondents will see them."""
    portfolio = fetch_portfolio(request, ref)
    back = reverse("feedback", args=[ref])
    ruled = rounds_of(portfolio)
    if not 1 <= place <= len(ruled):
        raise Http404
    try:
        subject = _newest(request, portfolio, ruled[place - 1].name)
        step = fetch_step(request, "open feedback", subject, portfolio)
        form = StepForm(request.POST if request.method == "POST" else None, step=step, back=back)
        if request.method == "POST" and form.is_valid():
            perform(step.name, subject, by=request.user)
            messages.success(request, f"Open: {subject.words}. Invite people now.")
            return redirect("feedback_invite", ref, _newest(request, portfolio, subject.name).opened.number)
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        return too_late(request, late, back)
    context = {
        "portfolio": portfolio,
        "crumbs": crumbs(portfolio, feedback_crumb(portfolio)),
        "subject": subject,
        "questions": questions_of(asked_now(portfolio)),
        "form": form,
    }
    return render(request, "portfolio/feedback/open.html", context, status=422 if form.errors else 200)


def feedback_crumb(portfolio: Portfolio) -> tuple[str, str]:
    return "Feedback", reverse("feedback", args=[portfolio.ref])


def _rows(request: SignedIn, portfolio: Portfolio) -> list[FeedbackRound]:
    """Every attempt, the newest first, with all that says where it stands."""
    rows = visible_in(portfolio, request.user, FeedbackRound).select_related("closing__release")
    return list(rows.order_by("-number"))


def _newest(request: SignedIn, portfolio: Portfolio, name: str) -> RoundOf:
    rows = [row for row in _rows(request, portfolio) if row.name == name]
    return RoundOf(portfolio, name, rows[0] if rows else None)


def _shown(request: SignedIn, portfolio: Portfolio, voice: Voice) -> list[Shown]:
    every = _rows(request, portfolio)
    hours, leave = training_time([portfolio.pk])
    time = TrainingTime(portfolio.starts_on, tuple(hours[portfolio.pk]), tuple(leave[portfolio.pk]))
    found = []
    for place, ruled in enumerate(rounds_of(portfolio), start=1):
        rows = [row for row in every if row.name == ruled.name]
        subject = RoundOf(portfolio, ruled.name, rows[0] if rows else None)
        steps = available(subject, portfolio, by=request.user, parts=voice.parts)
        suggested = after_months(time, ruled.month)
        found.append(Shown(place, subject, suggested, ruled.month, rows, "open feedback" in steps, voice.own))
    return found
