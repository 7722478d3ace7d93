"""Deciding by a code: behind a link to one submission or assessment, or on the trainee's device, handed over."""

import hmac
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from audit.canonical import new_salt, salted
from portfolio.models.asking import ONE_ASKING, Asking
from portfolio.models.assessment import AssessmentAddressee, AssessmentDecision
from portfolio.models.submission import Addressee, Decision

MOST_TRIES = 5
# With a link or a lent device: whom it is for, and what they are asked for.
WHOM = (
    "addressee__assessor",
    "addressee__submission__portfolio__trainee",
    "assessment_addressee__assessor",
    "assessment_addressee__assessment__portfolio__trainee",
    "assessment_addressee__assessment__module",
)


class Opens(models.Model):
    """What a code opens: for one asking, of a submission or of an assessment."""

    class Meta:
        abstract = True

    @property
    def asking(self) -> Asking:
        """The row that says who is asked, and for what."""
        found: Asking | None = getattr(self, "addressee", None) or getattr(self, "assessment_addressee", None)
        assert found is not None  # the database holds it
        return found

    @property
    def decided(self) -> "QuerySet[Any]":
        """What was decided this way: rows of Decision or AssessmentDecision."""
        rows: QuerySet[Any] = (Decision if isinstance(self.asking, Addressee) else AssessmentDecision).objects.all()
        return rows.filter(**{"by_link" if isinstance(self, SignLink) else "by_lending": self})


class SignLink(Opens):
    """A link that was mailed to somebody who is asked and has no account: only the digest of its token is kept.

    It is bound to that address and that asking. Whether it still works follows from the rows
    (workflow/one_off/links.py). `tried_again_at`: the officer was told that somebody opened it after it was used;
    `opened_by_trainee_at`: that the trainee had it, signed in as themselves; `opened_elsewhere_at`: that
    anybody else had it.
    """

    addressee = models.OneToOneField(Addressee, on_delete=models.PROTECT, related_name="link", null=True)
    assessment_addressee = models.OneToOneField(
        AssessmentAddressee, on_delete=models.PROTECT, related_name="link", null=True
    )
    address = models.EmailField()
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tried_again_at = models.DateTimeField(null=True)
    opened_by_trainee_at = models.DateTimeField(null=True)
    opened_elsewhere_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="a_link_works_for_a_while"),
            models.CheckConstraint(condition=ONE_ASKING, name="a_link_is_for_one_submission_or_assessment"),
        ]

    def __str__(self) -> str:
        return f"Link of {self.made_at:%d.%m.%Y}"


class Lending(Opens):
    """The trainee handed their device over to whoever something is with: for that asking, address and browser.

    Whether it still goes on follows from the rows (workflow/one_off/devices.py); `ended_at`: the device was handed
    back, or the same was handed over on another. The browser holds the row's id in its session, and nothing else.
    """

    addressee = models.ForeignKey(Addressee, on_delete=models.PROTECT, related_name="lendings", null=True)
    assessment_addressee = models.ForeignKey(
        AssessmentAddressee, on_delete=models.PROTECT, related_name="lendings", null=True
    )
    address = models.EmailField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    audit_seq = models.PositiveIntegerField(help_text="The event in the portfolio's chain")

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("made_at")), name="a_device_is_lent_for_a_while"
            ),
            models.UniqueConstraint(
                fields=["addressee"], condition=Q(ended_at=None), name="one_device_is_lent_for_a_submission"
            ),
            models.UniqueConstraint(
                fields=["assessment_addressee"],
                condition=Q(ended_at=None),
                name="one_device_is_lent_for_an_assessment",
            ),
            models.CheckConstraint(condition=ONE_ASKING, name="a_device_is_lent_for_one_submission_or_assessment"),
        ]

    def __str__(self) -> str:
        return f"Device lent on {self.made_at:%d.%m.%Y %H:%M}"


Way = SignLink | Lending  # what a code opens


class SignCode(models.Model):
    """One code that was mailed, as a salted digest, how often it was tried, and when it proved the mailbox: once.

    It opens what it was asked for at, and nothing else: a link, or a device that was handed over.
    """

    link = models.ForeignKey(SignLink, on_delete=models.PROTECT, null=True, related_name="codes")
    lending = models.ForeignKey(Lending, on_delete=models.PROTECT, null=True, related_name="codes")
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    sent_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    proved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["link", "sent_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(link__isnull=False, lending=None) | Q(link=None, lending__isnull=False),
                name="a_code_opens_a_link_or_a_device",
            ),
            models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="a_code_is_tried_five_times_at_most"),
            models.CheckConstraint(condition=Q(proved_at=None) | Q(tries__gte=1), name="a_code_proves_by_being_tried"),
        ]

    def __str__(self) -> str:
        return f"Code of {self.sent_at:%d.%m.%Y %H:%M}"

    @property
    def way(self) -> Way:
        """What it opens."""
        found = self.link or self.lending
        assert found is not None  # the database holds it
        return found

    def is_for(self, typed: str) -> bool:
        return hmac.compare_digest(salted(typed, self.salt), self.digest)
