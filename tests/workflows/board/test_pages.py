"""The pages before a meeting, as the office and the board meet them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from records.models import Message
from records.roles import Role, roles
from tests.workflows.board.people import Boardroom
from tests.workflows.board.test_agenda import PNG
from tests.workflows.factories import again
from tests.workflows.test_page import client, text
from workflows import actions
from workflows.models import CalendarLink, Meeting, Seat

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Boardroom:
    return Boardroom()


def read(user: Any, address: str, status: int = 200) -> str:
    response = client(user).get(address)
    assert response.status_code == status
    return text(response.content.decode())


def where(name: str, meeting: Meeting, *more: Any) -> str:
    return reverse(f"workflows:{name}", args=[meeting.key, *more])


def test_the_board_reads_the_agenda_and_the_office_has_its_tools(room: Boardroom) -> None:
    meeting = room.meeting()
    room.matter_item(meeting, title="Samverkansteam", minutes=15, proposal="att bevilja ansökan")
    room.item(meeting, "Uppsägning", is_secret=True)

    bo, olle = (read(user, meeting.get_absolute_url()) for user in (room.people["Bo"], room.olle))

    for words in ("1. Samverkansteam", "att bevilja ansökan", "2. Uppsägning", "Secret", "15 minutes"):
        assert words in bo
        assert words in olle
    assert "Send the call" in olle
    assert "Send the call" not in bo
    assert "Move down Samverkansteam" in olle
    assert "Move down" not in bo
    assert "Raise a matter" in bo
    assert "Raise a matter" not in read(room.people["Eva"], meeting.get_absolute_url())


def test_an_item_one_has_no_part_in_shows_neither_title_nor_papers(room: Boardroom) -> None:
    meeting = room.meeting()
    item = room.matter_item(meeting, title="Samverkansteam")
    paper = actions.add_paper(item=item, actor=again(room.olle), file=SimpleUploadedFile("kalkyl.png", PNG))
    actions.recuse(matter=item.matter, actor=again(room.people["Mia"]))

    page = read(room.people["Mia"], meeting.get_absolute_url())

    assert "An item you do not take part in" in page
    assert "Samverkansteam" not in page
    assert "kalkyl" not in page
    read(room.people["Mia"], where("agenda_paper", meeting, paper.key), 404)
    response = client(room.people["Bo"]).get(where("agenda_paper", meeting, paper.key))
    assert (response.status_code, response["Content-Type"], "attachment" in response["Content-Disposition"]) == (
        200,
        "image/png",
        True,
    )
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")


def test_the_office_plans_fills_orders_and_calls_without_any_script(room: Boardroom) -> None:
    browser = client(room.olle)
    plan = {
        "title": "Styrelsemöte",
        "purpose": "ordinary",
        "mode": "on_site",
        "place": "Stadshuset",
        "starts_at": (timezone.localtime() + timedelta(days=40)).strftime("%Y-%m-%dT%H:%M"),
    }
    wrong = browser.post(reverse("workflows:plan_meeting", args=[room.board.pk]), {**plan, "place": ""})
    assert wrong.status_code == 422
    assert "Write where the meeting is held." in text(wrong.content.decode())
    assert 'value="Styrelsemöte"' in wrong.content.decode()

    assert browser.post(reverse("workflows:plan_meeting", args=[room.board.pk]), plan).status_code == 302
    meeting = Meeting.objects.get()
    room.house.at_board(title="Samverkansteam")
    page = browser.get(meeting.get_absolute_url())
    chosen = page.context["page"].ready[0].pk
    assert browser.post(where("collect_matters", meeting), {"matters": [chosen]}).status_code == 302
    assert browser.post(where("add_item", meeting), {"title": "Ekonomi", "sort": "information"}).status_code == 302
    item = meeting.items.get(title="Ekonomi")
    assert browser.post(where("move_item", meeting, item.key), {"to": "up"}).status_code == 302
    assert list(meeting.items.values_list("title", flat=True)) == ["Ekonomi", "Samverkansteam"]
    sent = browser.post(
        where("add_paper", meeting, item.key), {"file": SimpleUploadedFile("bild.png", PNG), "title": "Bild"}
    )
    assert sent.status_code == 302
    refused = browser.post(where("add_paper", meeting, item.key), {"file": SimpleUploadedFile("a.exe", b"MZ")})
    assert refused.status_code == 422
    meeting.refresh_from_db()
    assert browser.post(where("send_call", meeting), {"version": meeting.version}).status_code == 302

    assert Message.objects.filter(kind="workflows.call").count() == 16


def test_two_at_the_office_do_not_change_the_same_agenda_unawares(room: Boardroom) -> None:
    meeting = room.meeting()
    item = room.item(meeting, "Ekonomi")
    actions.add_item(meeting=meeting, actor=again(room.olle), title="Nytt")

    response = client(room.olle).post(
        where("meeting_item", meeting, item.key), {"title": "Min ändring", "sort": "decision", "version": 0}
    )

    assert response.status_code == 409
    assert "Min ändring" in response.content.decode()


def test_the_plan_of_a_year_says_which_lines_it_does_not_understand(room: Boardroom) -> None:
    address = reverse("workflows:plan_year", args=[room.board.pk])
    year = timezone.localdate().year + 1
    plan = {"title": "Möte", "purpose": "ordinary", "mode": "on_site", "place": "Eksjö"}

    wrong = client(room.olle).post(address, {**plan, "dates": f"{year}-02-11 13:00\nnågon gång i mars"})
    right = client(room.olle).post(address, {**plan, "dates": f"{year}-02-11 13:00\n\n{year}-04-11 13:00"})

    assert "någon gång i mars" in text(wrong.content.decode())
    assert right.status_code == 302
    days = [timezone.localtime(row.starts_at).strftime("%m-%d %H:%M") for row in Meeting.objects.order_by("starts_at")]
    assert days == ["02-11 13:00", "04-11 13:00"]


def test_the_calendar_page_costs_the_same_for_one_meeting_and_for_many(room: Boardroom) -> None:
    def cost() -> int:
        user = again(room.people["Bo"])
        browser = client(user)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert browser.get(reverse("workflows:meetings")).status_code == 200
        return len(queries)

    room.meeting()
    cost()
    one = cost()
    for days in range(20):
        room.meeting(starts_at=timezone.now() + timedelta(days=days - 10))

    assert cost() == one


def test_the_agenda_costs_the_same_for_one_item_and_for_many(room: Boardroom) -> None:
    meeting = room.meeting()

    def cost() -> int:
        browser = client(room.olle)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(meeting.get_absolute_url()).status_code == 200
        return len(queries)

    room.matter_item(meeting)
    cost()
    one = cost()
    for number in range(10):
        room.item(meeting, f"Punkt {number}")
    room.matter_item(meeting, title="Annan")

    assert cost() == one


def test_who_has_no_seat_and_no_office_finds_no_calendar(room: Boardroom) -> None:
    read(room.house.ada, reverse("workflows:meetings"), 404)
    read(room.house.ada, reverse("workflows:composition", args=[room.board.pk]), 404)
    read(room.people["Bo"], reverse("workflows:plan_meeting", args=[room.board.pk]), 404)
    assert "Who sits on the board" in read(room.people["Bo"], reverse("workflows:composition", args=[room.board.pk]))


def test_a_person_is_invited_to_a_seat(room: Boardroom) -> None:
    seat = room.seats["Eva"]
    Seat.objects.filter(pk=seat.pk).update(user=None, name="Eva Ny")
    roles.assign(room.olle, room.collection, Role.ADMINISTRATOR)
    address = reverse("workflows:invite_to_seat", args=[room.board.pk, seat.key])

    wrong = client(room.olle).post(address, {"email": "eva"})
    right = client(room.olle).post(address, {"email": "eva.ny@eksjo.example"})

    seat.refresh_from_db()
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert 'value="eva"' in wrong.content.decode()
    assert seat.user is not None
    assert (seat.user.email, seat.user.first_name, seat.user.last_name) == ("eva.ny@eksjo.example", "Eva", "Ny")
    assert roles.of(seat.user, room.collection) == {"member"}
    assert Message.objects.filter(kind="records.invitation", to="eva.ny@eksjo.example").exists()


def test_a_secret_address_shows_when_the_board_meets_until_it_is_taken_back(room: Boardroom) -> None:
    meeting = room.meeting(title="Budgetmöte")
    room.item(meeting, "Hemlig punkt", is_secret=True)
    token = actions.make_calendar_link(actor=again(room.people["Bo"]))
    address = reverse("workflows:feed", args=[token])

    found = Client().get(address)

    words = found.content.decode().replace("\r\n ", "")
    assert found["Content-Type"].startswith("text/calendar")
    assert "Budgetmöte" in words
    assert str(meeting.key) in words
    assert "Hemlig" not in words
    assert token not in CalendarLink.objects.get().token_digest
    newer = actions.make_calendar_link(actor=again(room.people["Bo"]))
    assert Client().get(address).status_code == 404
    actions.drop_calendar_link(actor=again(room.people["Bo"]))
    assert Client().get(reverse("workflows:feed", args=[newer])).status_code == 404


def test_a_cancelled_meeting_is_cancelled_in_the_calendar_too(room: Boardroom) -> None:
    meeting = room.meeting()
    token = actions.make_calendar_link(actor=again(room.people["Bo"]))
    actions.cancel_meeting(meeting=meeting, actor=again(room.olle), reason="Sjukdom")

    assert "STATUS:CANCELLED" in Client().get(reverse("workflows:feed", args=[token])).content.decode()
