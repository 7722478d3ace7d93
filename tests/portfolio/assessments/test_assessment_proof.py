"""Whatever is changed of an assessment in the database, beside the site, is found; and its page says so."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from portfolio import proof
from portfolio.models import (
    Assessment,
    AssessmentAddressee,
    AssessmentDecision,
    AssessmentReflection,
    AssessmentVoid,
    KindCorrection,
    Nomination,
    Portfolio,
)
from portfolio.states import AssessmentState
from portfolio.workflow import AskFor, perform
from portfolio.workflow.assessments.reflecting import reflect
from tests import make
from tests.cast import Cast, assemble
from tests.chains import broken_chains
from tests.world import undone

TABLES: tuple[type[models.Model], ...] = (
    Assessment,
    AssessmentAddressee,
    AssessmentDecision,
    AssessmentReflection,
    AssessmentVoid,
    KindCorrection,
    Nomination,
)
COLUMNS = [(table, field) for table in TABLES for field in table._meta.concrete_fields if not field.primary_key]


# No other value is possible: of a kind one follows from the other; a nomination is for one thing alone.
REFUSED = {"KindCorrection.was", "KindCorrection.kind", "Nomination.submission"}


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """Built once for all tests here, in a transaction around theirs that is undone. No file is part of it."""
    with django_db_blocker.unblock(), undone():
        cast = assemble()
        cast.portfolio = make.with_assessments(cast.portfolio)
        tell(cast, cast.portfolio)
        yield cast


@pytest.fixture
def cast(built: Cast, db: None) -> Cast:
    return deepcopy(built)


@pytest.fixture
def told(cast: Cast) -> Portfolio:
    return Portfolio.objects.get(pk=cast.portfolio.pk)


def tell(cast: Cast, priya: Portfolio) -> None:
    """A row of every table: asked of two people, withdrawn and asked again, completed, corrected, voided, again.

    Two were corrected and completed by a code, and two more wait for somebody who was sent a link, or stands at a lent
    device.
    """
    first = make.asked(priya, cast.assessor)
    perform("redirect", first, by=cast.trainee, given=make.Redirect(cast.second_assessor))
    perform("withdraw", first, by=cast.trainee)
    perform("ask", first, by=cast.trainee, given=AskFor(cast.assessor, declared=True))
    first = make.corrected(make.complete(make.assessment(first), "not_yet_satisfactory"))
    for text in ("First thoughts.", "Second thoughts."):
        reflect(first, text, by=cast.trainee)
    perform("void assessment", first, by=cast.officer, reason="The wrong trainee.")
    make.assessed(priya, cast.assessor, kind="CBD", attempt_of=None)
    again = perform("plan", make.slot(priya), by=cast.trainee, given=make.plan(attempt_of=first)).subject
    perform("ask", again, by=cast.trainee, given=AskFor(cast.second_assessor, declared=True))
    make.assessed_by_link(make.linked_to_assess(priya, cast.officer, kind="OCE")[0], corrected=True)
    make.linked_to_assess(priya, cast.officer, kind="CBD")
    make.assessed_on_device(make.asked(priya, cast.assessor, "DOPS"), corrected=True)
    perform("lend device", again, by=cast.trainee)


def findings(of: Portfolio) -> list[Any]:
    return [*proof.assessments([of]), *proof.signed_rows([of])]


def others(field: models.Field, value: Any) -> list[Any]:
    """Values of the same type that are not this one."""
    if field.remote_field:
        rows = field.remote_field.model._base_manager.exclude(pk=value).values_list("pk", flat=True)[:30]
        return [*rows, *([] if value is None else [None])]
    if field.choices:
        return [choice for choice, _ in field.choices if choice != value]
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1]
        case datetime() | date():
            return [value + timedelta(days=1)]
        case None:
            return [1, True, datetime(2026, 1, 1, tzinfo=make.timezone.get_current_timezone())]
    return [
        f"{value}x"[-(field.max_length or 10**6) :] if value else "x",
        value[:-1] + ("0" if value[-1:] != "0" else "1"),
    ]


def test_a_whole_story_raises_no_false_alarm(told: Portfolio) -> None:
    assert findings(told) == []
    assert broken_chains() == []


@pytest.mark.parametrize(
    ("table", "field"), COLUMNS, ids=lambda one: getattr(one, "name", getattr(one, "__name__", ""))
)
def test_a_changed_column_is_found(told: Portfolio, table: type[models.Model], field: models.Field) -> None:
    tried = 0
    for row in table._base_manager.order_by("pk"):
        for other in others(field, getattr(row, field.attname)):
            with transaction.atomic():
                try:
                    with transaction.atomic():
                        models.QuerySet(table).filter(pk=row.pk).update(**{field.attname: other})
                except (IntegrityError, ValueError, TypeError):
                    continue  # the database refuses it
                tried += 1
                assert findings(told) != [], f"{table.__name__} {row.pk}.{field.name} = {other!r}"
                transaction.set_rollback(True)
            break
    assert tried or f"{table.__name__}.{field.name}" in REFUSED


@pytest.mark.parametrize("table", TABLES[2:], ids=lambda one: one.__name__)
def test_a_row_that_was_taken_away_is_found(told: Portfolio, table: type[models.Model]) -> None:
    with transaction.atomic():
        models.QuerySet(table).filter(pk=table._base_manager.earliest("pk").pk)._raw_delete("default")
        assert findings(told) != []
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("table", "change"), [(Assessment, {"what": "Something else."}), (AssessmentDecision, {"to_develop": "Nothing."})]
)
def test_its_page_says_that_the_record_does_not_agree(
    client: Client, cast: Cast, told: Portfolio, table: type[models.Model], change: dict[str, str]
) -> None:
    row = told.assessments.get(kind="CBD", state=AssessmentState.SATISFACTORY)
    where = reverse("assessment", args=[told.ref, row.aid])
    client.force_login(cast.officer)
    assert "Record does not agree" not in client.get(where).content.decode()
    models.QuerySet(table).update(**change)
    assert "Record does not agree" in client.get(where).content.decode()
    client.force_login(cast.assessor)
    assert "Record does not agree" in client.get(reverse("assess", args=[row.aid])).content.decode()
