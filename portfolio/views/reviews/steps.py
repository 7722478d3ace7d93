"""The steps of a review meeting, each on a page of its own or behind a button of the point's page."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.middleware import SignedIn
from portfolio.forms.reviews import ActionForm, AgainForm, NotesForm, OfStep, PlanForm
from portfolio.states import Part, Side
from portfolio.views.fetch import as_it_stands, fetch_step, say_on, too_late
from portfolio.views.reviews.fetch import fetch_review
from portfolio.views.reviews.points import point, reviews_crumbs
from portfolio.views.voice import Voice
from portfolio.workflow import Incomplete, ReviewOf, TooLate, perform
from portfolio.workflow.reviews import Which, notes_seen


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: SignedIn, ref: str, number: int) -> HttpResponse:
    """A first date for the meeting, or another one."""
    subject, _ = fetch_review(request, ref, number)
    first = subject.meeting is None
    initial = {"on": subject.point.day if subject.meeting is None else subject.meeting.planned_on}
    return _step(
        request,
        subject,
        "plan review",
        PlanForm,
        title="Plan the meeting" if first else "Change the date",
        lead=_opens(subject),
        done="The meeting is planned.",
        label="Plan the meeting" if first else "Change the date",
        initial=initial,
    )


def _opens(subject: ReviewOf) -> str:
    """From when the rules mean the review to be held: said before a day is chosen, and no reason to refuse one."""
    opens = subject.point.opens
    if opens is None:
        return ""
    if opens.day is None:
        return f"The day on which this review opens is not known while leave has no end. {opens.how}"
    return f"This review opens on {opens.words}. If you meet before that day, the record says that it was early."


@require_http_methods(["GET", "HEAD", "POST"])
def again(request: SignedIn, ref: str, number: int) -> HttpResponse:
    """What was signed stays; a new record of the same point corrects it."""
    subject, _ = fetch_review(request, ref, number)
    return _step(
        request,
        subject,
        "record review again",
        AgainForm,
        title="Make a new record",
        lead="What was signed stays as it is. The new record corrects it once both of you have signed that one.",
        done="There is a new record of this review.",
        initial={"on": subject.meeting.planned_on if subject.meeting else None},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def notes(request: SignedIn, ref: str, number: int) -> HttpResponse:
    """What the reader's own side writes."""
    subject, voice = fetch_review(request, ref, number)
    side = _side(voice)
    meeting = subject.meeting
    initial = {"text": meeting.notes(side), "seen": notes_seen(meeting, side)} if meeting else {}
    return _step(
        request,
        subject,
        "write review notes",
        NotesForm,
        title="Your notes" if side is Side.TRAINEE else "The training officer’s notes",
        done="Your notes are saved.",
        initial=initial,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: SignedIn, ref: str, number: int) -> HttpResponse:
    """Who does what by when."""
    subject, _ = fetch_review(request, ref, number)
    sides = [(Side.TRAINEE, subject.portfolio.trainee.name), (Side.OFFICER, "The training officer")]
    return _step(
        request, subject, "agree action", ActionForm, title="Add an action", done="The action is added.", sides=sides
    )


@require_POST
def drop(request: SignedIn, ref: str, number: int, action: int) -> HttpResponse:
    """Take an action off again, before anybody has signed."""
    return _at_once(request, ref, number, "drop action", given=Which(action), done="The action is taken off.")


@require_POST
def done(request: SignedIn, ref: str, number: int, action: int) -> HttpResponse:
    """Somebody did what was agreed."""
    return _at_once(request, ref, number, "complete action", given=Which(action), done="Marked as done.")


@require_POST
def reopen(request: SignedIn, ref: str, number: int, action: int) -> HttpResponse:
    """It was marked as done too early."""
    return _at_once(request, ref, number, "reopen action", given=Which(action), done="The action is open again.")


@require_POST
def sign(request: SignedIn, ref: str, number: int) -> HttpResponse:
    """Sign what the page of the point shows, for one's own side."""
    subject, voice = fetch_review(request, ref, number)
    name = f"sign review as {'trainee' if _side(voice) is Side.TRAINEE else 'officer'}"
    seen = request.POST.get("seen", "")
    return _at_once(request, ref, number, name, seen=seen, done=f"Signed: {subject.point.name}.")


def _side(voice: Voice) -> Side:
    """The side that this person is on, if they are on any."""
    return Side.TRAINEE if Part.TRAINEE in voice.parts else Side.OFFICER


def _step(
    request: SignedIn,
    subject: ReviewOf,
    name: str,
    form_of: type[OfStep],
    *,
    title: str,
    done: str,
    lead: str = "",
    **kwargs: Any,
) -> HttpResponse:
    """A page that is one form and one step."""
    portfolio, number = subject.portfolio, subject.point.number
    back = reverse("review_point", args=[portfolio.ref, number])
    try:
        step = fetch_step(request, name, subject, portfolio)
        form: Any = form_of(request.POST if request.method == "POST" else None, step=step, back=back, **kwargs)
        if request.method == "POST" and form.is_valid():
            typed = form.cleaned_data
            perform(
                name,
                subject,
                by=request.user,
                given=form.given(),
                reason=typed.get("reason", ""),
                seen=typed.get("seen"),
            )
            messages.success(request, done)
            return redirect(back)
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        return too_late(request, late, back)
    context = {
        "portfolio": portfolio,
        "title": title,
        "caption": Voice(request.user, portfolio).caption(subject.point.name),
        "lead": lead,
        "form": form,
        "crumbs": [*reviews_crumbs(subject), (subject.point.name, back)],
    }
    return render(request, "portfolio/reviews/step.html", context, status=422 if form.errors else 200)


def _at_once(request: SignedIn, ref: str, number: int, name: str, *, done: str, **kwargs: Any) -> HttpResponse:
    """A step behind a button: done, or the point as it stands with what was wrong."""
    subject, _ = fetch_review(request, ref, number)
    try:
        perform(name, subject, by=request.user, **kwargs)
    except TooLate as late:
        return as_it_stands(request, late, point, ref, number)
    except Incomplete as incomplete:
        response = as_it_stands(request, TooLate(" ".join(incomplete.errors.values())), point, ref, number)
        response.status_code = Incomplete.status
        return response
    messages.success(request, done)
    return redirect("review_point", ref, number)
