"""The association's own wording of a mail."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from wagtail.models import PreviewableMixin

from records import wording
from records.scope import CollectionScoped


class MailText(PreviewableMixin, CollectionScoped):
    """Subject and text of one kind of mail in one language, instead of the wording that comes with the product."""

    language = models.CharField(_("language"), max_length=10)
    kind = models.CharField(_("kind of mail"), max_length=100)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))

    class Meta:
        verbose_name = _("mail text")
        verbose_name_plural = _("mail texts")
        default_permissions = ("change",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                "collection",
                "language",
                "kind",
                name="records_one_mail_text",
                violation_error_message=_("There is already a text for this mail in this language."),
            )
        ]

    def __str__(self) -> str:
        return f"{wording.label_of(self.kind)} ({dict(settings.LANGUAGES).get(self.language, self.language)})"

    def clean(self) -> None:
        """Raise ValidationError where the kind is unknown or a placeholder could not be filled in."""
        super().clean()
        wording.check_text(kind=self.kind, language=self.language, subject=self.subject, body=self.body)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.clean()
        super().save(*args, **kwargs)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The mail as it will read, with examples for values."""
        subject, body = wording.preview(
            kind=self.kind,
            language=self.language,
            collection=self.collection if self.collection_id else None,
            subject=self.subject,
            body=self.body,
        )
        context = {"language": self.language, "subject": subject, "body": body}
        return render(request, "records/mail_preview.html", context)
