"""Who acted: the fields that every decision and its like hold, and the rows that close and reopen a portfolio."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.canonical import new_salt, salted
from portfolio.models.immutable import Immutable
from portfolio.models.people import Role
from portfolio.models.portfolio import Portfolio
from portfolio.states import RoleKind


class Signed(Immutable):
    """Who acted, as they were at that moment. Unknown is stored as NULL, never left out."""

    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signer_name = models.CharField(max_length=200)
    signer_post = models.CharField(max_length=200, blank=True)
    signer_registration = models.CharField(max_length=40, blank=True)
    role = models.ForeignKey(
        Role, on_delete=models.PROTECT, related_name="+", null=True, help_text="NULL: an administrator"
    )
    role_kind = models.CharField(max_length=20, choices=RoleKind, blank=True)
    reauthenticated_seconds_ago = models.PositiveIntegerField(null=True)
    second_factor = models.BooleanField(null=True)
    audit_seq = models.PositiveIntegerField(help_text="The event in the portfolio's chain")

    class Meta:
        abstract = True


class Closure(Signed):
    """A portfolio was closed (`closes`) or opened again, and why."""

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="closures")
    closes = models.BooleanField()
    reason = models.TextField()
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["portfolio", "-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_closure_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.portfolio} {'closed' if self.closes else 'reopened'}"

    @property
    def reason_digest(self) -> str:
        return salted(self.reason, self.salt)
