import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('portfolio', '0023_cases'),
    ]

    operations = [
        migrations.AddField(
            model_name='kindcorrection',
            name='by_lending',
            field=models.ForeignKey(help_text="On the trainee's device, which they had handed over, after a code to the signer's address", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='portfolio.lending'),
        ),
        migrations.AddField(
            model_name='kindcorrection',
            name='by_link',
            field=models.ForeignKey(help_text='Of somebody without an account, who proved their address by a code; NULL: they had signed in', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='portfolio.signlink'),
        ),
        migrations.AddField(
            model_name='kindcorrection',
            name='proved_address',
            field=models.EmailField(blank=True, default='', help_text='The address that was proved, as it was', max_length=254),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name='kindcorrection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by_lending', None), ('by_link', None), ('proved_address', '')), models.Q(models.Q(('by_link__isnull', False), ('by_lending__isnull', False), _connector='OR'), models.Q(('proved_address', ''), _negated=True)), _connector='OR'), name='a_correction_by_a_code_names_the_address_that_was_proved'),
        ),
        migrations.AddConstraint(
            model_name='kindcorrection',
            constraint=models.CheckConstraint(condition=models.Q(('by_link', None), ('by_lending', None), _connector='OR'), name='a_correction_is_by_a_link_or_on_a_lent_device'),
        ),
    ]
