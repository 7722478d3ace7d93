"""A copy of what was made has every row and every file of it, and goes on from there as that would."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from portfolio.models import Portfolio
from tests import demonstration, make
from tests.cast import assemble
from tests.chains import broken_chains


def rows() -> dict[str, list[Any]]:
    """Of every table of a model, as the database has them."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            found[model._meta.db_table] = sorted(cursor.fetchall(), key=repr)
    return found


def files() -> dict[Path, bytes]:
    folder = Path(settings.FILES_DIR)
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.django_db(transaction=True)
def test_a_copy_is_what_was_kept_and_takes_new_rows(tmp_path: Path) -> None:
    cast = assemble()
    make.attachment(make.page(cast.portfolio, "What I did"))
    make.signed_off(cast.portfolio, cast.assessor)
    had, held = rows(), files()
    demonstration.keep(tmp_path / "kept")
    call_command("flush", interactive=False, verbosity=0)
    shutil.rmtree(settings.FILES_DIR)
    assert Portfolio.objects.count() == 0
    demonstration.take(tmp_path / "kept")
    assert rows() == had
    assert files() == held != {}
    assert ContentType.objects.get_for_model(Portfolio) == ContentType.objects.get(model="portfolio")
    make.signed_off(cast.portfolio, cast.assessor, number=2)
    assert broken_chains() == []
