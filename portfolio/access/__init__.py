"""Who may see and do what: the only code that knows.

`visible(user, Model)` gives the rows that somebody may see; every fetch starts there. `may(user, action, subject)` says
whether somebody may take an action in a portfolio; an action is anything with a `who`. Roles are read at each call, by
today's date in Europe/London, so that what ends, ends at the next request. The default is nothing.
"""

from portfolio.access.doing import OFFICERS, PART_OF_ROLE, WRITE, Action, Who, acting_role, may, parts
from portfolio.access.keeping import (
    administered_programmes,
    in_scope,
    may_enter_admin,
    may_manage,
    people_in_scope,
    portfolios_in_scope,
)
from portfolio.access.roles import (
    DECIDING,
    LEADING,
    administered,
    administering,
    deciding_role,
    deciding_roles,
    in_dates,
    may_decide_on,
)
from portfolio.access.seeing import (
    IN_PORTFOLIO,
    SEEN,
    addressed_assessments,
    addressed_items,
    assessments_with_me,
    history,
    led_by,
    looked_after,
    once_asked,
    once_asked_to_assess,
    queue,
    reads_diary,
    visible,
    visible_in,
    waiting_for,
    with_me,
)

__all__ = [
    "DECIDING",
    "IN_PORTFOLIO",
    "LEADING",
    "OFFICERS",
    "PART_OF_ROLE",
    "SEEN",
    "WRITE",
    "Action",
    "Who",
    "acting_role",
    "addressed_assessments",
    "addressed_items",
    "administered",
    "administered_programmes",
    "administering",
    "assessments_with_me",
    "deciding_role",
    "deciding_roles",
    "history",
    "in_dates",
    "in_scope",
    "led_by",
    "looked_after",
    "may",
    "may_decide_on",
    "may_enter_admin",
    "may_manage",
    "once_asked",
    "once_asked_to_assess",
    "parts",
    "people_in_scope",
    "portfolios_in_scope",
    "queue",
    "reads_diary",
    "visible",
    "visible_in",
    "waiting_for",
    "with_me",
]
