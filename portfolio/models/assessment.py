"""Work-based assessments: DOPS, OCE and CBD. An attempt is kept for ever, and the next is a record of its own."""

import json

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.canonical import canonical, new_salt, salted
from curriculum.models import Module
from portfolio.models.addressing import Addressing, Reminding
from portfolio.models.decided import NAMES_THE_ADDRESS, ONE_WAY, ByCode, Decided
from portfolio.models.ids import public_id
from portfolio.models.immutable import Immutable
from portfolio.models.portfolio import Portfolio
from portfolio.models.signed import Signed
from portfolio.states import OBSERVED, AssessmentKind, AssessmentOutcome, AssessmentState, ReminderKind


class Assessment(models.Model):
    """One attempt at an assessment of a module. Planned, asked or satisfactory, it fills one slot of that module.

    What the trainee says of it changes only while it is planned; `manifest` and `digest` are of what was asked, sealed
    then (portfolio/manifest.py). `planned_kind` is what was asked for, `kind` what it is since the assessor's last
    correction. The two keys are what the words come down to, so that the database can compare them.
    """

    aid = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="assessments")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=4, choices=AssessmentKind)
    planned_kind = models.CharField(max_length=4, choices=AssessmentKind)
    state = models.CharField(max_length=20, choices=AssessmentState, default=AssessmentState.OPEN, editable=False)
    title = models.CharField(max_length=300)
    title_key = models.CharField(max_length=300, editable=False)
    from_curriculum = models.BooleanField(default=False, help_text="The title is one that the curriculum offers")
    what = models.TextField("what is observed or discussed")
    happens_on = models.DateField("day of the observation or discussion")
    where = models.CharField(max_length=200)
    case_reference = models.CharField(max_length=60, blank=True, help_text="Of a CBD: the trainee's name for the case")
    case_key = models.CharField(max_length=60, blank=True, editable=False)
    another = models.BooleanField(
        default=False, help_text="The trainee confirmed that it is not the one of the same day and title"
    )
    attempt_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="next_attempt", null=True, blank=True, help_text="The one before"
    )
    planned_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(null=True, blank=True)
    declaration = models.CharField(max_length=20, blank=True, help_text="The version that the trainee declared")
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    manifest = models.TextField(blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ["portfolio", "module__block__position", "module__position", "happens_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["portfolio", "case_key"],
                condition=~Q(case_key="") & ~Q(state=AssessmentState.VOIDED),
                name="a_case_serves_one_discussion",
            ),
            models.UniqueConstraint(
                fields=["portfolio", "title_key", "happens_on"],
                condition=Q(another=False) & ~Q(state=AssessmentState.VOIDED),
                name="a_second_one_of_the_same_day_and_title_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s for s in AssessmentState.values if s != AssessmentState.OPEN]),
                name="an_assessment_state_is_a_known_word",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AssessmentKind.values), name="an_assessment_is_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind=AssessmentKind.CBD, planned_kind=AssessmentKind.CBD)
                | Q(kind__in=OBSERVED, planned_kind__in=OBSERVED),
                name="a_discussion_stays_a_discussion",
            ),
            models.CheckConstraint(
                condition=Q(kind=AssessmentKind.CBD) & ~Q(case_key="") | ~Q(kind=AssessmentKind.CBD) & Q(case_key=""),
                name="a_discussion_has_a_case_and_nothing_else_has",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(what="") & ~Q(where=""), name="an_assessment_says_what_and_where"
            ),
            models.CheckConstraint(
                condition=Q(state=AssessmentState.PLANNED) | ~Q(digest="") & Q(asked_at__isnull=False),
                name="what_was_asked_is_sealed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.module.code}"

    @property
    def is_observed(self) -> bool:
        return self.kind in OBSERVED

    @property
    def facts(self) -> dict[str, object]:
        """How an event names it."""
        return {"module": self.module.code, "assessment": self.aid, "assessed": self.kind}

    @property
    def waiting_modules(self) -> set[int]:
        """The id of its module while it waits for an assessor; none once it does not: as of a submission."""
        waits = Assessment.objects.filter(pk=self.pk, state=AssessmentState.WITH_ASSESSOR)
        return set(waits.values_list("module", flat=True))


class AssessmentAddressee(Addressing):
    """Whom an assessment is with, as dated rows: the current one has no `until`."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="addressees")

    class Meta:
        ordering = ["assessment", "since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment"], condition=Q(until=None), name="an_assessment_is_with_one_assessor"
            )
        ]

    @property
    def asked_for(self) -> Assessment:
        return self.assessment


class AssessmentReminder(Reminding):
    """What went out while an assessment waited with one assessor."""

    addressee = models.ForeignKey(AssessmentAddressee, on_delete=models.PROTECT, related_name="reminders")

    class Meta:
        ordering = ["addressee", "sent_at"]
        constraints = [
            models.UniqueConstraint(fields=["addressee", "kind"], name="an_assessor_is_reminded_of_an_assessment_once"),
            models.CheckConstraint(
                condition=Q(kind__in=ReminderKind.values), name="an_assessment_reminder_is_of_a_known_kind"
            ),
        ]


class AssessmentDecision(Decided):
    """What the assessor said of one attempt, on the form that the page showed. One per attempt, for ever.

    `marks` is the canonical form of the mark form as it stood, criterion by criterion, with what was marked.
    """

    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=20, choices=AssessmentOutcome)
    marks = models.TextField(editable=False)
    strengths = models.TextField(blank=True)
    to_develop = models.TextField(blank=True)
    action = models.TextField("agreed action", blank=True)
    standing = models.CharField(max_length=20, help_text="The version of what the assessor declared")

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=AssessmentOutcome.values), name="an_assessment_outcome_is_a_known_word"
            ),
            models.CheckConstraint(
                condition=~Q(outcome=AssessmentOutcome.NOT_YET) | ~Q(to_develop="") & ~Q(action=""),
                name="not_yet_satisfactory_says_what_to_develop",
            ),
            models.CheckConstraint(condition=~Q(standing=""), name="an_assessor_declares_their_standing"),
            models.CheckConstraint(
                condition=NAMES_THE_ADDRESS, name="an_outcome_by_a_code_names_the_address_that_was_proved"
            ),
            models.CheckConstraint(condition=ONE_WAY, name="an_outcome_is_by_a_link_or_on_a_lent_device"),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.assessment}"

    @property
    def marks_digest(self) -> str:
        return salted(self.marks, self.salt)

    @property
    def words_digest(self) -> str:
        return salted(canonical([self.strengths, self.to_develop, self.action]).decode(), self.salt)


def marked(kept: str) -> list[tuple[str, str]]:
    """Each criterion that was shown, with what was marked."""
    if not kept:
        return []
    return [(line["text"], line["mark"]) for line in json.loads(kept)["marked"]]


class KindCorrection(ByCode):
    """The assessor put right which of the two observed kinds it is. Both stay in the history.

    `marks` is what the right form asked, where the outcome was given already; else it is empty.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="corrections")
    was = models.CharField(max_length=4, choices=AssessmentKind)
    kind = models.CharField(max_length=4, choices=AssessmentKind)
    marks = models.TextField(blank=True, editable=False)
    corrected_at = models.DateTimeField()

    class Meta:
        ordering = ["assessment", "corrected_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(was=AssessmentKind.DOPS, kind=AssessmentKind.OCE)
                | Q(was=AssessmentKind.OCE, kind=AssessmentKind.DOPS),
                name="a_correction_is_between_the_observed_kinds",
            ),
            models.CheckConstraint(
                condition=NAMES_THE_ADDRESS, name="a_correction_by_a_code_names_the_address_that_was_proved"
            ),
            models.CheckConstraint(condition=ONE_WAY, name="a_correction_is_by_a_link_or_on_a_lent_device"),
        ]

    def __str__(self) -> str:
        return f"{self.was} is {self.kind}: {self.assessment.module.code}"

    @property
    def marks_digest(self) -> str:
        return salted(self.marks, self.salt)


class AssessmentVoid(Signed):
    """An attempt that counts nothing any more. It stays, with what was said of it."""

    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="void")
    reason = models.TextField()
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    voided_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="an_assessment_void_has_a_reason")]

    def __str__(self) -> str:
        return f"Voided: {self.assessment}"

    @property
    def reason_digest(self) -> str:
        return salted(self.reason, self.salt)


class AssessmentReflection(Immutable):
    """What the trainee made of it afterwards. Each save is a version; all are kept."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="reflections")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["assessment", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "number"], name="one_reflection_of_each_number"),
            models.CheckConstraint(condition=~Q(text=""), name="a_reflection_says_something"),
        ]

    def __str__(self) -> str:
        return f"Reflection {self.number} on {self.assessment}"

    @property
    def heading(self) -> str:
        return f"Version {self.number}, saved on {timezone.localtime(self.saved_at):%d.%m.%Y}"

    @property
    def text_digest(self) -> str:
        return salted(self.text, self.salt)
