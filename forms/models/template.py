"""What staff keep to begin from: whole forms, pages and questions."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models import CollectionScoped


class FormTemplate(CollectionScoped):
    """A form, a page or a question kept for reuse; in the root collection it is everybody's."""

    class Part(models.TextChoices):
        """What is kept."""

        FORM = "form", _("whole form")
        PAGE = "page", _("page")
        QUESTION = "question", _("question")

    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    part = models.CharField(_("part"), max_length=10, choices=Part)
    # In the format of forms.exchange.
    content = models.JSONField(_("content"))
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("form template")
        verbose_name_plural = _("form templates")
        default_permissions = ("add", "change", "delete")
        ordering: ClassVar = ["title"]

    def __str__(self) -> str:
        return self.title
