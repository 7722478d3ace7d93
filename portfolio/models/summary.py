"""What a list of many trainees filters and orders by."""

from django.db import models
from django.db.models import Q

from portfolio.models.portfolio import Portfolio


class Summary(models.Model):
    """Some of what progress said of a portfolio when this was made. For filters and order alone: no page shows it.

    It can be made again at any time, and the same comes out (portfolio/cohort/summaries.py). `seq` is the number of the
    event of the portfolio's chain up to which it was told; `made_on` the day for which it holds.
    """

    portfolio = models.OneToOneField(Portfolio, on_delete=models.PROTECT, related_name="summary", primary_key=True)
    seq = models.PositiveBigIntegerField()
    made_on = models.DateField()
    made_at = models.DateTimeField()
    credits = models.PositiveSmallIntegerField()
    items = models.PositiveSmallIntegerField()
    ahead = models.SmallIntegerField(null=True, help_text="Items ahead of the target; less than 0 is behind")
    review_on = models.DateField(null=True)
    waits_since = models.DateField(null=True)
    flags = models.CharField(max_length=200, help_text="The kinds of its flags, each between two spaces")
    flag_count = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200, blank=True, help_text="The trainee's, to order by")
    asked = models.TextField(
        blank=True, help_text="Assessors by their ids, each with open and late requests: 12:3:1 45:2:0"
    )

    class Meta:
        verbose_name_plural = "summaries"
        constraints = [
            models.CheckConstraint(
                condition=Q(flag_count=0, flags="") | Q(flag_count__gt=0) & ~Q(flags=""), name="flags_are_counted"
            ),
        ]

    def __str__(self) -> str:
        return f"Summary of portfolio {self.portfolio_id}"
