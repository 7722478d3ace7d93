"""The words: every state, kind and part that pages, rules and rows share (domain.md). Imports nothing of ours."""

from django.db.models import TextChoices


class ActivityState(TextChoices):
    """Where a training activity of a portfolio stands. No row means NOT_STARTED."""

    NOT_STARTED = "not_started", "Not started"
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    RETURNED = "returned", "Returned"
    SIGNED_OFF = "signed_off", "Signed off"


class ModuleState(TextChoices):
    """Where a module stands. All but SIGNED_OFF are derived, never stored."""

    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    READY = "ready", "Ready to sign off"
    SIGNED_OFF = "signed_off", "Signed off"


class PortfolioState(TextChoices):
    """Whether steps can be taken at all. Derived from `closed_at`."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class ItemState(TextChoices):
    """Where one item of a submission stands."""

    UNDECIDED = "undecided", "Undecided"
    DECIDED = "decided", "Decided"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Outcome(TextChoices):
    """What an assessor says of an item. A training activity is never failed."""

    SIGNED_OFF = "signed_off", "Signed off"
    RETURNED = "returned", "Returned"


class EvidenceKind(TextChoices):
    REFLECTION = "reflection", "Reflection"
    REPORT = "report", "Report"
    PRESENTATION = "presentation", "Presentation"
    PROJECT_OUTPUT = "project_output", "Project output"
    CERTIFICATE = "certificate", "Certificate"
    FEEDBACK = "feedback", "Feedback"
    OTHER = "other", "Other"


class EvidenceState(TextChoices):
    """What a list of evidence can be filtered by. A page may be in several: it can serve several activities."""

    UNLINKED = "unlinked", "Not linked to an activity"
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    RETURNED = "returned", "Returned"
    SIGNED_OFF = "signed_off", "Signed off"
    CHANGED = "changed", "Changed since it was submitted"


class RoleKind(TextChoices):
    """What somebody is in one portfolio. SUPERVISOR comes with a placement that is confirmed, and with nothing else."""

    OFFICER = "officer", "Training officer"
    COORDINATOR = "coordinator", "Training co-ordinator"
    ASSESSOR = "assessor", "Assessor"
    SUPERVISOR = "supervisor", "Placement supervisor"


class Part(TextChoices):
    """The part in which somebody takes a step. ADDRESSED is the assessor whom an item is with."""

    TRAINEE = "trainee", "Trainee"
    OFFICER = "officer", "Training officer"
    COORDINATOR = "coordinator", "Training co-ordinator"
    ADDRESSED = "addressed", "Assessor addressed"
    ADMINISTRATOR = "administrator", "Programme administrator"


class Turn(TextChoices):
    """Whose turn it is."""

    TRAINEE = "trainee", "With you"
    ASSESSOR = "assessor", "With your assessor"
    NOBODY = "nobody", "With nobody"


WHOSE_TURN: dict[str, Turn] = {
    ActivityState.NOT_STARTED: Turn.TRAINEE,
    ActivityState.DRAFT: Turn.TRAINEE,
    ActivityState.RETURNED: Turn.TRAINEE,
    ActivityState.IN_REVIEW: Turn.ASSESSOR,
    ActivityState.SIGNED_OFF: Turn.NOBODY,
}


# --- placements ---------------------------------------------------------------------------------------------------


class PlacementKind(TextChoices):
    """Time in another department: for a rotation's module, or chosen freely."""

    ROTATION = "rotation", "Rotation"
    ELECTIVE = "elective", "Elective"


class PlacementState(TextChoices):
    """Where a placement stands. Only one that is not PLANNED gives its supervisor anything."""

    PLANNED = "planned", "Planned"
    CONFIRMED = "confirmed", "Confirmed"
    CLOSED = "closed", "Closed"
