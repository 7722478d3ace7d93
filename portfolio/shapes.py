"""What each state looks like: the shape of the sprite (templates/components/sprite.html) that stands beside its word.

Every kind of state that a page shows is in SHAPES, with all its states; the components page shows them from there, and
a test compares with portfolio/states.py, so that a new state cannot be left out.
"""

from django.db.models import TextChoices

from portfolio.states import (
    ActivityState,
    AssessmentState,
    ChoiceState,
    ElsewhereState,
    EvidenceState,
    FeedbackState,
    FlagKind,
    GoalOutcome,
    GoalState,
    Met,
    ModuleState,
    NominationState,
    PlacementState,
    ResultState,
    ReviewState,
)

ACTIVITY_SHAPES: dict[str, str] = {
    ActivityState.NOT_STARTED: "none",
    ActivityState.DRAFT: "draft",
    ActivityState.IN_REVIEW: "review",
    ActivityState.RETURNED: "returned",
    ActivityState.SIGNED_OFF: "done",
    ActivityState.SIGNED_ELSEWHERE: "elsewhere",
}
MODULE_SHAPES: dict[str, str] = {
    ModuleState.NOT_STARTED: "none",
    ModuleState.IN_PROGRESS: "progress",
    ModuleState.READY: "ready",
    ModuleState.SIGNED_OFF: "module",
}
EVIDENCE_SHAPES: dict[str, str] = {
    EvidenceState.UNLINKED: "none",
    EvidenceState.DRAFT: "draft",
    EvidenceState.IN_REVIEW: "review",
    EvidenceState.RETURNED: "returned",
    EvidenceState.SIGNED_OFF: "done",
    EvidenceState.CHANGED: "progress",
}
ASSESSMENT_SHAPES: dict[str, str] = {
    AssessmentState.OPEN: "none",
    AssessmentState.PLANNED: "draft",
    AssessmentState.WITH_ASSESSOR: "review",
    AssessmentState.SATISFACTORY: "done",
    AssessmentState.NOT_YET: "returned",
    AssessmentState.VOIDED: "stop",
}
GOAL_SHAPES: dict[str, str] = {GoalState.OPEN: "progress", GoalState.ACHIEVED: "done", GoalState.GIVEN_UP: "stop"}
GOAL_OUTCOME_SHAPES: dict[str, str] = {
    GoalOutcome.GOING_WELL: "progress",
    GoalOutcome.CHANGED: "draft",
    GoalOutcome.ACHIEVED: "done",
    GoalOutcome.GIVEN_UP: "stop",
    GoalOutcome.REOPENED: "unlock",
}
REVIEW_SHAPES: dict[str, str] = {
    ReviewState.NOT_PLANNED: "none",
    ReviewState.PLANNED: "calendar",
    ReviewState.SIGNED_BY_TRAINEE: "progress",
    ReviewState.SIGNED_BY_OFFICER: "progress",
    ReviewState.SIGNED_BY_BOTH: "done",
}
MET_SHAPES: dict[str, str] = {Met.MET: "yes", Met.NOT_MET: "no", Met.UNKNOWN: "unknown"}
FEEDBACK_SHAPES: dict[str, str] = {
    FeedbackState.NOT_OPENED: "none",
    FeedbackState.OPEN: "progress",
    FeedbackState.TOO_FEW: "returned",
    FeedbackState.WITH_OFFICER: "review",
    FeedbackState.RELEASED: "done",
}
PLACEMENT_SHAPES: dict[str, str] = {
    PlacementState.PLANNED: "calendar",
    PlacementState.CONFIRMED: "progress",
    PlacementState.CLOSED: "done",
}
NOMINATION_SHAPES: dict[str, str] = {
    NominationState.WAITING: "review",
    NominationState.APPROVED: "done",
    NominationState.DECLINED: "stop",
    NominationState.TAKEN_BACK: "unlock",
}
RESULT_SHAPES: dict[str, str] = {
    ResultState.NOT_RECORDED: "no",
    ResultState.PASSED: "yes",
    ResultState.NOT_PASSED: "stop",
    ResultState.TAKEN_BACK: "unlock",
}
CHOICE_SHAPES: dict[str, str] = {
    ChoiceState.NOT_TAKEN: "none",
    ChoiceState.TO_BE_CONFIRMED: "review",
    ChoiceState.CONFIRMED: "yes",
}
ELSEWHERE_SHAPES: dict[str, str] = {
    ElsewhereState.NOT_RECORDED: "none",
    ElsewhereState.RECORDED: "elsewhere",
    ElsewhereState.VOIDED: "unlock",
}
FLAG_SHAPES: dict[str, str] = {
    FlagKind.LATE: "alert",
    FlagKind.NOBODY: "alert",
    FlagKind.NO_OFFICER: "alert",
    FlagKind.OVERDUE: "alert",
    FlagKind.AT_RISK: "calendar",
    FlagKind.BEHIND: "down",
    FlagKind.QUIET: "stop",
    FlagKind.READY: "ready",
}

SHAPES: dict[type[TextChoices], dict[str, str]] = {
    ActivityState: ACTIVITY_SHAPES,
    ModuleState: MODULE_SHAPES,
    EvidenceState: EVIDENCE_SHAPES,
    AssessmentState: ASSESSMENT_SHAPES,
    GoalState: GOAL_SHAPES,
    GoalOutcome: GOAL_OUTCOME_SHAPES,
    ReviewState: REVIEW_SHAPES,
    Met: MET_SHAPES,
    FeedbackState: FEEDBACK_SHAPES,
    PlacementState: PLACEMENT_SHAPES,
    NominationState: NOMINATION_SHAPES,
    ResultState: RESULT_SHAPES,
    ChoiceState: CHOICE_SHAPES,
    ElsewhereState: ELSEWHERE_SHAPES,
    FlagKind: FLAG_SHAPES,
}
