"""What an association allows its forms to do."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models import CollectionScoped


class FormSettings(CollectionScoped):
    """One association's settings for all its forms; without a row the defaults hold."""

    allow_personal_numbers = models.BooleanField(
        _("forms may ask for personal identity numbers"),
        default=False,
        help_text=_(
            "Only where it is clearly motivated by the purpose, the need of a certain identity or another weighty "
            "reason (Act 2018:218, chapter 3, section 10)."
        ),
    )

    class Meta:
        verbose_name = _("form settings")
        verbose_name_plural = _("form settings")
        default_permissions = ("add", "change")
        constraints: ClassVar = [models.UniqueConstraint(fields=["collection"], name="forms_settings_once")]

    def __str__(self) -> str:
        return str(self.collection)
