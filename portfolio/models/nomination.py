"""Somebody new whom the trainee names to decide on a submission or an assessment, and the training officer's answer."""

import json

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.canonical import new_salt, salted
from portfolio.models.addressing import Reminding
from portfolio.models.asking import ONE_ASKED_FOR, AskedFor
from portfolio.models.assessment import Assessment
from portfolio.models.ids import public_id
from portfolio.models.portfolio import Portfolio
from portfolio.models.signed import Signed
from portfolio.models.submission import Submission
from portfolio.states import NominationState as State
from portfolio.states import ReminderKind


class Nomination(models.Model):
    """Who is to decide, on a submission or an assessment, once the officer agrees; nobody can until then.

    A dated row, as that of an addressee: the current one has no `until`. Approved, it gives way to an addressee;
    declined, it stays until the trainee asks somebody else or takes the submission back. What was typed never changes.
    """

    nid = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="nominations")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="nominations", null=True)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="nominations", null=True)
    name = models.CharField(max_length=200)
    address = models.EmailField()
    post = models.CharField(max_length=200, blank=True)
    registration = models.CharField(max_length=40, blank=True)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)
    due_on = models.DateField()

    class Meta:
        ordering = ["portfolio", "since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission"], condition=Q(until=None), name="a_submission_names_one_new_assessor"
            ),
            models.UniqueConstraint(
                fields=["assessment"], condition=Q(until=None), name="an_assessment_names_one_new_assessor"
            ),
            models.CheckConstraint(condition=ONE_ASKED_FOR, name="a_nomination_is_for_a_submission_or_an_assessment"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.address})"

    @property
    def asked_for(self) -> AskedFor:
        """What they are to decide on."""
        found = self.submission or self.assessment
        assert found is not None  # the database holds it
        return found

    @property
    def state(self) -> State:
        """Derived from its rows."""
        answer: NominationAnswer | None = getattr(self, "answer", None)
        if answer is not None:
            return State.APPROVED if answer.approved else State.DECLINED
        return State.WAITING if self.until is None else State.TAKEN_BACK

    @property
    def digest(self) -> str:
        """What the chain holds of whoever is named."""
        return salted(json.dumps([self.name, self.address, self.post, self.registration]), self.salt)


class NominationReminder(Reminding):
    """What went out while a nomination waited for an answer."""

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="reminders")

    class Meta:
        ordering = ["nomination", "sent_at"]
        constraints = [
            models.UniqueConstraint(fields=["nomination", "kind"], name="an_officer_is_reminded_of_a_nomination_once"),
            models.CheckConstraint(
                condition=Q(kind__in=ReminderKind.values), name="a_nomination_reminder_is_of_a_known_kind"
            ),
        ]


class NominationAnswer(Signed):
    """The officer approved a nomination, and whom of the people here it made an assessor; or declined it, and why."""

    nomination = models.OneToOneField(Nomination, on_delete=models.PROTECT, related_name="answer")
    approved = models.BooleanField()
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["nomination"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved=True) | ~Q(reason=""), name="a_declined_nomination_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(approved=True, assessor__isnull=False) | Q(approved=False, assessor=None),
                name="an_approved_nomination_makes_somebody_an_assessor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nomination}, {'approved' if self.approved else 'declined'}"

    @property
    def reason_digest(self) -> str:
        return salted(self.reason, self.salt)
