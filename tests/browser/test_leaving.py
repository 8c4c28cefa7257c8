"""A page that is left at once keeps what was typed: by a link, a closed tab, a phone put away, a lost connection."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Opener
from tests.browser.test_form_page import FORM, begun

PLACE = "[name=q-ort]"


def comes_back(page: Page, text: str) -> None:
    """Whoever comes back later finds the text; what the browser sends behind one's back may take a moment."""
    for _try in range(20):
        page.goto(f"{FORM}1/")
        if page.locator(PLACE).input_value() == text:
            return
        page.wait_for_timeout(250)
    expect(page.locator(PLACE)).to_have_value(text)


def test_a_tab_that_is_closed_at_once_has_saved_what_was_typed(opened: Callable[..., Page]) -> None:
    page = opened()
    begun(page)
    page.goto(f"{FORM}1/")
    another = page.context.new_page()

    page.locator(PLACE).press_sequentially("Eksjö")
    page.close(run_before_unload=True)

    comes_back(another, "Eksjö")


def test_a_phone_that_is_put_away_has_saved_what_was_typed(opened: Opener) -> None:
    page = opened(size=PHONE)
    begun(page)
    page.goto(f"{FORM}1/")

    with page.expect_response(lambda response: response.request.method == "POST") as saved:
        page.locator(PLACE).press_sequentially("Aneby")
        # A phone that is put away never says that the page is left; it only stops showing it.
        page.evaluate(
            """() => {
              Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
              document.dispatchEvent(new Event("visibilitychange"));
            }"""
        )
    assert saved.value.json()["saved"] is True

    another = page.context.new_page()
    comes_back(another, "Aneby")


def test_what_was_typed_on_the_very_first_page_is_there_for_who_leaves_at_once(opened: Opener) -> None:
    page = opened()
    page.goto(f"{FORM}1/")

    page.locator(PLACE).press_sequentially("Tranås")
    page.goto(FORM)

    comes_back(page, "Tranås")


def test_text_too_long_to_be_sent_while_leaving_waits_in_the_tab(opened: Opener) -> None:
    page = opened()
    begun(page)
    page.goto(f"{FORM}4/")
    area = page.locator("main textarea").first
    text = "Många ord om bakgrunden. " * 4000

    area.fill(text)
    page.goto(FORM)
    page.goto(f"{FORM}4/")

    expect(area).to_have_value(text)
    # Another tab knows only what the server does: sooner or later it has the text too, put back or saved in time.
    other = page.context.new_page()
    for _try in range(20):
        other.goto(f"{FORM}4/")
        if other.locator("main textarea").first.input_value() == text:
            break
        other.wait_for_timeout(1_000)
    expect(other.locator("main textarea").first).to_have_value(text)


def test_without_a_connection_the_text_waits_and_is_saved_when_it_is_back(opened: Opener) -> None:
    page = opened()
    begun(page)
    page.goto(f"{FORM}1/")
    state = page.locator("[data-save-state]")

    page.context.set_offline(True)
    page.locator(PLACE).press_sequentially("Vetlanda")
    expect(state).to_contain_text("ingen kontakt med servern", timeout=15_000)
    page.context.set_offline(False)

    expect(state).to_contain_text("Sparat", timeout=20_000)
    comes_back(page.context.new_page(), "Vetlanda")


def test_what_was_saved_elsewhere_meanwhile_is_not_undone_by_coming_back(opened: Opener) -> None:
    page = opened()
    begun(page)
    page.goto(f"{FORM}1/")
    page.locator(PLACE).press_sequentially("Eksjö")
    page.goto(FORM)
    another = page.context.new_page()
    comes_back(another, "Eksjö")
    another.locator(PLACE).fill("Sävsjö")
    expect(another.locator("[data-save-state]")).to_contain_text("Sparat", timeout=15_000)

    page.goto(f"{FORM}1/")

    expect(page.locator(PLACE)).to_have_value("Sävsjö")
