"""The versions of a page, and any two of them compared."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from portfolio import pages
from portfolio.differences import Line, compare
from portfolio.models import ItemPage, Revision
from portfolio.states import ItemState
from portfolio.templatetags.look import day, moment
from portfolio.views.evidence import fetch_evidence
from portfolio.views.fetch import fetch_in_part
from portfolio.views.voice import about
from portfolio.workflow import writing


@dataclass(frozen=True)
class Comparison:
    """What became of the older version in the newer. `lines` is None where the texts are too long to compare."""

    older: Revision
    newer: Revision
    fields: list[tuple[str, str, str]]
    lines: list[Line] | None
    same_text: bool
    added: list[str]
    removed: list[str]

    @property
    def nothing(self) -> bool:
        return not (self.fields or self.added or self.removed) and self.same_text


@require_safe
def revisions(request: SignedIn, ref: str, eid: str) -> HttpResponse:
    """The versions that this reader may see, newest first. `?from=1&to=3` compares two; else the newest two."""
    portfolio = fetch_in_part(request, ref)
    page = fetch_evidence(request, portfolio, eid)
    found = list(pages.revisions(request.user, page).select_related("saved_by"))
    used = _used(ref, pages.submitted_items(request.user, page))
    pair = _pair(request, found)
    own = pages.is_own(request.user, portfolio)
    context = about(portfolio) | {
        "evidence": page,
        "title": str(page) if own else found[0].title if found else "",
        "versions": [
            {
                "revision": one,
                "href": f"{reverse('evidence', args=[ref, eid])}?version={one.number}",
                "saved": f"{moment(one.saved_at)}, {one.saved_by.name}",
                "used": used[one.pk],
            }
            for one in found
        ],
        "pair": pair,
        "choices": [("from", "From", pair[0].number), ("to", "To", pair[1].number)] if pair else [],
        "here": reverse("evidence", args=[ref, eid]),
        "comparison": _comparison(*pair) if pair else None,
        "unsaved": own and writing.unsaved(page),
        "crumbs": _crumbs(ref, eid, str(page) if own else found[0].title if found else ""),
    }
    return render(request, "portfolio/evidence_history.html", context)


def _crumbs(ref: str, eid: str, title: str) -> list[tuple[str, str]]:
    return [("Evidence", reverse("evidence_list", args=[ref])), (title, reverse("evidence", args=[ref, eid]))]


def _used(ref: str, items: list[ItemPage]) -> dict[int, list[dict[str, Any]]]:
    """Where each version was submitted and what was said of it, by revision id."""
    used: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in items:
        used[one.revision_id].append(
            {
                "words": f"Submitted for {one.item.activity} on {day(one.item.submission.submitted_at)}: {_said(one)}",
                "href": reverse("submission", args=[ref, one.item.submission.sid]),
            }
        )
    return used


def _said(one: ItemPage) -> str:
    if one.item.state == ItemState.WITHDRAWN:
        return "withdrawn"
    if one.item.state == ItemState.UNDECIDED:
        return "in review"
    decision = one.item.decision
    said = f"{decision.get_outcome_display().lower()} by {decision.signer_name} on {day(decision.decided_at)}"
    return f"{said}, unlocked since" if hasattr(decision, "unlock") else said


def _pair(request: SignedIn, found: list[Revision]) -> tuple[Revision, Revision] | None:
    """The two versions asked for, the older first; the newest two where nothing sensible is asked for."""
    by_number = {str(one.number): one for one in found}
    asked = [by_number[number] for name in ("from", "to") if (number := request.GET.get(name, "")) in by_number]
    chosen = asked if len(asked) == 2 else found[:2]
    if len(chosen) < 2:
        return None
    older, newer = sorted(chosen, key=lambda one: one.number)
    return older, newer


def _comparison(older: Revision, newer: Revision) -> Comparison:
    before = {file.pk: file.name for file in older.attachments.all()}
    after = {file.pk: file.name for file in newer.attachments.all()}
    facts = [
        ("Title", older.title, newer.title),
        ("Date", day(older.happened_on), day(newer.happened_on)),
        ("Kind", older.get_kind_display(), newer.get_kind_display()),
    ]
    return Comparison(
        older=older,
        newer=newer,
        fields=[(name, old, new) for name, old, new in facts if old != new],
        lines=compare(older.body, newer.body),
        same_text=older.body == newer.body,
        added=[name for pk, name in after.items() if pk not in before],
        removed=[name for pk, name in before.items() if pk not in after],
    )
