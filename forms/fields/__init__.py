"""The kinds of questions, one module per sort; importing this fills the family."""

from typing import cast

from forms.kinds import Family, family

# isort: off
# The order of the palette.
from . import texts, contacts, identities  # noqa: F401
from . import numbers, decimals, dates, times  # noqa: F401
from . import choices, several, yes_no, confirmations  # noqa: F401
from . import scales, matrix, ranking  # noqa: F401
from . import tables, files  # noqa: F401
from . import prefilled, computed, content  # noqa: F401

# isort: on
from .answer import AnswerField
from .base import Column, Example, Field, FieldKind

FIELDS: Family = family("field")


def kind_of(field: Field) -> FieldKind:
    """The kind of a compiled question."""
    return cast("FieldKind", FIELDS[field["kind"]])


__all__ = ["FIELDS", "AnswerField", "Column", "Example", "Field", "FieldKind", "kind_of"]
