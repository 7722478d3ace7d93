"""Eight writers on one chain (attack case 41): no fork, no gap, nothing lost, on either database."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections, transaction

from audit.chain import append, verify
from audit.models import Chain, Event
from tests.races.arena import everything_agrees

WRITERS = 8
EVENTS = int(os.environ.get("WRITTEN", "100"))  # of each writer; WRITTEN=500 is a long run
pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """These writers never pause, and SQLite gives its lock to any of them: one may wait for longer than a page does."""
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connections.settings["default"]["OPTIONS"], "timeout", 120)


def test_eight_writers_on_one_chain_make_one_line_without_a_gap(patience: None) -> None:
    start = Barrier(WRITERS)

    def write(writer: int) -> None:
        start.wait()
        try:
            for number in range(EVENTS):
                with transaction.atomic():
                    append("shared", "race", by=None, data={"writer": writer, "number": number})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    events = list(Event.objects.filter(chain__name="shared").order_by("seq"))
    assert [event.seq for event in events] == list(range(1, WRITERS * EVENTS + 1))
    assert [event.prev for event in events[1:]] == [event.hash for event in events[:-1]]
    for writer in range(WRITERS):
        told = [event.details["number"] for event in events if event.details["writer"] == writer]
        assert told == list(range(EVENTS))
    assert Chain.objects.get(name="shared").head_hash == events[-1].hash
    assert verify("shared") is None
    everything_agrees()
