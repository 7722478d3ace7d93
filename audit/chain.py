"""Adding to a chain, and finding the first link that does not hold.

h = SHA-256(domain, hash of the event before, canonical event). The first event follows a hash of the chain's name.
What a chain alone cannot show: that somebody with the database recomputed all of it, or removed it whole. For that its
head must be kept outside the database.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import DatabaseError, transaction
from django.db.models import Max
from django.utils import timezone

from .canonical import canonical
from .models import Chain, Event

GENESIS = b"stp-portfolio audit genesis 1\n"
LINK = b"stp-portfolio audit event 1\n"
LONGEST_TEXT = 500
LONGEST_KIND = 60
LONGEST_CHAIN_NAME = 100
SYSTEM = "system"
ROWS_AT_A_TIME = 500
UNREADABLE = (DatabaseError, TypeError, ValueError)  # what a row raises when somebody spoilt its columns


class Actor(Protocol):
    """Anybody with a key and a name."""

    pk: Any
    name: Any


@dataclass(frozen=True)
class Broken:
    """The first link that does not hold."""

    chain: str
    seq: int
    what: str

    def __str__(self) -> str:
        return f"{self.chain}: event {self.seq}: {self.what}"


def append(chain: str, kind: str, *, by: Actor | None, data: dict[str, Any], at: datetime | None = None) -> Event:
    """Add one event, in the transaction of the change that it tells of.

    `data` holds ids, kinds, digests and short codes; a text of more than 500 characters is free text and is refused
    (ValueError). The chain's row stays locked until the transaction ends: call this after every other lock is taken.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An event is added in the transaction of what it tells of.")
    if not 0 < len(chain) <= LONGEST_CHAIN_NAME or not 0 < len(kind) <= LONGEST_KIND:
        raise ValueError("The chain or the kind of event has no name, or a name that is too long.")
    at = at or timezone.now()
    if timezone.is_naive(at):
        raise ValueError("The time of an event needs a time zone.")
    text = canonical(_guarded(data)).decode("utf-8")
    head = _locked(chain)
    event = Event(
        chain=head,
        seq=head.head_seq + 1,
        prev=head.head_hash,
        at=at,
        kind=_escaped(kind),
        actor_id=by.pk if by else None,
        actor_name=_escaped(str(by.name))[:LONGEST_TEXT] if by else SYSTEM,
        data=text,
    )
    event.hash = _link_hash(event)
    event.save()
    head.head_seq, head.head_hash = event.seq, event.hash
    head.save(update_fields=["head_seq", "head_hash"])
    return event


def verify(chain_name: str) -> Broken | None:
    """The first broken link of a chain, or None when it is whole. Reads as a stream; chains may grow meanwhile."""
    try:
        return _verify(chain_name, rows=ROWS_AT_A_TIME)
    except UNREADABLE:
        # A row that cannot even be read spoils the whole batch: go one by one to name it.
        return _verify(chain_name, rows=1)


def unaltered(event: Event) -> bool:
    """Whether an event, taken by itself, says what its hash was made of; `verify` asks for its place too."""
    texts = (event.kind, event.actor_name, event.data)  # the canonical form cannot tell a text from its NFC form
    normal = all(unicodedata.is_normalized("NFC", text) for text in texts)
    return normal and event.at is not None and event.hash == _link_hash(event)


def _verify(chain_name: str, *, rows: int) -> Broken | None:
    head = Chain.objects.get(name=chain_name)
    if not str(head.head_seq).isdecimal():
        return Broken(chain_name, 1, "the chain's row cannot be read")
    seq, link = 0, _genesis(chain_name)
    events = iter(head.events.filter(seq__lte=head.head_seq).order_by("seq").iterator(chunk_size=rows))
    while True:
        try:
            event = next(events, None)
        except UNREADABLE:
            if rows > 1:
                raise
            return Broken(chain_name, seq + 1, "it cannot be read")
        if event is None:
            return _broken_end(head, seq, link)
        if wrong := _wrong_with(event, after=seq, link=link):
            return Broken(chain_name, min(event.seq, seq + 1), wrong)
        seq, link = event.seq, event.hash


def _wrong_with(event: Event, *, after: int, link: str) -> str:
    """What is wrong with an event that should follow event `after`, whose hash is `link`; empty when nothing is."""
    if event.seq > after + 1:
        return "it is missing"
    if event.seq <= after:
        return "the chain forks: the number stands more than once"
    if event.prev != link:
        return "it does not follow the event before it"
    return "" if unaltered(event) else "it was altered"


def _broken_end(head: Chain, seq: int, link: str) -> Broken | None:
    """Whether the chain's row and its last event agree on the end. A chain is born with an event: empty means cut."""
    if seq < max(head.head_seq, 1):
        return Broken(head.name, seq + 1, f"it is missing, and all after it: the chain's row counts {head.head_seq}")
    if link != head.head_hash:
        return Broken(head.name, seq, "its hash is not the one that the chain's row holds")
    last = head.events.aggregate(last=Max("seq"))["last"]
    now = Chain.objects.get(pk=head.pk)  # read after `last`: an event and the row that counts it are committed together
    if last > now.head_seq:
        return Broken(head.name, now.head_seq + 1, f"it is more than the chain's row counts ({now.head_seq})")
    return None


def _locked(name: str) -> Chain:
    """The chain's row, locked; made if this is the chain's first event, also when two writers meet here."""
    lines = Chain.objects.select_for_update()
    chain = lines.filter(name=name).first()
    if chain is None:
        Chain.objects.get_or_create(name=name, defaults={"head_hash": _genesis(name)})
        chain = lines.get(name=name)
    return chain


def _genesis(name: str) -> str:
    """What the first event follows: each chain its own, so that no hash is ever followed twice."""
    return hashlib.sha256(GENESIS + canonical(name)).hexdigest()


def _link_hash(event: Event) -> str:
    told = {
        "seq": event.seq,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": event.kind,
        "actor_id": event.actor_id,
        "actor_name": event.actor_name,
        "data": event.data,
    }
    return hashlib.sha256(LINK + event.prev.encode("utf-8") + b"\n" + canonical(told)).hexdigest()


def _guarded(value: Any) -> Any:
    """The value with control characters in its texts escaped; ValueError where a text is too long to be a code."""
    match value:
        case str():
            if len(value) > LONGEST_TEXT:
                raise ValueError(f"A text of {len(value)} characters is free text: an event holds its salted digest.")
            return _escaped(value)
        case list() | tuple():
            return [_guarded(part) for part in value]
        case dict():
            return {_guarded(key): _guarded(part) for key, part in value.items()}
    return value


def _escaped(text: str) -> str:
    """In form NFC, with characters that steer a terminal or turn a line around written as codes."""
    text = unicodedata.normalize("NFC", text)
    return "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in text)
