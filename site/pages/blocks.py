"""The blocks that running text on a page is built of."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

TEXT_FEATURES = ["h3", "bold", "italic", "ol", "ul", "link", "document-link"]
SMALL_FEATURES = ["bold", "italic", "ul", "link"]


class QuoteBlock(blocks.StructBlock):
    """Something that somebody has said."""

    text = blocks.TextBlock(label=_("Quotation"))
    source = blocks.CharBlock(label=_("Who said it"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        template = "pages/blocks/quote.html"


class FactBlock(blocks.StructBlock):
    """One row of a fact box."""

    term = blocks.CharBlock(label=_("What"))
    description = blocks.TextBlock(label=_("Fact"), rows=2)


class FactsBlock(blocks.StructBlock):
    """A box with short facts beside each other."""

    title = blocks.CharBlock(label=_("Heading"), required=False)
    facts = blocks.ListBlock(FactBlock(), label=_("Facts"))

    class Meta:
        icon = "list-ul"
        label = _("Fact box")
        template = "pages/blocks/facts.html"


class DocumentBlock(blocks.StructBlock):
    """A document to read or download."""

    document = DocumentChooserBlock(label=_("Document"))
    note = blocks.CharBlock(label=_("What it is"), required=False)


class DocumentsBlock(blocks.StructBlock):
    """A list of documents."""

    title = blocks.CharBlock(label=_("Heading"), required=False)
    documents = blocks.ListBlock(DocumentBlock(), label=_("Documents"))

    class Meta:
        icon = "doc-full"
        label = _("Documents")
        template = "pages/blocks/documents.html"


class ContactBlock(blocks.StructBlock):
    """A person or an office to turn to."""

    name = blocks.CharBlock(label=_("Name"))
    role = blocks.CharBlock(label=_("Role"), required=False)
    email = blocks.EmailBlock(label=_("E-mail address"), required=False)
    phone = blocks.CharBlock(label=_("Phone"), required=False)

    class Meta:
        icon = "user"
        label = _("Contact")
        template = "pages/blocks/contact.html"


class AccordionItemBlock(blocks.StructBlock):
    """A question and what is folded away behind it."""

    title = blocks.CharBlock(label=_("Heading"))
    text = blocks.RichTextBlock(label=_("Text"), features=SMALL_FEATURES)


class AccordionBlock(blocks.StructBlock):
    """Texts that the reader opens one by one."""

    items = blocks.ListBlock(AccordionItemBlock(), label=_("Texts"))

    class Meta:
        icon = "collapse-down"
        label = _("Texts to open")
        template = "pages/blocks/accordion.html"


class ChecklistRowBlock(blocks.StructBlock):
    """A row of a table with two columns."""

    first = blocks.CharBlock(label=_("First column"))
    second = blocks.TextBlock(label=_("Second column"), required=False, rows=2)


class TwoColumnTableBlock(blocks.StructBlock):
    """A simple table that also reads well on a phone."""

    caption = blocks.CharBlock(label=_("Heading of the table"))
    first = blocks.CharBlock(label=_("Heading of the first column"))
    second = blocks.CharBlock(label=_("Heading of the second column"))
    rows = blocks.ListBlock(ChecklistRowBlock(), label=_("Rows"))

    class Meta:
        icon = "table"
        label = _("Table")
        template = "pages/blocks/table.html"


class CallBlock(blocks.StructBlock):
    """Asks the reader to do something: one button."""

    title = blocks.CharBlock(label=_("Heading"))
    text = blocks.TextBlock(label=_("Text"), required=False, rows=2)
    page = blocks.PageChooserBlock(label=_("Page"))
    button = blocks.CharBlock(label=_("Text on the button"))

    class Meta:
        icon = "pick"
        label = _("Call to action")
        template = "pages/blocks/call.html"


class PictureBlock(blocks.StructBlock):
    """A picture with the text that tells what it shows."""

    image = ImageBlock(label=_("Picture"))
    caption = blocks.CharBlock(label=_("Caption"), required=False)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "pages/blocks/picture.html"


class Body(blocks.StreamBlock):
    """The body of a page."""

    heading = blocks.CharBlock(label=_("Heading"), icon="title", template="pages/blocks/heading.html")
    text = blocks.RichTextBlock(label=_("Text"), features=TEXT_FEATURES, template="pages/blocks/text.html")
    quote = QuoteBlock()
    facts = FactsBlock()
    table = TwoColumnTableBlock()
    documents = DocumentsBlock()
    contact = ContactBlock()
    accordion = AccordionBlock()
    call = CallBlock()
    picture = PictureBlock()
