"""Pages of evidence: a working copy that changes, and an immutable revision at each Save."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.canonical import new_salt, salted
from portfolio.models.ids import public_id
from portfolio.models.immutable import Immutable
from portfolio.models.portfolio import Portfolio
from portfolio.states import EvidenceKind


class StoredFile(Immutable):
    """Bytes in the file store, known by their SHA-256 (portfolio/files.py). The file is there before the row."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(help_text="bytes")
    media_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.sha256[:12]


class Evidence(models.Model):
    """A page by the trainee. The fields here are the working copy: what was typed, saved or not.

    Private to the trainee until a revision of it is submitted, or until it is shared.
    """

    eid = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="evidence")
    title = models.CharField(max_length=200, blank=True)
    happened_on = models.DateField("date you did it", null=True, blank=True)
    kind = models.CharField(max_length=20, choices=EvidenceKind, default=EvidenceKind.REFLECTION)
    body = models.TextField(blank=True)
    feedback_round = models.ForeignKey(
        "portfolio.FeedbackRound",
        on_delete=models.PROTECT,
        related_name="evidence",
        null=True,
        blank=True,
        editable=False,
        help_text="The round from whose released report the page was made",
    )
    shared = models.BooleanField(default=False, help_text="My people can read this page")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-happened_on", "-changed_at", "-pk"]
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(
                condition=Q(archived_at=None) | Q(binned_at=None), name="archived_or_binned_not_both"
            ),
        ]
        indexes = [models.Index(fields=["portfolio", "-happened_on", "-changed_at"], name="evidence_by_date")]

    def __str__(self) -> str:
        return self.title or "Untitled page"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """A file that a version holds stays: the relation to versions, many to many, would let it go without a word."""

    def delete(self) -> tuple[int, dict[str, int]]:
        held: set[models.Model] = set(Revision.objects.filter(attachments__in=self))
        if held:
            raise models.ProtectedError("A version of a page holds this file.", held)
        return super().delete()


class Attachment(models.Model):
    """A file on a page. Removing it from the working copy leaves it in the revisions that held it."""

    fid = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=150)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    objects: ClassVar[models.Manager["Attachment"]] = models.Manager.from_queryset(AttachmentQuerySet)()

    class Meta:
        ordering = ["added_at", "pk"]

    def __str__(self) -> str:
        return self.name

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        return Attachment.objects.filter(pk=self.pk).delete()


class Revision(Immutable):
    """A page as it stood at one Save."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    happened_on = models.DateField()
    kind = models.CharField(max_length=20, choices=EvidenceKind)
    body = models.TextField(blank=True)
    attachments = models.ManyToManyField(Attachment, related_name="revisions")
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["evidence", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["evidence", "number"], name="one_revision_of_each_number"),
            models.CheckConstraint(condition=~Q(title=""), name="a_revision_has_a_title"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, revision {self.number}"

    @property
    def text_digest(self) -> str:
        """The salted digest of everything written on the page (its files have their own)."""
        return salted("\n".join([self.title, self.happened_on.isoformat(), self.kind, self.body]), self.salt)
