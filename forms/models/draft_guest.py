"""The people who fill in one draft together."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models import Scoped

from .submission import Submission


class DraftGuest(Scoped):
    """Somebody invited to fill in a draft together with the one who began it."""

    collection_path = "submission__collection"

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="guests")
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    invited_by = models.CharField(_("invited by"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("invited"), auto_now_add=True)
    joined_at = models.DateTimeField(_("joined"), null=True, editable=False)
    seen_at = models.DateTimeField(_("last here"), null=True, editable=False)
    page_id = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("person in a draft")
        verbose_name_plural = _("people in drafts")
        default_permissions = ()
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["submission", "email"], name="forms_guest_once")]

    def __str__(self) -> str:
        return self.name or self.email
