"""The plain functions: each takes values of fixed types, and gives missing when any of them is missing.

Functions with rules of their own (`if`, `default`, `sum` …) stand in the checker and the evaluator.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from .names import Type
from .values import EXACT, LIMIT, fitted

NUMBER, TEXT, DATE = Type.NUMBER, Type.TEXT, Type.DATE


@dataclass(frozen=True, slots=True)
class Function:
    """Types in, type out, and the work; the last `optional` parameters may be left out."""

    parameters: tuple[Type, ...]
    result: Type
    apply: Callable[..., Any]
    optional: int = 0


def round_half_away(number: Decimal, decimals: Decimal = Decimal(0)) -> Decimal | None:
    """Half away from zero (2.5 → 3, -2.5 → -3); `decimals` is whole, -10 … 10 (-3 gives thousands)."""
    places = whole(decimals)
    if places is None or not -10 <= places <= 10:
        return None
    return fitted(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, EXACT))


def whole(number: Decimal) -> int | None:
    """The number as an int, when it is whole."""
    return int(number) if number == number.to_integral_value() else None


def down(number: Decimal) -> Decimal | None:
    """The nearest whole number not above."""
    return fitted(number.to_integral_value(ROUND_FLOOR))


def up(number: Decimal) -> Decimal | None:
    """The nearest whole number not below."""
    return fitted(number.to_integral_value(ROUND_CEILING))


def days(start: date, end: date) -> Decimal:
    """Days from the first date to the second; negative when the second is earlier."""
    return Decimal((end - start).days)


def years(start: date, end: date) -> Decimal:
    """Whole years from the first date to the second; one born on 29 February grows older on 1 March."""
    if end < start:
        return -years(end, start)
    return Decimal(end.year - start.year - ((end.month, end.day) < (start.month, start.day)))


def add_days(start: date, number: Decimal) -> date | None:
    """The date so many days later; missing when the number is not whole or the year leaves 1 … 9999."""
    count = whole(number)
    if count is None or abs(count) > 4_000_000:
        return None
    try:
        return start + timedelta(days=count)
    except OverflowError:
        return None


def year(day: date) -> Decimal:
    """The year of the date."""
    return Decimal(day.year)


FUNCTIONS: Mapping[str, Function] = {
    "abs": Function((NUMBER,), NUMBER, Decimal.copy_abs),
    "add_days": Function((DATE, NUMBER), DATE, add_days),
    "ceil": Function((NUMBER,), NUMBER, up),
    "days": Function((DATE, DATE), NUMBER, days),
    "floor": Function((NUMBER,), NUMBER, down),
    "lower": Function((TEXT,), TEXT, str.lower),
    "round": Function((NUMBER, NUMBER), NUMBER, round_half_away, optional=1),
    "year": Function((DATE,), NUMBER, year),
    "years": Function((DATE, DATE), NUMBER, years),
}


def add(numbers: list[Decimal]) -> Decimal | None:
    """The exact sum; missing when it reaches 10²⁰."""
    total = Decimal(0)
    for number in numbers:
        total = EXACT.add(total, number)
    return total if -LIMIT < total < LIMIT else None


def multiply(left: Decimal, right: Decimal) -> Decimal | None:
    """The product in ten decimals, half away from zero."""
    return fitted(EXACT.multiply(left, right))


def divide(left: Decimal, right: Decimal) -> Decimal | None:
    """The quotient in ten decimals, half away from zero; missing when dividing by zero."""
    return fitted(EXACT.divide(left, right)) if right else None
