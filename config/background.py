"""Background work in the process that serves, so that nothing else has to be started (STP_BACKGROUND=in-process).

One thread in each serving process does what was asked for as soon as it is, and every minute what is due by the clock.
It holds nothing that must not be lost: a process that is killed leaves rows, and the next minute takes them up.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus
from django_tasks.utils import get_random_id

logger = logging.getLogger(__name__)
SECONDS = 60
Work = Callable[[], object]

# Of the whole process: django-tasks makes a backend for each thread.
_asked: SimpleQueue[tuple[str, Work]] = SimpleQueue()
_threads: list[Thread] = []


class InProcess(BaseTaskBackend):
    """The backend of django-tasks that hands a task to this process's thread. Where none runs, the task is dropped."""

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        self.validate_task(task)
        if _threads:
            _asked.put((f"{task.module_path} {args} {kwargs}", partial(task.call, *args, **kwargs)))
        return TaskResult(
            task=task,
            id=get_random_id(),
            status=TaskResultStatus.READY,
            enqueued_at=datetime.now(UTC),
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=args,
            kwargs=kwargs,
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )


def start() -> None:
    """Begin, where a process that serves does the work itself: a thread does not survive the fork of its workers."""
    if settings.STP_BACKGROUND == "in-process":
        _threads.append(Thread(target=_work, name="background", daemon=True))
        _threads[-1].start()


def _work() -> None:
    due_at = time.monotonic()
    while True:
        work = _waiting(due_at - time.monotonic())
        if time.monotonic() >= due_at:
            work.append(import_string(settings.RUN_DUE))
            due_at = time.monotonic() + SECONDS
        for one in work:
            try:
                one()
            except Exception:  # the thread goes on: rows wait, and the next minute tries again
                logger.exception("Work in the background failed.")
            finally:
                connections.close_all()


def _waiting(seconds: float) -> list[Work]:
    """What is asked for by then, as soon as anything is; each task once, however often."""
    asked: dict[str, Work] = {}
    try:
        asked.update([_asked.get(timeout=max(seconds, 0))])
        while True:
            asked.update([_asked.get_nowait()])
    except Empty:
        return list(asked.values())
