"""F17: `manage.py verify_audit`, as it runs every night, names what is missing, changed or too much, and no more."""

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import StringIO
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections

from portfolio import files
from portfolio.models import Attachment
from portfolio.workflow import ModuleOf, perform, writing
from tests import make
from tests.cast import Cast, assemble
from tests.faults.operations import SignOff, Upload
from tests.races.arena import Arena
from tests.server import ROOT, RealServer

pytestmark = pytest.mark.faults
NIGHTS = 2
STEPS = 40


@pytest.fixture
def cast(db: None) -> Cast:
    return appointed()


def appointed() -> Cast:
    """The cast, of whose roles the instance's chain tells."""
    people = assemble()
    make.appointments_told()
    return people


def night(server: RealServer) -> tuple[int, list[str]]:
    """How the command ends, and what it names."""
    command = [sys.executable, "manage.py", "verify_audit"]
    ended = subprocess.run(
        command, cwd=ROOT, env=server.environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended.returncode, [line for line in ended.stdout.splitlines() if "BROKEN" in line]


def story(cast: Cast) -> dict[str, Attachment]:
    """Files in every place in which one can be: submitted, kept back, taken off, in the bin, and twice the same."""
    signed, kept = make.page(cast.portfolio, "Signed"), make.page(cast.portfolio, "Kept")
    held = {
        "signed": make.attachment(signed, "signed.pdf", make.PDF + b"1"),
        "kept": make.attachment(kept, "kept.pdf", make.PDF + b"2", save=False),
        "again": make.attachment(kept, "again.pdf", make.PDF + b"1"),
    }
    taken_off = make.attachment(kept, "off.pdf", make.PDF + b"3")
    writing.detach(taken_off, by=cast.trainee)
    binned = make.page(cast.portfolio, "Binned")
    make.attachment(binned, "binned.pdf", make.PDF + b"4")
    writing.discard(binned, by=cast.trainee)
    for number, page in ((1, signed), (2, None), (3, None)):
        make.decide(make.submit(cast.assessor, make.drafted(cast.portfolio, number=number, evidence=page))[0])
    make.module_signed_off(cast.portfolio, cast.officer)
    perform("void module sign-off", ModuleOf.read(cast.portfolio, "S-C1"), by=cast.officer, reason="Too early.")
    make.returned(cast.other, cast.assessor)
    (settings.FILES_DIR / files.INCOMING / "coming").write_bytes(b"half of an upload of this moment")
    return held


def test_each_file_that_is_missing_changed_or_too_much_is_named_and_nothing_else(stopped_server: RealServer) -> None:
    held = story(appointed())
    assert night(stopped_server) == (0, [])
    missing, changed = held["kept"], held["signed"]
    place(missing).unlink()
    place(changed).write_bytes(make.PDF + b"another")
    extra = settings.FILES_DIR / "ab" / "cd" / ("abcd" + "0" * 60)
    extra.parent.mkdir(parents=True)
    extra.write_bytes(b"nobody's")
    os.utime(extra, (0, 0))
    again = held["again"]
    status, named = night(stopped_server)
    assert status == 1
    assert sorted(named) == sorted(
        [
            f"BROKEN files: {missing.file.sha256} ({where(missing)}): the file is missing",
            f"BROKEN files: {changed.file.sha256} ({where(changed)}, {where(again)}): the file was changed",
            f"BROKEN files: ab/cd/{extra.name}: no row knows this file",
        ]
    )
    place(missing).write_bytes(make.PDF + b"2")  # as a backup would
    place(changed).write_bytes(make.PDF + b"1")
    extra.unlink()
    assert night(stopped_server) == (0, [])


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("DELETE FROM audit_event WHERE kind = 'withdraw'", "event 4: it is missing"),
        ("DELETE FROM portfolio_decision", "its row is missing"),
        ("DELETE FROM portfolio_itempage", "it is not what was submitted"),
    ],
)
def test_each_row_that_is_missing_is_named(cast: Cast, sql: str, named: str) -> None:
    perform("withdraw", make.in_review(cast.portfolio, cast.assessor).activity, by=cast.trainee)
    make.decide(make.submit(cast.assessor, make.activity(cast.portfolio))[0])
    assert broken() == []
    behind_its_back(sql)
    assert [line for line in broken() if named in line] != []


def test_a_file_whose_row_is_missing_is_named(cast: Cast) -> None:
    story(cast)
    lost = Attachment.objects.select_related("file").get(name="binned.pdf")
    behind_its_back("DELETE FROM portfolio_revision_attachments WHERE attachment_id = %s", lost.pk)
    behind_its_back("DELETE FROM portfolio_attachment WHERE id = %s", lost.pk)
    behind_its_back("DELETE FROM portfolio_storedfile WHERE id = %s", lost.file_id)
    os.utime(place(lost), (0, 0))
    address = place(lost).relative_to(settings.FILES_DIR)
    assert f"BROKEN files: {address}: no row knows this file" in broken()


def test_what_happens_between_two_looks_of_the_check_is_no_damage(transactional_db: None) -> None:
    """After each query a step is taken by somebody else."""
    cast = appointed()
    to_come = happenings(cast)
    for _ in range(3):
        next(to_come)

    def meanwhile(execute: Callable[..., Any], *query: Any) -> Any:
        result = execute(*query)
        if len(taken) < STEPS:
            taken.append(pool.submit(next, to_come).result())
        return result

    taken: list[str] = []
    with ThreadPoolExecutor(1) as pool, connection.execute_wrapper(meanwhile):
        found = broken()
        pool.submit(connections.close_all).result()
    assert found == []
    assert len(taken) == STEPS
    assert broken() == []


def happenings(cast: Cast) -> Iterator[str]:
    """Submitted, signed off, unlocked, and from the beginning; each step by itself."""
    make.drafted(cast.portfolio)
    while True:
        (item,) = make.submit(cast.assessor, make.activity(cast.portfolio))
        yield "submitted"
        make.decide(item)
        yield "signed off"
        perform("unlock", make.activity(cast.portfolio), by=cast.officer, reason="Once more.")
        yield "unlocked"


def broken() -> list[str]:
    """What the command names, run here."""
    said = StringIO()
    with suppress(CommandError):
        call_command("verify_audit", stdout=said)
    return [line for line in said.getvalue().splitlines() if "BROKEN" in line]


def behind_its_back(sql: str, *values: Any) -> None:
    """What a fault below the program can do."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount >= 1


def test_while_people_work_there_are_no_false_alarms(arena: Arena) -> None:
    enough = Event()

    def work(new: Callable[[], Upload | SignOff]) -> int:
        done = 0
        while not enough.is_set():
            done += new().send().status_code == 302
        connections.close_all()
        return done

    with ThreadPoolExecutor(2) as pool:
        uploads = pool.submit(work, lambda: Upload(arena, make.PDF + random.randbytes(50_000)))
        decisions = pool.submit(work, lambda: SignOff(arena, arena.asked()))
        nights = [night(arena.server) for _ in range(NIGHTS)]
        enough.set()
    assert uploads.result() > 0
    assert decisions.result() > 0
    assert nights == [(0, [])] * NIGHTS


def place(attachment: Attachment) -> Path:
    return files._place(attachment.file.sha256)


def where(attachment: Attachment) -> str:
    page = attachment.evidence
    return f"portfolio {page.portfolio.ref}, page {page.eid}, file {attachment.fid}"
