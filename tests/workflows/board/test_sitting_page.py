"""The page of a meeting in session: what each sees and may press, the polling, and what a refusal keeps."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from records.models import Event
from tests.workflows.board.at_the_meeting import MEMBERS, Session
from tests.workflows.factories import again, person
from tests.workflows.test_page import client
from workflows.actions import sitting
from workflows.models import Attendance, Ballot, Meeting, Vote
from workflows.views.sitting import ACTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(db: None) -> Session:
    return Session()


def page(room: Session, name: str) -> str:
    """The page as somebody sees it."""
    response = client(room.user(name)).get(reverse("workflows:sitting", args=[room.meeting_.key]))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def press(room: Session, name: str, what: str, /, **data: Any) -> Any:
    """Somebody presses a button on the page."""
    return client(room.user(name)).post(reverse("workflows:sitting_act", args=[room.meeting_.key, what]), data)


def poll(room: Session, name: str, mark: str = "") -> Any:
    """Somebody's page asks whether something has happened."""
    browser = client(room.user(name))
    return browser.get(
        reverse("workflows:sitting_live", args=[room.meeting_.key]), headers={"if-none-match": mark} if mark else {}
    )


def test_a_whole_meeting_by_the_buttons_of_the_page(room: Session) -> None:
    room.called("Budget")
    for name in (*MEMBERS, "Gun"):
        assert press(room, "Olle", "arrive", seat=room.seat(name).pk).status_code == 302
    press(room, "Olle", "guest", name="Rut Alm", role="föredragande")
    press(room, "Bo", "open")
    press(room, "Olle", "adjusters", seats=[room.seat("Mia").pk], reserves=[room.seat("Jon").pk])
    item = room.meeting_.items.get()
    press(room, "Olle", "open_item", item=item.pk)
    press(room, "Mia", "declare", item=item.pk, ground="other", sure="on")
    press(room, "Jon", "propose", item=item.pk, sort="reject", text="att avslå")
    against = item.motions.get(sort="reject")
    press(room, "Kim", "second", motion=against.pk)
    press(room, "Bo", "call_vote", item=item.pk, yes=item.motions.get(sort="main").pk, no=against.pk)
    ballot = Ballot.objects.get()
    for name, choice in {"Bo": "yes", "Hans": "yes", "Cy": "yes", "Ivar": "yes", "Gun": "no", "Jon": "no"}.items():
        press(room, name, "vote", ballot=ballot.pk, choice=choice)
    press(room, "Olle", "vote_for", ballot=ballot.pk, seat=room.seat("Kim").pk, choice="no")
    press(room, "Olle", "vote_for", ballot=ballot.pk, seat=room.seat("Pia").pk, choice="no")
    press(room, "Bo", "close_ballot", ballot=ballot.pk)
    press(room, "Bo", "close_item", item=item.pk)
    press(room, "Jon", "reserve", item=item.pk, text="För dyrt.")
    press(room, "Bo", "close")

    room.meeting_.refresh_from_db()
    item.refresh_from_db()
    ballot.refresh_from_db()
    assert room.meeting_.state == Meeting.State.CLOSED
    assert (item.paragraph, item.method, item.decided) == (1, "casting_vote", "att godkänna Budget")
    assert ballot.tally == {"yes": 4, "no": 4, "abstain": 0}
    assert item.service.get(seat=room.seat("Gun")).stands_in_for == room.seat("Mia")
    assert item.reservations.get().seat == room.seat("Jon")
    assert set(Vote.objects.filter(by_secretary=True).values_list("seat__name", flat=True)) == {"Kim", "Pia"}


def test_each_sees_why_they_serve_or_not(room: Session) -> None:
    meeting = room.opened("Budget", present=(*MEMBERS[:-1], "Ulf", "Ola"))
    item = room.open_item()
    sitting.declare(item=item, seat=room.seat("Mia"), actor=room.user("Mia"), ground="other")

    assert "You serve. 7 of 8 serve; 5 are needed. Bo leads the meeting." in page(room, "Bo")
    assert "You serve in the place of Kim." in page(room, "Ulf")
    assert "because those you stand in for do so themselves" in page(room, "Ola")
    assert "because you have not been noted as present" in page(room, "Kim")
    mia = page(room, "Mia")
    assert "because you have a conflict of interest in this item" in mia
    assert "The papers of the item" not in mia
    assert "att godkänna Budget" not in mia.split("Agenda", 2)[1]
    assert meeting.items.get().title in mia


@pytest.mark.parametrize("name", ["Olle", "Bo", "Mia", "Gun"])
def test_only_those_who_lead_see_the_desk(room: Session, name: str) -> None:
    room.opened("Budget")
    room.open_item()

    assert ("Close the paragraph" in page(room, name)) is (name in ("Olle", "Bo"))


def test_strangers_find_no_meeting(room: Session) -> None:
    room.opened()
    other = Session("Finnveden", "2")

    for user in (other.olle, other.people["Bo"], person("Dag", room.collection, "member"), room.house.ada):
        for name, more in (("sitting", []), ("sitting_live", []), ("sitting_help", [])):
            address = reverse(f"workflows:{name}", args=[room.meeting_.key, *more])
            assert client(user).get(address).status_code == 404
        for what in ACTS:
            address = reverse("workflows:sitting_act", args=[room.meeting_.key, what])
            assert client(user).post(address).status_code == 404


@pytest.mark.parametrize("what", list(ACTS))
def test_a_get_never_acts(room: Session, what: str) -> None:
    room.opened("Budget")
    before = Event.objects.count()

    response = client(room.olle).get(reverse("workflows:sitting_act", args=[room.meeting_.key, what]))

    assert response.status_code == 405
    assert Event.objects.count() == before


def test_a_page_about_which_nothing_has_happened_is_not_sent_again(room: Session) -> None:
    room.opened("Budget")
    first = poll(room, "Mia")
    browser = client(room.user("Mia"))
    address = reverse("workflows:sitting_live", args=[room.meeting_.key])

    with CaptureQueriesContext(
        connection,
    ) as queries:
        same = browser.get(address, headers={"if-none-match": first["ETag"]})
    room.arrive("Gun")
    after = poll(room, "Mia", first["ETag"])

    assert (first.status_code, same.status_code, after.status_code) == (200, 304, 200)
    assert same.content == b""
    assert sum(len(f"{name}: {value}\r\n") for name, value in same.items()) < 800
    assert len(queries) <= 3
    assert after["ETag"] != first["ETag"]


def test_the_mark_of_one_person_says_nothing_to_another(room: Session) -> None:
    room.opened("Budget")
    mark = poll(room, "Mia")["ETag"]

    assert poll(room, "Bo", mark).status_code == 200
    assert (
        client(room.house.ada)
        .get(reverse("workflows:sitting_live", args=[room.meeting_.key]), headers={"if-none-match": mark})
        .status_code
        == 404
    )


def test_the_page_asks_for_as_much_with_one_item_as_with_many(room: Session) -> None:
    def asked() -> int:
        browser = client(room.olle)
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("workflows:sitting", args=[room.meeting_.key]))
        return len(queries)

    room.opened("Ett", "Två", "Tre", "Fyra")
    sitting.close_item(item=room.open_item(), actor=again(room.olle))
    few = asked()
    for name in ("Mia", "Jon"):
        item = room.open_item()
        room.put(item, name)
        sitting.close_item(item=item, actor=again(room.olle), motion=item.motions.get(sort="main"))
        sitting.reserve(item=item, actor=room.user(name))

    assert asked() <= few + 1


def test_a_refusal_names_the_rule_and_keeps_what_was_typed(room: Session) -> None:
    room.opened("Budget", present=("Bo", "Hans", "Cy", "Ivar", "Mia"))
    item = room.open_item()
    room.leave("Mia")

    refused = press(room, "Olle", "close_item", item=item.pk, decided="att godkänna med ändring i § 3")

    assert refused.status_code == 409
    html = refused.content.decode()
    assert "(KL 6:27)" in html
    assert "att godkänna med ändring i § 3" in html


def test_a_vote_for_another_is_refused_on_the_page_too(room: Session) -> None:
    room.opened("Budget")
    item = room.open_item()
    against = room.put(item, "Jon")
    ballot = sitting.call_vote(item=item, actor=again(room.olle), yes=item.motions.get(sort="main"), no=against)

    refused = press(room, "Mia", "vote_for", ballot=ballot.pk, seat=room.seat("Jon").pk, choice="yes")

    assert refused.status_code == 403
    assert not Vote.objects.exists()


def test_rows_of_another_meeting_are_not_reached_through_this_one(room: Session) -> None:
    other = Session("Finnveden", "2")
    other.opened("Budget")
    theirs = Attendance.objects.filter(meeting=other.meeting_).first()
    room.opened("Budget")

    for what, data in {
        "leave": {"attendance": theirs.pk if theirs else 0},
        "open_item": {"item": other.meeting_.items.get().pk},
        "arrive": {"seat": other.seat("Gun").pk},
    }.items():
        assert press(room, "Olle", what, **data).status_code == 422
    assert other.meeting_.attendance.filter(left_at=None).count() == len(MEMBERS)


def test_the_help_is_there_for_everyone_at_the_meeting(room: Session) -> None:
    room.called()

    response = client(room.user("Mia")).get(reverse("workflows:sitting_help", args=[room.meeting_.key]))

    assert "How the meeting works here" in response.content.decode()


def test_the_forms_of_a_vote_say_which_vote(room: Session) -> None:
    """What the page posts is what it holds: a test that posts its own numbers would not notice."""
    room.opened("Budget")
    item = room.open_item()
    against = room.put(item, "Jon")
    ballot = sitting.call_vote(item=item, actor=again(room.olle), yes=item.motions.get(sort="main"), no=against)
    address = reverse("workflows:sitting", args=[room.meeting_.key])

    member, desk = (client(room.user(name)).get(address).content.decode() for name in ("Mia", "Olle"))

    held = rf'name="ballot" value="{ballot.pk}"'
    assert len(re.findall(held, member)) == 1
    assert len(re.findall(held, desk)) == 2  # a vote taken down, and the end of the vote
    assert 'name="ballot" id' not in member + desk
