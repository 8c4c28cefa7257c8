"""Kinds that are answered by yes: yes or no, and consent."""

from collections.abc import Mapping
from random import Random
from typing import Any

import django.forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BooleanBlock, CharBlock, TextBlock

from forms.expressions import Type

from .answer import AnswerField
from .base import Example, Field, FieldKind, QuestionBlock
from .choices import OneOfAnswer
from .option_inputs import NO_ANSWER, Radios
from .options import CHOOSING


class YesNoAnswer(OneOfAnswer):
    """Yes or no as a truth value."""

    def clean(self, value: Any) -> bool | None:
        if isinstance(value, bool):
            value = "yes" if value else "no"
        return {"yes": True, "no": False}.get(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class YesNo(FieldKind):
    """Yes or no."""

    name = "yes_no"
    label = _("Yes or no")
    icon = "tick-inverse"
    group = CHOOSING
    type = Type.BOOLEAN
    column_type = "boolean"
    example = Example(
        settings={"label": "Medfinansieras insatsen av ESF?"},
        data={"": "no"},
        stored=False,
        display="Nej",
        cells=[False],
        wrong=[{"": "kanske"}],
    )

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        common = self.common(field, required)
        shown: list[tuple[str, Any]] = [("yes", _("Yes")), ("no", _("No"))]
        if not common["required"]:
            shown.append(("", NO_ANSWER))
        widget = Radios(choices=shown)
        widget.is_inline = True
        return YesNoAnswer(keys=["yes", "no"], widget=widget, **common)

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        return {"": rng.choice(["yes", "no"])}

    def to_json(self, field: Field, value: Any) -> Any:
        return value

    def display(self, field: Field, stored: Any) -> str:
        return "" if stored is None else gettext("Yes") if stored else gettext("No")

    def cells(self, field: Field, stored: Any) -> list[Any]:
        return [stored]

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "distribution")

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": f"select_one {field['name']}"}


class ConsentAnswer(AnswerField):
    """A box that has to be ticked."""

    group_template = "forms/widgets/consent_field.html"
    default_error_messages = {
        "required": _("Tick the box to go on."),
    }

    def __init__(self, *, text: str, **kwargs: Any) -> None:
        self.text = text
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> bool | None:
        return True if value in (True, "on", "true", "True") else None


class Consent(FieldKind):
    """Something that must be agreed to or assured; the text is kept with the version."""

    name = "consent"
    label = _("Consent or assurance")
    icon = "clipboard-list"
    group = CHOOSING
    type = Type.BOOLEAN
    column_type = "boolean"
    example = Example(
        settings={"label": "Uppgifterna är riktiga", "text": "Du intygar att uppgifterna stämmer."},
        data={"": "on"},
        stored=True,
        display="Ja",
        cells=[True],
        wrong=[{}],
    )

    class Settings(QuestionBlock):
        """What is agreed to."""

        label = CharBlock(label=_("Text at the box"), max_length=250)
        text = TextBlock(label=_("What is agreed to"), required=False, rows=3, max_length=4000)
        with_privacy_text = BooleanBlock(
            label=_("Show the form's text about personal data above the box"), required=False
        )
        help = None
        required = None
        required_if = None  # type: ignore[assignment]

    def is_required(self, value: Mapping[str, Any]) -> bool:
        return True

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        texts = [value.get("text") or "", context.privacy_text if value.get("with_privacy_text") else ""]
        return {"text": "\n\n".join(text.strip() for text in texts if text.strip())}

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        common = self.common(field, required)
        return ConsentAnswer(text=field["settings"]["text"], widget=django.forms.CheckboxInput(), **common)

    def display(self, field: Field, stored: Any) -> str:
        return gettext("Yes") if stored else ""

    def cells(self, field: Field, stored: Any) -> list[Any]:
        return [stored]

    def redact(self, field: Field, stored: Any) -> Any:
        return stored

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "acknowledge"}
