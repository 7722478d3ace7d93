"""Rows that say what was: written once, never changed, never deleted."""

from typing import Any, NoReturn

from django.db import models


class Unchangeable(Exception):
    """Somebody tried to change or delete a row that says what was."""


class ImmutableQuerySet(models.QuerySet):
    """Reads and creates, one by one; bulk changes are refused like single ones."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise Unchangeable(f"{self.model.__name__} rows are never changed.")

    def delete(self) -> NoReturn:
        raise Unchangeable(f"{self.model.__name__} rows are never deleted.")

    def _erase(self) -> None:
        """Delete for good: for workflow/erasing.py alone, of what was never part of a submission. PROTECT holds."""
        super().delete()

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Unchangeable(f"{self.model.__name__} rows are never changed.")

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused because it can change rows (`update_conflicts`) and does not come through save()."""
        raise Unchangeable(f"{self.model.__name__} rows are made one by one.")


class Immutable(models.Model):
    """Base of revisions, decisions and the like."""

    objects = ImmutableQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only ever an INSERT: Django would turn a save with a known key into an UPDATE."""
        if not self._state.adding:
            raise Unchangeable(f"{type(self).__name__} rows are never changed.")
        super().save(force_insert=True, using=kwargs.get("using"))

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Unchangeable(f"{type(self).__name__} rows are never deleted.")
