"""What a file may say: a curriculum, rules (known by `review_points`), `prompts`, or `questions` for feedback.

Types are strict ("1" is no number, true is no 1), unknown keys are errors, and numbers that are not known are left out.
What two parts of a file say about each other is checked in files/consistency.py; files/complaints.py finds the words.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

from .models import CODE, AssessmentTitle, MarkForm, Module, Prompt, Question, TrainingActivity

STP_CREDITS = 180


def _one_line(value: str) -> str:
    value = value.strip()
    if not value:
        raise ValueError("must not be empty")
    if not value.isprintable():
        raise ValueError("must be one line, without control characters")
    return value


def _text(value: str) -> str:
    if any(not character.isprintable() and character not in "\n\t" for character in value):
        raise ValueError("must not hold control characters")
    return value.strip()


def _code(value: str) -> str:
    if not re.fullmatch(CODE, value):
        raise ValueError(f"must be letters, digits and single hyphens between them (it is {value!r})")
    return value


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and re.fullmatch(r"[!-~]+", value)
    except ValueError:
        sound = False
    if value and not sound:
        raise ValueError("must be an address that begins with https:// or http://, or empty")
    return value


def _one_of(words: list[str]) -> AfterValidator:
    def check(value: str) -> str:
        if value not in words:
            raise ValueError(f"must be one of {', '.join(words)} (it is {value!r})")
        return value

    return AfterValidator(check)


Line40 = Annotated[str, Field(max_length=40), AfterValidator(_one_line)]
Line80 = Annotated[str, Field(max_length=80), AfterValidator(_one_line)]
Line100 = Annotated[str, Field(max_length=100), AfterValidator(_one_line)]
Line200 = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
Line300 = Annotated[str, Field(max_length=300), AfterValidator(_one_line)]
Code20 = Annotated[str, Field(max_length=20), AfterValidator(_code)]
Code40 = Annotated[str, Field(max_length=40), AfterValidator(_code)]
Address = Annotated[str, Field(max_length=500), AfterValidator(_address)]
Text = Annotated[str, Field(max_length=5000), AfterValidator(_text)]
Count = Annotated[int, Field(ge=0, le=500)]
Credits = Annotated[int, Field(ge=0, le=500)]
Phase = Annotated[int, Field(ge=1, le=3)]
Percent = Annotated[int, Field(ge=1, le=100)]
ActivityType = Annotated[str, _one_of(TrainingActivity.Type.values)]


class Said(BaseModel):
    """What a file says. A key left out is not in `model_fields_set`: it says nothing."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


# --- a curriculum -------------------------------------------------------------------------------------------------
class ActivitySaid(Said):
    number: Annotated[int, Field(ge=1, le=500)]
    type: ActivityType | None = None
    title: Line300


class TitleSaid(Said):
    kind: Annotated[str, _one_of(AssessmentTitle.Kind.values)]
    title: Line300


class AssessmentsSaid(Said):
    cbd: Count
    observed: Count
    titles: list[TitleSaid] = []


class ModuleSaid(Said):
    code: Code20
    title: Line200
    kind: Annotated[str, _one_of(Module.Kind.values)]
    credits: Credits
    provisional: bool = False
    expected_activities: Count | None = None
    activities_complete: bool = False
    university_result: bool = False
    url: Address = ""
    assessments: AssessmentsSaid | None = None
    activities: list[ActivitySaid] = []

    @property
    def gaps(self) -> list[str]:
        """What is not known of this module, in words; none when the School's whole page is here."""
        untyped = [activity.number for activity in self.activities if activity.type is None]
        found = {
            "it is provisional": self.provisional,
            "its activity list is not complete": not self.activities_complete,
            "its assessments are not known": self.assessments is None,
            f"the type of activity {', '.join(map(str, untyped))} is not recorded": bool(untyped),
        }
        return [gap for gap, is_there in found.items() if is_there]


class BlockSaid(Said):
    title: Line200
    phase: Phase | None
    credits: Credits
    modules: Annotated[list[ModuleSaid], Field(min_length=1)]
    choose_one_of: list[Annotated[list[Code20], Field(min_length=1)]] = []


class CurriculumSaid(Said):
    code: Code40
    programme: Code20
    specialty: Line200
    start_year: Annotated[int, Field(ge=2000, le=2100)]
    credits: Credits
    blocks: Annotated[list[BlockSaid], Field(min_length=1)]
    fictional: bool = False
    rules: Line40 | None = None
    source: Address = ""
    complete: bool = False
    note: Text = ""

    @property
    def modules(self) -> list[ModuleSaid]:
        return [module for block in self.blocks for module in block.modules]


# --- rules --------------------------------------------------------------------------------------------------------
class TrainingDate(Said):
    """A day of a month in the calendar year (cohort year + `year`)."""

    year: Annotated[int, Field(ge=0, le=9)]
    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]

    def problem(self) -> str | None:
        """Why this is no day of every year, or None."""
        try:
            date(2001, self.month, self.day)
        except ValueError:
            return f"day {self.day} is not in month {self.month} of every year"
        return None

    @property
    def order(self) -> tuple[int, int, int]:
        return (self.year, self.month, self.day)


def _true(value: bool) -> bool:
    if not value:
        raise ValueError("must be true, or be left out")
    return value


class Meeting(Said):
    meeting: Annotated[bool, AfterValidator(_true)]


class PhasePercent(Said):
    phase: Phase
    percent: Percent


class ModulePercent(Said):
    module: Code20
    percent: Percent


class Overall(Said):
    overall: Percent


class Award(Said):
    award: Line200


CONDITIONS: tuple[type[Said], ...] = (Meeting, PhasePercent, ModulePercent, Overall, Award)


def _which(conditions: tuple[type[Said], ...]) -> Callable[[Any], str]:
    """The name of the condition that has exactly these keys."""

    def tag(value: Any) -> str:
        if isinstance(value, Said):
            return type(value).__name__
        keys = set(value) if isinstance(value, dict) else set()
        return next((each.__name__ for each in conditions if set(each.model_fields) == keys), "none of them")

    return tag


Simple = Annotated[
    Annotated[Meeting, Tag("Meeting")]
    | Annotated[PhasePercent, Tag("PhasePercent")]
    | Annotated[ModulePercent, Tag("ModulePercent")]
    | Annotated[Overall, Tag("Overall")]
    | Annotated[Award, Tag("Award")],
    Discriminator(_which(CONDITIONS)),
]


class AnyOf(Said):
    any_of: Annotated[list[Annotated[list[Simple], Field(min_length=1)]], Field(min_length=2)]


Condition = Annotated[
    Annotated[Meeting, Tag("Meeting")]
    | Annotated[PhasePercent, Tag("PhasePercent")]
    | Annotated[ModulePercent, Tag("ModulePercent")]
    | Annotated[Overall, Tag("Overall")]
    | Annotated[Award, Tag("Award")]
    | Annotated[AnyOf, Tag("AnyOf")],
    Discriminator(_which((*CONDITIONS, AnyOf))),
]


class ReviewPoint(Said):
    """A review point. Meetings are kept under its `key`: a point that gets another name keeps its first one there."""

    name: Line100
    key: Line100 | None = None
    due: TrainingDate
    window_opens: TrainingDate | None = None
    requires: Annotated[list[Condition], Field(min_length=1)]


class Round(Said):
    """A round of feedback. `shows`: the activities that its report can show, by module."""

    round: Line100
    month: Annotated[int, Field(ge=1, le=120)]
    shows: dict[Code20, Annotated[list[Annotated[int, Field(ge=1, le=99)]], Field(min_length=1)]] = {}


class PortfolioRules(Said):
    both_dops_and_oce: bool = False


class RulesSaid(Said):
    name: Line40
    source: Address = ""
    multi_source_feedback: list[Round] = []
    portfolio: PortfolioRules = PortfolioRules()
    review_points: Annotated[list[ReviewPoint], Field(min_length=1)]

    @property
    def content(self) -> dict[str, Any]:
        """What is stored and handed to whoever works with the rules: plain lists, numbers and text."""
        said = self.model_dump(exclude={"name", "source"}, exclude_none=True)
        for one in said["multi_source_feedback"]:
            if not one["shows"]:
                del one["shows"]
        return said

    @property
    def module_codes(self) -> set[str]:
        """The modules that a condition or a round of feedback names."""
        conditions = [condition for point in self.review_points for condition in point.requires]
        for condition in list(conditions):
            if isinstance(condition, AnyOf):
                conditions += [each for branch in condition.any_of for each in branch]
        shown = {code for one in self.multi_source_feedback for code in one.shows}
        return shown | {condition.module for condition in conditions if isinstance(condition, ModulePercent)}


# --- prompts ------------------------------------------------------------------------------------------------------
class PromptSaid(Said):
    section: Annotated[str, _one_of(Prompt.Section.values)]
    type: ActivityType | None = None
    label: Line80
    text: Annotated[str, Field(max_length=300), AfterValidator(_text)] = ""


class PromptsSaid(Said):
    programme: Code20
    prompts: Annotated[list[PromptSaid], Field(min_length=1)]


# --- the feedback questionnaire -----------------------------------------------------------------------------------
class QuestionSaid(Said):
    """One question. A rating without points of its own has those of the file."""

    kind: Annotated[str, _one_of(Question.Kind.values)]
    text: Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_text)]
    hint: Annotated[str, Field(max_length=300), AfterValidator(_text)] = ""
    scale: list[Line80] | None = None


class QuestionsSaid(Said):
    programme: Code20
    scale: list[Line80] = []
    questions: Annotated[list[QuestionSaid], Field(min_length=1, max_length=40)]

    def scale_of(self, question: QuestionSaid) -> list[str]:
        """The points of one question; none for free text."""
        if question.kind == Question.Kind.TEXT:
            return question.scale or []
        return self.scale if question.scale is None else question.scale


# --- mark forms ---------------------------------------------------------------------------------------------------
class MarkFormSaid(Said):
    kind: Annotated[str, _one_of(MarkForm.Kind.values)]
    scale: Annotated[list[Line80], Field(min_length=2)]
    criteria: Annotated[list[Annotated[str, Field(max_length=300), AfterValidator(_text)]], Field(min_length=1)]


class MarkFormsSaid(Said):
    programme: Code20
    mark_forms: Annotated[list[MarkFormSaid], Field(min_length=1)]


AnySaid = CurriculumSaid | RulesSaid | PromptsSaid | QuestionsSaid | MarkFormsSaid


def kind_of(content: dict[Any, Any]) -> type[AnySaid] | None:
    """Which kind of file this is, by the key that only that kind has; None for no kind that is known."""
    if "review_points" in content:
        return RulesSaid
    if "prompts" in content:
        return PromptsSaid
    if "questions" in content:
        return QuestionsSaid
    if "mark_forms" in content:
        return MarkFormsSaid
    if "blocks" in content or "specialty" in content:
        return CurriculumSaid
    return None
