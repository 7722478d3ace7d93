"""A training activity of one portfolio: its state, and the pages of evidence linked to it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from curriculum.models import Module, TrainingActivity
from portfolio.models.evidence import Evidence
from portfolio.models.portfolio import Portfolio
from portfolio.states import ActivityState


class Activity(models.Model):
    """Keyed by (portfolio, module, number), not by a curriculum row: a number may be a place without wording.

    `state` is written by workflow.machine alone. The label is the trainee's own, shown while the curriculum has no
    wording for the number.
    """

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="activities")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=20, choices=ActivityState, default=ActivityState.NOT_STARTED, editable=False)
    label_type = models.CharField(max_length=3, choices=TrainingActivity.Type, blank=True)
    label_title = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["portfolio", "module", "number"]
        verbose_name_plural = "activities"
        constraints = [
            models.UniqueConstraint(
                fields=["portfolio", "module", "number"], name="one_activity_of_each_number_in_a_portfolio"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="places_start_at_1"),
            models.CheckConstraint(
                condition=Q(state__in=ActivityState.values), name="an_activity_state_is_a_known_word"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.module.code} {self.number}"


class Link(models.Model):
    """Why a page of evidence shows an activity, in a sentence. Contents of unsubmitted work: the trainee's alone."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="links")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="links")
    why = models.CharField(max_length=500)
    linked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["linked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "evidence"], name="a_page_is_linked_to_an_activity_once"),
            models.CheckConstraint(condition=~Q(why=""), name="a_link_says_why"),
        ]

    def __str__(self) -> str:
        return self.why
