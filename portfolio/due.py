"""All that is timed: safe to run twice, late and in parallel (manage.py run_due)."""

from outbox.delivery import deliver
from outbox.tasks import reap


def run_due() -> list[str]:
    """Do what is due by now; says what was done."""
    return [
        f"tasks of killed workers: {reap()}",
        f"mail: {deliver()}",
    ]
