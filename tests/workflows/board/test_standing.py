"""Who finds the meetings of a board."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.workflows.board.people import Boardroom
from tests.workflows.factories import again, person
from tests.workflows.test_page import client
from workflows import actions
from workflows.board.standing import boards, standing_in

pytestmark = pytest.mark.django_db


def test_the_office_and_those_with_a_seat_find_the_meeting_and_nobody_else() -> None:
    room = Boardroom()
    meeting = room.meeting()
    seatless = person("Dag", room.collection, "member")

    found = {name: client(user).get(meeting.get_absolute_url()).status_code for name, user in room.people.items()}

    assert set(found.values()) == {200}
    assert client(room.olle).get(meeting.get_absolute_url()).status_code == 200
    assert client(seatless).get(meeting.get_absolute_url()).status_code == 404
    assert client(room.house.ada).get(meeting.get_absolute_url()).status_code == 404
    assert Client().get(meeting.get_absolute_url()).status_code == 302
    assert list(boards(again(seatless))) == []


def test_a_seat_that_has_ended_before_the_meeting_opens_nothing() -> None:
    room = Boardroom()
    seat = room.seats["Hans"]
    seat.ends_on = timezone.localdate() + timedelta(days=2)
    seat.save()

    assert not standing_in(again(room.people["Hans"]), room.meeting()).may_see
    assert standing_in(again(room.people["Hans"]), room.meeting(starts_at=timezone.now())).may_see


def test_a_conflict_of_interest_in_the_matter_closes_its_item() -> None:
    room = Boardroom()
    meeting = room.meeting()
    item, other = room.matter_item(meeting), room.item(meeting)
    actions.recuse(matter=item.matter, actor=again(room.people["Mia"]))

    mia, bo = (standing_in(again(room.people[name]), meeting) for name in ("Mia", "Bo"))

    assert (mia.reads(item), mia.reads(other)) == (False, True)
    assert (bo.reads(item), bo.reads(other)) == (True, True)
