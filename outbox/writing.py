"""Writing mail into the outbox: call it inside the transaction of what the mail tells of."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from outbox.models import Mail, as_sent
from outbox.tasks import deliver_mail


class Recipient(Protocol):
    """Somebody with an address: an account, or not."""

    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def wants_digest(self) -> bool: ...


@dataclass(frozen=True)
class Outsider:
    """Somebody with an address and no account."""

    email: str
    name: str = ""
    is_active: bool = True
    wants_digest: bool = False


@dataclass(frozen=True)
class Letter:
    """One mail to one person. `text` is what it says, with its link, without greeting and signature."""

    to: Recipient
    subject: str
    text: str

    @property
    def body(self) -> str:
        return as_sent(self.to.name, self.text)


def put(letters: Iterable[Letter], *, kind: str, about: str = "", at_once: bool = False) -> list[Mail]:
    """Write these, to leave once the transaction is committed, or with the digest of whoever wants one mail a day.

    Somebody who is not active gets nothing. `at_once`: somebody waits for it now, and no digest will do.
    """
    rows = [_row(one, kind, about, at_once) for one in letters if one.to.is_active]
    for row in rows:
        row.save()
    if not all(row.for_digest for row in rows):
        transaction.on_commit(deliver_mail.enqueue, robust=True)
    return rows


def take_back(person: AbstractBaseUser, *, kind: str, about: str) -> int:
    """What this person needs no more does not leave, where it has not left. Whoever holds it finds that it is gone."""
    rows = Mail.objects.filter(person=person.pk, kind=kind, about=about, delivered_at=None, given_up_at=None)
    gone = {"subject": "", "text": "", "claim": "", "claimed_until": None, "last_failure": "taken back"}
    return rows.update(given_up_at=timezone.now(), **gone)


def _row(letter: Letter, kind: str, about: str, at_once: bool) -> Mail:
    subject = " ".join(letter.subject.split())
    for_digest = letter.to.wants_digest and not at_once
    row = Mail(kind=kind, about=about, subject=subject, text=letter.text, for_digest=for_digest)
    if isinstance(letter.to, AbstractBaseUser):
        row.person_id = letter.to.pk
    else:
        row.address = letter.to.email
    return row
