"""Who acts, as they are at this moment: the fields that every signed row holds."""

from datetime import datetime
from typing import Any

from portfolio import access
from portfolio.models import Role
from portfolio.states import Part, RoleKind
from portfolio.workflow.machine import Move, module_of


def signer(move: Move, *, proved_at: datetime | None = None) -> dict[str, Any]:
    """Name, post, registration and role as of now. How they signed in is not known yet: stored as NULL.

    `proved_at`: when somebody without an account proved their mailbox.
    """
    role = _role(move)
    return {
        "signer": move.by,
        "signer_name": move.by.name,
        "signer_post": move.by.post,
        "signer_registration": move.by.registration_number,
        "role": role,
        "role_kind": role.kind if role else "",
        "reauthenticated_seconds_ago": int((move.now - proved_at).total_seconds()) if proved_at else None,
        "second_factor": None,
    }


def _role(move: Move) -> Role | None:
    if {Part.ADDRESSED, Part.SUPERVISOR} & move.parts & move.step.who:
        return access.deciding_role(move.by, move.portfolio, module_of(move.subjects[0]))
    if Part.TRAINEE in move.parts:
        return None  # whatever role the rows may say they hold in their own portfolio
    return access.acting_role(move.by, move.portfolio, [RoleKind.OFFICER, RoleKind.COORDINATOR])
