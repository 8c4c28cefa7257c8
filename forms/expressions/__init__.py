"""The one language of conditions (*shown if*) and calculations: parsed, checked, evaluated, printed back.

`forms/static/forms/expressions.js` evaluates the same trees; `fixtures/logic.json` holds both to the same answers.
"""

from .compiled import Compiled, compile, dependencies, needed  # noqa: A004 - expressions.compile, as re.compile
from .errors import SENTENCES, TYPE_NAMES, ExpressionError, sentence
from .names import KEYWORDS, Ast, Name, Type, is_name
from .order import Cycle, order
from .printer import to_text
from .values import to_json

__all__ = [
    "KEYWORDS",
    "SENTENCES",
    "TYPE_NAMES",
    "Ast",
    "Compiled",
    "Cycle",
    "ExpressionError",
    "Name",
    "Type",
    "compile",
    "dependencies",
    "is_name",
    "needed",
    "order",
    "sentence",
    "to_json",
    "to_text",
]
