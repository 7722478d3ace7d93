"""The work that is done in the background. A task is a wake-up and may be lost: what must not be lost is a row."""

from datetime import datetime, timedelta

from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from outbox.delivery import deliver

LONGEST_RUN = timedelta(minutes=10)
MOST_WORKERS = 3
KEPT = timedelta(days=1)


@task()
def deliver_mail() -> str:
    """Deliver what is due; says what it did."""
    return str(deliver())


def reap(now: datetime | None = None) -> int:
    """Make ready again what a killed worker left running (the third time it has failed); forget what is long finished.

    Says how many were found. For STP_BACKGROUND=db_worker: django-tasks leaves this to whoever uses it.
    """
    now = now or timezone.now()
    found = 0
    for row in DBTaskResult.objects.running().filter(started_at__lt=now - LONGEST_RUN):
        status = TaskResultStatus.READY if len(row.worker_ids) < MOST_WORKERS else TaskResultStatus.FAILED
        same = DBTaskResult.objects.running().filter(pk=row.pk, started_at=row.started_at)
        found += same.update(status=status, finished_at=None if status == TaskResultStatus.READY else now)
    DBTaskResult.objects.finished().filter(finished_at__lt=now - KEPT).delete()
    return found
