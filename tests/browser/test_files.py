"""Files in a real browser: how far they have come, a connection that goes and comes back, several, the wrong ones."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.applicant import go_on
from tests.browser.conftest import DESK, Opener
from tests.browser.test_form_page import FORM, PDF, WEB_PAGE, begun

Check = Callable[..., None]

MEGABYTE = 1024 * 1024
PLAN = {
    "name": "Tidplan för Nässjö.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.7\n" + b"\0" * (2 * MEGABYTE) + b"\n%%EOF\n",
}


def pdf(name: str, size: int = 100) -> dict[str, Any]:
    """A file to send."""
    return {"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + b"\0" * size + b"%%EOF\n"}


def at_the_files(page: Page) -> Locator:
    """Ada has come to the page that takes files; the question there."""
    begun(page)
    page.goto(f"{FORM}6/")
    return page.locator("#q-tidplan")


def choose(field: Locator, *files: dict[str, Any]) -> None:
    """Choose files, as in the window that the browser opens."""
    field.locator("input[type=file]").set_input_files(list(files), timeout=60_000)  # type: ignore[arg-type]


class Line:
    """The connection of one page as the test wants it: whole, slow after some pieces, or gone."""

    def __init__(self, page: Page) -> None:
        self.offsets: list[int] = []
        self.is_gone = False
        self.gone_after = 10**6
        page.route("**/fil/", self.pass_on)

    def pass_on(self, route: Route) -> None:
        """Let it through and note where in the file the piece belongs, or break."""
        found = re.search(rb'name="offset"\r\n\r\n(\d+)', route.request.post_data_buffer or b"")
        self.is_gone = self.is_gone or len(self.offsets) >= self.gone_after
        if self.is_gone:
            route.abort("internetdisconnected")
            return
        if found:
            self.offsets.append(int(found[1]))
        route.continue_()


def test_a_file_shows_how_far_it_has_come_and_goes_on_when_the_connection_is_back(
    opened: Opener, accessible: Check
) -> None:
    page = opened()
    field = at_the_files(page)
    line = Line(page)
    line.gone_after = 2

    choose(field, PLAN)

    bar = field.locator(".file-progress")
    expect(bar).to_contain_text("förbindelsen är borta")
    expect(bar.locator("progress")).to_have_attribute("aria-label", "Tidplan för Nässjö.pdf")
    come = bar.locator("progress").evaluate("bar => bar.value / bar.max")
    assert 0 < come < 1
    accessible(page, "files-waiting")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    before = len(line.offsets)

    line.is_gone, line.gone_after = False, 10**6
    page.evaluate("window.dispatchEvent(new Event('online'))")

    expect(field.locator(".files a")).to_have_text("Tidplan för Nässjö.pdf")
    expect(bar).to_have_count(0)
    assert line.offsets[before] > 0, "it went on from where it was"
    assert line.offsets == sorted(set(line.offsets)), "and nothing was sent twice"
    accessible(page, "files-there")


def test_stop_stops_and_the_same_file_chosen_again_goes_on(opened: Opener) -> None:
    page = opened()
    field = at_the_files(page)
    line = Line(page)
    line.gone_after = 2
    choose(field, PLAN)
    expect(field.locator(".file-progress")).to_contain_text("förbindelsen är borta")
    sent = list(line.offsets)

    field.get_by_role("button", name="Avbryt").click()

    expect(field.locator(".file-progress")).to_have_count(0)
    expect(field.locator("input[type=file]")).to_be_focused()
    expect(field.locator(".files")).to_have_count(0)
    line.is_gone, line.gone_after = False, 10**6
    expect(field).not_to_have_attribute("aria-busy", "true")
    choose(page.locator("#q-tidplan"), PLAN)
    expect(field.locator(".files a")).to_have_text("Tidplan för Nässjö.pdf")
    assert line.offsets[len(sent)] > sent[-1]


def test_a_connection_that_is_gone_takes_nothing_that_is_written(opened: Opener, accessible: Check) -> None:
    page = opened()
    field = at_the_files(page)
    words = page.locator("main input[type=text][data-column], main textarea[data-column]").first
    words.fill("Planen är tredelad.")

    page.context.set_offline(True)
    choose(field, pdf("Liten.pdf"))

    expect(field.get_by_role("alert")).to_contain_text("Liten.pdf: inget skickades")
    expect(words).to_have_value("Planen är tredelad.")
    accessible(page, "files-offline")
    page.context.set_offline(False)
    choose(field, pdf("Liten.pdf"))
    expect(field.locator(".files a")).to_have_text("Liten.pdf")
    expect(field.get_by_role("alert")).to_have_count(0)
    page.context.set_offline(True)
    field.locator(".files button").click()
    expect(field.get_by_role("alert")).to_contain_text("inget skickades")
    page.context.set_offline(False)
    field.locator(".files button").click()
    expect(field.locator(".files")).to_have_count(0)


def test_several_files_the_wrong_ones_and_one_too_many(opened: Opener, accessible: Check) -> None:
    page = opened()
    field = at_the_files(page)

    choose(field, pdf("Ett.pdf"), WEB_PAGE, pdf("Två.pdf", 300_000))
    expect(field.locator(".files a")).to_have_text(["Två.pdf", "Ett.pdf"])
    expect(field.locator(".error").first).to_contain_text("cv.pdf")
    expect(field.locator("input[type=file]")).to_be_disabled()
    accessible(page, "files-full-and-wrong")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]

    field.locator(".files li", has_text="Ett.pdf").get_by_role("button").click()
    expect(field.locator(".files a")).to_have_text(["Två.pdf"])
    expect(field.locator("input[type=file]")).to_be_enabled()
    choose(field, pdf("Stor.pdf", 11 * MEGABYTE))
    expect(field.locator(".file-progress")).to_contain_text("Stor.pdf: Filen är för stor")
    expect(field.locator(".files a")).to_have_text(["Två.pdf"])
    accessible(page, "files-too-large")
    choose(field, pdf("Tre.pdf"), pdf("Fyra.pdf"))
    expect(field.locator(".files a")).to_have_text(["Två.pdf", "Tre.pdf"])
    expect(field.locator(".error").first).to_contain_text("Fyra.pdf")

    page.reload()
    expect(field.locator(".files a")).to_have_text(["Två.pdf", "Tre.pdf"])


def test_files_without_javascript(opened: Opener) -> None:
    page = opened(javascript=False)
    page.goto(f"{FORM}1/")
    page.wait_for_timeout(2100)  # nobody fills in a page in less
    page.locator("[name=q-organisation]").fill("Nässjö kommun")
    go_on(page)
    page.goto(f"{FORM}6/")
    field = page.locator("#q-tidplan")

    choose(field, pdf("Ett.pdf"), WEB_PAGE)
    go_on(page)
    expect(page.locator(".error-summary")).to_contain_text("cv.pdf")
    expect(field.locator(".files a")).to_have_text("Ett.pdf")
    choose(field, pdf("Stor.pdf", 11 * MEGABYTE))
    go_on(page)
    expect(page.locator(".error-summary")).to_contain_text("Stor.pdf: Filen är för stor")
    choose(field, pdf("Två.pdf", 2 * MEGABYTE), PDF)
    go_on(page)
    expect(page.locator(".error-summary")).to_contain_text("Tidplan.pdf: Här kan högst 2 filer")
    expect(field.locator(".files a")).to_have_text(["Ett.pdf", "Två.pdf"])
    field.locator(".files button").first.click()

    expect(field.locator(".files a")).to_have_text(["Två.pdf"])
    with page.expect_download() as download:
        field.locator(".files a").click()
    assert download.value.suggested_filename == "Två.pdf"
