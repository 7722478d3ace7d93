"""What the university says: of a module, or of an award of the whole portfolio such as the MSc."""

from django.db import models
from django.db.models import Q

from audit.canonical import new_salt, salted
from curriculum.models import Module
from portfolio.models.portfolio import Portfolio
from portfolio.models.signed import Signed
from portfolio.states import ResultState


class UniversityResult(Signed):
    """One result as it was recorded. The newest of a module or an award counts; none is ever overwritten.

    Either `module` or `award` says what of: an award is called as the rules of the curriculum call it.
    """

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="results")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+", null=True)
    award = models.CharField(max_length=200, blank=True)
    number = models.PositiveSmallIntegerField(help_text="1 for the first result of this, then 2, 3 …")
    result = models.CharField(max_length=20, choices=ResultState)
    dated_on = models.DateField("date of the result")
    source = models.CharField("where it is written", max_length=300)
    reason = models.TextField(blank=True)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["portfolio", "module", "award", "-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(module=None) & ~Q(award="") | Q(module__isnull=False, award=""),
                name="a_result_is_of_a_module_or_of_an_award",
            ),
            models.UniqueConstraint(
                fields=["portfolio", "module", "number"],
                condition=Q(module__isnull=False),
                name="results_of_a_module_are_numbered_once",
            ),
            models.UniqueConstraint(
                fields=["portfolio", "award", "number"],
                condition=Q(module=None),
                name="results_of_an_award_are_numbered_once",
            ),
            models.CheckConstraint(
                condition=Q(number=1) | Q(number__gt=1) & ~Q(reason=""), name="a_corrected_result_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(result__in=[ResultState.PASSED, ResultState.NOT_PASSED, ResultState.TAKEN_BACK]),
                name="a_result_is_a_known_word",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.module.code if self.module else self.award}: {self.get_result_display()}"

    @property
    def source_digest(self) -> str:
        return salted(f"{self.source}\n{self.reason}", self.salt)
