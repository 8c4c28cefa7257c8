"""Whether a transaction is open: what rule 4 asks before anything is written."""

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
