"""What is added or corrected after a submission was sent; the submission itself stays as it was."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models import Scoped
from records.triggers import append_only

from .submission import Submission


class Completion(Scoped):
    """New answers to some questions of a submission; never changed."""

    collection_path = "submission__collection"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="completions", verbose_name=_("submission")
    )
    number = models.PositiveIntegerField(_("number"))
    # {field id: value}; a question that was asked but is now off the path or empty is null.
    answers = models.JSONField(_("answers"))
    nonce = models.UUIDField(unique=True, editable=False)
    # The person's key, not a foreign key: the row must not change when an account is removed.
    person_key = models.UUIDField(null=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("completion")
        verbose_name_plural = _("completions")
        default_permissions = ()
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "number"], name="forms_completion_numbered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.submission} ({self.number})"


append_only(Completion)
