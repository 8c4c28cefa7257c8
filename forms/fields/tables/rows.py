"""The rows of a table: as they are typed and posted, as they are stored, and the ones that staff have given."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from forms.fields.base import Field

ROWS_LIMIT = 100
READ_LIMIT = 10_000
"""Posted rows that are looked at, so that those that do not fit can be shown; no request holds as many."""

Row = Mapping[str, Any]


class TypedRows(list[dict[str, str]]):
    """What was typed, row by row, and the filled-in rows that came beyond those that fit."""

    def __init__(self) -> None:
        super().__init__()
        self.left_out: list[dict[str, str]] = []


def given_keys(settings: Mapping[str, Any]) -> list[str]:
    """The options of the first column that each have a row from the start; none unless staff chose that."""
    if not settings.get("given_rows") or not settings["columns"]:
        return []
    return [choice["key"] for choice in settings["columns"][0]["settings"].get("choices", ())]


def row_title(settings: Mapping[str, Any], place: int) -> str:
    """What a row is called on the page: its option, or its number."""
    given = given_keys(settings)
    if place < len(given):
        return settings["columns"][0]["settings"]["choices"][place]["label"]
    return gettext("Row %(number)s") % {"number": place + 1}


def is_blank(row: Row, but: str = "") -> bool:
    """Is nothing typed in the row, but for the cell that was given?"""
    return not any(str(cell or "").strip() for key, cell in row.items() if key != but)


def with_place(settings: Mapping[str, Any], stored: Iterable[Row]) -> list[tuple[int, Row]]:
    """The stored rows with the places they have on the page: given rows where they stand, others after them."""
    given = given_keys(settings)
    if not given:
        return list(enumerate(stored))
    first = settings["columns"][0]["id"]
    placed: dict[int, Row] = {}
    others = []
    for row in stored:
        place = given.index(row[first]) if row.get(first) in given else -1
        if place < 0 or place in placed:
            others.append(row)
        else:
            placed[place] = row
    return [*sorted(placed.items()), *enumerate(others, start=len(given))]


def read_rows(field: Field, asked: Sequence[Field], data: Mapping[str, Any], name: str) -> TypedRows:
    """The rows that were posted, after the button that was pressed has done its work on them."""
    settings = field["settings"]
    given = given_keys(settings)
    first = settings["columns"][0]["id"] if settings["columns"] else ""
    most = settings["max_rows"]
    count = max(_whole(data.get(f"{name}-count")), len(given) if f"{name}-count" in data else 0)
    rows = TypedRows()
    for place in range(min(count, READ_LIMIT)):
        row = {column["id"]: str(data.get(f"{name}-{place}-{column['name']}", "") or "") for column in asked}
        if place < len(given):
            row[first] = given[place]
        if place < min(most, ROWS_LIMIT):
            rows.append(row)
        elif not is_blank(row):
            rows.left_out.append(row)
    _press(rows, data, name, len(given))
    _gather(rows, len(given))
    if data.get("add-row") == name and len(rows) < most:
        rows.append({column["id"]: "" for column in asked})
    return rows


def _press(rows: list[dict[str, str]], data: Mapping[str, Any], name: str, given: int) -> None:
    """Remove or move the row whose button was pressed; rows that staff have given stay where they are."""
    removed = _pressed(data.get("remove-row"), name)
    if given <= removed < len(rows):
        del rows[removed]
    place, _dash, direction = str(data.get("move-row") or "").rpartition("-")
    moved = _pressed(place, name)
    other = moved + {"up": -1, "down": 1}.get(direction, 0)
    if given <= min(moved, other) and max(moved, other) < len(rows):
        rows[moved], rows[other] = rows[other], rows[moved]


def _gather(rows: list[dict[str, str]], given: int) -> None:
    """Filled-in rows before empty ones, so that a row has the same number here as when it is stored."""
    rows[given:] = sorted(rows[given:], key=is_blank)


def _pressed(value: Any, name: str) -> int:
    """The row in "<name>-<row>", -1 for anything else."""
    text = str(value or "")
    start = f"{name}-"
    return _whole(text[len(start) :], -1) if text.startswith(start) else -1


def _whole(text: Any, otherwise: int = 0) -> int:
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else otherwise


def typed_rows(settings: Mapping[str, Any], stored: Iterable[Row], asked: Sequence[Field]) -> list[dict[str, Any]]:
    """Places for all rows that have been given, each with what is stored in it, and the others after them."""
    given = given_keys(settings)
    placed = dict(with_place(settings, stored))
    first = settings["columns"][0]["id"] if settings["columns"] else ""
    rows = []
    for place in range(max([*placed, len(given) - 1], default=-1) + 1):
        row = {column["id"]: placed.get(place, {}).get(column["id"]) for column in asked}
        if place < len(given):
            row[first] = given[place]
        rows.append(row)
    return rows
