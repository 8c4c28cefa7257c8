"""The budget in clumsy and hostile hands: what spreadsheets really copy, too much of it, presses in any order."""

import random
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.test_form_page import FORM
from tests.browser.test_table import PASTE, texts

# A thin space, a narrow space and a space that does not break; quotes with a line break and quotes in them; an inch.
AS_COPIED = (
    'personal\t"Koordinator\nhalvtid"\t312\u2009000,00\t318\u202f000 kr\t1\u00a0000\r\n'
    'lokal\t"Lokal ""Ugglan"""\t"12 500"\t\u22125\t12,5,0\r\n'
    'resor\t5" rör <b>&amp;\t=1+1\t12.500\t1e5\r\n'
)


def paste(page: Page, cell: str, text: str) -> None:
    """Paste a text in a cell."""
    page.locator(f"[name={cell}]").focus()
    page.evaluate(PASTE, text)


def test_what_a_spreadsheet_copies_is_read_as_it_was_meant(opened: Callable[..., Page]) -> None:
    page = opened()
    page.goto(f"{FORM}10/")

    paste(page, "q-budget-0-slag", AS_COPIED)

    assert texts(page, "beskrivning") == ["Koordinator halvtid", 'Lokal "Ugglan"', '5" rör <b>&amp;']
    assert texts(page, "ar1") == ["312 000,00", "12 500", "=1+1"]
    assert texts(page, "ar2") == ["318 000", "-5", "12.500"]
    assert texts(page, "ar3") == ["1 000", "12,5,0", "1e5"]
    said = page.locator("[data-table-note]")
    for remark in ("”=1+1” är inte ett tal", "”12,5,0” är inte ett tal", "”1e5” är inte ett tal"):
        expect(said).to_contain_text(remark)
    expect(page.locator("[data-row-sum]").first).to_have_text("631\xa0000\xa0kr")


def test_a_paste_larger_than_the_table_leaves_nothing_half_done(opened: Callable[..., Page]) -> None:
    page = opened()
    page.goto(f"{FORM}10/")
    table = page.locator("[data-table=q-budget]")
    most = int(table.get_attribute("data-most-rows") or 0)
    page.locator("[name=q-budget-0-beskrivning]").fill("Först")

    paste(page, "q-budget-0-slag", "\n".join(f"personal\tRad {number}\t{number}" for number in range(3000)))

    assert table.locator("tr[data-row]").count() == most
    expect(page.locator("[data-table-note]")).to_contain_text(str(3000 - most))
    expect(table.locator("button[name=add-row]")).to_be_hidden()
    assert texts(page, "beskrivning")[-1] == f"Rad {most - 1}"
    table.locator("[data-undo]").click()
    assert texts(page, "beskrivning") == ["Först"]
    expect(table.locator("button[name=add-row]")).to_be_visible()


def test_no_order_ofpresses_loses_a_row_or_a_sum(opened: Callable[..., Page]) -> None:
    page = opened()
    page.goto(f"{FORM}10/")
    table = page.locator("[data-table=q-budget]")
    paste(page, "q-budget-0-slag", "\n".join(f"personal\tRad {number}\t{10**number}" for number in range(5)))
    chance = random.Random(11)  # noqa: S311 (the same presses every time)
    expected = [(f"Rad {number}", 10**number) for number in range(5)]

    for press in range(40):
        place = chance.randrange(len(expected))
        what = chance.choice(["up", "down", "remove", "add"])
        if what == "add":
            if len(expected) < 8:
                table.locator("button[name=add-row]").click()
                page.locator(f"[name=q-budget-{len(expected)}-beskrivning]").fill(f"Ny {press}")
                page.locator(f"[name=q-budget-{len(expected)}-ar1]").fill(str(press))
                expected.append((f"Ny {press}", press))
        elif what == "remove":
            if len(expected) > 2:
                table.locator("button[name=remove-row]").nth(place).click()
                del expected[place]
        else:
            other = place + (1 if what == "down" else -1)
            if 0 <= other < len(expected):
                table.locator(f"button[name=move-row][value=q-budget-{place}-{what}]").click()
                expected[place], expected[other] = expected[other], expected[place]
        assert texts(page, "beskrivning") == [text for text, _amount in expected]
        total = table.locator("[data-column-sum=ar1]").inner_text()
        assert "".join(total.split()).removesuffix("kr") == str(sum(amount for _text, amount in expected))
    names = [cell.get_attribute("name") for cell in table.locator("[data-column=beskrivning]").all()]
    assert names == [f"q-budget-{place}-beskrivning" for place in range(len(expected))]
    ids = page.locator("[id]").evaluate_all("all => all.map((one) => one.id)")
    assert len(ids) == len(set(ids))
