"""The kind itself: settings, publishing, and the answer for people, exports and expressions."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BooleanBlock, IntegerBlock, ListBlock
from wagtail.blocks.struct_block import BlockGroup

from forms.expressions import Name, Type
from forms.fields.answer import AnswerField
from forms.fields.base import Column, Example, Field, FieldKind, QuestionBlock
from forms.kinds import Problem

from .calculating import TableRuleBlock, broken_rules, compile_rules, lint_rules, with_calculations
from .columns import (
    MOST_YEARS,
    YEARS,
    ColumnBlock,
    cell_field,
    compile_calculations,
    compile_columns,
    fill_column_keys,
    is_calculated,
    is_summed,
    kind_of_column,
    lint_columns,
    names_in_row,
    years_of,
)
from .inputs import TableAnswer, TableInput
from .rows import ROWS_LIMIT, given_keys, typed_rows
from .sums import choose_summed, column_sum, row_sum, sum_text, summed_along, table_sum

CELLS_LIMIT = 800
"""A browser may post a thousand fields at most; some are kept for the rest of the page."""


def asked_columns(field: Field) -> list[Field]:
    """The columns that people fill in."""
    return [column for column in field["settings"]["columns"] if not is_calculated(column)]


class Table(FieldKind):
    """Rows of the same columns: budget lines, activities, participants."""

    name = "table"
    label = _("Table with rows")
    icon = "table"
    group = _("Several at a time")
    type = Type.ROWS
    example = Example(
        settings={
            "label": "Budget",
            "columns": [
                {"label": "Kostnad", "type": "short_text", "name": "kostnad", "required": True},
                {"label": "Belopp", "type": "money", "name": "belopp", "required": True, "total": True},
            ],
            "min_rows": 1,
            "max_rows": 3,
            "row_sums": False,
        },
        data={
            "-count": "2",
            "-0-kostnad": "Lokal",
            "-0-belopp": "1 200",
            "-1-kostnad": "",
            "-1-belopp": "",
        },
        stored=[{"kostnad": "Lokal", "belopp": "1200"}],
        display="Kostnad: Lokal, Belopp: 1\xa0200\xa0kr",
        cells=[1, Decimal(1200)],
        wrong=[
            {"-count": "1", "-0-kostnad": "Lokal", "-0-belopp": "mycket"},
            {"-count": "1", "-0-kostnad": "", "-0-belopp": "100"},
            {"-count": "4", **{f"-{row}-{name}": "1" for row in range(4) for name in ("kostnad", "belopp")}},
        ],
        empty={"-count": "1", "-0-kostnad": "", "-0-belopp": " "},
    )

    class Settings(QuestionBlock):
        """Columns, rows, sums and rules."""

        columns = ListBlock(ColumnBlock(), label=_("Columns"), default=[], collapsed=True)
        first_year = IntegerBlock(
            label=_("Columns for years, from"),
            required=False,
            min_value=YEARS.start,
            max_value=YEARS.stop - 1,
            help_text=_("Gives a column of money for each year, named y2027 and so on in calculations."),
        )
        years = IntegerBlock(label=_("Number of years"), required=False, default=3, min_value=1, max_value=MOST_YEARS)
        years_ore = BooleanBlock(label=_("Years with öre"), required=False)
        given_rows = BooleanBlock(
            label=_("One row from the start for each option in the first column"),
            required=False,
            help_text=_(
                "For a budget with the same kinds of cost for all: the rows stand there and cannot be removed."
            ),
        )
        min_rows = IntegerBlock(label=_("Fewest rows"), default=1, min_value=1, max_value=ROWS_LIMIT)
        max_rows = IntegerBlock(label=_("Most rows"), default=20, min_value=1, max_value=ROWS_LIMIT)
        row_sums = BooleanBlock(label=_("Show the sum of every row"), required=False)
        rules = ListBlock(TableRuleBlock(), label=_("Rules"), default=[], collapsed=True)

        def get_form_layout(self) -> BlockGroup:
            """The columns, then what concerns years and rows, each together."""
            layout = super().get_form_layout()
            years = BlockGroup(
                ["first_year", "years", "years_ore"], heading=_("Columns for years"), classname="collapsed"
            )
            rows = BlockGroup(["given_rows", "min_rows", "max_rows", "row_sums"], heading=_("Rows"))
            first = [name for name in layout.children if name not in (*years.children, *rows.children)]
            place = first.index("columns") + 1
            return BlockGroup([*first[:place], years, rows, *first[place:]], settings=layout.settings)

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        columns = compile_columns(value, context)
        return {
            "columns": columns,
            "min_rows": value.get("min_rows") or 1,
            "max_rows": value.get("max_rows") or 20,
            "row_sums": bool(value.get("row_sums")),
            "row_sum_of": choose_summed(columns),
            "given_rows": bool(value.get("given_rows")),
        }

    def calculations(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        columns = compile_columns(value, context)
        order = compile_calculations(value, columns, context)
        return {"columns": columns, "calculated": order, "rules": compile_rules(value, columns, context)}

    def fill_keys(self, value: Mapping[str, Any]) -> bool:
        return fill_column_keys(value)

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        block_id = context.block_id
        columns = settings["columns"].bound_blocks if settings.get("columns") else []
        count = len(columns) + len(years_of(settings))
        if not count:
            yield Problem("no_columns", _("The table has no columns. Add at least one."), block_id, setting="columns")
        most, fewest = settings.get("max_rows") or 20, settings.get("min_rows") or 1
        if fewest > most:
            yield Problem(
                "limits_crossed",
                _("The fewest rows allowed are more than the most. Exchange the two numbers."),
                block_id,
                setting="min_rows",
            )
        if most * count > CELLS_LIMIT:
            sentence = _(
                "%(rows)s rows of %(columns)s columns are more than a browser can send. Allow at most %(limit)s rows."
            ) % {"rows": most, "columns": count, "limit": CELLS_LIMIT // count}
            yield Problem("too_many_cells", sentence, block_id, setting="max_rows")
        if settings.get("given_rows"):
            yield from self._lint_given(settings, context, most)
        yield from lint_columns(settings, context)
        yield from lint_rules(settings)

    @staticmethod
    def _lint_given(settings: Mapping[str, Any], context: Any, most: int) -> Iterable[Problem]:
        given = len(given_keys({"given_rows": True, "columns": compile_columns(settings, context)}))
        if not given:
            sentence = _(
                "Rows from the start are made from the options of the first column. Let it hold one of several options."
            )
            yield Problem("no_given_rows", sentence, context.block_id, setting="given_rows")
        elif given > most:
            too_many = _("There are %(count)s options in the first column. Allow at least as many rows.")
            yield Problem("too_many_given", too_many % {"count": given}, context.block_id, setting="max_rows")

    # --- asking ---

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        cells = [(column, cell_field(column)) for column in asked_columns(field)]
        return TableAnswer(
            settings=field["settings"],
            cells=cells,
            widget=TableInput(field=field, cells=cells),
            **self.common(field, required),
        )

    def from_json(self, field: Field, stored: Any) -> Any:
        asked = asked_columns(field)
        rows = []
        for row in typed_rows(field["settings"], stored or (), asked):
            typed = {}
            for column in asked:
                kind = kind_of_column(column)
                value = cell_field(column).prepare_value(kind.from_json(column, row.get(column["id"])))
                typed[column["id"]] = "" if value is None else value
            rows.append(typed)
        return rows

    def recompute(self, field: Field, stored: Any) -> Any:
        if not field["settings"].get("calculated"):
            return stored
        return [with_calculations(field["settings"], row) for row in stored]

    def broken_rules(
        self, field: Field, stored: Any, answers: Mapping[str, Any], today: date
    ) -> list[tuple[bool, str]]:
        return list(broken_rules(field, stored, answers, today)) if field["settings"].get("rules") else []

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        settings = field["settings"]
        count = len(given_keys(settings)) or rng.randint(
            settings["min_rows"], min(settings["min_rows"] + 2, settings["max_rows"])
        )
        typed = {
            f"-{index}-{column['name']}": kind_of_column(column).cell_sample(column, rng)
            for index in range(count)
            for column in asked_columns(field)
        }
        return {"-count": str(count), **typed}

    # --- the answer for people ---

    def display(self, field: Field, stored: Any) -> str:
        lines = []
        for row in stored or ():
            parts = [
                gettext("%(label)s: %(value)s")
                % {"label": column["label"], "value": kind_of_column(column).display(column, row[column["id"]])}
                for column in field["settings"]["columns"]
                if row.get(column["id"]) is not None
            ]
            lines.append(", ".join(parts))
        return "\n".join(lines)

    def display_html(self, field: Field, stored: Any) -> SafeString:
        if not stored:
            return SafeString("")
        columns = field["settings"]["columns"]
        along = summed_along(field["settings"])
        rows = [
            {
                "cells": [
                    {
                        "label": column["label"],
                        "html": kind_of_column(column).display_html(column, row.get(column["id"])),
                        "is_number": is_summed(column),
                        "is_header": place == 0 and not is_summed(column),
                    }
                    for place, column in enumerate(columns)
                ],
                "total": sum_text(along, row_sum(along, row)),
            }
            for row in stored
        ]
        totals = [sum_text([column], column_sum(column, stored)) if column["total"] else "" for column in columns]
        context = {
            "label": field["label"],
            "columns": [{"label": column["label"], "is_number": is_summed(column)} for column in columns],
            "rows": rows,
            "has_row_sums": bool(along),
            "has_totals": any(totals) or bool(along),
            "before_totals": next((place for place, text in enumerate(totals) if text), len(totals)),
            "totals": [{"label": column["label"], "text": text} for column, text in zip(columns, totals, strict=True)],
            "grand_total": sum_text(along, table_sum(along, stored)),
        }
        return SafeString(render_to_string("forms/widgets/table_answer.html", context))

    # --- exports and expressions ---

    def columns(self, field: Field) -> list[Column]:
        rows = gettext("%(label)s: number of rows") % {"label": field["label"]}
        return [
            Column(field["id"], rows, "number"),
            *(
                Column(
                    f"{field['id']}.{column['id']}",
                    gettext("%(label)s: sum of %(column)s") % {"label": field["label"], "column": column["label"]},
                    kind_of_column(column).column_type,
                )
                for column in field["settings"]["columns"]
                if column["total"]
            ),
        ]

    def cells(self, field: Field, stored: Any) -> list[Any]:
        totalled = [column for column in field["settings"]["columns"] if column["total"]]
        if stored is None:
            return [None, *(None for _column in totalled)]
        return [len(stored), *(column_sum(column, stored) for column in totalled)]

    def row_columns(self, field: Field) -> list[Column]:
        columns = [
            Column(f"{field['id']}.{column['id']}", column["label"], kind_of_column(column).column_type)
            for column in field["settings"]["columns"]
        ]
        if along := summed_along(field["settings"]):
            columns.append(Column(f"{field['id']}.sum", gettext("Sum"), kind_of_column(along[0]).column_type))
        return columns

    def row_cells(self, field: Field, stored: Any) -> list[list[Any]]:
        columns = field["settings"]["columns"]
        along = summed_along(field["settings"])
        rows = []
        for row in stored or ():
            cells = [kind_of_column(column).cells(column, row.get(column["id"]))[0] for column in columns]
            rows.append([*cells, row_sum(along, row)] if along else cells)
        return rows

    def expression_name(self, field: Field) -> Name | None:
        return Name(field["id"], Type.ROWS, columns=names_in_row(field["settings"]["columns"]))

    def redact(self, field: Field, stored: Any) -> Any:
        """Numbers and amounts stay, everything else goes."""
        kept = [column["id"] for column in field["settings"]["columns"] if is_summed(column)]
        return [{key: row[key] for key in kept if key in row} for row in stored or ()] or None

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "begin_repeat"}
