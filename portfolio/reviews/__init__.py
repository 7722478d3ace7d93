"""Review points: dated, with conditions that are met, not met or cannot be known yet (domain.md rules 10 to 12).

Pure functions over the ledger's Record and progress, with no query and no clock. The points come from the rules file.
"""

from portfolio.reviews.agenda import Matter, agenda, last_meeting
from portfolio.reviews.conditions import Branch, Line, conditions
from portfolio.reviews.done import DoneItem, done_items
from portfolio.reviews.due import ReviewsDue, reviews_due
from portfolio.reviews.pace import Corner, Pace, Recent, behind_since, pace, target_line
from portfolio.reviews.points import (
    OVERALL_IS_OURS,
    Point,
    called,
    coming_point,
    is_overdue,
    next_point,
    overdue_point,
    review_points,
)
from portfolio.reviews.record import figures

__all__ = [
    "OVERALL_IS_OURS",
    "Branch",
    "Corner",
    "DoneItem",
    "Line",
    "Matter",
    "Pace",
    "Point",
    "Recent",
    "ReviewsDue",
    "agenda",
    "behind_since",
    "called",
    "coming_point",
    "conditions",
    "done_items",
    "figures",
    "is_overdue",
    "last_meeting",
    "next_point",
    "overdue_point",
    "pace",
    "review_points",
    "reviews_due",
    "target_line",
]
