"""Proposals, votes and elections at a meeting: how they end, what is refused, and what several at once may do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction

from records.errors import Closed, Conflict, Invalid, NotAllowed, NotLawful
from tests.records.factories import at_once
from tests.workflows.board.at_the_meeting import MEMBERS, Session
from tests.workflows.factories import again
from workflows.actions import sitting
from workflows.board import law
from workflows.models import AgendaItem, Ballot, Meeting, Motion, ParagraphCounter, Vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(db: None) -> Session:
    return Session()


def contested(room: Session, present: tuple[str, ...] = MEMBERS) -> tuple[AgendaItem, Motion, Motion]:
    """An open item with the papers' proposal and Jon's to reject it."""
    room.opened("Budget", present=present)
    item = room.open_item()
    return item, item.motions.get(sort="main"), room.put(item, "Jon")


def called(room: Session, item: AgendaItem, yes: Motion | None = None, no: Motion | None = None, **how: Any) -> Ballot:
    return sitting.call_vote(item=item, actor=again(room.olle), yes=yes, no=no, **how)


def ended(room: Session, ballot: Ballot, **how: Any) -> Ballot:
    return sitting.close_ballot(ballot=ballot, actor=again(room.olle), **how)


def test_most_votes_win_and_those_who_do_not_answer_abstain(room: Session) -> None:
    item, main, against = contested(room)
    ballot = called(room, item, main, against)
    room.vote(ballot, Hans="yes", Cy="no", Ivar="no", Mia="abstain")

    ballot = ended(room, ballot)
    item = sitting.close_item(item=item, actor=again(room.olle))

    assert ballot.tally == {"yes": 1, "no": 2, "abstain": 5}
    assert (ballot.winner, ballot.settled_by) == (against, "vote")
    assert (item.outcome, item.method, item.decided) == ("rejected", "vote", "att avslå")


def test_at_equal_votes_the_chairs_side_wins(room: Session) -> None:
    item, main, against = contested(room)
    ballot = called(room, item, main, against)
    room.vote(ballot, Bo="no", Hans="yes", Cy="yes", Ivar="no")

    ballot = ended(room, ballot)

    assert (ballot.winner, ballot.settled_by) == (against, "casting_vote")


def test_the_chair_must_vote_when_the_votes_are_equal(room: Session) -> None:
    item, main, against = contested(room)
    ballot = called(room, item, main, against)
    room.vote(ballot, Bo="abstain", Hans="yes", Cy="no")

    with pytest.raises(NotLawful, match=r"Bo, who leads the meeting, must vote.*KL 4:25"):
        ended(room, ballot)
    ballot = sitting.close_ballot(ballot=ballot, actor=room.user("Bo"), casting="yes")

    assert (ballot.winner, ballot.settled_by) == (main, "casting_vote")
    assert ballot.tally == {"yes": 1, "no": 1, "abstain": 6, "casting": "yes"}


def test_nobody_votes_twice_or_changes_a_vote(room: Session) -> None:
    item, main, against = contested(room)
    ballot = called(room, item, main, against)
    room.vote(ballot, Mia="yes")

    with pytest.raises(Conflict, match="cannot be changed"):
        room.vote(ballot, Mia="no")
    with pytest.raises(Conflict):
        sitting.vote(ballot=ballot, actor=again(room.olle), seat=room.seat("Mia"), choice="no")
    for change in (lambda: Vote.objects.update(choice="no"), lambda: Vote.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()

    assert Vote.objects.get().choice == "yes"


def test_nobody_votes_for_another_but_the_secretary_on_their_word(room: Session) -> None:
    item, main, against = contested(room)
    ballot = called(room, item, main, against)

    with pytest.raises(NotAllowed):
        sitting.vote(ballot=ballot, actor=room.user("Bo"), seat=room.seat("Mia"), choice="yes")
    cast = sitting.vote(ballot=ballot, actor=again(room.olle), seat=room.seat("Mia"), choice="yes")

    assert (cast.by_secretary, cast.seat) == (True, room.seat("Mia"))


def test_no_vote_after_the_vote(room: Session) -> None:
    item, main, against = contested(room)
    ballot = called(room, item, main, against)
    room.vote(ballot, Bo="yes")
    ended(room, ballot)

    with pytest.raises(Closed):
        room.vote(ballot, Mia="no")
    with pytest.raises(Conflict):
        ended(room, ballot)
    with pytest.raises(DatabaseError), transaction.atomic():
        Ballot.objects.update(winner=against)


def test_whoever_is_disqualified_or_does_not_serve_has_no_vote(room: Session) -> None:
    item, main, against = contested(room, (*MEMBERS, "Gun", "Nils"))
    sitting.declare(item=item, seat=room.seat("Mia"), actor=room.user("Mia"), ground="party")
    ballot = called(room, item, main, against)

    with pytest.raises(NotLawful, match="KL 6:28"):
        room.vote(ballot, Mia="yes")
    with pytest.raises(NotLawful, match="KL 4:24"):
        room.vote(ballot, Nils="yes")
    with pytest.raises(NotLawful, match="Only those who serve"):
        sitting.vote(ballot=ballot, actor=again(room.olle), choice="yes")
    room.vote(ballot, Gun="yes")


def test_who_takes_part_is_settled_while_a_vote_goes_on(room: Session) -> None:
    item, main, against = contested(room, MEMBERS[:-1])
    called(room, item, main, against)

    with pytest.raises(Conflict, match="vote is going on"):
        room.arrive("Kim")
    with pytest.raises(Conflict):
        room.leave("Mia")
    with pytest.raises(Conflict):
        sitting.declare(item=item, seat=room.seat("Mia"), actor=room.user("Mia"), ground="party")
    with pytest.raises(Conflict):
        room.put(item, "Mia")
    with pytest.raises(Conflict):
        sitting.close_item(item=item, actor=again(room.olle), motion=main)
    with pytest.raises(Conflict, match="going on already"):
        called(room, item, main, against)


def test_a_seat_that_ends_at_midnight_in_the_middle_of_a_vote(room: Session) -> None:
    evening = datetime(2026, 5, 31, 21, 30, tzinfo=UTC)
    kim = room.seat("Kim")
    kim.ends_on = evening.date()
    kim.save()
    with time_machine.travel(evening, tick=False) as clock:
        item, main, against = contested(room, (*MEMBERS, "Ulf"))
        ballot = called(room, item, main, against)
        clock.shift(timedelta(hours=1))

        with pytest.raises(NotLawful):
            room.vote(ballot, Kim="yes")
        with pytest.raises(NotLawful):  # or the place would have two votes
            room.vote(ballot, Ulf="yes")
        room.vote(ballot, Bo="yes")
        assert ended(room, ballot).winner == main


def test_several_counter_proposals_are_voted_on_first(room: Session) -> None:
    item, main, against = contested(room)
    less = room.put(item, "Kim", "att bevilja hälften", sort="own", amount=1000)
    room.put(item, "Pia", "att vänta", sort="own")
    late = item.motions.order_by("pk").last()
    assert late is not None
    sitting.withdraw_motion(motion=late, actor=room.user("Pia"))

    with pytest.raises(NotLawful, match="vote first on which"):
        called(room, item, main, against)
    first = called(room, item, less, against)
    room.vote(first, Bo="yes")
    ended(room, first)
    with pytest.raises(NotLawful, match="more than one proposal is left"):
        sitting.close_item(item=item, actor=again(room.olle))
    second = called(room, item, main, less)
    room.vote(second, Bo="no")
    ended(room, second)
    with pytest.raises(NotLawful, match="Another proposal has won"):
        sitting.close_item(item=item, actor=again(room.olle), motion=main)
    closed = sitting.close_item(item=item, actor=again(room.olle))

    assert (closed.decided, closed.amount, closed.method) == ("att bevilja hälften", 1000, "vote")


def test_whether_to_refer_back_is_decided_first(room: Session) -> None:
    item, main, against = contested(room)
    back = room.put(item, "Kim", "att räkna om", sort="refer_back")

    with pytest.raises(NotLawful, match="whether the matter is decided today"):
        called(room, item, main, against)
    ballot = called(room, item, back)
    room.vote(ballot, Bo="no", Kim="yes", Mia="no")
    ended(room, ballot)
    with pytest.raises(Conflict, match="voted down"):
        sitting.refer_back(item=item, actor=again(room.olle), reason="ändå")
    closed = sitting.close_item(item=item, actor=again(room.olle), motion=main)

    assert (closed.method, closed.decided) == ("acclamation", main.text)


def test_a_referral_back_that_wins_ends_the_item(room: Session) -> None:
    item, _main, _against = contested(room)
    ballot = called(room, item, room.put(item, "Kim", "att räkna om", sort="refer_back"))
    room.vote(ballot, Kim="yes")
    ended(room, ballot)

    closed = sitting.close_item(item=item, actor=again(room.olle))

    assert (closed.outcome, closed.method, closed.decided) == ("referred_back", "vote", "att räkna om")


def test_a_proposal_voted_on_is_not_withdrawn_and_its_words_are_fixed(room: Session) -> None:
    item, main, against = contested(room)
    ballot = called(room, item, main, against)
    room.vote(ballot, Bo="yes")
    ended(room, ballot)

    with pytest.raises(NotLawful):
        sitting.withdraw_motion(motion=against, actor=room.user("Jon"))
    with pytest.raises(DatabaseError), transaction.atomic():
        Motion.objects.filter(pk=against.pk).update(text="att bifalla")


def test_only_who_put_a_proposal_withdraws_it(room: Session) -> None:
    _item, _main, against = contested(room)

    with pytest.raises(NotAllowed):
        sitting.withdraw_motion(motion=against, actor=room.user("Mia"))


def test_a_vote_needs_quorum_when_it_begins_and_when_it_ends(room: Session) -> None:
    item, main, against = contested(room, ("Bo", "Hans", "Cy", "Ivar", "Jon"))
    room.leave("Hans")

    with pytest.raises(NotLawful, match="KL 6:27"):
        called(room, item, main, against)


# --- elections -------------------------------------------------------------------------------------------------
def election(room: Session, *names: str) -> tuple[AgendaItem, list[Motion]]:
    room.opened()
    item = room.item(room.meeting_, "Val av vice ordförande", sort="election")
    item = sitting.open_item(item=item, actor=again(room.olle))
    return item, [room.put(item, "Bo", name, sort="candidate") for name in names]


def test_a_closed_ballot_is_counted_and_most_votes_win(room: Session) -> None:
    item, (cy, ivar, mia) = election(room, "Cy", "Ivar", "Mia")
    ballot = called(room, item, closed=True)

    with pytest.raises(NotLawful, match="closed ballot"):
        room.vote(ballot, Mia="yes")
    with pytest.raises(NotLawful, match="9 votes were counted, but only 8 serve"):
        ended(room, ballot, counts={cy: 4, ivar: 3, mia: 1}, blank=1)
    with pytest.raises(Invalid):
        ended(room, ballot, counts={cy: 8})
    ended(room, ballot, counts={cy: 3, ivar: 2, mia: 2}, blank=1)
    closed = sitting.close_item(item=item, actor=again(room.olle))

    assert (closed.decided, closed.method) == ("Cy", "ballot")


def test_at_equal_votes_in_an_election_a_lot_is_drawn_that_can_be_drawn_again(room: Session) -> None:
    item, (cy, ivar, mia) = election(room, "Cy", "Ivar", "Mia")
    ballot = ended(room, called(room, item, closed=True), counts={cy: 3, ivar: 3, mia: 2})

    assert ballot.winner is None
    with pytest.raises(NotLawful, match="draw the lot first"):
        sitting.close_item(item=item, actor=again(room.olle))
    ballot = sitting.draw_lot(ballot=ballot, actor=again(room.olle))
    with pytest.raises(Conflict):
        sitting.draw_lot(ballot=ballot, actor=again(room.olle))

    drawn = ballot.tally["lot"]
    assert drawn["among"] == [cy.pk, ivar.pk]
    assert ballot.winner_id == law.lot(drawn["seed"], drawn["among"])
    assert sitting.close_item(item=item, actor=again(room.olle)).method == "lot"


def test_in_an_open_election_the_chair_has_no_casting_vote(room: Session) -> None:
    item, (cy, ivar) = election(room, "Cy", "Ivar")
    ballot = called(room, item, cy, ivar)
    room.vote(ballot, Bo="yes", Hans="no")

    assert ended(room, ballot).winner is None
    assert sitting.draw_lot(ballot=ballot, actor=again(room.olle)).winner in (cy, ivar)


def test_closed_ballots_are_for_elections_only_and_no_lot_settles_a_matter(room: Session) -> None:
    item, main, against = contested(room)

    with pytest.raises(NotLawful, match="Votes are open"):
        called(room, item, closed=True)
    ballot = called(room, item, main, against)
    room.vote(ballot, Bo="yes")
    with pytest.raises(Conflict):
        sitting.draw_lot(ballot=ended(room, ballot), actor=again(room.olle))


# --- at once ---------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_one_person_on_two_devices_and_everyone_else_at_once(transactional_db: None) -> None:
    room = Session()
    item, main, against = contested(room)
    ballot = called(room, item, main, against)
    names = [*MEMBERS, "Mia", "Mia"]

    def act(number: int) -> str:
        try:
            room.vote(ballot, **{names[number]: "yes" if number % 2 else "no"})
        except Conflict:
            return "late"
        return "counted"

    said = at_once(len(names), act)

    assert said.count("counted") == len(MEMBERS)
    assert Vote.objects.filter(ballot=ballot).count() == len(MEMBERS)


@pytest.mark.django_db(transaction=True)
def test_a_vote_and_the_end_of_the_vote_at_once_agree_about_the_tally(transactional_db: None) -> None:
    room = Session()
    item, main, against = contested(room)
    ballot = called(room, item, main, against)
    room.vote(ballot, Bo="yes")
    others = ["Hans", "Cy", "Ivar", "Mia"]

    def act(number: int) -> str:
        try:
            if number == 2:
                ended(room, Ballot.objects.get(pk=ballot.pk))
                return "closed"
            room.vote(ballot, **{others[number if number < 2 else number - 1]: "yes"})
        except Closed:
            return "too late"
        return "counted"

    said = at_once(5, act)

    ballot.refresh_from_db()
    assert said.count("closed") == 1
    assert ballot.tally["yes"] == 1 + said.count("counted") == ballot.votes.count()


@pytest.mark.django_db(transaction=True)
def test_the_chair_and_the_secretary_close_the_paragraph_at_once(transactional_db: None) -> None:
    room = Session()
    room.opened("Ett")
    item = room.open_item()

    def act(number: int) -> str:
        try:
            sitting.close_item(item=item, actor=room.user("Bo" if number % 2 else "Olle"))
        except Conflict:
            return "late"
        return "closed"

    said = at_once(4, act)

    item.refresh_from_db()
    assert sorted(said) == ["closed", "late", "late", "late"]
    assert (item.paragraph, item.service.count()) == (1, 8)
    assert ParagraphCounter.objects.get(board=room.board).last == 1


@pytest.mark.django_db(transaction=True)
def test_two_begin_with_different_items_at_once(transactional_db: None) -> None:
    room = Session()
    room.opened("Ett", "Två")

    def act(number: int) -> str:
        try:
            room.open_item(("Ett", "Två")[number])
        except Conflict:
            return "late"
        return "open"

    assert sorted(at_once(2, act)) == ["late", "open"]
    assert AgendaItem.objects.filter(state="open").count() == 1


@pytest.mark.django_db(transaction=True)
def test_paragraphs_of_two_meetings_at_once_have_no_gap_and_no_double(transactional_db: None) -> None:
    room = Session()
    meetings: list[tuple[Meeting, list[AgendaItem]]] = []
    for _turn in range(2):
        meeting = room.opened(*(f"Punkt {number}" for number in range(3)))
        meetings.append((meeting, list(meeting.items.all())))

    def act(number: int) -> list[int | None]:
        taken = []
        for item in meetings[number][1]:
            opened = sitting.open_item(item=item, actor=again(room.olle))
            taken.append(sitting.close_item(item=opened, actor=again(room.olle)).paragraph)
        return taken

    taken = at_once(2, act)

    assert sorted(number for numbers in taken for number in numbers if number) == [1, 2, 3, 4, 5, 6]
