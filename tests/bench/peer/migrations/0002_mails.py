"""The form mails what was sent, as the documentation shows."""

from typing import ClassVar

import wagtail.contrib.forms.models
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("peer", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            "peerform",
            "to_address",
            models.CharField(
                blank=True,
                help_text="Optional - form submissions will be emailed to these addresses. "
                "Separate multiple addresses by comma.",
                max_length=255,
                validators=[wagtail.contrib.forms.models.validate_to_address],
                verbose_name="to address",
            ),
        ),
        migrations.AddField(
            "peerform",
            "from_address",
            models.EmailField(blank=True, max_length=255, verbose_name="from address"),
        ),
        migrations.AddField(
            "peerform",
            "subject",
            models.CharField(blank=True, max_length=255, verbose_name="subject"),
        ),
    ]
