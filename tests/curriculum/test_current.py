"""What pages read of a curriculum is remembered, and is never older than the last event of the instance's chain."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.chain import append
from curriculum import structure
from curriculum.models import Curriculum, TrainingActivity
from curriculum.structure import INSTANCE
from tests import make
from tests.curriculum.given import PROMPTS, Files, small, stored

pytestmark = pytest.mark.django_db(transaction=True)


def told() -> None:
    with transaction.atomic():
        append(INSTANCE, "something happened", by=None, data={})


def reworded(row: Curriculum, title: str) -> None:
    TrainingActivity.objects.filter(module__curriculum=row, module__code="S-C1", number=1).update(title=title)


def title(row: Curriculum) -> str:
    activity = structure.current([row.pk])[row.pk].module("S-C1").activity(1)
    assert activity is not None
    return activity.title


def test_a_second_reading_asks_once_and_says_the_same() -> None:
    row = make.curriculum()
    told()
    with CaptureQueriesContext(connection) as first:
        whole = structure.current([row.pk])
    with CaptureQueriesContext(connection) as second:
        again = structure.current([row.pk])
    assert again == whole == structure.read([row.pk])
    assert (len(first), len(second)) == (8, 1)


def test_a_change_is_seen_as_soon_as_its_event_stands() -> None:
    row = make.curriculum()
    told()
    before = title(row)
    with transaction.atomic():
        reworded(row, "New words")
        append(INSTANCE, "curriculum changed", by=None, data={})
    assert (before, title(row)) == ("Task 1 of S-C1", "New words")


def test_prompts_that_are_loaded_anew_are_seen_at_once(files: Files) -> None:
    files.load(small(), PROMPTS)
    before = structure.current([stored().pk])[stored().pk].prompts
    files.load({**PROMPTS, "prompts": [{"section": "reflection", "label": "Before", "text": "What for?"}]})
    after = structure.current([stored().pk])[stored().pk].prompts
    assert ([one.label for one in before], [one.label for one in after]) == (["Action plan"], ["Before"])


def test_nothing_is_remembered_of_a_transaction_that_came_to_nothing() -> None:
    row = make.curriculum()
    told()
    with transaction.atomic():
        reworded(row, "Words that were never committed")
        inside = title(row)
        transaction.set_rollback(True)
    assert (inside, title(row)) == ("Words that were never committed", "Task 1 of S-C1")


def test_a_step_in_a_transaction_uses_what_is_remembered_and_remembers_nothing_of_its_own() -> None:
    row = make.curriculum()
    told()
    before = title(row)
    with transaction.atomic():
        with CaptureQueriesContext(connection) as queries:
            unchanged = title(row)
        reworded(row, "Words that were never committed")
        append(INSTANCE, "curriculum changed", by=None, data={})
        inside = title(row)
        transaction.set_rollback(True)
    assert len(queries) == 1
    assert (before, unchanged, inside, title(row)) == (
        "Task 1 of S-C1",
        "Task 1 of S-C1",
        "Words that were never committed",
        "Task 1 of S-C1",
    )


def test_an_instance_without_events_reads_anew_each_time() -> None:
    row = make.curriculum()
    before = title(row)
    reworded(row, "New words")
    assert (before, title(row)) == ("Task 1 of S-C1", "New words")


def test_whoever_read_the_head_with_something_else_asks_nothing_and_sees_every_change() -> None:
    row = make.curriculum()
    told()

    def seen() -> str:
        head = Curriculum.objects.annotate(head=structure.instance_head()).get(pk=row.pk).head  # type: ignore[attr-defined]
        structure.current([row.pk], head)
        with CaptureQueriesContext(connection) as queries:
            again = structure.current([row.pk], head)
        assert len(queries) == 0
        activity = again[row.pk].module("S-C1").activity(1)
        assert activity is not None
        return activity.title

    before = seen()
    reworded(row, "New words")
    told()
    assert (before, seen()) == ("Task 1 of S-C1", "New words")


def test_a_curriculum_that_is_not_there_is_left_out() -> None:
    row = make.curriculum()
    told()
    assert set(structure.current([row.pk, row.pk + 1])) == {row.pk}
    assert set(structure.current([row.pk + 1])) == set()
