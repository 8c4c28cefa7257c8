"""The kind that is answered by choosing any number of options."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, IntegerBlock

from forms.expressions import Name, Type
from forms.kinds import Problem

from .answer import AnswerField
from .base import Column, Example, Field, FieldKind
from .choices import OtherQuestionBlock, key_of, keys_in, other_answer, other_column, other_text, shown_label
from .option_inputs import Checkboxes, drawn, parts_of
from .options import CHOOSING, NONE, OTHER, compile_choices, fill_keys, label_of, lint_choices, other_problem
from .text_cleaning import clean_line


class SeveralOfAnswer(AnswerField):
    """The keys of several options, in the order they are shown."""

    default_error_messages = {
        "required": _("Choose at least one option."),
        "unknown": _("Choose among the options shown."),
    }

    def __init__(
        self,
        *,
        keys: Sequence[str],
        fewest: int | None,
        most: int | None,
        none: str,
        other: str = "",
        **kwargs: Any,
    ) -> None:
        self.keys = list(keys)
        self.other = other
        self.fewest = fewest
        self.most = most
        self.none = none
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> list[Any]:
        listed, text = parts_of(value)
        chosen = {clean_line(key) for key in listed or () if isinstance(key, str)} - {""}
        if self.other and clean_line(text):
            chosen.add(OTHER)  # who writes something means it
        if chosen - {*self.keys, *([NONE] if self.none else [])}:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        return [
            other_answer(text) if self.other and key == OTHER else key for key in [*self.keys, NONE] if key in chosen
        ]

    def validate(self, value: list[Any]) -> None:
        super().validate(value)
        if NONE in value and len(value) > 1:
            raise ValidationError(
                _("“%(none)s” cannot be chosen together with another option.") % {"none": self.none}, code="none"
            )
        if not value or value == [NONE]:
            return
        if self.fewest and len(value) < self.fewest:
            raise ValidationError(_("Choose at least %(count)s options.") % {"count": self.fewest}, code="too_few")
        if self.most and len(value) > self.most:
            raise ValidationError(_("Choose at most %(count)s options.") % {"count": self.most}, code="too_many")


class SeveralOf(FieldKind):
    """Any number of options, shown as checkboxes."""

    name = "several_of"
    label = _("Several of several")
    icon = "check"
    group = CHOOSING
    type = Type.LIST
    example = Example(
        settings={
            "label": "Kommuner",
            "choices": [
                {"label": "Eksjö", "key": "eksjo", "help": ""},
                {"label": "Nässjö", "key": "nassjo", "help": ""},
                {"label": "Vetlanda", "key": "vetlanda", "help": ""},
            ],
            "fewest": 2,
            "most": 2,
            "none_label": "Ingen av dem",
            "other_label": "Annan",
        },
        data={"": ["vetlanda", "eksjo"], "-other": ""},
        stored=["eksjo", "vetlanda"],
        display="Eksjö, Vetlanda",
        cells=["Eksjö, Vetlanda", None],
        wrong=[
            {"": ["eksjo", "other"], "-other": " "},
            {"": ["eksjo", "nassjo"], "-other": "Tranås"},
            {"": ["eksjo"]},
            {"": ["eksjo", "nassjo", "vetlanda"]},
            {"": ["eksjo", "none"]},
            {"": ["annan", "eksjo"]},
        ],
        empty={},
    )

    class Settings(OtherQuestionBlock):
        """Options, and how many of them."""

        fewest = IntegerBlock(label=_("Fewest"), required=False, min_value=1)
        most = IntegerBlock(label=_("Most"), required=False, min_value=1)
        none_label = CharBlock(
            label=_("“None of these”"),
            required=False,
            max_length=200,
            help_text=_("The text of an option that excludes all others. Leave empty to have none."),
        )

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {
            "choices": compile_choices(value),
            "fewest": value.get("fewest"),
            "most": value.get("most"),
            "none_label": value.get("none_label") or "",
            "other_label": value.get("other_label") or "",
        }

    def fill_keys(self, value: Mapping[str, Any]) -> bool:
        return fill_keys(value)

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        yield from lint_choices(settings, context, context.block_id)
        yield from other_problem(settings, context.block_id)
        choices = compile_choices(settings)
        fewest, most = settings.get("fewest"), settings.get("most")
        if fewest and choices and fewest > len(choices):
            yield Problem(
                "limits_crossed",
                _("More options must be chosen than there are. Lower the number, or add options."),
                context.block_id,
                setting="fewest",
            )
        if fewest and most and fewest > most:
            yield Problem(
                "limits_crossed",
                _("The fewest allowed is more than the most. Exchange them, or leave one empty."),
                context.block_id,
                setting="fewest",
            )
        if settings.get("none_label") and any(choice["key"] == NONE for choice in choices):
            yield Problem(
                "none_taken",
                _("An option has the key “none”, which “None of these” needs. Remove that option, or the text here."),
                context.block_id,
                setting="none_label",
            )

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        settings = field["settings"]
        shown = [(choice["key"], choice["label"]) for choice in settings["choices"]]
        other = settings.get("other_label") or ""
        if other:
            shown.append((OTHER, other))
        if settings["none_label"]:
            shown.append((NONE, settings["none_label"]))
        return SeveralOfAnswer(
            keys=keys_in(field),
            other=other,
            fewest=settings["fewest"],
            most=settings["most"],
            none=settings["none_label"],
            widget=drawn(Checkboxes(choices=shown), settings["choices"], other),
            **self.common(field, required),
        )

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        settings = field["settings"]
        keys = [choice["key"] for choice in settings["choices"]]
        fewest = min(settings["fewest"] or 1, len(keys))
        most = min(settings["most"] or fewest + 1, len(keys))
        return {"": rng.sample(keys, rng.randint(fewest, max(most, fewest)))}

    def from_json(self, field: Field, stored: Any) -> Any:
        if not field["settings"].get("other_label"):
            return stored
        return {"chosen": [key_of(item) for item in stored or ()], "text": other_text(stored or []) or ""}

    def display(self, field: Field, stored: Any) -> str:
        return ", ".join(shown_label(field, item) for item in stored or ())

    def display_html(self, field: Field, stored: Any) -> SafeString:
        labels = [shown_label(field, item) for item in stored or ()]
        if len(labels) < 2:
            return format_html("{}", "".join(labels))
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((label,) for label in labels)))

    def columns(self, field: Field) -> list[Column]:
        return [*super().columns(field), *other_column(field)]

    def cells(self, field: Field, stored: Any) -> list[Any]:
        texts = [other_text(stored) for _column in other_column(field)]
        if not stored:
            return [None, *texts]
        other = field["settings"].get("other_label") or gettext("Other")
        labels = [other if isinstance(item, Mapping) else label_of(field, item) for item in stored]
        return [", ".join(labels), *texts]

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "distribution")

    def expression_name(self, field: Field) -> Name | None:
        keys = set(keys_in(field))
        if field["settings"]["none_label"]:
            keys.add(NONE)
        return Name(field["id"], Type.LIST, choices=frozenset(keys))

    def expression_value(self, field: Field, stored: Any) -> Any:
        return None if stored is None else [key_of(item) for item in stored]

    def xlsform(self, field: Field) -> dict[str, str]:
        other = " or_other" if field["settings"].get("other_label") else ""
        return {"type": f"select_multiple {field['name']}{other}"}
