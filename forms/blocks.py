"""The top level of a form in the editor: pages, in which the questions lie."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import Block, CharBlock, ListBlock, StructBlock, TextBlock
from wagtail.blocks.struct_block import BlockGroup

from forms.conditions import ConditionBlock, RuleBlock
from forms.kinds import KindsBlock


class PageBlock(StructBlock):
    """One page of a form; its questions are added when the field is built."""

    title = CharBlock(label=_("Title"), max_length=120)
    intro = TextBlock(label=_("Introduction"), required=False, rows=2)
    name = CharBlock(
        label=_("Name"),
        required=False,
        max_length=60,
        help_text=_("A short name for exports; made from the title when left empty, and kept when the title changes."),
    )
    shown_if = ConditionBlock(
        label=_("Show the page only if"),
        required=False,
        help_text=_(
            "A condition on earlier answers. Where it does not hold the page is skipped. Leave empty to always show."
        ),
    )
    rules = ListBlock(
        RuleBlock(),
        label=_("Rules across questions"),
        default=[],
        collapsed=True,
        help_text=_("What must hold between answers on this page and earlier ones, with a sentence of your own."),
    )

    def get_form_layout(self) -> BlockGroup:
        """The title and the questions first, what is seldom set folded away."""
        shown = [name for name in ("title", "intro", "questions") if name in self.child_blocks]
        return BlockGroup(shown, settings=["name", "shown_if", "rules"])

    class Meta:
        icon = "doc-empty"
        label = _("Page")
        label_format = "{title}"


def pages(questions: KindsBlock) -> list[tuple[str, Block]]:
    """The one type of the top level: a page, with a stream of questions in it."""
    # Many pages of many questions: closed, they show what each is called, and open where something is wrong.
    questions.set_meta_options({"collapsed": True, "label": _("Questions")})
    return [("page", PageBlock([("questions", questions)]))]
