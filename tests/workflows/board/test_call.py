"""The call: to everybody with a seat, deputies too, once for each cause, and without what is secret."""

from datetime import timedelta

import pytest
from django.utils import timezone

from records.errors import Conflict, Invalid
from records.models import MailText, Message
from tests.workflows.board.people import Boardroom
from tests.workflows.factories import again
from workflows import actions
from workflows.board.agenda import changed_since_call
from workflows.board.calls import before, timed
from workflows.models import Meeting, Seat

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Boardroom:
    return Boardroom()


def called(room: Boardroom) -> Meeting:
    meeting = room.meeting()
    room.item(meeting, "Ekonomi")
    return actions.send_call(meeting=meeting, actor=again(room.olle))


def mails(kind: str = "workflows.call") -> list[Message]:
    return list(Message.objects.filter(kind=kind))


def test_everybody_with_a_seat_is_called_deputies_too_and_once(room: Boardroom) -> None:
    meeting = called(room)

    assert {row.to for row in mails()} == {user.email for user in room.people.values()}
    assert len(mails()) == 16
    assert (meeting.state, meeting.called_at is not None) == ("called", True)
    with pytest.raises(Conflict):
        actions.send_call(meeting=meeting, actor=again(room.olle))
    assert len(mails()) == 16


def test_who_has_left_before_the_meeting_or_has_no_login_gets_no_mail(room: Boardroom) -> None:
    Seat.objects.filter(pk=room.seats["Hans"].pk).update(ends_on=timezone.localdate() + timedelta(days=2))
    Seat.objects.filter(pk=room.seats["Eva"].pk).update(user=None)

    called(room)

    gone = {room.people["Hans"].email, room.people["Eva"].email}
    assert {row.to for row in mails()} == {user.email for user in room.people.values()} - gone


def test_no_secret_title_is_mailed_and_nobody_reads_of_an_item_they_have_no_part_in(room: Boardroom) -> None:
    meeting = room.meeting()
    room.item(meeting, "Verksamhetsplan")
    room.item(meeting, "Uppsägning av avtal", is_secret=True)
    item = room.matter_item(meeting, title="Samverkansteam Nässjö")
    actions.recuse(matter=item.matter, actor=again(room.people["Mia"]))

    actions.send_call(meeting=meeting, actor=again(room.olle))

    bodies = {row.to: row.body for row in mails()}
    assert all("Uppsägning" not in body for body in bodies.values())
    assert "1. Verksamhetsplan" in bodies[room.people["Bo"].email]
    assert "Samverkansteam Nässjö" in bodies[room.people["Bo"].email]
    assert "Samverkansteam Nässjö" not in bodies[room.people["Mia"].email]
    assert "Stadshuset" in bodies[room.people["Mia"].email]
    assert meeting.get_absolute_url() in bodies[room.people["Mia"].email]


def test_the_office_words_the_call_itself(room: Boardroom) -> None:
    MailText.objects.create(
        collection=room.collection,
        language="sv",
        kind="workflows.call",
        subject="Välkommen {{ date }}",
        body="Hej {{ name }}!\n{{ agenda }}",
    )

    called(room)

    assert mails()[0].subject.startswith("Välkommen ")
    assert "1. Ekonomi" in mails()[0].body


def test_a_changed_agenda_leads_to_an_amended_call_and_only_then(room: Boardroom) -> None:
    meeting = called(room)
    assert not changed_since_call(meeting)

    actions.add_item(meeting=meeting, actor=again(room.olle), title="Nytt ärende")
    meeting.refresh_from_db()
    assert changed_since_call(meeting)
    meeting = actions.send_call(meeting=meeting, actor=again(room.olle))

    assert not changed_since_call(meeting)
    assert len(mails("workflows.amended_call")) == 16
    assert "Nytt ärende" in mails("workflows.amended_call")[0].body
    assert len(mails()) == 16


def test_a_new_time_is_told_at_once_to_those_who_have_been_called(room: Boardroom) -> None:
    meeting = called(room)

    meeting = actions.change_meeting(meeting=meeting, actor=again(room.olle), title="Styrelsemöte 4")
    assert mails("workflows.amended_call") == []
    later = meeting.starts_at + timedelta(days=7)
    meeting = actions.change_meeting(meeting=meeting, actor=again(room.olle), starts_at=later)

    assert len(mails("workflows.amended_call")) == 16
    assert not changed_since_call(meeting)


def test_an_empty_agenda_and_a_meeting_that_has_been_call_nobody(room: Boardroom) -> None:
    empty, past = room.meeting(), room.meeting(starts_at=timezone.now() - timedelta(hours=1))
    room.item(past)

    for meeting in (empty, past):
        with pytest.raises(Invalid):
            actions.send_call(meeting=meeting, actor=again(room.olle))
    assert mails() == []


def test_days_are_counted_back_from_the_meeting(room: Boardroom) -> None:
    meeting = room.meeting()
    day = timezone.localdate(meeting.starts_at)

    days = [(day - clock.day).days for clock in before(meeting)]

    assert days == [21, 14, 14, 7]


def test_times_run_through_the_agenda_until_nobody_has_said_how_long(room: Boardroom) -> None:
    meeting = room.meeting()
    items = [room.item(meeting, title, minutes=minutes) for title, minutes in (("A", 10), ("B", None), ("C", 5))]

    rows = timed(items, meeting.starts_at)

    start = timezone.localtime(meeting.starts_at)
    assert [(row.number, row.at) for row in rows] == [(1, start), (2, start + timedelta(minutes=10)), (3, None)]
