"""What every field kind is and answers; a new kind is one subclass in one of the modules beside this."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, ClassVar

import django.forms
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BooleanBlock, CharBlock, StructBlock, TextBlock
from wagtail.blocks.struct_block import BlockGroup

from forms.conditions import ConditionBlock
from forms.expressions import Name, Type
from forms.kinds import Kind, Problem

from .answer import AnswerField

Field = Mapping[str, Any]
"""A question as a published version holds it: id, name, kind, label, help, required, personal, error, settings."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export or register: its key never changes, its label is read by people.

    ``type`` is "text", "number", "money", "date" or "boolean" and says what sort of cell it holds.
    """

    key: str
    label: str
    type: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A kind tried out: settings an editor may make, an answer typed in, and what must come of it.

    ``data`` and each of ``wrong`` map the end of a form field's name to what was typed ("" is the name itself).
    """

    settings: Mapping[str, Any]
    data: Mapping[str, Any] = field(default_factory=dict)
    stored: Any = None
    display: str = ""
    cells: Sequence[Any] = ()
    wrong: Sequence[Mapping[str, Any]] = ()
    empty: Mapping[str, Any] = field(default_factory=dict)


class QuestionBlock(StructBlock):
    """What the editor may set on every question; a kind adds its own."""

    label = CharBlock(label=_("Question"), max_length=250)
    help = TextBlock(label=_("Help text"), required=False, rows=2, max_length=1000)
    required = BooleanBlock(label=_("Must be answered"), required=False, default=True)
    name = CharBlock(
        label=_("Name"),
        required=False,
        max_length=60,
        help_text=_(
            "A short name for conditions, calculations and exports; made from the question when left empty, "
            "and kept when the question is reworded."
        ),
    )
    shown_if = ConditionBlock(
        label=_("Show only if"),
        required=False,
        help_text=_("A condition on other answers. Leave empty to always show."),
    )
    required_if = ConditionBlock(
        label=_("Must be answered if"),
        required=False,
        help_text=_("For a question that only some must answer: leave “Must be answered” unticked, and say when."),
    )
    error = CharBlock(
        label=_("Own error message"),
        required=False,
        max_length=250,
        help_text=_("Said instead of the usual sentence when the answer is missing or wrong."),
    )
    personal = BooleanBlock(
        label=_("Contains personal data"),
        required=False,
        help_text=_("The answer is removed when personal data are removed."),
    )

    LAST: ClassVar[tuple[str, ...]] = ("required",)
    FOLDED: ClassVar[tuple[str, ...]] = ("name", "shown_if", "required_if", "error", "personal")

    class Meta:
        label_format = "{label}"

    def get_form_layout(self) -> BlockGroup:
        """The question first, then what the kind sets, and what is seldom set folded away."""
        first = [name for name in self.child_blocks if name not in (*self.LAST, *self.FOLDED)]
        return BlockGroup(
            [*first, *(name for name in self.LAST if name in self.child_blocks)],
            settings=[name for name in self.FOLDED if name in self.child_blocks],
        )


class FieldKind(Kind, family="field"):
    """One kind of question. Every method that takes ``stored`` takes the JSON of ``answers[field["id"]]``, or None."""

    Settings = QuestionBlock

    asks: ClassVar[bool] = True  # a person answers it
    takes_files: ClassVar[bool] = False
    personal: ClassVar[bool] = False  # personal data by its nature, whatever the editor ticked
    lists_all: ClassVar[bool] = False  # its options are all there are: nobody needs a way out of them
    prefills: ClassVar[bool] = False  # has a value of its own for who comes, asked of ``prefill``
    is_email: ClassVar[bool] = False  # a receipt can be sent to the answer
    type: ClassVar[Type | None] = None  # of the value in conditions and calculations; None takes no part
    column_type: ClassVar[str] = "text"
    example: ClassVar[Example]

    # --- from what the editor set to what a version keeps ---

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {}

    def calculations(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Settings that speak of other questions; asked when the names of all questions are known."""
        return {}

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        return ()

    def fill_keys(self, value: Mapping[str, Any]) -> bool:
        """Give a key or name to every part of the question that has none; tells whether any was given."""
        return False

    def label_of(self, value: Mapping[str, Any]) -> str:
        """What people call this question."""
        return value.get("label") or ""

    def is_required(self, value: Mapping[str, Any]) -> bool:
        """Must it be answered, where it is shown?"""
        return self.asks and bool(value.get("required"))

    # --- asking ---

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        """The form field that asks it; its clean value goes through ``to_json``."""
        raise NotImplementedError

    def common(self, field: Field, required: bool | None) -> dict[str, Any]:
        """What the constructor of every form field takes."""
        return {
            "label": field["label"],
            "help_text": field["help"],
            "required": field["required"] if required is None else required,
            "own_error": field["error"],
        }

    def cell_field(self, field: Field) -> django.forms.Field:
        """The form field that asks it in a cell of a table, where there is room for one control only."""
        return self.form_field(field)

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        """What somebody could type as a good answer, as in ``Example.data``: for trying a form, never believed.

        Kinds whose settings limit the answer give their own. Files, which are not typed, give nothing.
        """
        return dict(self.example.data)

    def cell_sample(self, field: Field, rng: Random) -> str:
        """The same for a cell of a table, where there is one control."""
        return str(self.sample(field, rng).get("", ""))

    def prefill(self, field: Field, known: Any) -> Any:
        """The answer that is there before anything is asked, from what is known of the visitor; None for none."""
        return None

    # --- the answer as JSON ---

    def to_json(self, field: Field, value: Any) -> Any:
        """The clean value as it is stored; None when there is no answer (it is then left out)."""
        return None if value in (None, "", [], ()) else value

    def from_json(self, field: Field, stored: Any) -> Any:
        """What the form field takes as initial to show the stored answer again."""
        return stored

    # --- the answer for people ---

    def display(self, field: Field, stored: Any) -> str:
        """The answer as plain text; empty when there is none."""
        return "" if stored is None else str(stored)

    def display_html(self, field: Field, stored: Any) -> SafeString:
        """The answer as HTML, escaped."""
        return format_html("{}", self.display(field, stored))

    def html(self, field: Field, stored: Any = None) -> SafeString:
        """What stands on the page where nobody is asked (content, computed values); questions have their form field."""
        return SafeString("")

    # --- the answer in exports and statistics ---

    def columns(self, field: Field) -> list[Column]:
        """The columns of one row per submission."""
        return [Column(field["id"], field["label"], self.column_type)]

    def cells(self, field: Field, stored: Any) -> list[Any]:
        """One value for each of ``columns``: str, int, Decimal, date, bool or None."""
        return [None if stored is None else self.display(field, stored)]

    def row_columns(self, field: Field) -> list[Column]:
        """The columns of a sheet of its own, for an answer of many rows; none for all others."""
        return []

    def row_cells(self, field: Field, stored: Any) -> list[list[Any]]:
        """The rows of that sheet, each with one value for each of ``row_columns``."""
        return []

    def statistics(self, field: Field) -> tuple[str, ...]:
        """What can be counted over many answers, of "answered", "distribution", "sum", "mean", "range"."""
        return ("answered",)

    # --- conditions and calculations ---

    def expression_name(self, field: Field) -> Name | None:
        """How expressions see this question; None when they cannot."""
        return Name(field["id"], self.type) if self.type else None

    def expression_value(self, field: Field, stored: Any) -> Any:
        """The answer as expressions take it."""
        return stored

    def calculation(self, field: Field) -> Mapping[str, Any] | None:
        """The stored expression (``Compiled.to_json``) whose value is the answer, for a kind that nobody answers."""
        return None

    def limits(self, field: Field) -> Mapping[str, Mapping[str, Any]]:
        """Limits of the answer that depend on the day or on other answers: stored expressions by name."""
        return {}

    def within(self, field: Field, side: str) -> Any:
        """The tree of a condition: the answer does not lie beyond that limit."""
        raise NotImplementedError

    def beyond(self, field: Field, stored: Any, limits: Mapping[str, Any]) -> list[str]:
        """What is wrong with the answer, given the values of ``limits`` (None for one that is missing)."""
        return []

    def limit_sentences(self, field: Field) -> Mapping[str, str]:
        """What the browser says beyond each of ``limits``; ``%(limit)s`` stands for the limit."""
        return {}

    def broken_rules(
        self, field: Field, stored: Any, answers: Mapping[str, Any], today: date
    ) -> list[tuple[bool, str]]:
        """What the answer breaks of the question's own rules, with the other answers known: (is an error, sentence)."""
        return []

    def recompute(self, field: Field, stored: Any) -> Any:
        """The answer with everything in it that is worked out, worked out again by the server."""
        return stored

    # --- elsewhere ---

    def xlsform(self, field: Field) -> dict[str, str]:
        """The row of an XLSForm survey sheet, without name, label and hint."""
        return {"type": "text"}

    def redact(self, field: Field, stored: Any) -> Any:
        """What may be kept when personal data are removed; None is nothing."""
        return None


def paragraphs(text: str) -> SafeString:
    """Plain text as escaped HTML paragraphs."""
    return SafeString(linebreaks(text, autoescape=True)) if text else SafeString("")
