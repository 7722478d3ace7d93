from datetime import date
from typing import Any

from django.db import migrations, models


def made_again(apps: Any, schema_editor: Any) -> None:
    """As if they were of another day: `run_due` and `rebuild_summaries` make those."""
    apps.get_model("portfolio", "Summary").objects.update(made_on=date(2000, 1, 1))


class Migration(migrations.Migration):
    """Summaries hold the trainee's name and who is asked: those that there are hold neither yet."""

    dependencies = [
        ("portfolio", "0027_order_by_name"),
    ]

    operations = [
        migrations.AddField(
            model_name="summary",
            name="asked",
            field=models.TextField(
                blank=True, help_text="Assessors by their ids, each with open and late requests: 12:3:1 45:2:0"
            ),
        ),
        migrations.RunPython(made_again, migrations.RunPython.noop),
    ]
