"""Working time and leave: what a trainee's dates follow from, and who said it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import SignedIn
from portfolio import proof
from portfolio.access import visible_in
from portfolio.forms.reviews import LeaveForm, OfStep, RemoveForm, WorkingTimeForm
from portfolio.models import Interruption, Portfolio, WorkingTime
from portfolio.requirements.words import day
from portfolio.views.fetch import fetch_step, say_on, too_late
from portfolio.views.links import crumbs
from portfolio.views.reviews.fetch import fetch_diary
from portfolio.views.voice import about
from portfolio.workflow import Incomplete, TimeOf, TooLate, available, perform
from portfolio.workflow.training_time import Gone, Kind

Row = WorkingTime | Interruption


@dataclass(frozen=True)
class What:
    """One of the two kinds of rows, by the word in its address."""

    slug: str
    model: Kind
    form: type[OfStep]
    noun: str
    fields: tuple[str, ...]


WORKING_TIME = What("working-time", WorkingTime, WorkingTimeForm, "working time", ("hundredths", "note"))
LEAVE = What("leave", Interruption, LeaveForm, "leave", ("kind", "ends_on", "note"))
KINDS = {what.slug: what for what in (WORKING_TIME, LEAVE)}


@require_safe
def training_time(request: SignedIn, ref: str) -> HttpResponse:
    portfolio, voice = fetch_diary(request, ref)
    may = available(TimeOf(portfolio), portfolio, by=request.user, parts=voice.parts)
    rows = {what: list(visible_in(portfolio, request.user, what.model)) for what in KINDS.values()}
    every = [row for found in rows.values() for row in found]
    context = about(portfolio) | {
        "voice": voice,
        "working": _shown(portfolio, WORKING_TIME, rows[WORKING_TIME]),
        "leave": _shown(portfolio, LEAVE, rows[LEAVE]),
        "earlier": [_entry(row) for row in sorted(every, key=lambda row: row.at, reverse=True)],
        "may": bool(may),
        "doubt": "" if proof.all_agree(portfolio, every, [WorkingTime, Interruption]) else proof.DOUBT,
        "crumbs": _crumbs(portfolio),
    }
    return render(request, "portfolio/reviews/training_time.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: SignedIn, ref: str, what: str) -> HttpResponse:
    """Something that begins on a day of which nothing is recorded yet."""
    portfolio, kind = fetch_diary(request, ref)[0], _kind(what)
    title = f"Record {kind.noun}"
    return _step(request, portfolio, "record training time", kind.form, title=title, done=f"Recorded the {kind.noun}.")


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedIn, ref: str, what: str, on: str) -> HttpResponse:
    """What began on this day was or became different; leave gets its end so."""
    portfolio, kind = fetch_diary(request, ref)[0], _kind(what)
    row = _row(request, portfolio, kind, on)
    return _step(
        request,
        portfolio,
        "change training time",
        kind.form,
        title=f"Change the {kind.noun} from {day(row.starts_on)}",
        lead="The first day cannot be changed. If it is wrong, remove this and record it again.",
        done=f"Changed the {kind.noun}.",
        fixed=row.starts_on,
        initial={name: getattr(row, name) for name in kind.fields} | {"seen": str(row.version)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedIn, ref: str, what: str, on: str) -> HttpResponse:
    """It was not so. That it was said stays in the history."""
    portfolio, kind = fetch_diary(request, ref)[0], _kind(what)
    row = _row(request, portfolio, kind, on)
    return _step(
        request,
        portfolio,
        "remove training time",
        RemoveForm,
        title=f"Remove the {kind.noun} from {day(row.starts_on)}",
        lead="Dates are worked out as if it had never been. That it was recorded stays in the history.",
        done=f"Removed the {kind.noun}.",
        given=Gone(kind.model, row.starts_on),
        initial={"seen": str(row.version)},
    )


def _step(
    request: SignedIn,
    portfolio: Portfolio,
    name: str,
    form_of: type[OfStep],
    *,
    title: str,
    done: str,
    lead: str = "",
    given: Any = None,
    **kwargs: Any,
) -> HttpResponse:
    """A page that is one form and one step."""
    back = reverse("training_time", args=[portfolio.ref])
    try:
        step = fetch_step(request, name, TimeOf(portfolio), portfolio)
        form: Any = form_of(request.POST if request.method == "POST" else None, step=step, back=back, **kwargs)
        if request.method == "POST" and form.is_valid():
            typed = form.cleaned_data
            wanted = form.given() if given is None else given
            reason, seen = typed.get("reason", ""), typed.get("seen")
            perform(name, TimeOf(portfolio), by=request.user, given=wanted, reason=reason, seen=seen)
            messages.success(request, f"{done} The dates follow from it at once.")
            return redirect(back)
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        return too_late(request, late, back)
    context = {
        "portfolio": portfolio,
        "title": title,
        "caption": portfolio.trainee.name,
        "lead": lead,
        "form": form,
        "crumbs": [*_crumbs(portfolio), ("Working time and leave", back)],
    }
    return render(request, "portfolio/reviews/step.html", context, status=422 if form.errors else 200)


def _crumbs(portfolio: Portfolio) -> list[tuple[str, str]]:
    return crumbs(portfolio, ("Reviews", reverse("reviews", args=[portfolio.ref])))


def _kind(what: str) -> What:
    if what not in KINDS:
        raise Http404
    return KINDS[what]


def _row(request: SignedIn, portfolio: Portfolio, kind: What, on: str) -> Any:
    """The row that counts of what began on this day."""
    try:
        starts_on = date.fromisoformat(on)
    except ValueError:
        raise Http404 from None
    row = visible_in(portfolio, request.user, kind.model).filter(starts_on=starts_on).order_by("version").last()
    if row is None or row.removed:
        raise Http404
    return row


def _shown(portfolio: Portfolio, what: What, rows: list[Any]) -> list[dict[str, Any]]:
    """The rows that count, as the page's table takes them."""
    newest = {row.starts_on: row for row in sorted(rows, key=lambda row: row.version)}
    return [
        {
            "row": row,
            "change": reverse("training_time_change", args=[portfolio.ref, what.slug, starts_on.isoformat()]),
            "remove": reverse("training_time_remove", args=[portfolio.ref, what.slug, starts_on.isoformat()]),
            "days": (row.ends_on - row.starts_on).days + 1 if isinstance(row, Interruption) and row.ends_on else None,
        }
        for starts_on, row in sorted(newest.items())
        if not row.removed
    ]


def _entry(row: Row) -> dict[str, str]:
    """What was said once, as components/timeline.html takes it."""
    if isinstance(row, WorkingTime):
        words = f"{row.hundredths}% of full time from {day(row.starts_on)}"
    else:
        until = f"to {day(row.ends_on)}" if row.ends_on else "without an end"
        words = f"{row.get_kind_display()} from {day(row.starts_on)} {until}"
    step = "Removed" if row.removed else "Recorded" if row.version == 1 else "Changed"
    role = row.get_role_kind_display() if row.role_kind else "Programme administrator"
    return {
        "shape": "stop" if row.removed else "calendar",
        "what": f"{step}: {words}",
        "who": f"{day(row.at)}, {row.signer_name}, {role}",
        "said": row.note,
    }
