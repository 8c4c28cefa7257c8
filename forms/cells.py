"""One value made fit for one cell: nothing raises, nothing comes alive, nothing is cut without being said."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

REPLACEMENT = "\ufffd"
LONGEST = 32_767  # UTF-16 units that a spreadsheet cell holds
FORMULA = ("=", "+", "-", "@", "\t", "\r")
EXACT_DIGITS = 15
FIRST_YEAR = 1900

CONTROL = bytes(sorted({*range(32)} - {9, 10, 13}))

# What XML 1.0 cannot hold, and the code points that are no characters.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Numerals(list[str | None]):
    """A column of numbers as they are written: digits, a sign and a point; None for nothing."""


class Ready(list[str | None]):
    """A column of cells that a writer has made ready; None for nothing."""


def is_clean(text: str, unwanted: bytes = CONTROL) -> bool:
    """Has it only what a file can hold, and none of the unwanted? Looked for among bytes: ten times as fast."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return False
    return (
        len(data.translate(None, unwanted)) == len(data) and b"\xef\xbf\xbe" not in data and b"\xef\xbf\xbf" not in data
    )


def clean_cell(value: Any) -> tuple[Any, bool]:
    """The value as a spreadsheet can hold it, and whether anything in it had to be replaced. Never raises.

    Text comes back without characters that break a workbook; numbers too long for a spreadsheet, dates before 1900 and
    anything unknown come back as text.
    """
    if value is None or isinstance(value, bool):
        return value, False
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        cleaned = _ILLEGAL.sub(REPLACEMENT, text)
        return cleaned, cleaned != text
    if isinstance(value, int):
        return (value, False) if len(str(abs(value))) <= EXACT_DIGITS else (str(value), False)
    if isinstance(value, Decimal):
        if not value.is_finite():
            return str(value), True
        plain = format(value, "f")
        return (
            (value, False)
            if len(plain) <= EXACT_DIGITS or sum(map(str.isdigit, plain)) <= EXACT_DIGITS
            else (plain, False)
        )
    if isinstance(value, datetime):
        local = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
        return (local.replace(microsecond=0), False) if local.year >= FIRST_YEAR else (local.isoformat(" "), False)
    if isinstance(value, date):
        return (value, False) if value.year >= FIRST_YEAR else (value.isoformat(), False)
    try:
        return clean_cell(str(value))
    except Exception:  # a value whose own text fails is still no reason to lose the file
        return REPLACEMENT, True


def moments(column: Sequence[Any]) -> list[datetime | None] | None:
    """A column of moments by our clocks; None where one lies before the days that spreadsheets know."""
    zone = timezone.get_current_timezone()
    found = [value and (value.astimezone(zone) if value.tzinfo else value) for value in column]
    return found if min(value.year for value in found if value) > FIRST_YEAR else None


def split_text(text: str, longest: int = LONGEST) -> list[str]:
    """The text in pieces that each fit a cell; nearly always one."""
    if len(text) <= longest // 2:
        return [text]
    pieces, start, units = [], 0, 0
    for position, character in enumerate(text):
        width = 2 if ord(character) > 0xFFFF else 1
        if units + width > longest:
            pieces.append(text[start:position])
            start, units = position, 0
        units += width
    return [*pieces, text[start:]]


def guard_formula(text: str) -> str:
    """Text for a CSV file that people open: what a spreadsheet would run is made text by a quote before it."""
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA[:4]) else text
