"""Kinds that are answered on a scale: a labelled scale with “do not know”, and 0–10."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BooleanBlock, CharBlock, ChoiceBlock, IntegerBlock, TextBlock

from forms.expressions import Type
from forms.kinds import Problem

from .answer import AnswerField
from .base import Column, Example, Field, FieldKind, QuestionBlock
from .option_inputs import NO_ANSWER, Radios

RATING = _("Rating and ranking")
UNKNOWN = "unknown"
"""What is stored for “do not know”: an answer, but no number."""


class ScaleBlock(QuestionBlock):
    """A scale: its ends, its labels, and “do not know”."""

    smallest = ChoiceBlock(label=_("The scale begins at"), default="1", choices=[("0", "0"), ("1", "1")])
    largest = IntegerBlock(label=_("The scale ends at"), default=5, min_value=2, max_value=10)
    labels = TextBlock(
        label=_("Labels"),
        required=False,
        rows=5,
        max_length=1000,
        help_text=_("One on each line, the lowest step first. Two lines name the ends; one line per step names all."),
    )
    numbers = BooleanBlock(label=_("Show the numbers"), required=False, default=True)
    unknown_label = CharBlock(
        label=_("“Do not know”"),
        required=False,
        max_length=100,
        help_text=_("The text of an answer outside the scale, which is never counted in a mean. Empty: there is none."),
    )


def _lines(value: Mapping[str, Any]) -> list[str]:
    return [line.strip() for line in (value.get("labels") or "").splitlines() if line.strip()]


def compile_scale(value: Mapping[str, Any]) -> dict[str, Any]:
    """The steps of the scale with their labels, as a version keeps them."""
    smallest, largest = int(value.get("smallest") or 0), int(value.get("largest") or 5)
    numbers = range(smallest, largest + 1)
    lines = _lines(value)
    named = (smallest, largest) if len(lines) == 2 else numbers
    labels = dict(zip(named, lines, strict=False))
    return {
        "steps": [{"value": number, "label": labels.get(number, "")} for number in numbers],
        "numbers": bool(value.get("numbers", True)) or len(lines) != len(numbers),
        "unknown_label": value.get("unknown_label") or "",
    }


def lint_scale(settings: Mapping[str, Any], block_id: str) -> Iterable[Problem]:
    """Labels that do not fit the steps."""
    lines, steps = _lines(settings), len(compile_scale(settings)["steps"])
    if lines and len(lines) not in (2, steps):
        sentence = _(
            "The scale has %(steps)s steps and %(labels)s labels. Write two labels, for the ends, or one for each step."
        ) % {"steps": steps, "labels": len(lines)}
        yield Problem("wrong_labels", sentence, block_id, setting="labels")


def shown_step(settings: Mapping[str, Any], stored: Any) -> str:
    """A step as people read it: "4 – Rather good", "4 of 5", "Do not know"."""
    if stored is None:
        return ""
    if stored == UNKNOWN:
        return settings["unknown_label"] or gettext("Do not know")
    label = next((step["label"] for step in settings["steps"] if step["value"] == stored), "")
    if label and not settings["numbers"]:
        return label
    if label:
        return gettext("%(number)s – %(label)s") % {"number": stored, "label": label}
    return gettext("%(number)s of %(largest)s") % {"number": stored, "largest": settings["steps"][-1]["value"]}


class ScaleInput(Radios):
    """Radio buttons in a row, where there is room; each is called by its number and its label."""

    template_name = "forms/widgets/scale.html"

    def __init__(self, *, settings: Mapping[str, Any], required: bool) -> None:
        self.settings = settings
        self.names = {str(step["value"]): step["label"] for step in settings["steps"]}
        shown: list[tuple[str, Any]] = list(self.names.items())
        if settings["unknown_label"]:
            shown.append((UNKNOWN, settings["unknown_label"]))
        if not required:
            shown.append(("", NO_ANSWER))
        super().__init__(choices=shown)

    def create_option(
        self, name: str, value: Any, label: Any, selected: bool, index: int, subindex: Any = None, attrs: Any = None
    ) -> dict[str, Any]:
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        option["is_step"] = str(value) in self.names
        option["number"] = value if option["is_step"] and self.settings["numbers"] else ""
        return option

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["steps"] = len(self.names)
        context["is_named"] = sum(bool(label) for label in self.names.values()) > 2
        return context


class ScaleAnswer(AnswerField):
    """A number on the scale, or “unknown”."""

    default_error_messages = {
        "required": _("Choose a step on the scale."),
        "unknown": _("Choose one of the steps shown."),
    }

    def __init__(self, *, settings: Mapping[str, Any], **kwargs: Any) -> None:
        self.allowed: dict[str, Any] = {str(step["value"]): step["value"] for step in settings["steps"]}
        if settings["unknown_label"]:
            self.allowed[UNKNOWN] = UNKNOWN
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = "" if value is None else str(value).strip()
        if not text:
            return None
        if text not in self.allowed:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        return self.allowed[text]


def number_in(stored: Any) -> int | None:
    """The step as a number; none for “do not know”."""
    return stored if isinstance(stored, int) else None


def scale_columns(key: str, label: str, settings: Mapping[str, Any]) -> list[Column]:
    """A column for the number, and one for “do not know” where that can be said."""
    if not settings["unknown_label"]:
        return [Column(key, label, "number")]
    unknown = gettext("%(label)s: %(value)s") % {"label": label, "value": settings["unknown_label"]}
    return [Column(key, label, "number"), Column(f"{key}.{UNKNOWN}", unknown, "boolean")]


def scale_cells(settings: Mapping[str, Any], stored: Any) -> list[Any]:
    """The cells of those columns."""
    if not settings["unknown_label"]:
        return [number_in(stored)]
    return [number_in(stored), None if stored is None else stored == UNKNOWN]


class Scale(FieldKind):
    """A scale with labels at its ends or at every step, and “do not know” beside it."""

    name = "scale"
    label = _("Scale")
    icon = "bars"
    group = RATING
    type = Type.NUMBER
    column_type = "number"
    example = Example(
        settings={
            "label": "Hur väl fungerar samverkan?",
            "smallest": "1",
            "largest": 5,
            "labels": "Mycket dåligt\nDåligt\nVarken eller\nBra\nMycket bra",
            "numbers": True,
            "unknown_label": "Vet ej",
        },
        data={"": "4"},
        stored=4,
        display="4 – Bra",
        cells=[4, False],
        wrong=[{"": "6"}, {"": "0"}, {"": "bra"}, {"": "4.0"}],
    )
    Settings: Any = ScaleBlock

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return compile_scale(value)

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        return lint_scale(settings, context.block_id)

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        common = self.common(field, required)
        widget = ScaleInput(settings=field["settings"], required=common["required"])
        return ScaleAnswer(settings=field["settings"], widget=widget, **common)

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        return {"": str(sample_step(field["settings"], rng))}

    def to_json(self, field: Field, value: Any) -> Any:
        return value

    def display(self, field: Field, stored: Any) -> str:
        return shown_step(field["settings"], stored)

    def columns(self, field: Field) -> list[Column]:
        return scale_columns(field["id"], field["label"], field["settings"])

    def cells(self, field: Field, stored: Any) -> list[Any]:
        return scale_cells(field["settings"], stored)

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "distribution", "mean", "range")

    def expression_value(self, field: Field, stored: Any) -> Any:
        return number_in(stored)

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": f"select_one {field['name']}", "appearance": "likert"}

    def redact(self, field: Field, stored: Any) -> Any:
        return stored


def sample_step(settings: Mapping[str, Any], rng: Random) -> Any:
    """A step of the scale."""
    steps: Sequence[Mapping[str, Any]] = settings["steps"]
    return rng.choice(steps)["value"]


class ZeroToTen(Scale):
    """A number from 0 to 10."""

    name = "zero_to_ten"
    label = _("0–10")
    icon = "rotate"
    example = Example(
        settings={"label": "Hur troligt är det att du rekommenderar insatsen?", "lowest": "Inte alls", "highest": "Ja"},
        data={"": "10"},
        stored=10,
        display="10 – Ja",
        cells=[10],
        wrong=[{"": "11"}, {"": "-1"}, {"": "tio"}, {"": "unknown"}],
    )

    class Settings(QuestionBlock):
        """What the ends are called, and “do not know”."""

        lowest = CharBlock(label=_("0 means"), required=False, max_length=100)
        highest = CharBlock(label=_("10 means"), required=False, max_length=100)
        unknown_label = CharBlock(label=_("“Do not know”"), required=False, max_length=100)

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        ends = {0: value.get("lowest") or "", 10: value.get("highest") or ""}
        return {
            "steps": [{"value": number, "label": ends.get(number, "")} for number in range(11)],
            "numbers": True,
            "unknown_label": value.get("unknown_label") or "",
        }

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        return ()
