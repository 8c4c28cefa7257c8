"""Calculated cells and rules of a table: compiled at publish, worked out here and in the browser by the same trees."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BooleanBlock, StructBlock

from forms import expressions
from forms.conditions import ConditionBlock, level_block, sentence_block
from forms.expressions import Compiled, Type
from forms.fields.base import Field
from forms.kinds import Problem

from .columns import names_in_row
from .rows import Row, row_title, with_place


class TableRuleBlock(StructBlock):
    """Something that must hold in the table, and what is said when it does not."""

    holds = ConditionBlock(
        label=_("This must hold"),
        help_text=_(
            "For every row, columns are written by their names: hours * price <= 5000. For the whole table, as in "
            "other calculations: own_share >= 0.25 * sum(budget.amount). Nothing is said while something it "
            "compares is empty; default(own_share, 0) counts empty as 0."
        ),
    )
    each_row = BooleanBlock(label=_("On every row"), required=False, default=True)
    message = sentence_block()
    level = level_block()

    class Meta:
        icon = "check"
        label = _("Rule")
        label_format = "{message}"


def compile_rules(value: Mapping[str, Any], columns: Sequence[Field], context: Any) -> list[dict[str, Any]]:
    """The rules a version keeps; what cannot be read becomes a problem at its rule."""
    rules = []
    for child in value["rules"].bound_blocks if value.get("rules") else ():
        each_row = bool(child.value.get("each_row"))
        # On a row its own columns come first, and answers to other questions can be compared with.
        names = {**context.draft.names, **names_in_row(columns)} if each_row else None
        source = child.value.get("holds") or ""
        compiled = context.at(child.id).expression(source, "holds", Type.BOOLEAN, names)
        if compiled is not None:
            rules.append(
                {
                    "id": child.id,
                    "holds": compiled.to_json(),
                    "needs": sorted(expressions.needed(compiled.ast)),
                    "each_row": each_row,
                    "message": child.value.get("message") or "",
                    "level": child.value.get("level") or "error",
                }
            )
    return rules


def lint_rules(value: Mapping[str, Any]) -> Iterator[Problem]:
    """Rules that say nothing."""
    for child in value["rules"].bound_blocks if value.get("rules") else ():
        if not (child.value.get("message") or "").strip():
            sentence = _("Write what is wrong and what to do, so that people can correct it.")
            yield Problem("no_message", sentence, child.id, setting="message")


def with_calculations(settings: Mapping[str, Any], row: Row) -> dict[str, Any]:
    """The row with its calculated cells worked out; what was given for them is not believed."""
    order = settings.get("calculated") or ()
    if not order:
        return dict(row)
    values = {key: value for key, value in row.items() if key not in order}
    asts = {column["id"]: column["settings"]["calculation"] for column in settings["columns"] if column["id"] in order}
    for column_id in order:
        found = expressions.to_json(_ready(asts[column_id]).evaluate(values, today=timezone.localdate()))
        if found is not None:
            values[column_id] = found
    return values


def broken_rules(
    field: Field, stored: Sequence[Row], answers: Mapping[str, Any], today: date
) -> Iterator[tuple[bool, str]]:
    """Every rule that does not hold: once for the table, or once for every row, named."""
    settings = field["settings"]
    rules = settings.get("rules") or ()
    rows = with_place(settings, stored) if any(rule["each_row"] for rule in rules) else []
    for rule in rules:
        holds = _ready(rule["holds"])
        if not rule["each_row"]:
            if _is_broken(rule, holds, answers, today):
                yield rule["level"] == "error", rule["message"]
            continue
        for place, row in rows:
            if _is_broken(rule, holds, {**answers, **row}, today):
                sentence = gettext("%(row)s: %(problem)s") % {
                    "row": row_title(settings, place),
                    "problem": rule["message"],
                }
                yield rule["level"] == "error", sentence


def _is_broken(rule: Mapping[str, Any], holds: Compiled, values: Mapping[str, Any], today: date) -> bool:
    """Does it not hold? Of what is not filled in nothing is said."""
    return all(values.get(needed) is not None for needed in rule["needs"]) and not holds.holds(values, today=today)


def _ready(stored: Mapping[str, Any]) -> Compiled:
    return _built(json.dumps(stored))


@lru_cache(maxsize=2000)
def _built(stored: str) -> Compiled:
    return Compiled.from_json(json.loads(stored))
