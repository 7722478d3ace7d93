"""What was asked, of whom, and what was said: the list, one submission, and the two steps of a whole submission."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import get_text_list
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import SignedIn
from portfolio import access, pages, proof
from portfolio.access import may, visible_in
from portfolio.forms.steps import DECLARATIONS, RedirectForm, StepForm, assessors
from portfolio.models import Activity, Addressee, Item, Portfolio, Submission
from portfolio.requirements.words import day
from portfolio.states import ItemState
from portfolio.views.fetch import as_it_stands, fetch_in_part, fetch_portfolio, fetch_step, say_on
from portfolio.views.links import crumbs, submissions_crumb
from portfolio.views.shown import look_of, show, with_contents
from portfolio.workflow import TABLES, Incomplete, Redirect, TooLate, available, perform
from portfolio.workflow.one_off.links import is_blocked

PER_PAGE = 25
SUBMIT = TABLES[Activity].steps["submit"]
OF_A_WHOLE = ("withdraw", "redirect", "lend device")  # the steps that are offered here


@dataclass(frozen=True)
class Standing:
    """Where a submission stands. It is with nobody when the one whom it is with can no longer decide.

    `decides` is the name of whoever may decide now; "" when nobody may. `submission` says who new is named for it
    (pages.with_nominee): the officer has still to approve them, or has declined. `blocked`: wrong codes have ended the
    link of whoever it is with, which a list does not ask.
    """

    submission: Any
    items: list[tuple[Item, str, str]]
    addressee: Addressee | None
    waits: bool
    with_nobody: bool
    decides: str
    blocked: bool

    @property
    def due_on(self) -> date | None:
        """By when whoever it is with should have answered."""
        if self.submission.nominee:
            return self.submission.named_due_on
        return self.addressee.due_on if self.addressee else None

    @property
    def shape(self) -> str:
        """How the row of a list begins: the shape of its items where they agree, else the mark of what is done."""
        if self.waits:
            return "alert" if self.with_nobody else "review"
        shapes = {shape for _item, shape, _word in self.items}
        return shapes.pop() if len(shapes) == 1 else "tick"


@require_safe
def submissions(request: SignedIn, ref: str) -> HttpResponse:
    """Newest first."""
    portfolio = fetch_in_part(request, ref)
    rows = visible_in(portfolio, request.user, Submission)
    page = Paginator(_whole(request, portfolio, rows), PER_PAGE).get_page(request.GET.get("page"))
    able = access.who_decides(portfolio)
    context = {
        "portfolio": portfolio,
        "crumbs": crumbs(portfolio),
        "page": page,
        "rows": [_standing(row, able) for row in page],
        "own": request.user == portfolio.trainee,
        "may_submit": may(request.user, SUBMIT, portfolio) and portfolio.closed_at is None,
    }
    return render(request, "portfolio/submissions.html", context)


@require_safe
def submission(request: SignedIn, ref: str, sid: str) -> HttpResponse:
    """One submission, item by item, as it was sent."""
    portfolio = fetch_in_part(request, ref)
    row = fetch_submission(request, portfolio, sid)
    own = request.user == portfolio.trainee
    items = list(with_contents(visible_in(portfolio, request.user, Item).filter(submission=row)))
    doubted = proof.doubted(portfolio, items)
    waiting = _waiting(row)
    steps = available(waiting[0], portfolio, by=request.user) if waiting else {}
    context = {
        "portfolio": portfolio,
        "crumbs": crumbs(portfolio, submissions_crumb(portfolio)),
        "standing": _standing(row, access.who_decides(portfolio), blocked=bool(waiting) and _blocked(row)),
        "items": [show(item, own=own, doubted=doubted) for item in items],
        "steps": {name.replace(" ", "_"): step for name, step in steps.items() if name in OF_A_WHOLE},
        "declaration": DECLARATIONS.get(row.declaration, proof.DOUBT),
        "own": own,
        "addressees": row.addressees.all(),
    }
    return render(request, "portfolio/submission.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedIn, ref: str, sid: str) -> HttpResponse:
    """Take back what is not decided yet."""
    portfolio = fetch_portfolio(request, ref)
    row = fetch_submission(request, portfolio, sid)
    try:
        activities = undecided(row)
        step = fetch_step(request, "withdraw", activities[0], portfolio)
        if request.method == "POST":
            perform("withdraw", activities[0], by=request.user)
            messages.success(request, f"Withdrawn: {names(activities)}. You can change the pages and submit again.")
            return redirect("submission", ref, sid)
    except TooLate as late:
        return as_it_stands(request, late, submission, ref, sid)
    form = StepForm(step=step, back=_address(row))
    context = {"portfolio": portfolio, "crumbs": _crumbs(row), "activities": activities, "form": form}
    return render(request, "portfolio/submission_withdraw.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def redirect_to(request: SignedIn, ref: str, sid: str) -> HttpResponse:
    """Ask somebody else to decide what is not decided yet."""
    portfolio = fetch_portfolio(request, ref)
    row = fetch_submission(request, portfolio, sid)
    try:
        activities = undecided(row)
        fetch_step(request, "redirect", activities[0], portfolio)
        current = _addressee(row)
        form = RedirectForm(
            request.POST if request.method == "POST" else None,
            assessors=assessors(
                portfolio,
                {one.module_id for one in activities},
                without=current.assessor_id if current and current.until is None else None,
            ),
            portfolio=portfolio if request.user == portfolio.trainee else None,
            back=_address(row),
        )
        if request.method == "POST" and form.is_valid():
            return _redirect(request, row, activities, form)
    except TooLate as late:
        return as_it_stands(request, late, submission, ref, sid)
    except Incomplete as incomplete:
        say_on(form, incomplete)
    now = current if current and current.until is None else None
    context = {"crumbs": _crumbs(row), "activities": activities, "form": form, "current": now, "row": row}
    return render(request, "portfolio/submission_redirect.html", context, status=422 if form.errors else 200)


def _redirect(request: SignedIn, row: Submission, activities: list[Activity], form: RedirectForm) -> HttpResponse:
    """Take the step, and go back to the submission."""
    modules = {activity.module_id for activity in activities}
    nominee = form.nominee()
    assessor = access.may_decide_on(row.portfolio, modules).filter(pk=form.cleaned_data["assessor"]).first()
    perform("redirect", activities[0], by=request.user, given=Redirect(assessor, nominee))
    if nominee is not None:
        messages.success(request, f"Your training officer is asked to approve {nominee.name}: {names(activities)}.")
    elif assessor is not None:  # or the step was refused
        messages.success(request, f"{assessor.name} is asked now: {names(activities)}.")
    return redirect("submission", row.portfolio.ref, row.sid)


def fetch_submission(request: SignedIn, portfolio: Portfolio, sid: str) -> Submission:
    """With all that says where it stands."""
    rows = visible_in(portfolio, request.user, Submission).select_related("portfolio")
    return get_object_or_404(_whole(request, portfolio, rows), sid=sid)


def _whole(request: SignedIn, portfolio: Portfolio, rows: QuerySet[Submission]) -> QuerySet[Submission]:
    whole = pages.with_nominee(rows)
    return whole.prefetch_related(pages.with_whom(), pages.with_items(request.user, portfolio))


def undecided(row: Submission) -> list[Activity]:
    """What waits: a step of the whole submission takes all of it. TooLate when nothing does."""
    if not (waiting := _waiting(row)):
        raise TooLate("Nothing in this submission waits for a decision any more. Nothing was done.")
    return waiting


def _waiting(row: Submission) -> list[Activity]:
    return [item.activity for item in row.items.all() if item.state == ItemState.UNDECIDED]


def _addressee(row: Submission) -> Addressee | None:
    """Whom it is with, or was with last; None when somebody took that row away."""
    return next(reversed(row.addressees.all()), None)


def _blocked(row: Submission) -> bool:
    """Whether it is with somebody whose link works no longer, because of wrong codes."""
    asked = _addressee(row)
    return asked is not None and asked.until is None and is_blocked(asked)


def _standing(row: Any, able: access.Deciders, *, blocked: bool = False) -> Standing:
    addressee = _addressee(row)
    modules = {activity.module_id for activity in _waiting(row)}
    is_with = addressee if addressee is not None and addressee.until is None and not blocked else None
    able_to = is_with is not None and able.may(is_with.assessor_id, modules)
    return Standing(
        submission=row,
        items=[(item, *look_of(item)) for item in row.items.all()],
        addressee=addressee,
        waits=bool(_waiting(row)),
        decides=addressee.assessor.name if addressee is not None and able_to else "",
        blocked=blocked,
        with_nobody=not able_to and (row.nominee is None or row.declined_by is not None),
    )


def _address(row: Submission) -> str:
    return reverse("submission", args=[row.portfolio.ref, row.sid])


def _crumbs(row: Submission) -> list[tuple[str, str]]:
    submitted = f"Submitted {day(row.submitted_at)}"
    return crumbs(row.portfolio, submissions_crumb(row.portfolio), (submitted, _address(row)))


def names(activities: Iterable[Activity]) -> str:
    """S-C1 4 and S-C1 5"""
    return get_text_list([str(activity) for activity in activities], "and")
