"""A file with many submissions, made in the background for one member of staff."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models import CollectionScoped

from .upload import private_storage


def export_name(export: "Export", filename: str) -> str:
    """A random path in the private store."""
    return f"exports/{uuid.uuid4().hex}"


class Export(CollectionScoped):
    """What was asked for, how far it has come, and the file when it is ready."""

    class Format(models.TextChoices):
        """What kind of file."""

        XLSX = "xlsx", _("Excel (XLSX)")
        CSV = "csv", _("CSV for people")
        RAW_CSV = "raw.csv", _("Raw CSV for machines")
        JSON = "json", _("JSON")

    class State(models.TextChoices):
        """How far it has come."""

        WAITING = "waiting", _("waiting")
        WORKING = "working", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    form = models.ForeignKey("forms.Form", on_delete=models.PROTECT, related_name="+", verbose_name=_("form"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    format = models.CharField(_("format"), max_length=10, choices=Format)
    filters = models.JSONField(default=dict)
    # The columns chosen, by their keys; empty for all. What choices are written as: "labels" or "keys".
    columns = models.JSONField(default=list)
    choices_as = models.CharField(_("choices as"), max_length=6, default="labels")
    # The newest submission that is in the unfinished file, so that a restarted worker goes on from there.
    position = models.PositiveBigIntegerField(default=0)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    replaced = models.PositiveIntegerField(default=0)
    file = models.FileField(storage=private_storage, upload_to=export_name, max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        default_permissions = ()
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.form} ({self.get_format_display()})"
