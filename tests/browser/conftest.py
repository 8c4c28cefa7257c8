"""A real browser against the real product: web server, worker and demo content of its own."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright

from tests.browser.axe import violations
from tests.browser.post import Post
from tests.product import Product

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
# Answers that are errors by design, and a connection that a test has taken away.
EXPECTED = ("status of 4", "net::ERR_INTERNET_DISCONNECTED")
SHOTS = os.environ.get("SAMSYN_SHOTS", "")

Opener = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser walks can be chosen, or left out, by their marker."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


def chromium() -> str | None:
    """The Chromium of this machine."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="package")
def playwright_here() -> Iterator[Playwright]:
    """Playwright, driving the Chromium of this machine."""
    if chromium() is None:
        if os.environ.get("SAMSYN_REQUIRE_BROWSER"):
            pytest.fail("No Chromium here, and this run requires one: install Debian's chromium.")
        pytest.skip("No Chromium here: the browser walks are left out.")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def chrome(playwright_here: Playwright) -> Iterator[Browser]:
    """One browser for the whole run."""
    browser = playwright_here.chromium.launch(
        executable_path=chromium(),
        args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
    )
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def product() -> Iterator[Product]:
    """The product with demo content, web server and worker running; mail is delivered to files."""
    with Product(worker=True, demo=True) as running:
        running.environment["EMAIL_URL"] = f"filemail:///{running.folder.name}/mail"
        running.start()
        yield running


@pytest.fixture(scope="package")
def post(product: Product) -> Post:
    """What the worker has delivered."""
    return Post(Path(product.folder.name) / "mail")


@pytest.fixture
def opened(chrome: Browser, product: Product) -> Iterator[Opener]:
    """Opens a page of one's own: ``opened(width=PHONE, javascript=False, login="ada@…")``.

    What the browser complains about (scripts refused by the content policy, errors in scripts, missing files) fails
    the test when it ends.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(page: Page) -> None:
        def heard(message: ConsoleMessage) -> None:
            if message.type == "error" and not any(expected in message.text for expected in EXPECTED):
                complaints.append(f"{page.url}: {message.text}")

        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))

    def open_page(*, size: dict[str, int] = DESK, javascript: bool = True, login: str = "", dark: bool = False) -> Page:
        context = chrome.new_context(
            base_url=product.address,
            viewport=size,
            java_script_enabled=javascript,
            locale="sv-SE",
            timezone_id="Europe/Stockholm",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        listen(page)
        if login:
            sign_in(page, login)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page: Page, address: str, password: str = "samsyn-demo") -> None:
    """Sign in with a password, as a person does."""
    page.goto("/konto/logga-in/")
    page.fill("input[name=login]", address)
    page.fill("input[name=password]", password)
    page.locator("form:has(input[name=password]) button[type=submit]").click()
    page.wait_for_url(lambda url: "/logga-in/" not in url)


@pytest.fixture
def accessible() -> Callable[..., None]:
    """Asserts that axe finds nothing wrong on the page, at 390 and 1280 px."""

    def check(page: Page, name: str = "", *, sizes: tuple[dict[str, int], ...] = (PHONE, DESK)) -> None:
        found: list[Any] = []
        for size in sizes:
            page.set_viewport_size(size)  # type: ignore[arg-type]
            found += violations(page)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                found.append(f"{page.url} scrolls sideways by {wide} px at {size['width']} px")
            if SHOTS and name:
                path = Path(SHOTS) / f"{name}-{size['width']}.png"
                page.screenshot(path=str(path), full_page=True)
        assert found == []

    return check
