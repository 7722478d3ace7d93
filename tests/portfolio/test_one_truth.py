"""Of any curriculum and any portfolio, every page says the same, and the sign-off does as they say (domain.md rule 1).

What stands between a module and its sign-off is reckoned here by hand from what was drawn, and then looked for on the
trainee's and the officer's module page, the sign-off page, both lists of the officer, progress, and in the step itself.
"""

import os
import re
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from portfolio.models import Portfolio
from portfolio.states import ElsewhereKind, ResultState
from portfolio.workflow import ModuleOf, Refused, TooLate, modules, perform
from tests import make
from tests.cast import Cast

EXAMPLES = int(os.environ.get("EXAMPLES", "12"))
SIGNED, ELSEWHERE, RETURNED, IN_REVIEW, DRAFT, NOTHING = "signed", "elsewhere", "returned", "in review", "draft", ""
DONE = (SIGNED, ELSEWHERE)
mostly_done = st.sampled_from([SIGNED, ELSEWHERE, ELSEWHERE, ELSEWHERE, ELSEWHERE, RETURNED, IN_REVIEW, DRAFT, NOTHING])
mostly = st.sampled_from([True, True, True, True, False])
pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Drawn:
    """One module as the curriculum has it, what was confirmed of it, and what was done."""

    code: str
    known: int
    complete: bool
    expected: int | None
    assessments: tuple[int, int] | None
    result: bool
    confirmed: int | None
    confirmed_assessments: tuple[int, int] | None
    states: tuple[str, ...]  # of the activities from 1 on
    cbds: int
    observed: int
    passed: bool

    @property
    def activities(self) -> int | None:
        """How many it needs, where that can be signed off on (rules 3 and 4)."""
        if self.complete:
            return self.known
        return None if self.confirmed is None else max(self.confirmed, self.known)

    @property
    def missing(self) -> bool:
        """Whether anything stands between it and its sign-off, but for a choice (rules 2 and 3)."""
        needed = self.assessments or self.confirmed_assessments
        if self.activities is None or needed is None:
            return True
        done = [state in DONE for state in self.states[: self.activities]]
        return (
            done.count(True) < self.activities
            or self.cbds < needed[0]
            or self.observed < needed[1]
            or (self.result and not self.passed)
        )


@dataclass(frozen=True)
class Whole:
    """Modules of one block; `chosen`: None without a choice, else how many of its two options are taken: 0 or 1."""

    modules: tuple[Drawn, ...]
    choice: str  # "none", "open", "taken" or "confirmed": of the last two modules, the first is the option taken

    def ready(self, drawn: Drawn) -> bool:
        """Rule 8: a module of an option is ready only when that option is taken and confirmed."""
        at = self.modules.index(drawn) - (len(self.modules) - 2)
        if self.choice == "none" or at < 0:
            return not drawn.missing
        return not drawn.missing and self.choice == "confirmed" and at == 0


@st.composite
def modules_drawn(draw: st.DrawFn, code: str) -> Drawn:
    known, complete = draw(st.integers(0, 3)), draw(mostly)
    numbers = st.tuples(st.integers(0, 1), st.integers(0, 2))
    assessments = draw(st.none() | numbers)
    confirms = draw(mostly)  # all that the curriculum does not know, at once
    return Drawn(
        code=code,
        known=known,
        complete=complete,
        expected=None if complete else draw(st.none() | st.integers(known, 4)),
        assessments=assessments,
        result=draw(st.booleans()),
        confirmed=draw(st.integers(known, 3)) if confirms and not complete else None,
        confirmed_assessments=draw(numbers) if confirms and assessments is None else None,
        states=tuple(draw(st.lists(mostly_done, min_size=4, max_size=4))),
        cbds=draw(st.integers(0, 1)),
        observed=draw(st.integers(0, 2)),
        passed=draw(mostly),
    )


@st.composite
def wholes(draw: st.DrawFn) -> Whole:
    number = draw(st.integers(2, 3))
    found = tuple(draw(modules_drawn(f"S-T{at}")) for at in range(1, number + 1))
    return Whole(found, draw(st.sampled_from(["none", "none", "open", "taken", "confirmed"])))


def built(cast: Cast, whole: Whole) -> Portfolio:
    """The portfolio of all this, through the steps that people take."""
    block: dict[str, Any] = {"title": "All of it", "credits": 180, "modules": [_fields(one) for one in whole.modules]}
    first, second = (one.code for one in whole.modules[-2:])
    if whole.choice != "none":
        block["options"] = [[first], [second]]
    curriculum = make.curriculum("TST8-1-24", blocks=[block])
    Portfolio.objects.filter(pk=cast.portfolio.pk).update(curriculum=curriculum)
    portfolio = Portfolio.objects.select_related("trainee", "curriculum", "programme").get(pk=cast.portfolio.pk)
    make.mark_forms(portfolio.programme)
    if whole.choice == "taken":
        make.option_taken(portfolio, first)
    if whole.choice == "confirmed":
        make.option_confirmed(portfolio, cast.officer, first)
    for one in whole.modules:
        _do(cast, portfolio, one)
    return portfolio


def _fields(one: Drawn) -> dict[str, Any]:
    cbd, observed = one.assessments or (None, None)
    return {
        "code": one.code,
        "credits": 60,
        "kind": "specialist",
        "activities": one.known,
        "activities_complete": one.complete,
        "expected_activities": one.expected,
        "cbd": cbd,
        "observed": observed,
        "university_result": one.result,
    }


def _do(cast: Cast, portfolio: Portfolio, one: Drawn) -> None:
    confirmed = dict(zip(("cbd", "observed"), one.confirmed_assessments or (), strict=False))
    if one.confirmed is not None:
        confirmed["activities"] = one.confirmed
    if confirmed:
        make.confirmed(portfolio, cast.officer, one.code, **confirmed)
    for number, state in enumerate(one.states[: max(one.known, one.confirmed or 0)], start=1):
        _put(cast, portfolio, (one.code, number), state)
    here = (one.assessments or one.confirmed_assessments or (1, 2))[0] > 0
    for at in range(one.cbds):
        _assess(cast, portfolio, one.code, "CBD", here=here and at == 0)
    for _ in range(one.observed):
        _assess(cast, portfolio, one.code, "OCE", here=False)
    if one.result:
        says = ResultState.PASSED if one.passed else ResultState.NOT_PASSED
        make.result(portfolio, cast.officer, one.code, says=says)


def _put(cast: Cast, portfolio: Portfolio, at: tuple[str, int], state: str) -> None:
    match state:
        case "signed":
            make.signed_off(portfolio, cast.assessor, *at)
        case "elsewhere":
            make.signed_elsewhere(portfolio, cast.officer, make.entry(*at))
        case "returned":
            make.returned(portfolio, cast.assessor, *at)
        case "in review":
            make.in_review(portfolio, cast.assessor, *at)
        case "draft":
            make.drafted(portfolio, *at)


def _assess(cast: Cast, portfolio: Portfolio, code: str, kind: str, *, here: bool) -> None:
    if here:
        make.assessed(portfolio, cast.assessor, kind=kind, code=code)
    else:
        elsewhere = make.entry(code, None, kind=ElsewhereKind[kind], another=999)
        make.signed_elsewhere(portfolio, cast.officer, elsewhere)


# --- what the pages say -------------------------------------------------------------------------------------------


def html_of(user: User, name: str, *args: str, query: str = "") -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200, (name, args, answer.status_code)
    return answer.content.decode()


def section(html: str, label: str) -> str:
    found = re.search(rf'<(section|aside)[^>]* aria-labelledby="{label}">(.*?)</\1>', html, re.S)
    return found[2] if found else ""


def lines(html: str) -> list[str]:
    return [unescape(line) for line in re.findall(r'class="app-next__link"[^>]*>(.*?)</', html, re.S)]


def codes(html: str) -> set[str]:
    return set(re.findall(r"/modules/(S-T\d)/", html))


def figure(html: str, pattern: str) -> str:
    found = re.search(pattern, html)
    assert found, pattern
    return found[1]


def refusal(portfolio: Portfolio, officer: User, code: str) -> type[Refused] | None:
    """What the step itself says, without leaving a trace."""
    subject = ModuleOf.read(portfolio, code)
    undone = transaction.atomic()
    undone.__enter__()
    try:
        perform("sign off module", subject, by=officer, seen=modules.shown(subject))
    except Refused as refused:
        return type(refused)
    finally:
        transaction.set_rollback(True)
        undone.__exit__(None, None, None)
    return None


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(whole=wholes())
def test_pages_lists_and_the_sign_off_agree_on_what_is_missing(cast: Cast, whole: Whole) -> None:
    with transaction.atomic():
        _agree(cast, built(cast, whole), whole)
        transaction.set_rollback(True)


def _agree(cast: Cast, portfolio: Portfolio, whole: Whole) -> None:
    ref, trainee, officer = portfolio.ref, portfolio.trainee, cast.officer
    ready = {one.code for one in whole.modules if whole.ready(one)}
    for code in (one.code for one in whole.modules):
        own, officers = html_of(trainee, "module", ref, code), html_of(officer, "module", ref, code)
        sign_off = html_of(officer, "module_sign_off", ref, code)
        missing = lines(section(own, "missing"))
        assert (missing == []) == (code in ready), (code, missing)
        assert lines(section(officers, "missing")) == missing
        assert lines(section(sign_off, "missing")) == missing
        for page in (own, officers):
            assert ("Not ready" in section(page, "sign-off")) == (code not in ready)
        offered = reverse("module_sign_off", args=[ref, code])
        assert (f'href="{offered}"' in section(officers, "sign-off")) == (code in ready)
        assert ('name="seen"' in sign_off) == (code in ready)
        assert refusal(portfolio, officer, code) is (None if code in ready else TooLate)
    trainees, progress = html_of(officer, "trainees"), html_of(trainee, "progress", ref)
    row = figure(trainees, rf"(?s)(<tr[^>]*>(?:(?!</tr>).)*{reverse('progress', args=[ref])}.*?</tr>)")
    assert codes(row) == ready
    assert codes(html_of(officer, "reviewing", query="?show=modules")) == ready
    for at in (r'app-cohort__items">([^<]+)<',):
        assert figure(row, at) in figure(progress, r"Work so far</h2><p[^>]*>([^<]+)<")
    assert figure(row, r'app-items__n">([^<]+)<') == re.sub(
        r"<.*?>", "", figure(progress, r'id="credits">[^<]*</h2><p[^>]*>(.*?)</p>')
    )
