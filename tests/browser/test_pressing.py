"""A press lands on what was pressed, also when leaving the question before it has something to say."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.test_form_page import FORM, begun


def test_a_sentence_that_comes_while_one_presses_does_not_move_what_is_pressed(opened: Callable[..., Page]) -> None:
    page = opened()
    begun(page)
    page.goto(f"{FORM}1/")
    number = page.locator("#q-organisationsnummer")
    choice = page.locator("input[name=q-part][type=radio]").nth(2)
    number.locator("input").fill("12")
    choice.scroll_into_view_if_needed()
    box = choice.bounding_box()
    assert box is not None

    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    with page.expect_response(lambda response: "form-check" in (response.request.post_data or "")):
        page.mouse.down()
    page.wait_for_timeout(200)
    expect(number.locator(".error")).to_have_count(0)
    page.mouse.up()

    expect(choice).to_be_checked()
    expect(number.locator(".error")).to_be_visible()
