"""Rows that say what was: every way that Django has of changing one is closed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from portfolio.models import Revision, StoredFile
from portfolio.models.immutable import Immutable, Unchangeable
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db
WRITTEN = {"title": "As it was", "body": "What I wrote."}


@pytest.fixture
def revision(cast: Cast) -> Revision:
    return Revision.objects.get(evidence=make.page(cast.portfolio, **WRITTEN))


def as_stored() -> list[dict[str, Any]]:
    return list(Revision.objects.values("title", "body"))


def changed(revision: Revision) -> Revision:
    revision.title = "As it suits me"
    return revision


CHANGES: dict[str, Callable[[Revision], Any]] = {
    "save": lambda row: changed(row).save(),
    "save some fields": lambda row: changed(row).save(update_fields=["title"]),
    "save by force": lambda row: changed(row).save(force_update=True),
    "update": lambda row: Revision.objects.filter(pk=row.pk).update(title="x"),
    "update or create": lambda row: Revision.objects.update_or_create(pk=row.pk, defaults={"title": "x"}),
    "update in bulk": lambda row: Revision.objects.bulk_update([changed(row)], ["title"]),
    "create in bulk over it": lambda row: Revision.objects.bulk_create(
        [changed(row)], update_conflicts=True, update_fields=["title"], unique_fields=["id"]
    ),
    "create in bulk": lambda row: Revision.objects.bulk_create([changed(row)]),
    "through the page": lambda row: row.evidence.revisions.update(title="x"),
    "delete": lambda row: row.delete(),
    "delete many": lambda row: Revision.objects.all().delete(),
}


@pytest.mark.parametrize("way", CHANGES)
def test_what_was_written_is_not_changed_or_deleted(revision: Revision, way: str) -> None:
    with pytest.raises(Unchangeable):
        CHANGES[way](revision)
    assert as_stored() == [WRITTEN]


@pytest.mark.parametrize("options", [{}, {"force_insert": True}, {"force_update": True}, {"update_fields": ["title"]}])
def test_a_new_object_with_the_key_of_a_row_does_not_become_a_change_of_it(
    revision: Revision, options: dict[str, Any]
) -> None:
    forged = Revision(pk=revision.pk, evidence=revision.evidence, number=2, title="As it suits me")
    forged.happened_on, forged.saved_by = revision.happened_on, revision.saved_by
    with pytest.raises(IntegrityError), transaction.atomic():
        forged.save(**options)
    assert as_stored() == [WRITTEN]


def test_a_new_row_is_written_once_in_whatever_way_it_is_made(db: None) -> None:
    first = StoredFile(sha256="a" * 64, size=1, media_type="text/plain")
    first.save()
    StoredFile.objects.create(sha256="b" * 64, size=1, media_type="text/plain")
    made, found = (StoredFile.objects.get_or_create(sha256="c" * 64, defaults={"size": 1}) for _ in range(2))
    assert (made[1], found[1]) == (True, False)
    assert StoredFile.objects.count() == 3
    with pytest.raises(Unchangeable):
        first.save()


def test_every_row_that_says_what_was_is_held_by_this() -> None:
    held = {model.__name__ for model in apps.get_app_config("portfolio").get_models() if issubclass(model, Immutable)}
    assert held == {
        "AssessmentDecision",
        "AssessmentReflection",
        "AssessmentVoid",
        "Closure",
        "Comment",
        "CommentWithdrawal",
        "CommentWords",
        "Confirmation",
        "Decision",
        "ElsewhereVoid",
        "FeedbackClosing",
        "FeedbackLink",
        "FeedbackRelease",
        "FeedbackRound",
        "GoalReview",
        "Interruption",
        "ItemPage",
        "KindCorrection",
        "ModuleSignOff",
        "ModuleVoid",
        "NominationAnswer",
        "OptionConfirmation",
        "OptionRefusal",
        "OptionTaken",
        "ReviewSignature",
        "Revision",
        "SignedElsewhere",
        "StoredFile",
        "UniversityResult",
        "Unlock",
        "WorkingTime",
    }
