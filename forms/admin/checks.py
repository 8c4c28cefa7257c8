"""The checks of a form before it is published: when each page is shown, and what the rule builder must know."""

from typing import Any

from forms.compile import Draft
from forms.fields import FIELDS, FieldKind
from forms.lint import examples
from forms.models import ChoiceList

from .builder import MOST_OPTIONS, builder_texts, described
from .definition import ChecksPanel

MOST_LISTS = 100


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
    """The questions as they were saved, by name: with what the editor does not show of them."""
    return {
        question.compiled["name"]: found
        for question in Draft(draft).questions
        if (found := described(question.compiled)) is not None
    }
