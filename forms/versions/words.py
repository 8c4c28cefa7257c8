"""Rules and settings of a compiled version, written so that people can read them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from forms.expressions import Compiled, ExpressionError, Name, to_text
from forms.fields import kind_of

Json = Mapping[str, Any]


def names_in(version: Json) -> dict[str, Name]:
    """The questions as expressions know them, under what people call them."""
    found: dict[str, Name] = {}
    for page in version["pages"]:
        for field in page["fields"]:
            name = kind_of(field).expression_name(field)
            if name is None:
                continue
            label = f"“{field['label']}”" if field["label"] else field["name"]
            label = label if label not in found else f"“{field['label']}” ({field['name']})"
            columns = {column["name"]: column for column in field["settings"].get("columns", ())}
            found[label] = replace(
                name,
                columns={
                    f"“{columns[key]['label']}”" if key in columns else key: part for key, part in name.columns.items()
                },
            )
    return found


def rule_in_words(rule: Json | None, version: Json) -> str:
    """A compiled condition or calculation with the questions' own words; empty where there is none."""
    return in_names(rule, names_in(version), _("a rule about something that is not in the form")) if rule else ""


def in_names(rule: Json, names: Mapping[str, Name], otherwise: str) -> str:
    """A compiled rule with these names; ``otherwise`` when it speaks of something that has none."""
    try:
        return to_text(Compiled.from_json(rule).ast, names)
    except ExpressionError:
        return otherwise


def sorted_rules(page: Json) -> dict[str, Json]:
    """The rules of a page by their ids; those that hold nothing left out."""
    return {rule["id"]: rule for rule in page.get("rules", ()) if rule.get("holds")}


def setting_label(field: Json, name: str) -> str:
    """What the editor calls a setting."""
    block = kind_of(field).block().child_blocks.get(name)
    return str(block.label) if block is not None and block.label else name.replace("_", " ")


def in_words(value: Any, version: Json) -> str:
    """The value of a setting."""
    if value is True:
        return _("yes")
    if value is False:
        return _("no")
    if value in (None, "", [], {}):
        return _("nothing")
    if isinstance(value, Mapping):
        if "ast" in value:
            return rule_in_words(value, version)
        return ", ".join(f"{key}: {in_words(part, version)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(in_words(part, version) for part in value)
    return str(value)


def items_of(value: Any) -> dict[str, tuple[str, Any]] | None:
    """Options, columns or rows by their stable keys: what each is called, and the rest of it; None for all else."""
    if not isinstance(value, list | tuple) or not value:
        return None
    if not all(isinstance(item, Mapping) and ("key" in item or "id" in item) for item in value):
        return None
    return {
        str(item.get("key") or item.get("id")): (
            str(item.get("label") or item.get("key") or item.get("name") or ""),
            {key: part for key, part in item.items() if key not in ("id", "key", "label")},
        )
        for item in value
    }
