"""How one member of staff likes to see a register."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RegisterView(models.Model):
    """A saved filter of a register with the columns chosen for it; its owner's alone."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    register = models.CharField(max_length=40, default="submissions")
    name = models.CharField(_("name"), max_length=80, blank=True)
    # What stands after the question mark in the register's address.
    query = models.CharField(max_length=1000, blank=True)
    columns = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        default_permissions = ()
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "register", "name"], name="forms_register_view_once"),
        ]

    def __str__(self) -> str:
        return self.name
