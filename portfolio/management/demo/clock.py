"""The demonstration's past: real steps, taken with the clock set back.

Every step reads `django.utils.timezone.now`, and so do its audit event and its due date. Nothing else of a step is
different from what a person's click does: manifests, decisions and chains are real and verify.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from unittest.mock import patch

from django.utils import timezone

from portfolio.cohort import summaries
from portfolio.workflow import Move

Happening = Callable[[], object]


class Story:
    """What happens, and how many days ago. Told in order of time, whatever the order in which it was written."""

    def __init__(self) -> None:
        self.today = timezone.localdate()
        self.days: dict[int, list[Happening]] = defaultdict(list)

    def add(self, days: int, happening: Happening) -> None:
        """`happening` takes place that many days before today, after what was added for that day before it."""
        self.days[days].append(happening)

    def tell(self) -> None:
        """Let all of it happen, a few minutes apart from nine in the morning; nobody is told by mail.

        No summary follows from a step: those of today are made once, at the end.
        """
        with patch.object(Move, "tell"), patch.object(summaries, "soon"):
            for days in sorted(self.days, reverse=True):
                nine = timezone.make_aware(datetime.combine(self.today - timedelta(days=days), time(9)))
                for number, happening in enumerate(self.days[days]):
                    with patch.object(timezone, "now", return_value=nine + timedelta(minutes=7 * number + days % 7)):
                        happening()


def first_of_september(*, year_of_training: int) -> date:
    """When somebody began who is now in that year of the training."""
    today = timezone.localdate()
    latest = today.year if today.month >= 9 else today.year - 1
    return date(latest - year_of_training + 1, 9, 1)
