"""One mail a day for whoever wants it so: what they were told since the last one."""

import logging
from collections.abc import Callable
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from outbox.delivery import waiting
from outbox.digest_text import written
from outbox.models import Mail

logger = logging.getLogger(__name__)
KIND = "digest"


def to_collect(person: int) -> QuerySet[Mail]:
    """What waits for the next digest of this person."""
    return waiting().filter(person=person, for_digest=True)


def collect(on: date, still: Callable[[Mail], bool]) -> int:
    """Make the digests of that day, one for each person for whom anything waits; says how many.

    `still`: whether somebody may be told of this now. What they may not is left out and goes.
    """
    had = Mail.objects.filter(person=OuterRef("person"), digest_on=on)
    waits = waiting().filter(~Exists(had), for_digest=True)
    return sum(_collect(person, on, still) for person in sorted(set(waits.values_list("person", flat=True))))


def _collect(person: int, on: date, still: Callable[[Mail], bool]) -> int:
    """In one transaction. Of several workers the first makes the row of the day, and the others find it there."""
    try:
        with transaction.atomic():
            digest = Mail.objects.create(person_id=person, kind=KIND, digest_on=on)
            rows = list(to_collect(person).select_related("person").select_for_update(of=("self",)).order_by("pk"))
            kept = [row for row in rows if row.person and row.person.is_active and still(row)]
            gone = to_collect(person).filter(pk__in={row.pk for row in rows} - {row.pk for row in kept})
            gone.update(subject="", text="", given_up_at=timezone.now(), last_failure="no longer theirs to hear")
            if not kept:
                digest.delete()
                return 0
            digest.subject, digest.text = written((row.subject, row.text) for row in kept)
            digest.save(update_fields=["subject", "text"])
            to_collect(person).filter(pk__in=[row.pk for row in kept]).update(digest=digest, subject="", text="")
    except IntegrityError:
        return 0  # another worker was first
    return 1


def release(person: AbstractBaseUser) -> int:
    """Let what waits for their digest leave at once: they want no digest any more."""
    return to_collect(person.pk).update(for_digest=False)
