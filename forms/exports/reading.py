"""How the answer to one question becomes cells: as its kind says, asked no oftener than needed."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from forms.cells import EXACT_DIGITS, Numerals, Ready
from forms.fields import FieldKind
from forms.fields.numbers import numeral_cells
from forms.runtime import Question

MOST_KEPT = 2_000  # different answers to one question whose cells are remembered
_NUMERALS = re.compile(r"(?:-?[0-9]{1,14}(?:\.[0-9]{1,13})?\n)*")

Read = Callable[[Sequence[Any]], Sequence[Sequence[Any]]]


def reader(question: Question, *, keys: bool, ready: Callable[[Any], str]) -> Read:
    """What turns the stored answers of many submissions into the columns of the question.

    Text that is its own cell goes through as it is, and so do numbers kept as text (`Numerals`); all else becomes
    `Ready`, each answer asked for and made ready once.
    """
    own = type(question.kind)
    if own.columns is FieldKind.columns:
        if own.cells is FieldKind.cells and own.display is FieldKind.display:
            return lambda stored: (stored,)
        if own.cells is numeral_cells:
            others = Remembered(question, keys=keys, ready=ready)
            return lambda stored: (Numerals(stored),) if _are_numerals(stored) else others.columns(stored)
    return Remembered(question, keys=keys, ready=ready).columns


def _are_numerals(stored: Sequence[Any]) -> bool:
    """Are they, as they stand, numbers that a spreadsheet holds exactly?"""
    texts = [text for text in stored if text is not None]
    try:
        lines = "\n".join(texts) + "\n"
    except TypeError:
        return False
    return max(map(len, texts), default=0) <= EXACT_DIGITS and _NUMERALS.fullmatch(lines) is not None


class Remembered:
    """Columns of one question; each of its answers is asked of the kind and made ready once."""

    def __init__(self, question: Question, *, keys: bool, ready: Callable[[Any], str]) -> None:
        self.field = with_keys(question.field) if keys else question.field
        self.cells = question.kind.cells
        self.ready = ready
        # For each column the cells by the answer as a key; every answer is in all of them or in none.
        self.known: list[dict[Any, str | None]] = [{} for _column in question.kind.columns(question.field)]

    def columns(self, stored: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """The columns of these answers."""
        keys = [tuple(answer) if type(answer) is list else answer for answer in stored]
        try:
            new = set(keys).difference(self.known[0])
        except TypeError:  # answers of several parts
            keys = list(range(len(stored)))
            return self._columns(keys, dict(zip(keys, stored, strict=True)), [{} for _column in self.known])
        asked = {key: list(key) if type(key) is tuple else key for key in new}
        if len(self.known[0]) + len(asked) > MOST_KEPT:
            self.known = [{} for _column in self.known]
            asked = {key: list(key) if type(key) is tuple else key for key in set(keys)}
        return self._columns(keys, asked, self.known)

    def _columns(
        self, keys: Sequence[Any], asked: Mapping[Any, Any], known: list[dict[Any, str | None]]
    ) -> Sequence[Sequence[Any]]:
        """The cells of the keys, when those that are asked have become known."""
        for key, stored in asked.items():
            cells = [None] * len(known) if stored is None else self.cells(self.field, stored)
            for column, cell in zip(known, cells, strict=True):
                column[key] = None if cell is None else self.ready(cell)
        return [Ready(map(column.__getitem__, keys)) for column in known]


def with_keys(field: Mapping[str, Any]) -> dict[str, Any]:
    """The question with the stable key of every option in place of its label."""
    return {**field, "settings": _with_keys(field["settings"])}


def _with_keys(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_keys(item) for item in value]
    if isinstance(value, dict):
        found = {name: _with_keys(item) for name, item in value.items()}
        if "key" in found and "label" in found:
            found["label"] = found["key"]
        for name in ("none", "other"):
            if found.get(f"{name}_label"):
                found[f"{name}_label"] = name
        return found
    return value


def options(field: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Everything that can be chosen, by its key: options, rows of a matrix, options of a table's columns."""
    found: dict[str, str] = {}
    _collect(field["settings"], found)
    return list(found.items())


def _collect(value: Any, found: dict[str, str]) -> None:
    if isinstance(value, list):
        for item in value:
            _collect(item, found)
    elif isinstance(value, dict):
        if value.get("key") and "label" in value:
            found.setdefault(str(value["key"]), str(value["label"]))
        for item in value.values():
            if isinstance(item, list | dict):
                _collect(item, found)


def nested(question: Question, stored: Any, *, keys: bool) -> Any:
    """The answer as JSON holds it: one value, a list of rows, or the parts of an answer with several columns.

    With `keys` it is what is stored, with the names of columns for their ids.
    """
    field, kind = question.field, question.kind
    rows = kind.row_columns(field)
    if rows:
        names = {f"{field['id']}.{column['id']}": column["name"] for column in field["settings"].get("columns", ())}
        titles = [names.get(column.key, column.key.rpartition(".")[2]) if keys else column.label for column in rows]
        cells = kind.row_cells(with_keys(field) if keys else field, stored)
        return [{t: v for t, v in zip(titles, row, strict=True) if v is not None} for row in cells]
    if keys:
        return stored
    columns, values = kind.columns(field), kind.cells(field, stored)
    if len(columns) == 1:
        return values[0]
    return {column.label: value for column, value in zip(columns, values, strict=True) if value is not None}
