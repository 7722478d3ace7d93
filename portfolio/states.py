"""The words: every state, kind and part that pages, rules and rows share (domain.md). Imports nothing of ours."""

from django.db.models import TextChoices


class ActivityState(TextChoices):
    """Where a training activity of a portfolio stands. No row means NOT_STARTED."""

    NOT_STARTED = "not_started", "Not started"
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    RETURNED = "returned", "Returned"
    SIGNED_OFF = "signed_off", "Signed off"
    SIGNED_ELSEWHERE = "signed_elsewhere", "Signed elsewhere"


# What counts as done. Signed elsewhere counts, and is never called a decision that was made here.
DONE = (ActivityState.SIGNED_OFF, ActivityState.SIGNED_ELSEWHERE)


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


class FlagKind(TextChoices):
    """Why somebody who looks after trainees should look at one of them (portfolio/cohort/flags.py)."""

    BEHIND = "behind", "Below target"
    LATE = "late", "Waiting past the due date"
    NOBODY = "nobody", "With nobody"
    NO_OFFICER = "no_officer", "No training officer"
    OVERDUE = "overdue", "Review not signed"
    AT_RISK = "at_risk", "Review at risk"
    QUIET = "quiet", "No evidence lately"
    READY = "ready", "Ready to sign off"


class ReminderKind(TextChoices):
    """What goes out by itself while a request waits, each once to whoever it is with."""

    DUE = "due", "Reminded"
    LATE = "late", "Training officer told"


class ItemState(TextChoices):
    """Where one item of a submission stands."""

    UNDECIDED = "undecided", "Undecided"
    DECIDED = "decided", "Decided"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Outcome(TextChoices):
    """What an assessor says of an item. A training activity is never failed."""

    SIGNED_OFF = "signed_off", "Signed off"
    RETURNED = "returned", "Returned"


class CommentState(TextChoices):
    """Where a comment on the decision of an item, or on an outcome, stands. Derived from its rows, never stored."""

    NOT_DECIDED = "not_decided", "Nothing decided"
    NOT_WRITTEN = "not_written", "Not written"
    WRITTEN = "written", "Written"
    WITHDRAWN = "withdrawn", "Withdrawn"


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


class GoalState(TextChoices):
    """Where a personal development goal stands."""

    OPEN = "open", "Open"
    ACHIEVED = "achieved", "Achieved"
    GIVEN_UP = "given_up", "Given up"


class GoalOutcome(TextChoices):
    """What one review says of a goal. REOPENED is what opening it again leaves among its reviews."""

    GOING_WELL = "going_well", "Going well"
    CHANGED = "changed", "Changed"
    ACHIEVED = "achieved", "Achieved"
    GIVEN_UP = "given_up", "Given up"
    REOPENED = "reopened", "Opened again"


class NominationState(TextChoices):
    """Where the nomination of a new assessor stands. Derived from its rows, never stored."""

    WAITING = "waiting", "Waiting for the training officer"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"
    TAKEN_BACK = "taken_back", "Taken back"


class RoleKind(TextChoices):
    """What somebody is in one portfolio. SUPERVISOR comes with a placement that is confirmed, and with nothing else."""

    OFFICER = "officer", "Training officer"
    COORDINATOR = "coordinator", "Training co-ordinator"
    ASSESSOR = "assessor", "Assessor"
    SUPERVISOR = "supervisor", "Placement supervisor"


class LeaveKind(TextChoices):
    """Why somebody is away. All of it stops the training's clock alike."""

    PARENTAL = "parental", "Parental leave"
    SICK = "sick", "Sick leave"
    OTHER_LEAVE = "other_leave", "Other leave"
    OTHER = "other", "Other time out"


class Met(TextChoices):
    """What can be said of a condition of a review point (domain.md rule 10)."""

    MET = "met", "Met"
    NOT_MET = "not_met", "Not met"
    UNKNOWN = "unknown", "Cannot be known yet"


class ReviewState(TextChoices):
    """Where the meeting of a review point stands. Derived from its rows, never stored."""

    NOT_PLANNED = "not_planned", "Not planned"
    PLANNED = "planned", "Planned"
    SIGNED_BY_TRAINEE = "signed_by_trainee", "Signed by the trainee"
    SIGNED_BY_OFFICER = "signed_by_officer", "Signed by the training officer"
    SIGNED_BY_BOTH = "signed_by_both", "Signed by both"


class Side(TextChoices):
    """Of the two who hold a review: the officer's side is also a co-ordinator's."""

    TRAINEE = "trainee", "Trainee"
    OFFICER = "officer", "Training officer"


class Part(TextChoices):
    """The part in which somebody takes a step.

    ADDRESSED is the assessor whom an item is with, or who decided it; SUPERVISOR is of a placement in its module.
    """

    TRAINEE = "trainee", "Trainee"
    OFFICER = "officer", "Training officer"
    COORDINATOR = "coordinator", "Training co-ordinator"
    ADDRESSED = "addressed", "Assessor addressed"
    ADMINISTRATOR = "administrator", "Programme administrator"
    SUPERVISOR = "supervisor", "Placement supervisor"


# --- what the university, the trainee's choice and other systems say ----------------------------------------------


class ResultState(TextChoices):
    """What the university says of a module or an award. Only PASSED counts; NOT_RECORDED is no row."""

    NOT_RECORDED = "not_recorded", "Not recorded"
    PASSED = "passed", "Passed"
    NOT_PASSED = "not_passed", "Not passed"
    TAKEN_BACK = "taken_back", "Taken back: recorded by mistake"


class ChoiceState(TextChoices):
    """Where the choice of a block stands. Derived from the rows of what was taken, confirmed and refused."""

    NOT_TAKEN = "not_taken", "Not taken"
    TO_BE_CONFIRMED = "to_be_confirmed", "Taken, to be confirmed"
    CONFIRMED = "confirmed", "Taken and confirmed"


class ElsewhereKind(TextChoices):
    """What was signed in another system."""

    ACTIVITY = "activity", "Training activity"
    CBD = "cbd", "CBD"
    DOPS = "dops", "DOPS"
    OCE = "oce", "OCE"


class ElsewhereState(TextChoices):
    """Where the record of an assessment that was signed elsewhere stands."""

    NOT_RECORDED = "not_recorded", "Not recorded"
    RECORDED = "recorded", "Recorded"
    VOIDED = "voided", "Taken back"


# --- multi-source feedback ----------------------------------------------------------------------------------------


class FeedbackState(TextChoices):
    """Where a round of feedback stands. Derived from its rows: opened, closed, released."""

    NOT_OPENED = "not_opened", "Not opened"
    OPEN = "open", "Open"
    TOO_FEW = "too_few", "Too few answers"
    WITH_OFFICER = "with_officer", "With the training officer"
    RELEASED = "released", "Released"


class RespondentGroup(TextChoices):
    """How somebody who is asked knows the trainee. It stands beside the address, and never beside an answer."""

    SCIENTIST = "scientist", "Scientist colleagues"
    CLINICAL = "clinical", "Clinical colleagues"
    PATIENT_FACING = "patient_facing", "Patient-facing and administrative colleagues"
    OTHER = "other", "Others"


# --- work-based assessments ---------------------------------------------------------------------------------------


class AssessmentKind(TextChoices):
    """DOPS and OCE are seen live, and fill the same slots in any mix; a CBD discusses one case."""

    CBD = "CBD", "Case-based discussion"
    DOPS = "DOPS", "Direct observation of practical skills"
    OCE = "OCE", "Observed communication event"


OBSERVED = (AssessmentKind.DOPS, AssessmentKind.OCE)


class AssessmentState(TextChoices):
    """Where an assessment stands. OPEN is a slot that nothing fills: no row has it. A voided one counts nothing."""

    OPEN = "open", "Open"
    PLANNED = "planned", "Planned"
    WITH_ASSESSOR = "with_assessor", "With assessor"
    SATISFACTORY = "satisfactory", "Satisfactory"
    NOT_YET = "not_yet_satisfactory", "Not yet satisfactory"
    VOIDED = "voided", "Voided"


class AssessmentOutcome(TextChoices):
    """What the assessor says of an attempt, on the mark form."""

    SATISFACTORY = "satisfactory", "Satisfactory"
    NOT_YET = "not_yet_satisfactory", "Not yet satisfactory"


FILLING = (AssessmentState.PLANNED, AssessmentState.WITH_ASSESSOR, AssessmentState.SATISFACTORY)  # what fills a slot


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
