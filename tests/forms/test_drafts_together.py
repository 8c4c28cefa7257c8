"""Several at work on one draft: invited, merged answer by answer, and both versions kept where two wrote at once."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from forms.actions import invite_guest, remove_guest
from forms.actions.draft_link import link_address
from forms.models import DraftGuest, DraftLink, Submission
from records.effects import run_due
from tests.forms.journey_in_tests import ACTION, APPLICANT, Visitor, application, by_name, draft, mails
from tests.records.factories import person

pytestmark = pytest.mark.django_db
PAGE = "/formular/ansokan/1/"
PEOPLE = "/formular/ansokan/tillsammans/"
BO = {"email": "Bo@nassjo.example", "name": "Bo Berg", "inviter": "Ada Alm"}


@pytest.fixture(autouse=True)
def _patient(settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0


def proved(email: str) -> Any:
    """Somebody who has shown that the address is theirs."""
    found = person(email)
    EmailAddress.objects.create(user=found, email=email, verified=True, primary=True)
    return found


@pytest.fixture
def ada() -> Visitor:
    application()
    visitor = Visitor()
    visitor.fill("ansokan", 1, APPLICANT)
    return visitor


def mailed() -> str:
    """The path of the newest link."""
    return link_address(DraftLink.objects.first()).removeprefix("http://localhost:8000")


@pytest.fixture
def bo(ada: Visitor) -> Visitor:
    """Bo, invited by Ada, with the draft open in a browser of his own."""
    ada.post(PEOPLE, BO)
    visitor = Visitor()
    visitor.post(mailed())
    return visitor


def opened(visitor: Visitor, address: str = PAGE) -> dict[str, str]:
    """What the page carries when the visitor opens it."""
    return visitor.hidden(visitor.get(address).content.decode())


def save(visitor: Visitor, page: dict[str, str], address: str = PAGE, **answers: str) -> Any:
    """Post an opened page with these answers changed."""
    changed = {f"q-{name}": text for name, text in answers.items()}
    return visitor.post(address, {**page, **APPLICANT, **changed, "continue": ""})


# --- invited ------------------------------------------------------------------------------------------


def test_an_invitation_is_mailed_with_a_link_that_opens_the_draft_once(ada: Visitor, mailoutbox: list[Any]) -> None:
    response = ada.post(PEOPLE, BO)
    run_due()

    assert response.url == PEOPLE
    (mail,) = mailoutbox
    assert mail.to == ["bo@nassjo.example"]
    assert "Ada Alm" in mail.subject
    assert "Nässjö" not in mail.body
    address = mailed()
    assert address in mail.body
    assert address.split("/")[-2] not in mails("forms.draft_invitation")[0].body
    bo = Visitor()
    assert "Nässjö kommun" not in bo.get(address).content.decode()
    assert "Nässjö kommun" in bo.get(bo.post(address).url).content.decode()
    assert Client().post(address).status_code == 410


def test_the_invited_opens_it_directly_when_signed_in_with_the_address(ada: Visitor) -> None:
    ada.post(PEOPLE, BO)
    bo, dag = Visitor(), Visitor()
    bo.force_login(proved("bo@nassjo.example"))
    dag.force_login(proved("dag@klaralvdalen.example"))
    address = reverse("forms:draft", args=[draft().key])

    listed = bo.get(reverse("forms:drafts")).content.decode()
    response = bo.post(address, {"action": "continue"})

    assert "Ansökan om medel" in listed
    assert "Nässjö kommun" in bo.get(response.url).content.decode()
    assert "Ansökan om medel" in bo.get("/start/").content.decode()
    assert "Ansökan om medel" not in dag.get(reverse("forms:drafts")).content.decode()
    assert dag.post(address, {"action": "continue"}).status_code == 404


def test_everybody_sees_who_is_in_it_and_where_they_wrote(ada: Visitor, bo: Visitor) -> None:
    bo.fill("ansokan", 2, ACTION)

    html = ada.get(PEOPLE).content.decode()

    assert "Bo Berg" in html
    assert "bo@nassjo.example" in html
    assert "Insats" in html
    assert DraftGuest.objects.get().page_id
    assert "Bo Berg" in ada.get(PAGE).content.decode()
    assert "Ada Alm" in bo.get(PEOPLE).content.decode()


def test_the_owner_stays_owner_and_only_the_owner_sends(ada: Visitor, bo: Visitor) -> None:
    bo.force_login(proved("bo@nassjo.example"))
    bo.fill_all()

    refused = bo.send()
    thrown = bo.post(reverse("forms:draft", args=[draft().key]), {"action": "discard"})

    assert refused.status_code == 403
    assert thrown.status_code == 404
    assert draft().is_draft
    assert draft().person is None
    assert ada.send().url.startswith("/formular/kvitto/")


def test_a_guest_neither_invites_nor_gets_the_owners_link(ada: Visitor, bo: Visitor) -> None:
    bo.post(PEOPLE, {**BO, "email": "cy@nassjo.example"})
    bo.post("/formular/ansokan/senare/", {"email": "cy@nassjo.example"})

    assert DraftGuest.objects.count() == 1
    link = DraftLink.objects.first()
    assert (link.email, link.guest.email) == ("bo@nassjo.example", "bo@nassjo.example")


def test_who_is_removed_reaches_nothing_and_what_they_wrote_stays(ada: Visitor, bo: Visitor) -> None:
    save(bo, opened(bo), namn="Bo skrev")
    page = opened(bo)
    ada.post(PEOPLE, {**BO, "email": "bo@nassjo.example"})
    unused = mailed()

    ada.post(PEOPLE, {"remove": str(DraftGuest.objects.get().pk)})

    assert "Nässjö" not in bo.get(PAGE).content.decode()
    save(bo, page, namn="Bo igen")
    assert by_name(Submission.objects.order_by("pk").first())["namn"] == "Bo skrev"
    assert Client().post(unused).status_code == 410
    assert "Bo Berg" not in ada.get(PAGE).content.decode()


def test_an_invited_person_may_leave(ada: Visitor, bo: Visitor) -> None:
    bo.post(PEOPLE, {"action": "leave"})

    assert DraftGuest.objects.count() == 0
    assert "Nässjö" not in bo.get(PAGE).content.decode()


def test_invitations_are_checked_and_few(ada: Visitor, settings: Any) -> None:
    settings.FORMS_LIMITS = {"link": (100, 60), "link_to": (2, 60)}

    assert 'href="#id_email"' in ada.post(PEOPLE, {**BO, "email": "bo på jobbet"}).content.decode()
    for spam in ("", "Köp på https://x.example", "www.x.example", "x" * 81):
        assert 'href="#id_inviter"' in ada.post(PEOPLE, {**BO, "inviter": spam}).content.decode()
    assert [ada.post(PEOPLE, BO).status_code for _time in range(3)] == [302, 302, 429]
    assert DraftGuest.objects.count() == 1
    for number in range(19):
        invite_guest(draft=draft(), email=f"p{number}@nassjo.example", inviter="Ada")
    assert "20" in ada.post(PEOPLE, {**BO, "email": "one@more.example"}).content.decode()


# --- one draft, many hands ----------------------------------------------------------------------------


def test_different_answers_on_one_page_are_merged_without_a_word(ada: Visitor, bo: Visitor) -> None:
    first, second = opened(ada), opened(bo)

    save(bo, second, organisation="Eksjö kommun")
    response = save(ada, first, namn="Ada Ny")

    assert response.status_code == 302
    assert by_name(draft()) == {"organisation": "Eksjö kommun", "email": "Ada@example.se", "namn": "Ada Ny"}


def test_the_same_answer_changed_by_two_keeps_both_until_one_is_chosen(ada: Visitor, bo: Visitor) -> None:
    first, second = opened(ada), opened(bo)
    save(bo, second, namn="Bos version")

    response = save(ada, first, namn="Adas version", organisation="Eksjö kommun")

    html = response.content.decode()
    assert response.status_code == 409
    assert "Bos version" in html
    assert "Adas version" in html
    assert "Bo Berg" in html
    assert by_name(draft())["organisation"] == "Eksjö kommun"
    for visitor in (ada, bo, Visitor()):
        seen = visitor.get(PAGE).content.decode()
        assert ("Bos version" in seen and "Adas version" in seen) == (visitor in (ada, bo))
    ada.fill("ansokan", 2, ACTION)
    ada.fill("ansokan", 3, {"q-riktiga": "on"})
    assert ada.send().status_code == 200
    assert draft().is_draft


def choices(html: str) -> list[str]:
    """The versions that the page offers at the name, in order."""
    import re

    return re.findall(r'name="take-q-namn" value="([^"]+)"', " ".join(html.split()))


@pytest.mark.parametrize(("number", "expected"), [(0, "Bos version"), (1, "Adas version")])
def test_a_version_is_chosen_without_javascript(ada: Visitor, bo: Visitor, number: int, expected: str) -> None:
    first, second = opened(ada), opened(bo)
    save(bo, second, namn="Bos version")
    html = save(ada, first, namn="Adas version").content.decode()
    offered = choices(html)

    response = ada.post(
        PAGE, {**ada.hidden(html), **APPLICANT, "q-namn": "Bos version", "take-q-namn": offered[number]}
    )

    assert response.status_code == 302
    assert by_name(draft())["namn"] == expected
    assert choices(ada.get(PAGE).content.decode()) == []


def test_a_choice_between_versions_that_have_changed_since_is_asked_again(ada: Visitor, bo: Visitor) -> None:
    first, second = opened(ada), opened(bo)
    save(bo, second, namn="Bos version")
    html = save(ada, first, namn="Adas version").content.decode()
    ada.post(PEOPLE, {"email": "cy@nassjo.example", "name": "Cy", "inviter": "Ada"})
    cy = Visitor()
    cy.post(mailed())
    save(cy, second, namn="Cys version")

    ada.post(PAGE, {**ada.hidden(html), **APPLICANT, "q-namn": "Bos version", "take-q-namn": choices(html)[0]})

    html = ada.get(PAGE).content.decode()
    assert all(text in html for text in ("Bos version", "Adas version", "Cys version"))


def test_what_was_typed_in_vain_clashes_like_everything_else(ada: Visitor, bo: Visitor) -> None:
    first, second = opened(ada), opened(bo)
    save(bo, second, email="bo at work")

    response = save(ada, first, email="ada at home")

    html = response.content.decode()
    assert response.status_code == 409
    assert "bo at work" in html
    assert "ada at home" in html


def test_autosave_tells_where_others_have_written_and_overwrites_nothing(ada: Visitor, bo: Visitor) -> None:
    first, second = opened(ada), opened(bo)
    save(bo, second, namn="Bos version", organisation="Eksjö kommun")

    answers = {**APPLICANT, "q-namn": "Adas version", "form-autosave": "1"}
    told = ada.post(PAGE, {**first, **answers}).json()
    again = ada.post(PAGE, {**first, **answers, "form-seen": told["seen"], "q-namn": "Adas nya"}).json()

    assert (told["saved"], len(told["kept"]), len(told["clashes"])) == (True, 1, 1)
    assert again["clashes"] == told["clashes"]
    assert by_name(draft())["namn"] == "Bos version"
    assert by_name(draft())["organisation"] == "Eksjö kommun"
    (version,) = next(iter(draft().progress["clashes"].values())).values()
    assert version["value"] == "Adas nya"


def test_a_page_opened_again_after_a_merge_shows_what_the_others_wrote(ada: Visitor, bo: Visitor) -> None:
    first, second = opened(ada), opened(bo)
    save(bo, second, organisation="Eksjö kommun")

    html = save(ada, first, email="ingen adress").content.decode()

    assert 'value="Eksjö kommun"' in html
    assert 'value="ingen adress"' in html


def test_a_removal_goes_with_the_action_not_with_the_row(ada: Visitor, bo: Visitor) -> None:
    remove_guest(draft=draft(), guest=DraftGuest.objects.get().pk)
    remove_guest(draft=draft(), guest=999)

    assert draft().progress["here"] == []
    assert draft().updated_at <= timezone.now()
