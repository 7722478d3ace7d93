"""Deciding without an account: a link to one submission, and the codes that prove the mailbox it was sent to."""

import hmac

from django.db import models
from django.db.models import Q

from audit.canonical import new_salt, salted
from portfolio.models.submission import Addressee

MOST_TRIES = 5


class SignLink(models.Model):
    """A link that was mailed to somebody who is asked and has no account: only the digest of its token is kept.

    It is bound to that address and that asking. Whether it still works follows from the rows
    (workflow/one_off/links.py); `tried_again_at`: the officer was told that somebody opened it after it was used.
    """

    addressee = models.OneToOneField(Addressee, on_delete=models.PROTECT, related_name="link")
    address = models.EmailField()
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tried_again_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="a_link_works_for_a_while")
        ]

    def __str__(self) -> str:
        return f"Link of {self.made_at:%d.%m.%Y}"


class SignCode(models.Model):
    """One code that was mailed, as a salted digest, how often it was tried, and when it proved the mailbox: once."""

    link = models.ForeignKey(SignLink, on_delete=models.PROTECT, related_name="codes")
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    sent_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    proved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["link", "sent_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="a_code_is_tried_five_times_at_most"),
            models.CheckConstraint(condition=Q(proved_at=None) | Q(tries__gte=1), name="a_code_proves_by_being_tried"),
        ]

    def __str__(self) -> str:
        return f"Code of {self.sent_at:%d.%m.%Y %H:%M}"

    def is_for(self, typed: str) -> bool:
        return hmac.compare_digest(salted(typed, self.salt), self.digest)
