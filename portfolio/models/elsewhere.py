"""What was signed in another system before the trainee came here: recorded by the officer, never decided here."""

from django.db import models
from django.db.models import Q

from audit.canonical import new_salt, salted
from curriculum.models import Module
from portfolio.models.evidence import StoredFile
from portfolio.models.ids import public_id
from portfolio.models.portfolio import Portfolio
from portfolio.models.signed import Signed
from portfolio.states import ElsewhereKind


class SignedElsewhere(Signed):
    """One item as another system has it, with the proof: a note, a file, or both. Stands until an ElsewhereVoid.

    `number` is an activity's; an assessment has none. A CBD may have a case (models/case.py). The signer is who
    recorded it here, not who signed it there.
    """

    xid = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="signed_elsewhere")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=ElsewhereKind)
    number = models.PositiveSmallIntegerField(null=True)
    title = models.CharField(max_length=300)
    case_reference = models.CharField(max_length=60, blank=True, help_text="Of a CBD: the trainee's name for the case")
    system = models.CharField(max_length=100)
    signed_on = models.DateField()
    signed_by = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="elsewhere", null=True)
    file_name = models.CharField(max_length=150, blank=True)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["portfolio", "-recorded_at", "-pk"]
        verbose_name = "item signed elsewhere"
        verbose_name_plural = "items signed elsewhere"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ElsewhereKind.ACTIVITY, number__isnull=False, number__gte=1)
                | Q(kind__in=[ElsewhereKind.CBD, ElsewhereKind.DOPS, ElsewhereKind.OCE], number=None),
                name="only_an_activity_signed_elsewhere_has_a_number",
            ),
            models.CheckConstraint(
                condition=Q(kind=ElsewhereKind.CBD) | Q(case_reference=""),
                name="only_a_discussion_signed_elsewhere_has_a_case",
            ),
            models.CheckConstraint(
                condition=~Q(note="") | Q(file__isnull=False), name="what_was_signed_elsewhere_has_a_proof"
            ),
            models.CheckConstraint(
                condition=Q(file=None, file_name="") | Q(file__isnull=False) & ~Q(file_name=""),
                name="a_proof_and_its_name_come_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.module.code} {self.number or self.get_kind_display()}"

    @property
    def text_digest(self) -> str:
        """The salted digest of everything that was written of it."""
        parts = [self.title, self.system, self.signed_by, self.note, self.file_name]
        return salted("\n".join(parts), self.salt)

    @property
    def case_digest(self) -> str:
        return salted(self.case_reference, self.salt)


class ElsewhereVoid(Signed):
    """Such a record no longer stands: it was a mistake, or its proof did not hold."""

    record = models.OneToOneField(SignedElsewhere, on_delete=models.PROTECT, related_name="void")
    reason = models.TextField()
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    voided_at = models.DateTimeField()

    class Meta:
        verbose_name = "void of an item signed elsewhere"
        verbose_name_plural = "voids of items signed elsewhere"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_void_of_what_was_signed_elsewhere_has_a_reason")
        ]

    def __str__(self) -> str:
        return f"Void: {self.record}"

    @property
    def reason_digest(self) -> str:
        return salted(self.reason, self.salt)
