from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce


def fill(apps: Any, schema_editor: Any) -> None:
    """From the dated row of whom it was with then. Where there is none, `verify_audit` says that the record is altered."""
    for decision, on, addressee, path in (
        ("Decision", "item", "Addressee", "submission__items"),
        ("AssessmentDecision", "assessment", "AssessmentAddressee", "assessment"),
    ):
        theirs = {path: OuterRef(on), "assessor": OuterRef("signer"), "since__lte": OuterRef("decided_at")}
        came = apps.get_model("portfolio", addressee).objects.filter(**theirs)
        since = Subquery(came.order_by("-since").values("since")[:1])
        apps.get_model("portfolio", decision).objects.update(came_at=Coalesce(since, F("decided_at")))
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
