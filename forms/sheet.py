"""Every question of a form as it stands on paper, for the PDF, the word processor and the editor's preview."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from forms.paper import blocks_of, lengthen, text_blocks
from forms.runtime import Asked, FormRuntime, Page


def sections(runtime: FormRuntime) -> list[dict[str, Any]]:
    """Every page with every question, also those that depend on an answer."""
    return [_sheet(page, runtime.page_form(page, {}).asked) for page in runtime.pages]


def _sheet(page: Page, asked: Iterable[Asked]) -> dict[str, Any]:
    rows = []
    for one in asked:
        if one.bound is None:
            if not one.question.has_value and one.html and not one.question.condition:
                rows.append({"label": "", "note": "", "help": "", "blocks": blocks_of(one.html)})
            continue
        blocks = blocks_of(str(one.bound))
        lengthen(blocks)
        notes = [
            "" if one.question.form_field.required else _("optional"),
            _("only for some") if one.question.condition or page.condition else "",
        ]
        rows.append(
            {
                "label": one.question.label,
                "note": ", ".join(filter(None, notes)),
                "help": str(one.bound.help_text or ""),
                "blocks": blocks,
            }
        )
    return {"title": page.title, "intro": text_blocks(page.intro), "rows": rows}
