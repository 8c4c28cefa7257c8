"""Workflows have examples, and are run over their matters before they are published."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0008_after'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='workflow',
            name='examples',
            field=models.JSONField(blank=True, default=list, help_text='What must happen to a matter of a certain sort. Nothing is published that breaks an example.', verbose_name='examples'),
        ),
        migrations.CreateModel(
            name='Replay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('sort', models.CharField(choices=[('look', 'look how it would have gone'), ('move', 'move it to the new version')], default='look', max_length=4)),
                ('compiled', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('working', 'on its way'), ('ready', 'done'), ('failed', 'failed')], default='waiting', max_length=8)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('result', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflows.workflowversion')),
                ('workflow', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replays', to='workflows.workflow')),
            ],
            options={
                'verbose_name': 'replay of a workflow',
                'verbose_name_plural': 'replays of workflows',
                'ordering': ['-pk'],
                'default_permissions': (),
            },
        ),
    ]
