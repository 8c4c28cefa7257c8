"""What the database itself refuses: changes to rows that must stay as they are."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

PREFIX = "samsyn_"
FUNCTION = "samsyn_refuse"


@dataclass(frozen=True, slots=True)
class Trigger:
    """One refusal: of an UPDATE (of some columns) or DELETE, for the rows that ``when`` describes."""

    model: type[Model]
    name: str
    operation: str
    columns: tuple[str, ...]
    when: str
    sentence: str

    @property
    def table(self) -> str:
        """The table it guards."""
        return self.model._meta.db_table

    @property
    def full_name(self) -> str:
        """Its name in the database; PostgreSQL allows 63 characters."""
        name = f"{PREFIX}{self.table}_{self.name}"
        return name if len(name) <= 60 else f"{name[:50]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


_triggers: dict[str, Trigger] = {}


# --- what models register --------------------------------------------------------------------------
def append_only(model: type[Model], *, delete: bool = True) -> None:
    """Rows of ``model`` are never changed and (unless ``delete`` is False) never removed."""
    _add(Trigger(model, "update", "UPDATE", (), "", f"{model._meta.label} is append-only"))
    if delete:
        kept(model)


def frozen(
    model: type[Model], columns: Sequence[str], when: str = "", *, unless: str = "", name: str = "frozen"
) -> None:
    """The values in ``columns`` do not change while the stored row matches ``when`` (SQL over its columns).

    ``unless`` is SQL over the row as it is about to become, for the one change that is meant (a purge).
    Several rules on one model need different names.
    """
    names = tuple(_column(model, field) for field in columns)
    conditions = ["(" + " OR ".join(f"{{distinct:{column}}}" for column in names) + ")"]
    if when:
        conditions.append(f"({_qualified(model, when, 'OLD')})")
    if unless:
        conditions.append(f"NOT ({_qualified(model, unless, 'NEW')})")
    sentence = f"{model._meta.label}: {', '.join(columns)} must not change"
    _add(Trigger(model, name, "UPDATE", names, " AND ".join(conditions), sentence))


def kept(model: type[Model], when: str = "", *, name: str = "delete") -> None:
    """Rows of ``model`` that match ``when`` (all, without it) are not removed."""
    condition = _qualified(model, when, "OLD") if when else ""
    _add(Trigger(model, name, "DELETE", (), condition, f"{model._meta.label} rows are not removed"))


def guarded(model: type[Model], refuse: str, *, name: str, sentence: str) -> None:
    """An UPDATE is refused where ``refuse`` holds: SQL over ``OLD."column"`` and ``NEW."column"``."""
    _add(Trigger(model, name, "UPDATE", (), refuse, sentence))


def _add(trigger: Trigger) -> None:
    _triggers[trigger.full_name] = trigger


def _column(model: type[Model], name: str) -> str:
    """The column of a field, named by field or by column."""
    for field in model._meta.concrete_fields:
        if name in (field.name, field.column):
            return str(field.column)
    raise ValueError(f"{model._meta.label} has no column {name!r}.")


def _qualified(model: type[Model], condition: str, row: str) -> str:
    """The condition with every column of the model prefixed by OLD or NEW; text in quotes is left alone."""
    names = {field.name: str(field.column) for field in model._meta.concrete_fields}
    names |= {column: column for column in names.values()}
    word = re.compile(r"(?<![\w.])(" + "|".join(map(re.escape, sorted(names, key=len, reverse=True))) + r")\b")
    parts = re.split(r"('(?:[^']|'')*')", condition)
    return "".join(
        part if part.startswith("'") else word.sub(lambda m: f'{row}."{names[m.group(1)]}"', part) for part in parts
    )


# --- SQL ---------------------------------------------------------------------------------------------
def _sqlite(trigger: Trigger) -> list[str]:
    when = re.sub(r"\{distinct:(\w+)\}", r'OLD."\1" IS NOT NEW."\1"', trigger.when)
    return [
        f'CREATE TRIGGER "{trigger.full_name}" BEFORE {trigger.operation} ON "{trigger.table}" FOR EACH ROW '
        + (f"WHEN {when} " if when else "")
        + f"BEGIN SELECT RAISE(ABORT, '{_quoted(trigger.sentence)}'); END"
    ]


def _postgresql(trigger: Trigger) -> list[str]:
    when = re.sub(r"\{distinct:(\w+)\}", r'OLD."\1" IS DISTINCT FROM NEW."\1"', trigger.when)
    call = f"EXECUTE FUNCTION {FUNCTION}('{_quoted(trigger.sentence)}')"
    made = [
        f'CREATE TRIGGER "{trigger.full_name}" BEFORE {trigger.operation} ON "{trigger.table}" FOR EACH ROW '
        + (f"WHEN ({when}) " if when else "")
        + call
    ]
    if trigger.operation == "DELETE":
        made.append(
            f'CREATE TRIGGER "{trigger.full_name}_all" BEFORE TRUNCATE ON "{trigger.table}" FOR EACH STATEMENT {call}'
        )
    return made


POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _statements(connection: BaseDatabaseWrapper, trigger: Trigger) -> dict[str, str]:
    """Name in the database → statement that makes it."""
    make = _sqlite if connection.vendor == "sqlite" else _postgresql
    return {re.findall(r'TRIGGER "([^"]+)"', sql)[0]: sql for sql in make(trigger)}


# --- installing and checking ---------------------------------------------------------------------------
def _wanted(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Name → (table, statement) of every trigger whose table exists."""
    present = set(tables)
    return {
        name: (trigger.table, sql)
        for trigger in _triggers.values()
        if trigger.table in present
        for name, sql in _statements(connection, trigger).items()
    }


def _installed(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, str]]:
    """Name → (table, mark) of our triggers that are there and switched on; the mark tells which statement made it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s",
                [f"{PREFIX}%"],
            )
        else:
            cursor.execute(
                "SELECT t.tgname, c.relname, coalesce(obj_description(t.oid, 'pg_trigger'), '') "
                "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE t.tgname LIKE %s AND t.tgenabled <> 'D' AND pg_table_is_visible(c.oid)",
                [f"{PREFIX}%"],
            )
        return {name: (table, text) for name, table, text in cursor.fetchall()}


def _mark(connection: BaseDatabaseWrapper, sql: str) -> str:
    """What ``_installed`` reports of a trigger made by this statement."""
    return sql if connection.vendor == "sqlite" else hashlib.sha256(sql.encode()).hexdigest()


def _tables(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        return connection.introspection.table_names(cursor)


def install_triggers(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Make every registered trigger that is missing or worded otherwise; returns the names of those made.

    Safe to run again; runs after every migrate, for a SQLite table rebuild drops triggers without a word.
    """
    connection = connections[using]
    wanted = _wanted(connection, _tables(connection))
    installed = _installed(connection)
    todo = {
        name: (table, sql)
        for name, (table, sql) in wanted.items()
        if installed.get(name) != (table, _mark(connection, sql))
    }
    stale = {name: table for name, (table, _m) in installed.items() if name not in wanted}
    if not todo and not stale:
        return []
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql" and todo:
            cursor.execute(POSTGRESQL_FUNCTION)
        for name, table in stale.items():
            _drop(connection, cursor, name, table)
        for name, (table, sql) in todo.items():
            _drop(connection, cursor, name, table)
            cursor.execute(sql.replace("%", "%%") if connection.vendor == "postgresql" else sql)
            if connection.vendor == "postgresql":
                cursor.execute(f'COMMENT ON TRIGGER "{name}" ON "{table}" IS \'{_mark(connection, sql)}\'')
    return sorted(todo)


def missing_triggers(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Names of triggers that should guard an existing table and do not, or are switched off or worded otherwise."""
    connection = connections[using]
    installed = _installed(connection)
    return sorted(
        name
        for name, (table, sql) in _wanted(connection, _tables(connection)).items()
        if installed.get(name) != (table, _mark(connection, sql))
    )


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """No triggers while the block runs: only for tests that empty the database afterwards."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for name, (table, _m) in _installed(connection).items():
            _drop(connection, cursor, name, table)
    try:
        yield
    finally:
        install_triggers(using)


def _drop(connection: BaseDatabaseWrapper, cursor: object, name: str, table: str) -> None:
    if connection.vendor == "sqlite":
        cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')  # type: ignore[attr-defined]
    else:
        cursor.execute(f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"')  # type: ignore[attr-defined]
