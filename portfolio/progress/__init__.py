"""How far a portfolio is: pure functions over requirements, with no query and no clock.

The one place that does arithmetic for pages; how it counts is docs/decisions/0004-counting.md.
"""

from portfolio.progress.bar import Bar, Minibar, credit_bar, minibar, strip
from portfolio.progress.count import Count
from portfolio.progress.feedback import FeedbackDue, feedback_due
from portfolio.progress.goals import DueAction, actions_due
from portfolio.progress.headline import Headline, headline
from portfolio.progress.module import ModuleProgress, module_progress
from portfolio.progress.next import Step, Wait, awards_to_record, do_next, waits, with_others
from portfolio.progress.table import Row, Table, programme_table
from portfolio.progress.whole import BlockProgress, Progress, portfolio_progress
from portfolio.progress.words import phase_words, programme_month

__all__ = [
    "Bar",
    "BlockProgress",
    "Count",
    "DueAction",
    "FeedbackDue",
    "Headline",
    "Minibar",
    "ModuleProgress",
    "Progress",
    "Row",
    "Step",
    "Table",
    "Wait",
    "actions_due",
    "awards_to_record",
    "credit_bar",
    "do_next",
    "feedback_due",
    "headline",
    "minibar",
    "module_progress",
    "phase_words",
    "portfolio_progress",
    "programme_month",
    "programme_table",
    "strip",
    "waits",
    "with_others",
]
