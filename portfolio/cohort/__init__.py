"""Many trainees at once: what a list says of each, why it flags some, how it finds and orders them.

Whose portfolios they are is asked of `access.looked_after`; every number comes from progress and reviews.
"""

from portfolio.cohort.finding import IN_WHOLE, NAME, NAME_KEPT, SORTS, Group, Sort, Wanted, found, groups, ordered
from portfolio.cohort.flags import Flag, flags
from portfolio.cohort.row import Row, rows_of

__all__ = [
    "IN_WHOLE",
    "NAME",
    "NAME_KEPT",
    "SORTS",
    "Flag",
    "Group",
    "Row",
    "Sort",
    "Wanted",
    "flags",
    "found",
    "groups",
    "ordered",
    "rows_of",
]
