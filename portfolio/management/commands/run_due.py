"""manage.py run_due: do all that is due by the clock.

A process that serves does this by itself every minute. With STP_BACKGROUND=db_worker run it from a timer, every five
minutes. It may run twice, late, and several times at once.
"""

from typing import Any

from django.core.management.base import BaseCommand

from portfolio.due import run_due


class Command(BaseCommand):
    help = "Do all that is due by the clock, and say what was done."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in run_due():
            self.stdout.write(line)
