"""Every state of a form, every start page and every matter of the demo: nothing for axe to find, at both widths."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.applicant import go_on
from tests.browser.conftest import DESK, PHONE, Opener

FORM = "/formular/ansokan-om-medel-hoglandet/"
ROLES = ["applicant", "reviewer", "chair", "member", "officer", "editor"]

Check = Callable[..., None]


def pages_of(page: Page) -> list[str]:
    """The address of every page of the form, as its progress list tells."""
    count = page.locator("nav.progress li").count() - 1
    return [f"{FORM}{number}/" for number in range(1, count + 1)]


def test_every_page_of_the_form_empty_and_wrong(opened: Opener, accessible: Check) -> None:
    page = opened()
    page.goto(FORM)
    accessible(page, "form-begin")
    page.goto(f"{FORM}1/")
    wrong = 0
    for number, address in enumerate(pages_of(page), start=1):
        page.goto(address)
        accessible(page, f"form-{number}")
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
        if number == 1:
            page.wait_for_timeout(2100)  # the form takes nobody for a person who is done in less than two seconds
        go_on(page)
        if page.locator(".error-summary").count():
            wrong += 1
            for link in page.locator(".error-summary a[href^='#']").all():
                target = link.get_attribute("href") or ""
                assert page.locator(f"[id='{target[1:]}']").count() == 1, f"{address}: {target} leads nowhere"
            accessible(page, f"form-{number}-wrong")
    assert wrong >= 9
    page.goto(f"{FORM}granska/")
    accessible(page, "form-summary-wrong")
    page.goto(f"{FORM}senare/")
    page.locator("form:has(input[name=email]) button.button").first.click()
    accessible(page, "form-later-wrong")


@pytest.mark.parametrize(
    "address",
    [
        "/formular/fortsatt/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/",
        "/formular/finns-inte/",
        "/finns/inte/",
        "/konto/logga-in/",
        "/konto/kod/",
        "/konto/losenord/glomt/",
        "/sok/?q=samverkan",
        "/hoglandet/sok/?q=zzz",
    ],
)
def test_what_a_visitor_may_run_into(opened: Opener, accessible: Check, address: str) -> None:
    page = opened()

    page.goto(address)

    accessible(page)


@pytest.mark.parametrize("role", ROLES)
def test_the_start_page_and_every_matter_that_waits(opened: Opener, accessible: Check, role: str) -> None:
    page = opened(login=f"{role}@hoglandet.example")
    page.goto("/start/")
    accessible(page, f"start-{role}")
    found = {link.get_attribute("href") or "" for link in page.locator("main a[href*='/arende/']").all()}

    for number, address in enumerate(sorted(found)):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        accessible(page, f"matter-{role}-{number}", sizes=(PHONE, DESK))


def test_my_drafts(opened: Opener, accessible: Check) -> None:
    page = opened(login="applicant@hoglandet.example")

    page.goto("/formular/utkast/")

    accessible(page, "drafts")
