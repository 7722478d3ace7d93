from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import F


def since_it_was_planned(apps: Any, schema_editor: Any) -> None:
    """Placements that are there have waited since they were planned first, as far as is known."""
    apps.get_model("portfolio", "Placement").objects.update(asked_at=F("created_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('portfolio', '0019_comments_on_assessments'),
    ]

    operations = [
        migrations.AddField(
            model_name='placement',
            name='asked_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, help_text='Since when it waits, or waited, to be confirmed'),
        ),
        migrations.RunPython(since_it_was_planned, migrations.RunPython.noop),
        migrations.CreateModel(
            name='WaitingReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('due', 'Reminded'), ('late', 'Training officer told')], max_length=10)),
                ('sent_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('closing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='portfolio.feedbackclosing')),
                ('placement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='portfolio.placement')),
                ('signature', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='portfolio.reviewsignature')),
                ('taken', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='portfolio.optiontaken')),
            ],
            options={
                'ordering': ['sent_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closing__isnull', True), ('placement__isnull', True), ('signature__isnull', False), ('taken__isnull', True)), models.Q(('closing__isnull', True), ('placement__isnull', True), ('signature__isnull', True), ('taken__isnull', False)), models.Q(('closing__isnull', True), ('placement__isnull', False), ('signature__isnull', True), ('taken__isnull', True)), models.Q(('closing__isnull', False), ('placement__isnull', True), ('signature__isnull', True), ('taken__isnull', True)), _connector='OR'), name='a_waiting_reminder_is_of_one_thing'), models.CheckConstraint(condition=models.Q(('kind__in', ['due', 'late'])), name='a_waiting_reminder_is_of_a_known_kind'), models.UniqueConstraint(fields=('signature', 'kind'), name='one_reminder_of_each_kind_of_a_signature'), models.UniqueConstraint(fields=('taken', 'kind'), name='one_reminder_of_each_kind_of_a_taken'), models.UniqueConstraint(fields=('placement', 'kind'), name='one_reminder_of_each_kind_of_a_placement'), models.UniqueConstraint(fields=('closing', 'kind'), name='one_reminder_of_each_kind_of_a_closing')],
            },
        ),
    ]
