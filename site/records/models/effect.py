"""What has to be done because something happened: the ledger of background work."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection

from records.scope import Scoped


class Effect(Scoped):
    """One piece of background work, done once per key."""

    class State(models.TextChoices):
        """Where the work is."""

        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        DEAD = "dead", _("Given up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(_("key"), max_length=250, unique=True)
    kind = models.CharField(_("kind"), max_length=100)
    collection = models.ForeignKey(
        Collection,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("association"),
    )
    object_id = models.CharField(_("object"), max_length=100, blank=True)
    cause = models.CharField(_("cause"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    lease = models.CharField(_("lease"), max_length=80, blank=True)
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    ring_at = models.DateTimeField(_("next reminder to the worker"), default=timezone.now)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("background task")
        verbose_name_plural = _("background tasks")
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(
                fields=["ring_at"],
                name="records_effect_waiting",
                condition=models.Q(state__in=["queued", "running"]),
            ),
            models.Index(fields=["kind", "object_id"], name="records_effect_object"),
            models.Index(fields=["cause"], name="records_effect_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
