"""F17: a row that is missing is named, of every table that somebody signed, saved, or was given a role by.

Of every other table it stands in test_tamper_rest.py why no row of it is held against what was recorded.
"""

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from audit.models import Chain
from portfolio import models as rows
from portfolio.models.signed import Signed
from tests import make
from tests.portfolio import test_tamper as tamper
from tests.portfolio.test_tamper_rest import HERE, MODULES_OF, NOT_SWEPT, NOT_SWEPT_BELOW, SWEPT
from tests.world import World, undone

pytestmark = [pytest.mark.django_db, pytest.mark.faults]
# What these hold is not swept column by column, and none of them is missing unnoticed: what was saved rests on them.
RESTS_ON = {rows.Evidence, rows.FeedbackAnswer, rows.Portfolio}


def test_of_every_table_a_missing_row_is_named(world: World) -> None:
    """The last of each. What pointed to it points to nothing, and the look at all the rest goes on."""
    make.comment_withdrawn(world.comments["decided"])
    make.appointments_told()
    assert tamper.findings() == []
    tables = set(apps.get_models(include_auto_created=True))
    held = SWEPT | set(HERE) | MODULES_OF | RESTS_ON
    assert {model._meta.label for model in tables - held - set(NOT_SWEPT)} == set(NOT_SWEPT_BELOW)
    unnamed = []
    for model in sorted(held, key=lambda model: model.__name__):
        row = those_of(model)[-1]
        told = called(row)
        with undone():
            models.QuerySet(model).filter(pk=row.pk)._raw_delete("default")
            found = tamper.findings()
        if not any(name in finding for name in told for finding in found):
            unnamed.append(f"{model.__name__} {row.pk} ({row}): {found}")
    assert unnamed == []


def called(row: Any) -> list[str]:
    """What a finding may call it: itself, the event that told of it, or what rests on it and nothing else."""
    match row:
        case Chain():
            return ["nothing was recorded", "is not what was recorded"]
        case rows.ReviewMeeting():
            return [name for signature in row.signatures.all() for name in called(signature)]
    told = [f" of event {row.audit_seq}:"] if isinstance(row, Signed) else []
    return told + (tamper.names(row) if type(row) in tamper.TABLES else [] if told else [""])


def those_of(model: type[models.Model]) -> list[models.Model]:
    """Those that were signed, saved or submitted: of some tables there are others, which nobody misses here."""
    if model is rows.Portfolio:
        return list(rows.Portfolio.objects.filter(roles__isnull=False).distinct().order_by("pk"))
    if model in tamper.TABLES:
        return tamper.rows(model)
    return list(model._base_manager.order_by("pk"))
