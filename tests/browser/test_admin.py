"""The admin under its content policy: every screen people work in opens without a complaint from the browser."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Opener

SCREENS = {
    "officer@hoglandet.example": [
        "/admin/",
        "/admin/pages/",
        "/admin/images/",
        "/admin/images/multiple/add/",
        "/admin/documents/",
        "/admin/account/",
    ],
    "editor@hoglandet.example": ["/admin/", "/admin/pages/", "/admin/images/add/"],
    "admin@samsyn.example": ["/admin/", "/admin/users/", "/admin/groups/", "/admin/reports/site-history/"],
}


@pytest.mark.parametrize("who", SCREENS)
def test_every_screen_opens_without_a_complaint(opened: Opener, who: str) -> None:
    page = opened(login=who)

    for address in SCREENS[who]:
        assert page.goto(address).status == 200
        page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("model", ["forms/form", "workflows/workflow"])
def test_a_definition_is_edited_and_previewed_without_a_complaint(opened: Opener, model: str) -> None:
    page = opened(login="officer@hoglandet.example")

    page.goto(f"/admin/snippets/{model}/add/")
    page.wait_for_load_state("networkidle")
    page.goto(f"/admin/snippets/{model}/")
    page.locator("td.title a").first.click()
    page.wait_for_load_state("networkidle")
    show_preview(page)


def test_a_page_is_edited_and_previewed_without_a_complaint(opened: Opener) -> None:
    page = opened(login="editor@hoglandet.example")

    page.goto("/admin/pages/")
    page.locator("a[href$='/edit/']").first.click()
    page.wait_for_load_state("networkidle")
    show_preview(page)


def show_preview(page: Page) -> None:
    """Open the panel beside the editor in which the page is shown."""
    page.locator("[data-side-panel='preview'], [aria-label*='örhandsgransk']").first.click()
    page.wait_for_timeout(2_000)
    page.wait_for_load_state("networkidle")
