from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce


def fill(apps: Any, schema_editor: Any) -> None:
    """From the row of whoever decided: the last that began before; where clocks differed, the first that there is.

    Where there is none at all, `verify_audit` says that the record is altered.
    """
    for decision, on, addressee, path in (
        ("Decision", "item", "Addressee", "submission__items"),
        ("AssessmentDecision", "assessment", "AssessmentAddressee", "assessment"),
    ):
        rows = apps.get_model("portfolio", addressee).objects.values("since")
        theirs = rows.filter(**{path: OuterRef(on), "assessor": OuterRef("signer")})
        before = Subquery(theirs.filter(since__lte=OuterRef("decided_at")).order_by("-since")[:1])
        came = Coalesce(before, Subquery(theirs.order_by("since")[:1]), F("decided_at"))
        apps.get_model("portfolio", decision).objects.update(came_at=came)
    whose = apps.get_model("portfolio", "Submission").objects.filter(items=OuterRef("item"))
    apps.get_model("portfolio", "Decision").objects.update(portfolio=Subquery(whose.values("portfolio")[:1]))


class Migration(migrations.Migration):
    """A decision says when what it is about had come, and one on an item whose it is."""

    dependencies = [
        ("portfolio", "0029_items_of_a_submission"),
    ]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="portfolio",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="portfolio.portfolio",
            ),
        ),
        migrations.AddField(model_name="decision", name="came_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="assessmentdecision", name="came_at", field=models.DateTimeField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
