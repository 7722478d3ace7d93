"""F1: the server is killed in the midst of uploads and sign-offs, again and again, and started again.

What was acknowledged is there, whole. What was not is there whole or not at all, and sending it again makes it once.
"""

import os
import random
import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest
import requests
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from portfolio import files
from portfolio.models import Evidence
from tests import make
from tests.faults.operations import SignOff, Upload
from tests.races.arena import Arena, everything_agrees

pytestmark = pytest.mark.faults
KILLS = int(os.environ.get("KILLS", "15"))  # `make long` kills 50 times on each database
LONGEST_LIFE = 0.15  # seconds of work after the first answer, about what one request takes
SECONDS_TO_ANSWER = 30
SECONDS_TO_COME_BACK = 10


class Writer:
    """Sends one after the other until the server is gone; what was cut off is sent again first."""

    def __init__(self, new: Callable[[], Upload | SignOff]) -> None:
        self.new = new
        self.cut: Upload | SignOff | None = None
        self.acknowledged: list[Upload | SignOff] = []
        self.strange: list[Any] = []  # answers that should not have been given

    def until_it_dies(self, answered: Event) -> None:
        try:
            while True:
                again, self.cut = self.cut is not None, self.cut or self.new()
                status = self.cut.send().status_code
                if status != 302 and not (again and status == 409):  # 409: it was made before the answer was cut off
                    self.strange.append((self.cut, status))
                self.acknowledged.append(self.cut)
                self.cut = None
                answered.set()
        except requests.RequestException:
            pass
        except Exception as failure:
            self.strange.append(failure)
        finally:
            connections.close_all()


def test_what_was_acknowledged_survives_any_kill_and_nothing_is_torn(arena: Arena) -> None:
    writers = [
        Writer(lambda: Upload(arena, make.PDF + random.randbytes(random.randrange(1, 500_000)))),
        Writer(lambda: SignOff(arena, arena.asked())),
    ]
    slowest, checked = 0.0, 0
    for _ in range(KILLS):
        answered = Event()
        threads = [Thread(target=writer.until_it_dies, args=[answered]) for writer in writers]
        for thread in threads:
            thread.start()
        assert answered.wait(SECONDS_TO_ANSWER)
        time.sleep(random.uniform(0, LONGEST_LIFE))  # the fault itself: at any moment
        arena.server.kill()
        for thread in threads:
            thread.join()
        began = time.monotonic()
        arena.server.start()
        slowest = max(slowest, time.monotonic() - began)
        for visitor in arena.visitors.values():
            visitor.close()  # the sockets of the server that is gone
        assert [writer.strange for writer in writers] == [[], []]
        acknowledged = [one for writer in writers for one in writer.acknowledged]
        assert [one.there() for one in acknowledged] == [one.whole() for one in acknowledged]
        assert all(writer.cut.there() in ([], writer.cut.whole()) for writer in writers if writer.cut)
        checked += len(acknowledged)
        for writer in writers:
            writer.acknowledged.clear()
    everything_agrees()
    for cut in (writer.cut for writer in writers if writer.cut):
        assert cut.send().status_code in (302, 409)
        assert cut.there() == cut.whole()
    assert Evidence.objects.filter(revisions=None).count() == 0
    assert slowest < SECONDS_TO_COME_BACK
    years_later()
    everything_agrees()
    print(f"\n{connection.vendor}: {KILLS} kills, {checked} acknowledged and there, slowest start {slowest:.1f} s")


def years_later() -> None:
    """Whatever a kill left half done on its way in is swept away by the daily command, and the rest is no damage."""
    (settings.FILES_DIR / files.INCOMING / "half").write_bytes(b"%PDF")
    for path in settings.FILES_DIR.rglob("*"):
        os.utime(path, (0, 0))
    call_command("empty_bin", verbosity=0)
    assert list((settings.FILES_DIR / files.INCOMING).iterdir()) == []
