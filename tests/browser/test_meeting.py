"""A whole meeting with five browsers open: roll call, a conflict of interest, a tie, a reservation, the end."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.a_board import address
from tests.browser.conftest import DESK, PHONE, Opener
from tests.product import Product

Check = Callable[..., None]
NEWS = 20_000  # milliseconds a page may take to hear of what has happened


def board_at(product: Product, at: str) -> str:
    """A board of its own with a called meeting; the address of the meeting in session."""
    made = json.loads(product.python("-m", "tests.browser.a_board", at).splitlines()[-1])
    return f"/mote/{made['key']}/sammantrade/"


def press(page: Page, button: str, *, near: str = "") -> None:
    """Press a button and come back to the page."""
    with page.expect_navigation():
        page.get_by_role("button", name=f"{button} {near}".strip(), exact=True).first.click()


def unfold(page: Page, words: str) -> None:
    """Open what is folded away under these words, wherever the page has it."""
    page.locator("details > summary").filter(has_text=words).first.click()


def shot(page: Page, accessible: Check, name: str, size: dict[str, int]) -> None:
    """Nothing for axe to find as the page stands, in the size its owner holds."""
    accessible(page, f"meeting-{name}", sizes=(size,))


def test_a_whole_meeting_in_five_browsers(product: Product, opened: Opener, accessible: Check) -> None:
    sitting = board_at(product, "eksjo")
    olga = opened(size=DESK, login=address("olga", "eksjo"))
    bo, mia, jon, gun = (opened(size=PHONE, login=address(name, "eksjo")) for name in ("bo", "mia", "jon", "gun"))
    for page in (olga, bo, mia, jon, gun):
        page.goto(sitting)
    shot(olga, accessible, "roll-call", DESK)
    shot(olga, accessible, "roll-call", PHONE)
    olga.set_viewport_size(DESK)  # type: ignore[arg-type]

    # Roll call by the secretary; everybody's page hears of it.
    for name in ("Bo Ek", "Cy Alm", "Mia Lind", "Jon Berg", "Gun Holm"):
        press(olga, "Är här", near=name)
    expect(mia.get_by_text("Du tjänstgör.", exact=True)).to_be_visible(timeout=NEWS)
    expect(gun.locator(".sitting-me")).to_contain_text("de du är ersättare för själva tjänstgör", timeout=NEWS)

    # The chair opens the meeting on the phone; the secretary notes the adjuster and begins with the first item.
    expect(bo.get_by_role("button", name="Öppna sammanträdet")).to_be_visible(timeout=NEWS)
    press(bo, "Öppna sammanträdet")
    shot(bo, accessible, "chair", PHONE)
    expect(olga.get_by_role("button", name="Påbörja Verksamhetsplan 2027")).to_be_visible(timeout=NEWS)
    unfold(olga, "Anteckna vilka som justerar protokollet")
    olga.get_by_role("group", name="Justerare").get_by_label("Mia Lind").check()
    press(olga, "Anteckna justerarna")
    press(olga, "Påbörja", near="Verksamhetsplan 2027")
    shot(olga, accessible, "desk", DESK)
    shot(olga, accessible, "desk", PHONE)
    olga.set_viewport_size(DESK)  # type: ignore[arg-type]

    # Jon has a conflict of interest: out of the item and its papers; Gun serves at once.
    expect(jon.get_by_role("heading", name="Verksamhetsplan 2027", level=2)).to_be_visible(timeout=NEWS)
    unfold(jon, "Anmäl jäv")
    shot(jon, accessible, "declare", PHONE)
    jon.get_by_label("någon annan omständighet").check()
    jon.get_by_label("Jag är jävig i den här punkten").check()
    press(jon, "Lämna punkten")
    expect(jon.locator(".sitting-me")).to_contain_text("eftersom du är jävig i den här punkten")
    expect(jon.get_by_role("link", name="Punktens handlingar")).to_have_count(0)
    shot(jon, accessible, "recused", PHONE)
    expect(gun.get_by_text("Du tjänstgör i stället för Jon Berg.", exact=True)).to_be_visible(timeout=NEWS)
    expect(gun.locator("#sitting-told")).to_contain_text("Du tjänstgör i stället för Jon Berg.")

    # Mia proposes rejection, and what she writes is left alone while others go on.
    unfold(mia, "Lägg ett yrkande")
    mia.get_by_label("Förslaget", exact=True).fill("att avslå förslaget")
    mia.get_by_label("Vad det skulle leda till").select_option("reject")
    press(olga, "Ångra", near="Jon Berg")
    press(olga, "Är här", near="Jon Berg")
    expect(mia.get_by_label("Förslaget", exact=True)).to_have_value("att avslå förslaget")
    press(mia, "Lägg yrkandet")

    # A vote with a tie: Bo and Cy (whose vote the secretary takes down) against Mia and Gun.
    expect(olga.get_by_text("att avslå förslaget").first).to_be_visible(timeout=NEWS)
    unfold(olga, "Håll en omröstning")
    olga.get_by_label("Ja gäller").select_option(label="att fastställa förslaget till verksamhetsplan")
    olga.get_by_label("Nej gäller").select_option(label="att avslå förslaget")
    press(olga, "Öppna omröstningen")
    for page, choice in ((bo, "ja"), (mia, "nej"), (gun, "nej")):
        expect(page.get_by_role("heading", name="Omröstning", exact=True)).to_be_visible(timeout=NEWS)
        if page is mia:
            shot(mia, accessible, "vote", PHONE)
        page.get_by_role("group", name="Din röst").get_by_label(choice, exact=True).check()
        press(page, "Avge min röst; den går inte att ändra")
        expect(page.get_by_text(f"Du har röstat: {choice}.")).to_be_visible()
    shot(mia, accessible, "voted", PHONE)
    expect(olga.get_by_text("Har inte röstat: 1.")).to_be_visible(timeout=NEWS)
    olga.get_by_label("Vem som röstar").select_option(label="Cy Alm")
    olga.locator("form[action$='/vote_for/']").get_by_label("ja", exact=True).check()
    press(olga, "Anteckna rösten")
    shot(olga, accessible, "desk-vote", DESK)
    press(olga, "Avsluta omröstningen")
    expect(olga.get_by_text("Omröstning 1: 2 ja, 2 nej, 0 avstår.")).to_be_visible()
    expect(olga.get_by_text("ordförandens utslagsröst")).to_be_visible()
    press(olga, "Stäng paragrafen")
    expect(mia.get_by_role("heading", name=re.compile("§ 1 Verksamhetsplan 2027"))).to_be_visible(timeout=NEWS)

    # Mia reserves herself; the last item is tabled, and the chair closes the meeting.
    unfold(mia, "Reservera dig mot ett beslut")
    mia.get_by_label("Mot beslutet").select_option(label="§ 1 Verksamhetsplan 2027")
    press(mia, "Reservera")
    expect(mia.get_by_text("Mia Lind har reserverat sig.")).to_be_visible()
    unfold(olga, "Bordlägg eller ta bort en punkt som inte har påbörjats")
    olga.get_by_label("Information från kansliet: skäl").fill("att tiden inte räckte")
    press(olga, "Bordlägg punkten", near="Information från kansliet")
    bo.reload()
    press(bo, "Avsluta sammanträdet")
    expect(bo.get_by_role("heading", name="Sammanträdet: avslutat")).to_be_visible()
    expect(jon.get_by_role("heading", name="Sammanträdet: avslutat")).to_be_visible(timeout=NEWS)
    shot(bo, accessible, "closed", PHONE)
    shot(olga, accessible, "closed", DESK)


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_the_help(product: Product, opened: Opener, accessible: Check, size: dict[str, int]) -> None:
    at = f"hjalp{size['width']}"
    sitting = board_at(product, at)
    page = opened(size=size, login=address("mia", at))

    page.goto(f"{sitting}hjalp/")

    expect(page.get_by_role("heading", name="Så går sammanträdet till här")).to_be_visible()
    accessible(page, "meeting-help", sizes=(size,))


def test_without_scripts_the_page_is_reloaded_and_everything_works(product: Product, opened: Opener) -> None:
    sitting = board_at(product, "utan")
    olga = opened(login=address("olga", "utan"), javascript=False)
    mia = opened(size=PHONE, login=address("mia", "utan"), javascript=False)
    olga.goto(sitting)
    mia.goto(sitting)

    for name in ("Bo Ek", "Cy Alm", "Mia Lind"):
        press(olga, "Är här", near=name)
    press(olga, "Öppna sammanträdet")
    press(olga, "Påbörja", near="Verksamhetsplan 2027")
    mia.get_by_role("link", name="Visa sammanträdet som det är nu").click()

    expect(mia.get_by_text("Du tjänstgör.", exact=True)).to_be_visible()
    expect(mia.get_by_role("heading", name="Verksamhetsplan 2027", level=2)).to_be_visible()
