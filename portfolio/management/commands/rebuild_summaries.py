"""manage.py rebuild_summaries: make every portfolio's summary again, which lists of trainees filter and order by.

Needed by nobody in daily use: steps and `run_due` keep them. It changes no number that any page shows, only who is
found, and in which order.
"""

from typing import Any

from django.core.management.base import BaseCommand

from portfolio.cohort import summaries
from portfolio.models import Portfolio


class Command(BaseCommand):
    help = "Make every portfolio's summary again."

    def handle(self, *args: Any, **options: Any) -> None:
        made = summaries.rebuild(Portfolio.objects.values_list("pk", flat=True))
        self.stdout.write(f"{made} summaries made")
