"""What a trainee plans for a month, and the address at which a calendar reads the plan."""

from django.db import models
from django.db.models import Q

from curriculum.models import Module
from portfolio.models.portfolio import Portfolio


class ScheduledActivity(models.Model):
    """The month in which the trainee means to do an activity. It decides nothing.

    What is planned into a placement is the placement's, and has no row here.
    """

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="scheduled")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["year", "month", "module__block__position", "module__position", "number"]
        verbose_name_plural = "scheduled activities"
        constraints = [
            models.UniqueConstraint(
                fields=["portfolio", "module", "number"], name="an_activity_is_planned_into_one_month"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="scheduled_places_start_at_1"),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="a_month_is_one_of_twelve"),
        ]

    def __str__(self) -> str:
        return f"{self.module.code} {self.number}"


class CalendarFeed(models.Model):
    """That a portfolio has a calendar address: only the digest of its secret. Without a row there is none."""

    portfolio = models.OneToOneField(Portfolio, on_delete=models.PROTECT, related_name="calendar_feed")
    key_digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Calendar address of {self.made_at:%d.%m.%Y}"
