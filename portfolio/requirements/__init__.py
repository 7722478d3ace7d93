"""What a module needs and what is missing: pure functions over the ledger's Record, with no query and no clock.

The one place that answers "what is missing?", for pages, reports, exports and the sign-off itself.
"""

from portfolio.requirements.award import awards, missing_awards, needed_awards
from portfolio.requirements.blocker import (
    At,
    Blocker,
    BlockerKind,
    Mender,
    Who,
    blockers,
    grouped,
    is_ready,
    module_state,
    plan_kind,
    portfolio_blockers,
    whole_blockers,
)
from portfolio.requirements.feedback import RuledRound, ruled_rounds
from portfolio.requirements.need import Needs, Source, added_after_sign_off, needs, replaced_since_confirmed
from portfolio.requirements.options import (
    IN_THE_BASE,
    OptionState,
    Standing,
    all_signed_off,
    modules_that_count,
    option_state,
    required_modules,
    standing,
)
from portfolio.requirements.place import Place, next_number, place, places, wording
from portfolio.requirements.slots import Slots, beyond, last_open_slot, missing_kinds, open_observed, slots

__all__ = [
    "IN_THE_BASE",
    "At",
    "Blocker",
    "BlockerKind",
    "Mender",
    "Needs",
    "OptionState",
    "Place",
    "RuledRound",
    "Slots",
    "Source",
    "Standing",
    "Who",
    "added_after_sign_off",
    "all_signed_off",
    "awards",
    "beyond",
    "blockers",
    "grouped",
    "is_ready",
    "last_open_slot",
    "missing_awards",
    "missing_kinds",
    "module_state",
    "modules_that_count",
    "needed_awards",
    "needs",
    "next_number",
    "open_observed",
    "option_state",
    "place",
    "places",
    "plan_kind",
    "portfolio_blockers",
    "replaced_since_confirmed",
    "required_modules",
    "ruled_rounds",
    "slots",
    "standing",
    "whole_blockers",
    "wording",
]
