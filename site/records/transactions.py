"""Whether a transaction is open, which rule 4 asks before anything is written; and how writers wait for each other."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.db import DEFAULT_DB_ALIAS, transaction


def is_open(using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether a ``transaction.atomic`` block is open, not counting the one a test case wraps around a test."""
    blocks = transaction.get_connection(using).atomic_blocks
    return any(not block._from_testcase for block in blocks)


def demand(what: str, using: str = DEFAULT_DB_ALIAS) -> None:
    """Raise RuntimeError where no transaction is open."""
    if not is_open(using):
        raise RuntimeError(f"{what} must run inside transaction.atomic().")


def forbid(what: str, using: str = DEFAULT_DB_ALIAS) -> None:
    """Raise RuntimeError where a transaction is open."""
    if is_open(using):
        raise RuntimeError(f"{what} must not run inside transaction.atomic().")


_turn = Lock()


@contextmanager
def writing(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """A ``transaction.atomic`` block for what many do at once.

    SQLite takes one writer at a time and lets the others ask again after ever longer pauses; those of this process
    wait in a queue instead, and the next begins the moment the last is done. Whoever is in a transaction already is
    not kept waiting, for the first in the queue may be waiting for exactly that one.
    """
    connection = transaction.get_connection(using)
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic(using):
            yield
        return
    with _turn, transaction.atomic(using):
        yield
