"""Three associations with their pages, collections and roles."""

import datetime
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from wagtail.documents import get_document_model
from wagtail.models import Collection

from pages.demo import facts
from pages.demo.registry import Step
from pages.demo.tree import Tree, as_stored
from pages.models import AssociationPage
from pages.setup import home_page, set_up_association

SLUGS = ("hoglandet", "sodra-lappland", "klaralvdalen")


def load() -> int:
    """Make the portal and the associations; tells how many pages were made."""
    home = home_page()
    tree = Tree(home, documents=_document)
    portal = facts.read("portal")
    fresh = not AssociationPage.objects.exists()
    for slug in SLUGS:
        _association(tree, facts.read(slug))
    for child in portal["children"]:
        tree.page(home, child)
    if fresh:
        home.title, home.lead = portal["title"], portal["lead"]
        home.body = as_stored(home, "body", tree.linked(portal["body"]))
        home.save()
    tree.link()
    return tree.made


def collection_of(slug: str) -> Collection:
    """The collection of one of the demo's associations."""
    return AssociationPage.objects.select_related("collection").get(slug=slug).collection


def _association(tree: Tree, described: dict[str, Any]) -> None:
    children = [_with_privacy(child) for child in described.pop("children")]
    municipalities = [{"name": name} for name in described.pop("municipalities")]
    meetings = [_meeting(meeting) for meeting in described.pop("meetings")]
    page = tree.page(
        tree.home,
        described | {"type": "pages.AssociationPage", "municipalities": municipalities, "meetings": meetings},
    )
    set_up_association(page)
    for child in children:
        tree.page(page, child)


def _meeting(described: dict[str, Any]) -> dict[str, Any]:
    meets_on = facts.weekday(described["weeks"])
    apply_by = meets_on - datetime.timedelta(weeks=described["apply_weeks_before"])
    return {"meets_on": meets_on, "apply_by": apply_by, "note": described.get("note", "")}


def _with_privacy(child: dict[str, Any]) -> dict[str, Any]:
    return child | {"body": facts.read("privacy")} if child.get("body") == "@privacy" else child


def _document(name: str) -> Any:
    """The document that the facts call by this name."""
    title = "Checklista: förutsättningar för samverkan"
    documents = get_document_model().objects
    book = _checklist()
    return documents.filter(title=title).first() or documents.create(
        title=title,
        file=ContentFile(book, name="checklista-forutsattningar.xlsx"),
        file_size=len(book),
        collection=Collection.get_first_root_node(),
    )


def _checklist() -> bytes:
    """The conditions as a workbook to fill in together."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Förutsättningar"
    sheet.append(["Del", "Förutsättning", "Uppfylld / delvis / inte", "Vad vi gör åt det", "Vem", "Klart"])
    page = next(child for child in facts.read("portal")["children"] if child["slug"] == "forutsattningar")
    for block in page["body"]:
        if block["type"] == "table":
            for row in block["value"]["rows"]:
                sheet.append([block["value"]["caption"], row["first"], "", "", "", ""])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in zip("ABCDEF", (28, 60, 24, 44, 18, 14), strict=True):
        sheet.column_dimensions[column].width = width
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


ASSOCIATIONS = Step(name="associations", label=_("Associations and their pages"), order=100, run=load)
