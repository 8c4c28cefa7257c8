"""What JavaScript adds to a page of a form: live questions and sums, rows and files in place, saving by itself."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

FORM = "/formular/ansokan-om-medel-hoglandet/"
PDF = {"name": "Tidplan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"}
WEB_PAGE = {"name": "cv.pdf", "mimeType": "application/pdf", "buffer": b"<script>alert(1)</script>"}


def begun(page: Page) -> None:
    """Ada has saved the first page once, so that she has a draft."""
    page.goto(f"{FORM}1/")
    page.wait_for_timeout(2100)  # nobody fills in a page in less
    page.locator("[name=q-organisation]").fill("Nässjö kommun")
    page.locator(".actions button[name=continue]").click()
    page.locator(".error-summary").wait_for()


def test_the_error_summary_is_focused_and_leads_to_each_field(opened: Callable[..., Page]) -> None:
    page = opened()
    begun(page)

    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a").first.click()

    assert page.evaluate("document.activeElement.id") == page.url.partition("#")[2]


def test_questions_come_and_go_and_sums_follow_while_one_writes(opened: Callable[..., Page]) -> None:
    page = opened()
    begun(page)
    page.goto(f"{FORM}10/")
    other = page.locator("#q-annan_finansiar")

    expect(other).to_be_hidden()
    page.locator("[name=q-budget-0-ar1]").fill("12 500")
    page.locator("[name=q-budget-0-ar2]").fill("1.250,00")
    page.locator("[name=q-annan_finansiering]").fill("750")

    expect(other).to_be_visible()
    expect(page.locator("#q-total_kostnad output")).to_have_text("13\xa0750\xa0kr")
    expect(page.locator("#q-sokt_belopp output")).to_have_text("13\xa0000\xa0kr")
    expect(page.locator("[data-column-sum=ar1]")).to_have_text("12\xa0500\xa0kr")
    expect(page.locator("[data-row-sum]").first).to_have_text("13\xa0750\xa0kr")
    page.locator("[name=q-annan_finansiering]").fill("")
    expect(other).to_be_hidden()


def test_a_row_is_added_in_place_and_what_was_written_stays(opened: Callable[..., Page]) -> None:
    page = opened()
    begun(page)
    page.goto(f"{FORM}10/")
    page.locator("[name=q-budget-0-beskrivning]").fill("Lokal i Nässjö")
    page.locator("[name=q-egen_insats]").fill("5 000")

    page.locator("button[name=add-row]").click()

    expect(page.locator("[name=q-budget-1-beskrivning]")).to_be_visible()
    expect(page.locator("[name=q-budget-0-beskrivning]")).to_have_value("Lokal i Nässjö")
    expect(page.locator("[name=q-egen_insats]")).to_have_value("5 000")
    assert page.evaluate("document.activeElement.name").startswith("q-budget-1-")
    page.locator("button[name=remove-row]").last.click()
    expect(page.locator("[name=q-budget-1-beskrivning]")).to_have_count(0)


def test_a_file_is_taken_and_removed_in_place_and_a_wrong_one_is_said_at_its_field(
    opened: Callable[..., Page],
) -> None:
    page = opened()
    begun(page)
    page.goto(f"{FORM}6/")
    field = page.locator("#q-tidplan")

    field.locator("input[type=file]").set_input_files(WEB_PAGE)  # type: ignore[arg-type]
    expect(field.locator(".error")).to_contain_text("cv.pdf")
    field.locator("input[type=file]").set_input_files(PDF)  # type: ignore[arg-type]
    expect(field.locator(".files a")).to_have_text("Tidplan.pdf")
    field.locator(".files button").click()

    expect(field.locator(".files")).to_have_count(0)


def test_the_page_is_saved_by_itself(opened: Callable[..., Page]) -> None:
    page = opened()
    begun(page)

    page.locator("[name=q-ort]").fill("Nässjö")
    expect(page.locator("[data-save-state]")).to_contain_text("Sparat", timeout=30_000)
    page.reload()

    expect(page.locator("[name=q-ort]")).to_have_value("Nässjö")


def test_leaving_the_page_saves_it(opened: Callable[..., Page]) -> None:
    page = opened()
    begun(page)

    page.locator("[name=q-ort]").fill("Eksjö")
    page.goto(FORM)
    page.wait_for_timeout(2000)  # the browser sends it behind the visitor's back
    page.goto(f"{FORM}1/")

    expect(page.locator("[name=q-ort]")).to_have_value("Eksjö")
