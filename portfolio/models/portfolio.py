"""A trainee's portfolio and the organisation they train in."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from curriculum.models import Curriculum, Programme
from portfolio.models.ids import public_id
from portfolio.states import PortfolioState

CHAIN = "portfolio:"  # how the names of portfolios' audit chains begin


class Organisation(models.Model):
    """Where trainees work. Its mail domains tell an inside address from an outside one."""

    name = models.CharField(max_length=200, unique=True)
    mail_domains = models.TextField(blank=True, help_text="One a line, for example trust.example.org")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def facts(self) -> dict[str, Any]:
        """What the instance's audit chain says of it: its id."""
        return {"organisation": self.pk}


class Portfolio(models.Model):
    """What one trainee has done against one curriculum.

    `perform` locks this row before anything else, so steps of one portfolio happen one after another.
    """

    ref = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    trainee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="portfolios")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="portfolios", editable=False)
    curriculum = models.ForeignKey(Curriculum, on_delete=models.PROTECT, related_name="portfolios")
    cohort_year = models.PositiveSmallIntegerField(
        help_text="The year the training started; may differ from the curriculum's"
    )
    starts_on = models.DateField("start of training")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="portfolios", null=True, blank=True
    )
    department = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["trainee__name", "pk"]
        indexes = [  # all that a list of thousands counts, finds and orders by, without the rows themselves
            models.Index(
                fields=["programme", "cohort_year", "curriculum", "organisation", "trainee", "closed_at"],
                name="portfolios_as_lists_count_them",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["trainee", "programme"],
                condition=Q(closed_at=None),
                name="one_open_portfolio_per_person_and_programme",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trainee.name}, {self.curriculum.code}"

    @property
    def state(self) -> PortfolioState:
        return PortfolioState.OPEN if self.closed_at is None else PortfolioState.CLOSED

    @property
    def chain(self) -> str:
        """The name of this portfolio's audit chain."""
        return f"{CHAIN}{self.ref}"

    @property
    def facts(self) -> dict[str, Any]:
        """What the instance's audit chain says of it: ids, codes and dates, no free text."""
        return {
            "portfolio": self.ref,
            "trainee": self.trainee_id,
            "curriculum": self.curriculum.code,
            "cohort": self.cohort_year,
            "starts_on": self.starts_on.isoformat(),
            "organisation": self.organisation_id,
        }
