"""The form as it was published: what everybody who fills it in meets."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from forms.definition import DefinitionVersion
from records.triggers import append_only

from .form import Form


class FormVersion(DefinitionVersion):
    """One published version of a form; every submission points at the one it began with."""

    collection_path = "form__collection"

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="versions", verbose_name=_("form"))

    class Meta(DefinitionVersion.Meta):
        verbose_name = _("form version")
        verbose_name_plural = _("form versions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["form", "number"], name="forms_version_numbered_once"),
        ]

    def __str__(self) -> str:
        return _("%(form)s, version %(number)s") % {"form": self.form, "number": self.number}


append_only(FormVersion)
