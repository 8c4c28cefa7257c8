"""What stands between the questions: headings, text, boxes with information."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ChoiceBlock, StructBlock, TextBlock
from wagtail.blocks.struct_block import BlockGroup

from forms.expressions import Name
from forms.kinds import Problem

from .base import Column, Example, Field, FieldKind


class Content(FieldKind):
    """A heading, a text, or both, plain or in a box."""

    name = "content"
    label = _("Heading and text")
    icon = "title"
    group = _("Between the questions")
    asks = False
    example = Example(settings={"heading": "Parter", "text": "Minst två.\n\nEn är huvudman.", "style": "notice"})

    class Settings(StructBlock):
        """What is said, and how it looks."""

        heading = CharBlock(label=_("Heading"), required=False, max_length=200)
        text = TextBlock(label=_("Text"), required=False, rows=4, max_length=5000)
        style = ChoiceBlock(
            label=_("Shown as"),
            default="plain",
            choices=[("plain", _("plain text")), ("notice", _("information box")), ("warning", _("warning box"))],
        )
        name = CharBlock(label=_("Name"), required=False, max_length=60)
        shown_if = TextBlock(label=_("Show only if"), required=False, rows=1)

        class Meta:
            label_format = "{heading}"

        def get_form_layout(self) -> BlockGroup:
            """What is said first, what is seldom set folded away."""
            return BlockGroup(["heading", "text", "style"], settings=["name", "shown_if"])

    def label_of(self, value: Mapping[str, Any]) -> str:
        return value.get("heading") or ""

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {
            "heading": value.get("heading") or "",
            "text": value.get("text") or "",
            "style": value.get("style") or "plain",
        }

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        if not (settings.get("heading") or settings.get("text")):
            yield Problem("empty_content", _("Write a heading or a text, or remove this part."), context.block_id)

    def html(self, field: Field, stored: Any = None) -> SafeString:
        return SafeString(render_to_string("forms/widgets/content.html", field["settings"]))

    def columns(self, field: Field) -> list[Column]:
        return []

    def cells(self, field: Field, stored: Any) -> list[Any]:
        return []

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ()

    def expression_name(self, field: Field) -> Name | None:
        return None

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "note"}
