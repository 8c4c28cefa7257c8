"""Kinds that are answered by typing text: short and long."""

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import django.forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from stdnum.se import postnummer
from wagtail.blocks import ChoiceBlock, IntegerBlock

from forms.expressions import Type

from .answer import AnswerField
from .base import Example, Field, FieldKind, QuestionBlock, paragraphs
from .text_cleaning import clean_line, clean_text

WRITING = _("Writing")
CONTACT = _("Contact details")

SHORT_LIMIT = 1000
LONG_LIMIT = 20_000


class TextAnswer(AnswerField):
    """Cleaned text of a limited length."""

    def __init__(self, *, max_length: int, clean: Callable[[object], str] = clean_line, **kwargs: Any) -> None:
        self.max_length = max_length
        self.cleaner = clean
        kwargs.setdefault("widget", django.forms.TextInput())
        super().__init__(**kwargs)

    default_error_messages = {"required": _("Write an answer.")}

    def to_python(self, value: Any) -> str:
        return "" if value is None else self.cleaner(value)

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.max_length:
            raise ValidationError(
                _("Shorten the answer: at most %(limit)s characters fit, and this has %(length)s.")
                % {"limit": self.max_length, "length": len(value)},
                code="too_long",
            )


class ShapedAnswer(TextAnswer):
    """Text of a certain shape: ``shape`` gives it as it is stored, or raises ValueError."""

    def __init__(self, *, shape: Callable[[str], str], message: Any, **kwargs: Any) -> None:
        self.shape = shape
        self.message = message
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return text
        try:
            return self.shape(text)
        except ValueError as error:
            raise ValidationError(self.own_error or self.message, code="invalid") from error


def postcode(text: str) -> str:
    """A Swedish postcode as "571 31". Raises ValueError for anything else."""
    if not postnummer.is_valid(text):
        raise ValueError(text)
    return postnummer.format(text)


def web_address(text: str) -> str:
    """A web address with its scheme, https where none was written. Raises ValueError for anything else."""
    address = text if "://" in text else f"https://{text}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError as error:
        raise ValueError(text) from error
    return address


def _digits(text: str) -> str:
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]+", digits):
        raise ValueError(text)
    return digits


SAMPLE_WORDS = (
    "samverkan mellan parterna ger deltagarna ett sammanhållet stöd nära arbete och studier under hela insatsen "
    "med tydliga mål gemensam uppföljning och lärande i vardagen"
)
"""What sample answers are made of."""


def sample_text(rng: Random, longest: int, words: int) -> str:
    """Some words that fit in so many characters."""
    known = SAMPLE_WORDS.split()
    start = rng.randrange(len(known))
    chosen = [known[(start + number) % len(known)] for number in range(max(words, 1))]
    return " ".join(chosen)[:longest].strip().capitalize()


PATTERNS: dict[str, tuple[Callable[[str], str], Any, str]] = {
    "postcode": (postcode, _("Write a postcode of five digits, like 571 31."), "numeric"),
    "web": (web_address, _("Write a web address, like https://www.example.se."), "url"),
    "digits": (_digits, _("Write digits only."), "numeric"),
}


class ShortText(FieldKind):
    """A line of text."""

    name = "short_text"
    label = _("Short text")
    icon = "pilcrow"
    group = WRITING
    type = Type.TEXT
    example = Example(
        settings={"label": "Titel", "max_length": 20},
        data={"": "  Samverkan\x07 på  plats "},
        stored="Samverkan på plats",
        display="Samverkan på plats",
        cells=["Samverkan på plats"],
        wrong=[{"": "x" * 21}],
    )

    class Settings(QuestionBlock):
        """A line: how long, and of which shape."""

        max_length = IntegerBlock(label=_("Longest answer"), default=200, min_value=1, max_value=SHORT_LIMIT)
        pattern = ChoiceBlock(
            label=_("Must be"),
            required=False,
            choices=[("postcode", _("a postcode")), ("web", _("a web address")), ("digits", _("digits only"))],
        )
        autocomplete = ChoiceBlock(
            label=_("The browser may fill in"),
            required=False,
            choices=[
                ("name", _("the person's own name")),
                ("organization-title", _("the person's own title")),
                ("organization", _("the person's own organisation")),
                ("street-address", _("the person's own street address")),
                ("postal-code", _("the person's own postcode")),
                ("address-level2", _("the person's own town")),
            ],
        )

        FOLDED = (*QuestionBlock.FOLDED, "autocomplete")

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {
            "max_length": value.get("max_length") or 200,
            "pattern": value.get("pattern") or "",
            "autocomplete": value.get("autocomplete") or "",
        }

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        settings = field["settings"]
        attrs = {"maxlength": settings["max_length"]}
        if settings["autocomplete"]:
            attrs["autocomplete"] = settings["autocomplete"]
        common = {**self.common(field, required), "max_length": settings["max_length"]}
        if settings["pattern"] in PATTERNS:
            shape, message, inputmode = PATTERNS[settings["pattern"]]
            # A shaped answer may be typed with spaces that are not counted in the end.
            widget = django.forms.TextInput({**attrs, "maxlength": SHORT_LIMIT, "inputmode": inputmode})
            return ShapedAnswer(shape=shape, message=message, widget=widget, **common)
        return TextAnswer(widget=django.forms.TextInput(attrs), **common)

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        settings = field["settings"]
        shaped = {"postcode": "571 31", "web": "https://www.example.se", "digits": str(rng.randint(1, 9))}
        named = {"name": "Prov Provsson", "organization": "Provkommunen", "address-level2": "Eksjö"}
        text = shaped.get(settings["pattern"]) or named.get(settings["autocomplete"])
        return {"": (text or sample_text(rng, settings["max_length"], 4))[: settings["max_length"]]}

    def display_html(self, field: Field, stored: Any) -> SafeString:
        if stored and field["settings"]["pattern"] == "web":
            return format_html('<a href="{}" rel="nofollow noopener">{}</a>', stored, stored)
        return super().display_html(field, stored)

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "text", "constraint": f"string-length(.) <= {field['settings']['max_length']}"}


class LongAnswer(TextAnswer):
    """Text of several lines, of limited length and number of words."""

    def __init__(self, *, max_words: int | None, **kwargs: Any) -> None:
        self.max_words = max_words
        super().__init__(clean=clean_text, **kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        words = len(value.split())
        if self.max_words and words > self.max_words:
            raise ValidationError(
                _("Shorten the answer: at most %(limit)s words, and this has %(count)s.")
                % {"limit": self.max_words, "count": words},
                code="too_many_words",
            )


class CountedInput(django.forms.Textarea):
    """A text area that says below how much fits; a script may count along."""

    template_name = "forms/widgets/counted.html"

    def __init__(self, attrs: dict[str, Any], *, max_length: int, max_words: int | None) -> None:
        self.max_length = max_length
        self.max_words = max_words
        super().__init__(attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        own = context["widget"]["attrs"]
        context["count_id"] = f"{own.get('id') or name}_count"
        context.update({"max_length": self.max_length, "max_words": self.max_words})
        described = [own.get("aria-describedby"), context["count_id"]]
        own["aria-describedby"] = " ".join(filter(None, described))
        return context


class LongText(FieldKind):
    """Text of several lines."""

    name = "long_text"
    label = _("Long text")
    icon = "doc-full"
    group = WRITING
    type = Type.TEXT
    example = Example(
        settings={"label": "Bakgrund", "max_words": 5, "rows": 4},
        data={"": "Två\r\nrader\x00 text"},
        stored="Två\nrader text",
        display="Två\nrader text",
        cells=["Två\nrader text"],
        wrong=[{"": "ett två tre fyra fem sex"}],
    )

    class Settings(QuestionBlock):
        """Several lines: how long, in characters and words."""

        max_length = IntegerBlock(
            label=_("Longest answer in characters"), default=4000, min_value=1, max_value=LONG_LIMIT
        )
        max_words = IntegerBlock(label=_("Longest answer in words"), required=False, min_value=1)
        rows = IntegerBlock(label=_("Lines shown"), default=6, min_value=2, max_value=30)

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {
            "max_length": value.get("max_length") or 4000,
            "max_words": value.get("max_words"),
            "rows": value.get("rows") or 6,
        }

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        settings = field["settings"]
        # Without maxlength: a browser would cut off what is pasted, and say nothing.
        limits = {"max_length": settings["max_length"], "max_words": settings["max_words"]}
        widget = CountedInput({"rows": settings["rows"]}, **limits)
        return LongAnswer(
            widget=widget,
            **limits,
            **self.common(field, required),
        )

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        settings = field["settings"]
        words = min(settings["max_words"] or 30, rng.randint(12, 30))
        return {"": sample_text(rng, settings["max_length"], words)}

    def cell_field(self, field: Field) -> django.forms.Field:
        return TextAnswer(max_length=field["settings"]["max_length"], **self.common(field, None))

    def display_html(self, field: Field, stored: Any) -> SafeString:
        return paragraphs(stored or "")

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "text", "appearance": "multiline"}
