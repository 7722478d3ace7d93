"""Which option of a block a trainee takes, and that the officer confirms or refuses it (domain.md rule 8)."""

from django.db import models
from django.db.models import Q

from audit.canonical import new_salt, salted
from curriculum.models import Block, Option
from portfolio.models.portfolio import Portfolio
from portfolio.models.signed import Signed


class OptionTaken(Signed):
    """The trainee takes an option of a block. It counts once it is confirmed, until a later one is.

    `codes` are the modules of the option as they stood.
    """

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="options_taken")
    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="+")
    option = models.ForeignKey(Option, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(help_text="1 for the first choice of this block, then 2, 3 …")
    codes = models.CharField(max_length=300)
    reason = models.TextField(blank=True)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["portfolio", "block", "-number"]
        verbose_name_plural = "options taken"
        constraints = [
            models.UniqueConstraint(fields=["portfolio", "block", "number"], name="options_taken_are_numbered_once"),
            models.CheckConstraint(
                condition=Q(number=1) | Q(number__gt=1) & ~Q(reason=""), name="a_changed_option_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.codes}, choice {self.number}"

    @property
    def reason_digest(self) -> str:
        return salted(self.reason, self.salt)


class OptionConfirmation(Signed):
    """The officer confirms what the trainee took: from now on it counts."""

    taken = models.OneToOneField(OptionTaken, on_delete=models.PROTECT, related_name="confirmation")
    confirmed_at = models.DateTimeField()

    class Meta:
        ordering = ["-confirmed_at", "-pk"]

    def __str__(self) -> str:
        return f"Confirmed: {self.taken}"


class OptionRefusal(Signed):
    """The officer refuses what the trainee took: the choice is open again, and what was confirmed before stands."""

    taken = models.OneToOneField(OptionTaken, on_delete=models.PROTECT, related_name="refusal")
    reason = models.TextField()
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    refused_at = models.DateTimeField()

    class Meta:
        ordering = ["-refused_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_refused_option_has_a_reason")]

    def __str__(self) -> str:
        return f"Refused: {self.taken}"

    @property
    def reason_digest(self) -> str:
        return salted(self.reason, self.salt)
