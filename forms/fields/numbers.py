"""Kinds that are answered by typing a number: whole numbers and money, exact and as Swedes type them."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from random import Random
from typing import Any, ClassVar

import django.forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BooleanBlock, CharBlock, DecimalBlock, IntegerBlock

from forms.expressions import Ast, Type
from forms.kinds import Problem

from .answer import AnswerField
from .base import Example, Field, FieldKind, QuestionBlock
from .bounds import Bound, Bounded, largest_from, smallest_from

NUMBERS = _("Numbers and dates")

# Twelve digits before the decimal sign: more than any sum of public money, and exact everywhere.
LARGEST = Decimal(10) ** 12
_TYPED = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_GROUPED = re.compile(r"[\s\u00a0\u202f']+")
_CURRENCY = re.compile(r"(kronor|kr\.?|sek|:-)$", re.IGNORECASE)


def read_number(text: str) -> Decimal:
    """The number somebody typed: "12 500,50", "12500.50", "−3", "1.250,00". Raises ValueError for anything else.

    The last of several different signs is the decimal sign. "12.500" and "12,500" are refused rather than guessed.
    """
    text = _GROUPED.sub("", text.strip()).replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
    if "," in text and "." in text:
        thousands = "." if text.rindex(",") > text.rindex(".") else ","
        text = text.replace(thousands, "")
    elif _AMBIGUOUS.fullmatch(text):
        raise ValueError(text)
    text = text.replace(",", ".")
    if len(text) > 100 or not _TYPED.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def as_typed(number: Decimal, decimals: int) -> str:
    """The number as people read and type it in the present language, "12 500,50"."""
    return formats.number_format(number, decimal_pos=decimals, use_l10n=True, force_grouping=True)


class AffixInput(django.forms.TextInput):
    """A text input with a unit after it, which is also said in the label's help."""

    template_name = "forms/widgets/affix.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, suffix: str = "") -> None:
        self.suffix = suffix
        super().__init__(attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "suffix": self.suffix}


def shown(stored: str) -> str:
    """The stored numeral as people read it, with the decimals it has."""
    number = Decimal(stored)
    exponent = number.normalize().as_tuple().exponent
    return as_typed(number, max(-exponent, 0) if isinstance(exponent, int) else 0)


TOO_SMALL = _("Write a number that is at least %(limit)s.")
TOO_LARGE = _("Write a number that is at most %(limit)s.")


class NumberAnswer(AnswerField):
    """A number with at most ``decimals`` decimals, between two limits."""

    group_class = "half"

    default_error_messages = {"required": _("Write a number.")}

    def __init__(
        self, *, decimals: int, smallest: Decimal | None, largest: Decimal | None, money: bool = False, **kwargs: Any
    ) -> None:
        self.decimals = decimals
        self.smallest = smallest
        self.largest = largest
        self.money = money
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        text = str(value).strip()
        if not text:
            return None
        if self.money:
            text = _CURRENCY.sub("", text)
        try:
            number = read_number(text)
        except ValueError as error:
            raise ValidationError(
                _("Write the amount with digits, thousands divided by spaces, like 12 500.")
                if self.money
                else _("Write the number with digits, thousands divided by spaces, like 12 500."),
                code="invalid",
            ) from error
        if abs(number) >= LARGEST:
            raise ValidationError(_("The number is too large. Check it."), code="too_large")
        rounded = round(number, self.decimals)
        if rounded != number:
            raise ValidationError(
                _("Write a whole number, without decimals. Thousands are divided by spaces, like 12 500.")
                if not self.decimals
                else _("Write at most %(count)s decimals. Thousands are divided by spaces, like 12 500,50.")
                % {"count": self.decimals},
                code="decimals",
            )
        return rounded + 0  # there is no other zero than 0

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        if self.smallest is not None and value < self.smallest:
            raise ValidationError(TOO_SMALL % {"limit": as_typed(self.smallest, self.decimals)}, code="too_small")
        if self.largest is not None and value > self.largest:
            raise ValidationError(TOO_LARGE % {"limit": as_typed(self.largest, self.decimals)}, code="too_large")

    def prepare_value(self, value: Any) -> Any:
        return as_typed(Decimal(value), self.decimals) if isinstance(value, Decimal | int) else value


def limit_problem(settings: Mapping[str, Any], context: Any, smallest: str, largest: str) -> Iterable[Problem]:
    """Limits that no answer can meet."""
    low, high = settings.get(smallest), settings.get(largest)
    if low is not None and high is not None and low > high:
        yield Problem(
            "limits_crossed",
            _("The smallest value allowed is larger than the largest. Exchange them, or leave one empty."),
            context.block_id,
            setting=smallest,
        )


def plain(number: Any) -> str | None:
    """A number as a version keeps it: its digits, without exponent."""
    return None if number is None else format(Decimal(number), "f")


def number_of(stored: str | int | None) -> Decimal | None:
    """A kept number, exact."""
    return None if stored is None else Decimal(stored)


def numeral_cells(kind: FieldKind, field: Field, stored: Any) -> list[Any]:
    """The cells of a kind that stores its number as text: that number. Exports write such a text as it stands."""
    return [number_of(stored)]


def sample_number(rng: Random, smallest: Any, largest: Any, decimals: int, usual: int) -> str:
    """A number within the limits, as somebody types it; up to ``usual`` above the smallest where there is room."""
    low = number_of(smallest)
    high = number_of(largest)
    if low is None:
        low = min(Decimal(0), high - usual) if high is not None else Decimal(0)
    high = min(low + usual, high) if high is not None else low + usual
    step = Decimal(1).scaleb(-decimals)
    steps = max(int((high - low) / step), 0)
    number = -((-low) // step) * step + rng.randint(0, steps) * step
    return as_typed(min(number, high), decimals)


class BoundedNumber(Bounded):
    """What kinds that are answered with a number share: their limits."""

    type = Type.NUMBER
    bounds: ClassVar = {"smallest": Bound(">=", TOO_SMALL), "largest": Bound("<=", TOO_LARGE)}

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        return limit_problem(settings, context, "smallest", "largest")

    def reachable(self, limit: Ast, side: str, value: Mapping[str, Any]) -> Ast:
        # Rounded inwards in the tree itself, so that Python and JavaScript name the same limit.
        if limit[0] in ("name", "number"):
            return limit
        unit = ("number", str(10 ** self.compile(value, None).get("decimals", 0)))
        inwards = "ceil" if side == "smallest" else "floor"
        return ("/", (inwards, ("*", limit, unit)), unit) if unit[1] != "1" else (inwards, limit)

    def in_order(self, stored: Any) -> Any:
        return Decimal(stored)

    def limit_text(self, limit: Any) -> str:
        return shown(limit)


class WholeNumber(BoundedNumber):
    """A whole number."""

    name = "whole_number"
    label = _("Whole number")
    icon = "order"
    group = NUMBERS
    column_type = "number"
    example = Example(
        settings={"label": "Deltagare", "smallest": 0, "largest": 5000},
        data={"": "1 250"},
        stored=1250,
        display="1\xa0250",
        cells=[1250],
        wrong=[{"": "12,5"}, {"": "-1"}, {"": "5001"}, {"": "många"}, {"": "1e3"}, {"": "٣"}],
    )

    class Settings(QuestionBlock):
        """A whole number: its limits."""

        smallest = IntegerBlock(label=_("Smallest"), required=False, default=0)
        largest = IntegerBlock(label=_("Largest"), required=False)
        smallest_from = smallest_from()
        largest_from = largest_from()
        unit = CharBlock(label=_("Unit"), required=False, max_length=20, help_text=_("Shown after the number."))

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {"smallest": value.get("smallest"), "largest": value.get("largest"), "unit": value.get("unit") or ""}

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        settings = field["settings"]
        return NumberAnswer(
            decimals=0,
            smallest=number_of(settings["smallest"]),
            largest=number_of(settings["largest"]),
            widget=AffixInput({"inputmode": "numeric", "autocomplete": "off"}, suffix=settings["unit"]),
            **self.common(field, required),
        )

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        settings = field["settings"]
        return {"": sample_number(rng, settings["smallest"], settings["largest"], 0, 50)}

    def to_json(self, field: Field, value: Any) -> Any:
        return None if value is None else int(value)

    def display(self, field: Field, stored: Any) -> str:
        if stored is None:
            return ""
        text = as_typed(Decimal(stored), 0)
        return f"{text}\xa0{field['settings']['unit']}" if field["settings"].get("unit") else text

    def cells(self, field: Field, stored: Any) -> list[Any]:
        return [stored]

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "sum", "mean", "range")

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "integer"}


class Money(BoundedNumber):
    """An amount in Swedish kronor, exact; stored as text with its decimals, "12500" or "12500.50"."""

    name = "money"
    label = _("Money (kr)")
    icon = "tag"
    group = NUMBERS
    column_type = "money"
    example = Example(
        settings={"label": "Sökt belopp", "ore": True},
        data={"": "12 500,50 kr"},
        stored="12500.50",
        display="12\xa0500,50\xa0kr",
        cells=[Decimal("12500.50")],
        wrong=[{"": "12,505"}, {"": "-1"}, {"": "gratis"}, {"": "1000000000000"}, {"": "NaN"}, {"": "Infinity"}],
    )

    class Settings(QuestionBlock):
        """An amount: its limits, and whether öre are counted."""

        smallest = DecimalBlock(label=_("Smallest amount"), required=False, default=0, decimal_places=2)
        largest = DecimalBlock(label=_("Largest amount"), required=False, decimal_places=2)
        smallest_from = smallest_from()
        largest_from = largest_from()
        ore = BooleanBlock(label=_("With öre"), required=False)

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {
            "smallest": plain(value.get("smallest")),
            "largest": plain(value.get("largest")),
            "decimals": 2 if value.get("ore") else 0,
        }

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        return self._answer(field, required, suffix="kr")

    def cell_field(self, field: Field) -> django.forms.Field:
        return self._answer(field, None, suffix="")

    def _answer(self, field: Field, required: bool | None, suffix: str) -> AnswerField:
        settings = field["settings"]
        inputmode = "decimal" if settings["decimals"] else "numeric"
        return NumberAnswer(
            decimals=settings["decimals"],
            smallest=number_of(settings["smallest"]),
            largest=number_of(settings["largest"]),
            money=True,
            widget=AffixInput({"inputmode": inputmode, "autocomplete": "off"}, suffix=suffix),
            **self.common(field, required),
        )

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        settings = field["settings"]
        return {"": sample_number(rng, settings["smallest"], settings["largest"], settings["decimals"], 90_000)}

    def to_json(self, field: Field, value: Any) -> Any:
        return None if value is None else f"{value:.{field['settings']['decimals']}f}"

    def from_json(self, field: Field, stored: Any) -> Any:
        return number_of(stored)

    def display(self, field: Field, stored: Any) -> str:
        if stored is None:
            return ""
        return f"{as_typed(Decimal(stored), field['settings']['decimals'])}\xa0kr"

    cells = numeral_cells

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "sum", "mean", "range")

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "decimal"}
