"""The table as it is filled in: the widget that draws rows of cells, and the field that judges them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import django.forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from forms.fields.answer import AnswerField
from forms.fields.base import Field

from .calculating import with_calculations
from .columns import is_calculated, is_summed, kind_of_column
from .rows import TypedRows, given_keys, is_blank, read_rows, row_title
from .sums import column_sum, finest, row_sum, sum_text, summed_along, table_sum, zero_of
from .words import words

Cells = Sequence[tuple[Field, django.forms.Field]]


def tried(column: Field, cell: django.forms.Field, text: Any) -> tuple[Any, ValidationError | None]:
    """What was typed in a cell as it would be stored, or what is wrong with it."""
    try:
        return kind_of_column(column).to_json(column, cell.clean(text)), None
    except ValidationError as error:
        return None, error


class TableInput(django.forms.Widget):
    """Rows of inputs with buttons that add, remove and move rows; works without JavaScript.

    *Add* posts ``add-row=<name>``, *remove* ``remove-row=<name>-<row>`` and *move* ``move-row=<name>-<row>-up`` or
    ``-down``: the value read is then already the table after that, to be shown again without being checked.
    """

    template_name = "forms/widgets/table.html"
    use_fieldset = True

    def __init__(self, *, field: Field, cells: Cells) -> None:
        self.field = field
        self.cells = list(cells)
        self.asked = [column for column, _cell in self.cells]
        super().__init__()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> TypedRows:
        return read_rows(self.field, self.asked, data, name)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return f"{name}-count" not in data

    def id_for_label(self, id_: str) -> str:
        first = self.asked[1 if given_keys(self.field["settings"]) and len(self.asked) > 1 else 0 :]
        return f"{id_}-0-{first[0]['name']}" if id_ and first else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        settings = self.field["settings"]
        columns = settings["columns"]
        given = given_keys(settings)
        base = context["widget"]["attrs"].get("id", name)
        is_invalid = bool(context["widget"]["attrs"].get("aria-invalid"))
        typed = [dict(row) for row in value or ()]
        while len(typed) < len(given):
            typed.append({columns[0]["id"]: given[len(typed)]})
        while len(typed) < max(settings["min_rows"], 1):
            typed.append({})
        first = columns[0]["id"] if given else ""
        blank = [is_blank(row, first if place < len(given) else "") for place, row in enumerate(typed)]
        along = summed_along(settings)
        shown, stored = [], []
        for place, row in enumerate(typed):
            is_judged = is_invalid and (not blank[place] or (all(blank) and place == 0))
            cells, clean = self._cells(f"{name}-{place}", f"{base}-{place}", base, row, place < len(given), is_judged)
            stored.append({} if blank[place] else with_calculations(settings, clean))
            self._write_calculated(cells, stored[-1])
            shown.append(
                {
                    "index": place,
                    "id": f"{base}-{place}-row",
                    "title": row_title(settings, place),
                    "number": place + 1,
                    "is_given": place < len(given),
                    "can_go_up": place > len(given),
                    "can_go_down": len(given) <= place < len(typed) - 1,
                    "cells": cells,
                    "total": sum_text(along, row_sum(along, stored[-1])),
                }
            )
        context.update(
            {
                "label": self.field["label"],
                "base": base,
                "columns": [self._heading(column, base) for column in columns],
                "rows": shown,
                "count": len(shown),
                "has_row_sums": bool(along),
                "along": self._writing(along) if along else {},
                "totals": [
                    {
                        "name": column["name"],
                        "label": column["label"],
                        "text": sum_text([column], column_sum(column, stored)),
                        **self._writing([column]),
                    }
                    if column["total"]
                    else None
                    for column in columns
                ],
                "has_totals": any(column["total"] for column in columns) or bool(along),
                "grand_total": sum_text(along, table_sum(along, stored)),
                "left_out": self._as_text(getattr(value, "left_out", ())),
                "can_add": len(shown) < settings["max_rows"],
                "can_move": len(shown) - len(given) > 1 or settings["max_rows"] - len(given) > 1,
                "can_remove": len(shown) > max(len(given), 1),
                "most_rows": settings["max_rows"],
                "logic": json.dumps(self._logic(), ensure_ascii=False),
                "words": json.dumps(words(settings), ensure_ascii=False),
            }
        )
        return context

    def _as_text(self, rows: Sequence[Mapping[str, str]]) -> str:
        """Rows as a spreadsheet takes them when they are pasted into it."""
        lines = ("\t".join(" ".join(row.get(column["id"], "").split()) for column in self.asked) for row in rows)
        return "\n".join(lines)

    def _cells(
        self, name: str, row_base: str, base: str, row: Mapping[str, Any], is_given: bool, is_judged: bool
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """The cells of one row as the page draws them, and what is in them as it would be stored."""
        fields = {column["id"]: cell for column, cell in self.cells}
        cells, clean = [], {}
        for place, column in enumerate(self.field["settings"]["columns"]):
            shown: dict[str, Any] = {"label": column["label"], "is_number": is_summed(column), "kind": column["kind"]}
            cells.append(shown)
            if is_calculated(column):
                shown.update({"column": column, "name": column["name"], **self._writing([column])})
                continue
            text = row.get(column["id"], "")
            text = "" if text is None else text
            answer, error = tried(column, fields[column["id"]], text)
            if answer is not None:
                clean[column["id"]] = answer
            if is_given and place == 0:
                shown.update(
                    {
                        "given": kind_of_column(column).display(column, text),
                        "id": f"{row_base}-row",
                        "input_name": f"{name}-{column['name']}",
                        "name": column["name"],
                        "value": text,
                    }
                )
                continue
            cell_id = f"{row_base}-{column['name']}"
            cell_attrs = {
                "id": cell_id,
                "aria-labelledby": f"{base}-head-{column['name']} {row_base}-row",
                "data-column": column["name"],
            }
            if is_judged and error:
                cell_attrs["aria-invalid"] = "true"
                cell_attrs["aria-describedby"] = f"{cell_id}-error"
                shown.update({"error": " ".join(error.messages), "error_id": f"{cell_id}-error"})
            shown["html"] = fields[column["id"]].widget.render(f"{name}-{column['name']}", text, cell_attrs)
        return cells, clean

    @staticmethod
    def _write_calculated(cells: list[dict[str, Any]], row: Mapping[str, Any]) -> None:
        for cell in cells:
            if column := cell.pop("column", None):
                cell["text"] = kind_of_column(column).display(column, row.get(column["id"])) or "–"

    @staticmethod
    def _heading(column: Field, base: str) -> dict[str, Any]:
        unit = zero_of(column)[1] if is_summed(column) else ""
        return {
            "id": f"{base}-head-{column['name']}",
            "label": column["label"],
            "unit": "" if unit and unit in column["label"] else unit,
            "is_number": is_summed(column),
            "is_optional": not column["required"] and not is_calculated(column),
            "kind": column["kind"],
        }

    @staticmethod
    def _writing(columns: Sequence[Field]) -> dict[str, Any]:
        decimals, unit = zero_of(finest(columns))
        return {"decimals": decimals, "unit": unit}

    def _logic(self) -> dict[str, Any]:
        """What the browser works out by itself in this table."""
        settings = self.field["settings"]
        by_id = {column["id"]: column for column in settings["columns"]}
        types = {}
        for column in settings["columns"]:
            name = kind_of_column(column).expression_name(column)
            if name is not None:
                types[column["name"]] = {"id": column["id"], "type": name.type.value}
        return {
            "id": self.field["id"],
            "columns": types,
            "given": len(given_keys(settings)),
            "sumOf": [column["name"] for column in summed_along(settings)],
            "calculated": [
                {"id": key, "name": by_id[key]["name"], "ast": by_id[key]["settings"]["calculation"]["ast"]}
                for key in settings.get("calculated") or ()
            ],
            "rules": [
                {
                    "holds": rule["holds"]["ast"],
                    "needs": rule["needs"],
                    "eachRow": rule["each_row"],
                    "message": rule["message"],
                    "isError": rule["level"] == "error",
                }
                for rule in settings.get("rules") or ()
            ],
        }


class TableAnswer(AnswerField):
    """The rows that have something in them, each cell checked by its column."""

    group_class = "wide"

    default_error_messages = {"required": _("Fill in at least one row.")}

    def __init__(self, *, settings: Mapping[str, Any], cells: Cells, **kwargs: Any) -> None:
        self.settings = settings
        self.cells = list(cells)
        self.min_rows = settings["min_rows"]
        self.max_rows = settings["max_rows"]
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        if left_out := len(getattr(value, "left_out", ())):
            raise ValidationError(
                ngettext(
                    "At most %(most)s rows fit, and %(count)s row more was sent. It stands below the table.",
                    "At most %(most)s rows fit, and %(count)s rows more were sent. They stand below the table.",
                    left_out,
                )
                % {"most": self.max_rows, "count": left_out},
                code="too_many",
            )
        given = len(given_keys(self.settings))
        first = self.settings["columns"][0]["id"] if given else ""
        rows: list[dict[str, Any]] = []
        errors: list[ValidationError] = []
        for place, typed in enumerate(value or ()):
            if is_blank(typed, first if place < given else ""):
                continue
            row = {}
            for column, cell in self.cells:
                answer, error = tried(column, cell, typed.get(column["id"], ""))
                if error is not None:
                    errors.append(
                        ValidationError(
                            _("%(row)s, %(column)s: %(problem)s"),
                            code="cell",
                            params={
                                "row": row_title(self.settings, place),
                                "column": column["label"],
                                "problem": " ".join(error.messages),
                            },
                        )
                    )
                elif answer is not None:
                    row[column["id"]] = answer
            rows.append(with_calculations(self.settings, row))
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
