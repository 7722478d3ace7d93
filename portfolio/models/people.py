"""Who is what, in which portfolio or programme, from when to when. Read on every request."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from curriculum.models import Module, Programme
from portfolio.dates.meant import NOT_IN_ORDER
from portfolio.models.portfolio import Portfolio
from portfolio.states import RoleKind

DATES_IN_ORDER = Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
ONE_OFFICER = (
    "A portfolio has one training officer at a time. End the other officer's role the day before, "
    "or make this person a training co-ordinator."
)


def _in_order(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise ValidationError({"ends_on": NOT_IN_ORDER})


def _dates(starts_on: date, ends_on: date | None) -> dict[str, Any]:
    return {"from": starts_on.isoformat(), "to": ends_on.isoformat() if ends_on else None}


class Role(models.Model):
    """One person's role in one portfolio, from `starts_on` to `ends_on`, both inclusive (Europe/London)."""

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="roles")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="roles", verbose_name="person"
    )
    kind = models.CharField("role", max_length=20, choices=RoleKind)
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True, help_text="The last day; empty while it goes on")
    modules = models.ManyToManyField(
        Module, blank=True, related_name="+", help_text="For a placement supervisor: the modules of the placement"
    )

    class Meta:
        ordering = ["portfolio", "kind", "starts_on"]
        constraints = [
            models.CheckConstraint(condition=DATES_IN_ORDER, name="a_role_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["portfolio", "user", "kind", "starts_on"], name="a_role_is_given_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["portfolio"],
                condition=Q(kind=RoleKind.OFFICER, ends_on=None),
                name="one_training_officer_without_an_end",
                violation_error_message=ONE_OFFICER,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.name}, {self.get_kind_display()} of {self.portfolio.trainee.name}"

    @property
    def facts(self) -> dict[str, Any]:
        """What the instance's audit chain says of it: ids, codes and dates, no free text. Supervisors have modules."""
        which = {"role": self.pk, "portfolio": self.portfolio.ref, "person": self.user_id, "kind": self.kind}
        if self.kind == RoleKind.SUPERVISOR:
            which["modules"] = sorted(module.code for module in self.modules.all())
        return which | _dates(self.starts_on, self.ends_on)

    def clean(self) -> None:
        """Rules that one row cannot hold by itself."""
        if self.portfolio_id and self.user_id and self.portfolio.trainee_id == self.user_id:
            raise ValidationError({"user": "Nobody holds a role in their own portfolio. Choose another person."})
        _in_order(self.starts_on, self.ends_on)
        if self.kind == RoleKind.OFFICER and self.portfolio_id and self.starts_on:
            others = Role.objects.filter(portfolio=self.portfolio, kind=RoleKind.OFFICER).exclude(pk=self.pk)
            after_start = Q(ends_on=None) | Q(ends_on__gte=self.starts_on)
            before_end = Q() if self.ends_on is None else Q(starts_on__lte=self.ends_on)
            if others.filter(after_start & before_end).exists():
                # At a field of the constraint that says the same, so that it is told once.
                raise ValidationError({"ends_on": ONE_OFFICER})


class Administration(models.Model):
    """A programme administrator, for a programme or one cohort of it. They never sign or decide."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="administrations", verbose_name="person"
    )
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="administrations")
    cohort_year = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty: every cohort")
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True, help_text="The last day; empty while it goes on")

    class Meta:
        ordering = ["programme", "cohort_year", "starts_on"]
        verbose_name = "programme administrator"
        constraints = [
            models.CheckConstraint(condition=DATES_IN_ORDER, name="an_administration_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["user", "programme", "cohort_year", "starts_on"],
                name="a_cohort_is_given_to_somebody_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["user", "programme", "starts_on"],
                condition=Q(cohort_year=None),
                name="a_programme_is_given_to_somebody_once_a_day",
            ),
        ]

    def __str__(self) -> str:
        cohort = f", cohort {self.cohort_year}" if self.cohort_year else ""
        return f"{self.user.name}, administrator of {self.programme.code}{cohort}"

    @property
    def facts(self) -> dict[str, Any]:
        """What the instance's audit chain says of it: ids, codes and dates, no free text."""
        which = {"administration": self.pk, "person": self.user_id}
        where = {"programme": self.programme.code, "cohort": self.cohort_year}
        return which | where | _dates(self.starts_on, self.ends_on)

    def clean(self) -> None:
        _in_order(self.starts_on, self.ends_on)
