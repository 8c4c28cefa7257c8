"""How the answer to one question becomes cells: as its kind says, asked no oftener than needed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from forms.fields import FieldKind
from forms.runtime import Question

MOST_KEPT = 2_000  # different answers to one question whose cells are remembered

Read = Callable[[Any], Sequence[Any]]


def is_plain_text(kind: FieldKind) -> bool:
    """Is the answer itself, as text, what stands in the one cell?"""
    own = type(kind)
    return own.cells is FieldKind.cells and own.display is FieldKind.display and own.columns is FieldKind.columns


def reader(question: Question, *, keys: bool, finish: Callable[[Any], Any]) -> Read:
    """What turns a stored answer into its cells, each made ready by `finish`; what was asked before is remembered."""
    field = with_keys(question.field) if keys else question.field

    cells_of = question.kind.cells
    kept: dict[str, Sequence[Any]] = {}

    def read(stored: Any) -> Sequence[Any]:
        is_text = type(stored) is str
        if is_text and (found := kept.get(stored)) is not None:
            return found
        found = [None if value is None else finish(value) for value in cells_of(field, stored)]
        if is_text and len(kept) < MOST_KEPT:
            kept[stored] = found
        return found

    return read


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
