"""One training activity: what it asks, which evidence shows it, what was said about it, and its label."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import get_text_list
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import SignedIn
from accounts.models import User
from curriculum.models import Prompt, TrainingActivity
from curriculum.structure import ModuleFacts, PromptFacts, Structure
from portfolio import ledger, pages, proof, requirements
from portfolio.access import visible_in
from portfolio.forms.activity import NamePlace
from portfolio.models import Activity, Evidence, Item, ItemPage, Portfolio, Revision
from portfolio.record import Record
from portfolio.requirements import At, Place
from portfolio.requirements.words import day
from portfolio.requirements.words import pages as counted
from portfolio.states import ActivityState, EvidenceKind, EvidenceState, FeedbackState, ItemState
from portfolio.views.activity_history import entries, items_of
from portfolio.views.activity_status import buttons, for_activity, note
from portfolio.views.fetch import fetch_in_part, fetch_module_in_part, fetch_own, fetch_record
from portfolio.views.links import address
from portfolio.views.recorded.shown import SignedThere
from portfolio.views.shown import IN_DOUBT
from portfolio.views.voice import Voice, about
from portfolio.workflow import NotAllowed, TooLate, available, writing
from portfolio.workflow.machine import CLOSED
from portfolio.workflow.writing import keeps_words

NEEDS: dict[str, str] = {
    TrainingActivity.Type.DTA: "What a developmental activity needs",
    TrainingActivity.Type.ETA: "What an entrustable activity needs",
    TrainingActivity.Type.OTA: "What an observational activity needs",
}


@dataclass(frozen=True)
class Here:
    """The number that a page is about. `new`: it is the next one, which the trainee may add."""

    portfolio: Portfolio
    record: Record
    module: ModuleFacts
    place: Place
    new: bool

    @property
    def title(self) -> str:
        return self.place.title or f"Activity {self.place.number}"

    @property
    def own_title(self) -> str:
        """The module's title where it carries the trainee's own."""
        plain = self.record.structure.module(self.module.code).title
        return "" if self.module.title == plain else self.module.title

    @property
    def total(self) -> int | None:
        """Of how many; only for a number that is one of them."""
        wanted = requirements.needs(self.record, self.module).activities
        return len(wanted) if wanted and self.place.number in wanted else None

    @property
    def label_is_open(self) -> bool:
        """Whether it may have the trainee's own words now. What was submitted or signed under some keeps them."""
        known = self.module.activity(self.place.number) is not None
        return not known and not keeps_words(self.place.state, named=self.place.entered_by_trainee)

    @property
    def library(self) -> str:
        """Where the School's own wording is."""
        return self.module.url or self.record.structure.source

    def with_items(self, items: Sequence[Item]) -> "Here":
        """The same with whom the activity is with, and what was said of it, read from its items."""
        record = self.place.record
        told = ledger.with_its_items(record, items) if record else None
        return replace(self, place=replace(self.place, record=told))

    def link(self, name: str) -> str:
        return reverse(name, args=[self.portfolio.ref, self.module.code, self.place.number])

    def crumbs(self) -> list[tuple[str, str]]:
        ref, code = self.portfolio.ref, self.module.code
        return [("Progress", reverse("progress", args=[ref])), (code, reverse("module", args=[ref, code]))]


def find(request: SignedIn, portfolio: Portfolio, code: str, number: int) -> Here:
    """404 for a number that this portfolio neither has nor could add next. With whom it is: `Here.with_items`."""
    record = fetch_record(request, portfolio, people=False)
    module = fetch_module_in_part(request, record, code)
    for place in requirements.places(record, module):
        if place.number == number:
            return Here(portfolio, record, module, place, new=False)
    if number != requirements.next_number(record, module):
        raise Http404
    return Here(portfolio, record, module, Place(number, "", "", False, "not required yet", None), new=True)


@require_safe
def activity(request: SignedIn, ref: str, code: str, number: int) -> HttpResponse:
    portfolio = fetch_in_part(request, ref)
    here = find(request, portfolio, code, number)
    items = items_of(request.user, portfolio, here.place.record.id) if here.place.record else []
    here = here.with_items(items)
    place, waiting = here.place, here.place.waiting
    voice = Voice(request.user, portfolio, waiting.assessor_id if waiting else None, here.module.id)
    row = _row(request.user, here, items)
    steps = available(row, portfolio, by=request.user, parts=voice.parts)
    doubted = proof.doubted(portfolio, items)
    there = SignedThere.of(request.user, portfolio, here.module, place)
    evidence = _evidence(request.user, here, row, items)
    context = about(portfolio) | {
        "here": here,
        "voice": voice,
        "status": _status(here, items, voice, doubted, there),
        "buttons": buttons(portfolio, code, place, steps, there.standing.xid if there.standing else ""),
        "prompts": _prompts(here.record.structure, place.type),
        "needs": NEEDS.get(place.type, ""),
        "feedback": _feedback(here) if request.portfolio.in_whole else [],
        "evidence": evidence,
        "evidence_count": counted(len(evidence)),
        "told": place.feedback if place.state == ActivityState.RETURNED and not doubted else None,
        "history": [*entries(items, ref, voice, doubted), *there.entries],
        "log": for_activity("evidence_new", ref, code, number) if "link" in steps else "",
        "may_label": voice.writes and portfolio.closed_at is None and here.label_is_open,
        "label": here.link("activity_label"),
        "crumbs": here.crumbs(),
    }
    return render(request, "portfolio/activity.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def label(request: SignedIn, ref: str, code: str, number: int) -> HttpResponse:
    """The trainee's own words for a number without wording; for the next number, how it is added."""
    portfolio = fetch_own(request, ref)
    here = find(request, portfolio, code, number)
    back = here.link("activity")
    if portfolio.closed_at is not None:
        raise NotAllowed(CLOSED)
    if request.method == "POST":
        form = NamePlace(request.POST, back=back)
        if form.is_valid():
            try:
                writing.name_place(portfolio, code, number, **form.cleaned_data, by=request.user)
            except TooLate as late:
                messages.error(request, late.said)
                return _label_page(request, here, form, status=TooLate.status)
            messages.success(request, f"Saved. {code} activity {number} has your words for it.")
            return redirect(back)
    elif not here.label_is_open:
        return redirect(back)
    else:
        form = NamePlace(initial={"title": here.place.title, "type": here.place.type}, back=back)
    return _label_page(request, here, form, status=422 if form.errors else 200)


def _label_page(request: SignedIn, here: Here, form: NamePlace, *, status: int) -> HttpResponse:
    """The form, with what was typed."""
    crumbs = [*here.crumbs(), (f"Activity {here.place.number}", here.link("activity"))]
    return render(
        request, "portfolio/activity_label.html", {"form": form, "here": here, "crumbs": crumbs}, status=status
    )


def _row(user: User, here: Here, items: Sequence[Item]) -> Activity:
    """What the workflow knows this number by: its items hold it; an unsaved row where there is none."""
    rows = visible_in(here.portfolio, user, Activity).filter(module=here.module.id, number=here.place.number)
    row = items[-1].activity if items else rows.first()
    row = row or Activity(module_id=here.module.id, number=here.place.number)
    row.portfolio = here.portfolio  # what is asked of it next asks of its portfolio
    return row


def _status(
    here: Here, items: Sequence[Item], voice: Voice, doubted: Collection[int], there: SignedThere
) -> dict[str, str]:
    """As the status bar takes it. What must not be relied on is not shown as true."""
    place = here.place
    if doubt := _doubt(place, items, doubted, there):
        return {"value": place.state, "shape": IN_DOUBT[0], "text": IN_DOUBT[1], "note": doubt}
    said = note(place, here.module.code, voice, signer=_signer(place, items))
    return {"value": place.state, "shape": "", "text": _state_words(place, items), "note": said}


def _doubt(place: Place, items: Sequence[Item], doubted: Collection[int], there: SignedThere) -> str:
    """A submission or a record that is not what it was, or a state that none of them makes."""
    if not there.agrees:
        return f"What was signed elsewhere. {proof.DOUBT}"
    if which := [f"submission {item.attempt}" for item in items if item.pk in doubted]:
        return f"{get_text_list(which, 'and').capitalize()}. {proof.DOUBT}"
    possible = proof.possible_of(items, elsewhere=there.standing is not None)
    return "" if place.state in possible else f"{place.state.label}. {proof.DOUBT}"


def _state_words(place: Place, items: Sequence[Item]) -> str:
    """The state's own word, and from the second submission on which one it is."""
    again = place.state == ActivityState.IN_REVIEW and items and items[-1].attempt > 1
    return f"{ActivityState.IN_REVIEW.label}, submission {items[-1].attempt}" if again else ""


def _signer(place: Place, items: Sequence[Item]) -> str:
    """Whose decision it is that keeps this activity signed off: the last one."""
    return items[-1].decision.signer_name if place.state == ActivityState.SIGNED_OFF else ""


def _prompts(structure: Structure, type: str) -> dict[str, list[PromptFacts]]:
    """What evidence of this type should show, and questions to write from. They never hold anything back."""
    found = [one for one in structure.prompts if one.type in ("", type)]
    return {section.value: [one for one in found if one.section == section] for section in Prompt.Section}


def _feedback(here: Here) -> list[dict[str, str]]:
    """The rounds of multi-source feedback whose report can show this, by the rules, and where each stands."""
    found = []
    for ruled in requirements.ruled_rounds(here.record.structure.rules):
        if ruled.can_show(here.module.code, here.place.number):
            stands = here.record.feedback.get(ruled.name)
            at = At("feedback_round", number=stands.number) if stands else At("feedback")
            words = ruled.words[:1].upper() + ruled.words[1:]
            state = (stands.state if stands else FeedbackState.NOT_OPENED).label
            found.append({"words": words, "state": state, "href": address(here.portfolio, at)})
    return found


def _evidence(user: User, here: Here, row: Activity, items: Sequence[Item]) -> list[dict[str, Any]]:
    """To the trainee the pages linked to it now; to their people those that were submitted for it and still stand."""
    standing = [item for item in items if item.state != ItemState.WITHDRAWN]
    return _linked(user, here, row, standing) if pages.is_own(user, here.portfolio) else _submitted(here, standing)


def _linked(user: User, here: Here, row: Activity, standing: Sequence[Item]) -> list[dict[str, Any]]:
    """As they are now, archived ones last."""
    rows: Any = sorted(pages.linked(user, row), key=lambda page: page.archived_at is not None) if row.pk else ()
    return [
        _line(here, page, page, files=page.files, why=page.linked_why, tag=_tag(page, here.place.state, standing))
        for page in rows
    ]


def _submitted(here: Here, standing: Sequence[Item]) -> list[dict[str, Any]]:
    """As they were submitted last, newest first."""
    last = {page.revision.evidence: page for item in standing for page in item.pages.all()}
    return [
        _line(
            here,
            page,
            submitted.revision,
            files=len(submitted.revision.attachments.all()),
            why=submitted.why,
            tag=_tag(page, here.place.state, standing),
        )
        for page, submitted in sorted(last.items(), key=lambda pair: _age(*pair), reverse=True)
    ]


def _age(page: Evidence, submitted: ItemPage) -> tuple[bool, date, datetime, int]:
    """What lists of pages are ordered by; a page without a date counts as the newest."""
    happened_on = submitted.revision.happened_on
    return happened_on is None, happened_on or date.min, page.created_at, page.pk


def _line(here: Here, page: Evidence, text: Evidence | Revision, *, files: int, why: str, tag: str) -> dict[str, Any]:
    """A row of components/evidence_list.html."""
    return {
        "title": text.title or "Untitled page",
        "href": reverse("evidence", args=[here.portfolio.ref, page.eid]),
        "note": ", ".join(filter(None, [_kind(text.kind), day(text.happened_on) if text.happened_on else ""])),
        "files": files,
        "why": why,
        "tag": tag,
    }


def _kind(value: str) -> str:
    """The word for it; what somebody made of it behind the program's back as it stands."""
    return str(dict(EvidenceKind.choices).get(value, value))


def _tag(row: Evidence, state: str, standing: Sequence[Item]) -> str:
    """What is worth knowing of one page beside its title."""
    if getattr(row, "is_unsaved", False):
        return "Has changes that are not saved"
    if state == ActivityState.SIGNED_ELSEWHERE:
        return "Not part of what was signed elsewhere"
    if state not in (ActivityState.IN_REVIEW, ActivityState.SIGNED_OFF):
        return ""
    before, last = standing[:-1], standing[-1] if standing else None
    if last is None or not _holds(last, row):
        return (
            "Added after sign-off, not part of it"
            if state == ActivityState.SIGNED_OFF
            else "Not part of this submission"
        )
    if getattr(row, "is_changed", False):
        return EvidenceState.CHANGED.label
    return f"New in submission {last.attempt}" if before and not _holds(before[-1], row) else ""


def _holds(item: Item, row: Evidence) -> bool:
    return any(page.revision.evidence_id == row.pk for page in item.pages.all())
