import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Of its own: PostgreSQL alters no table in the transaction that filled it."""

    dependencies = [
        ("portfolio", "0030_when_it_came"),
    ]

    operations = [
        migrations.AlterField(
            model_name="decision",
            name="portfolio",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="portfolio.portfolio",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="came_at",
            field=models.DateTimeField(help_text="When it had come to whoever decided"),
        ),
        migrations.AlterField(
            model_name="assessmentdecision",
            name="came_at",
            field=models.DateTimeField(help_text="When it had come to whoever decided"),
        ),
    ]
