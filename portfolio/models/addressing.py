"""Whom something is with: the dated row that submissions and assessments share."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from portfolio.states import ReminderKind


class Addressing(models.Model):
    """One assessor, from `since` until they had decided no more of it; the current row has no `until`."""

    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.assessor.name} since {self.since:%d.%m.%Y}"


class Reminding(models.Model):
    """Something that went out by itself, because whoever something is with had not decided: each kind once."""

    kind = models.CharField(max_length=10, choices=ReminderKind)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.sent_at:%d.%m.%Y}"
