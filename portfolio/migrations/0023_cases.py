from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    """Each CBD that is not voided uses its case: among these the database held already that one serves one."""
    rows = apps.get_model("portfolio", "Assessment").objects.exclude(case_key="").exclude(state="voided")
    used = apps.get_model("portfolio", "UsedCase")
    keys = rows.values_list("pk", "portfolio", "case_key").order_by("pk")
    used.objects.bulk_create(
        (used(assessment_id=pk, portfolio_id=of, key=key) for pk, of, key in keys.iterator()), batch_size=500
    )


class Migration(migrations.Migration):

    dependencies = [
        ('portfolio', '0022_assessed_by_link'),
    ]

    operations = [
        migrations.AddField(
            model_name='signedelsewhere',
            name='case_reference',
            field=models.CharField(blank=True, help_text="Of a CBD: the trainee's name for the case", max_length=60),
        ),
        migrations.AddConstraint(
            model_name='signedelsewhere',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'cbd'), ('case_reference', ''), _connector='OR'), name='only_a_discussion_signed_elsewhere_has_a_case'),
        ),
        migrations.CreateModel(
            name='UsedCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60)),
                ('assessment', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='used_case', to='portfolio.assessment')),
                ('elsewhere', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='used_case', to='portfolio.signedelsewhere')),
                ('portfolio', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='used_cases', to='portfolio.portfolio')),
            ],
            options={
                'ordering': ['portfolio', 'key'],
                'constraints': [
                    models.UniqueConstraint(fields=('portfolio', 'key'), name='a_case_serves_one_discussion_wherever_it_was_signed'),
                    models.CheckConstraint(condition=models.Q(models.Q(('assessment', None), ('elsewhere__isnull', False)), models.Q(('assessment__isnull', False), ('elsewhere', None)), _connector='OR'), name='a_used_case_is_of_one_discussion'),
                    models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='a_used_case_has_a_key'),
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
