"""The board's pages in a real browser: members read on a phone, the office orders the agenda, scripts or not."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Opener

Check = Callable[..., None]


def first_meeting(page: Page) -> str:
    """The address of the next ordinary meeting."""
    page.goto("/styrelsen/")
    return page.locator("main a[href*='/mote/']", has_text="Styrelsemöte").first.get_attribute("href") or ""


@pytest.mark.parametrize("role", ["chair", "officer"])
def test_every_page_before_a_meeting(opened: Opener, accessible: Check, role: str) -> None:
    page = opened(login=f"{role}@hoglandet.example")
    page.goto("/styrelsen/")
    accessible(page, f"board-meetings-{role}")
    address = first_meeting(page)
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    accessible(page, f"board-agenda-{role}")
    page.goto("/styrelsen/")
    page.locator("main a[href$='/ledamoter/']").first.click()
    accessible(page, f"board-composition-{role}")
    if role == "officer":
        for selector, name in (("a[href$='/nytt/']", "plan"), ("a[href$='/ar/']", "year")):
            page.goto("/styrelsen/")
            page.locator(f"main {selector}").first.click()
            accessible(page, f"board-{name}")
        page.goto(f"{address}andra/")
        accessible(page, "board-change")
        page.goto(address)
        page.locator("main a[href*='/punkt/']").first.click()
        accessible(page, "board-item")


def titles(page: Page) -> list[str]:
    return [text.split(". ", 1)[1] for text in page.locator(".agenda-item h3").all_inner_texts()]


def test_the_office_moves_an_item_without_scripts_and_by_dragging(opened: Opener) -> None:
    plain = opened(login="officer@hoglandet.example", javascript=False, size=DESK)
    address = first_meeting(plain)
    plain.goto(address)
    before = titles(plain)
    plain.locator(".agenda-item").nth(1).get_by_role("button", name="Flytta upp").click()
    assert titles(plain) == [before[1], before[0], *before[2:]]

    page = opened(login="officer@hoglandet.example", size=DESK)
    page.goto(address)
    with page.expect_navigation():
        page.locator(".agenda-item").nth(0).locator(".agenda-head").drag_to(
            page.locator(".agenda-item").nth(1).locator(".agenda-head")
        )
    assert titles(page) == before


def test_a_member_reads_the_agenda_and_gets_the_papers_on_a_phone_without_scripts(opened: Opener) -> None:
    page = opened(login="chair@hoglandet.example", javascript=False, size=PHONE)
    address = first_meeting(page)
    page.goto(address)
    page.get_by_role("button", name="Sätt ihop handlingarna").click()

    for _turn in range(60):
        page.goto(address)
        if page.locator("#pack a", has_text="Styrelsens handlingar").count():
            break
        page.wait_for_timeout(1000)

    with page.expect_download() as found:
        page.locator("#pack a", has_text="Styrelsens handlingar").click()
    assert found.value.suggested_filename.endswith(".pdf")
