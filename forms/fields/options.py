"""The options of a question: its own or those of a choice list, what is wrong with them, and how they are drawn."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ListBlock, StructBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from forms.expressions import is_name
from forms.kinds import Problem
from forms.names import readable_name

from .base import Field, QuestionBlock

CHOOSING = _("Choosing")
NONE = "none"
"""The key of the option that excludes all others."""
OTHER = "other"
"""The key of the option that comes with a text of one's own."""
MANY = 15
"""Above so many options they are searched in instead of shown all at once."""


class OptionBlock(StructBlock):
    """One option; its key is what answers hold, and never changes when the label does."""

    label = CharBlock(label=_("Option"), max_length=200)
    help = CharBlock(label=_("Help text"), required=False, max_length=300)
    key = CharBlock(
        label=_("Key"),
        required=False,
        max_length=60,
        help_text=_("What answers and conditions hold. Made from the option when left empty; do not change it later."),
    )

    class Meta:
        label_format = "{label}"


class ChoiceQuestionBlock(QuestionBlock):
    """A question with options: its own, or those of a choice list."""

    choices = ListBlock(OptionBlock(), label=_("Options"), default=[], collapsed=True)
    choice_list = SnippetChooserBlock(
        "forms.ChoiceList",
        label=_("Options from a choice list"),
        required=False,
        help_text=_("Used instead of the options above. Publish the form again when the list has changed."),
    )


def fill_keys(value: Mapping[str, Any]) -> bool:
    """Give every option of the question itself that lacks a key one from its label; tells whether any was given."""
    options = list(value.get("choices") or ())
    taken = {option["key"] for option in options if option.get("key")}
    taken.update((NONE, OTHER))
    given = False
    for option in options:
        if not option.get("key"):
            option["key"] = readable_name(option.get("label") or "", taken, "choice")
            taken.add(option["key"])
            given = True
    return given


def compile_choices(value: Mapping[str, Any]) -> list[dict[str, str]]:
    """The options as a version keeps them: those of the choice list, else the question's own."""
    chosen = value.get("choice_list")
    if chosen is not None:
        return [
            {"id": f"list-{option.pk}", "key": option.key, "label": option.label, "help": option.help}
            for option in chosen.options.all()
        ]
    choices = value.get("choices")
    return [
        {
            "id": child.id,
            "key": child.value["key"] or "",
            "label": child.value["label"] or "",
            "help": child.value["help"] or "",
        }
        for child in (choices.bound_blocks if choices else ())
    ]


def lint_choices(value: Mapping[str, Any], context: Any, block_id: str) -> Iterable[Problem]:
    """What is wrong with the options: none, two alike, a key that cannot be or that has changed since published."""
    chosen = value.get("choice_list")
    place = "choice_list" if chosen is not None else "choices"
    if chosen is not None and not context.may_use(chosen.collection):
        yield Problem(
            "list_of_another",
            _("This choice list belongs to another association. Choose one of your own."),
            block_id,
            setting=place,
        )
    choices = compile_choices(value)
    if not choices:
        yield Problem(
            "no_options", _("There are no options to choose from. Add at least two."), block_id, setting=place
        )
    labels: set[str] = set()
    keys: set[str] = set()
    for choice in choices:
        at = (block_id, place) if chosen is not None else (choice["id"], "label")
        if choice["label"].strip().lower() in labels:
            sentence = _("Two options are called “%(label)s”. Give them different names.") % {"label": choice["label"]}
            yield Problem("same_option", sentence, at[0], setting=at[1])
        labels.add(choice["label"].strip().lower())
        at = (block_id, place) if chosen is not None else (choice["id"], "key")
        if choice["key"] in keys:
            sentence = _("Two options have the key “%(key)s”. Give each a key of its own.") % {"key": choice["key"]}
            yield Problem("same_key", sentence, at[0], setting=at[1])
        keys.add(choice["key"])
        before = context.published_key(choice["id"])
        if before is not None and before != choice["key"]:
            sentence = _(
                "The key of “%(label)s” was “%(before)s” when it was published, and answers hold it. "
                "Write “%(before)s” again, or add a new option."
            ) % {"label": choice["label"], "before": before}
            yield Problem("key_changed", sentence, at[0], setting=at[1])
        if chosen is None and not is_name(choice["key"]):
            sentence = _("“%(key)s” cannot be a key. Use small letters a–z, digits and _, and begin with a letter.") % {
                "key": choice["key"]
            }
            yield Problem("bad_key", sentence, at[0], setting=at[1])


def label_of(field: Field, key: Any) -> str:
    """The label of an option; the key itself when the version does not know it."""
    if key == NONE and field["settings"].get("none_label"):
        return field["settings"]["none_label"]
    return next((choice["label"] for choice in field["settings"]["choices"] if choice["key"] == key), str(key))


def other_problem(value: Mapping[str, Any], block_id: str) -> Iterable[Problem]:
    """An option that has taken the key of “Other”."""
    if value.get("other_label") and any(choice["key"] == OTHER for choice in compile_choices(value)):
        yield Problem(
            "other_taken",
            _("An option has the key “other”, which “Other, with a text” needs. Remove that option, or the text here."),
            block_id,
            setting="other_label",
        )


OTHER_BLOCK = CharBlock(
    label=_("“Other”, with a text"),
    required=False,
    max_length=200,
    help_text=_("The text of an option where people write an answer of their own. Leave empty to have none."),
)
