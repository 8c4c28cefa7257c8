"""The answers on paper before they are sent: all of them and nothing else, black on white, with tagged headings."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
from playwright.sync_api import Page, expect

from tests.browser.applicant import fill_page, story
from tests.browser.conftest import Opener
from tests.browser.test_form_page import FORM

COLOURS = """() => [...document.querySelectorAll("main *, .site-header *")]
  .filter((element) => element.checkVisibility() && element.getClientRects().length)
  .map((element) => {
    const style = getComputedStyle(element);
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    return { text: text ? style.color : "", ground: style.backgroundColor, tag: element.tagName };
  })"""


def filled(page: Page) -> None:
    """Ada has answered the first evening's pages."""
    page.goto(f"{FORM}1/")
    page.wait_for_timeout(2100)  # nobody fills in a page in less
    for answers in story("vagledning")["evenings"][0]:
        fill_page(page, answers)
    page.goto(f"{FORM}granska/")


def tags(pdf: pikepdf.Pdf) -> list[str]:
    """The kinds of the elements that a screen reader meets in a PDF, in order."""
    found: list[str] = []

    def walk(part: Any) -> None:
        if isinstance(part, pikepdf.Array):
            for one in part:
                walk(one)
        elif isinstance(part, pikepdf.Dictionary):
            if "/S" in part:
                found.append(str(part["/S"]))
            if "/K" in part:
                walk(part["/K"])

    walk(pdf.Root["/StructTreeRoot"])
    return found


def shade(colour: str) -> list[float]:
    """Red, green, blue and how much of it there is, of a colour as a browser says it."""
    numbers = [float(part) for part in colour.partition("(")[2].rstrip(")").split(",")]
    return [*numbers, 1.0] if len(numbers) == 3 else numbers


def test_what_is_printed_before_sending(opened: Callable[..., Page]) -> None:
    page = opened(dark=True)
    filled(page)

    page.emulate_media(media="print")

    # Nothing to press, no menus, no questions that were not met.
    for unseen in (".site-menu", ".breadcrumbs", "main .actions", "main .summary-list .action", "main button"):
        for one in page.locator(unseen).all():
            expect(one).to_be_hidden()
    text = page.locator("main").inner_text()
    assert "Nässjö kommun" in text
    assert "Ändra" not in text
    asked = page.locator("main .summary-list dt").all_inner_texts()
    assert "Organisationens namn" in asked
    assert "Varifrån kommer den andra finansieringen?" not in asked, "it is not met"
    # Nothing hangs over the edge of the paper.
    page.evaluate("document.querySelector('main').style.width = '17cm'")
    for table in page.locator("main .table-wrap").all():
        assert table.evaluate("place => place.querySelector('table').offsetWidth - place.clientWidth") <= 1
        assert table.evaluate("place => place.scrollWidth - place.clientWidth") <= 1
    # Dark text on white, also for those who read a dark screen.
    for one in page.evaluate(COLOURS):
        *ground, amount = shade(one["ground"])
        assert amount == 0 or min(ground) == 255, one
        if one["text"]:
            assert max(shade(one["text"])[:3]) <= 0x66, one


def test_the_printed_summary_is_a_tagged_document(opened: Opener) -> None:
    page = opened()
    filled(page)
    headings = page.locator("main h2:visible").count()

    with pikepdf.open(io.BytesIO(page.pdf(format="A4", tagged=True))) as pdf:
        found = tags(pdf)
        pages = len(pdf.pages)

    assert found.count("/H1") == 1
    assert found.count("/H2") >= headings
    assert found.index("/H1") < found.index("/H2")
    assert pages <= 8
