from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def say_whose(apps: Any, schema_editor: Any) -> None:
    """Of every comment that there is, the portfolio of the item that it is about."""
    comments, items = apps.get_model("portfolio", "Comment"), apps.get_model("portfolio", "Item")
    of = items.objects.filter(pk=OuterRef("item")).values("submission__portfolio")
    comments.objects.update(portfolio=Subquery(of))


class Migration(migrations.Migration):

    dependencies = [
        ('portfolio', '0018_snippets'),
    ]

    operations = [
        migrations.AddField(
            model_name='comment',
            name='assessment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='portfolio.assessment'),
        ),
        migrations.AddField(
            model_name='comment',
            name='portfolio',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='portfolio.portfolio'),
        ),
        migrations.RunPython(say_whose, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='comment',
            name='portfolio',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='portfolio.portfolio'),
        ),
        migrations.AlterField(
            model_name='comment',
            name='item',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='portfolio.item'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('assessment__isnull', False), ('item', None)), models.Q(('assessment', None), ('item__isnull', False)), _connector='OR'), name='a_comment_is_about_one_decision'),
        ),
    ]
