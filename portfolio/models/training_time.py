"""How a trainee's time passes: working time by period, and interruptions. From these their dates follow (rule 11).

Each row is a version of what begins on one day, and is never changed: the newest version of a day counts, one that is
`removed` counts nothing. So there is one working time a day, and whatever was said once can be read.
"""

from django.db import models
from django.db.models import F, Q

from audit.canonical import new_salt, salted
from portfolio.models.portfolio import Portfolio
from portfolio.models.signed import Signed
from portfolio.states import LeaveKind


class Dated(Signed):
    """What the two have in common. `note` says why it is as it is; it is needed to remove a row."""

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="%(class)ss")
    starts_on = models.DateField("from")
    version = models.PositiveSmallIntegerField(help_text="1 for what was first said of this day, then 2, 3 …")
    removed = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ("portfolio", "starts_on", "version")

    @property
    def note_digest(self) -> str:
        return salted(self.note, self.salt)


class WorkingTime(Dated):
    """The whole-time equivalent from a day until the next, in whole hundredths: 60 is three days of five."""

    hundredths = models.PositiveSmallIntegerField("whole-time equivalent, in hundredths")

    class Meta(Dated.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["portfolio", "starts_on", "version"], name="one_working_time_a_day_and_version"
            ),
            models.CheckConstraint(
                condition=Q(hundredths__gte=1, hundredths__lte=100), name="working_time_is_1_to_100_hundredths"
            ),
            models.CheckConstraint(
                condition=Q(removed=False) | ~Q(note=""), name="working_time_is_removed_with_a_note"
            ),
        )

    def __str__(self) -> str:
        return f"{self.hundredths}% from {self.starts_on:%d.%m.%Y}"


class Interruption(Dated):
    """Leave or other time out, both its days included. An `ends_on` of NULL: it has no end yet."""

    kind = models.CharField(max_length=20, choices=LeaveKind)
    ends_on = models.DateField("to", null=True, blank=True, help_text="The last day; empty while it goes on")

    class Meta(Dated.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["portfolio", "starts_on", "version"], name="one_interruption_a_day_and_version"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="an_interruption_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(kind__in=LeaveKind.values), name="a_kind_of_leave_is_a_known_word"),
            models.CheckConstraint(condition=Q(removed=False) | ~Q(note=""), name="leave_is_removed_with_a_note"),
        )

    def __str__(self) -> str:
        until = f" to {self.ends_on:%d.%m.%Y}" if self.ends_on else ""
        return f"Leave from {self.starts_on:%d.%m.%Y}{until}"
