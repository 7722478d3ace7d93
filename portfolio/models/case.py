"""Which case serves which discussion: one, wherever that was signed."""

from django.db import models
from django.db.models import Q

from portfolio.models.assessment import Assessment
from portfolio.models.elsewhere import SignedElsewhere
from portfolio.models.portfolio import Portfolio


class UsedCase(models.Model):
    """The case of one CBD as long as that stands: planned, asked or decided here, or as another system has it.

    It follows from these two tables, and the steps that write them write it (workflow/assessments/cases.py): here the
    database can hold across both that one case serves one discussion.
    """

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="used_cases")
    key = models.CharField(max_length=60)
    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="used_case", null=True)
    elsewhere = models.OneToOneField(SignedElsewhere, on_delete=models.PROTECT, related_name="used_case", null=True)

    class Meta:
        ordering = ["portfolio", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["portfolio", "key"], name="a_case_serves_one_discussion_wherever_it_was_signed"
            ),
            models.CheckConstraint(
                condition=Q(assessment=None, elsewhere__isnull=False) | Q(assessment__isnull=False, elsewhere=None),
                name="a_used_case_is_of_one_discussion",
            ),
            models.CheckConstraint(condition=~Q(key=""), name="a_used_case_has_a_key"),
        ]

    def __str__(self) -> str:
        return f"Case of {self.assessment or self.elsewhere}"
