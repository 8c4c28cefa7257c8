"""Conditions in the editor: one line of the expression language, which the admin's script shows as rows to choose from.

What is stored is the expression and nothing else, so that what is chosen and what is written never differ.
"""

from typing import Any

import django.forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.staticfiles import versioned_static
from wagtail.blocks import CharBlock, ChoiceBlock, StructBlock, TextBlock
from wagtail.blocks.struct_block import BlockGroup


class ConditionInput(django.forms.Textarea):
    """A line for an expression; the script `condition-rows.js` puts rows of question, operator and value above it."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 1, "data-controller": "condition", "spellcheck": "false", **(attrs or {})})

    @property
    def media(self) -> django.forms.Media:  # type: ignore[override]
        return django.forms.Media(
            js=[versioned_static("forms/condition-text.js"), versioned_static("forms/condition-rows.js")],
            css={"all": [versioned_static("forms/condition-rows.css")]},
        )


class ConditionBlock(TextBlock):
    """A condition on answers: written, or built by choosing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"rows": 1, "max_length": 2000, **kwargs})

    @cached_property
    def field(self) -> django.forms.Field:
        """Like the text it is, with our input."""
        return django.forms.CharField(widget=ConditionInput(), **self.field_options)


class QuestionNameBlock(CharBlock):
    """The name of a question on the same page: written, or chosen with the admin's script."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 60, **kwargs})
        self.field.widget = django.forms.TextInput({"data-controller": "question-name", "maxlength": 60})


def sentence_block() -> CharBlock:
    """What a rule says where it does not hold."""
    return CharBlock(
        label=_("Otherwise say"),
        max_length=250,
        help_text=_("What is wrong and what to do, for example: The cost is larger than the amount. Check both."),
    )


def level_block() -> ChoiceBlock:
    """Whether what breaks a rule is stopped or only pointed out."""
    return ChoiceBlock(
        label=_("When it does not hold"),
        choices=[("error", _("it must be corrected")), ("warning", _("it is pointed out, and let through"))],
        default="error",
    )


class RuleBlock(StructBlock):
    """Something that must hold between several answers, and what is said when it does not."""

    holds = ConditionBlock(label=_("This must hold"))
    message = sentence_block()
    at = QuestionNameBlock(
        label=_("Shown at the question"),
        required=False,
        help_text=_("The name of a question on this page; the last one in the rule when left empty."),
    )
    level = level_block()

    class Meta:
        icon = "check"
        label = _("Rule")
        label_format = "{message}"

    def get_form_layout(self) -> BlockGroup:
        """The rule and its sentence first."""
        return BlockGroup(["holds", "message"], settings=["at", "level"])
