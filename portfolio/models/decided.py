"""What decisions on items and assessments share: what was shown, when, and how the signer was known."""

from django.db import models
from django.db.models import Q

from audit.canonical import new_salt
from portfolio.models.signed import Signed


class ByCode(Signed):
    """`by_link`, `by_lending` and `proved_address`: by a code behind a personal link, or on the trainee's device."""

    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    by_link = models.ForeignKey(
        "portfolio.SignLink",
        on_delete=models.PROTECT,
        related_name="%(class)ss",
        null=True,
        help_text="Of somebody without an account, who proved their address by a code; NULL: they had signed in",
    )
    by_lending = models.ForeignKey(
        "portfolio.Lending",
        on_delete=models.PROTECT,
        related_name="%(class)ss",
        null=True,
        help_text="On the trainee's device, which they had handed over, after a code to the signer's address",
    )
    proved_address = models.EmailField(blank=True, help_text="The address that was proved, as it was")

    class Meta:
        abstract = True


class Decided(ByCode):
    """A decision, on what the page had shown.

    `came_at` is what the dated row of whom it was with says, and never changes: how long thousands of decisions took is
    worked out without a look at each of those rows. `verify_audit` holds both equal.
    """

    manifest_digest = models.CharField(max_length=64)
    came_at = models.DateTimeField(help_text="When it had come to whoever decided")
    decided_at = models.DateTimeField()

    class Meta:
        abstract = True


NAMES_THE_ADDRESS = Q(by_link=None, by_lending=None, proved_address="") | Q(
    Q(by_link__isnull=False) | Q(by_lending__isnull=False), ~Q(proved_address="")
)
ONE_WAY = Q(by_link=None) | Q(by_lending=None)
