"""Complete is one truth: progress, its headline and its panel, the last review, the list and its file say the same.

Whether a portfolio is complete is reckoned here by hand: every module signed off, both kinds of observed assessment
where the rules ask for both, and every award that they ask for (domain.md rules 1, 5 and 10).
"""

import csv
import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from io import StringIO
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portfolio import ledger
from portfolio.models import Portfolio
from portfolio.progress import portfolio_progress
from portfolio.reviews import review_points
from portfolio.states import ElsewhereKind, Met
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db
AWARDS = ("MSc Clinical Science", "STP Final Year Assessment")
NO_ITEMS = {"activities": 0, "activities_complete": True, "cbd": 0, "observed": 0, "kind": "specialist"}
BLOCKS = [
    {"title": "One", "credits": 90, "modules": [{"code": "S-T1", "credits": 90, **NO_ITEMS}]},
    {"title": "Two", "credits": 90, "modules": [{"code": "S-T2", "credits": 90, **NO_ITEMS, "observed": 1}]},
]


@dataclass(frozen=True)
class Drawn:
    """What is there. `meeting`: of the last review; "planned" is for tomorrow."""

    signed: int
    oce: bool
    awards: int
    meeting: str

    @property
    def complete(self) -> bool:
        return self.signed == 2 and self.oce and self.awards == 2


def built(cast: Cast, drawn: Drawn) -> Portfolio:
    curriculum = make.curriculum("TST8-1-24", blocks=BLOCKS)
    Portfolio.objects.filter(pk=cast.portfolio.pk).update(curriculum=curriculum)
    requires = [{"overall": 100}, *({"award": name} for name in AWARDS)]
    points = [{"name": "Completion", "due": {"year": 3, "month": 9, "day": 15}, "requires": requires}]
    rules = {"portfolio": {"both_dops_and_oce": True}, "review_points": points}
    portfolio = make.with_rules(Portfolio.objects.get(pk=cast.portfolio.pk), rules)
    for kind in ("DOPS", *(["OCE"] if drawn.oce else [])):
        make.signed_elsewhere(portfolio, cast.officer, make.entry("S-T2", None, kind=ElsewhereKind[kind]))
    for code in ("S-T1", "S-T2")[: drawn.signed]:
        make.module_signed_off(portfolio, cast.officer, code)
    for name in AWARDS[: drawn.awards]:
        make.result(portfolio, cast.officer, award=name)
    if drawn.meeting:
        on = make.today() + timedelta(days=1 if drawn.meeting == "planned" else 0)
        make.review_planned(portfolio, cast.officer, on=on)
    if drawn.meeting == "signed":
        make.review_signed(portfolio, officer=cast.officer)
    return portfolio


def page(user: User, address: str) -> str:
    client = Client()
    client.force_login(user)
    answer: Any = client.get(address)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code == 200
    return unescape(content.decode("utf-8-sig"))


ALL = [Drawn(*one, "") for one in product((1, 2), (False, True), (0, 1, 2))]
ALL += [Drawn(2, True, 2, "planned"), Drawn(2, True, 2, "signed"), Drawn(2, True, 1, "signed")]


@pytest.mark.parametrize("drawn", ALL, ids=str)
def test_pages_lists_and_files_agree_on_what_is_complete(cast: Cast, drawn: Drawn) -> None:
    portfolio = built(cast, drawn)
    record = ledger.read_one(portfolio, reviews=True)
    assert portfolio_progress(record).complete == drawn.complete
    assert (review_points(record)[0].met is Met.MET) == drawn.complete
    nothing_left = drawn.complete and drawn.meeting == "signed"
    for reader in (portfolio.trainee, cast.officer):
        shown = page(reader, reverse("progress", args=[portfolio.ref]))
        assert ("Nothing left to do" in shown) == nothing_left
        panel = re.search(r'aria-labelledby="whole">(.*?)</section>', shown, re.S)
        assert panel
        assert ("Not met: " not in panel[1]) == drawn.complete
    listed = page(cast.officer, reverse("trainees"))
    assert ('<span class="app-sub">Complete</span>' in listed) == drawn.complete
    (line,) = csv.DictReader(StringIO(page(cast.officer, reverse("trainees_csv")), newline=""))
    assert (line["For completion"] == "Complete") == drawn.complete
    assert line["For completion"] == portfolio_progress(record).completion


@pytest.mark.parametrize(
    ("drawn", "headline"),
    [
        (Drawn(2, True, 0, ""), "Wait for MSc Clinical Science to be recorded"),
        (Drawn(2, True, 1, ""), "Wait for STP Final Year Assessment to be recorded"),
        (Drawn(2, True, 2, ""), "Plan the meeting “Completion”"),
        (Drawn(2, True, 2, "planned"), "Wait for the meeting of a review"),
        (Drawn(2, True, 2, "signed"), "Nothing left to do"),
    ],
)
def test_the_headline_names_the_award_and_then_the_meeting_that_is_missing(
    cast: Cast, drawn: Drawn, headline: str
) -> None:
    portfolio = built(cast, drawn)
    assert headline in page(portfolio.trainee, reverse("progress", args=[portfolio.ref]))


def test_an_award_of_an_either_or_is_one_way_to_meet_a_review_and_completion_does_not_wait_for_it(cast: Cast) -> None:
    ways = {"any_of": [[{"module": "S-T1", "percent": 100}], [{"award": "A prize"}]]}
    points = [{"name": "Last", "due": {"year": 3, "month": 9, "day": 15}, "requires": [{"overall": 100}, ways]}]
    rules = {"portfolio": {"both_dops_and_oce": True}, "review_points": points}
    portfolio = make.with_rules(built(cast, Drawn(2, True, 0, "")), rules)
    record = ledger.read_one(portfolio, reviews=True)
    assert (portfolio_progress(record).complete, review_points(record)[0].met) == (True, Met.MET)
    for reader in (cast.trainee, cast.officer):
        shown = page(reader, reverse("progress", args=[portfolio.ref]))
        assert "A prize</a>, as one way to meet a review" in shown
        assert "Plan the meeting “Last”" in shown
    assert '<span class="app-sub">Complete</span>' in page(cast.officer, reverse("trainees"))
    assert make.result(portfolio, cast.officer, award="A prize").award == "A prize"


def test_a_review_that_was_held_is_to_be_signed_by_the_trainee_and_then_waits_for_the_officer(cast: Cast) -> None:
    portfolio = built(cast, Drawn(2, True, 2, ""))
    make.review_planned(portfolio, cast.officer, on=make.today())
    progress = reverse("progress", args=[portfolio.ref])
    assert '"app-next__link" href="' + reverse("review_point", args=[portfolio.ref, 1]) in page(cast.trainee, progress)
    assert "Sign the review “Completion”" in page(cast.trainee, progress)
    make.review_signed(portfolio)
    assert "Wait for the meeting of a review" in page(cast.trainee, progress)
    make.review_signed(portfolio, trainee=False, officer=cast.officer)
    assert "Nothing left to do" in page(cast.trainee, progress)


@pytest.mark.parametrize(
    ("drawn", "asked"),
    [(Drawn(1, True, 0, ""), []), (Drawn(2, True, 0, ""), list(AWARDS)), (Drawn(2, True, 1, ""), [AWARDS[1]])],
)
def test_an_award_waits_in_the_officers_queue_once_it_alone_is_missing(
    cast: Cast, client: Client, drawn: Drawn, asked: list[str]
) -> None:
    built(cast, drawn)
    client.force_login(cast.officer)
    duties = [one.title for one in client.get(reverse("reviewing")).context["duties"]]
    assert duties == [f"Priya Raman: record {name}" for name in asked]
