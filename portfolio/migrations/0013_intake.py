
import django.db.models.deletion
import django.utils.timezone
import portfolio.models.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('portfolio', '0012_summary'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Intake',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('iid', models.CharField(default=portfolio.models.ids.public_id, editable=False, max_length=20, unique=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('file_name', models.CharField(max_length=150)),
                ('sha256', models.CharField(help_text='Of the file', max_length=64)),
                ('left_out', models.JSONField(default=list, help_text='The names of sheets that were not read')),
                ('rows', models.JSONField(default=list)),
                ('taken_at', models.DateTimeField(null=True)),
                ('done', models.JSONField(default=dict, help_text='How many of each were made')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('taken_at', None), ('rows', []), _connector='OR'), name='a_table_that_was_taken_in_keeps_no_rows')],
            },
        ),
    ]
