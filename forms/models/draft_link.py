"""The mailed link that opens a draft on another device."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models import Scoped

from .draft_guest import DraftGuest
from .submission import Submission


class DraftLink(Scoped):
    """A link that can be used once; only the digest of its token is stored."""

    collection_path = "submission__collection"

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="links")
    token_digest = models.CharField(max_length=64, unique=True, null=True)
    # Whom it lets in: an invited person, or (none) the one who began the draft.
    guest = models.ForeignKey(DraftGuest, on_delete=models.CASCADE, null=True, related_name="links")
    email = models.EmailField(_("e-mail address"))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("draft link")
        verbose_name_plural = _("draft links")
        default_permissions = ()
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return str(self.submission)
