"""Somebody with the database changes one column of a result, an option or a record of another system: it is found."""

import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models

from curriculum.models import Rules
from portfolio import files, proof
from portfolio.models import (
    ElsewhereVoid,
    OptionConfirmation,
    OptionRefusal,
    OptionTaken,
    Portfolio,
    SignedElsewhere,
    UniversityResult,
)
from tests import make
from tests.cast import Cast
from tests.portfolio.recorded.test_options import BLOCKS as CHOICE
from tests.portfolio.recorded.test_results import BLOCKS as PROJECT
from tests.portfolio.recorded.test_results import MSC, POINTS
from tests.portfolio.test_tamper import change

TABLES: tuple[type[models.Model], ...] = (
    UniversityResult,
    OptionTaken,
    OptionConfirmation,
    OptionRefusal,
    SignedElsewhere,
    ElsewhereVoid,
)
TRIES = 40
project = [{**PROJECT[0], "credits": 90, "modules": [{**PROJECT[0]["modules"][0], "credits": 90}]}]
choice = [{**CHOICE[0], "credits": 90, "modules": [{**one, "credits": 45} for one in CHOICE[0]["modules"]]}]


@pytest.fixture
def recorded(cast: Cast) -> Cast:
    """Two of every kind of row, so that one can be taken for the other."""
    curriculum = make.curriculum("TST5-1-24", blocks=[*project, *choice])
    curriculum.rules = Rules.objects.create(name="changed", content={"review_points": POINTS})
    curriculum.save()
    Portfolio.objects.filter(pk=cast.portfolio.pk).update(curriculum=curriculum)
    cast.portfolio = of = Portfolio.objects.get(pk=cast.portfolio.pk)
    make.result(of, cast.officer, "S-P1", says="not_passed")
    make.result(of, cast.officer, "S-P1", reason="Passed at the second attempt.")
    make.option_confirmed(of, cast.officer, "S-B1")
    make.option_confirmed(of, cast.coordinator, "S-B2", reason="The department moves.")
    for why in ("Back again.", "Once more."):
        make.option_taken(of, "S-B1", reason=why)
        make.option_refused(of, cast.officer, "S-B1", why=f"{why} No.")
    make.option_taken(of, "S-B1", reason="There is a supervisor now.")
    make.result(of, cast.officer, award=MSC)
    stored = files.store(SimpleUploadedFile("export.pdf", make.PDF))
    for number in (1, 1, 1):
        entry = make.entry("S-A1", number, file=stored, file_name="export.pdf")
        row = make.signed_elsewhere(of, cast.officer, entry)
        if ElsewhereVoid.objects.count() < 2:
            make.elsewhere_voided(row, cast.coordinator)
    another = files.store(SimpleUploadedFile("another.pdf", make.PDF + b"%"))
    entry = make.entry("S-A1", kind="cbd", file=another, file_name="another.pdf")
    make.signed_elsewhere(of, cast.officer, entry)
    return cast


def test_untouched_they_are_whole(recorded: Cast) -> None:
    assert [*proof.signed_rows(), *proof.states()] == []


def restore(row: models.Model, field: models.Field, value: object) -> None:
    """As it was, behind the program's back too."""
    quote = connection.ops.quote_name
    sql = f"UPDATE {quote(row._meta.db_table)} SET {quote(str(field.column))} = %s WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [field.get_db_prep_save(value, connection), row.pk])


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_column_that_is_changed_is_found(recorded: Cast, table: type[models.Model]) -> None:
    rng = random.Random(20261128)
    for field in table._meta.concrete_fields:
        if field.name == "id":
            continue
        for _ in range(TRIES):
            row = rng.choice(list(table._base_manager.order_by("pk")))
            before = getattr(row, field.attname)
            if change(rng, row, field) is None:
                continue
            assert [*proof.signed_rows(), *proof.states()] != [], f"{table.__name__}.{field.name}"
            restore(row, field, before)
            break
        else:
            pytest.fail(f"{table.__name__}.{field.name} could not be changed at all")
    assert [*proof.signed_rows(), *proof.states()] == []
