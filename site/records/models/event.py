"""What has happened: append-only, numbered and hash-chained within each stream."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection

from records.scope import Scoped


class EventStream(models.Model):
    """The head of one chain: how long it is and how it ends; its row is the lock of the chain."""

    name = models.CharField(_("stream"), max_length=200, unique=True)
    length = models.PositiveBigIntegerField(_("length"), default=0)
    head = models.CharField(_("digest of the last event"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("event stream")
        verbose_name_plural = _("event streams")
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Event(Scoped):
    """One thing that happened; never changed, never removed, and free of personal text."""

    stream = models.CharField(_("stream"), max_length=200)
    sequence = models.PositiveBigIntegerField(_("number in the stream"))
    type = models.CharField(_("type"), max_length=100)
    collection = models.ForeignKey(
        Collection,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("association"),
    )
    transition = models.JSONField(_("transition"), default=dict, encoder=DjangoJSONEncoder)
    at = models.DateTimeField(_("time"), db_index=True)
    actor_key = models.CharField(_("key of the person"), max_length=36, blank=True, db_index=True)
    detail_digest = models.CharField(_("digest of the details"), max_length=64, blank=True)
    previous = models.CharField(_("digest of the previous event"), max_length=64, blank=True)
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint("stream", "sequence", name="records_event_one_per_number")]

    def __str__(self) -> str:
        return f"{self.stream} {self.sequence} {self.type}"


class EventDetail(Scoped):
    """The personal part of an event: may be purged, may never be rewritten.

    The salt goes with it, so that the digest left behind in the event tells nothing about what was purged.
    """

    collection_path = "event__collection"

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="detail", verbose_name=_("event"))
    salt = models.CharField(_("salt"), max_length=64)
    payload = models.JSONField(_("details"), default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("event details")
        verbose_name_plural = _("event details")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.event_id)
