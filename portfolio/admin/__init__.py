"""Portfolios in the admin site: what an administrator keeps, and the work, which is there to be read.

Who keeps what, and why, is in docs/decisions/0005-administrators.md.
"""

from portfolio.admin import assessed, feedback, keeping, placements, recorded, work

__all__ = ["assessed", "feedback", "keeping", "placements", "recorded", "work"]
