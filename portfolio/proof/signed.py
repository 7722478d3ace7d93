"""Whether every decision, unlock, sign-off, void, confirmation, closure and review of a goal is what its event says."""

import json
from collections.abc import Iterator

from audit.canonical import canonical, digest
from audit.checks import Finding
from portfolio.manifest import (
    assessment_decision_digest,
    assessment_void_digest,
    closure_digest,
    correction_digest,
    decision_digest,
    elsewhere_digest,
    elsewhere_void_digest,
    iso,
    option_confirmation_digest,
    option_digest,
    option_refusal_digest,
    result_digest,
    unlock_digest,
)
from portfolio.models import (
    AssessmentDecision,
    AssessmentVoid,
    Closure,
    Confirmation,
    Decision,
    ElsewhereVoid,
    FeedbackClosing,
    FeedbackRelease,
    FeedbackRound,
    GoalReview,
    Interruption,
    KindCorrection,
    ModuleSignOff,
    ModuleVoid,
    NominationAnswer,
    OptionConfirmation,
    OptionRefusal,
    OptionTaken,
    Portfolio,
    ReviewSignature,
    SignedElsewhere,
    UniversityResult,
    Unlock,
    WorkingTime,
)
from portfolio.models.asking import AskedFor
from portfolio.models.signed import Signed
from portfolio.proof.comments import COMMENTS
from portfolio.proof.kind import Details, Kind
from portfolio.proof.told import ALTERED, MISSING, SPOILT, Only, holds, of_kinds, portfolios, told
from portfolio.workflow import TABLES
from portfolio.workflow.feedback import closing_digest, opening_digest, release_digest, report_digest
from portfolio.workflow.goals import review_digest
from portfolio.workflow.modules import confirmation_digest, sign_off_digest, void_digest
from portfolio.workflow.nominations import answer_digest
from portfolio.workflow.reviews import as_signed, signature_digest
from portfolio.workflow.training_time import KEYS, row_digest
from portfolio.workflow.training_time import told as time_told


def _decision_agrees(row: Decision, said: Details) -> bool:
    whole = said["decision"] == decision_digest(row) and row.manifest_digest == row.item.digest
    whole = whole and row.portfolio_id == row.item.submission.portfolio_id
    return whole and _came(row, row.item.submission, said)


def _came(row: Decision | AssessmentDecision, asked_for: AskedFor, said: Details) -> bool:
    """It had come to whoever decided then, and the event tells so. Older events do not tell it."""
    theirs = any((one.assessor_id, one.since) == (row.signer_id, row.came_at) for one in asked_for.addressees.all())
    return theirs and said.get("came_at", iso(row.came_at)) == iso(row.came_at)


def _sign_off_agrees(row: ModuleSignOff, said: Details) -> bool:
    manifest = json.loads(row.manifest)
    whole = canonical(manifest).decode() == row.manifest and digest(manifest) == row.digest == said["manifest"]
    same = manifest["credits"] == row.credits == said["credits"] and row.number == said["number"]
    named = manifest["module"] == row.module.code == said["module"] and _in_its_curriculum(row)
    return whole and same and named and said["sign_off"] == sign_off_digest(row)


def _void_agrees(row: ModuleVoid, said: Details) -> bool:
    """It says what was said, of this sign-off: two may hold the same manifest, and a void comes after what it voids."""
    this = said["voids"] == row.sign_off.digest and row.sign_off.audit_seq < row.audit_seq
    return this and said["void"] == void_digest(row)


def _confirmation_agrees(row: Confirmation, said: Details) -> bool:
    return said["confirmation"] == confirmation_digest(row) and _in_its_curriculum(row)


def _goal_review_agrees(row: GoalReview, said: Details) -> bool:
    told = (said["goal"], said["outcome"], said["goal_review"])
    return told == (row.goal.gid, row.outcome, review_digest(row))


def _in_its_curriculum(row: ModuleSignOff | Confirmation | SignedElsewhere) -> bool:
    """Codes are told, and stand in several curricula."""
    return row.module.curriculum_id == row.portfolio.curriculum_id


def _result_agrees(row: UniversityResult, said: Details) -> bool:
    own = row.module is None or row.module.curriculum_id == row.portfolio.curriculum_id
    return own and said["result"] == result_digest(row)


def _option_agrees(row: OptionTaken, said: Details) -> bool:
    """Of its own block, which is of its own curriculum: positions are told, and every curriculum has them."""
    own = row.option.block_id == row.block_id and row.block.curriculum_id == row.portfolio.curriculum_id
    return own and said["option"] == option_digest(row)


def _option_confirmation_agrees(row: OptionConfirmation, said: Details) -> bool:
    """Of this choice: what was taken has a number, and a confirmation comes after what it confirms."""
    this = said["number"] == row.taken.number and row.taken.audit_seq < row.audit_seq
    return this and said["confirmed_option"] == option_confirmation_digest(row)


def _option_refusal_agrees(row: OptionRefusal, said: Details) -> bool:
    """Of this choice, after it was made, and of one that nobody confirmed."""
    this = said["number"] == row.taken.number and row.taken.audit_seq < row.audit_seq
    return this and not hasattr(row.taken, "confirmation") and said["refused_option"] == option_refusal_digest(row)


def _elsewhere_agrees(row: SignedElsewhere, said: Details) -> bool:
    return _in_its_curriculum(row) and said["elsewhere"] == elsewhere_digest(row)


OUTSIDE: tuple["Kind", ...] = (
    Kind(
        "university result",
        UniversityResult,
        "portfolio",
        "module",
        "result",
        _result_agrees,
        lambda row: f"{row.module.code if row.module else row.award}, number {row.number}",
    ),
    Kind(
        "option taken",
        OptionTaken,
        "portfolio",
        "block",
        "option",
        _option_agrees,
        lambda row: f"block {row.block.position}, number {row.number}",
    ),
    Kind(
        "confirmation of the option",
        OptionConfirmation,
        "taken__portfolio",
        "taken__block",
        "confirmed_option",
        _option_confirmation_agrees,
        lambda row: f"block {row.taken.block.position}, number {row.taken.number}",
    ),
    Kind(
        "refusal of the option",
        OptionRefusal,
        "taken__portfolio",
        "taken__block",
        "refused_option",
        _option_refusal_agrees,
        lambda row: f"block {row.taken.block.position}, number {row.taken.number}",
    ),
    Kind(
        "record of another system",
        SignedElsewhere,
        "portfolio",
        "module",
        "elsewhere",
        _elsewhere_agrees,
        lambda row: f"{row}, {row.xid}",
    ),
    Kind(
        "void of the record of another system",
        ElsewhereVoid,
        "record__portfolio",
        "record__module",
        "elsewhere_void",
        lambda row, said: said["elsewhere_void"] == elsewhere_void_digest(row),
        lambda row: f"{row.record}, {row.record.xid}",
    ),
)


def _time_agrees(row: WorkingTime | Interruption, said: Details) -> bool:
    return time_told(row).items() <= said.items() and said[KEYS[type(row)]] == row_digest(row)


def _review_agrees(row: ReviewSignature, said: Details) -> bool:
    """What was signed is frozen, is what the rows still say, and is of this point and this record."""
    meeting = row.meeting
    frozen = as_signed(meeting)
    this = frozen is not None and (frozen["point"], frozen["record"]) == (meeting.point, meeting.number)
    told_of = (said["point"], said["record"], said["who"]) == (meeting.point, meeting.number, row.side)
    one = row.digest == meeting.digest == said["manifest"]
    return this and told_of and one and said["review_signature"] == signature_digest(row)


def _closing_agrees(row: FeedbackClosing, said: Details) -> bool:
    """The answers are those that were sealed, and as many to each question as people had answered."""
    answers = list(row.round.answers.all())
    whole = len(answers) == (row.answered * len(row.round.questions) if row.enough else 0)
    return whole and row.digest == report_digest(row.round, answers) and said["feedback_closed"] == closing_digest(row)


def _assessed_agrees(row: AssessmentDecision, said: Details) -> bool:
    same = said["outcome"] == row.outcome and row.manifest_digest == row.assessment.digest
    whole = said["assessment_decision"] == assessment_decision_digest(row) and same and _of_it(row, said)
    return whole and _came(row, row.assessment, said)


def _nomination_agrees(row: NominationAnswer, said: Details) -> bool:
    told_of = (said["nomination"], said.get("assessor")) == (row.nomination.nid, row.assessor_id)
    return told_of and said["nomination_answer"] == answer_digest(row)


def _of_it(row: AssessmentDecision | KindCorrection | AssessmentVoid, said: Details) -> bool:
    return said["assessment"] == row.assessment.aid


KINDS = (
    Kind(
        "decision",
        Decision,
        "item__submission__portfolio",
        ("item__activity__module", "item__submission"),
        "decision",
        _decision_agrees,
        lambda row: f"{row.item.activity}, submission {row.item.attempt}",
        ("item__submission__addressees",),
    ),
    Kind(
        "unlock",
        Unlock,
        "decision__item__submission__portfolio",
        "decision__item__activity__module",
        "unlock",
        lambda row, said: said["unlock"] == unlock_digest(row),
        lambda row: f"{row.decision.item.activity}, submission {row.decision.item.attempt}",
    ),
    Kind(
        "module sign-off",
        ModuleSignOff,
        "portfolio",
        "module",
        "sign_off",
        _sign_off_agrees,
        lambda row: f"{row.module.code}, number {row.number}",
    ),
    Kind(
        "void",
        ModuleVoid,
        "sign_off__portfolio",
        "sign_off__module",
        "void",
        _void_agrees,
        lambda row: f"{row.sign_off.module.code}, number {row.sign_off.number}",
    ),
    Kind(
        "confirmation",
        Confirmation,
        "portfolio",
        "module",
        "confirmation",
        _confirmation_agrees,
        lambda row: row.module.code,
    ),
    Kind(
        "closure",
        Closure,
        "portfolio",
        "",
        "closure",
        lambda row, said: said["closure"] == closure_digest(row),
        lambda row: "closed" if row.closes else "reopened",
    ),
    Kind(
        "goal review",
        GoalReview,
        "goal__portfolio",
        "goal",
        "goal_review",
        _goal_review_agrees,
        lambda row: f"goal {row.goal.gid}",
    ),
    *OUTSIDE,
    *COMMENTS,
    Kind("working time", WorkingTime, "portfolio", "", KEYS[WorkingTime], _time_agrees, str),
    Kind("leave", Interruption, "portfolio", "", KEYS[Interruption], _time_agrees, str),
    Kind(
        "review signature",
        ReviewSignature,
        "meeting__portfolio",
        "meeting",
        "review_signature",
        _review_agrees,
        lambda row: f"{row.meeting}, {row.get_side_display()}",
    ),
    Kind(
        "feedback round",
        FeedbackRound,
        "portfolio",
        "",
        "feedback_opened",
        lambda row, said: said["feedback_opened"] == opening_digest(row) and said["round"] == row.name,
        lambda row: f"{row.name}, attempt {row.attempt}",
    ),
    Kind(
        "feedback closing",
        FeedbackClosing,
        "round__portfolio",
        "round",
        "feedback_closed",
        _closing_agrees,
        lambda row: f"{row.round.name}, attempt {row.round.attempt}",
    ),
    Kind(
        "feedback release",
        FeedbackRelease,
        "closing__round__portfolio",
        "closing__round",
        "feedback_released",
        lambda row, said: said["feedback_released"] == release_digest(row),
        lambda row: f"{row.closing.round.name}, attempt {row.closing.round.attempt}",
    ),
    Kind(
        "answer to a nomination",
        NominationAnswer,
        "nomination__portfolio",
        "nomination",
        "nomination_answer",
        _nomination_agrees,
        lambda row: row.nomination.nid,
    ),
    Kind(
        "assessment decision",
        AssessmentDecision,
        "assessment__portfolio",
        "assessment__module",
        "assessment_decision",
        _assessed_agrees,
        lambda row: f"{row.assessment}, {row.assessment.aid}",
        ("assessment__addressees",),
    ),
    Kind(
        "correction of the kind",
        KindCorrection,
        "assessment__portfolio",
        "assessment__module",
        "kind_correction",
        lambda row, said: said["kind_correction"] == correction_digest(row) and _of_it(row, said),
        lambda row: f"{row.assessment}, {row.assessment.aid}",
    ),
    Kind(
        "void of an assessment",
        AssessmentVoid,
        "assessment__portfolio",
        "assessment__module",
        "assessment_void",
        lambda row, said: said["assessment_void"] == assessment_void_digest(row) and _of_it(row, said),
        lambda row: f"{row.assessment}, {row.assessment.aid}",
    ),
)
OF_MODEL = {kind.model: kind for kind in KINDS}
STEPS = of_kinds(*(name for table in TABLES.values() for name in table.steps))


def signed_rows(only: Only = None) -> Iterator[Finding]:
    """Whether each row is what its event says, and each such event has its row."""
    for portfolio in portfolios(only):
        said = {event.seq: event.data for event in told(portfolio, STEPS)}
        for kind in KINDS:
            yield from _of_kind(kind, portfolio, said)


def _of_kind(kind: Kind, portfolio: Portfolio, said: dict[int, Details]) -> Iterator[Finding]:
    without_row = {seq for seq, data in said.items() if data.get(kind.key)}
    for row in kind.rows(portfolio):
        without_row.discard(row.audit_seq)
        if not agrees(row, said):
            yield Finding(f"portfolio {portfolio.ref}, {kind.noun} of {_words(kind, row)}", ALTERED)
    for seq in sorted(without_row):
        yield Finding(f"portfolio {portfolio.ref}, {kind.noun} of event {seq}", MISSING)


def _words(kind: Kind, row: Signed) -> str:
    """What the row is of; where what that rests on is missing, the event that told of it."""
    try:
        return kind.words(row)
    except SPOILT:
        return f"event {row.audit_seq}"


def agrees(row: Signed, said: dict[int, Details]) -> bool:
    """Whether a row is what its event tells; `said` is by the event's number."""
    return holds(lambda: OF_MODEL[type(row)].agrees(row, said[row.audit_seq]))
