"""What a training officer confirms of a module: its requirements, and the whole of it."""

from django.db import models
from django.db.models import Q

from audit.canonical import new_salt, salted
from curriculum.models import Module
from portfolio.models.portfolio import Portfolio
from portfolio.models.signed import Signed


class Confirmation(Signed):
    """The officer read what a module asks for and says so for this portfolio (domain.md rule 3).

    NULL is a number that was not asked because the curriculum knew it. The newest row counts.
    """

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="confirmations")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    activities = models.PositiveSmallIntegerField(null=True)
    cbd = models.PositiveSmallIntegerField("CBDs", null=True)
    observed = models.PositiveSmallIntegerField("DOPS and OCE", null=True)
    source = models.CharField("what was read", max_length=300)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    read_on = models.DateField()
    confirmed_at = models.DateTimeField()

    class Meta:
        ordering = ["portfolio", "module", "-confirmed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cbd=None, observed=None) | Q(cbd__isnull=False, observed__isnull=False),
                name="assessment_numbers_are_confirmed_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.module.code}: requirements confirmed by {self.signer_name}"

    @property
    def source_digest(self) -> str:
        return salted(self.source, self.salt)


class ModuleSignOff(Signed):
    """The officer signed a whole module: the credits, the requirements and the list it was made against.

    It stands until a ModuleVoid says otherwise.
    """

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="sign_offs")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(help_text="1 for the first sign-off of this module, then 2, 3 …")
    credits = models.PositiveSmallIntegerField()
    manifest = models.TextField(editable=False)
    digest = models.CharField(max_length=64, editable=False)
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["portfolio", "module", "-signed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["portfolio", "module", "number"], name="module_sign_offs_are_numbered_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.module.code} signed off by {self.signer_name}"


class ModuleVoid(Signed):
    """A module sign-off that no longer stands. Sign-off n + 1 can be made once the module is ready again."""

    sign_off = models.OneToOneField(ModuleSignOff, on_delete=models.PROTECT, related_name="void")
    reason = models.TextField()
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    voided_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_void_has_a_reason")]

    def __str__(self) -> str:
        return f"Void: {self.sign_off}"

    @property
    def reason_digest(self) -> str:
        return salted(self.reason, self.salt)
