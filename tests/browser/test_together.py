"""Two people in one form: invited by mail, each seeing what the other writes, choosing between two versions."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.applicant import fill_page, story
from tests.browser.conftest import PHONE, Opener
from tests.browser.post import Post, link_in

BO = "bo.berg@nassjo.example"
FORM = "/formular/ansokan-om-medel-hoglandet/"


def write(page: Page, name: str, text: str) -> None:
    """Write in a question and move on, and let the page save itself now instead of in a while."""
    field = page.locator(f'[name="q-{name}"]')
    field.fill(text)
    field.blur()
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.evaluate("window.dispatchEvent(new Event('online'))")


def test_two_people_fill_in_one_form(opened: Opener, post: Post, accessible: Callable[..., None]) -> None:
    ada = opened()
    ada.goto(f"{FORM}1/")
    ada.wait_for_timeout(2100)  # the form takes nobody for a person who is done in less than two seconds
    fill_page(ada, story("vagledning")["evenings"][0][0])
    ada.get_by_role("link", name="Fyll i tillsammans").click()
    ada.fill("input[name=email]", "inte en adress")
    ada.get_by_role("button", name="Skicka inbjudan").click()
    expect(ada.locator(".error-summary")).to_be_focused()
    accessible(ada, "together-errors")
    ada.fill("input[name=email]", BO)
    ada.fill("input[name=name]", "Bo Berg")
    ada.fill("input[name=inviter]", "Ada Lindqvist")
    ada.get_by_role("button", name="Skicka inbjudan").click()
    expect(ada.locator(".people")).to_contain_text("Bo Berg")
    accessible(ada, "together-people")

    bo = opened(size=PHONE)
    bo.goto(link_in(post.wait_for(BO, "Ada Lindqvist"), "/fortsatt/"))
    bo.locator("main form button.large").click()
    bo.goto(f"{FORM}1/")
    ada.goto(f"{FORM}1/")
    expect(bo.locator(".together")).to_contain_text("Ada Lindqvist")
    expect(ada.locator(".together")).to_contain_text("Bo Berg")

    # Each in a question of their own: what Bo writes comes up on Ada's page when it saves.
    write(bo, "chef_titel", "Socialchef")
    write(ada, "ort", "Nässjö stad")
    expect(ada.locator('[name="q-chef_titel"]')).to_have_value("Socialchef")
    expect(ada.locator('[name="q-ort"]')).to_have_value("Nässjö stad")

    # Both in the same one: nobody's words are lost, and one is chosen.
    write(bo, "chef_namn", "Karin Holm, vikarie för Per Dahl")
    write(ada, "chef_namn", "Karin Holmgren")
    expect(ada.locator("[data-save-state]")).to_contain_text("Båda versionerna är sparade")
    ada.locator(".actions button[name=continue]").click()
    expect(ada.locator(".clash")).to_contain_text("Karin Holmgren")
    expect(ada.locator(".clash")).to_contain_text("vikarie för Per Dahl")
    accessible(ada, "together-clash")
    ada.get_by_label("Din version").check()
    ada.locator(".actions button[name=continue]").click()
    ada.wait_for_url(f"**{FORM}2/")
    bo.reload()
    expect(bo.locator('[name="q-chef_namn"]')).to_have_value("Karin Holmgren")

    # When the server takes nothing the page keeps what is written, through a reload too.
    bo.route("**/*", lambda route: route.fulfill(status=429) if route.request.method == "POST" else route.continue_())
    bo.locator('[name="q-ort"]').fill("Bodafors")
    bo.evaluate("window.dispatchEvent(new Event('online'))")
    expect(bo.locator("[data-save-state]")).to_contain_text("Inte sparat")
    bo.reload()
    expect(bo.locator('[name="q-ort"]')).to_have_value("Bodafors")
    bo.unroute_all()
    bo.evaluate("window.dispatchEvent(new Event('online'))")
    expect(bo.locator("[data-save-state]")).to_contain_text("Sparat")

    bo.goto(f"{FORM}granska/")
    expect(bo.locator("main")).to_contain_text("Ada Lindqvist skickar in formuläret")
