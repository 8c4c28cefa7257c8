"""Kinds that are answered by choosing: one of, a drop-down list."""

from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

import django.forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from forms.expressions import Name, Type
from forms.kinds import Problem

from .answer import AnswerField
from .base import Column, Example, Field, FieldKind
from .option_inputs import NO_ANSWER, OTHER_LENGTH, DropDownInput, Radios, drawn, parts_of
from .options import (
    CHOOSING,
    MANY,
    OTHER,
    OTHER_BLOCK,
    ChoiceQuestionBlock,
    OptionBlock,
    compile_choices,
    fill_keys,
    label_of,
    lint_choices,
    other_problem,
)
from .text_cleaning import clean_line

__all__ = ["OneOf", "OptionBlock", "Radios"]


class OtherQuestionBlock(ChoiceQuestionBlock):
    """A question with options, the last of which may be one's own words."""

    other_label = OTHER_BLOCK


def other_answer(text: Any) -> dict[str, str]:
    """What is stored for “other”. Raises ValidationError without a text, or with too long a one."""
    cleaned = clean_line(text)
    if not cleaned:
        raise ValidationError(_("You have chosen to answer in your own words. Write what you mean."), code="other")
    if len(cleaned) > OTHER_LENGTH:
        raise ValidationError(
            _("Shorten the answer: at most %(limit)s characters fit, and this has %(length)s.")
            % {"limit": OTHER_LENGTH, "length": len(cleaned)},
            code="too_long",
        )
    return {"key": OTHER, "text": cleaned}


def key_of(stored: Any) -> Any:
    """The key of what was chosen, also of “other”."""
    return stored.get("key") if isinstance(stored, Mapping) else stored


def other_text(stored: Any) -> str | None:
    """What was written beside “other”, in the answer to a question with one option or several."""
    for item in stored if isinstance(stored, list) else [stored]:
        if isinstance(item, Mapping):
            return str(item.get("text") or "")
    return None


def shown_label(field: Field, stored: Any) -> str:
    """What was chosen as people read it: the label, with the text after “other”."""
    if not isinstance(stored, Mapping):
        return label_of(field, stored)
    other = field["settings"].get("other_label") or gettext("Other")
    return gettext("%(label)s: %(value)s") % {"label": other, "value": stored.get("text") or ""}


def other_column(field: Field) -> list[Column]:
    """The column of what was written beside “other”, where it can be chosen."""
    other = field["settings"].get("other_label")
    if not other:
        return []
    return [
        Column(f"{field['id']}.{OTHER}", gettext("%(label)s: %(value)s") % {"label": field["label"], "value": other})
    ]


def keys_in(field: Field) -> list[str]:
    """The key of every option, “other” last."""
    keys = [choice["key"] for choice in field["settings"]["choices"]]
    return [*keys, OTHER] if field["settings"].get("other_label") else keys


class OneOfAnswer(AnswerField):
    """The key of one option."""

    default_error_messages = {
        "required": _("Choose one of the options."),
        "unknown": _("Choose one of the options shown."),
    }

    def __init__(self, *, keys: Iterable[str], other: str = "", **kwargs: Any) -> None:
        self.keys = frozenset(keys)
        self.other = other
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        chosen, text = parts_of(value)
        key = clean_line(chosen) if isinstance(chosen, str) else ""
        if not self.other:
            return key
        if key == OTHER or (not key and clean_line(text)):
            return other_answer(text)
        if clean_line(text):
            raise ValidationError(
                _("You have both chosen an option and written “%(text)s”. Choose “%(other)s”, or remove the text.")
                % {"text": clean_line(text)[:50], "other": self.other},
                code="both",
            )
        return key

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and key_of(value) not in self.keys:
            raise ValidationError(self.error_messages["unknown"], code="unknown")


class OneOf(FieldKind):
    """One of several options, shown as radio buttons."""

    name = "one_of"
    label = _("One of several")
    icon = "radio-full"
    group = CHOOSING
    type = Type.TEXT
    example = Example(
        settings={
            "label": "Inriktning",
            "choices": [
                {"label": "Individ", "key": "individ", "help": "Stöd till deltagare"},
                {"label": "Struktur", "key": "struktur", "help": ""},
            ],
            "other_label": "Annat",
        },
        data={"": "other", "-other": " Båda delarna "},
        stored={"key": "other", "text": "Båda delarna"},
        display="Annat: Båda delarna",
        cells=["Annat", "Båda delarna"],
        wrong=[{"": "annat", "-other": ""}, {"": "other", "-other": " "}, {"": "individ", "-other": "Båda"}],
    )
    Settings = OtherQuestionBlock

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {"choices": compile_choices(value), "other_label": value.get("other_label") or ""}

    def fill_keys(self, value: Mapping[str, Any]) -> bool:
        return fill_keys(value)

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        yield from lint_choices(settings, context, context.block_id)
        yield from other_problem(settings, context.block_id)

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        choices, other = field["settings"]["choices"], field["settings"].get("other_label") or ""
        common = self.common(field, required)
        shown: list[tuple[str, Any]] = [(choice["key"], choice["label"]) for choice in choices]
        if other:
            shown.append((OTHER, other))
        if self.is_list(field):
            widget = drawn(DropDownInput(choices=[("", _("Choose")), *shown]), choices, other)
        else:
            if not common["required"]:
                # A radio button cannot be unchosen without JavaScript.
                shown.append(("", NO_ANSWER))
            widget = drawn(Radios(choices=shown), choices, other)
        return OneOfAnswer(keys=keys_in(field), other=other, widget=widget, **common)

    def is_list(self, field: Field) -> bool:
        """Is it drawn as a list to open? So many radio buttons cannot be taken in at once."""
        return len(field["settings"]["choices"]) > MANY

    def cell_field(self, field: Field) -> django.forms.Field:
        choices = field["settings"]["choices"]
        shown = [("", "–"), *((choice["key"], choice["label"]) for choice in choices)]
        keys = [choice["key"] for choice in choices]
        return OneOfAnswer(keys=keys, widget=django.forms.Select(choices=shown), **self.common(field, None))

    def from_json(self, field: Field, stored: Any) -> Any:
        if isinstance(stored, Mapping):
            return {"chosen": stored.get("key"), "text": stored.get("text") or ""}
        return stored

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        return {"": rng.choice(field["settings"]["choices"])["key"]}

    def display(self, field: Field, stored: Any) -> str:
        return shown_label(field, stored) if stored else ""

    def columns(self, field: Field) -> list[Column]:
        return [*super().columns(field), *other_column(field)]

    def cells(self, field: Field, stored: Any) -> list[Any]:
        if isinstance(stored, Mapping):
            return [field["settings"].get("other_label") or gettext("Other"), other_text(stored)]
        return [label_of(field, stored) if stored else None, *(None for _column in other_column(field))]

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "distribution")

    def expression_name(self, field: Field) -> Name | None:
        return Name(field["id"], Type.TEXT, choices=frozenset(keys_in(field)))

    def expression_value(self, field: Field, stored: Any) -> Any:
        return key_of(stored)

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": f"select_one {field['name']}{' or_other' if field['settings'].get('other_label') else ''}"}

    def redact(self, field: Field, stored: Any) -> Any:
        return None


class DropDown(OneOf):
    """One of several options, shown as a list to open."""

    name = "drop_down"
    label = _("Drop-down list")
    icon = "arrow-down"
    example = Example(
        settings={
            "label": "Målgrupp",
            "choices": [{"label": f"Grupp {number}", "key": f"grupp_{number}", "help": ""} for number in range(1, 19)],
            "other_label": "Annan",
        },
        data={"": "grupp_3", "-other": ""},
        stored="grupp_3",
        display="Grupp 3",
        cells=["Grupp 3", None],
        wrong=[{"": "grupp_19", "-other": ""}],
    )

    def is_list(self, field: Field) -> bool:
        return True

    def xlsform(self, field: Field) -> dict[str, str]:
        return {**super().xlsform(field), "appearance": "minimal"}
