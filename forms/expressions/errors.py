"""The one error of expressions, and the sentences that explain it to the editor."""

from collections.abc import Callable


def gettext_noop(text: str) -> str:
    """Mark a text for the translation catalogue; whoever shows it translates it."""
    return text


SENTENCES = {
    "bad_date": gettext_noop('A date is written date("2026-11-30"): year, month, day.'),
    "bad_escape": gettext_noop('In a text, \\ may stand only before " or another \\.'),
    "bad_name": gettext_noop(
        "“{found}” is not a name. Names have small letters a–z, digits and _, and begin with a letter."
    ),
    "bad_result": gettext_noop("This gives {found}, but {expected} is needed."),
    "column_alone": gettext_noop(
        "“{found}” has one value per row. Put it inside sum(…), min(…), max(…), count(…), any(…) or all(…)."
    ),
    "compare_two": gettext_noop("Compare two values at a time, and join the comparisons with “and” or “or”."),
    "damaged": gettext_noop("The stored expression is damaged. Write it again."),
    "different_types": gettext_noop("“{left}” is {left_type} and “{right}” is {right_type}: they cannot be compared."),
    "empty": gettext_noop("Write a condition or a calculation."),
    "missing_misplaced": gettext_noop("“missing” may stand only after = or !=, or as a result in if(…)."),
    "nested_rows": gettext_noop(
        "“{function}” goes through rows and stands inside another that does. Give the inner one a question of its own."
    ),
    "no_rows": gettext_noop("“{function}” needs a table here, for example {function}(table.column)."),
    "not_a_table": gettext_noop("“{name}” is not a table and has no columns."),
    "number_too_long": gettext_noop("A number has at most 20 digits before the decimal point and 10 after it."),
    "removed": gettext_noop("The expression uses a question or a column that has been removed."),
    "too_deep": gettext_noop("The expression has more than {limit} levels. Divide it between two questions."),
    "too_long": gettext_noop("The expression has more than {limit} characters. Divide it between two questions."),
    "too_many_parts": gettext_noop("The expression has more than {limit} parts. Divide it between two questions."),
    "too_many_row_parts": gettext_noop(
        "More than {limit} parts are worked out for every row. Give the table a sum column."
    ),
    "two_tables": gettext_noop("“{found}” and “{other}” are columns of different tables."),
    "unclosed": gettext_noop("The bracket that opens here is never closed."),
    "unclosed_text": gettext_noop("The text that begins here has no closing quotation mark."),
    "unexpected": gettext_noop("“{found}” was not expected here."),
    "unexpected_end": gettext_noop("The expression stops too early: something is needed at the end."),
    "unknown_choice": gettext_noop("“{name}” has no choice with the key “{choice}”. Its keys are: {choices}."),
    "unknown_column": gettext_noop("“{table}” has no column named “{column}”."),
    "unknown_function": gettext_noop("There is no function named “{name}”."),
    "unknown_name": gettext_noop("There is no question named “{name}”."),
    "unknown_name_near": gettext_noop("There is no question named “{name}”. Did you mean “{near}”?"),
    "use_instead": gettext_noop("Write “{instead}” instead of “{found}”."),
    "wrong_count": gettext_noop("“{function}” takes {expected} values in its brackets; here it has {found}."),
    "wrong_type": gettext_noop("“{part}” is {found}, but {expected} is needed here."),
}

TYPE_NAMES = {
    "text": gettext_noop("a text"),
    "number": gettext_noop("a number"),
    "boolean": gettext_noop("a yes/no value"),
    "date": gettext_noop("a date"),
    "list": gettext_noop("a list of choices"),
    "rows": gettext_noop("a table"),
    "missing": gettext_noop("a missing answer"),
    "number or date": gettext_noop("a number or a date"),
    "text or list": gettext_noop("a text or a list of choices"),
    "value": gettext_noop("a single value or a list of choices"),
}

# The placeholders that hold a key of TYPE_NAMES.
_TYPE_PARAMETERS = frozenset({"expected", "found", "left_type", "right_type"})
_TYPED_CODES = frozenset({"bad_result", "different_types", "wrong_type"})


class ExpressionError(ValueError):
    """An expression that cannot be used: a code of SENTENCES, where (characters from 0) and the details."""

    def __init__(self, code: str, position: int = 0, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.position = position
        self.params = params

    def __str__(self) -> str:
        return sentence(self)


def sentence(error: ExpressionError, translate: Callable[[str], str] = str) -> str:
    """The error as one plain sentence; `translate` is given each English source string."""
    params = dict(error.params)
    if error.code in _TYPED_CODES:
        for key in params.keys() & _TYPE_PARAMETERS:
            params[key] = translate(TYPE_NAMES[str(params[key])])
    return translate(SENTENCES[error.code]).format(**params)


def shortened(text: str) -> str:
    """A part of the source, short enough to stand in a sentence."""
    return text if len(text) <= 40 else text[:39] + "…"
