"""A meeting is planned, changed and cancelled; its agenda is gathered, ordered and given papers."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from forms.filetypes import Refused
from records.errors import Closed, Conflict, Invalid, NotAllowed
from records.models import Event, Message
from tests.workflows.board.people import Boardroom
from tests.workflows.factories import again
from workflows import actions
from workflows.board.ready import ready_matters
from workflows.models import AgendaPaper, Meeting, StandingItem

pytestmark = pytest.mark.django_db

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


@pytest.fixture
def room() -> Boardroom:
    return Boardroom()


def soon(days: int = 30) -> Any:
    return timezone.now().replace(microsecond=0) + timedelta(days=days)


def plan(room: Boardroom, **fields: Any) -> Meeting:
    given = {"title": "Styrelsemöte", "place": "Stadshuset", "starts_at": soon(), **fields}
    return actions.plan_meeting(board=room.board, actor=again(room.olle), **given)


def titles(meeting: Meeting) -> list[str]:
    return list(meeting.items.exclude(state="removed").values_list("title", flat=True))


def test_a_planned_meeting_has_the_standing_items_of_its_sort(room: Boardroom) -> None:
    standing = room.board.standing_items
    standing.create(title="Avslutning", place=StandingItem.Place.LAST)
    standing.create(title="Upprop", position=1)
    standing.create(title="Val av justerare", position=2)
    standing.create(title="Val av presidium", position=3, sort="election", purposes=["first"])

    ordinary, first = plan(room), plan(room, purpose="first", starts_at=soon(60))

    assert titles(ordinary) == ["Upprop", "Val av justerare", "Avslutning"]
    assert titles(first) == ["Upprop", "Val av justerare", "Val av presidium", "Avslutning"]
    assert Event.objects.filter(stream=ordinary.stream).values_list("type", flat=True)[0] == "meeting.planned"


def test_the_budget_is_decided_in_public(room: Boardroom) -> None:
    assert plan(room, purpose="budget", is_public=False).is_public
    assert not plan(room, starts_at=soon(60)).is_public


def test_nobody_attends_from_a_distance_before_the_board_has_decided_so(room: Boardroom) -> None:
    with pytest.raises(Invalid) as refused:
        plan(room, mode="hybrid")
    assert "section 19 a" in str(refused.value.problems["mode"][0])

    room.board.distance_decided_on = timezone.localdate()
    room.board.distance_decision = "§ 12"
    room.board.save()

    assert plan(room, mode="hybrid").mode == "hybrid"


def test_a_meeting_needs_a_place_a_time_to_come_and_an_end_after_its_start(room: Boardroom) -> None:
    for wrong, place in (
        ({"place": " "}, "place"),
        ({"starts_at": soon(-1)}, "starts_at"),
        ({"ends_at": soon() - timedelta(hours=1)}, "ends_at"),
        ({"title": ""}, "title"),
    ):
        with pytest.raises(Invalid) as refused:
            plan(room, **wrong)
        assert list(refused.value.problems) == [place]
    assert not Meeting.objects.exists()


def test_a_year_of_meetings_is_planned_at_once_or_not_at_all(room: Boardroom) -> None:
    dates = [soon(30), soon(90), soon(150)]

    made = actions.plan_meetings(
        board=room.board, actor=again(room.olle), starts=dates, title="Styrelsemöte", place="Eksjö"
    )
    with pytest.raises(Invalid):
        actions.plan_meetings(
            board=room.board, actor=again(room.olle), starts=[soon(200), dates[0]], title="Möte", place="Eksjö"
        )

    assert [row.starts_at for row in made] == dates
    assert Meeting.objects.count() == 3


def test_only_the_office_plans_and_changes(room: Boardroom) -> None:
    meeting = plan(room)
    item = actions.add_item(meeting=meeting, actor=again(room.olle), title="Ekonomi")

    for act in (
        lambda who: actions.plan_meeting(board=room.board, actor=who, title="X", place="Y", starts_at=soon()),
        lambda who: actions.change_meeting(meeting=meeting, actor=who, title="X"),
        lambda who: actions.cancel_meeting(meeting=meeting, actor=who, reason="X"),
        lambda who: actions.add_item(meeting=meeting, actor=who, title="X"),
        lambda who: actions.change_item(item=item, actor=who, title="X"),
        lambda who: actions.move_item(item=item, actor=who, to=1),
        lambda who: actions.remove_item(item=item, actor=who),
        lambda who: actions.collect_matters(meeting=meeting, actor=who),
        lambda who: actions.add_paper(item=item, actor=who, file=SimpleUploadedFile("a.png", PNG)),
        lambda who: actions.send_call(meeting=meeting, actor=who),
    ):
        for name in ("Bo", "Eva"):
            with pytest.raises(NotAllowed):
                act(again(room.people[name]))


def test_matters_that_wait_for_the_board_are_fetched_with_what_the_decision_rests_on(room: Boardroom) -> None:
    waiting, early = room.house.at_board(title="Samverkansteam"), room.house.applied(title="För tidig")
    meeting, other = plan(room), plan(room, starts_at=soon(60))

    assert ready_matters(room.board) == [waiting]
    items = actions.collect_matters(meeting=meeting, actor=again(room.olle))

    assert [(item.title, item.matter, str(item.amount), item.sort) for item in items] == [
        ("Samverkansteam", waiting, "450000.00", "matter")
    ]
    assert "Väl underbyggd." in items[0].background
    assert "450" in items[0].proposal
    assert "Samverkansteam" in items[0].proposal
    assert ready_matters(room.board) == []
    assert actions.collect_matters(meeting=other, actor=again(room.olle)) == []
    for matter in (waiting, early):
        with pytest.raises(Invalid):
            actions.collect_matters(meeting=other, actor=again(room.olle), matters=[matter])


def test_a_matter_is_free_again_when_it_is_taken_off_or_the_meeting_is_cancelled(room: Boardroom) -> None:
    matter = room.house.at_board()
    meeting, other = plan(room), plan(room, starts_at=soon(60))
    [item] = actions.collect_matters(meeting=meeting, actor=again(room.olle))

    actions.remove_item(item=item, actor=again(room.olle))
    assert ready_matters(room.board) == [matter]
    actions.collect_matters(meeting=other, actor=again(room.olle))
    assert ready_matters(room.board) == []
    actions.cancel_meeting(meeting=other, actor=again(room.olle), reason="För få kan komma")

    assert ready_matters(room.board) == [matter]
    assert titles(meeting) == []


def test_a_recorded_decision_does_not_wait_for_an_agenda(room: Boardroom) -> None:
    room.house.recorded()

    assert ready_matters(room.board) == []


def test_items_come_before_the_standing_items_that_end_the_meeting_and_can_be_moved(room: Boardroom) -> None:
    room.board.standing_items.create(title="Upprop")
    room.board.standing_items.create(title="Avslutning", place=StandingItem.Place.LAST)
    meeting = plan(room)
    for title in ("Ekonomi", "Verksamhetsplan"):
        actions.add_item(meeting=meeting, actor=again(room.olle), title=title, sort="information")
    assert titles(meeting) == ["Upprop", "Ekonomi", "Verksamhetsplan", "Avslutning"]
    item = meeting.items.get(title="Verksamhetsplan")

    actions.move_item(item=item, actor=again(room.olle), to=1)
    assert titles(meeting) == ["Verksamhetsplan", "Upprop", "Ekonomi", "Avslutning"]
    actions.move_item(item=item, actor=again(room.olle), to=99)

    assert titles(meeting) == ["Upprop", "Ekonomi", "Avslutning", "Verksamhetsplan"]
    assert list(meeting.items.values_list("position", flat=True)) == [1, 2, 3, 4]


def test_who_saw_an_older_agenda_is_told(room: Boardroom) -> None:
    meeting = plan(room)
    actions.add_item(meeting=meeting, actor=again(room.olle), title="Ekonomi")

    with pytest.raises(Conflict):
        actions.add_item(meeting=meeting, actor=again(room.olle), title="Igen", expected_version=meeting.version)


def test_nothing_of_the_plan_changes_once_the_meeting_is_open(room: Boardroom) -> None:
    meeting = plan(room)
    item = actions.add_item(meeting=meeting, actor=again(room.olle), title="Ekonomi")
    Meeting.objects.filter(pk=meeting.pk).update(state="open")

    for act in (
        lambda: actions.change_meeting(meeting=meeting, actor=again(room.olle), title="X"),
        lambda: actions.change_item(item=item, actor=again(room.olle), title="X"),
        lambda: actions.propose_item(meeting=meeting, actor=again(room.people["Bo"]), title="X"),
        lambda: actions.send_call(meeting=meeting, actor=again(room.olle)),
    ):
        with pytest.raises(Closed):
            act()


def test_a_member_raises_a_matter_and_a_deputy_does_not(room: Boardroom) -> None:
    meeting = plan(room)

    item = actions.propose_item(
        meeting=meeting, actor=again(room.people["Kim"]), title="Öppettider", background="Många frågar."
    )

    assert (item.title, item.presenter, item.sort) == ("Öppettider", "Kim", "decision")
    for name in ("Eva", "Liv"):
        with pytest.raises(NotAllowed):
            actions.propose_item(meeting=meeting, actor=again(room.people[name]), title="X")
    with pytest.raises(NotAllowed):
        actions.propose_item(meeting=meeting, actor=again(room.house.ada), title="X")


def test_a_paper_is_told_by_its_content_and_a_strange_file_is_refused(room: Boardroom) -> None:
    meeting = plan(room)
    item = actions.add_item(meeting=meeting, actor=again(room.olle), title="Ekonomi")

    paper = actions.add_paper(
        item=item, actor=again(room.olle), file=SimpleUploadedFile("bild.exe", PNG), title="Diagram"
    )
    with pytest.raises(Refused):
        actions.add_paper(item=item, actor=again(room.olle), file=SimpleUploadedFile("a.pdf", b"MZ not a pdf"))

    assert (paper.title, paper.name, paper.content_type) == ("Diagram", "bild.exe.png", "image/png")
    with AgendaPaper.objects.get().file.open("rb") as kept:
        assert kept.read().startswith(b"\x89PNG")


def test_cancelling_needs_a_reason_and_tells_everybody(room: Boardroom) -> None:
    meeting = plan(room)
    with pytest.raises(Invalid):
        actions.cancel_meeting(meeting=meeting, actor=again(room.olle), reason=" ")

    actions.cancel_meeting(meeting=meeting, actor=again(room.olle), reason="För få kan komma.")

    sent = Message.objects.filter(kind="workflows.meeting_cancelled")
    assert {row.to for row in sent} == {user.email for user in room.people.values()}
    assert all("För få kan komma." in row.body for row in sent)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.cancelled_reason) == ("cancelled", "För få kan komma.")
