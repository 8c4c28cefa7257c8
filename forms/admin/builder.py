"""What the rule builder in the editor must know: its words, and of what has been saved the types and options."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_noop

from forms.expressions import Name, Type
from forms.fields import Field, kind_of

MOST_OPTIONS = 300

TEXTS = (
    gettext_noop("Add a condition"),
    gettext_noop("Add a group"),
    gettext_noop("All of this holds"),
    gettext_noop("At least one of these holds"),
    gettext_noop("How the rows belong together"),
    gettext_noop("Choose a question"),
    gettext_noop("Choose a value"),
    gettext_noop("Choose instead"),
    gettext_noop("Compared with"),
    gettext_noop("Condition"),
    gettext_noop("Of the table"),
    gettext_noop("Operator"),
    gettext_noop("Question"),
    gettext_noop("Remove the condition"),
    gettext_noop("This says more than can be chosen here, so it is kept as an expression."),
    gettext_noop("Value"),
    gettext_noop("Write it as an expression"),
    gettext_noop("a date"),
    gettext_noop("a number"),
    gettext_noop("another question"),
    gettext_noop("days from today"),
    gettext_noop("the last one in the rule"),
    gettext_noop("the table as a whole"),
    gettext_noop("the number of rows"),
    gettext_noop("the sum of “%(column)s”"),
    gettext_noop("on at least one row: “%(column)s”"),
    gettext_noop("on every row: “%(column)s”"),
    gettext_noop("This row: “%(column)s”"),
)
OPERATORS = {
    "is": gettext_noop("is"),
    "is_not": gettext_noop("is not"),
    "in": gettext_noop("is one of"),
    "gt": gettext_noop("is larger than"),
    "ge": gettext_noop("is at least"),
    "lt": gettext_noop("is smaller than"),
    "le": gettext_noop("is at most"),
    "has": gettext_noop("contains"),
    "has_not": gettext_noop("does not contain"),
    "yes": gettext_noop("is yes"),
    "no": gettext_noop("is no"),
    "not_yes": gettext_noop("is not yes"),
    "answered": gettext_noop("is answered"),
    "not_answered": gettext_noop("is not answered"),
}
OF_DATES = {
    "gt": gettext_noop("is after"),
    "ge": gettext_noop("is no earlier than"),
    "lt": gettext_noop("is before"),
    "le": gettext_noop("is no later than"),
}
TYPES = ("choice", "text", "list", "boolean", "number", "date", "rows")


def builder_texts() -> dict[str, str]:
    """What the rule builder says, in the editor's language."""
    said = {text: gettext(text) for text in TEXTS}
    for name in TYPES:
        words = {**OPERATORS, **(OF_DATES if name == "date" else {})}
        said |= {f"{name}:{operator}": gettext(text) for operator, text in words.items()}
    return said


def described(field: Field) -> dict[str, Any] | None:
    """A compiled question as the builder takes it; None when conditions cannot speak of it."""
    kind = kind_of(field)
    name = kind.expression_name(field)
    if name is None:
        return None
    found: dict[str, Any] = {"type": name.type.value, "choices": _options(name, field["settings"])}
    if name.columns:
        own = {column["name"]: column for column in field["settings"].get("columns") or ()}
        labels = {column.key.rpartition(".")[2]: column.label for column in kind.columns(field)}
        labels |= {option["key"]: option["label"] for option in field["settings"].get("choices") or ()}
        found["single"] = not kind.row_columns(field)
        found["columns"] = [
            {
                "name": key,
                "label": own[key]["label"] if key in own else labels.get(key, key),
                "type": "choice" if column.type == Type.TEXT and column.choices is not None else column.type.value,
                "options": _options(column, own.get(key, {}).get("settings", {})),
            }
            for key, column in name.columns.items()
        ]
    return found


def _options(name: Name, settings: Mapping[str, Any]) -> list[list[str]]:
    """The keys that a condition can compare with, in the order of the question, each with its words."""
    labels = {option["key"]: option["label"] for option in settings.get("choices") or () if "key" in option}
    keys = [key for key in labels if key in (name.choices or ())]
    keys += sorted((name.choices or frozenset()) - set(keys))
    return [[key, labels.get(key, key)] for key in keys[:MOST_OPTIONS]]
