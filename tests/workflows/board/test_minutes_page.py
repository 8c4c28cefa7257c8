"""The page after a meeting, as the office, the board and others meet it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from records.errors import NotAllowed
from tests.workflows.board.after import adjusted, decided, held, ready
from tests.workflows.board.people import Boardroom
from workflows.board.signing import Proof, Request, SigningService
from workflows.models import Letter, Minutes

pytestmark = pytest.mark.django_db

Signed = Callable[[str], Client]


@pytest.fixture
def signed(room: Boardroom) -> Signed:
    """A browser in which somebody is signed in."""

    def browser(name: str) -> Client:
        client = Client()
        client.force_login(room.olle if name == "Olle" else room.house.ada if name == "Ada" else room.people[name])
        return client

    return browser


def address(name: str, meeting: Any, *args: Any) -> str:
    """The address of a view about the meeting."""
    return reverse(f"workflows:{name}", args=[meeting.key, *args])


def test_the_office_writes_fixes_and_the_board_signs(room: Boardroom, signed: Signed) -> None:
    meeting = held(room)
    item = decided(room, room.item(meeting))
    olle, bo, mia = signed("Olle"), signed("Bo"), signed("Mia")
    page = address("minutes", meeting)

    assert "have not been begun" in olle.get(page).content.decode()
    olle.post(address("minutes_begin", meeting))
    minutes = Minutes.objects.get()
    olle.post(address("minutes_account", meeting, item.key), {"account": "Direktören redogör.", "seen": ""})
    assert "Direktören redogör." in olle.get(page).content.decode()
    assert "Direktören redogör." not in bo.get(page).content.decode()
    olle.post(address("minutes_ready", meeting, minutes.key))
    minutes.refresh_from_db()
    assert "Direktören redogör." in bo.get(page).content.decode()
    for client in (bo, mia):
        sent = client.post(
            address("minutes_sign", meeting, minutes.key), {"agreed": "on", "digest": minutes.digest}, follow=True
        )
        assert sent.status_code == 200
    minutes.refresh_from_db()

    assert minutes.state == Minutes.State.ADJUSTED
    assert "not posted" in olle.get(page).content.decode()
    olle.post(address("notice_post", meeting, minutes.key))
    assert minutes.notice.__class__.objects.get().posted_on == timezone.localdate()


def test_what_was_typed_over_anothers_text_is_shown_beside_it(room: Boardroom, signed: Signed) -> None:
    meeting = held(room)
    item = decided(room, room.item(meeting))
    olle = signed("Olle")
    olle.post(address("minutes_begin", meeting))
    there = address("minutes_account", meeting, item.key)
    olle.post(there, {"account": "Den första texten.", "seen": ""})

    refused = olle.post(there, {"account": "Den andra texten.", "seen": ""})

    said = refused.content.decode()
    assert refused.status_code == 409
    assert "Den första texten." in said
    assert "Den andra texten." in said
    assert olle.post(there, {"account": "Båda.", "seen": "Den första texten."}).status_code == 302
    item.refresh_from_db()
    assert item.account == "Båda."


def test_what_is_missing_is_said_and_nothing_is_fixed(room: Boardroom, signed: Signed) -> None:
    meeting = held(room)
    decided(room, room.item(meeting), decided="")
    olle = signed("Olle")
    olle.post(address("minutes_begin", meeting))
    minutes = Minutes.objects.get()

    refused = olle.post(address("minutes_ready", meeting, minutes.key))

    assert refused.status_code == 422
    assert "it is not written what the board decided (KL 5:66)" in refused.content.decode()
    minutes.refresh_from_db()
    assert minutes.state == Minutes.State.DRAFT


@pytest.mark.parametrize("name", ["Ada", "Bo"])
def test_others_than_the_office_change_nothing(room: Boardroom, signed: Signed, name: str) -> None:
    meeting = held(room)
    item = decided(room, room.item(meeting))
    minutes = ready(room, meeting)
    client = signed(name)

    for view, args in (
        ("minutes_account", [item.key]),
        ("minutes_ready", [minutes.key]),
        ("minutes_take_back", [minutes.key]),
        ("minutes_attach", [minutes.key]),
        ("minutes_letters", [minutes.key]),
        ("minutes_at_once", []),
        ("minutes_begin", []),
    ):
        assert client.post(address(view, meeting, *args), {"reason": "x", "account": "x"}).status_code == 404
    assert client.get(address("minutes", meeting)).status_code == (404 if name == "Ada" else 200)
    before = minutes.digest
    minutes.refresh_from_db()
    assert (minutes.digest, minutes.state) == (before, Minutes.State.READY)


def test_a_stranger_to_the_signatures_is_told_why_not(room: Boardroom, signed: Signed) -> None:
    meeting = held(room)
    decided(room, room.item(meeting))
    minutes = ready(room, meeting)

    refused = signed("Hans").post(
        address("minutes_sign", meeting, minutes.key), {"agreed": "on", "digest": minutes.digest}
    )

    assert refused.status_code == 403
    assert "Only the chair of the meeting and those chosen" in refused.content.decode()


def test_files_are_made(room: Boardroom, signed: Signed) -> None:
    meeting = held(room)
    decided(room, room.item(meeting))
    minutes = adjusted(room, ready(room, meeting))
    there = address("minutes_pdf", meeting, minutes.key)

    for query in ("", "?version=public", "?p=1", "?p=1&version=public&p=x"):
        made = signed("Mia").get(there + query)
        assert made["Content-Type"] == "application/pdf"
        assert made.content.startswith(b"%PDF")
    assert signed("Ada").get(there).status_code == 404


def test_letters_are_read_and_sent_together_with_a_result_each(room: Boardroom, signed: Signed) -> None:
    meeting = held(room)
    for number in (1, 2, 3):
        decided(room, room.matter_item(meeting, room.house.at_board(title=f"Insats {number}")), paragraph=number)
    minutes = adjusted(room, ready(room, meeting))
    there = address("minutes_letters", meeting, minutes.key)
    olle = signed("Olle")
    drafts = list(Letter.objects.order_by("pk"))

    said = olle.get(there).content.decode()
    assert all(f"Insats {number}" in said for number in (1, 2, 3))
    assert olle.post(there, {}).status_code == 422
    answer = olle.post(there, {"letter": [str(drafts[0].key), str(drafts[1].key)]})
    assert answer.content.decode().count("Result: sent") == 2
    answer = olle.post(there, {"letter": [str(drafts[0].key), str(drafts[2].key)]})
    assert answer.status_code == 409
    assert "The letter has been sent already." in answer.content.decode()
    assert Letter.objects.filter(sent_at=None).count() == 0


def test_an_applicant_does_not_see_a_letter_before_it_is_sent(room: Boardroom, signed: Signed) -> None:
    meeting = held(room)
    item = decided(room, room.matter_item(meeting))
    adjusted(room, ready(room, meeting))
    letter = Letter.objects.get()

    assert letter.body not in signed("Ada").get(item.matter.get_absolute_url()).content.decode()
    signed("Olle").post(address("minutes_letters", meeting, letter.held_for.key), {"letter": [str(letter.key)]})
    assert letter.body in signed("Ada").get(item.matter.get_absolute_url()).content.decode()


class Stamp(SigningService):
    """A signing service that sends people away and vouches for those who come back with its word."""

    label = "the stamp"

    def begin(self, request: Request) -> str:
        return f"https://stamp.example/?digest={request.digest}&back={request.back}"

    def finish(self, request: Request, answer: Any) -> Proof:
        if answer.get("word") != request.digest[:8]:
            raise NotAllowed("The stamp does not know this signature.")
        return Proof(f"{request.user} (stamped)", "stamp:1")


@override_settings(SIGNING_SERVICE=f"{__name__}.Stamp")
def test_another_signing_service_can_be_named_in_the_settings(room: Boardroom, signed: Signed) -> None:
    meeting = held(room)
    decided(room, room.item(meeting))
    minutes = ready(room, meeting)
    there = address("minutes_sign", meeting, minutes.key)
    bo = signed("Bo")

    away = bo.post(there, {"agreed": "on", "digest": minutes.digest})
    assert f"https://stamp.example/?digest={minutes.digest}" in away.content.decode()
    assert minutes.adjustments.count() == 0
    back = bo.get(there, {"word": minutes.digest[:8]})
    assert "Keep my signature" in back.content.decode()
    assert minutes.adjustments.count() == 0
    assert bo.post(f"{there}?word=wrong", {"agreed": "on", "digest": minutes.digest}).status_code == 403
    assert bo.post(f"{there}?word={minutes.digest[:8]}", {"agreed": "on", "digest": minutes.digest}).status_code == 302

    row = minutes.adjustments.get()
    assert (row.name, row.reference, row.means) == (f"{room.people['Bo']} (stamped)", "stamp:1", "outside")
