"""All that is timed: safe to run twice, late and in parallel (manage.py run_due)."""

from outbox.delivery import deliver
from outbox.tasks import reap
from portfolio.workflow import reminding


def run_due() -> list[str]:
    """Do what is due by now; says what was done."""
    return [
        f"requests: {reminding.remind()}",
        f"tasks of killed workers: {reap()}",
        f"mail: {deliver()}",
    ]
