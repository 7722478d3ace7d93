"""Chains of events that are only ever added to.

Each event holds the hash of the one before it, so that a change, a gap or a fork shows (audit/chain.py). The models and
their querysets refuse changes; there are no database triggers (docs/decisions/0002-audit-chains.md says why).
"""

import json
from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import Q


class Immutable(Exception):
    """Somebody tried to change or remove what is kept for ever. A fault in the code, not in what a person did."""


class KeptQuerySet(models.QuerySet[Any]):
    """Rows that are never removed."""

    def delete(self) -> NoReturn:
        raise Immutable(f"{self.model._meta.verbose_name_plural} are never removed.")


class AppendOnlyQuerySet(KeptQuerySet):
    """Rows that are made one by one and never changed."""

    def update(self, **fields: Any) -> NoReturn:
        raise Immutable(f"{self.model._meta.verbose_name_plural} are never changed.")

    def bulk_update(self, *args: Any, **options: Any) -> NoReturn:
        raise Immutable(f"{self.model._meta.verbose_name_plural} are never changed.")

    def bulk_create(self, *args: Any, **options: Any) -> NoReturn:
        """Refused because it can change rows (`update_conflicts`)."""
        raise Immutable(f"{self.model._meta.verbose_name_plural} are made one by one.")


class Chain(models.Model):
    """One line of events: of a portfolio, or of the instance. Its row is the lock that keeps the line single."""

    name = models.CharField(max_length=100, unique=True)
    head_seq = models.PositiveBigIntegerField(default=0)
    head_hash = models.CharField(max_length=64)
    objects: ClassVar[models.Manager["Chain"]] = models.Manager.from_queryset(KeptQuerySet)()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise Immutable("Chains are never removed.")


class Event(models.Model):
    """What happened, when, and who did it. Written by audit.chain.append() and by nothing else."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveBigIntegerField("number")
    prev = models.CharField("hash of the event before", max_length=64)
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    # A number, not a foreign key: what an event says must not depend on a row that may change.
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=500)
    data = models.TextField(help_text="Canonical JSON: ids, kinds and digests, never free text.")
    objects: ClassVar[models.Manager["Event"]] = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        ordering = ["chain", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="each_number_stands_once_in_a_chain"),
            models.UniqueConstraint(fields=["prev"], name="each_event_is_followed_once"),
            models.UniqueConstraint(fields=["hash"], name="no_two_events_share_a_hash"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="events_are_numbered_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.chain_id}/{self.seq} {self.kind}"

    def save(self, *args: Any, **options: Any) -> None:
        """Only ever an INSERT: Django would turn a save with a known key into an UPDATE."""
        if not self._state.adding:
            raise Immutable("Events are never changed.")
        super().save(force_insert=True, using=options.get("using"))

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise Immutable("Events are never removed.")

    @property
    def details(self) -> dict[str, Any]:
        """The data as append() was given it."""
        return json.loads(self.data)
