"""How often something was done lately."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class RateCounter(models.Model):
    """Tries by one (hashed) person or address in one window of time."""

    bucket = models.CharField(_("what is counted"), max_length=100)
    who = models.CharField(_("who, hashed"), max_length=64)
    starts = models.BigIntegerField(_("start of the window"))
    expires = models.BigIntegerField(_("end of the window"), db_index=True)
    count = models.PositiveIntegerField(_("tries"), default=0)

    class Meta:
        verbose_name = _("rate counter")
        verbose_name_plural = _("rate counters")
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bucket", "who", "starts"], name="records_one_counter")
        ]

    def __str__(self) -> str:
        return f"{self.bucket} {self.count}"
