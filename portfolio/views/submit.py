"""Ask one assessor for decisions on chosen activities."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.middleware import SignedIn
from accounts.models import User
from portfolio import access, ledger, pages, requirements, titles
from portfolio.access import visible_in
from portfolio.forms.nominations import NAMES, NEW
from portfolio.forms.steps import DECLARATIONS, ActivityForm, SubmitForm, assessors
from portfolio.forms.widgets import Hinted
from portfolio.manifest import DECLARATION
from portfolio.models import Activity, Evidence, Portfolio, Revision
from portfolio.patient_data import looks_like
from portfolio.templatetags.look import TYPE_NAMES, day
from portfolio.views.fetch import as_it_stands, fetch_own, say_on
from portfolio.views.links import crumbs, submissions_crumb
from portfolio.views.submissions import names
from portfolio.workflow import TABLES, Incomplete, Nominee, NotAllowed, Submit, TooLate, perform
from portfolio.workflow.machine import CLOSED

SOURCES = TABLES[Activity].steps["submit"].sources
PER_PAGE = 25


@dataclass(frozen=True)
class Offered:
    """A saved page that can go with an activity, and the sentence that links it."""

    evidence: Evidence
    revision: Revision
    why: str
    unsaved: bool

    @property
    def choice(self) -> tuple[int, Hinted]:
        files = len(self.revision.attachments.all())
        about = f"{self.revision.get_kind_display()}, {day(self.revision.happened_on)}"
        about += f", {files} file{'' if files == 1 else 's'}. {self.why}" if files else f". {self.why}"
        return self.revision.pk, Hinted(self.revision.title, hint=about)

    @cached_property
    def warning(self) -> str:
        """What looks like patient data, before it is declared that there is none."""
        return looks_like(self.revision.title, self.revision.body, self.why)


@dataclass(frozen=True)
class Row:
    """An activity that can be submitted, with its pages. Those in `never_saved` cannot go along yet."""

    activity: Activity
    module: str  # its code and its title, as the trainee calls it
    place: requirements.Place
    offered: list[Offered]
    never_saved: list[Evidence]

    @property
    def key(self) -> str:
        return f"{self.activity.module.code}-{self.activity.number}"

    def asked_for(self, request: SignedIn) -> bool:
        """Whether the address names this activity or one of its pages, or a form that came back had it ticked."""
        named = f"{self.activity.module.code}/{self.activity.number}" in request.GET.getlist("activity")
        wanted = set(request.GET.getlist("evidence"))
        return named or f"{self.key}-chosen" in request.POST or any(o.evidence.eid in wanted for o in self.offered)

    def form(self, request: SignedIn, *, bound: bool, known: frozenset[int] = frozenset()) -> ActivityForm:
        kind = TYPE_NAMES.get(self.place.type, "Type not recorded")
        return ActivityForm(
            request.POST if bound else None,
            prefix=self.key,
            label=f"{self.activity} {self.place.title}",
            hint=f"{kind}. {self.place.state.label}",
            choices=[one.choice for one in self.offered],
            unsaved={one.revision.pk: one.revision.title for one in self.offered if one.unsaved},
            known=known,
            initial={"chosen": self.asked_for(request), "pages": [one.revision.pk for one in self.offered]},
        )


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: SignedIn, ref: str) -> HttpResponse:
    """The trainee chooses activities, their pages and an assessor. The kind of form follows from the activities."""
    portfolio = fetch_own(request, ref)
    if portfolio.closed_at is not None:
        raise NotAllowed(CLOSED)
    rows = _rows(request, portfolio)
    asked = {row.activity.module_id for row in rows if row.asked_for(request)} if request.method != "POST" else ()
    choices = assessors(portfolio, asked)
    if request.method != "POST":
        only = choices[0][0] if len(choices) == 1 else None if choices else NEW
        typed = {name: request.POST.get(name, "") for name in NAMES}
        initial = {"assessor": request.POST.get("assessor") or only, **typed}
        form = SubmitForm(assessors=choices, portfolio=portfolio, initial=initial)
        shown = _in_pages(request, rows)
        return _page(request, portfolio, form, shown, [(row, row.form(request, bound=False)) for row in shown])
    form = SubmitForm(request.POST, assessors=choices, portfolio=portfolio)
    bound = _bound(request, portfolio, rows)
    pages_of = {row.activity: one.cleaned_data["pages"] for row, one in bound if one.is_valid() and one.is_chosen}
    activities = [*pages_of, *_others(request, portfolio, form, rows)]
    valid = all(one.is_valid() for _, one in bound)
    if valid and not activities and not form.non_field_errors():
        form.add_error(None, "Choose at least one activity.")
    if valid and form.is_valid():
        try:
            return _send(request, portfolio, activities, form, {row.pk: pks for row, pks in pages_of.items()})
        except Incomplete as incomplete:
            say_on(form, incomplete)
        except TooLate as late:
            return as_it_stands(request, late, submit, ref)
    shown, forms = _in_pages(request, rows), {row.key: one for row, one in bound}
    return _page(request, portfolio, form, shown, [(row, forms[row.key]) for row in shown], status=422)


def _in_pages(request: SignedIn, rows: list[Row]) -> Page[Row]:
    """Where there are several pages, what is asked for comes first: so a form that comes back shows what was ticked."""
    if len(rows) > PER_PAGE:
        rows = sorted(rows, key=lambda row: not row.asked_for(request))
    return Paginator(rows, PER_PAGE).get_page(1 if request.POST else request.GET.get("page"))


def _send(
    request: SignedIn,
    portfolio: Portfolio,
    activities: list[Activity],
    form: SubmitForm,
    pages_of: dict[int, list[int]],
) -> HttpResponse:
    """Take the step, and go to what it made."""
    nominee, assessor = form.nominee(), _named(portfolio, form.cleaned_data["assessor"])
    given = Submit(assessor, pages_of, declared=form.cleaned_data["declared"], nominee=nominee)
    move = perform("submit", activities, by=request.user, given=given)
    assert move.event is not None  # the machine sees to it
    messages.success(request, asked_words(names(activities), assessor, nominee))
    return redirect("submission", portfolio.ref, move.event.details["submission"])


def asked_words(what: str, assessor: User | None, nominee: Nominee | None) -> str:
    """What became of it: sent, or waiting for the officer."""
    if nominee is not None:
        return f"Submitted: {what}. Your training officer is asked to approve {nominee.name}."
    assert assessor is not None  # or the step was refused
    return f"Sent to {assessor.name}: {what}."


def _named(portfolio: Portfolio, pk: int) -> User | None:
    """Whom the form names, among all who may decide on anything here; the step says whether they may on all of this."""
    role = access.askable(portfolio).filter(user=pk).select_related("user").first()
    return role.user if role else None


def _bound(request: SignedIn, portfolio: Portfolio, rows: list[Row]) -> list[tuple[Row, ActivityForm]]:
    revisions = visible_in(portfolio, request.user, Revision)
    known = frozenset(revisions.values_list("pk", flat=True))
    return [(row, row.form(request, bound=True, known=known)) for row in rows]


def _others(request: SignedIn, portfolio: Portfolio, form: SubmitForm, rows: list[Row]) -> list[Activity]:
    """Ticked activities that cannot be submitted any more: the step says so. One that was never in this portfolio is an
    error of the form."""
    ticked = {name.removesuffix("-chosen") for name in request.POST if name.endswith("-chosen")}
    if not (unknown := ticked - {row.key for row in rows}):
        return []
    found = visible_in(portfolio, request.user, Activity).select_related("module")
    others = [activity for activity in found if f"{activity.module.code}-{activity.number}" in unknown]
    if len(others) < len(unknown):
        form.add_error(None, "One of these activities is not in this portfolio. Nothing was sent.")
    return others


def _page(
    request: SignedIn,
    portfolio: Portfolio,
    form: SubmitForm,
    page: Page[Row],
    rows: list[tuple[Row, ActivityForm]],
    *,
    status: int = 200,
) -> HttpResponse:
    forms = [*(one for _, one in rows), form]
    context = {
        "portfolio": portfolio,
        "crumbs": crumbs(portfolio, submissions_crumb(portfolio)),
        "page": page,
        "rows": rows,
        "form": form,
        "bad": [one for one in forms if one.errors],
        "has_errors": status == 422,
        "declaration": DECLARATIONS[DECLARATION],
        "nobody": len(form.fields["assessor"].choices) == 1,  # type: ignore[attr-defined]
    }
    return render(request, "portfolio/submit.html", context, status=status)


def _rows(request: SignedIn, portfolio: Portfolio) -> list[Row]:
    """What can be submitted, in the order of the programme. The same few queries however much that is."""
    record = ledger.read_one(portfolio)
    activities: dict[int, Activity] = {}
    evidence: dict[int, Any] = {page.pk: page for page in pages.linked_in(request.user, portfolio, SOURCES)}
    revisions = visible_in(portfolio, request.user, Revision).prefetch_related("attachments")
    newest = {row.evidence_id: row for row in revisions.filter(pk__in=[page.saved for page in evidence.values()])}
    offered: dict[int, list[Offered]] = defaultdict(list)
    never_saved: dict[int, list[Evidence]] = defaultdict(list)
    for link in pages.links(request.user, portfolio, evidence.values()).filter(activity__state__in=SOURCES):
        activities[link.activity_id] = link.activity
        if link.evidence_id in newest:
            page = evidence[link.evidence_id]
            offered[link.activity_id].append(Offered(page, newest[page.pk], link.why, page.is_unsaved))
        else:
            never_saved[link.activity_id].append(evidence[link.evidence_id])
    return [
        Row(activities[held.id], f"{module.code} {module.title}", place, offered[held.id], never_saved[held.id])
        for module in titles.entitled(record).modules
        for place in requirements.places(record, module)
        if (held := place.record) and held.id in activities and (offered[held.id] or never_saved[held.id])
    ]
