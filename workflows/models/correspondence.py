"""What surrounds a matter: files handed in beside the application, who has read what, links and subscriptions."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forms.models.upload import private_storage
from records.models import Scoped

from .matter import Matter
from .papers import Note, Paper


def file_name(paper: models.Model, filename: str) -> str:
    """A random path: nothing of what the file was called reaches the disk."""
    token = uuid.uuid4().hex
    return f"matters/{token[:2]}/{token}"


class MatterFile(Scoped):
    """A file that came with a note or a message."""

    collection_path = "note__matter__collection"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(_("file name"), max_length=150)
    size = models.PositiveBigIntegerField(_("size"))
    content_type = models.CharField(_("type"), max_length=100)
    sha256 = models.CharField(max_length=64)
    file = models.FileField(storage=private_storage, upload_to=file_name, max_length=100)

    class Meta:
        verbose_name = _("file of a matter")
        verbose_name_plural = _("files of matters")
        ordering: ClassVar = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The address that serves the file to those who may read the message."""
        return reverse("workflows:file", args=[self.note.matter.key, self.key])


class Reading(Scoped):
    """Somebody has read a note or a message, and said so."""

    collection_path = "note__matter__collection"

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=200)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("read receipt")
        verbose_name_plural = _("read receipts")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["note", "user"], name="workflows_read_once")]

    def __str__(self) -> str:
        return self.name


class MatterLink(Paper):
    """A matter has to do with another of the same association: it follows it, changes it, reports on it …"""

    class Sort(models.TextChoices):
        """What this matter is to the other."""

        FOLLOWS = "follows", _("follows from")
        AMENDS = "amends", _("changes")
        REPORTS = "reports", _("reports on")
        CONCERNS = "concerns", _("has to do with")

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="links_out")
    other = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="links_in", verbose_name=_("other matter"))
    sort = models.CharField(_("how"), max_length=10, choices=Sort.choices)

    class Meta:
        verbose_name = _("link between matters")
        verbose_name_plural = _("links between matters")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "other"], name="workflows_two_matters_linked_once"),
            models.CheckConstraint(
                condition=~models.Q(matter=models.F("other")), name="workflows_not_linked_to_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id}:{self.other_id}"


class Subscription(Scoped):
    """Somebody at the office or in the board wants to be told what happens in a matter."""

    collection_path = "matter__collection"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="subscriptions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "user"], name="workflows_one_subscription_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.matter_id}:{self.user_id}"


class Dossier(Scoped):
    """Everything of a matter in one archive that can be checked without us; made in the background."""

    collection_path = "matter__collection"

    class State(models.TextChoices):
        """How far it has come."""

        WAITING = "waiting", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("could not be made")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="dossiers")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    file = models.FileField(storage=private_storage, upload_to=file_name, max_length=100, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        ordering: ClassVar = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.matter_id}:{self.asked_at:%Y-%m-%d %H:%M}"
