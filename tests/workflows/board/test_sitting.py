"""A meeting from roll call to its end, and what is refused on the way with the rule that says so."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from records.errors import Closed, Conflict, Invalid, NotAllowed, NotLawful
from records.models import Event
from tests.workflows.board.at_the_meeting import MEMBERS, Session
from tests.workflows.factories import again, person
from workflows import actions
from workflows.actions import sitting
from workflows.actions.agenda import send_call
from workflows.board.serving import serving
from workflows.models import (
    Adjuster,
    AgendaItem,
    Attendance,
    Decision,
    Disqualification,
    Meeting,
    ParagraphCounter,
    Recusal,
    Reservation,
    Seat,
    Service,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(db: None) -> Session:
    return Session()


def test_a_meeting_from_roll_call_to_its_end(room: Session) -> None:
    matter = room.matter()
    meeting = room.opened("Dagordningen")
    item = room.matter_item(meeting, matter, proposal="att bevilja 400 000 kronor")
    agenda = room.open_item("Dagordningen")
    sitting.choose_adjusters(meeting=meeting, actor=again(room.olle), seats=[room.seat("Mia")])
    sitting.close_item(item=agenda, actor=again(room.olle))

    item = sitting.open_item(item=item, actor=room.user("Bo"))
    closed = sitting.close_item(
        item=item, actor=room.user("Bo"), outcome="granted_in_part", amount=400000, conditions="Rapport i juni."
    )
    ended = sitting.close_meeting(meeting=meeting, actor=again(room.olle))

    assert ended.state == Meeting.State.CLOSED
    assert (closed.paragraph, closed.paragraph_year, closed.method) == (2, timezone.localdate().year, "acclamation")
    assert [row.seat.name for row in closed.service.filter(stands_in_for=None)] == [*MEMBERS]
    assert closed.service.get(is_chair=True).seat == room.seat("Bo")
    decision = Decision.objects.get(matter=matter)
    assert closed.decision == decision
    assert (decision.outcome, decision.amount, decision.paragraph) == ("granted_in_part", 400000, "2")
    assert decision.confirmed_at is None
    assert not matter.tasks.filter(done_at=None, what__in=("record", "confirm", "correct")).exists()
    assert not meeting.attendance.filter(left_at=None).exists()
    assert [event.type for event in Event.objects.filter(stream=meeting.stream).order_by("sequence")][-6:] == [
        "meeting.item_opened",
        "meeting.adjusters_chosen",
        "meeting.item_closed",
        "meeting.item_opened",
        "meeting.item_closed",
        "meeting.closed",
    ]


# --- the meeting begins --------------------------------------------------------------------------------------
def test_a_meeting_opens_with_more_than_half_of_the_places_and_not_with_half(room: Session) -> None:
    room.called("Dagordningen")
    room.arrive("Bo", "Hans", "Cy", "Ivar")

    with pytest.raises(NotLawful, match=r"4 of 8 serve, and 5 are needed.*KL 6:27"):
        sitting.open_meeting(meeting=room.meeting_, actor=again(room.olle))
    room.arrive("Gun")  # a deputy for Mia or Jon

    assert sitting.open_meeting(meeting=room.meeting_, actor=again(room.olle)).state == Meeting.State.OPEN


def test_a_meeting_nobody_was_called_to_is_not_opened(room: Session) -> None:
    meeting = room.meeting(starts_at=timezone.now())

    with pytest.raises(NotLawful, match="call has not been sent"):
        sitting.open_meeting(meeting=meeting, actor=again(room.olle))


def test_a_meeting_opens_when_everybody_with_a_seat_has_been_sent_the_call(room: Session) -> None:
    matter = room.matter()
    room.meeting_ = room.meeting()
    room.matter_item(room.meeting_, matter)
    assert matter.tasks.filter(done_at=None, what="record").exists()
    send_call(meeting=room.meeting_, actor=again(room.olle))
    assert not matter.tasks.filter(done_at=None, what="record").exists()
    ann = person("Ann", room.collection, "member")
    late = Seat.objects.create(
        member=room.seat("Kim").member, user=ann, name="Ann", kind="deputy", order=3, starts_on=timezone.localdate()
    )
    with time_machine.travel(room.meeting_.starts_at, tick=True):
        room.arrive(*MEMBERS)

        with pytest.raises(NotLawful, match="Ann has not been called"):
            sitting.open_meeting(meeting=room.meeting_, actor=again(room.olle))
        late.delete()

        assert sitting.open_meeting(meeting=room.meeting_, actor=again(room.olle)).state == Meeting.State.OPEN


def test_a_meeting_is_opened_once(room: Session) -> None:
    room.opened()

    with pytest.raises(Conflict):
        sitting.open_meeting(meeting=room.meeting_, actor=room.user("Bo"))


@pytest.mark.parametrize("name", ["Mia", "Gun", "Cy"])
def test_only_the_secretary_and_who_leads_open_the_meeting(room: Session, name: str) -> None:
    room.called()
    room.arrive(*MEMBERS)

    with pytest.raises(NotAllowed):
        sitting.open_meeting(meeting=room.meeting_, actor=room.user(name))


def test_the_vice_chair_leads_when_the_chair_is_away(room: Session) -> None:
    room.called()
    room.arrive(*MEMBERS[1:])

    opened = sitting.open_meeting(meeting=room.meeting_, actor=room.user("Cy"))

    assert opened.state == Meeting.State.OPEN
    assert serving(opened, at=timezone.now()).chair == room.seat("Cy")


def test_without_presidium_the_meeting_elects_who_leads_it(room: Session) -> None:
    room.called()
    room.arrive("Hans", "Ivar", "Mia", "Jon", "Pia")

    with pytest.raises(NotLawful, match="must first elect"):
        sitting.open_meeting(meeting=room.meeting_, actor=again(room.olle))
    sitting.choose_chair(meeting=room.meeting_, actor=again(room.olle), seat=room.seat("Pia"))
    sitting.open_meeting(meeting=room.meeting_, actor=again(room.olle))
    room.arrive("Bo")

    with pytest.raises(NotLawful, match="Bo serves and leads"):
        sitting.choose_chair(meeting=room.meeting_, actor=again(room.olle), seat=room.seat("Mia"))
    assert serving(room.meeting_, at=timezone.now()).chair == room.seat("Bo")


# --- who is there --------------------------------------------------------------------------------------------
def test_from_a_distance_only_when_the_board_has_decided_so(room: Session) -> None:
    room.called()

    with pytest.raises(NotLawful, match="19 a §"):
        room.arrive("Mia", mode="video")
    room.board.distance_decided_on, room.board.distance_decision = timezone.localdate(), "§ 9"
    room.board.save()
    room.arrive("Mia", mode="video")
    with pytest.raises(NotLawful, match="special reasons"):
        room.arrive("Jon", mode="sound")
    room.arrive("Jon", mode="sound", reason="Kameran gick sönder.")

    assert set(room.meeting_.attendance.values_list("name", "mode")) == {("Mia", "video"), ("Jon", "sound")}


def test_nobody_is_present_twice_and_who_left_comes_back_as_a_new_row(room: Session) -> None:
    room.called()
    room.arrive("Mia")

    with pytest.raises(Conflict):
        room.arrive("Mia")
    room.leave("Mia")
    room.arrive("Mia")

    assert Attendance.objects.filter(meeting=room.meeting_).count() == 2


def test_a_deputy_serves_until_the_member_arrives_and_again_when_the_member_has_left(room: Session) -> None:
    room.opened(present=("Bo", "Hans", "Cy", "Ivar", "Mia", "Nils", "Gun", "Pia", "Kim"))

    def in_jons_place() -> str:
        found = next(place for place in serving(room.meeting_, at=timezone.now()).places if place.seat.name == "Jon")
        return found.by.name if found.by else ""

    assert in_jons_place() == "Gun"  # the first in order, whoever came first
    room.arrive("Jon")
    assert in_jons_place() == "Jon"
    room.leave("Jon", "Gun")
    assert in_jons_place() == "Nils"


def test_an_arrival_noted_by_mistake_is_taken_back_unless_the_person_has_served(room: Session) -> None:
    room.opened("Ett")
    room.arrive("Gun")
    gun, mia = (Attendance.objects.get(seat=room.seat(name)) for name in ("Gun", "Mia"))
    sitting.undo_arrival(attendance=gun, actor=again(room.olle))
    sitting.close_item(item=room.open_item(), actor=again(room.olle))

    with pytest.raises(Conflict, match="has taken part"):
        sitting.undo_arrival(attendance=mia, actor=again(room.olle))
    assert not Attendance.objects.filter(seat=room.seat("Gun")).exists()


def test_a_guest_is_noted_by_name_and_serves_nowhere(room: Session) -> None:
    room.called()

    sitting.arrive(meeting=room.meeting_, actor=again(room.olle), name="Rut Alm", role="föredragande")

    assert serving(room.meeting_, at=timezone.now()).serving == []


# --- items ---------------------------------------------------------------------------------------------------
def test_quorum_lost_between_two_items_stops_the_next(room: Session) -> None:
    room.opened("Ett", "Två", present=("Bo", "Hans", "Cy", "Ivar", "Mia"))
    sitting.close_item(item=room.open_item(), actor=again(room.olle))
    room.leave("Mia")

    with pytest.raises(NotLawful, match="KL 6:27"):
        room.open_item()
    room.arrive("Jon")

    assert room.open_item().title == "Två"


def test_quorum_lost_while_an_item_is_dealt_with_stops_its_decision(room: Session) -> None:
    room.opened("Ett", present=("Bo", "Hans", "Cy", "Ivar", "Mia"))
    item = room.open_item()
    room.leave("Hans")

    with pytest.raises(NotLawful, match="KL 6:27"):
        sitting.close_item(item=item, actor=again(room.olle))
    assert not Service.objects.filter(item=item).exists()
    assert not ParagraphCounter.objects.filter(board=room.board).exists()


def test_one_item_at_a_time(room: Session) -> None:
    room.opened("Ett", "Två")
    room.open_item("Ett")

    with pytest.raises(Conflict, match="Another item"):
        room.open_item("Två")


def test_a_closed_paragraph_is_fixed_for_actions_and_in_the_database(room: Session) -> None:
    room.opened("Ett")
    item = sitting.close_item(item=room.open_item(), actor=again(room.olle))

    with pytest.raises(Conflict, match="is fixed"):
        sitting.close_item(item=item, actor=again(room.olle))
    for change in (
        lambda: AgendaItem.objects.filter(pk=item.pk).update(decided="något annat"),
        lambda: AgendaItem.objects.filter(pk=item.pk).update(paragraph=99),
        lambda: AgendaItem.objects.filter(pk=item.pk).update(state="open"),
        lambda: Service.objects.filter(item=item).update(is_chair=False),
        lambda: Service.objects.filter(item=item).delete(),
        lambda: ParagraphCounter.objects.filter(board=room.board).update(last=0),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    AgendaItem.objects.filter(pk=item.pk).update(account="Mötet tog fem minuter.")


def test_paragraphs_run_through_the_year_without_gaps_and_begin_anew(room: Session) -> None:
    with time_machine.travel(datetime(2026, 5, 4, 9, 0, tzinfo=UTC), tick=True):
        room.opened("Ett", "Två", "Tre")
        numbers = [sitting.close_item(item=room.open_item(), actor=again(room.olle)).paragraph for _turn in range(2)]
        item = room.open_item()
        with transaction.atomic():
            assert sitting.close_item(item=item, actor=again(room.olle)).paragraph == 3
            transaction.set_rollback(True)
        numbers.append(sitting.close_item(item=item, actor=again(room.olle)).paragraph)
    with time_machine.travel(datetime(2027, 1, 20, 9, 0, tzinfo=UTC), tick=True):
        room.opened("Nytt år")
        numbers.append(sitting.close_item(item=room.open_item(), actor=again(room.olle)).paragraph)

    assert numbers == [1, 2, 3, 1]


def test_tabling_a_matter_is_a_paragraph_and_referring_back_too(room: Session) -> None:
    matter = room.matter()
    meeting = room.opened("Ett")
    item = room.matter_item(meeting, matter, proposal="att bevilja")

    tabled = sitting.table(item=item, actor=again(room.olle), reason="att vänta på revisorn")
    back = sitting.refer_back(item=room.open_item("Ett"), actor=again(room.olle), reason="att räkna om budgeten")

    assert (tabled.outcome, tabled.paragraph, tabled.decided) == ("tabled", 1, "att vänta på revisorn")
    assert (back.outcome, back.paragraph) == ("referred_back", 2)
    assert Decision.objects.get(matter=matter).outcome == "tabled"


def test_an_item_taken_off_gets_no_paragraph_and_its_matter_goes_on_as_before(room: Session) -> None:
    matter = room.matter()
    meeting = room.opened()
    item = room.matter_item(meeting, matter)
    sitting.renew_matters([item], again(room.olle))
    assert not matter.tasks.filter(done_at=None, what="record").exists()

    with pytest.raises(Invalid):
        sitting.strike(item=item, actor=again(room.olle), reason=" ")
    gone = sitting.strike(item=item, actor=again(room.olle), reason="Sökanden vill vänta.")

    assert (gone.state, gone.paragraph, gone.account) == ("removed", None, "Sökanden vill vänta.")
    assert matter.tasks.filter(done_at=None, what="record").exists()


@pytest.mark.parametrize(
    ("outcome", "amount", "place"),
    [
        ("", None, "outcome"),
        ("granted", None, "amount"),
        ("granted", 900000, "amount"),
        ("granted_in_part", 450000, "amount"),
    ],
)
def test_a_decision_about_money_needs_its_outcome_and_amount(
    room: Session, outcome: str, amount: int | None, place: str
) -> None:
    meeting = room.opened()
    item = room.matter_item(meeting, room.matter())
    item.amount = None
    item.save()
    item = sitting.open_item(item=item, actor=again(room.olle))

    with pytest.raises(Invalid) as refused:
        sitting.close_item(item=item, actor=again(room.olle), decided="att bevilja", outcome=outcome, amount=amount)
    assert list(refused.value.problems) == [place]


def test_a_matter_withdrawn_during_the_meeting_is_not_decided(room: Session) -> None:
    matter = room.matter()
    meeting = room.opened()
    item = sitting.open_item(item=room.matter_item(meeting, matter), actor=again(room.olle))
    actions.withdraw(matter=matter, actor=again(room.house.ada))

    with pytest.raises(Conflict, match="no longer waits for the board"):
        sitting.close_item(item=item, actor=again(room.olle), decided="att avslå", outcome="rejected")
    assert not Decision.objects.filter(matter=matter).exists()


# --- conflicts of interest -------------------------------------------------------------------------------------
def test_deputy_serves_when_the_member_is_disqualified(room: Session) -> None:
    matter = room.matter()
    meeting = room.opened("Efteråt", present=(*MEMBERS, "Gun"))
    item = sitting.open_item(item=room.matter_item(meeting, matter), actor=again(room.olle))

    sitting.declare(item=item, seat=room.seat("Mia"), actor=room.user("Mia"), ground="party", reason="Min dotter.")
    closed = sitting.close_item(item=item, actor=again(room.olle), decided="att avslå", outcome="rejected")

    assert closed.service.get(seat=room.seat("Gun")).stands_in_for == room.seat("Mia")
    assert not closed.service.filter(seat=room.seat("Mia")).exists()
    assert Recusal.objects.get(matter=matter, lifted_at=None).user == room.people["Mia"]
    after = sitting.close_item(item=room.open_item("Efteråt"), actor=again(room.olle))
    assert after.service.filter(seat=room.seat("Mia")).exists()


def test_a_conflict_told_in_the_matter_holds_at_the_meeting_and_lifting_it_too(room: Session) -> None:
    matter = room.matter()
    meeting = room.opened()
    item = room.matter_item(meeting, matter)

    recusal = actions.recuse(matter=matter, actor=room.user("Mia"), reason="Min svåger.")
    told = Disqualification.objects.get(item=item)
    actions.lift_recusal(recusal=recusal, actor=again(room.olle), reason="Fel ärende.")

    assert (told.seat, told.state, told.reason) == (room.seat("Mia"), "declared", "Min svåger.")
    told.refresh_from_db()
    assert told.state == "dismissed"


def test_a_conflict_told_before_the_item_came_on_the_agenda_is_known(room: Session) -> None:
    matter = room.matter()
    actions.recuse(matter=matter, actor=room.user("Mia"))
    meeting = room.opened()

    item = sitting.open_item(item=room.matter_item(meeting, matter), actor=again(room.olle))

    assert [row.seat for row in item.disqualifications.all() if row.stands] == [room.seat("Mia")]


def test_a_disqualified_chair_leaves_the_chair_to_the_vice_chair_for_that_paragraph(room: Session) -> None:
    room.opened("Ett", "Två")
    item = room.open_item("Ett")
    sitting.declare(item=item, seat=room.seat("Bo"), actor=room.user("Bo"), ground="other")

    with pytest.raises(NotAllowed):
        sitting.close_item(item=item, actor=room.user("Bo"))
    closed = sitting.close_item(item=item, actor=room.user("Cy"))
    after = sitting.close_item(item=room.open_item("Två"), actor=room.user("Bo"))

    assert closed.service.get(is_chair=True).seat == room.seat("Cy")
    assert after.service.get(is_chair=True).seat == room.seat("Bo")


def test_known_relations_are_asked_about_and_settled_before_the_paragraph(room: Session) -> None:
    mia = room.seat("Mia")
    mia.employer = "Styrelseledamot i Solrosens vård AB"
    mia.save()
    matter = room.matter(name="Solrosens Vård AB")
    meeting = room.opened(present=(*MEMBERS, "Gun"))
    item = sitting.open_item(item=room.matter_item(meeting, matter), actor=again(room.olle))
    asked = Disqualification.objects.get(item=item)

    assert (asked.seat, asked.ground, asked.state) == (mia, "representative", "proposed")
    with pytest.raises(NotLawful, match="must first be settled"):
        sitting.close_item(item=item, actor=again(room.olle), decided="att avslå", outcome="rejected")
    sitting.contest(disqualification=asked, actor=room.user("Mia"), reason="Jag slutade 2024.")
    with pytest.raises(NotAllowed):
        sitting.settle_disqualification(disqualification=asked, actor=room.user("Mia"), stands=False)
    settled = sitting.settle_disqualification(disqualification=asked, actor=room.user("Bo"), stands=True)
    closed = sitting.close_item(item=item, actor=again(room.olle), decided="att avslå", outcome="rejected")

    assert (settled.state, settled.reason) == ("decided", "Jag slutade 2024.")
    assert closed.service.get(seat=room.seat("Gun")).stands_in_for == mia


def test_the_chair_does_not_settle_a_question_about_the_chair(room: Session) -> None:
    room.opened("Ett")
    item = room.open_item()
    asked = sitting.question_conflict(
        item=item, seat=room.seat("Bo"), actor=room.user("Mia"), ground="other", reason="Bo är granne."
    )

    with pytest.raises(NotLawful, match="their own conflict"):
        sitting.settle_disqualification(disqualification=asked, actor=room.user("Bo"), stands=False)
    settled = sitting.settle_disqualification(disqualification=asked, actor=again(room.olle), stands=False)

    assert settled.state == "dismissed"


def test_nobody_declares_for_another(room: Session) -> None:
    room.opened("Ett")
    item = room.open_item()

    with pytest.raises(NotAllowed):
        sitting.declare(item=item, seat=room.seat("Mia"), actor=room.user("Jon"), ground="other")


def test_too_many_disqualified_and_the_item_can_only_be_taken_off(room: Session) -> None:
    room.opened("Ett")
    item = room.open_item()
    for name in MEMBERS[4:]:
        sitting.declare(item=item, seat=room.seat(name), actor=room.user(name), ground="other")

    with pytest.raises(NotLawful, match="KL 6:27"):
        sitting.table(item=item, actor=again(room.olle), reason="För få kvar.")

    assert sitting.strike(item=item, actor=again(room.olle), reason="För få kvar.").state == "removed"


# --- reservations, the end -------------------------------------------------------------------------------------
def test_who_took_part_reserves_themself_before_the_meeting_ends_and_nobody_else(room: Session) -> None:
    meeting = room.opened("Ett", present=(*MEMBERS, "Gun"))
    item = room.open_item()
    sitting.choose_adjusters(meeting=meeting, actor=again(room.olle), seats=[room.seat("Mia")])
    with pytest.raises(NotLawful, match="took part"):
        sitting.reserve(item=item, actor=room.user("Jon"))
    sitting.close_item(item=item, actor=again(room.olle))

    row = sitting.reserve(item=item, actor=room.user("Jon"), text="För dyrt.")
    with pytest.raises(Conflict):
        sitting.reserve(item=item, actor=room.user("Jon"))
    with pytest.raises(NotLawful, match="KL 4:27"):
        sitting.reserve(item=item, actor=room.user("Gun"))
    sitting.close_meeting(meeting=meeting, actor=again(room.olle))
    with pytest.raises(NotLawful, match="before the meeting ends"):
        sitting.reserve(item=item, actor=room.user("Mia"))

    assert list(Reservation.objects.all()) == [row]


def test_a_meeting_is_not_closed_while_items_wait_or_nobody_adjusts(room: Session) -> None:
    meeting = room.opened("Ett", "Två")
    sitting.close_item(item=room.open_item("Ett"), actor=again(room.olle))

    with pytest.raises(NotLawful, match="1 items have not been dealt with"):
        sitting.close_meeting(meeting=meeting, actor=again(room.olle))
    sitting.strike(item=meeting.items.get(title="Två"), actor=again(room.olle), reason="Hann inte.")
    with pytest.raises(NotLawful, match="adjust"):
        sitting.close_meeting(meeting=meeting, actor=again(room.olle))
    sitting.choose_adjusters(
        meeting=meeting, actor=room.user("Bo"), seats=[room.seat("Mia")], reserves=[room.seat("Jon")]
    )

    assert sitting.close_meeting(meeting=meeting, actor=room.user("Bo")).state == Meeting.State.CLOSED
    assert list(Adjuster.objects.values_list("seat__name", "is_reserve")) == [("Mia", False), ("Jon", True)]


def test_a_closed_meeting_takes_nothing_more(room: Session) -> None:
    meeting = room.opened("Ett")
    item = room.open_item()
    sitting.choose_adjusters(meeting=meeting, actor=again(room.olle), seats=[room.seat("Mia")])
    sitting.close_item(item=item, actor=again(room.olle))
    sitting.close_meeting(meeting=meeting, actor=again(room.olle))

    with pytest.raises(Closed):
        room.arrive("Gun")
    with pytest.raises(Conflict):
        sitting.declare(item=item, seat=room.seat("Mia"), actor=room.user("Mia"), ground="other")


def test_the_chair_is_no_adjuster_beside_the_chair(room: Session) -> None:
    meeting = room.opened()

    with pytest.raises(NotLawful, match="KL 5:69"):
        sitting.choose_adjusters(meeting=meeting, actor=again(room.olle), seats=[room.seat("Bo")])


# --- clocks ----------------------------------------------------------------------------------------------------
def test_a_seat_that_ends_at_midnight_during_the_meeting_serves_no_longer(room: Session) -> None:
    evening = datetime(2026, 5, 31, 21, 30, tzinfo=UTC)  # half past eleven in Sweden
    kim = room.seat("Kim")
    kim.ends_on, kim.ended_reason = evening.date(), "Flyttar"
    kim.save()
    with time_machine.travel(evening, tick=False) as clock:
        room.opened("Ett", "Två", present=(*MEMBERS, "Ulf"))
        before = sitting.close_item(item=room.open_item("Ett"), actor=again(room.olle))
        clock.shift(timedelta(hours=1))
        after = sitting.close_item(item=room.open_item("Två"), actor=again(room.olle))

    assert before.service.get(seat=kim).stands_in_for is None
    assert not after.service.filter(seat=kim).exists()
    assert after.service.get(seat=room.seat("Ulf")).stands_in_for == kim
    assert (after.paragraph, after.paragraph_year) == (2, 2026)


def test_a_clock_set_back_changes_neither_order_nor_who_is_there(room: Session) -> None:
    with time_machine.travel(datetime(2026, 5, 4, 12, 0, tzinfo=UTC), tick=False) as clock:
        room.opened("Ett", "Två")
        first = sitting.close_item(item=room.open_item("Ett"), actor=again(room.olle))
        clock.shift(timedelta(hours=-2))
        room.leave("Kim")
        second = sitting.close_item(item=room.open_item("Två"), actor=again(room.olle))

    assert (first.paragraph, second.paragraph) == (1, 2)
    assert first.service.filter(seat=room.seat("Kim")).exists()
    assert not second.service.filter(seat=room.seat("Kim")).exists()
    gone = Attendance.objects.get(seat=room.seat("Kim"))
    assert gone.left_at == gone.arrived_at
    sequence = Event.objects.filter(stream=room.meeting_.stream).order_by("sequence").values_list("type", flat=True)
    assert list(sequence)[-2:] == ["meeting.item_opened", "meeting.item_closed"]


def test_those_of_another_board_do_nothing_here(room: Session) -> None:
    other = Session("Finnveden", "2")
    room.opened("Ett")
    item = room.open_item()

    for actor in (other.user("Bo"), again(other.olle), person("Dag", room.collection, "member")):
        with pytest.raises(NotAllowed):
            sitting.close_item(item=item, actor=actor)
    with pytest.raises(NotAllowed, match="another board"):
        sitting.arrive(meeting=room.meeting_, actor=again(room.olle), seat=other.seat("Bo"))
    assert Seat.objects.get(pk=other.seat("Bo").pk).attendance.count() == 0
