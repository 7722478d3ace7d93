"""A place for races: the real server, the cast as its visitors, and what must hold after every race."""

import os
import re
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from threading import Barrier
from unittest.mock import patch

from django.core.management import call_command
from django.db import connection
from requests import Response

from accounts.models import User
from audit.models import Event
from outbox.models import Mail
from portfolio.models import Activity, Decision, Evidence, Item, Lending, Nomination, SignLink
from portfolio.states import ActivityState
from portfolio.workflow import perform
from portfolio.workflow.one_off import codes, links
from tests import make
from tests.cast import Cast
from tests.server import RealServer, Visitor

ROUNDS = int(os.environ.get("RACES", "4"))  # of each pair of steps; RACES=200 is a long run
BOTH_WIN_WITHIN = 50  # rounds
NUDGE = 0.005  # seconds
Send = Callable[[], Response]


class Arena:
    """One activity of Priya's, S-C1 1, over and over; Maya decides on it."""

    def __init__(self, server: RealServer, cast: Cast) -> None:
        self.server = server
        self.cast = cast
        self.at = f"/portfolios/{cast.portfolio.ref}"
        self.page: Evidence = make.page(cast.portfolio)
        self.wins: list[bool] = []  # of the first of a pair
        self.visitors: dict[int, Visitor] = {}
        self._lead = 0.0  # seconds by which the first of a pair starts before the second
        self._step = NUDGE
        make.appointments_told()

    # --- people and what they send ---

    def visitor(self, person: User) -> Visitor:
        """The browser of this person."""
        if person.pk not in self.visitors:
            self.visitors[person.pk] = self.server.visitor(person)
        return self.visitors[person.pk]

    def asked(self, assessor: User | None = None) -> Item:
        """The activity in review with this assessor, whatever became of it in the last round."""
        row = self.activity
        if row.state == ActivityState.SIGNED_OFF:
            perform("unlock", row, by=self.cast.officer, reason="Once more.")
        elif row.state == ActivityState.IN_REVIEW:
            perform("withdraw", row, by=self.cast.trainee)
        elif row.state == ActivityState.NOT_STARTED:
            make.drafted(self.cast.portfolio, evidence=self.page)
        return make.submit(assessor or self.cast.assessor, self.activity)[0]

    @property
    def activity(self) -> Activity:
        return make.activity(self.cast.portfolio)

    def signing(self, item: Item, assessor: User | None = None) -> Send:
        """Reads the page now; then signs off what it showed."""
        visitor, address = self.visitor(assessor or self.cast.assessor), f"/reviewing/{item.submission.sid}/"
        shown = shown_on(visitor.get(address), "S-C1-1-seen")
        assert shown == item.digest
        return lambda: visitor.send_form(address, {"S-C1-1-outcome": "signed_off", "S-C1-1-seen": shown})

    # --- the race ---

    def race(self, first: Send, second: Send) -> tuple[int, int]:
        """Both at once, and the statuses of their answers."""
        one, two = at_once(lambda: delayed(-self._lead, first), lambda: delayed(self._lead, second))
        assert max(one.status_code, two.status_code) < 500, self.server.log[-4000:]
        return one.status_code, two.status_code

    def first_won(self, won: bool) -> bool:
        """Noted. The loser starts a little earlier next time, the more so the more often it lost in a row: so both meet
        at the lock, and either may win."""
        self._step = self._step * 2 if [won] == self.wins[-1:] else NUDGE
        self._lead += -self._step if won else self._step
        self.wins.append(won)
        return won

    # --- what must hold ---

    def left(self, kind: str) -> tuple[int, int]:
        """How many events and how many mails this kind of step has left. A step that is refused leaves neither."""
        events = Event.objects.filter(chain__name=self.cast.portfolio.chain, kind=kind)
        return events.count(), Mail.objects.filter(kind=kind).count()

    def is_whole(self) -> None:
        """Every chain, row, state and file agrees, and no request met a fault. In a long run each of the two won."""
        print(f"\n{connection.vendor}: the first won {sum(self.wins)} times, the second {self.wins.count(False)} times")
        if len(self.wins) >= BOTH_WIN_WITHIN:
            assert set(self.wins) == {True, False}
        everything_agrees()
        assert self.server.errors() == []


def delayed(seconds: float, send: Send) -> Response:
    """For want of a condition to wait for: the other one has this head start."""
    time.sleep(max(0.0, seconds))
    return send()


def edit(arena: Arena, body: str) -> Response:
    """The trainee saves a new revision of the page."""
    day = make.today() - timedelta(days=1)
    form = {
        "title": "What I did",
        "happened_on_0": day.day,
        "happened_on_1": day.month,
        "happened_on_2": day.year,
        "kind": "reflection",
        "body": body,
        "go": "save",
    }
    return arena.visitor(arena.cast.trainee).send_form(f"{arena.at}/evidence/{arena.page.eid}/edit/", form)


def at_once(*sends: Send) -> list[Response]:
    """Send all of these at the same moment; the answers, in their order."""
    start = Barrier(len(sends))

    def send(one: Send) -> Response:
        start.wait()
        return one()

    with ThreadPoolExecutor(len(sends)) as pool:
        return list(pool.map(send, sends))


def shown_on(page: Response, name: str) -> str:
    """The value of a hidden field of the page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, page.status_code
    return found[1]


def everything_agrees() -> None:
    """As `manage.py verify_audit` says of chains, signed rows, items, states and files: it fails when one is broken."""
    said = StringIO()
    call_command("verify_audit", stdout=said)
    assert "BROKEN" not in said.getvalue()


def sent_link(row: Nomination, officer: User) -> str:
    """Whoever was named is approved and sent a link: its token. As with a code, no mail is read."""
    token = secrets.token_urlsafe(32)
    with patch.object(links.secrets, "token_urlsafe", return_value=token):
        make.approved(row, officer)
    return token


def sent_code(way: SignLink | Lending) -> str:
    """A code that is sent from here. This process or the server posts it, whoever is first: so no mail is read."""
    with patch.object(codes.secrets, "randbelow", return_value=314_159):
        codes.send_code(way)
    return "314159"


def decisions(item: Item) -> list[Decision]:
    return list(Decision.objects.filter(item=item))
