"""The main job from end to end: application, completion, decision by the board, letter, public page, export."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.applicant import answer, fill_page, story
from tests.browser.conftest import DESK, PHONE, Opener
from tests.browser.post import Post, link_in, text_of

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)

Check = Callable[..., None]


def reach_the_form(page: Page) -> None:
    """From the portal by way of the association to the first page of the form."""
    page.goto("/")
    page.get_by_role("link", name="Höglandets samordningsförbund").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Höglandets samordningsförbund")
    page.get_by_role("link", name="Ansök om medel").first.click()
    page.locator("main a.button[href^='/formular/']").first.click()
    page.locator("form.form-page").wait_for()


def first_evening(page: Page, told: dict[str, Any]) -> None:
    """Answer the first pages, then ask for a link to go on another day."""
    page.wait_for_timeout(2100)  # the form takes nobody for a person who is done in less than two seconds
    for answers in told["evenings"][0]:
        fill_page(page, answers)
    page.locator(".actions button[name=save]").click()
    page.fill("input[name=email]", told["applicant"])
    page.locator("form:has(input[name=email]) button.button").first.click()
    page.locator(".notice.success").wait_for()


def second_evening(page: Page, told: dict[str, Any], link: str) -> str:
    """Open the mailed link, answer the rest, attach a file, read it through and send; the reference."""
    page.goto(link)
    page.locator("main form button.large").click()
    assert link.rstrip("/").rsplit("/", 1)[-1] not in page.url
    if page.locator("form.form-page").count() == 0:
        page.locator("main a.button, main .actions a").first.click()
    for answers in told["evenings"][1]:
        if "intygande" in answers:
            page.set_input_files(
                'input[type=file][name="q-bilagor"]',
                files=[{"name": "överenskommelse.pdf", "mimeType": "application/pdf", "buffer": PDF}],
            )
        fill_page(page, answers)
    expect(page.locator("main")).to_contain_text("överenskommelse.pdf")
    expect(page.locator("main")).to_contain_text(re.compile(r"900\s000"))
    page.locator("main form button.button:not(.secondary):not(.quiet)").last.click()
    page.wait_for_url("**/kvitto/**")
    expect(page.locator("main")).to_contain_text(re.compile(r"HSF \d{4}/\d+"))
    return page.locator("main .receipt strong, main strong").first.inner_text()


def codes(post: Post, address: str) -> list[str]:
    """The login codes that have been mailed to an address."""
    found = [
        re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", text_of(mail), re.MULTILINE)
        for mail in post.mails(address)
    ]
    return [code[1] for code in found if code]


def sign_in_by_code(page: Page, post: Post, address: str) -> None:
    """Ask for a code, read it in the post, and sign in with it."""
    before = codes(post, address)
    page.goto("/konto/kod/")
    page.fill("input[type=email]", address)
    page.locator("main form button[type=submit]").first.click()
    page.locator("input[name=code]").wait_for()
    for _try in range(100):
        if len(codes(post, address)) > len(before):
            break
        page.wait_for_timeout(300)
    code = next(code for code in codes(post, address) if code not in before)
    page.fill("input[name=code]", code)
    page.locator("form:has(input[name=code]) button[type=submit]").first.click()
    page.wait_for_url("**/start/")


def open_matter(page: Page, title: str) -> None:
    """From the start page to a matter."""
    page.goto("/start/")
    page.locator("main li", has_text=title).get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)


@pytest.mark.slow
def test_an_application_from_the_first_evening_to_the_public_page(
    opened: Opener, post: Post, accessible: Check
) -> None:
    told = story("vagledning")
    title, ada = told["title"], told["applicant"]

    # Ada reads about the association and a training day, and begins an application.
    visitor = opened()
    visitor.goto("/hoglandet/utbildningar/")
    visitor.locator("main a[href*='/hoglandet/utbildningar/']").first.click()
    expect(visitor.get_by_role("heading", level=1)).to_be_visible()
    reach_the_form(visitor)
    first_evening(visitor, told)
    accessible(visitor, "later")

    # The second evening, on another computer, by the mailed link.
    evening = opened()
    reference = second_evening(evening, told, link_in(post.wait_for(ada, "/fortsatt/"), "/fortsatt/"))
    accessible(evening, "receipt")
    receipt = post.wait_for(ada, reference)
    assert [part.get_content_type() for part in receipt.iter_attachments()] == ["application/pdf", "text/html"]
    number = re.search(r"HSF \d{4}/\d+", text_of(receipt))
    assert number

    # The office asks for a completion of two questions.
    officer = opened(login="officer@hoglandet.example")
    open_matter(officer, title)
    accessible(officer, "matter-officer")
    officer.get_by_role("button", name="Be om komplettering").click()
    for asked in told["completion"].values():
        row = officer.locator(".ask-row", has=officer.locator("label", has_text=asked["label"]))
        if not row.first.is_visible():
            officer.locator("details", has=row).locator("summary").click()
        row.locator("input[type=checkbox]").check()
        row.locator("textarea").fill(asked["comment"])
    officer.locator("button[name=choice][value=ask]").click()
    officer.wait_for_load_state()

    # Ada signs in by a mailed code, on her phone, and completes just those two.
    post.wait_for(ada, "komplett")
    phone = opened(size=PHONE)
    sign_in_by_code(phone, post, ada)
    accessible(phone, "start-applicant", sizes=(PHONE,))
    open_matter(phone, title)
    accessible(phone, "matter-applicant", sizes=(PHONE,))
    phone.locator("main a.button[href*='/komplettera/']").click()
    accessible(phone, "complete", sizes=(PHONE,))
    assert phone.locator(".asked-again").count() == len(told["completion"])
    for name, asked in told["completion"].items():
        answer(phone, name, asked["answer"])
    phone.locator("main form button.button").last.click()
    phone.wait_for_url("**/arende/*/")

    # The office sees what has changed, and sends it on to the preparatory group.
    open_matter(officer, title)
    expect(officer.locator("ins").first).to_be_visible()
    officer.get_by_role("button", name="Komplett, gå vidare").click()
    officer.wait_for_load_state()

    reviewer = opened(login="reviewer@hoglandet.example")
    open_matter(reviewer, title)
    accessible(reviewer, "matter-reviewer")
    reviewer.fill("textarea[name=text]", told["recommendation"])
    reviewer.locator("button[name=choice][value=approve]").click()
    reviewer.wait_for_load_state()

    open_matter(officer, title)
    expect(officer.locator("main")).to_contain_text(told["recommendation"])
    officer.get_by_role("button", name="Till styrelsen").click()
    officer.wait_for_load_state()

    # The officer records what the minutes say; it does not count until the chair confirms.
    open_matter(officer, title)
    officer.fill("input[name=meeting_date]", "2026-11-20")
    officer.fill("input[name=paragraph]", told["decision"]["paragraph"])
    officer.locator("input[name=outcome][value=granted_in_part]").check()
    officer.fill("input[name=amount]", told["decision"]["amount"])
    officer.fill("textarea[name=conditions]", told["decision"]["conditions"])
    officer.locator("button[name=choice][value=record]").click()
    officer.wait_for_load_state()
    assert visitor.goto("/hoglandet/verksamheter/")
    assert title not in visitor.locator("main").inner_text()

    chair = opened(login="chair@hoglandet.example", size=PHONE)
    open_matter(chair, title)
    accessible(chair, "matter-chair", sizes=(PHONE,))
    chair.locator("input[name=agreed]").check()
    chair.locator("button[name=choice][value=confirm]").click()
    chair.wait_for_load_state()

    # Ada gets a letter, and the project is on the public page.
    letter = post.wait_for(ada, "Beslut om er ansökan")
    assert re.search(r"700\s000", text_of(letter))
    project_link = visitor.get_by_role("link", name=title)
    for _try in range(40):
        visitor.goto("/hoglandet/verksamheter/")
        if project_link.count():
            break
        visitor.wait_for_timeout(500)
    project_link.first.click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text(title)
    expect(visitor.locator("main")).to_contain_text(re.compile(r"700\s000"))
    accessible(visitor, "project")
    open_matter(phone, title)
    expect(phone.locator("main")).to_contain_text(re.compile(r"700\s000"))

    # Staff export all applications to Excel.
    office = opened(login="officer@hoglandet.example", size=DESK)
    office.goto("/admin/forms/submission/")
    office.get_by_role("link", name="Exportera").first.click()
    office.select_option("select[name=form]", label=told["form_title"])
    with office.expect_download() as download:
        office.locator("form[method=post] button[type=submit]").last.click()
    content = io.BytesIO(download.value.path().read_bytes())
    assert zipfile.is_zipfile(content)
    book = load_workbook(content, read_only=True)
    rows = [[str(cell or "") for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert any(title in row for row in rows)
    assert any(told["completion"]["overtagande"]["answer"] in row for row in rows)


def test_the_applicant_needs_no_javascript(opened: Opener, post: Post) -> None:
    told = story("vagledning")
    told["applicant"] = "alma." + told["applicant"]
    told["evenings"][0][0]["kontakt_epost"] = told["applicant"]

    page = opened(javascript=False)
    reach_the_form(page)
    first_evening(page, told)
    later = opened(javascript=False)
    reference = second_evening(later, told, link_in(post.wait_for(told["applicant"], "/fortsatt/"), "/fortsatt/"))

    assert reference in str(post.wait_for(told["applicant"], reference)["Subject"])
