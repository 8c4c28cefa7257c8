"""Kinds that are answered by typing a number with decimals: decimals and percent, exact."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any, ClassVar

import django.forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, DecimalBlock, IntegerBlock

from .answer import AnswerField
from .base import Example, Field, QuestionBlock
from .bounds import largest_from, smallest_from
from .numbers import (
    NUMBERS,
    AffixInput,
    BoundedNumber,
    NumberAnswer,
    number_of,
    numeral_cells,
    plain,
    sample_number,
    shown,
)

MOST_DECIMALS = 6


class DecimalAnswer(NumberAnswer):
    """A number with decimals; shown again with as many as it has."""

    def prepare_value(self, value: Any) -> Any:
        return shown(str(value)) if isinstance(value, Decimal) else value


class DecimalNumber(BoundedNumber):
    """A number with decimals, exact; stored as text, "12.5"."""

    name = "decimal"
    label = _("Decimal number")
    icon = "decimal"
    group = NUMBERS
    column_type = "number"
    answer = DecimalAnswer
    unit: ClassVar[str] = ""
    example = Example(
        settings={"label": "Heltidstjänster", "smallest": "0", "largest": "20", "decimals": 2, "unit": "tjänster"},
        data={"": "1,50"},
        stored="1.5",
        display="1,5\xa0tjänster",
        cells=[Decimal("1.5")],
        wrong=[{"": "1,505"}, {"": "-1"}, {"": "20,01"}, {"": "en halv"}, {"": "NaN"}],
    )

    class Settings(QuestionBlock):
        """A number with decimals: its limits, how many decimals, and its unit."""

        smallest = DecimalBlock(label=_("Smallest"), required=False, decimal_places=MOST_DECIMALS)
        largest = DecimalBlock(label=_("Largest"), required=False, decimal_places=MOST_DECIMALS)
        smallest_from = smallest_from()
        largest_from = largest_from()
        decimals = IntegerBlock(label=_("Most decimals"), default=2, min_value=1, max_value=MOST_DECIMALS)
        unit = CharBlock(label=_("Unit"), required=False, max_length=20, help_text=_("Shown after the number."))

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {
            "smallest": plain(value.get("smallest")),
            "largest": plain(value.get("largest")),
            "decimals": value.get("decimals") or 2,
            "unit": value.get("unit") or "",
        }

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        return self._answer(field, required, self.unit or field["settings"]["unit"])

    def cell_field(self, field: Field) -> django.forms.Field:
        return self._answer(field, None, "")

    def _answer(self, field: Field, required: bool | None, suffix: str) -> AnswerField:
        settings = field["settings"]
        return self.answer(
            decimals=settings["decimals"],
            smallest=number_of(settings["smallest"]),
            largest=number_of(settings["largest"]),
            widget=AffixInput({"inputmode": "decimal", "autocomplete": "off"}, suffix=suffix),
            **self.common(field, required),
        )

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        settings = field["settings"]
        return {"": sample_number(rng, settings["smallest"], settings["largest"], settings["decimals"], 20)}

    def to_json(self, field: Field, value: Any) -> Any:
        return None if value is None else format(value.normalize() + 0, "f")

    def from_json(self, field: Field, stored: Any) -> Any:
        return number_of(stored)

    def display(self, field: Field, stored: Any) -> str:
        if stored is None:
            return ""
        unit = self.unit or field["settings"]["unit"]
        return f"{shown(stored)}\xa0{unit}" if unit else shown(stored)

    cells = numeral_cells

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "sum", "mean", "range")

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "decimal"}


class PercentAnswer(DecimalAnswer):
    """A share in percent; the sign may be typed too."""

    def clean(self, value: Any) -> Any:
        return super().clean(value.strip().removesuffix("%") if isinstance(value, str) else value)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value < 0:
            raise ValidationError(_("Write a share that is not below 0 percent."), code="too_small")


class Percent(DecimalNumber):
    """A share in percent: 25 is stored for 25 %."""

    name = "percent"
    label = _("Percent")
    icon = "percent"
    unit = "%"
    answer = PercentAnswer
    example = Example(
        settings={"label": "Egen andel", "largest": "100", "decimals": 1},
        data={"": "12,5 %"},
        stored="12.5",
        display="12,5\xa0%",
        cells=[Decimal("12.5")],
        wrong=[{"": "100,1"}, {"": "-1"}, {"": "12,55"}, {"": "hälften"}],
    )

    class Settings(QuestionBlock):
        """A share: its limits."""

        smallest = DecimalBlock(label=_("Smallest"), required=False, default=0, min_value=0, decimal_places=2)
        largest = DecimalBlock(label=_("Largest"), required=False, default=100, decimal_places=2)
        smallest_from = smallest_from()
        largest_from = largest_from()
        decimals = IntegerBlock(label=_("Most decimals"), default=0, min_value=0, max_value=2)

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {**super().compile(value, context), "decimals": value.get("decimals") or 0}

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        settings = field["settings"]
        return {"": sample_number(rng, settings["smallest"] or "0", settings["largest"], settings["decimals"], 40)}

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "mean", "range")
