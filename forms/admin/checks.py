"""The checks of a form before it is published: when each page is shown, and what the rule builder must know."""

from typing import Any

from django.utils.translation import gettext, gettext_noop

from forms.compile import Draft
from forms.expressions import Type
from forms.fields import FIELDS, FieldKind
from forms.lint import examples
from forms.models import ChoiceList

from .definition import ChecksPanel

MOST_LISTS = 100
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
)
OPERATORS = {
    "is": gettext_noop("is"),
    "is_not": gettext_noop("is not"),
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


class FormChecksPanel(ChecksPanel):
    """The checks of a form."""

    def examples(self, draft: Any) -> list[Any]:
        return list(examples(Draft(draft)))

    def editor(self, draft: Any) -> dict[str, Any]:
        return {
            "texts": builder_texts(),
            "kinds": {
                name: {"type": kind.type.value, "choices": "choices" in kind.block().child_blocks}
                for name, kind in FIELDS.items()
                if isinstance(kind, FieldKind) and kind.type is not None
            },
            "lists": _lists(draft),
            "names": _names(draft),
        }


def _lists(draft: Any) -> dict[str, list[list[str]]]:
    """The options of the choice lists that the form can use."""
    if draft.collection_id is None:
        return {}
    in_reach = draft.collection.get_ancestors(inclusive=True)
    found = ChoiceList.objects.filter(collection__in=in_reach).prefetch_related("options")[:MOST_LISTS]
    return {
        str(one.pk): [[option.key, option.label] for option in list(one.options.all())[:MOST_OPTIONS]] for one in found
    }


def _names(draft: Any) -> dict[str, dict[str, Any]]:
    """The questions as they were saved, by name: their types, and options that are not typed in the editor."""
    found = {}
    for question in Draft(draft).questions:
        name = question.kind.expression_name(question.compiled)
        if name is not None:
            choices = sorted(name.choices or ())[:MOST_OPTIONS] if name.type in (Type.TEXT, Type.LIST) else []
            labels = {option["key"]: option["label"] for option in question.compiled["settings"].get("choices") or ()}
            found[question.compiled["name"]] = {
                "type": name.type.value,
                "choices": [[key, labels.get(key, key)] for key in choices],
            }
    return found
