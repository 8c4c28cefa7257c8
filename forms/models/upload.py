"""A file somebody sent in with a form."""

import uuid
from typing import ClassVar

from django.core.files.storage import Storage, storages
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records.models import Scoped

from .submission import Submission


def private_storage() -> Storage:
    """Where files lie that are served only after a question to the policy."""
    return storages["private"]


def private_name(upload: "Upload", filename: str) -> str:
    """A random path: nothing of what the visitor called the file reaches the disk."""
    token = uuid.uuid4().hex
    return f"uploads/{token[:2]}/{token}"


def partial_name(upload: "PartialUpload", filename: str) -> str:
    """A random path for what has come of a file so far."""
    return f"partial/{uuid.uuid4().hex}"


class Upload(Scoped):
    """One file, checked by its content and stored out of the web's reach."""

    collection_path = "submission__collection"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="uploads", verbose_name=_("submission")
    )
    field_id = models.CharField(max_length=64)
    name = models.CharField(_("file name"), max_length=150)
    size = models.PositiveBigIntegerField(_("size"))
    content_type = models.CharField(_("type"), max_length=100)
    sha256 = models.CharField(max_length=64)
    file = models.FileField(storage=private_storage, upload_to=private_name, max_length=100)
    created_at = models.DateTimeField(_("received"), auto_now_add=True)

    class Meta:
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")
        default_permissions = ()
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The address that serves the file to those who may see it."""
        return reverse("forms:upload", args=[self.key])


class PartialUpload(Scoped):
    """A file on its way in, piece by piece; it goes on from where it stopped."""

    collection_path = "submission__collection"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="partial_uploads")
    field_id = models.CharField(max_length=64)
    name = models.CharField(_("file name"), max_length=150)
    size = models.PositiveBigIntegerField(_("size"))
    received = models.PositiveBigIntegerField(default=0)
    file = models.FileField(storage=private_storage, upload_to=partial_name, max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("file on its way")
        verbose_name_plural = _("files on their way")
        default_permissions = ()
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name
