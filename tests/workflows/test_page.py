"""The matter page and the start page, as each person meets them."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.workflows.factories import House, again, ask, do, field_id, person, task
from workflows import actions
from workflows.models import Matter

pytestmark = pytest.mark.django_db


def page(user: Any, matter: Matter, status: int = 200) -> str:
    """What somebody sees at the address of the matter."""
    response = client(user).get(matter.get_absolute_url())
    assert response.status_code == status
    return response.content.decode()


def client(user: Any) -> Client:
    """Somebody's browser, reading English."""
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(again(user))
    return browser


def press(user: Any, matter: Matter, what: str, choice: str, **data: Any) -> Any:
    """Somebody presses a button on the page they see now."""
    matter.refresh_from_db()
    address = reverse("workflows:choose", args=[matter.key, task(matter, what).pk])
    return client(user).post(address, {"choice": choice, "version": matter.version, **data})


def text(html: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_visitor_is_asked_to_sign_in_and_a_stranger_finds_nothing(hoglandet: House) -> None:
    matter = hoglandet.applied()
    stranger = person("Dag")

    assert Client().get(matter.get_absolute_url()).status_code == 302
    assert client(stranger).get(matter.get_absolute_url()).status_code == 404


def test_the_page_is_never_cached(hoglandet: House) -> None:
    response = client(hoglandet.olle).get(hoglandet.applied().get_absolute_url())

    assert response["Cache-Control"] == "no-store, private"


def test_each_sees_what_is_theirs(hoglandet: House) -> None:
    matter = hoglandet.applied(background="Hemligt för andra")
    actions.add_note(matter=matter, actor=hoglandet.olle, text="Bara för kansliet")

    assert "Bara för kansliet" in page(hoglandet.olle, matter)
    assert "Hemligt för andra" in page(hoglandet.ada, matter)
    assert "Bara för kansliet" not in page(hoglandet.ada, matter)
    page(hoglandet.rut, matter, 404)
    page(hoglandet.mia, matter, 404)

    do(matter, "check", "ga-vidare", hoglandet.olle)
    assert "Hemligt för andra" in page(hoglandet.rut, matter)
    page(hoglandet.mia, matter, 404)

    do(matter, "statement", "approve", hoglandet.rut, text="Väl underbyggd")
    assert "Väl underbyggd" in page(hoglandet.mia, matter)
    assert "Väl underbyggd" not in page(hoglandet.ada, matter)
    assert "Bara för kansliet" not in page(hoglandet.mia, matter) + page(hoglandet.rut, matter)


def test_an_unconfirmed_decision_is_a_board_paper(hoglandet: House) -> None:
    matter = hoglandet.recorded(conditions="Villkoret")

    for user in (hoglandet.ada, hoglandet.rut):
        assert "Villkoret" not in page(user, matter)
        assert "Recorded decision" not in page(user, matter)
    for user in (hoglandet.bo, hoglandet.mia, hoglandet.olle):
        assert "Villkoret" in page(user, matter)
    do(matter, "confirm", "confirm", hoglandet.bo, agreed="on")
    assert "Villkoret" in page(hoglandet.ada, matter)


def test_whoever_has_a_conflict_of_interest_sees_the_head_alone(hoglandet: House) -> None:
    matter = hoglandet.at_board(background="Handlingarna")

    response = client(hoglandet.mia).post(
        reverse("workflows:recuse", args=[matter.key]), {"sure": "on", "reason": "Syskon till sökanden"}
    )

    assert response.status_code == 302
    seen = page(hoglandet.mia, matter)
    assert matter.title in seen
    assert "Handlingarna" not in seen
    assert "Syskon till sökanden" in page(hoglandet.olle, matter)
    assert "Syskon till sökanden" not in page(hoglandet.ada, matter)


def test_the_page_says_why_not(hoglandet: House) -> None:
    matter = hoglandet.recorded()

    assert "Only the chair can do this." in page(hoglandet.olle, matter)
    assert "The deputy chair confirms only when" in page(hoglandet.cy, matter)
    assert "Confirm the decision" in page(hoglandet.bo, matter)


def test_the_second_officer_gets_409_with_what_happened_and_keeps_the_text(hoglandet: House) -> None:
    matter = hoglandet.applied()
    oda = person("Oda", hoglandet.collection, "officer")
    address = reverse("workflows:choose", args=[matter.key, task(matter, "check").pk])
    version = matter.version
    do(matter, "check", "ga-vidare", hoglandet.olle)

    response = client(oda).post(
        address, {"choice": "avvisa", "version": version, "comment": "Kom för sent, se mejlet den 3 mars."}
    )

    assert response.status_code == 409
    html = response.content.decode()
    assert "Olle was first" in html
    assert "Kom för sent, se mejlet den 3 mars." in html


def test_a_form_that_is_wrong_comes_back_with_everything_typed(hoglandet: House) -> None:
    matter = hoglandet.at_board()

    response = press(
        hoglandet.olle,
        matter,
        "record",
        "record",
        meeting_date="2025-03-12",
        paragraph="14",
        outcome="granted",
        amount="999 999",
        conditions="Skrivet länge",
    )

    html = response.content.decode()
    assert response.status_code == 422
    assert "cannot be more than what was applied for" in html
    assert 'value="999 999"' in html
    assert "Skrivet länge" in html
    link = re.search(r'<a href="#([^"]+)">Amount granted', html)
    assert link
    assert f'id="{link.group(1)}"' in html


def test_the_applicant_completes_on_a_page_of_its_own(hoglandet: House) -> None:
    matter = hoglandet.applied()
    do(matter, "check", "be-om-komplettering", hoglandet.olle)
    ask(matter, hoglandet.olle, background="Vad är behovet?", amount="Räkna om.")
    address = reverse("workflows:complete", args=[matter.key])

    asked = client(hoglandet.ada).get(address).content.decode()
    assert "Vad är behovet?" in asked
    assert "Benämning" not in asked
    nonce = re.search(r'name="nonce" value="([^"]+)"', asked)
    assert nonce
    wrong = client(hoglandet.ada).post(address, {"nonce": nonce.group(1), "q-background": "Så", "q-amount": "mycket"})
    assert wrong.status_code == 422
    assert 'value="mycket"' in wrong.content.decode()
    sent = client(hoglandet.ada).post(
        address, {"nonce": nonce.group(1), "q-background": "Så här", "q-amount": "400 000"}
    )

    assert sent.status_code == 302
    seen = page(hoglandet.olle, matter)
    assert "Så här" in seen
    assert "<del>" in seen
    matter.refresh_from_db()
    assert matter.amount_applied == 400000
    assert client(hoglandet.olle).get(address).status_code == 302


def test_a_button_inside_a_question_sends_nothing(hoglandet: House) -> None:
    matter = hoglandet.applied()
    do(matter, "check", "be-om-komplettering", hoglandet.olle)
    ask(matter, hoglandet.olle, background="Vad är behovet?")

    response = client(hoglandet.ada).post(
        reverse("workflows:complete", args=[matter.key]), {"q-background": "Halvvägs", "add-row": "q-background"}
    )

    assert response.status_code == 200
    assert "Halvvägs" in response.content.decode()
    assert not matter.submission.completions.exists()


def test_a_double_click_is_no_conflict(hoglandet: House) -> None:
    matter = hoglandet.applied()
    address = reverse("workflows:choose", args=[matter.key, task(matter, "check").pk])
    browser = client(hoglandet.olle)

    answers = [browser.post(address, {"choice": "ga-vidare", "version": matter.version}) for _click in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    matter.refresh_from_db()
    assert matter.step_name == "Beredning"


def test_the_office_asks_on_the_page(hoglandet: House) -> None:
    matter = hoglandet.applied()
    do(matter, "check", "be-om-komplettering", hoglandet.olle)

    nothing = press(hoglandet.olle, matter, "request", "ask", due="2099-01-01")
    assert nothing.status_code == 422
    assert "Mark at least one question" in nothing.content.decode()
    done = press(
        hoglandet.olle,
        matter,
        "request",
        "ask",
        due="2099-01-01",
        **{f"comment-{field_id(matter, 'title')}": "Vilken ort?"},
    )

    assert done.status_code == 302
    assert matter.completion_requests.get().fields[0]["comment"] == "Vilken ort?"


def test_people_are_added_changed_and_removed_on_the_page(hoglandet: House) -> None:
    matter = hoglandet.applied()
    client(hoglandet.ada).post(reverse("workflows:add_person", args=[matter.key]), {"email": "eva@example.org"})
    eva = matter.people.get(email="eva@example.org")

    assert eva.role == "colleague"
    assert (
        client(hoglandet.ada)
        .post(reverse("workflows:change_person", args=[matter.key, eva.pk]), {"email": "x@example.org"})
        .status_code
        == 403
    )
    client(hoglandet.olle).post(
        reverse("workflows:change_person", args=[matter.key, eva.pk]), {"email": "eva.berg@example.org", "name": "Eva"}
    )
    assert matter.people.get(pk=eva.pk).email == "eva.berg@example.org"
    client(hoglandet.olle).post(reverse("workflows:remove_person", args=[matter.key, eva.pk]))
    assert not matter.people.filter(pk=eva.pk).exists()


def test_nothing_is_done_by_a_get(hoglandet: House) -> None:
    matter = hoglandet.at_board()
    for name in ("note", "assign", "add_person", "withdraw", "close", "recuse"):
        assert client(hoglandet.olle).get(reverse(f"workflows:{name}", args=[matter.key])).status_code == 405
    assert (
        client(hoglandet.olle)
        .get(reverse("workflows:choose", args=[matter.key, task(matter, "record").pk]))
        .status_code
        == 405
    )


def test_the_applicant_withdraws_on_the_page(hoglandet: House) -> None:
    matter = hoglandet.applied()
    address = reverse("workflows:withdraw", args=[matter.key])

    assert client(hoglandet.ada).post(address, {"version": matter.version}).status_code == 422
    client(hoglandet.ada).post(address, {"version": matter.version, "sure": "on"})

    matter.refresh_from_db()
    assert matter.state == "withdrawn"
    assert "withdrawn" in text(page(hoglandet.ada, matter))


def test_hostile_text_is_shown_and_never_alive(hoglandet: House) -> None:
    evil = '<script>alert(1)</script>{{ 7|add:"7" }}'
    matter = hoglandet.at_board(title=evil, background=evil, name=evil)
    actions.add_note(matter=matter, actor=hoglandet.olle, text=evil)
    actions.add_person(matter=matter, actor=hoglandet.olle, email="eva@example.org", name=evil)

    for user in (hoglandet.olle, hoglandet.ada, hoglandet.mia):
        html = page(user, matter)
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)" in html
        assert "{{ 7|add:" in html


@pytest.mark.parametrize("who", ["olle", "rut", "bo", "mia", "ada"])
def test_the_matter_page_asks_the_database_as_often_for_much_as_for_little(hoglandet: House, who: str) -> None:
    user = getattr(hoglandet, who)
    matter = hoglandet.recorded()
    actions.add_note(matter=matter, actor=hoglandet.olle, text="En")
    browser = client(user)
    browser.get(matter.get_absolute_url())
    with CaptureQueriesContext(
        connection,
    ) as little:
        browser.get(matter.get_absolute_url())
    for number in range(3):
        actions.add_note(matter=matter, actor=hoglandet.olle, text="Mer")
        actions.add_person(matter=matter, actor=hoglandet.olle, email=f"p{number}@example.org")
        actions.recuse(matter=matter, actor=person(f"M{number}", hoglandet.collection, "member"))

    browser.get(matter.get_absolute_url())  # what is remembered for a minute may have been forgotten
    with CaptureQueriesContext(connection) as much:
        browser.get(matter.get_absolute_url())

    assert len(much) == len(little) <= 50


# --- the start page --------------------------------------------------------------------------------------


def start(user: Any) -> str:
    """What somebody meets after signing in."""
    response = client(user).get("/start/")
    assert response.status_code == 200
    return text(response.content.decode())


def test_everyone_is_told_what_waits_for_them(hoglandet: House) -> None:
    matter = hoglandet.applied()
    assert "One thing waits for you." in start(hoglandet.olle)
    assert "Nothing waits for you just now." in start(hoglandet.rut)
    assert "Kansliet läser din ansökan" in start(hoglandet.ada)

    do(matter, "check", "ga-vidare", hoglandet.olle)
    assert "Beredning" in start(hoglandet.rut)
    do(matter, "statement", "approve", hoglandet.rut, text="Bra.")
    assert "Read the papers before the meeting" in start(hoglandet.mia)
    assert "Record the board's decision" in start(hoglandet.olle).replace("&#x27;", "'")


def test_the_applicant_sees_that_a_completion_waits(hoglandet: House) -> None:
    matter = hoglandet.applied()
    do(matter, "check", "be-om-komplettering", hoglandet.olle)
    ask(matter, hoglandet.olle, background="Mer")

    seen = start(hoglandet.ada)

    assert "One thing waits for you." in seen
    assert "Complete the application" in seen
    assert "You are asked to complete it" in seen


def test_what_another_officer_has_taken_on_waits_for_that_officer(hoglandet: House) -> None:
    matter = hoglandet.applied()
    oda = person("Oda", hoglandet.collection, "officer")

    actions.assign(matter=matter, officer=oda, actor=hoglandet.olle)

    assert "0 things wait for you." in start(hoglandet.olle)
    assert "Waits for somebody else at the office" in start(hoglandet.olle)
    assert "One thing waits for you." in start(oda)


def test_nothing_of_another_association_waits(hoglandet: House) -> None:
    matter = hoglandet.recorded(conditions="Zebra")
    other = House("Klarälvdalen", "-k")

    for user in (other.olle, other.rut, other.bo, other.cy, other.mia, other.ada):
        assert matter.title not in start(user)
        page(user, matter, 404)


@pytest.mark.parametrize("who", ["olle", "rut", "mia", "ada"])
def test_the_start_page_asks_the_database_as_often_for_three_as_for_one(hoglandet: House, who: str) -> None:
    user = getattr(hoglandet, who)
    hoglandet.at_board() if who == "mia" else hoglandet.applied()
    if who == "rut":
        do(Matter.objects.get(), "check", "ga-vidare", hoglandet.olle)
    browser = client(user)
    browser.get("/start/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/start/")
    for _number in range(2):
        matter = hoglandet.at_board() if who == "mia" else hoglandet.applied()
        if who == "rut":
            do(matter, "check", "ga-vidare", hoglandet.olle)

    browser.get("/start/")  # what is remembered for a minute may have been forgotten
    with CaptureQueriesContext(connection) as three:
        browser.get("/start/")

    assert len(three) == len(one) <= 30
