"""Tasks in the database: a worker delivers, and what a killed worker left is done by another."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from config import background
from outbox import delivery
from outbox.tasks import LONGEST_RUN, deliver_mail, reap
from tests.cast import assemble
from tests.faults.test_mail_servers import TOLD, subjects, until
from tests.races.arena import Arena
from tests.server import ROOT, RealServer
from tests.smtp import Box, hanging, serving

DELIVERY = "outbox.tasks.deliver_mail"  # beside it stands what makes the summary after the step


def manage(server: RealServer, port: int, *words: str) -> "subprocess.Popen[str]":
    """A process of its own, as whoever runs this instance with workers starts it."""
    environment = server.environment() | {
        "STP_BACKGROUND": "db_worker",
        "STP_MAIL_URL": f"smtp://127.0.0.1:{port}",
    }
    command = [sys.executable, "manage.py", *words]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def said(process: "subprocess.Popen[str]") -> list[str]:
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return out.splitlines()


@pytest.mark.faults
def test_a_worker_of_its_own_delivers_and_one_that_is_killed_leaves_nothing_behind(
    stopped_server: RealServer,
) -> None:
    stopped_server.start(STP_BACKGROUND="db_worker", STP_MAIL_URL="smtp://127.0.0.1:9")
    arena, box = Arena(stopped_server, assemble()), Box()
    sign = arena.signing(arena.asked())
    assert sign().status_code == 302
    until(lambda: DBTaskResult.objects.ready().filter(task_path=DELIVERY).count() == 1)
    assert delivery.waiting().get().attempts == 0  # the server itself tries nothing
    with hanging() as port:
        killed = manage(stopped_server, port, "db_worker", "--no-startup-delay")
        until(lambda: delivery.waiting().exclude(claim="").exists())
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
    assert DBTaskResult.objects.get(task_path=DELIVERY).status == TaskResultStatus.RUNNING
    long_ago = timezone.now() - LONGEST_RUN - timedelta(seconds=1)
    DBTaskResult.objects.update(started_at=long_ago)
    delivery.waiting().update(claimed_until=long_ago)
    with serving(box) as port:
        assert reap() == 1
        said(manage(stopped_server, port, "db_worker", "--batch", "--no-startup-delay"))
    assert subjects(box) == TOLD[:1]
    task = DBTaskResult.objects.get(task_path=DELIVERY)
    assert (task.status, task.return_value, len(task.worker_ids)) == (
        TaskResultStatus.SUCCESSFUL,
        "1 delivered, 0 put off, 0 given up",
        2,
    )


def running(minutes: int, workers: int = 1) -> DBTaskResult:
    return DBTaskResult.objects.create(
        task_path=DELIVERY,
        args_kwargs={"args": [], "kwargs": {}},
        backend_name="default",
        status=TaskResultStatus.RUNNING,
        started_at=timezone.now() - timedelta(minutes=minutes),
        worker_ids=[f"worker {number}" for number in range(workers)],
    )


@pytest.mark.django_db
def test_a_task_of_a_killed_worker_is_ready_again_and_failed_after_three() -> None:
    works, killed, thrice = running(9), running(11), running(11, workers=3)
    assert reap() == 2
    found = [DBTaskResult.objects.get(pk=row.pk).status for row in (works, killed, thrice)]
    assert found == [TaskResultStatus.RUNNING, TaskResultStatus.READY, TaskResultStatus.FAILED]
    assert reap() == 0


@pytest.mark.django_db
def test_what_is_finished_is_forgotten_after_a_day() -> None:
    for row, hours in ((running(1), 23), (running(1), 25)):
        row.set_successful("")
        DBTaskResult.objects.filter(pk=row.pk).update(finished_at=timezone.now() - timedelta(hours=hours))
    reap()
    assert DBTaskResult.objects.count() == 1


def test_in_process_a_task_that_is_asked_for_often_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = background.InProcess("default", {})
    backend.enqueue(deliver_mail, [], {})  # where no thread runs, nothing piles up
    assert background._waiting(0) == []
    monkeypatch.setattr(background, "_threads", ["one"])
    for _ in range(3):
        backend.enqueue(deliver_mail, [], {})
    assert len(background._waiting(0)) == 1
    assert background._waiting(0) == []


def test_the_thread_of_a_server_goes_on_after_work_that_failed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    class Enough(BaseException):
        pass

    def fails() -> None:
        done.append("fails")
        raise ValueError

    def ends() -> None:
        done.append("ends")
        raise Enough

    work = iter([[fails], [ends]])
    monkeypatch.setattr(background, "_waiting", lambda seconds: next(work))
    monkeypatch.setattr(background, "import_string", lambda path: lambda: done.append(path))
    monkeypatch.setattr(background, "connections", type("Nothing", (), {"close_all": staticmethod(lambda: None)}))
    with pytest.raises(Enough):
        background._work()
    assert done == ["fails", settings.RUN_DUE, "ends"]
    assert [record.getMessage() for record in caplog.records] == ["Work in the background failed."]


def test_a_server_with_workers_starts_no_thread(monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    monkeypatch.setattr(settings, "STP_BACKGROUND", "db_worker")
    monkeypatch.setattr(background, "Thread", None)  # calling it would fail
    background.start()
    assert background._threads == []
