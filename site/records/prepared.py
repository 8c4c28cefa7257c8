"""Queries that are asked on every request: their SQL is made once, which costs more than asking them.

Measured: of a query that joins three tables, two thirds of the time went into making the same SQL again.
"""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import AutoField, Field, Model, QuerySet


class Prepared:
    """A query with places for values: `build` makes the query set, given something to stand in each place.

    The values are texts, whole numbers and UUIDs, and go into the SQL once each, in the order of the places. The query
    must be the same whatever they are.
    """

    def __init__(self, build: Callable[..., "QuerySet[Any]"], *places: Any) -> None:
        self._build, self._places = build, places
        self._made: tuple[QuerySet[Any], Any, str, list[Any]] | None = None

    def _make(self) -> "tuple[QuerySet[Any], Any, str, list[Any]]":
        rows = self._build(*self._places)
        compiler = rows.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, given = compiler.as_sql()
        converters = compiler.get_converters([column[0] for column in compiler.select])
        compiler.get_converters = lambda _columns: converters
        fixed = list(given)
        places = iter(enumerate(fixed))
        for number, place in enumerate(self._places):
            at = next((index for index, value in places if value == _as_stored(place)), None)
            if at is None:
                raise ValueError(f"The query does not hold {place!r} where it is expected.")
            fixed[at] = _Place(number)
        self._made = rows, compiler, sql, fixed
        return self._made

    def all(self, *values: Any) -> list[Any]:
        """What is found with these values."""
        rows, kept, sql, fixed = self._made or self._make()
        params = tuple(_as_stored(values[value.number]) if type(value) is _Place else value for value in fixed)
        compiler = copy(kept)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # each thread has its own
        compiler.as_sql = lambda *_args, **_kwargs: (sql, params)
        asked = rows.all().using(DEFAULT_DB_ALIAS)
        asked.query.get_compiler = lambda *_args, **_kwargs: compiler  # type: ignore[method-assign]
        return list(asked)

    def first(self, *values: Any) -> Any:
        """The first of them, or None."""
        return next(iter(self.all(*values)), None)


def _as_stored(value: Any) -> Any:
    if isinstance(value, UUID) and not connections[DEFAULT_DB_ALIAS].features.has_native_uuid_field:
        return value.hex
    return value


class _Place:
    """Stands for a value that is given when the query is asked."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number


def _quoted(name: str) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name)


def _column(field: "Field[Any, Any]") -> str:
    return _quoted(field.column or field.attname)


def _field(model: type[Model], name: str) -> "Field[Any, Any]":
    return cast("Field[Any, Any]", model._meta.get_field(name))


class PreparedInsert:
    """An INSERT of rows of one model; no signals are sent.

    A row whose value in the unique column ``known`` is taken already is left out, also in a race. ``returning`` is the
    column that is told of the rows that went in.
    """

    def __init__(self, model: type[Model], *, known: str = "", returning: str = "pk") -> None:
        self._model, self._known, self._returning = model, known, returning

    @cached_property
    def _columns(self) -> "list[Field[Any, Any]]":
        return [field for field in self._model._meta.concrete_fields if not isinstance(field, AutoField)]

    @cached_property
    def _parts(self) -> tuple[str, str, str]:
        meta = self._model._meta
        names = ", ".join(map(_column, self._columns))
        told = _column(meta.pk if self._returning == "pk" else _field(self._model, self._returning))
        skip = f" ON CONFLICT ({_column(_field(self._model, self._known))}) DO NOTHING" if self._known else ""
        row = ", ".join(["%s"] * len(self._columns))
        begin = f"INSERT INTO {_quoted(meta.db_table)} ({names}) VALUES "  # noqa: S608 (the names are ours)
        return begin, f"({row})", f"{skip} RETURNING {told}"

    def rows(self, rows: Sequence[Model]) -> list[Any]:
        """Insert them; what ``returning`` holds in those that went in, in no order."""
        connection = connections[DEFAULT_DB_ALIAS]
        begin, row, end = self._parts
        found: list[Any] = []
        for block in _blocks(rows, max(1, (connection.features.max_query_params or 10_000) // len(self._columns))):
            given = [
                field.get_db_prep_save(field.pre_save(one, True), connection)  # type: ignore[arg-type]
                for one in block
                for field in self._columns
            ]
            with connection.cursor() as cursor:
                cursor.execute(begin + ", ".join([row] * len(block)) + end, given)
                found += [told for (told,) in cursor.fetchall()]
        return found

    def one(self, row: Model) -> bool:
        """Insert one, which is then as if it had been saved; False when it was left out."""
        found = self.rows([row])
        if found:
            if row.pk is None:
                row.pk = found[0]
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        return bool(found)


def _blocks(rows: Sequence[Model], size: int) -> Iterator[Sequence[Model]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


class PreparedUpdate:
    """An UPDATE of the columns ``names`` where the columns ``where`` hold certain values, none of them NULL.

    Of each row it tells the key and what ``returning`` says, which is SQL over the columns of the row.
    """

    def __init__(
        self, model: type[Model], names: Sequence[str], where: Sequence[str], returning: Callable[[], str] | None = None
    ) -> None:
        self._model, self._names, self._where, self._returning = model, names, where, returning

    @cached_property
    def _made(self) -> "tuple[str, list[Field[Any, Any]]]":
        meta = self._model._meta
        values, keys = ([_field(self._model, name) for name in names] for names in (self._names, self._where))
        told = [_column(meta.pk), *([self._returning()] if self._returning else ())]
        settings, tests = ([f"{_column(field)} = %s" for field in some] for some in (values, keys))
        sql = f"UPDATE {_quoted(meta.db_table)} SET {', '.join(settings)} WHERE {' AND '.join(tests)}"  # noqa: S608
        return f"{sql} RETURNING {', '.join(told)}", [*values, *keys]

    def rows(self, *given: Any) -> list[tuple[Any, ...]]:
        """Change them: the new values first, then those to look for, each in its order."""
        connection = connections[DEFAULT_DB_ALIAS]
        sql, fields = self._made
        values = [
            field.get_db_prep_save(value, connection)  # type: ignore[arg-type]
            for field, value in zip(fields, given, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()
