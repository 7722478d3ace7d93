"""One page of evidence: what it says, what it shows, who reads it, and what its trainee may do with it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import SignedIn
from curriculum.structure import Structure
from portfolio import pages, prose, requirements
from portfolio.access import visible_in
from portfolio.ledger import structures_of
from portfolio.models import Activity, Attachment, Evidence, ItemPage, Link, Portfolio, Revision
from portfolio.patient_data import looks_like
from portfolio.states import ItemState
from portfolio.templatetags.look import day
from portfolio.views.fetch import as_it_stands, fetch_in_part, fetch_own
from portfolio.views.voice import about
from portfolio.workflow import TABLES, Incomplete, NotAllowed, TooLate, writing
from portfolio.workflow.feedback.using import holds_report
from portfolio.workflow.machine import CLOSED

SUBMITTED_FROM = TABLES[Activity].steps["submit"].sources
STAYS_AS_SIGNED = "added after sign-off, not part of it"


@dataclass(frozen=True)
class Shown:
    """What the reader reads: the working copy, or one revision of it."""

    text: Evidence | Revision
    files: list[Attachment]
    revision: Revision | None


def fetch_evidence(request: SignedIn, portfolio: Portfolio, eid: str) -> Evidence:
    """The page at this address, if this person may see any of it."""
    page = get_object_or_404(visible_in(portfolio, request.user, Evidence), eid=eid)
    page.portfolio = portfolio  # what is asked of the page next asks of its portfolio
    return page


@require_safe
def evidence(request: SignedIn, ref: str, eid: str) -> HttpResponse:
    """The trainee reads the working copy, their people the newest revision that they may see; or `?version=2`."""
    portfolio = fetch_in_part(request, ref)
    page = fetch_evidence(request, portfolio, eid)
    own = pages.is_own(request.user, portfolio)
    shown = _shown(request, page, own=own)
    newest = pages.revisions(request.user, page).first()
    items = pages.submitted_items(request.user, page)
    links = list(pages.links(request.user, portfolio, [page]))
    context = about(portfolio) | {
        "evidence": page,
        "shown": shown,
        "prose": prose.render(shown.text.body),
        "files": [file_row(portfolio, page, file) for file in shown.files],
        "meta": [*_meta(shown, newest), *_report(page, shown.text.body)],
        "own": own,
        "saved": newest,
        "versions": _versions(request, page, newest, own=own),
        "older": shown.revision is not None and newest is not None and shown.revision.pk != newest.pk,
        "shows": _shows(portfolio, links, items) if own else _submitted(portfolio, items),
        "readers": _readers(page, items),
        "warning": looks_like(page.title, page.body, *(link.why for link in links)) if own else "",
        "crumbs": _crumbs(portfolio),
    }
    if own:
        unsaved = shown.revision is None and writing.differs(page, shown.files, newest)
        context |= _of_the_trainee(request, portfolio, page, links, unsaved=unsaved, submitted=bool(items))
    return render(request, "portfolio/evidence.html", context)


def _shown(request: SignedIn, page: Evidence, *, own: bool) -> Shown:
    """404 for a version that is not there or not theirs to see."""
    version = request.GET.get("version", "")
    if own and not version:
        return Shown(page, writing.current_files(page), None)
    revisions = pages.revisions(request.user, page)
    if version:
        if not (version.isascii() and version.isdecimal() and len(version) < 7):
            raise Http404
        revisions = revisions.filter(number=int(version))
    revision = revisions.first()
    if revision is None:
        raise Http404
    return Shown(revision, list(revision.attachments.all()), revision)


def file_row(portfolio: Portfolio, page: Evidence, file: Attachment) -> dict[str, str]:
    """A file as the list of files shows it."""
    return {
        "name": file.name,
        "href": reverse("evidence_file", args=[portfolio.ref, page.eid, file.fid]),
        "note": f"{file.name.rpartition('.')[2].upper()}, {filesizeformat(file.file.size)}",
    }


def _crumbs(portfolio: Portfolio) -> list[tuple[str, str]]:
    return [
        ("Progress", reverse("progress", args=[portfolio.ref])),
        ("Evidence", reverse("evidence_list", args=[portfolio.ref])),
    ]


def _versions(request: SignedIn, page: Evidence, newest: Revision | None, *, own: bool) -> int:
    """How many the reader may see; to the one who wrote them they are all there, from 1 on."""
    if own:
        return newest.number if newest else 0
    return pages.revisions(request.user, page).count()


def _meta(shown: Shown, newest: Revision | None) -> list[tuple[str, Any]]:
    """Kind, date and version, in the order of the page."""
    newest = shown.revision or newest
    return [
        ("Kind", shown.text.get_kind_display()),
        ("Dated", day(shown.text.happened_on) or "No date yet"),
        ("Saved", f"Version {newest.number}, {day(newest.saved_at)}" if newest else "Not saved yet"),
    ]


def _report(page: Evidence, body: str) -> list[tuple[str, str]]:
    """Of a page that was made from a report of feedback: whether what is read here is that report."""
    row = page.feedback_round
    if row is None:
        return []
    stands = "as it was released" if holds_report(body, row) else "changed since its release"
    return [("Report", f"{row}, {stands}")]


# --- what it shows ------------------------------------------------------------------------------------------------


def _shows(portfolio: Portfolio, links: list[Link], items: list[ItemPage]) -> list[dict[str, Any]]:
    """For the trainee: every activity that the page is linked to, with its sentence and its state."""
    curriculum = structures_of([portfolio])[portfolio.curriculum_id]
    part_of = {one.item.activity_id for one in items if one.item.state == ItemState.UNDECIDED or _stands_signed(one)}
    return [
        _row(portfolio, link.activity, _title(curriculum, link.activity), link.why)
        | {
            "state": link.activity.state,
            "note": "" if link.activity_id in part_of else _outside(link.activity),
        }
        for link in links
    ]


def _outside(activity: Activity) -> str:
    """A link that is no part of what was submitted or signed."""
    state = TABLES[Activity].state(activity)
    return {"signed_off": STAYS_AS_SIGNED, "in_review": "not part of what was submitted"}.get(state, "")


def _stands_signed(one: ItemPage) -> bool:
    decision = getattr(one.item, "decision", None)
    return decision is not None and decision.outcome == "signed_off" and not hasattr(decision, "unlock")


def _submitted(portfolio: Portfolio, items: list[ItemPage]) -> list[dict[str, Any]]:
    """For their people: what the page was submitted for, as it was submitted; of each activity the newest."""
    newest: dict[int, ItemPage] = {}
    for one in items:
        if one.item.state != ItemState.WITHDRAWN:
            newest.setdefault(one.item.activity_id, one)
    return [
        _row(portfolio, one.item.activity, one.item.title, one.why) | {"state": one.item.activity.state}
        for one in newest.values()
    ]


def _row(portfolio: Portfolio, activity: Activity, title: str, why: str) -> dict[str, Any]:
    return {
        "name": str(activity),
        "title": title,
        "href": reverse("activity", args=[portfolio.ref, activity.module.code, activity.number]),
        "why": why,
    }


def _title(curriculum: Structure, activity: Activity) -> str:
    module = curriculum.by_code[activity.module.code]
    _, title, _ = requirements.wording(module, activity.number, activity.label_type, activity.label_title)
    return title


# --- who reads it -------------------------------------------------------------------------------------------------


def _readers(page: Evidence, items: list[ItemPage]) -> list[str]:
    """Who can see the page, in words: the trainee, then those whom sharing and submitting let in."""
    said = []
    if page.shared and page.binned_at is None:
        said.append("Your people, because you share it: they read the last saved version.")
    for one in items:
        where = f"version {one.revision.number} for {one.item.activity}"
        if one.item.state == ItemState.UNDECIDED:
            whom = _addressed(one)
            said.append(f"Your people{f' and {whom}, who was asked to decide' if whom else ''}: {where}.")
        elif one.item.state == ItemState.DECIDED:
            said.append(f"Your people and {one.item.decision.signer_name}, who decided: {where}.")
    return list(dict.fromkeys(said))


def _addressed(one: ItemPage) -> str:
    """Nobody, while the officer has not approved whoever was named."""
    return next((a.assessor.name for a in one.item.submission.addressees.all() if a.until is None), "")


# --- what its trainee may do --------------------------------------------------------------------------------------


def _of_the_trainee(
    request: SignedIn, portfolio: Portfolio, page: Evidence, links: list[Link], *, unsaved: bool, submitted: bool
) -> dict[str, Any]:
    writes = writing.may_write(portfolio, by=request.user)
    free = writes and page.binned_at is None
    return {
        "writes": writes,
        "unsaved": unsaved,
        "link_href": f"{reverse('evidence_edit', args=[portfolio.ref, page.eid])}#activities" if free else "",
        "bin_until": writing.bin_until(page),
        "may_submit": free and any(link.activity.state in SUBMITTED_FROM for link in links),
        "may_change": free,
        "not_deleted_because": _not_deleted_because(links, submitted=submitted),
    }


def _not_deleted_because(links: list[Link], *, submitted: bool) -> str:
    """Why a page cannot be deleted, as `writing.discard` will say it; "" when it can."""
    if submitted:
        return writing.SUBMITTED_ONCE
    return writing.STILL_LINKED if links else ""


@require_POST
def share(request: SignedIn, ref: str, eid: str) -> HttpResponse:
    """Let my people read the newest saved version, or stop that."""
    portfolio = fetch_own(request, ref)
    page = fetch_evidence(request, portfolio, eid)
    on = request.POST.get("on") == "yes"
    try:
        writing.share(page, on=on, by=request.user)
    except Incomplete as incomplete:
        messages.error(request, incomplete.said)
    except TooLate as late:
        return as_it_stands(request, late, evidence, ref, eid)
    else:
        messages.success(request, "Your people can read this page." if on else "This page is no longer shared.")
    return redirect("evidence", ref, eid)


@require_POST
def archive(request: SignedIn, ref: str, eid: str) -> HttpResponse:
    """Put the page out of the way, or bring it back."""
    portfolio = fetch_own(request, ref)
    page = fetch_evidence(request, portfolio, eid)
    on = request.POST.get("on") == "yes"
    try:
        writing.archive(page, on=on, by=request.user)
    except TooLate as late:
        return as_it_stands(request, late, evidence, ref, eid)
    messages.success(request, "This page is archived." if on else "This page is back in your list.")
    return redirect("evidence", ref, eid)


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: SignedIn, ref: str, eid: str) -> HttpResponse:
    """GET says what deleting means; POST puts the page in the bin."""
    portfolio = fetch_own(request, ref)
    page = fetch_evidence(request, portfolio, eid)
    if request.method == "POST":
        try:
            writing.discard(page, by=request.user)
        except TooLate as late:
            return as_it_stands(request, late, evidence, ref, eid)
        page.refresh_from_db()
        messages.success(request, f"“{page}” is in the bin until {day(writing.bin_until(page))}.")
        return redirect("evidence_list", ref)
    if not writing.may_write(portfolio, by=request.user):
        raise NotAllowed(CLOSED)
    links = list(pages.links(request.user, portfolio, [page]))
    because = _not_deleted_because(links, submitted=writing.ever_submitted(page))
    if because or page.binned_at:
        return as_it_stands(request, TooLate(because or "This page is in the bin already."), evidence, ref, eid)
    back = reverse("evidence", args=[ref, eid])
    context = {
        "evidence": page,
        "days": settings.BIN_DAYS,
        "back": back,
        "crumbs": [*_crumbs(portfolio), (str(page), back)],
    }
    return render(request, "portfolio/evidence_discard.html", context)


@require_POST
def recover(request: SignedIn, ref: str, eid: str) -> HttpResponse:
    """Take the page out of the bin."""
    portfolio = fetch_own(request, ref)
    page = fetch_evidence(request, portfolio, eid)
    writing.recover(page, by=request.user)
    messages.success(request, "This page is out of the bin and back in your list.")
    return redirect("evidence", ref, eid)
