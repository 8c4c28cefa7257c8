"""Every type of page, as a reader meets it: on a phone and at a desk, in light and dark, with and without scripts."""

import json
from collections.abc import Callable

import pytest

from tests.browser.conftest import PHONE, Opener
from tests.product import Product

OTHER_ADDRESSES = [
    "/",
    "/forutsattningar/",
    "/hoglandet/sok/?q=samverkan",
    "/hoglandet/sok/?q=finnsinte",
    "/hoglandet/finns-inte/",
]


@pytest.fixture(scope="module")
def addresses(product: Product) -> list[str]:
    """A page of every page type, found by itself, and what is no page of a type."""
    types = json.loads(product.python("-m", "tests.browser.page_types"))
    assert {name for name, address in types.items() if address is None} == set(), "the demo lacks a page of these types"
    return [*types.values(), *OTHER_ADDRESSES]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_wrong_on_any_type_of_page(
    opened: Opener, accessible: Callable[..., None], addresses: list[str], dark: bool
) -> None:
    page = opened(dark=dark)

    for address in addresses:
        page.goto(address)
        accessible(page, address.strip("/").replace("/", "-").split("?")[0] or "start")


def test_the_first_stop_of_the_keyboard_leads_past_the_menus(opened: Opener) -> None:
    page = opened()
    page.goto("/hoglandet/verksamheter/uppdrag-samverkan/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"


def test_a_reader_without_scripts_changes_association_and_searches(opened: Opener) -> None:
    page = opened(size=PHONE, javascript=False)
    page.goto("/hoglandet/")

    page.get_by_text("Förbund", exact=True).click()
    page.get_by_role("link", name="Klarälvdalens samordningsförbund").first.click()
    page.get_by_role("link", name="Sök", exact=True).click()
    page.get_by_role("searchbox").fill("processledare")
    page.get_by_role("button", name="Sök", exact=True).click()

    assert page.get_by_role("heading", name="1 sida hittades").is_visible()
    assert page.locator(".results a").inner_text() == "Samverkansteam"


def test_links_and_buttons_are_large_enough_to_hit(opened: Opener, addresses: list[str]) -> None:
    page = opened(size=PHONE)
    small = """[...document.querySelectorAll("nav a, .tools a, summary, .button, .panel a, .card a, input")]
        .filter(part => part.getClientRects().length && !part.closest(".panel li, .panel p:not(.contact-card p)"))
        .filter(part => getComputedStyle(part, "::after").position !== "absolute")
        .filter(part => part.getBoundingClientRect().height < 44)
        .map(part => part.outerHTML.slice(0, 100))"""

    for address in addresses:
        page.goto(address)

        assert page.evaluate(small) == [], address
