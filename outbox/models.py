"""Mail that waits to leave. A row is written with what it tells of, in one transaction, and delivered afterwards.

docs/decisions/0013-mail-that-waits.md says why, and what is kept of a mail that has left.
"""

import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

MOST_HAND_OVERS = 2


def message_id() -> str:
    """What a mail is known by to every server that it passes: the same at each try."""
    return f"<{secrets.token_hex(16)}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"


def as_sent(name: str, text: str) -> str:
    """What somebody reads: the text, with greeting and signature."""
    return "\n\n".join([f"Hello {name}," if name else "Hello,", text, settings.SERVICE_NAME])


class Mail(models.Model):
    """One mail to one person. Its text goes as soon as it has left; who, of what kind and when is kept.

    To somebody without an account it is an address, and nothing at all is kept.
    """

    message_id = models.CharField(max_length=200, unique=True, default=message_id, editable=False)
    kind = models.CharField(max_length=60, help_text="The step that it tells of")
    about = models.CharField(max_length=60, blank=True, help_text="The reference of the portfolio that it tells of")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    address = models.EmailField(blank=True, help_text="Of somebody without an account")
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    last_failure = models.CharField(max_length=100, blank=True)
    # Whoever delivers it now, and until when nobody else does: a worker that was killed comes back with nothing.
    claim = models.CharField(max_length=32, blank=True)
    claimed_until = models.DateTimeField(null=True)
    # How often all of it was given to a mail server that has not said that it did not take it.
    handed_over = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    # Of somebody who wants one mail a day: each waits for its digest, and has left when it stands in one.
    for_digest = models.BooleanField(default=False)
    digest = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="collected")
    digest_on = models.DateField(null=True, help_text="Of a digest: the day that it is of")

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(delivered_at=None, given_up_at=None), name="mail_that_waits"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, address="") | Q(person=None) & ~Q(address=""),
                name="a_mail_is_to_a_person_or_to_an_address",
            ),
            models.CheckConstraint(
                condition=Q(handed_over__lte=MOST_HAND_OVERS), name="a_mail_is_handed_over_twice_at_most"
            ),
            models.CheckConstraint(
                condition=Q(claim="", claimed_until=None) | ~Q(claim="") & Q(claimed_until__isnull=False),
                name="a_claim_on_a_mail_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(delivered_at=None) | Q(given_up_at=None), name="a_mail_is_delivered_or_given_up"
            ),
            models.CheckConstraint(
                condition=Q(delivered_at=None, given_up_at=None, digest=None) | Q(subject="", text="", claim=""),
                name="a_mail_that_has_left_keeps_no_text",
            ),
            models.CheckConstraint(
                condition=Q(digest=None) | Q(for_digest=True, delivered_at=None, given_up_at=None),
                name="what_stands_in_a_digest_leaves_with_it",
            ),
            models.UniqueConstraint(fields=["person", "digest_on"], name="a_person_has_one_digest_a_day"),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(delivered_at=None, given_up_at=None),
                name="nothing_is_kept_of_a_mail_to_an_address",
            ),
        ]

    def __str__(self) -> str:
        return f"Mail {self.pk}, {self.kind}"

    @property
    def to(self) -> str:
        """The address that it goes to: a person's own as it is now."""
        return self.person.email if self.person else self.address
