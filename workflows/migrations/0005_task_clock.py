"""Tasks remember which reminder was sent last, and when they went to somebody else too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0004_one_open_item'),
    ]

    operations = [
        migrations.AddField(
            model_name='task',
            name='escalated_at',
            field=models.DateTimeField(blank=True, help_text='when it went to somebody else too', null=True),
        ),
        migrations.AddField(
            model_name='task',
            name='reminded_days',
            field=models.SmallIntegerField(blank=True, help_text='the latest reminder sent, in days after the last day', null=True),
        ),
    ]
