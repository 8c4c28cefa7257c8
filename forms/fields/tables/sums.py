"""Sums down and along a table, exact to the last decimal, and how they are written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from forms.fields.base import Field

from .columns import is_calculated, is_summed, kind_of_column

Row = Mapping[str, Any]
_ZERO = re.compile(r"0(?:[.,](0+))?")


def column_sum(column: Field, rows: Iterable[Row]) -> Decimal:
    """The sum of a column's stored values, empty cells left out."""
    return _added(row.get(column["id"]) for row in rows)


def row_sum(columns: Iterable[Field], row: Row) -> Decimal:
    """The sum along a row's stored values, empty cells left out."""
    return _added(row.get(column["id"]) for column in columns)


def table_sum(columns: Sequence[Field], rows: Iterable[Row]) -> Decimal:
    """The sum of all the row sums."""
    return _added(row.get(column["id"]) for row in rows for column in columns)


def _added(stored: Iterable[Any]) -> Decimal:
    total = Decimal(0)
    for value in stored:
        if value is not None:
            total += Decimal(value)  # 28 digits hold a hundred rows of the largest numbers
    return total


def summed_along(settings: Mapping[str, Any]) -> list[Field]:
    """The columns that a row's sum adds; none when row sums are not shown."""
    if not settings["row_sums"]:
        return []
    chosen = settings.get("row_sum_of")  # versions from before it was kept add every number
    return [
        column for column in settings["columns"] if is_summed(column) and (chosen is None or column["id"] in chosen)
    ]


def choose_summed(columns: Sequence[Field]) -> list[str]:
    """The ids of what a row's sum adds: its amounts of money, else the numbers of the first sort, never mixed."""
    typed = [column for column in columns if is_summed(column) and not is_calculated(column)]
    first = next((c for c in typed if kind_of_column(c).column_type == "money"), typed[0] if typed else None)
    return [column["id"] for column in typed if first is not None and column["kind"] == first["kind"]]


def zero_of(column: Field) -> tuple[int, str]:
    """How the column's kind writes a number: the fewest decimals, and what stands after it ("kr", "%")."""
    kind = kind_of_column(column)
    text = kind.display(column, kind.to_json(column, Decimal(0)))
    found = _ZERO.match(text)
    return (len(found[1] or ""), text[found.end() :].strip()) if found else (0, "")


def finest(columns: Sequence[Field]) -> Field:
    """The column by which a sum of them is written: the one with most decimals."""
    return max(columns, key=lambda column: column["settings"].get("decimals") or 0)


def sum_text(columns: Sequence[Field], amount: Decimal) -> str:
    """A sum of these columns as people read it."""
    if not columns:
        return ""
    column = finest(columns)
    kind = kind_of_column(column)
    return kind.display(column, kind.to_json(column, amount))
