"""Values: how an answer is read by its type, how numbers stay exact, how a result is written as JSON.

A value is a str, Decimal, bool, date, tuple of str (choice keys), list of records (rows), or None: missing.
What does not fit its type is missing, so that no stored answer can make an evaluation fail.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from .names import MAX_ITEMS, MAX_ROWS, Type

# Every number is a whole count of 10⁻¹⁰ between ±10²⁰. A hundred digits hold any product or quotient of two
# such numbers so exactly that rounding it to ten decimals is the only rounding made.
UNIT = Decimal("1e-10")
LIMIT = Decimal("1e20")
EXACT = Context(prec=100, rounding=ROUND_HALF_UP, traps=[])

_COMMON_NUMBER = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,10})?")
_NUMBER = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def fitted(number: Decimal) -> Decimal | None:
    """The number in ten decimals, half away from zero; missing when it reaches 10²⁰ or is no number."""
    number = EXACT.quantize(number, UNIT)
    return number if number.is_finite() and -LIMIT < number < LIMIT else None


def read_number(value: object) -> Decimal | None:
    """A Decimal, a whole number, a plain numeral such as "-12.50", or a float by its shortest numeral."""
    if isinstance(value, str):
        if _COMMON_NUMBER.fullmatch(value):
            return Decimal(value)
        return fitted(Decimal(value)) if _NUMBER.fullmatch(value) else None
    if isinstance(value, Decimal):
        return fitted(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return fitted(Decimal(value)) if -(10**20) < value < 10**20 else None
    if isinstance(value, float):
        return fitted(Decimal(repr(value)))
    return None


def read_text(value: object) -> str | None:
    """A text that is not empty."""
    return value if isinstance(value, str) and value else None


def read_boolean(value: object) -> bool | None:
    """Only true and false themselves."""
    return value if isinstance(value, bool) else None


def read_date(value: object) -> date | None:
    """A date, or text as 2026-11-30."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if type(value) is date else None


def read_list(value: object) -> tuple[str, ...] | None:
    """The texts of a list; a list without any, or longer than MAX_ITEMS, is missing."""
    if not isinstance(value, list | tuple) or len(value) > MAX_ITEMS:
        return None
    return tuple(item for item in value if isinstance(item, str) and item) or None


def read_rows(value: object) -> list[Mapping[str, Any]] | None:
    """The rows with something in them: none when the table is missing, None when it has more than MAX_ROWS."""
    if not isinstance(value, list | tuple):
        return []
    if len(value) > MAX_ROWS:
        return None
    return [row for row in value if isinstance(row, Mapping) and any(_is_filled(cell) for cell in row.values())]


def _is_filled(cell: object) -> bool:
    return not (cell is None or cell == "" or cell == [] or cell == ())


READERS: Mapping[str, Callable[[object], Any]] = {
    Type.TEXT.value: read_text,
    Type.NUMBER.value: read_number,
    Type.BOOLEAN.value: read_boolean,
    Type.DATE.value: read_date,
    Type.LIST.value: read_list,
    Type.ROWS.value: read_rows,
}


def numeral(number: Decimal) -> str:
    """The number as digits without needless zeros: "12.5", "-3", "0"."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def tidy(value: Any) -> Any:
    """The value with a number in its shortest form, as it leaves an evaluation."""
    return Decimal(numeral(value)) if isinstance(value, Decimal) else value


def to_json(value: Any) -> Any:
    """A result as JSON holds it, the same as JavaScript gives: numbers and dates as text, missing as null."""
    if isinstance(value, Decimal):
        return numeral(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
