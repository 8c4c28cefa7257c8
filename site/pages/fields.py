"""Small model fields of the page types."""

from typing import Any

import django.forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class LinesFormField(django.forms.Field):
    """A text area in which every line is one item."""

    widget = django.forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        lines = value if isinstance(value, list) else str(value or "").splitlines()
        return [line.strip() for line in lines if str(line).strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


class LinesField(models.JSONField):
    """A list of short texts, such as municipalities or parties; edited one to a line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
            raise ValidationError(_("Write one item on each line."), code="not_lines")
        super().validate(value, model_instance)

    def formfield(self, **kwargs: Any) -> django.forms.Field:
        return LinesFormField(
            required=not self.blank,
            label=kwargs.get("label", self.verbose_name),
            help_text=kwargs.get("help_text", self.help_text),
        )
