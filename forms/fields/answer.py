"""The Django form field that every field kind builds on: our markup, our sentences, and the editor's own sentence."""

from typing import Any

import django.forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class AnswerField(django.forms.Field):
    """One question in a form; ``own_error``, when the editor wrote one, is said instead of every other sentence."""

    group_template = "forms/widgets/field.html"
    group_class = ""  # how wide the question is: "wide", "half", "third"; empty is the column's width
    default_error_messages = {"required": _("Answer this question.")}

    def __init__(self, *, own_error: str = "", **kwargs: Any) -> None:
        self.own_error = own_error
        super().__init__(template_name=self.group_template, **kwargs)

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except ValidationError as error:
            if self.own_error:
                raise ValidationError(self.own_error, code=error.error_list[0].code or "invalid") from error
            raise
