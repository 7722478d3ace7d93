import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portfolio", "0028_who_is_asked"),
    ]

    operations = [
        migrations.AlterField(
            model_name="item",
            name="submission",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="portfolio.submission",
            ),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["submission", "state"], name="items_of_a_submission"),
        ),
    ]
