"""What an expression may speak of: the types of values, and the names an editor can use."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

# A compiled expression is a tree of tuples: (operation, operand, …). It is JSON when the tuples are
# lists, and holds the stable ids of the questions, never their names.
Ast = tuple[Any, ...]

MAX_SOURCE = 2_000  # characters
MAX_DEPTH = 40  # levels of brackets, and levels of the tree
MAX_NODES = 500
MAX_ROW_NODES = 60  # parts that are worked out for every row
MAX_ROWS = 500  # rows of a table, above which its sums are missing
MAX_ITEMS = 500  # choices of a list, above which it is missing

KEYWORDS = frozenset({"and", "or", "not", "in", "contains", "true", "false", "missing"})
NAME = re.compile(r"[a-z][a-z0-9_]*")


class Type(StrEnum):
    """The type of a value; `MISSING` is the type of the word `missing` alone."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    LIST = "list"
    ROWS = "rows"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Name:
    """A question, or a column of a table: its stable id, its type and what can be chosen."""

    id: str
    type: Type
    columns: Mapping[str, "Name"] = field(default_factory=dict)
    choices: frozenset[str] | None = None


def is_name(text: str) -> bool:
    """Can a question or a column bear this name in expressions?"""
    return NAME.fullmatch(text) is not None and text not in KEYWORDS
