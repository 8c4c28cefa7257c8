"""Fills in a form as a person does, question by question, with or without JavaScript."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

STORIES = Path(__file__).resolve().parents[2] / "fixtures" / "stories"


def story(name: str) -> dict[str, Any]:
    """A demo story by its file name."""
    told: dict[str, Any] = json.loads((STORIES / f"{name}.json").read_text(encoding="utf-8"))
    return told


def answer(page: Page, name: str, value: Any, *, prefix: str = "q-") -> None:
    """Answer one question; tables row by row, by the button that adds a row."""
    html_name = f"{prefix}{name}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        for number, row in enumerate(value):
            _row(page, html_name, number)
            for column, text in row.items():
                _enter(page.locator(f'[name="{html_name}-{number}-{column}"]'), text)
        return
    if isinstance(value, bool):
        consent = page.locator(f'input[type=checkbox][name="{html_name}"]')
        if consent.count():
            consent.set_checked(value)
        else:
            page.locator(f'[name="{html_name}"][value="{"yes" if value else "no"}"]').check()
        return
    if isinstance(value, list):
        for key in value:
            page.locator(f'[name="{html_name}"][value="{key}"]').check()
        return
    year = page.locator(f'[name="{html_name}-year"]')
    if year.count():
        for part, text in zip(("year", "month", "day"), value.split("-"), strict=True):
            page.locator(f'[name="{html_name}-{part}"]').fill(text)
        return
    _enter(page.locator(f'[name="{html_name}"]'), value)


def _row(page: Page, table: str, number: int) -> None:
    if page.locator(f'[name^="{table}-{number}-"]').count() == 0:
        page.locator(f'button[name=add-row][value="{table}"]').click()
        page.locator(f'[name^="{table}-{number}-"]').first.wait_for()


def _enter(field: Locator, value: str) -> None:
    tag = field.first.evaluate("element => element.tagName + ':' + element.type")
    if tag == "SELECT:select-one":
        field.select_option(value)
    elif tag == "INPUT:radio":
        field.and_(field.page.locator(f'[value="{value}"]')).check()
    else:
        field.fill(value)


def go_on(page: Page) -> None:
    """Save the page and go to the next."""
    page.locator(".actions button[name=continue]").click()


def asked(page: Page, name: str) -> bool:
    """Does the page show this question?"""
    return page.locator(f'[name="q-{name}"]:visible, [name^="q-{name}-"]:visible').count() > 0


def fill_page(page: Page, answers: dict[str, Any]) -> None:
    """Answer a page and go on; without JavaScript the page comes back when an answer brings up more questions."""
    here, left = page.url.split("?")[0], dict(answers)
    for _round in range(3):
        for name in [name for name in left if asked(page, name)]:
            answer(page, name, left.pop(name))
        go_on(page)
        if not left:
            return
        if page.url.split("?")[0] != here:
            raise AssertionError(f"{here} went on although it had not asked {sorted(left)}")
    raise AssertionError(f"{here} never asked {sorted(left)}")
