"""Who takes over what waits with somebody when their role ends."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from portfolio.models.people import Role


class Handover(models.Model):
    """The successor whom an administrator named for a role. It is done once, when the role has ended.

    `passed`: how many requests were re-addressed; each stands in the portfolio's history.
    """

    role = models.OneToOneField(Role, on_delete=models.PROTECT, related_name="handover")
    successor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    passed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["role"]

    def __str__(self) -> str:
        return f"{self.role}, then {self.successor.name}"
