"""One module: what still stands between it and its sign-off, from the first day on."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from accounts.models import User
from curriculum.wording import counted
from portfolio import proof, requirements
from portfolio.access import visible_in
from portfolio.models import Confirmation, ElsewhereVoid, ModuleSignOff, ModuleVoid, SignedElsewhere, UniversityResult
from portfolio.models.signed import Signed
from portfolio.progress import ModuleProgress, module_progress, phase_words
from portfolio.requirements import Blocker, BlockerKind, Place
from portfolio.requirements.words import day
from portfolio.shapes import ACTIVITY_SHAPES
from portfolio.states import ActivityState, ResultState
from portfolio.templatetags.waiting import waited
from portfolio.views.assessments.shown import held_slot, plans, slot_groups, slot_pips
from portfolio.views.fetch import fetch_in_part, fetch_module_in_part, fetch_record
from portfolio.views.goals.shown import of_module
from portfolio.views.links import address
from portfolio.views.module_steps import rule
from portfolio.views.recorded.shown import of_module as signed_there
from portfolio.views.voice import Voice, about
from portfolio.workflow import ModuleOf, Step, available, modules

# Where each step of a module is offered on its page, by the step's name; the words are the step's own.
STEP_PAGES = {
    "sign off module": "module_sign_off",
    "confirm requirements": "module_requirements",
    "void module sign-off": "module_void",
}


@require_safe
def module(request: SignedIn, ref: str, code: str) -> HttpResponse:
    portfolio = fetch_in_part(request, ref)
    record = fetch_record(request, portfolio)
    facts = fetch_module_in_part(request, record, code)
    subject = ModuleOf(portfolio, record, facts)
    in_whole: bool = request.portfolio.in_whole
    voice = Voice(request.user, portfolio)
    may = _steps(request.user, subject, voice)
    sign_offs = _sign_offs(request.user, subject)
    found = module_progress(record, subject.facts)
    places = requirements.places(record, subject.facts)
    may_plan = _may_plan(voice, found)
    there = signed_there(request.user, portfolio, facts, record)
    away = [
        held_slot(portfolio, row, in_whole=in_whole) for row in there if not row.number and not hasattr(row, "void")
    ]
    planned = plans(request.user, subject) if voice.own else []  # a plan is its trainee's alone
    led_to = [*may, *(["plan"] if may_plan else [])]
    context = about(portfolio) | {
        "module": subject.facts,
        "progress": found,
        "voice": voice,
        "caption": _caption(found),
        "library": subject.facts.url or record.structure.source,
        "head": _head(found),
        "percent": _percent(found),
        "pips": [_pip(place) for place in places],
        "assessment_pips": _assessment_pips(subject),
        "slots": slot_groups(subject, planned, away, may_plan=may_plan),
        "result": _result(subject) if in_whole and found.needs.university_result else "",
        "choice": _choice(subject) if in_whole else "",
        "elsewhere": in_whole and found.activities.signed_elsewhere + found.assessments.signed_elsewhere > 0,
        "blockers": [
            _blocker(one, subject, voice, led_to, in_whole=in_whole) for one in requirements.grouped(found.blockers)
        ],
        "tasks": [_task(place, ref, code) for place in places],
        "next_number": requirements.next_number(record, subject.facts),
        "may_add": voice.writes and portfolio.closed_at is None,
        "rule": rule(subject),
        "goals": of_module(request.user, portfolio) if in_whole and modules.rests_on_goals(subject.facts) else None,
        "steps": [
            {"label": step.label, "href": reverse(STEP_PAGES[name], args=[ref, code])} for name, step in may.items()
        ],
        "signed": record.module(subject.facts).signed,
        "doubt": "" if _agrees(request.user, subject, sign_offs, there, in_whole=in_whole) else proof.DOUBT,
        "confirmed": _confirmed(subject),
        "added": requirements.added_after_sign_off(record, subject.facts),
        "voided": _voided(sign_offs),
        "crumbs": [("Progress", reverse("progress", args=[ref]))],
    }
    return render(request, "portfolio/module.html", context)


def _caption(found: ModuleProgress) -> str:
    """Phase 2, specialist module, 10 credits"""
    return f"{phase_words(found.module.phase)}, {found.module.kind} module, {counted(found.credits, 'credit')}"


def _steps(user: User, subject: ModuleOf, voice: Voice) -> dict[str, Step]:
    """The steps that the reader may take now. There is nothing to confirm where every number is known."""
    steps = available(subject, subject.portfolio, by=user, parts=voice.parts)
    return {
        name: step for name, step in steps.items() if name != "confirm requirements" or modules.asked(subject.facts)
    }


def _head(found: ModuleProgress) -> dict[str, str]:
    """The first number of the page, with its base where there is one."""
    noun = "Training activities" if found.shown is found.activities else "Required items"
    label = f"{noun} {'done' if found.shown.signed_elsewhere else 'signed off'}"
    of = f"of {found.shown.base}" if found.shown.total_known else ""
    return {"label": label, "value": str(found.shown.done), "of": of}


def _percent(found: ModuleProgress) -> str:
    """With its base, and never without: 71% of 14 required items."""
    if found.percent is None:
        return ""
    if not found.count.base:
        return f"{found.percent}%, nothing is required" if found.finished else ""
    base = counted(found.count.base, "required item")
    return f"{found.percent}% of {base}" if found.needs.settled else f"{found.percent}% of the {base} known so far"


def _pip(place: Place) -> dict[str, str]:
    return {
        "label": str(place.number),
        "shape": ACTIVITY_SHAPES[place.state],
        "word": f"{place.state.label.lower()}{', ' + place.why_not if place.why_not else ''}",
        "href": f"#activity-{place.number}",
    }


# --- what is missing ----------------------------------------------------------------------------------------------


def _blocker(one: Blocker, subject: ModuleOf, voice: Voice, may: Iterable[str], *, in_whole: bool) -> dict[str, str]:
    """A row of components/next.html. What is mended on this very page is led to below."""
    href = address(subject.portfolio, one.at, may=tuple(may), in_whole=in_whole)
    if href == reverse("module", args=[subject.portfolio.ref, subject.facts.code]):
        href = (
            "#activities" if one.kind in (BlockerKind.NOT_STARTED, BlockerKind.ACTIVITIES_UNKNOWN) else "#assessments"
        )
    return {
        "shape": one.kind.icon,
        "title": one.words,
        "href": href,
        "note": one.reason,
        "tag": voice.whose(one.who),
    }


# --- activities ---------------------------------------------------------------------------------------------------


def _task(place: Place, ref: str, code: str) -> dict[str, Any]:
    """A row of components/tasks.html."""
    href = reverse("activity", args=[ref, code, place.number])
    return {
        "number": place.number,
        "title": place.title or f"Activity {place.number}, wording not recorded",
        "href": href,
        "note": ". ".join(filter(None, [_since(place), _apart(place)])),
        "type": place.type,
        "state": place.state,
        "evidence": place.pages,
        "evidence_href": f"{href}#evidence" if place.pages else "",
    }


def _since(place: Place) -> str:
    """Since when it stands where it stands, and with whom."""
    if place.state == ActivityState.IN_REVIEW:
        if place.waiting is None or place.assessor is None:
            return "With nobody: choose another assessor"
        return f"With {place.assessor}. {waited(place.waiting.since)}"
    if place.state == ActivityState.RETURNED and place.feedback:
        return f"Returned by {place.feedback.by} on {day(place.feedback.at)}"
    if place.record and place.record.elsewhere:
        held = place.record.elsewhere
        return f"Signed on {day(held.on)} by {held.by}, in {held.system}"
    if place.record and place.record.signed_at:
        return f"Signed off on {day(place.record.signed_at)}"
    return ""


def _apart(place: Place) -> str:
    """Whose words these are, and why it counts nothing."""
    said = ["Words entered by the trainee"] if place.entered_by_trainee else []
    return ". ".join([*said, *([place.why_not[:1].upper() + place.why_not[1:]] if place.why_not else [])])


# --- assessments and sign-off -------------------------------------------------------------------------------------


def _result(subject: ModuleOf) -> str:
    """What the university says, in words."""
    result = subject.record.module(subject.facts).result
    if result is None or result.state is ResultState.TAKEN_BACK:
        return "Needed, not recorded"
    return f"{result.state.label} on {day(result.on)}"


def _choice(subject: ModuleOf) -> str:
    """Where the choice of its block stands, for a module of an option."""
    block = subject.record.structure.block(subject.facts)
    if subject.facts.id in {one.id for one in block.required}:
        return ""
    asked, taken = (of.get(block.position) for of in (subject.record.asked, subject.record.taken))
    if asked is not None:
        return f"{', '.join(block.options[asked])} taken, to be confirmed"
    return "Not taken" if taken is None else f"{', '.join(block.options[taken])} taken and confirmed"


def _assessment_pips(subject: ModuleOf) -> list[dict[str, str]]:
    """One pip for each slot that is asked for, in its state, the satisfactory ones first."""
    sorts = zip(("CBD", "DOPS/OCE"), requirements.slots(subject.record, subject.facts), strict=True)
    asked = ((label, sort) for label, sort in sorts if sort.needed is not None)
    return [pip for label, sort in asked for pip in slot_pips(sort, label, "#assessments")]


def _may_plan(voice: Voice, found: ModuleProgress) -> bool:
    """Assessments are planned by the trainee; where another option was taken they would count nothing."""
    return voice.writes and not found.record.closed and found.standing is not requirements.Standing.NOT_TAKEN


def _confirmed(subject: ModuleOf) -> dict[str, Any] | None:
    """What the officer confirmed, by whom; and what of it the curriculum has replaced since (rule 4)."""
    confirmed = subject.record.module(subject.facts).confirmed
    if confirmed is None:
        return None
    asked = (
        (("activity", "activities"), confirmed.activities),
        (("CBD", "CBDs"), confirmed.cbd),
        (("DOPS or OCE", "DOPS or OCE"), confirmed.observed),
    )
    said = [counted(number, *names) for names, number in asked if number is not None]
    replaced = requirements.replaced_since_confirmed(subject.record, subject.facts)
    return {"row": confirmed, "said": ", ".join(said), "replaced": replaced}


def _sign_offs(user: User, subject: ModuleOf) -> list[ModuleSignOff]:
    """Those that stand and those that were voided, the newest first."""
    rows = visible_in(subject.portfolio, user, ModuleSignOff).filter(module=subject.facts.id)
    return list(rows.select_related("portfolio", "module", "void"))


def _agrees(
    user: User, subject: ModuleOf, sign_offs: list[ModuleSignOff], away: list[SignedElsewhere], *, in_whole: bool
) -> bool:
    """Whether every sign-off, void, confirmation and result of this module is what was recorded when it was made; and
    where a slot shows a record of another system, every such record.

    Results are not for a placement supervisor, who is told of what they read.
    """
    held = subject.record.module(subject.facts)
    confirmations = _of_module(user, subject, Confirmation) if held.confirmed else []
    results = _of_module(user, subject, UniversityResult) if held.result and in_whole else []
    voids = [row.void for row in sign_offs if hasattr(row, "void")]
    rows = [*sign_offs, *voids, *confirmations, *results, *away, *(row.void for row in away if hasattr(row, "void"))]
    kinds = (ModuleSignOff, ModuleVoid, Confirmation, *([UniversityResult] if in_whole else []))
    kinds += (SignedElsewhere, ElsewhereVoid) if away else ()
    return proof.all_agree(subject.portfolio, rows, kinds, module=subject.facts.code)


def _of_module(user: User, subject: ModuleOf, model: type[Confirmation] | type[UniversityResult]) -> list[Signed]:
    rows = visible_in(subject.portfolio, user, model).filter(module=subject.facts.id)
    return list(rows.select_related("portfolio", "module"))


def _voided(sign_offs: list[ModuleSignOff]) -> list[dict[str, Any]]:
    """Sign-offs that no longer stand, as components/timeline.html takes them."""
    return [
        {
            "shape": "unlock",
            "what": f"Sign-off {row.number} was voided",
            "who": f"{day(row.void.voided_at)}, {row.void.signer_name}",
            "said": row.void.reason,
        }
        for row in sign_offs
        if hasattr(row, "void")
    ]
