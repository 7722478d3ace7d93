"""Fictional trainees by the thousand, for measuring: `manage.py seed`.

No step is taken: rows are written in bulk, by the same functions of manifests and digests that the steps use, and one
event in each portfolio's chain says so. It holds what the events of real steps would have said, so that the rows are
checked by it as any others (proof/told.py). This is the one listed exception to "perform is the only writer of states".
"""

from collections.abc import Callable, Sequence
from itertools import groupby

from django.db import transaction

from audit.chain import append
from portfolio.cohort import summaries
from portfolio.management.seeding import modules, people, work
from portfolio.management.seeding.further import further
from portfolio.management.seeding.people import GROUP, Followed
from portfolio.management.seeding.plan import USUAL, Size
from portfolio.manifest import SEEDED
from portfolio.models import StoredFile
from portfolio.statistics import look_anew


def seed(trainees: int, *, size: Size = USUAL, tell: Callable[[str], object] = lambda said: None) -> None:
    """Have so many trainees. Those that are there already stay; each group of up to 25 is one transaction."""
    followed, kept = people.published(), work.stored()
    people.administrator(followed)
    missing = range(people.seeded() + 1, trainees + 1)
    for _, numbers in groupby(missing, lambda number: (number - 1) // GROUP):
        chosen = list(numbers)
        _group(chosen, followed, kept, size)
        tell(f"{chosen[-1]} of {trainees} trainees")
    look_anew()


@transaction.atomic
def _group(numbers: Sequence[int], followed: Sequence[Followed], kept: Sequence[StoredFile], size: Size) -> None:
    group = people.group(numbers, followed)
    work.evidence(group, size, kept)
    planned = work.activities(group, size)
    work.submissions(group, planned)
    further(group)
    modules.confirm_and_sign(group)
    for one in group:
        append(one.portfolio.chain, SEEDED, by=None, data={"told": one.told})
    summaries.rebuild(one.portfolio.pk for one in group)
