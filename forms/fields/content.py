"""What stands between the questions: headings, text, info boxes, pictures."""

from collections.abc import Iterable, Mapping
from random import Random
from typing import Any, ClassVar

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ChoiceBlock, StructBlock, TextBlock
from wagtail.blocks.struct_block import BlockGroup
from wagtail.images.blocks import ImageChooserBlock

from forms.conditions import ConditionBlock
from forms.expressions import Name
from forms.kinds import Problem

from .base import Column, Example, Field, FieldKind

BETWEEN = _("Between the questions")


class Told(FieldKind):
    """What the kinds share that only tell something: no answer, no column."""

    group = BETWEEN
    asks = False

    def columns(self, field: Field) -> list[Column]:
        return []

    def cells(self, field: Field, stored: Any) -> list[Any]:
        return []

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ()

    def expression_name(self, field: Field) -> Name | None:
        return None

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        return {}

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "note"}


class ToldBlock(StructBlock):
    """What the editor may set on everything that only tells something; a kind adds its own."""

    name = CharBlock(label=_("Name"), required=False, max_length=60)
    shown_if = ConditionBlock(label=_("Show only if"), required=False)

    def get_form_layout(self) -> BlockGroup:
        """What is told first, what is seldom set folded away."""
        folded = [name for name in ToldBlock.base_blocks if name in self.child_blocks]
        return BlockGroup([name for name in self.child_blocks if name not in folded], settings=folded)


class TextSettings(ToldBlock):
    """A heading and a text."""

    heading = CharBlock(label=_("Heading"), required=False, max_length=200)
    text = TextBlock(label=_("Text"), required=False, rows=4, max_length=5000)

    class Meta:
        label_format = "{heading}"


class Text(Told):
    """What the kinds share that tell something in words; ``look`` is how: the setting, and its usual value."""

    look: ClassVar[tuple[str, str]]

    def label_of(self, value: Mapping[str, Any]) -> str:
        return value.get("heading") or ""

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        setting, usual = self.look
        return {
            "heading": value.get("heading") or "",
            "text": value.get("text") or "",
            setting: value.get(setting) or usual,
        }


class Content(Text):
    """A heading, a text, or both, plain or in a box."""

    name = "content"
    label = _("Heading and text")
    icon = "title"
    example = Example(settings={"heading": "Parter", "text": "Minst två.\n\nEn är huvudman.", "style": "notice"})

    look = ("style", "plain")

    class Settings(TextSettings):
        """What is said, and how it looks."""

        style = ChoiceBlock(
            label=_("Shown as"),
            default="plain",
            choices=[("plain", _("plain text")), ("notice", _("information box")), ("warning", _("warning box"))],
        )

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        if not (settings.get("heading") or settings.get("text")):
            yield Problem("empty_content", _("Write a heading or a text, or remove this part."), context.block_id)

    def html(self, field: Field, stored: Any = None) -> SafeString:
        return SafeString(render_to_string("forms/widgets/content.html", field["settings"]))


class InfoBox(Text):
    """A box with something to know: information, a warning, or something important."""

    name = "info_box"
    label = _("Info box")
    icon = "info-circle"
    example = Example(settings={"heading": "Bra att veta", "text": "Spara när ni vill.", "variant": "important"})

    look = ("variant", "info")

    class Settings(TextSettings):
        """What is said, and how weighty it is."""

        variant = ChoiceBlock(
            label=_("Sort"),
            default="info",
            choices=[("info", _("information")), ("warning", _("warning")), ("important", _("important"))],
        )
        text = TextBlock(label=_("Text"), rows=4, max_length=5000)

    def html(self, field: Field, stored: Any = None) -> SafeString:
        return SafeString(render_to_string("forms/widgets/info_box.html", field["settings"]))


class Picture(Told):
    """A picture with its description; the address of its file is kept with the version."""

    name = "picture"
    label = _("Picture")
    icon = "image"
    example = Example(settings={"alt": "Karta över Höglandet", "caption": "Kommunerna i Höglandet"})

    class Settings(ToldBlock):
        """The picture, and what it shows in words."""

        image = ImageChooserBlock(label=_("Picture"), required=False)
        alt = CharBlock(
            label=_("What the picture shows"),
            required=False,
            max_length=300,
            help_text=_("For those who cannot see it. Leave empty only when the picture adds nothing to the text."),
        )
        caption = CharBlock(label=_("Caption"), required=False, max_length=300)

        class Meta:
            label_format = "{caption}"

    def label_of(self, value: Mapping[str, Any]) -> str:
        return value.get("caption") or value.get("alt") or ""

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        image = value.get("image")
        drawn = image.get_rendition("max-1344x1344") if image is not None else None
        return {
            "src": drawn.url if drawn else "",
            "width": drawn.width if drawn else None,
            "height": drawn.height if drawn else None,
            "alt": value.get("alt") or "",
            "caption": value.get("caption") or "",
        }

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        image = settings.get("image")
        if image is None:
            yield Problem("no_picture", _("Choose a picture, or remove this part."), context.block_id, setting="image")
        elif not context.may_use(image.collection):
            yield Problem(
                "picture_of_another",
                _("This picture belongs to another association. Choose one of your own."),
                context.block_id,
                setting="image",
            )
        if image is not None and not settings.get("alt"):
            yield Problem(
                "no_alt",
                _("Write what the picture shows, for those who cannot see it."),
                context.block_id,
                level="warning",
                setting="alt",
            )

    def html(self, field: Field, stored: Any = None) -> SafeString:
        return SafeString(render_to_string("forms/widgets/picture.html", field["settings"]))
