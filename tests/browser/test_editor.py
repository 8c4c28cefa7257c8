"""What editors build, in a real browser: rules by choosing and with the keyboard, given rows, limits, long lists."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.applicant import go_on
from tests.browser.axe import violations
from tests.browser.conftest import DESK, PHONE, Opener
from tests.browser.editor_forms import BRANCH, BUDGET, PLACES, RULES
from tests.product import Product

Check = Callable[..., None]
OFFICER = "officer@hoglandet.example"


@pytest.fixture(scope="module")
def made(product: Product) -> dict[str, int]:
    """The primary keys of the forms and the workflow, by address; built once."""
    told: dict[str, int] = json.loads(product.python("-m", "tests.browser.editor_forms").splitlines()[-1])
    return told


def press(page: Page, thing: Locator, key: str = "Enter") -> None:
    """Go to it and press a key, as somebody without a mouse does."""
    thing.focus()
    page.keyboard.press(key)


def choose(page: Page, words: str) -> None:
    """Choose in the list that has the focus, arrow by arrow, and go on to the next control."""
    chosen = "document.activeElement.selectedOptions[0].textContent"
    for _step in range(120):
        if page.evaluate(chosen) == words:
            break
        page.keyboard.press("ArrowDown")
    assert page.evaluate(chosen) == words
    page.keyboard.press("Tab")


def unfold(page: Page, called: str) -> None:
    """Open the closed block of that name, and what it has folded away."""
    named = page.locator("section.w-panel--nested", has=page.locator(f".c-sf-block__title:text-is('{called}')")).last
    press(page, named.locator("[data-panel-toggle]").first)
    press(page, named.locator("[data-streamfield-action=SETTINGS]").first)


def editor_problems(page: Page) -> list[str]:
    """What axe says of the rule builder at both widths, and whether the page scrolls sideways."""
    found = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        # Wagtail's editor has no heading of the first level; everything else is held to.
        found += [line for line in violations(page) if "page-has-heading-one" not in line]
        found += ["sideways"] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else []
    return found


def test_a_rule_is_built_by_choosing_with_the_keyboard_and_met_on_the_public_form(
    opened: Opener, made: dict[str, int]
) -> None:
    page = opened(login=OFFICER)
    page.goto(f"/admin/snippets/forms/form/edit/{made[RULES]}/")
    page.wait_for_load_state("networkidle")
    unfold(page, "Insatsen")
    unfold(page, "Berätta mer om norr")
    rule = page.get_by_role("group", name="Visa bara om")
    written = rule.locator("xpath=following-sibling::textarea[1]")

    press(page, rule.get_by_role("button", name="Lägg till villkor"))
    own_question = rule.locator("select option", has_text="Berätta mer om norr")
    assert own_question.count() == 0, "a question is not shown by its own answer"
    choose(page, "Område")
    choose(page, "är någon av")
    page.keyboard.press("Space")  # Norr
    press(page, rule.get_by_role("button", name="Lägg till grupp"))
    group = rule.locator(".condition-group")
    group.locator("select").nth(1).focus()
    choose(page, "Budget")
    choose(page, "summan av ”Belopp”")
    choose(page, "är minst")
    page.keyboard.type("10 000")
    group.locator("select").last.focus()
    choose(page, "Budget")
    choose(page, "på minst en rad: ”Kostnad”")
    choose(page, "är")
    page.keyboard.type("Lokal")
    expect(written).to_have_value(
        'omrade in ["norr"] and (sum(budget.belopp) >= 10000 or any(budget.kostnad = "Lokal"))'
    )
    assert editor_problems(page) == []

    press(page, page.get_by_role("button", name="Fler åtgärder"))
    press(page, page.get_by_role("button", name="Publicera", exact=True))
    page.locator(".messages .success").wait_for()

    ada = opened()
    ada.goto(f"/formular/{RULES}/1/")
    question = ada.locator("#q-mer")
    expect(question).to_be_hidden()
    ada.locator("[name=q-omrade][value=norr]").check()
    ada.locator("[name=q-budget-0-kostnad]").fill("Personal")
    ada.locator("[name=q-budget-0-belopp]").fill("9 999")
    expect(question).to_be_hidden()
    ada.locator("[name=q-budget-0-belopp]").fill("10 000")
    expect(question).to_be_visible()
    ada.locator("[name=q-omrade][value=soder]").check()
    expect(question).to_be_hidden()


def test_what_is_written_comes_back_as_rows_and_what_rows_cannot_say_stays_written(
    opened: Opener, made: dict[str, int]
) -> None:
    page = opened(login=OFFICER)
    page.goto(f"/admin/snippets/forms/form/edit/{made[RULES]}/")
    page.wait_for_load_state("networkidle")
    unfold(page, "Insatsen")
    unfold(page, "Berätta mer om norr")
    rule = page.get_by_role("group", name="Måste besvaras om")
    written = rule.locator("xpath=following-sibling::textarea[1]")

    press(page, rule.get_by_role("button", name="Skriv som uttryck"))
    written.fill("count(budget) > 2")
    press(page, rule.get_by_role("button", name="Välj i stället"))
    expect(rule.locator("select").nth(1)).to_have_value("1")
    expect(rule.get_by_role("textbox", name="Värde")).to_have_value("2")
    press(page, rule.get_by_role("button", name="Skriv som uttryck"))
    written.fill("length(mer) > 2")
    press(page, rule.get_by_role("button", name="Välj i stället"))

    expect(rule.get_by_role("status")).to_contain_text("uttryck")
    expect(written).to_be_visible()
    expect(written).to_have_value("length(mer) > 2")


def test_the_fork_of_a_workflow_is_ruled_by_choosing_among_the_questions_of_its_form(
    opened: Opener, made: dict[str, int]
) -> None:
    page = opened(login=OFFICER)
    page.goto(f"/admin/snippets/workflows/workflow/edit/{made[BRANCH]}/")
    page.wait_for_load_state("networkidle")
    rule = page.get_by_role("group", name="Om", exact=True)
    written = rule.locator("xpath=following-sibling::textarea[1]")
    expect(rule.locator("select").first.locator("option:checked")).to_have_text("Ärendet: sökt belopp")
    expect(written).to_be_hidden()

    press(page, rule.get_by_role("button", name="Lägg till villkor"))
    choose(page, "Kostnader")
    choose(page, "antalet rader")
    choose(page, "är större än")
    choose(page, "ett tal")
    page.keyboard.type("3")
    expect(written).to_have_value("matter_amount_applied > 500000 and count(budget) > 3")
    assert editor_problems(page) == []
    press(page, page.get_by_role("button", name="Spara utkast").first)
    page.locator(".messages .success").wait_for()

    expect(written).to_have_value("matter_amount_applied > 500000 and count(budget) > 3")
    expect(rule.locator(".condition-row")).to_have_count(2)


@pytest.mark.parametrize("javascript", [True, False])
def test_given_rows_and_calculated_cells_add_up_and_limit_another_answer(
    opened: Opener, accessible: Check, made: dict[str, int], javascript: bool
) -> None:
    page = opened(size=PHONE, javascript=javascript)
    page.goto(f"/formular/{BUDGET}/1/")
    table = page.locator("[data-table=q-budget]")
    expect(table.locator("th.given")).to_have_text(["Personal", "Lokal"])
    assert table.locator("button[name=remove-row]").count() == 0, "rows that staff have given stay"
    for name, text in {"0-timmar": "10", "0-pris": "450", "1-timmar": "3", "1-pris": "1 000"}.items():
        page.locator(f"[name=q-budget-{name}]").fill(text)
    amount = page.locator("[name=q-sokt]")
    amount.fill("7 501")
    amount.press("Tab")
    limit = "Skriv ett tal som är högst 7\xa0500."

    if javascript:
        expect(table.locator("[data-calculated=kostnad]")).to_have_text(["4\xa0500", "3\xa0000"])
        expect(table.locator("[data-column-sum=kostnad]")).to_have_text("7\xa0500")
        expect(page.locator("#q-sokt [role=status]")).to_have_text(limit)
        accessible(page, "given-rows")
    page.wait_for_timeout(2100)  # nobody fills in a page in less
    go_on(page)

    expect(page.locator(".error-summary li")).to_have_text([re.compile(re.escape(limit))])
    expect(table.locator("[data-calculated=kostnad]")).to_have_text(["4\xa0500", "3\xa0000"])
    expect(table.locator("[data-column-sum=kostnad]")).to_have_text("7\xa0500")
    amount.fill("7 500")
    go_on(page)
    expect(page).to_have_url(re.compile("/granska/$"))


def test_a_long_list_to_tick_in_is_searched_with_the_keyboard_on_a_phone(
    opened: Opener, accessible: Check, made: dict[str, int]
) -> None:
    page = opened(size=PHONE)
    page.goto(f"/formular/{PLACES}/1/")
    search = page.get_by_role("searchbox", name="Sök bland alternativen")
    shown = page.locator("#q-kommuner .choice:visible")
    # All there are, and “none of them”.
    expect(shown).to_have_count(291)
    accessible(page, "long-list", sizes=(PHONE,))

    search.focus()
    page.keyboard.type("nassj")  # whoever has no å, ä and ö finds it too
    expect(shown).to_have_text(["Nässjö"])
    expect(page.get_by_role("status").filter(has_text="1")).to_have_count(1)
    page.keyboard.press("Enter")
    assert page.url.endswith("/1/"), "searching does not send the page"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    search.fill("kommun 29")
    expect(shown).to_have_count(3)  # 29, 290, and what is ticked stays in sight
    search.fill("zzz")
    expect(shown).to_have_text(["Nässjö"])
    accessible(page, "long-list-searched", sizes=(PHONE,))
    page.wait_for_timeout(2100)  # nobody fills in a page in less
    go_on(page)

    expect(page).to_have_url(re.compile("/granska/$"))
    expect(page.locator("main dd", has_text="Nässjö")).to_have_count(1)


def test_a_long_list_is_ticked_in_without_javascript(opened: Opener, made: dict[str, int]) -> None:
    page = opened(size=PHONE, javascript=False)
    page.goto(f"/formular/{PLACES}/1/")
    page.get_by_role("checkbox", name="Övertorneå").check()
    page.get_by_role("checkbox", name="Kommun 290").check()
    assert page.get_by_role("searchbox").count() == 0, "a field that does nothing is not there"
    page.wait_for_timeout(2100)  # nobody fills in a page in less
    go_on(page)

    expect(page).to_have_url(re.compile("/granska/$"))
    for name in ("Övertorneå", "Kommun 290"):
        expect(page.get_by_text(name)).to_be_visible()
