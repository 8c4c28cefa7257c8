"""The columns of a table: what the editor sets, what a version keeps, what asks one cell."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import django.forms
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BooleanBlock, CharBlock, ChoiceBlock, IntegerBlock, ListBlock, StructBlock, TextBlock
from wagtail.blocks.struct_block import BlockGroup
from wagtail.snippets.blocks import SnippetChooserBlock

from forms import expressions
from forms.expressions import Cycle, Name, Type, is_name
from forms.fields.base import Field, FieldKind
from forms.fields.options import OptionBlock
from forms.kinds import Problem, family
from forms.names import readable_name

CALCULATED = "computed"
"""The kind of column that nobody fills in."""

CELLS = {
    "short_text": _("text"),
    "whole_number": _("a whole number"),
    "decimal": _("a number with decimals"),
    "money": _("money"),
    "percent": _("per cent"),
    "date": _("a date"),
    "one_of": _("one of several options"),
    "yes_no": _("yes or no"),
    CALCULATED: _("a calculation over the row"),
}
SUMMED = frozenset({"number", "money"})
YEARS = range(2000, 2101)
MOST_YEARS = 12


def cell_kinds() -> list[tuple[str, Any]]:
    """The kinds that fit in a cell, for the editor."""
    return [(name, label) for name, label in CELLS.items() if name in family("field")]


class ColumnBlock(StructBlock):
    """One column; its name is kept when the label changes."""

    label = CharBlock(label=_("Column"), max_length=100)
    type = ChoiceBlock(label=_("Holds"), default="short_text", choices=cell_kinds)
    required = BooleanBlock(label=_("Must be filled in on every row"), required=False, default=True)
    total = BooleanBlock(label=_("Show the sum of the column"), required=False)
    choices = ListBlock(OptionBlock(), label=_("Options"), default=[], collapsed=True)
    choice_list = SnippetChooserBlock("forms.ChoiceList", label=_("Options from a choice list"), required=False)
    calculation = TextBlock(
        label=_("Calculation"),
        required=False,
        rows=1,
        help_text=_("Only for a calculation: names of other columns and the signs + - * /, for example: hours * price"),
    )
    decimals = IntegerBlock(
        label=_("Decimals"), required=False, default=0, min_value=0, max_value=6, help_text=_("For money, 2 is öre.")
    )
    unit = CharBlock(label=_("Unit"), required=False, max_length=20, help_text=_("Shown after the number."))
    negative = BooleanBlock(label=_("May be less than zero"), required=False)
    name = CharBlock(
        label=_("Name"),
        required=False,
        max_length=60,
        help_text=_("A short name for calculations and exports; made from the column's heading when left empty."),
    )

    class Meta:
        label_format = "{label}"

    def get_form_layout(self) -> BlockGroup:
        """What every column needs first, the rest folded away."""
        return BlockGroup(
            ["label", "type", "required", "total"],
            settings=["choices", "choice_list", "calculation", "decimals", "unit", "negative", "name"],
        )


def kind_of_column(column: Field) -> FieldKind:
    """A column is a small question of its own."""
    return family("field")[column["kind"]]  # type: ignore[return-value]


def is_calculated(column: Field) -> bool:
    """Is it worked out, so that nobody fills it in?"""
    return not kind_of_column(column).asks


def is_summed(column: Field) -> bool:
    """Can the column be added up?"""
    return kind_of_column(column).column_type in SUMMED


def cell_field(column: Field) -> django.forms.Field:
    """The form field that asks one cell: one control, so what is radio buttons elsewhere is a drop-down list here."""
    found = kind_of_column(column).cell_field(column)
    if isinstance(found.widget, django.forms.RadioSelect):
        options = [(key, label) for key, label in found.widget.choices if key != ""]
        found.widget = django.forms.Select(choices=[("", "–"), *options])
    return found


def compile_columns(value: Mapping[str, Any], context: Any) -> list[dict[str, Any]]:
    """The columns a version keeps: those of the editor, and one for each year before the first calculation."""
    columns = value.get("columns")
    compiled = [_compile(child.value, child.id, context) for child in (columns.bound_blocks if columns else ())]
    years = [_year_column(year, value, context) for year in years_of(value)]
    place = next((place for place, column in enumerate(compiled) if is_calculated(column)), len(compiled))
    return [*compiled[:place], *years, *compiled[place:]]


def years_of(value: Mapping[str, Any]) -> range:
    """The years that have a column of money each."""
    first, count = value.get("first_year"), value.get("years") or 0
    return range(first, first + count) if first else range(0)


def _year_column(year: int, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
    # The name is the id: the same year is the same column in every version.
    column = {"type": "money", "label": str(year), "name": f"y{year}", "total": True, "required": False}
    return _compile({**column, "decimals": 2 if value.get("years_ore") else 0}, f"y{year}", context)


def _compile(value: Mapping[str, Any], column_id: str, context: Any) -> dict[str, Any]:
    kind: FieldKind = family("field")[value["type"]]  # type: ignore[assignment]
    return {
        "id": column_id,
        "name": value.get("name") or "",
        "kind": kind.name,
        "label": value.get("label") or "",
        "help": "",
        "error": "",
        "required": bool(value.get("required")) and kind.asks,
        "personal": False,
        "total": bool(value.get("total")) and kind.column_type in SUMMED,
        "settings": kind.compile(_settings(value), context),
    }


def _settings(value: Mapping[str, Any]) -> dict[str, Any]:
    """A column's settings as the question's kind takes them."""
    smallest = None if value.get("negative") else 0
    return {"smallest": smallest, "ore": bool(value.get("decimals")), **value}


def names_in_row(columns: Iterable[Field]) -> dict[str, Name]:
    """How an expression over one row sees its columns: by their bare names."""
    found = {}
    for column in columns:
        name = kind_of_column(column).expression_name(column)
        if name is not None and column["name"]:
            found[column["name"]] = name
    return found


def compile_calculations(value: Mapping[str, Any], columns: list[dict[str, Any]], context: Any) -> list[str]:
    """Fill in the expressions of the calculated columns; returns their ids so that each comes after what it uses."""
    names = names_in_row(columns)
    by_id = {column["id"]: column for column in columns}
    uses: dict[str, list[str]] = {}
    for child in value["columns"].bound_blocks if value.get("columns") else ():
        column = by_id[child.id]
        if not is_calculated(column):
            continue
        source = child.value.get("calculation") or ""
        compiled = context.at(child.id).expression(source, "calculation", Type.NUMBER, names)
        if compiled is not None:
            decimals = str(column["settings"]["decimals"])
            # Rounded in the expression itself, so that Python and JavaScript round alike.
            ast = ("round", compiled.ast, ("number", decimals))
            column["settings"]["calculation"] = {"ast": ast, "type": Type.NUMBER.value}
            uses[child.id] = sorted(compiled.uses)
    try:
        found = expressions.order({column_id: uses.get(column_id, []) for column_id in by_id})
    except Cycle as cycle:
        path = " → ".join(f"“{by_id[step]['label']}”" for step in cycle.path)
        sentence = _("These wait for each other: %(path)s. Change one of the calculations.") % {"path": path}
        context.draft.problems.append(Problem("cycle", sentence, cycle.path[0], setting="calculation"))
        return []
    return [column_id for column_id in found if column_id in uses]


def fill_column_keys(value: Mapping[str, Any]) -> bool:
    """Give a name to every column, and a key to every option, that has none; tells whether any was given."""
    columns = list(value.get("columns") or ())
    taken = {column["name"] for column in columns if column.get("name")}
    taken |= {f"y{year}" for year in years_of(value)}
    given = False
    for column in columns:
        given |= family("field")[column["type"]].fill_keys(column)  # type: ignore[attr-defined]
        if not column.get("name"):
            column["name"] = readable_name(column.get("label") or "", taken, "column")
            taken.add(column["name"])
            given = True
    return given


def lint_columns(settings: Mapping[str, Any], context: Any) -> Iterator[Problem]:
    """What is wrong with the columns one by one."""
    labels: set[str] = {str(year) for year in years_of(settings)}
    names: set[str] = {f"y{year}" for year in years_of(settings)}
    for child in settings["columns"].bound_blocks if settings.get("columns") else ():
        column = child.value
        kind: FieldKind = family("field")[column["type"]]  # type: ignore[assignment]
        label = (column.get("label") or "").strip()
        if label.lower() in labels:
            sentence = _("Two columns are called “%(label)s”. Give them different headings.") % {"label": label}
            yield Problem("same_column", sentence, child.id, setting="label")
        labels.add(label.lower())
        name = column.get("name") or ""
        if not is_name(name):
            sentence = _(
                "“%(name)s” cannot be a name. Use small letters a–z, digits and _, and begin with a letter."
            ) % {"name": name}
            yield Problem("bad_name", sentence, child.id, setting="name")
        elif name in names:
            sentence = _("Two columns have the name “%(name)s”. Give each a name of its own.") % {"name": name}
            yield Problem("same_name", sentence, child.id, setting="name")
        names.add(name)
        if not kind.asks and not (column.get("calculation") or "").strip():
            missing = _("Write what is to be worked out, for example: hours * price")
            yield Problem("no_calculation", missing, child.id, setting="calculation")
        yield from kind.lint({"largest": None, **_settings(column)}, context.at(child.id))
