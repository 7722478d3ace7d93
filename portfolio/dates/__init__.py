"""Dates that are the trainee's own (domain.md rule 11): pure arithmetic in whole numbers, with no row and no clock.

A day of training counts its whole-time equivalent, nothing during an interruption. A date of the programme falls on the
first day before which as much training time has passed as somebody full time would have had by then.
"""

from portfolio.dates.falls import Falls, after_months, falls_on
from portfolio.dates.time import FULL, Hours, Leave, TrainingTime

__all__ = ["FULL", "Falls", "Hours", "Leave", "TrainingTime", "after_months", "falls_on"]
