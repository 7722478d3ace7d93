"""The trainees whom somebody looks after: how far each is, who is behind and why, and what waits too long."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from portfolio import cohort
from portfolio.cohort import SORTS, Flag, Row
from portfolio.forms.trainees import FindTrainee
from portfolio.progress import strip
from portfolio.views.links import page_of
from portfolio.views.reviews.shown import next_review
from portfolio.views.trainees.asked import Asked


@require_safe
def trainees(request: SignedIn) -> HttpResponse:
    """Open portfolios first. Somebody who looks after nobody reads so: the page itself holds no secret."""
    asked = Asked(request)
    rows = cohort.rows_of(asked.page, today=timezone.localdate())
    context = asked.context("trainees") | {
        "columns": _columns(asked.sent),
        "rows": [_shown(row) for row in rows],
    }
    return render(request, "portfolio/trainees/list.html", context)


def _columns(sent: FindTrainee) -> list[dict[str, str]]:
    """The heads of the table: each leads to the list in its order, and to the other way round if it is that now."""
    by, back = sent.order()
    columns = []
    for name, sort in SORTS.items():
        way = ("descending" if sort.down != back else "ascending") if name == by else ""
        to = f"-{name}" if name == by and not back else name
        columns.append({"name": name, "label": sort.label, "way": way, "href": sent.address(sort=to)})
    return [*columns[1:], columns[0]]  # the flags stand last


def _shown(row: Row) -> dict[str, Any]:
    """One line of the list: the same numbers as on the trainee's own pages."""
    shown = {
        "portfolio": row.portfolio,
        "href": page_of("progress", row.portfolio.ref),
        "progress": row.progress,
        "bar": strip(row.progress),
        "whole": row.whole,
    }
    return shown | _to_their_people(row) if row.whole else shown


def _to_their_people(row: Row) -> dict[str, Any]:
    """What waits, the next review and the flags: not for who supervises a placement alone."""
    review = next_review(row.portfolio, row.record, row.today)
    return {
        "row": row,
        "in_review": row.progress.items.in_review,
        "elsewhere": row.progress.items.signed_elsewhere,
        "pace": row.pace,
        "longest": row.longest,
        "flags": [_flag(flag, row.portfolio.ref) for flag in cohort.flags(row)],
        "review": review,
        "review_ink": f"app-ink--{review['shape']}" if review else "",
    }


def _flag(flag: Flag, ref: str) -> dict[str, Any]:
    modules = [(code, page_of("module", ref, code)) for code in flag.modules]
    return {"shape": flag.shape, "ink": flag.ink, "words": flag.words, "modules": modules}
