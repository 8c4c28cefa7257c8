"""The repeating table as a small spreadsheet: pasted into, added up, judged and put in order, on a desk and a phone."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE

FORM = "/formular/ansokan-om-medel-hoglandet/"
# As Excel gives it: the headings copied along, an amount in quotes, another as Swedes write it, a kind nobody offers.
RANGE = (
    "Kostnadsslag\tBeskrivning\tÅr 1\tÅr 2\tÅr 3\tKommentar\r\n"
    'Personal\tKoordinator\t"312 000 kr"\t318 000\t\t\r\n'
    "lokal\tMöten\t12.500,00\t12 500\t0\tNässjö\r\n"
    "Hyra\tKontor\t8000\tcirka 5\t\t\r\n"
)
PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
}"""


def texts(page: Page, column: str) -> list[str]:
    """What the cells of a column of the budget hold."""
    cells = page.locator(f"[data-table=q-budget] [data-column={column}]")
    return [cell.input_value() for cell in cells.all()]


def test_a_budget_is_pasted_added_up_judged_and_put_in_order(
    opened: Callable[..., Page], accessible: Callable[..., None]
) -> None:
    page = opened()
    page.goto(f"{FORM}10/")
    table = page.locator("[data-table=q-budget]")
    said = table.locator("[data-table-note]")

    page.locator("[name=q-budget-0-slag]").focus()
    page.evaluate(PASTE, RANGE)

    expect(said).to_contain_text("Klistrade in 3 rader.")
    for remark in ("”Hyra” finns inte bland alternativen", "”cirka 5” är inte ett tal", "till höger"):
        expect(said).to_contain_text(remark)
    assert texts(page, "slag") == ["personal", "lokal", ""]
    assert texts(page, "ar1") == ["312 000", "12 500,00", "8 000"]
    assert texts(page, "ar2") == ["318 000", "12 500", "cirka 5"]
    expect(table.locator("[data-column-sum=ar1]")).to_have_text("332\xa0500\xa0kr")
    expect(table.locator("[data-row-sum]").nth(1)).to_have_text("25\xa0000\xa0kr")
    expect(table.locator("[data-table-sum]")).to_have_text("663\xa0000\xa0kr")

    page.locator("[name=q-budget-0-ar1]").press("Enter")
    assert page.evaluate("document.activeElement.name") == "q-budget-1-ar1"

    page.locator("[name=q-annan_finansiering]").fill("700 000")
    page.locator("[name=q-annan_finansiering]").press("Tab")
    expect(table.locator("[data-broken-rules] p")).to_contain_text("måste vara större än noll")
    page.locator("[name=q-annan_finansiering]").fill("7 000")
    expect(table.locator("[data-broken-rules] p")).to_have_count(0)

    table.locator("button[name=move-row][value=q-budget-2-up]").click()
    assert texts(page, "beskrivning") == ["Koordinator", "Kontor", "Möten"]
    expect(said).to_have_text("Flyttad till rad 2.")
    table.locator("button[name=remove-row][value=q-budget-1]").click()
    expect(table.locator("[data-column-sum=ar1]")).to_have_text("324\xa0500\xa0kr")
    table.locator("[data-undo]").click()
    assert texts(page, "beskrivning") == ["Koordinator", "Kontor", "Möten"]
    table.locator("button[name=add-row]").click()
    assert page.evaluate("document.activeElement.name") == "q-budget-3-slag"

    accessible(page, "budget")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    first = table.locator("tr[data-row]").first
    box = first.bounding_box()
    assert box is not None
    assert box["height"] > 400  # a card, cell below cell
    page.locator("[name=q-budget-1-slag]").select_option("ovrigt")
    page.locator("[name=q-annan_finansiar]").fill("Nässjö kommun")
    page.wait_for_timeout(2100)  # nobody fills in a page in less
    page.locator(".actions button[name=continue]").click()

    expect(page.locator(".error-summary")).to_contain_text("Rad 2, År 2")
    expect(page.locator("[name=q-budget-1-ar2]")).to_have_attribute("aria-invalid", "true")
    assert texts(page, "ar1")[:3] == ["312 000", "8 000", "12 500,00"]
    accessible(page, "budget-errors")
