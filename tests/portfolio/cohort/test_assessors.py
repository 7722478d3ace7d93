"""Assessors with open requests: how many, how many are late, and how long decisions took."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from portfolio.access import standing
from portfolio.cohort import summaries
from portfolio.cohort.assessors import Load, busiest, loads, with_times
from portfolio.models import Addressee, Decision, Summary
from portfolio.models.immutable import ImmutableQuerySet
from portfolio.views.trainees import assessors as views
from portfolio.workflow import perform
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import queries

pytestmark = pytest.mark.django_db


def of(user: User) -> list[Load]:
    """The summaries find the same assessors, in the same order."""
    reader, today = standing(user), make.today()
    found = loads(reader, today=today)
    summaries.renew()
    for size in (1, 2, 25):
        pages = [busiest(reader)[first : first + size] for first in range(0, len(found), size)]
        assert [each for page in pages for each in page] == [(one.assessor, one.name) for one in found]
    assert len(busiest(reader)) == len(found)
    return with_times(found, reader, today=today)


def page_of(client: Client, user: User) -> str:
    summaries.renew()
    client.force_login(user)
    answer = client.get(reverse("trainees_assessors"))
    assert answer.status_code == 200
    return answer.content.decode()


def said(page: str) -> list[str]:
    rows = re.findall(r'<tr class="nhsuk-table__row".*?</tr>', page, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def decided(cast: Cast, number: int, days: int, *, ago: int = 0) -> None:
    """A decision of Maya's that took so many days, so many days ago."""
    make.signed_off(cast.portfolio, cast.assessor, number=number)
    row = Decision.objects.get(item__activity__number=number, item__submission__portfolio=cast.portfolio)
    at = timezone.now() - timedelta(days=ago)
    came = at - timedelta(days=days)
    super(ImmutableQuerySet, Decision.objects.filter(pk=row.pk)).update(decided_at=at, came_at=came)


def test_open_requests_and_late_ones_are_counted_once_each(cast: Cast) -> None:
    for number, days in ((1, 20), (2, 3)):
        make.asked_since(make.in_review(cast.portfolio, cast.assessor, number=number), days)
    make.submit(cast.assessor, make.drafted(cast.other, number=1), make.drafted(cast.other, number=2))
    make.asked(cast.portfolio, cast.second_assessor, code="S-X1")
    assert [(one.name, one.open, one.overdue) for one in of(cast.administrator)] == [
        ("Maya Lind", 3, 1),  # of two activities that were sent together it is one request
        ("Femi Adeyemi", 1, 0),
    ]
    assert [(one.name, one.open, one.overdue) for one in of(cast.other_officer)] == [("Maya Lind", 1, 0)]


def test_those_with_as_much_to_do_follow_by_name_also_from_one_page_to_the_next(cast: Cast) -> None:
    """Their accounts came in another order than their names; of two of one name the older stands first."""
    people = [make.person(name) for name in ("Noor Ali", "Bea Mills", "Olu Ade", "Bea Mills", "Cy Park")]
    for person in people:
        trainee = make.portfolio(make.person())
        make.role(trainee, person)
        item = make.in_review(trainee, person)
    make.asked_since(item, 20)
    noor, bea, olu, other_bea, cy = (one.pk for one in people)
    assert [one.assessor for one in of(cast.administrator)] == [cy, bea, other_bea, noor, olu]
    assert busiest(standing(cast.administrator))[5:10] == busiest(standing(cast.stranger))[0:5] == []


def test_what_is_decided_withdrawn_or_of_a_closed_portfolio_is_not_open(cast: Cast) -> None:
    make.signed_off(cast.portfolio, cast.assessor)
    item = make.in_review(cast.portfolio, cast.assessor, number=2)
    perform("withdraw", [item.activity], by=cast.trainee)
    make.in_review(cast.other, cast.assessor)
    perform("close portfolio", cast.other, by=cast.administrator, reason="Left.")
    assert of(cast.administrator) == []


def test_the_median_and_nine_of_ten_are_of_the_decisions_of_a_year(cast: Cast) -> None:
    for number, days in ((1, 2), (2, 8)):
        decided(cast, number, days)
    decided(cast, 3, 90, ago=400)
    make.in_review(cast.other, cast.assessor)
    (maya,) = of(cast.administrator)
    assert (maya.took, maya.median, maya.most) == ((2, 8), "5", "8")
    (there,) = of(cast.other_officer)
    assert (there.took, there.median, there.most) == ((), "", "")  # none of hers was on Tom's work


@pytest.mark.parametrize(
    ("took", "middle", "most"),
    [((3,), "3", "3"), ((1, 2), "1.5", "2"), (tuple(range(1, 11)), "5.5", "9"), (tuple(range(1, 12)), "6", "10")],
)
def test_nine_of_ten_is_the_smallest_number_that_holds_so_many(took: tuple[int, ...], middle: str, most: str) -> None:
    one = Load(1, "Maya Lind", took=took)
    assert (one.median, one.most) == (middle, most)
    assert 10 * sum(days <= int(most) for days in took) >= 9 * len(took)
    assert 10 * sum(days < int(most) for days in took) < 9 * len(took)


def test_a_request_that_was_redirected_counts_from_when_it_came_to_who_decided(cast: Cast) -> None:
    item = make.in_review(cast.portfolio, cast.second_assessor)
    Addressee.objects.update(since=timezone.now() - timedelta(days=30))
    make.redirected(item, cast.assessor)
    Addressee.objects.filter(assessor=cast.assessor).update(since=timezone.now() - timedelta(days=4))
    make.decide(item)
    make.in_review(cast.portfolio, cast.assessor, number=2)
    assert [(one.name, one.took) for one in of(cast.administrator)] == [("Maya Lind", (4,))]


@pytest.mark.parametrize(("asked", "took", "days"), [(30, 60, 1), (90, 600, 0)], ids=["across midnight", "after it"])
def test_days_are_those_of_london_in_summer_too(cast: Cast, asked: int, took: int, days: int) -> None:
    """Midnight there is 23:00 in UTC: half an hour before it, and half an hour after."""
    decided(cast, 1, 0)
    summers = (date(make.today().year - ago, month, 1) for ago in (0, 1) for month in (7, 9))
    last = next(day for day in summers if 3 <= (make.today() - day).days <= 360)
    at = datetime(last.year, last.month, 1, 22, tzinfo=UTC) + timedelta(minutes=asked)
    super(ImmutableQuerySet, Decision.objects.all()).update(came_at=at, decided_at=at + timedelta(minutes=took))
    make.in_review(cast.portfolio, cast.assessor, number=2)
    assert [one.took for one in of(cast.administrator)] == [(days,)]


def test_a_clock_that_was_set_back_makes_no_day_less_than_none(cast: Cast) -> None:
    decided(cast, 1, -2)
    make.in_review(cast.portfolio, cast.assessor, number=2)
    assert [one.took for one in of(cast.administrator)] == [(0,)]


def test_what_was_decided_in_an_account_that_was_merged_counts_for_the_person(cast: Cast) -> None:
    decided(cast, 1, 2)
    make.assessed(cast.portfolio, cast.assessor, code="S-X1")
    make.signed_off(cast.portfolio, cast.coordinator, number=2)
    User.objects.filter(pk=cast.assessor.pk).update(is_active=False, merged_into=cast.second_assessor)
    make.in_review(cast.portfolio, cast.second_assessor, number=3)
    assert [(one.name, one.took) for one in of(cast.administrator)] == [("Femi Adeyemi", (0, 2))]


def test_the_page_says_it_in_words_with_its_source(client: Client, cast: Cast) -> None:
    decided(cast, 1, 3)
    make.asked_since(make.in_review(cast.portfolio, cast.assessor, number=2), 20)
    page = page_of(client, cast.officer)
    assert said(page) == [
        "Maya Lind Open 1 Past the due date 1 Half decided within 3 days Nine of ten within 3 days Decisions counted 1"
    ]
    assert "decisions of the last 12 months" in page


def test_what_the_page_says_is_so_now_whatever_the_summaries_were_told(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make.in_review(cast.portfolio, cast.assessor, number=1)
    make.in_review(cast.portfolio, cast.second_assessor, number=2)
    summaries.renew()
    make.in_review(cast.portfolio, cast.second_assessor, number=3)
    make.in_review(cast.portfolio, cast.coordinator, code="S-X1")
    perform("withdraw", first.activity, by=cast.trainee)
    client.force_login(cast.administrator)

    def page(number: int) -> str:
        return client.get(reverse("trainees_assessors"), {"page": number}).content.decode()

    assert [row.split(" Past")[0] for row in said(page(1))] == [
        "Femi Adeyemi Open 2",
        f"{cast.coordinator.name} Open 1",
    ]
    assert "2 assessors with an open request." in page(1)
    assert "these 2 assessors" in page(1)
    monkeypatch.setattr(views, "A_PAGE", 1)  # now they are more than a page, and found by the summaries
    assert [row.split(" Past")[0] for row in said(page(1))] == ["Femi Adeyemi Open 2"]
    assert said(page(2)) == []
    for number in (1, 2):
        assert not re.search(r"\d+ assessors? with an open request", page(number))
        assert "all assessors with an open request" in page(number)
        assert "app-loads__note" in page(number)
    assert "Nothing is open any more with those of this page" in page(2)
    assert "No assessor has an open request" not in page(2)


def test_wrong_summaries_put_assessors_in_another_order_and_change_no_number(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.in_review(cast.portfolio, cast.assessor, number=1)
    make.in_review(cast.portfolio, cast.second_assessor, number=2)
    summaries.renew()
    client.force_login(cast.administrator)
    monkeypatch.setattr(views, "A_PAGE", 1)
    Summary.objects.filter(portfolio=cast.portfolio).update(
        asked=f"{cast.second_assessor.pk}:1:0 {cast.assessor.pk}:99:98"
    )
    pages = [client.get(reverse("trainees_assessors"), {"page": number}).content.decode() for number in (1, 2)]
    assert [said(page)[0].split(" Half")[0] for page in pages] == [
        "Maya Lind Open 1 Past the due date None",
        "Femi Adeyemi Open 1 Past the due date None",
    ]


def test_who_looks_after_nobody_in_whole_reads_of_no_assessor(client: Client, cast: Cast) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    supervisor = make.person("Hugh Sole")
    make.placed(cast.portfolio, cast.officer, supervisor, ("S-X1",))
    for who in (supervisor, cast.trainee, cast.assessor, cast.stranger, cast.former_officer, cast.other_officer):
        page = page_of(client, who)
        assert said(page) == []
        assert "Maya Lind" not in page.replace("Maya Lind</", "") or who == cast.assessor
        assert "No assessor has an open request" in page
    assert len(said(page_of(client, cast.officer))) == 1


def test_many_assessors_are_paged_and_ask_the_same_queries(client: Client, cast: Cast) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    summaries.renew()
    client.force_login(cast.administrator)
    one = queries(client, reverse("trainees_assessors"))
    for number in range(29):
        trainee = make.portfolio(make.person(f"Trainee {number:02}"))
        assessor = make.person(f"Assessor {number:02}")
        make.role(trainee, assessor)
        make.in_review(trainee, assessor)
        if number in (2, 24, 28):
            summaries.renew()
            assert queries(client, reverse("trainees_assessors")) == one, number
    pages = [client.get(reverse("trainees_assessors"), {"page": number}).content.decode() for number in (1, 2)]
    names = [row.split(" Open")[0] for page in pages for row in said(page)]
    assert names == [*(f"Assessor {number:02}" for number in range(29)), "Maya Lind"]
    assert len(said(pages[0])) == 25
