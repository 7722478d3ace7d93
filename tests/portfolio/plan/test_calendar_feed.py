"""The calendar feed: what is in it, read by a parser that did not write it; and its secret. It is 12 March 2026."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream

from accounts.models import User
from audit.models import Event
from config.logs import without_keys
from curriculum.models import TrainingActivity
from portfolio.models import CalendarFeed, Portfolio
from portfolio.plan.calendar import Event as Told
from portfolio.plan.calendar import calendar, uid
from portfolio.plan.reading import key_digest
from portfolio.workflow import perform, writing
from portfolio.workflow.plan import Put, make_address, put, stop_address
from portfolio.workflow.training_time import Away
from tests import make
from tests.cast import Cast
from tests.portfolio.plan.conftest import NOW

SignIn = Callable[[User], Client]
UNKNOWN = "x" * 43


def feed(key: str) -> str:
    return reverse("calendar", args=[key])


def parsed(content: bytes) -> Calendar:
    return IcsCalendarStream.calendar_from_ics(content.decode())


def rows(content: bytes) -> list[tuple[date, str, str]]:
    return [(one.dtstart, one.summary or "", one.description or "") for one in parsed(content).events]


# --- what it says -------------------------------------------------------------------------------------------------


def test_another_parser_reads_what_the_plan_says(cast: Cast, of: Portfolio) -> None:
    put(of, Put({("S-C1", 1), ("S-C1", 2)}, month=date(2026, 5, 1)), by=cast.trainee)
    make.review_planned(of, cast.officer, 1, on=date(2026, 3, 20))
    answer = Client().get(feed(make_address(of, by=cast.trainee)))
    assert answer.status_code == 200
    assert rows(answer.content) == [
        (date(2025, 3, 31), "Check-in: due", ""),
        (date(2026, 3, 20), "Check-in: meeting", ""),
        (date(2026, 5, 1), "S-C1 1 Task 1 of S-C1", "Planned for May 2026"),
        (date(2026, 5, 1), "S-C1 2 Task 2 of S-C1", "Planned for May 2026"),
        (date(2026, 9, 1), "Second review: opens today", ""),
        (date(2026, 9, 30), "Second review: due", ""),
    ]
    for event in parsed(answer.content).events:
        assert event.dtend == event.dtstart + timedelta(days=1)  # all of that day, and not the next
        assert event.dtstamp == NOW
        assert event.transparency == "TRANSPARENT"


def test_assessments_stand_on_their_days_by_kind_and_module_until_they_are_decided(cast: Cast, of: Portfolio) -> None:
    make.mark_forms(of.programme)
    key = make_address(of, by=cast.trainee)
    make.planned(of, "DOPS", "Nobody was asked", code="S-X1", happens_on=date(2026, 4, 2))
    asked = make.asked(of, cast.assessor, "CBD", "Somebody was", code="S-X1", happens_on=date(2026, 3, 9))
    told = [
        (date(2026, 3, 9), "S-X1 CBD", "With an assessor"),
        (date(2026, 4, 2), "S-X1 DOPS", "Planned: nobody is asked yet"),
    ]
    assert [row for row in rows(Client().get(feed(key)).content) if row[1].startswith("S-X1")] == told
    assert uid(of.ref, f"assessment/{asked.aid}") in {one.uid for one in parsed(Client().get(feed(key)).content).events}
    make.complete(asked)
    assert [row for row in rows(Client().get(feed(key)).content) if row[1].startswith("S-X1")] == told[1:]


def test_what_is_signed_off_or_taken_out_is_told_no_more(cast: Cast, of: Portfolio) -> None:
    put(of, Put({("S-C1", 1), ("S-C1", 2), ("S-C1", 3)}, month=date(2026, 5, 1)), by=cast.trainee)
    key = make_address(of, by=cast.trainee)
    make.signed_off(of, cast.assessor, number=1)
    put(of, Put({("S-C1", 2)}), by=cast.trainee)
    titles = [title for _, title, _ in rows(Client().get(feed(key)).content) if title.startswith("S-C1")]
    assert titles == ["S-C1 3 Task 3 of S-C1"]


def test_moving_an_activity_keeps_its_uid_so_that_a_calendar_moves_it(cast: Cast, of: Portfolio) -> None:
    key = make_address(of, by=cast.trainee)
    found = []
    for month in (date(2026, 5, 1), date(2026, 7, 1)):
        put(of, Put({("S-C1", 1)}, month=month), by=cast.trainee)
        found += [one for one in parsed(Client().get(feed(key)).content).events if one.summary.startswith("S-C1")]
    assert [one.dtstart for one in found] == [date(2026, 5, 1), date(2026, 7, 1)]
    assert found[0].uid == found[1].uid == uid(of.ref, "activity/S-C1/1")
    assert of.ref not in found[0].uid


def test_nothing_that_the_trainee_wrote_of_an_activity_and_nothing_of_leave_is_told(cast: Cast, of: Portfolio) -> None:
    secret = "Reflection on NHS number 999 000 0018"
    writing.name_place(of, "S-X1", 2, title=secret, type="DTA", by=cast.trainee)
    make.page(of, secret)
    make.training_time(of, cast.officer, Away(date(2026, 6, 1), date(2026, 6, 10), "sick", secret))
    put(of, Put({("S-X1", 2)}, month=date(2026, 5, 1)), by=cast.trainee)
    content = Client().get(feed(make_address(of, by=cast.trainee))).content.decode()
    assert "SUMMARY:S-X1 2\r\n" in content
    for word in ("Reflection", "999 000", "sick", "Sick", "leave", "Leave", "Priya"):
        assert word not in content


AWKWARD = (
    "Commas, semicolons; and a \\ backslash",
    "Lines\nthat\r\nbreak",
    "Ångström, µ-lab, 実験, \U0001f9ec and “quotes”",
    "BEGIN:VEVENT\r\nSUMMARY:Not an event of its own\r\nEND:VEVENT",
    "A very long title of an activity that does not come to its end " * 12,
    "実" * 200,
    "Colon: 12:30, \"quoted\" and 'single'",
)


@pytest.mark.parametrize("title", AWKWARD)
def test_a_title_comes_out_as_it_went_in_and_no_line_is_longer_than_75_bytes(title: str) -> None:
    content = calendar("ref", (Told("one", date(2026, 3, 12), title, title),), now=NOW)
    lines = content.split(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no character is cut in two
    ((_, summary, about),) = rows(content)
    said = title.replace("\r\n", "\n")
    assert (summary.strip(), about.strip()) == (said.strip(), said.strip())
    assert content.count(b"\r\nBEGIN:VEVENT\r\n") == 1


def test_titles_of_the_curriculum_are_escaped(cast: Cast, of: Portfolio) -> None:
    TrainingActivity.objects.filter(module__code="S-C1", number=1).update(title="Plan, do; check: act")
    put(of, Put({("S-C1", 1)}, month=date(2026, 5, 1)), by=cast.trainee)
    content = Client().get(feed(make_address(of, by=cast.trainee))).content
    assert "S-C1 1 Plan, do; check: act" in [title for _, title, _ in rows(content)]


# --- the answer ---------------------------------------------------------------------------------------------------


def test_the_answer_is_a_calendar_that_nobody_keeps_and_no_robot_lists_without_a_cookie(
    cast: Cast, of: Portfolio
) -> None:
    client = Client()
    answer = client.get(feed(make_address(of, by=cast.trainee)))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"].startswith("noindex")
    assert (client.cookies, Session.objects.count()) == ({}, 0)
    assert "Cookie" not in answer.get("Vary", "")


def test_it_is_read_and_nothing_else(cast: Cast, of: Portfolio) -> None:
    path = feed(make_address(of, by=cast.trainee))
    for method in ("post", "put", "patch", "delete"):
        assert getattr(Client(), method)(path).status_code == 405
    assert Client().head(path).status_code == 200


# --- the secret ---------------------------------------------------------------------------------------------------


def bare(answer: Any) -> tuple[int, bytes]:
    """What an answer says, without what differs from one to the next."""
    return answer.status_code, re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", answer.content)


def test_the_key_is_long_kept_only_as_a_digest_and_in_no_event(cast: Cast, of: Portfolio) -> None:
    key = make_address(of, by=cast.trainee)
    assert len(key) >= 43  # 256 bits in base 64
    row = CalendarFeed.objects.get()
    assert row.key_digest == key_digest(key) != key
    made = Event.objects.get(kind="calendar address made")
    assert made.data == '{"replaced":false}'
    assert [secret for secret in (key, row.key_digest) if secret in str(vars(made))] == []


def test_unknown_replaced_stopped_closed_and_deactivated_answer_alike_and_at_once(cast: Cast, of: Portfolio) -> None:
    unknown = bare(Client().get(feed(UNKNOWN)))
    assert unknown[0] == 404
    first = make_address(of, by=cast.trainee)
    assert Client().get(feed(first)).status_code == 200
    second = make_address(of, by=cast.trainee)
    assert (Client().get(feed(second)).status_code, bare(Client().get(feed(first)))) == (200, unknown)
    stop_address(of, by=cast.trainee)
    assert bare(Client().get(feed(second))) == unknown
    third = make_address(of, by=cast.trainee)
    User.objects.filter(pk=cast.trainee.pk).update(is_active=False)
    assert bare(Client().get(feed(third))) == unknown
    User.objects.filter(pk=cast.trainee.pk).update(is_active=True)
    assert Client().get(feed(third)).status_code == 200
    perform("close portfolio", of, by=cast.administrator, reason="Completed.")
    assert bare(Client().get(feed(third))) == unknown


@pytest.mark.parametrize("how", ["digest", "cut", "longer", "upper"])
def test_nothing_near_the_key_opens_it(cast: Cast, of: Portfolio, how: str) -> None:
    key = make_address(of, by=cast.trainee)
    wrong = {"digest": key_digest(key), "cut": key[:-1], "longer": key + "a", "upper": key.swapcase()}[how]
    assert Client().get(feed(wrong)).status_code == 404


def test_the_key_is_in_no_log(cast: Cast, of: Portfolio, caplog: pytest.LogCaptureFixture) -> None:
    key = make_address(of, by=cast.trainee)
    stop_address(of, by=cast.trainee)
    with caplog.at_level("DEBUG"):
        Client().get(feed(key))
        Client().post(feed(key))
    said = [without_keys(record.getMessage()) for record in caplog.records if "calendar" in record.getMessage()]
    assert said
    assert [line for line in said if key in line] == []
    assert [
        record for record in caplog.records if record.name == "config.middleware" and key in record.getMessage()
    ] == []


# --- its page -----------------------------------------------------------------------------------------------------


def page(of: Portfolio, step: str = "") -> str:
    return reverse(f"plan_calendar{step}", args=[of.ref])


def test_the_address_is_shown_once_and_works(cast: Cast, of: Portfolio, client_of: SignIn) -> None:
    client = client_of(cast.trainee)
    assert "There is no address" in client.get(page(of)).content.decode()
    made = client.post(page(of, "_make"))
    assert made.status_code == 200
    (shown,) = re.findall(r"https?://[^\s<]+/calendar/([\w-]+)\.ics", made.content.decode())
    assert made["Cache-Control"].count("no-store") == 1
    assert Client().get(feed(shown)).status_code == 200
    later = client.get(page(of)).content.decode()
    assert shown not in later
    assert "There is an address" in later
    stopped = client.post(page(of, "_stop"), follow=True)
    assert "The calendar address is stopped." in stopped.content.decode()
    assert Client().get(feed(shown)).status_code == 404
    kinds = Event.objects.filter(chain__name=of.chain).order_by("seq").values_list("kind", flat=True)
    assert list(kinds)[-2:] == ["calendar address made", "calendar address stopped"]


def test_the_trainee_alone_has_a_calendar_address(cast: Cast, of: Portfolio, client_of: SignIn) -> None:
    for person, status in ((cast.officer, 403), (cast.administrator, 403), (cast.stranger, 404), (cast.assessor, 404)):
        client = client_of(person)
        assert client.get(page(of)).status_code == status
        assert client.post(page(of, "_make")).status_code == status
        assert client.post(page(of, "_stop")).status_code == status
    assert not CalendarFeed.objects.exists()


def test_a_closed_portfolio_makes_none(cast: Cast, of: Portfolio, client_of: SignIn) -> None:
    perform("close portfolio", of, by=cast.administrator, reason="Completed.")
    assert client_of(cast.trainee).get(page(of)).status_code == 200
    assert client_of(cast.trainee).post(page(of, "_make")).status_code == 403
    assert not CalendarFeed.objects.exists()


def test_the_history_says_that_an_address_was_made_and_by_whom(cast: Cast, of: Portfolio, client_of: SignIn) -> None:
    make_address(of, by=cast.trainee)
    text = client_of(cast.officer).get(reverse("history", args=[of.ref])).content.decode()
    assert "Made an address for a calendar" in text
