"""What has to be learnt: the curricula of a programme, as the School publishes them.

Nothing here knows that a trainee exists. Numbers that are not known are NULL, never 0: an unknown number
blocks a module's sign-off (domain.md rule 3), a known 0 does not.
"""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import Q

CODE = r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$"  # a code is part of an address
LONGEST_POINT = 60  # characters of one point of a scale
a_code = RegexValidator(CODE, "Use letters, digits and single hyphens between them.")
a_web_address = URLValidator(schemes=["http", "https"], message="Enter an address that begins with https:// or http://")


class Programme(models.Model):
    """A training programme, such as the STP. A cohort is a programme and a starting year."""

    code = models.CharField(max_length=20, unique=True, validators=[a_code])
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Rules(models.Model):
    """Review points and completion rules, by the name that a curriculum refers to (curricula/rules-*.yaml)."""

    name = models.CharField(max_length=40, unique=True)
    source = models.URLField(max_length=500, blank=True, validators=[a_web_address])
    content = models.JSONField(help_text="The validated file: multi_source_feedback, portfolio, review_points.")

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "rules"

    def __str__(self) -> str:
        return self.name


class Curriculum(models.Model):
    """One specialty as published for one starting year, known by a code like SBI1-3-23."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    code = models.CharField(max_length=40, unique=True, validators=[a_code])
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="curricula")
    specialty = models.CharField(max_length=200)
    start_year = models.PositiveSmallIntegerField()
    credits = models.PositiveSmallIntegerField(default=180)
    rules = models.ForeignKey(Rules, on_delete=models.PROTECT, related_name="curricula", null=True, blank=True)
    source = models.URLField(
        max_length=500,
        blank=True,
        validators=[a_web_address],
        help_text="The page of the School's Curriculum Library",
    )
    note = models.TextField(blank=True)
    fictional = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)

    class Meta:
        ordering = ["specialty", "-start_year"]
        verbose_name_plural = "curricula"

    def __str__(self) -> str:
        return f"{self.specialty} ({self.code})"


class Block(models.Model):
    """A row of the programme structure. Titles repeat; the position is the key. The blocks add up to the credits."""

    curriculum = models.ForeignKey(Curriculum, on_delete=models.CASCADE, related_name="blocks")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    phase = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1, 2 or 3; empty for throughout")
    credits = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["curriculum", "position"]
        constraints = [
            models.UniqueConstraint(fields=["curriculum", "position"], name="one_block_at_each_position"),
            models.CheckConstraint(
                condition=Q(phase=None) | Q(phase__range=(1, 3)), name="phase_is_1_to_3_or_throughout"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.curriculum.code} {self.position}. {self.title}"


class Module(models.Model):
    """A unit of a block. `cbd` and `observed` are how many of each it asks for; NULL is not known, 0 is none."""

    class Kind(models.TextChoices):
        CORE = "core", "Core"
        ROTATION = "rotation", "Rotation"
        SPECIALIST = "specialist", "Specialist"
        RESEARCH = "research", "Research"
        PROJECT = "project", "Project"
        PROFESSIONAL_DEVELOPMENT = "professional development", "Professional development"

    curriculum = models.ForeignKey(Curriculum, on_delete=models.CASCADE, related_name="modules")
    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="modules")
    position = models.PositiveSmallIntegerField(help_text="Within the block, from 1")
    code = models.CharField(max_length=20, validators=[a_code])
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=30, choices=Kind)
    credits = models.PositiveSmallIntegerField()
    provisional = models.BooleanField(default=False, help_text="The title or the credits are not confirmed")
    activities_complete = models.BooleanField(
        "activity list is complete", default=False, help_text="The activities recorded here are the whole list"
    )
    expected_activities = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How many places an incomplete list has; empty when not known"
    )
    cbd = models.PositiveSmallIntegerField("CBDs", null=True, blank=True, help_text="Empty when not known")
    observed = models.PositiveSmallIntegerField("DOPS and OCE", null=True, blank=True, help_text="Empty when not known")
    university_result = models.BooleanField(default=False)
    url = models.URLField(
        "page in the Library",
        max_length=500,
        blank=True,
        validators=[a_web_address],
        help_text="This module's own page",
    )

    class Meta:
        ordering = ["block__position", "position"]
        constraints = [
            models.UniqueConstraint(fields=["curriculum", "code"], name="one_module_of_each_code_in_a_curriculum"),
            models.UniqueConstraint(fields=["block", "position"], name="one_module_at_each_position_of_a_block"),
            models.CheckConstraint(
                condition=Q(cbd=None, observed=None) | Q(cbd__isnull=False, observed__isnull=False),
                name="assessment_numbers_are_known_together",
                violation_error_message="Fill in both numbers, of CBDs and of DOPS and OCE, or neither.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class TrainingActivity(models.Model):
    """A numbered task of a module whose wording is known. A number without a row here is a place."""

    class Type(models.TextChoices):
        DTA = "DTA", "Developmental training activity"
        ETA = "ETA", "Entrustable training activity"
        OTA = "OTA", "Observational training activity"

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="activities")
    number = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=3, choices=Type, blank=True, help_text="Empty when not recorded")
    title = models.CharField(max_length=300, help_text="A short label of our own, not the Library's wording")

    class Meta:
        ordering = ["module", "number"]
        verbose_name_plural = "training activities"
        constraints = [
            models.UniqueConstraint(fields=["module", "number"], name="one_activity_of_each_number_in_a_module"),
            models.CheckConstraint(condition=Q(number__gte=1), name="activity_numbers_start_at_1"),
        ]

    def __str__(self) -> str:
        return f"{self.module.code} {self.number}. {self.title}"


class AssessmentTitle(models.Model):
    """A title that a module offers for an observed assessment. A title may be used twice in a module."""

    class Kind(models.TextChoices):
        DOPS = "DOPS", "Direct observation of practical skills"
        OCE = "OCE", "Observed communication event"

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="assessment_titles")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=4, choices=Kind)
    title = models.CharField(max_length=300)

    class Meta:
        ordering = ["module", "position"]
        constraints = [
            models.UniqueConstraint(fields=["module", "position"], name="one_assessment_title_at_each_position"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.title}"


class Option(models.Model):
    """One way to fill a block that offers a choice: its required modules plus the modules of any one option."""

    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField()
    modules = models.ManyToManyField(Module, related_name="options")

    class Meta:
        ordering = ["block", "position"]
        constraints = [models.UniqueConstraint(fields=["block", "position"], name="one_option_at_each_position")]

    def __str__(self) -> str:
        return f"Option {self.position} of {self.block}"


class Prompt(models.Model):
    """What evidence of a type should show, or a question to write from. Prompts help; they never hold anything back."""

    class Section(models.TextChoices):
        SHOWS = "shows", "What it shows"
        REFLECTION = "reflection", "Question to write from"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="prompts")
    section = models.CharField(max_length=10, choices=Section)
    type = models.CharField(
        max_length=3, choices=TrainingActivity.Type, blank=True, help_text="Empty: for activities of every type"
    )
    position = models.PositiveSmallIntegerField(default=1)
    label = models.CharField(max_length=80, help_text="For example, Before, or An action plan")
    text = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["programme", "section", "type", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "section", "type", "position"], name="one_prompt_at_each_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.text}"


class Question(models.Model):
    """A question of the programme's feedback questionnaire. Rounds that are open keep the questions they began with."""

    class Kind(models.TextChoices):
        RATING = "rating", "Rating"
        TEXT = "text", "Free text"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.CharField("question", max_length=300)
    hint = models.CharField(max_length=300, blank=True)
    scale = models.TextField(
        blank=True,
        max_length=600,
        help_text="For a rating: its points, one a line, the lowest first. Respondents can always say that they cannot "
        "say.",
    )

    class Meta:
        ordering = ["programme", "position"]
        verbose_name = "feedback question"
        constraints = [
            models.UniqueConstraint(fields=["programme", "position"], name="one_question_at_each_position"),
            models.CheckConstraint(
                condition=Q(kind="rating") & ~Q(scale="") | Q(kind="text", scale=""),
                name="a_rating_has_a_scale_and_free_text_has_none",
                violation_error_message="A rating needs its points, one a line. Free text has none.",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def points(self) -> list[str]:
        """The points of the scale, the lowest first; none for free text."""
        return [point.strip() for point in self.scale.splitlines() if point.strip()]

    def clean(self) -> None:
        """A scale says something: of two to seven points, each its own, and none too long to stand beside a bar."""
        if self.kind == self.Kind.RATING and self.scale and (problem := scale_problem(self.points)):
            raise ValidationError({"scale": problem})


def scale_problem(points: Sequence[str]) -> str:
    """What is wrong with a scale, in words; empty when nothing is."""
    if not 2 <= len(points) <= 7:
        return "Give two to seven points, one a line."
    if len({point.casefold() for point in points}) < len(points):
        return "Two points are the same. Give each its own words."
    if any(len(point) > LONGEST_POINT for point in points):
        return f"A point has at most {LONGEST_POINT} characters."
    return ""


class MarkForm(models.Model):
    """What an assessor marks in an assessment of one kind, and the words that they mark it with: a programme's own."""

    class Kind(models.TextChoices):
        CBD = "CBD", "Case-based discussion"
        DOPS = "DOPS", "Direct observation of practical skills"
        OCE = "OCE", "Observed communication event"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="mark_forms")
    kind = models.CharField(max_length=4, choices=Kind)
    scale = models.TextField(help_text="The words to mark a criterion with, one a line, the lowest first")

    class Meta:
        ordering = ["programme", "kind"]
        constraints = [models.UniqueConstraint(fields=["programme", "kind"], name="one_mark_form_of_each_kind")]

    def __str__(self) -> str:
        return f"{self.programme.code}: {self.get_kind_display()}"

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the scale, each once."""
        return tuple(dict.fromkeys(filter(None, (line.strip() for line in self.scale.splitlines()))))


class Criterion(models.Model):
    """One thing that an assessor marks. What was marked before keeps the words that it was marked against."""

    form = models.ForeignKey(MarkForm, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField(default=1)
    text = models.CharField(max_length=300)

    class Meta:
        ordering = ["form", "position"]
        verbose_name_plural = "criteria"
        constraints = [models.UniqueConstraint(fields=["form", "position"], name="one_criterion_at_each_position")]

    def __str__(self) -> str:
        return self.text
