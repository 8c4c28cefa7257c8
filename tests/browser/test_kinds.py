"""Every kind of question in every state, at both widths; by keyboard; and all of them without JavaScript."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.all_kinds import SLUG
from tests.browser.applicant import go_on
from tests.browser.conftest import DESK, PHONE, Opener
from tests.product import Product

FORM = f"/formular/{SLUG}/"
Check = Callable[..., None]

# Sets inputs as a script would; what a person does is shown by the walk without JavaScript.
FILL = """answers => {
  for (const [name, value] of Object.entries(answers)) {
    for (const input of document.getElementsByName(name)) {
      const given = [value].flat();
      if (["radio", "checkbox"].includes(input.type)) input.checked = given.includes(input.value) || value === "on";
      else if (input.type !== "hidden") input.value = [value].flat()[0];
      input.dispatchEvent(new Event("input", {bubbles: true}));
    }
  }
}"""


@pytest.fixture(scope="module")
def pages(product: Product) -> list[dict[str, Any]]:
    """What the form asks, page by page; built once."""
    told: list[dict[str, Any]] = json.loads(product.python("-m", "tests.browser.all_kinds").splitlines()[-1])
    return told


def inputs(question: Mapping[str, Any]) -> dict[str, Any]:
    """The sample answer by the names of the inputs."""
    return {f"q-{question['name']}{end}": value for end, value in question["sample"].items()}


def number_of(pages: list[dict[str, Any]], kind: str) -> int:
    """The page on which a kind is asked."""
    return next(
        number
        for number, page in enumerate(pages, start=1)
        if any(question["kind"] == kind for question in page["questions"])
    )


def test_every_kind_in_every_state(opened: Opener, accessible: Check, pages: list[dict[str, Any]]) -> None:
    page = opened()
    for number, told in enumerate(pages, start=1):
        page.goto(f"{FORM}{number}/")
        accessible(page, f"kinds-{number}-empty")
        asked = [question for question in told["questions"] if question["sample"]]
        if not asked:
            continue
        if number == 1:
            page.wait_for_timeout(2100)  # the form takes nobody for a person who is done in less than two seconds
        go_on(page)
        page.locator(".error-summary").wait_for()
        for link in page.locator(".error-summary a[href^='#']").all():
            target = link.get_attribute("href") or ""
            assert page.locator(f"[id='{target[1:]}']").count() == 1, f"{target} leads nowhere"
        accessible(page, f"kinds-{number}-wrong")
        for question in asked:
            page.evaluate(FILL, inputs(question))
        accessible(page, f"kinds-{number}-filled")
        go_on(page)
        page.wait_for_load_state()
        assert page.locator(".error-summary li").all_text_contents() == []
    page.goto(f"{FORM}granska/")
    accessible(page, "kinds-summary")

    # Scale, matrix, ranking and the searched list by keyboard alone.
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto(f"{FORM}{number_of(pages, 'matrix')}/")
    scale = page.locator("[name=q-scale]")
    scale.first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(scale.nth(1)).to_be_checked()
    rows = page.locator("#q-matrix .matrix-row")
    rows.nth(0).locator("input").nth(2).focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(rows.nth(0).locator("input").nth(3)).to_be_checked()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.matrix-row').dataset.part") == rows.nth(1).get_attribute(
        "data-part"
    )
    second = page.locator("#q-ranking li").nth(1).locator("label").text_content() or ""
    page.locator("#q-ranking li").nth(1).locator(".move-up").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#q-ranking li").nth(0).locator("label")).to_have_text(second)
    expect(page.locator("#q-ranking [data-ranking-said]")).to_contain_text("1")
    assert page.evaluate("document.activeElement.closest('li') === document.querySelector('#q-ranking li')")
    page.goto(f"{FORM}{number_of(pages, 'drop_down')}/")
    box = page.get_by_role("combobox", name="Målgrupp")
    box.fill("grupp 17")
    page.keyboard.press("ArrowDown")
    accessible(page, "kinds-combobox", sizes=(PHONE,))
    page.keyboard.press("Enter")
    expect(page.locator("[name=q-drop_down]")).to_have_value("grupp_17")
    expect(box).to_have_value("Grupp 17")


def test_every_kind_is_answered_and_sent_without_javascript(opened: Opener, pages: list[dict[str, Any]]) -> None:
    page = opened(size=PHONE, javascript=False)
    page.goto(f"{FORM}1/")
    page.wait_for_timeout(2100)
    for told in pages:
        expect(page.locator("h1")).to_have_text(told["title"])
        for question in told["questions"]:
            for name, value in inputs(question).items():
                enter(page, f"q-{question['name']}", name, value)
        go_on(page)
        assert page.locator(".error-summary a").all_text_contents() == []
    expect(page).to_have_url(re.compile("/granska/$"))
    assert page.get_by_text("Ej besvarad").count() <= 1
    page.locator("main form button.button").last.click()
    expect(page.locator("h1")).to_be_visible()
    assert "/granska/" not in page.url


def enter(page: Page, question: str, name: str, value: Any) -> None:
    """Answer one input as a person does; a row that is not there is added first."""
    field = page.locator(f'[name="{name}"]')
    if field.count() == 0:
        page.locator(f'button[name=add-row][value="{question}"]').click()
    tag = field.first.evaluate("element => element.tagName + ':' + element.type")
    if tag == "INPUT:hidden":
        return
    if tag == "SELECT:select-one":
        field.select_option(value)
    elif tag in {"INPUT:radio", "INPUT:checkbox"}:
        for one in value if isinstance(value, list) else [value]:
            (field if value == "on" else page.locator(f'[name="{name}"][value="{one}"]')).check()
    elif value or field.first.is_visible():
        field.fill(value)
