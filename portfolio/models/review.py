"""The meeting of a review point: when it is, what both wrote, what was agreed, and that both signed it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.canonical import new_salt, salted
from portfolio.models.portfolio import Portfolio
from portfolio.models.signed import Signed
from portfolio.states import Side


class ReviewMeeting(models.Model):
    """One record of the meeting of a review point, by the point's key in the rules: the name that it had first.

    With the first signature the manifest is frozen: the figures of that day, and digests of all that is written here.
    Nothing of it changes from then on; a correction is a new record of the same point, with the next number.
    """

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="review_meetings")
    point = models.CharField(max_length=100)
    number = models.PositiveSmallIntegerField(help_text="1 for the first record of this point, then 2, 3 …")
    planned_on = models.DateField()
    reason = models.TextField(blank=True, help_text="Why there is another record than the one before")
    trainee_notes = models.TextField(blank=True)
    officer_notes = models.TextField(blank=True)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    created_at = models.DateTimeField()
    manifest = models.TextField(blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ["portfolio", "point", "number"]
        constraints = [
            models.UniqueConstraint(fields=["portfolio", "point", "number"], name="review_records_are_numbered_once"),
            models.CheckConstraint(
                condition=Q(manifest="", digest="") | (~Q(manifest="") & ~Q(digest="")),
                name="a_review_has_a_manifest_with_its_digest",
            ),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="a_further_review_record_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.point}, record {self.number}"

    def notes(self, side: Side) -> str:
        """What this side wrote."""
        return self.trainee_notes if side is Side.TRAINEE else self.officer_notes

    def notes_digest(self, side: Side) -> str:
        return salted(f"{side.value}\n{self.notes(side)}", self.salt)

    @property
    def reason_digest(self) -> str:
        return salted(f"reason\n{self.reason}", self.salt)


class ReviewAction(models.Model):
    """What was agreed: who does what by when. Once it is signed only that it is done can be added."""

    meeting = models.ForeignKey(ReviewMeeting, on_delete=models.PROTECT, related_name="actions")
    what = models.CharField(max_length=300)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    side = models.CharField("who", max_length=20, choices=Side)
    by_when = models.DateField()
    dropped = models.BooleanField(default=False, help_text="Taken off again before anybody signed")
    done_at = models.DateTimeField(null=True, blank=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )

    class Meta:
        ordering = ["meeting", "by_when", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="an_action_says_what"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="an_action_is_of_a_known_side"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="an_action_is_done_by_somebody_at_some_time",
            ),
            models.CheckConstraint(condition=Q(dropped=False) | Q(done_at=None), name="a_dropped_action_is_not_done"),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.what}"

    @property
    def what_digest(self) -> str:
        return salted(self.what, self.salt)


class ReviewSignature(Signed):
    """One side signed a record of a review. Both sign the same digest."""

    meeting = models.ForeignKey(ReviewMeeting, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=20, choices=Side)
    digest = models.CharField(max_length=64, editable=False)
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["meeting", "signed_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "side"], name="each_side_signs_a_review_once"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="a_review_is_signed_by_a_known_side"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting}, signed by {self.signer_name}"
