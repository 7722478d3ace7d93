"""Where one activity stands, in a sentence, and the steps from there as buttons."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.urls import reverse

from portfolio.forms.picker import key_of
from portfolio.models import Portfolio
from portfolio.requirements import Place
from portfolio.requirements.words import day, pages
from portfolio.states import ActivityState
from portfolio.templatetags.waiting import waited
from portfolio.views.voice import Voice
from portfolio.workflow import Step

PRIMARY, SECONDARY, LINK = (
    "nhsuk-button nhsuk-button--small",
    "nhsuk-button nhsuk-button--secondary nhsuk-button--small",
    "",
)
# Where each step of an activity is taken, and how its way there looks. A test says that no step is forgotten.
LOOKS: dict[str, str | None] = {
    "link": None,  # the evidence panel leads there
    "unlink": None,  # on the page of evidence
    "submit": PRIMARY,
    "return": PRIMARY,
    "sign off": None,  # one page for both decisions
    "redirect": SECONDARY,
    "hand over": None,  # with the end of a role, in the admin site
    "lend device": None,  # on the page of the submission
    "withdraw": LINK,
    "unlock": SECONDARY,
    "record elsewhere": LINK,
    "void elsewhere": SECONDARY,
}


def note(place: Place, module: str, voice: Voice, *, signer: str = "") -> str:
    """With whom it is and since when, or what comes next. `signer`: whose decision keeps it signed off."""
    said = NOTES[place.state](place, module, voice)
    return f"By {signer}. {said}" if signer else said


def _not_started(place: Place, module: str, voice: Voice) -> str:
    return "Log evidence to start." if voice.writes else "No evidence is linked yet."


def _draft(place: Place, module: str, voice: Voice) -> str:
    linked = f"{pages(place.pages)} of evidence"
    return f"{linked}. Submit it when it is complete." if voice.writes else f"{linked}, not submitted yet."


def _in_review(place: Place, module: str, voice: Voice) -> str:
    waiting = place.waiting
    if waiting is None or waiting.assessor is None:
        return "With nobody: choose another assessor. The one it was sent to can no longer decide."
    return f"With {waiting.assessor}. {waited(waiting.since)}. A decision is due by {day(waiting.due_on)}."


def _returned(place: Place, module: str, voice: Voice) -> str:
    told = place.feedback
    return f"By {told.by} on {day(told.at)}. What they said is below." if told else ""


def _signed_off(place: Place, module: str, voice: Voice) -> str:
    signed = f"On {day(place.record.signed_at)}. " if place.record and place.record.signed_at else ""
    return f"{signed}Locked, and counted in {module}." if place.required else f"{signed}Locked. It is {place.why_not}."


def _signed_elsewhere(place: Place, module: str, voice: Voice) -> str:
    """Whose signature the other system holds; that it is no decision made here is the state's own word."""
    held = place.record.elsewhere if place.record else None
    signed = f"By {held.by} on {day(held.on)}, in {held.system}. " if held else ""
    return f"{signed}Counted in {module}." if place.required else f"{signed}It is {place.why_not}."


NOTES: dict[str, Callable[[Place, str, Voice], str]] = {
    ActivityState.NOT_STARTED: _not_started,
    ActivityState.DRAFT: _draft,
    ActivityState.IN_REVIEW: _in_review,
    ActivityState.RETURNED: _returned,
    ActivityState.SIGNED_OFF: _signed_off,
    ActivityState.SIGNED_ELSEWHERE: _signed_elsewhere,
}


NEED_NO_SUBMISSION = ("submit", "unlock", "record elsewhere", "void elsewhere")


def buttons(
    portfolio: Portfolio, module: str, place: Place, steps: dict[str, Step], xid: str = ""
) -> list[dict[str, str]]:
    """The steps that the reader may take now, as ways to the page of each. Nothing changes before that page is sent.

    `xid`: of the record by which it is signed elsewhere.
    """
    sid = place.waiting.sid if place.waiting else ""  # none is left when somebody took away whom it is with
    found = []
    for name, look in LOOKS.items():
        if name in steps and look is not None and (sid or name in NEED_NO_SUBMISSION):
            label = "Read and decide" if name == "return" else steps[name].label
            found.append(
                {"label": label, "css": look, "href": _page_of(name, portfolio.ref, module, place.number, sid or xid)}
            )
    return found


def _page_of(step: str, ref: str, module: str, number: int, sid: str) -> str:
    if step == "submit":
        return for_activity("submit", ref, module, number)
    if step == "unlock":
        return reverse("activity_unlock", args=[ref, module, number])
    if step == "record elsewhere":
        return f"{reverse('elsewhere_new', args=[ref])}?{urlencode({'module': module, 'number': number})}"
    if step == "void elsewhere":
        return reverse("elsewhere_void", args=[ref, sid]) if sid else reverse("elsewhere", args=[ref])
    if step == "return":
        return reverse("review", args=[sid])
    return reverse(f"submission_{step}", args=[ref, sid])


def for_activity(name: str, ref: str, module: str, number: int) -> str:
    """A page of the portfolio, with this activity ticked."""
    return f"{reverse(name, args=[ref])}?{urlencode({'activity': key_of(module, number)}, safe='/')}"
