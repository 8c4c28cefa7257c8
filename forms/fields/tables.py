"""The repeating table: rows that people add, columns that the editor sets, sums per column and row."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

import django.forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BooleanBlock, CharBlock, ChoiceBlock, IntegerBlock, ListBlock, StructBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from forms.expressions import Name, Type, is_name
from forms.kinds import Problem, family
from forms.names import readable_name

from .answer import AnswerField
from .base import Column, Example, Field, FieldKind, QuestionBlock
from .choices import OptionBlock

ROWS_LIMIT = 100
CELLS_LIMIT = 800
"""A browser may post a thousand fields at most; some are kept for the rest of the page."""

SUMMED = frozenset({"number", "money"})


class ColumnBlock(StructBlock):
    """One column; its name is kept when the label changes."""

    label = CharBlock(label=_("Column"), max_length=100)
    type = ChoiceBlock(
        label=_("Holds"),
        default="short_text",
        choices=[
            ("short_text", _("text")),
            ("whole_number", _("a whole number")),
            ("money", _("money")),
            ("date", _("a date")),
            ("one_of", _("one of several options")),
        ],
    )
    required = BooleanBlock(label=_("Must be filled in on every row"), required=False, default=True)
    total = BooleanBlock(label=_("Show the sum of the column"), required=False)
    choices = ListBlock(OptionBlock(), label=_("Options"), default=[], collapsed=True)
    choice_list = SnippetChooserBlock("forms.ChoiceList", label=_("Options from a choice list"), required=False)
    name = CharBlock(
        label=_("Name"),
        required=False,
        max_length=60,
        help_text=_("A short name for calculations and exports; made from the column's heading when left empty."),
    )

    class Meta:
        label_format = "{label}"


def kind_of_column(column: Field) -> FieldKind:
    """A column is a small question of its own."""
    return family("field")[column["kind"]]  # type: ignore[return-value]


def is_summed(column: Field) -> bool:
    """Can the column be added up?"""
    return kind_of_column(column).column_type in SUMMED


def column_sum(column: Field, rows: Iterable[Mapping[str, Any]]) -> Decimal:
    """The sum of a column's stored values, empty cells left out."""
    return sum((Decimal(row[column["id"]]) for row in rows if row.get(column["id"]) is not None), Decimal(0))


def row_sum(columns: Iterable[Field], row: Mapping[str, Any]) -> Decimal:
    """The sum along a row's stored values, empty cells left out."""
    return sum((Decimal(row[c["id"]]) for c in columns if is_summed(c) and row.get(c["id"]) is not None), Decimal(0))


def _stored_sum(column: Field, amount: Decimal) -> str | int:
    return kind_of_column(column).to_json(column, amount)


def _is_blank(row: Mapping[str, Any]) -> bool:
    return not any(str(cell or "").strip() for cell in row.values())


class TableInput(django.forms.Widget):
    """Rows of inputs with buttons that add and remove rows; works without JavaScript.

    Pressing *add* posts ``add-row=<name>``, pressing *remove* posts ``remove-row=<name>-<row>``: the value read is then
    already the table with the row added or removed, to be shown again without being checked.
    """

    template_name = "forms/widgets/table.html"
    use_fieldset = True

    def __init__(self, *, field: Field, cells: Sequence[tuple[Field, django.forms.Field]]) -> None:
        self.field = field
        self.cells = list(cells)
        super().__init__()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[dict[str, str]]:
        try:
            count = min(max(int(data.get(f"{name}-count", 0)), 0), ROWS_LIMIT)
        except (TypeError, ValueError):
            count = 0
        rows = [
            {column["id"]: str(data.get(f"{name}-{index}-{column['name']}", "") or "") for column, _cell in self.cells}
            for index in range(count)
        ]
        removed = str(data.get("remove-row", ""))
        rows = [row for index, row in enumerate(rows) if removed != f"{name}-{index}"]
        if data.get("add-row") == name and len(rows) < self.field["settings"]["max_rows"]:
            rows.append({column["id"]: "" for column, _cell in self.cells})
        return rows

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return f"{name}-count" not in data

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-0-{self.cells[0][0]['name']}" if id_ and self.cells else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        settings = self.field["settings"]
        columns = settings["columns"]
        base = context["widget"]["attrs"].get("id", name)
        is_invalid = bool(context["widget"]["attrs"].get("aria-invalid"))
        typed = [dict(row) for row in value or ()]
        while len(typed) < max(settings["min_rows"], 1):
            typed.append({})
        all_blank = all(_is_blank(row) for row in typed)
        shown, stored = [], []
        for index, row in enumerate(typed):
            clean: dict[str, Any] = {}
            cells = []
            for column, cell in self.cells:
                text = row.get(column["id"], "")
                answer, error = _try(column, cell, text)
                clean[column["id"]] = answer
                cell_attrs = {
                    "id": f"{base}-{index}-{column['name']}",
                    "aria-label": gettext("%(column)s, row %(number)s")
                    % {"column": column["label"], "number": index + 1},
                    "data-column": column["name"],
                }
                if is_invalid and error and (not _is_blank(row) or (all_blank and index == 0)):
                    cell_attrs["aria-invalid"] = "true"
                html = cell.widget.render(f"{name}-{index}-{column['name']}", text, cell_attrs)
                cells.append({"label": column["label"], "html": html, "is_number": is_summed(column)})
            stored.append(clean)
            total = self._row_total(clean) if settings["row_sums"] else ""
            shown.append({"index": index, "number": index + 1, "cells": cells, "total": total})
        context.update(
            {
                "columns": [{"label": column["label"], "is_number": is_summed(column)} for column in columns],
                "rows": shown,
                "count": len(shown),
                "row_sums": settings["row_sums"],
                "totals": [
                    {"name": column["name"], "label": column["label"], "text": _sum_text(column, stored)}
                    if column["total"]
                    else None
                    for column in columns
                ],
                "has_totals": any(column["total"] for column in columns),
                "grand_total": self._grand_total(stored) if settings["row_sums"] else "",
                "can_add": len(shown) < settings["max_rows"],
                "can_remove": len(shown) > 1,
                "max_rows": settings["max_rows"],
            }
        )
        return context

    def _row_total(self, row: Mapping[str, Any]) -> str:
        columns = self.field["settings"]["columns"]
        first = next((column for column in columns if is_summed(column)), None)
        return "" if first is None else _text_of(first, row_sum(columns, row))

    def _grand_total(self, rows: Sequence[Mapping[str, Any]]) -> str:
        columns = self.field["settings"]["columns"]
        first = next((column for column in columns if is_summed(column)), None)
        return "" if first is None else _text_of(first, sum((row_sum(columns, row) for row in rows), Decimal(0)))


def _text_of(column: Field, amount: Decimal) -> str:
    return kind_of_column(column).display(column, _stored_sum(column, amount))


def _sum_text(column: Field, rows: Iterable[Mapping[str, Any]]) -> str:
    return _text_of(column, column_sum(column, rows))


def _try(column: Field, cell: django.forms.Field, text: Any) -> tuple[Any, ValidationError | None]:
    try:
        return kind_of_column(column).to_json(column, cell.clean(text)), None
    except ValidationError as error:
        return None, error


class TableAnswer(AnswerField):
    """The rows that have something in them, each cell checked by its column."""

    group_class = "wide"

    default_error_messages = {"required": _("Fill in at least one row.")}

    def __init__(
        self, *, cells: Sequence[tuple[Field, django.forms.Field]], min_rows: int, max_rows: int, **kwargs: Any
    ) -> None:
        self.cells = list(cells)
        self.min_rows = min_rows
        self.max_rows = max_rows
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        errors: list[ValidationError] = []
        for number, typed in enumerate(value or (), start=1):
            if _is_blank(typed):
                continue
            row = {}
            for column, cell in self.cells:
                answer, error = _try(column, cell, typed.get(column["id"], ""))
                if error is not None:
                    errors.append(
                        ValidationError(
                            _("Row %(number)s, %(column)s: %(problem)s"),
                            code="cell",
                            params={"number": number, "column": column["label"], "problem": " ".join(error.messages)},
                        )
                    )
                elif answer is not None:
                    row[column["id"]] = answer
            rows.append(row)
        if errors:
            raise ValidationError(errors)
        return rows

    def validate(self, value: list[dict[str, Any]]) -> None:
        super().validate(value)
        if value and len(value) < self.min_rows:
            raise ValidationError(
                ngettext("Fill in at least %(count)s row.", "Fill in at least %(count)s rows.", self.min_rows)
                % {"count": self.min_rows},
                code="too_few",
            )
        if len(value) > self.max_rows:
            raise ValidationError(
                ngettext("At most %(count)s row fits.", "At most %(count)s rows fit.", self.max_rows)
                % {"count": self.max_rows},
                code="too_many",
            )


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
        """Columns, rows and sums."""

        columns = ListBlock(ColumnBlock(), label=_("Columns"), default=[])
        min_rows = IntegerBlock(label=_("Fewest rows"), default=1, min_value=1, max_value=ROWS_LIMIT)
        max_rows = IntegerBlock(label=_("Most rows"), default=20, min_value=1, max_value=ROWS_LIMIT)
        row_sums = BooleanBlock(label=_("Show the sum of every row"), required=False)

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        columns = value.get("columns")
        return {
            "columns": [
                self._compile_column(child.value, child.id, context)
                for child in (columns.bound_blocks if columns else ())
            ],
            "min_rows": value.get("min_rows") or 1,
            "max_rows": value.get("max_rows") or 20,
            "row_sums": bool(value.get("row_sums")),
        }

    def _compile_column(self, value: Mapping[str, Any], column_id: str, context: Any) -> dict[str, Any]:
        kind = family("field")[value["type"]]
        return {
            "id": column_id,
            "name": value.get("name") or "",
            "kind": kind.name,
            "label": value.get("label") or "",
            "help": "",
            "error": "",
            "required": bool(value.get("required")),
            "personal": False,
            "total": bool(value.get("total")) and kind.column_type in SUMMED,  # type: ignore[attr-defined]
            "settings": kind.compile({"smallest": 0, **value}, context),
        }

    def fill_keys(self, value: Mapping[str, Any]) -> bool:
        columns = list(value.get("columns") or ())
        taken = {column["name"] for column in columns if column.get("name")}
        given = False
        for column in columns:
            given |= family("field")[column["type"]].fill_keys(column)  # type: ignore[attr-defined]
            if not column.get("name"):
                column["name"] = readable_name(column.get("label") or "", taken, "column")
                taken.add(column["name"])
                given = True
        return given

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        block_id = context.block_id
        columns = settings["columns"].bound_blocks if settings.get("columns") else []
        if not columns:
            yield Problem("no_columns", _("The table has no columns. Add at least one."), block_id, setting="columns")
        most, fewest = settings.get("max_rows") or 20, settings.get("min_rows") or 1
        if fewest > most:
            yield Problem(
                "limits_crossed",
                _("The fewest rows allowed are more than the most. Exchange the two numbers."),
                block_id,
                setting="min_rows",
            )
        if most * len(columns) > CELLS_LIMIT:
            sentence = _(
                "%(rows)s rows of %(columns)s columns are more than a browser can send. Allow at most %(limit)s rows."
            ) % {"rows": most, "columns": len(columns), "limit": CELLS_LIMIT // len(columns)}
            yield Problem("too_many_cells", sentence, block_id, setting="max_rows")
        labels: set[str] = set()
        names: set[str] = set()
        for child in columns:
            column = child.value
            kind = family("field")[column["type"]]
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
            yield from kind.lint({"smallest": None, "largest": None, **column}, context.at(child.id))

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        settings = field["settings"]
        cells = [(column, kind_of_column(column).cell_field(column)) for column in settings["columns"]]
        return TableAnswer(
            cells=cells,
            min_rows=settings["min_rows"],
            max_rows=settings["max_rows"],
            widget=TableInput(field=field, cells=cells),
            **self.common(field, required),
        )

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        settings = field["settings"]
        count = rng.randint(settings["min_rows"], min(settings["min_rows"] + 2, settings["max_rows"]))
        typed = {
            f"-{index}-{column['name']}": kind_of_column(column).cell_sample(column, rng)
            for index in range(count)
            for column in settings["columns"]
        }
        return {"-count": str(count), **typed}

    def from_json(self, field: Field, stored: Any) -> Any:
        rows = []
        for row in stored or ():
            typed = {}
            for column in field["settings"]["columns"]:
                kind = kind_of_column(column)
                value = kind.cell_field(column).prepare_value(kind.from_json(column, row.get(column["id"])))
                typed[column["id"]] = "" if value is None else value
            rows.append(typed)
        return rows

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
        settings = field["settings"]
        columns = settings["columns"]
        first = next((column for column in columns if is_summed(column)), None)
        rows = [
            {
                "cells": [
                    {
                        "label": column["label"],
                        "html": kind_of_column(column).display_html(column, row.get(column["id"])),
                        "is_number": is_summed(column),
                    }
                    for column in columns
                ],
                "total": _text_of(first, row_sum(columns, row)) if settings["row_sums"] and first else "",
            }
            for row in stored
        ]
        context = {
            "label": field["label"],
            "columns": [{"label": column["label"], "is_number": is_summed(column)} for column in columns],
            "rows": rows,
            "row_sums": settings["row_sums"],
            "has_totals": any(column["total"] for column in columns),
            "totals": [_sum_text(column, stored) if column["total"] else "" for column in columns],
            "grand_total": _text_of(first, sum((row_sum(columns, row) for row in stored), Decimal(0)))
            if settings["row_sums"] and first
            else "",
        }
        return SafeString(render_to_string("forms/widgets/table_answer.html", context))

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
        if field["settings"]["row_sums"]:
            columns.append(Column(f"{field['id']}.sum", gettext("Sum"), "money"))
        return columns

    def row_cells(self, field: Field, stored: Any) -> list[list[Any]]:
        columns = field["settings"]["columns"]
        rows = []
        for row in stored or ():
            cells = [kind_of_column(column).cells(column, row.get(column["id"]))[0] for column in columns]
            rows.append([*cells, row_sum(columns, row)] if field["settings"]["row_sums"] else cells)
        return rows

    def expression_name(self, field: Field) -> Name | None:
        columns = {}
        for column in field["settings"]["columns"]:
            name = kind_of_column(column).expression_name(column)
            if name is not None:
                columns[column["name"]] = name
        return Name(field["id"], Type.ROWS, columns=columns)

    def redact(self, field: Field, stored: Any) -> Any:
        """Numbers and amounts stay, everything else goes."""
        kept = [column["id"] for column in field["settings"]["columns"] if is_summed(column)]
        return [{key: row[key] for key in kept if key in row} for row in stored or ()] or None

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "begin_repeat"}
