"""Outgoing mail: what was said to whom, and whether it has left."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection

from records.models.effect import Effect
from records.scope import Scoped


class Message(Scoped):
    """One mail to one person, queued once per key; without a collection it is the system's own."""

    class State(models.TextChoices):
        """How far the mail has come."""

        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(
        Collection,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("association"),
    )
    key = models.CharField(_("key"), max_length=250, unique=True)
    kind = models.CharField(_("kind"), max_length=100)
    to = models.EmailField(_("to"), max_length=254)
    from_name = models.CharField(_("sender's name"), max_length=200, blank=True)
    reply_to = models.EmailField(_("replies go to"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=10)
    subject = models.CharField(_("subject"), max_length=250)
    body = models.TextField(_("text"), blank=True)
    attachments = models.JSONField(_("attachments"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    message_id = models.CharField(_("message id"), max_length=250)
    sending = models.PositiveIntegerField(_("sending"), default=1)
    cause = models.CharField(_("cause"), max_length=200, blank=True)
    error = models.TextField(_("error"), blank=True)
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    erased_at = models.DateTimeField(_("text erased"), null=True, blank=True)
    effect = models.OneToOneField(
        Effect, on_delete=models.PROTECT, related_name="message", verbose_name=_("background task")
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar = ["-queued_at", "-id"]
        default_permissions = ("view",)
        permissions: ClassVar = [("resend_message", _("Can send a message again"))]
        indexes: ClassVar = [
            models.Index(fields=["collection", "-queued_at"], name="records_message_by_time"),
            models.Index(fields=["cause"], name="records_message_cause"),
        ]

    def __str__(self) -> str:
        return self.subject
