"""The law's rules against a truth table worked out by a second, plain reading of the law, and against invariants."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.board import law
from workflows.board.law import About, Proposal, Relation, Settled, Sitter

TERM = date(2023, 4, 1)
DAY = date(2026, 5, 4)

# A small board: three places. The region and the kommun have a deputy each, Försäkringskassan has two.
REGION, KOMMUN, FK = 1, 2, 3
CHAIR, VICE, THIRD = 11, 21, 31
DEPUTIES = {CHAIR: [12], VICE: [22], THIRD: [32, 33]}
BOARD = [
    Sitter(CHAIR, REGION, is_deputy=False, starts=TERM, office="chair"),
    Sitter(12, REGION, is_deputy=True, starts=TERM),
    Sitter(VICE, KOMMUN, is_deputy=False, starts=TERM, office="vice_chair"),
    Sitter(22, KOMMUN, is_deputy=True, starts=TERM),
    Sitter(THIRD, FK, is_deputy=False, starts=TERM),
    Sitter(32, FK, is_deputy=True, starts=TERM, order=1),
    Sitter(33, FK, is_deputy=True, starts=TERM, order=2),
]
EVERYONE = [seat.id for seat in BOARD]
AWAY, HERE, RECUSED = "away", "here", "recused"


def plainly_serving(states: dict[int, str], across: bool) -> dict[int, int | None]:
    """Who sits in each of the three places, spelled out: first the elected, then the own deputies, then others'."""
    sits: dict[int, int | None] = {}
    for place, own in DEPUTIES.items():
        sits[place] = None
        for candidate in [place, *own]:
            if states[candidate] == HERE:
                sits[place] = candidate
                break
    if across:
        for place in (CHAIR, VICE, THIRD):
            if sits[place] is not None:
                continue
            # In order of service, and then by member: 12 and 22 before 32, and 33 last.
            for other in (12, 22, 32, 33):
                if states[other] == HERE and other not in sits.values():
                    sits[place] = other
                    break
    return sits


def test_who_serves_quorum_and_who_leads_for_every_presence_and_recusal() -> None:
    """3^7 ways to be away, here or disqualified, with and without deputies across members: 4,374 rows.

    Finsam 10, 15 §§ (deputies), KL 6:27 (quorum), KL 6:28–32 (out of the item), Finsam 17 § (who leads).
    """
    rows = 0
    for across in (False, True):
        for combination in product((AWAY, HERE, RECUSED), repeat=len(EVERYONE)):
            states = dict(zip(EVERYONE, combination, strict=True))
            present = {seat for seat, state in states.items() if state != AWAY}
            out = {seat for seat, state in states.items() if state == RECUSED}

            found = law.who_serves(BOARD, present=present, out=out, day=DAY, across=across)

            expected = plainly_serving(states, across)
            assert {one.place: one.by for one in found} == expected, (states, across)
            sitting = {seat for seat in expected.values() if seat is not None}
            assert (len(sitting) >= law.needed(3)) == (len(sitting) in (2, 3))
            leads = CHAIR if states[CHAIR] == HERE else VICE if states[VICE] == HERE else None
            assert law.who_leads(sitting, BOARD) == leads
            rows += 1
    assert rows == 2 * 3**7


def test_every_outcome_of_a_vote_for_every_way_to_vote() -> None:
    """Up to five who vote, each yes, no or abstaining, and either kind of item: 726 rows.

    KL 4:24–25 (one vote each, the chair when needed), KL 5:53–56 (majority, casting vote, lot).
    """
    rows = 0
    for count in range(1, 6):
        for cast in product(("yes", "no", "abstain"), repeat=count):
            votes = dict(enumerate(cast, start=1))
            ayes, noes = cast.count("yes"), cast.count("no")
            tally = {"yes": ayes, "no": noes, "abstain": cast.count("abstain")}

            matter, election = law.open_vote(votes, chair=1), law.election_by_name(votes)

            assert matter.tally == election.tally == tally
            if ayes > noes:
                assert (matter.winner, matter.method) == (election.winner, election.method) == ("yes", "vote")
            elif noes > ayes:
                assert (matter.winner, matter.method) == (election.winner, election.method) == ("no", "vote")
            else:
                casting = None if cast[0] == "abstain" else cast[0]
                assert (matter.winner, matter.method) == (casting, "casting_vote")
                assert (election.winner, election.method) == (None, "lot")
            rows += 2
    assert rows == 726


@pytest.mark.parametrize(
    ("counts", "winner", "tied"),
    [
        ({1: 5, 2: 3}, 1, ()),
        ({1: 3, 2: 3, 3: 2}, None, (1, 2)),
        ({1: 2, 2: 2, 3: 2}, None, (1, 2, 3)),
        ({1: 3, 2: 2, 3: 2}, 1, ()),
        ({1: 0, 2: 1}, 2, ()),
    ],
)
def test_most_votes_win_an_election_and_between_equals_a_lot_is_drawn(
    counts: dict[int, int], winner: int | None, tied: tuple[int, ...]
) -> None:
    result = law.closed_ballot(counts)

    assert (result.winner, tuple(result.tied)) == (winner, tied)
    assert result.method == ("ballot" if winner else "lot")


def test_a_lot_is_drawn_again_from_its_seed_and_falls_on_each_about_equally_often() -> None:
    drawn = [law.lot(f"seed {number}", [7, 3, 5]) for number in range(3000)]

    assert drawn == [law.lot(f"seed {number}", [3, 5, 7]) for number in range(3000)]
    assert all(900 < drawn.count(one) < 1100 for one in (3, 5, 7))


@pytest.mark.parametrize(("places", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (7, 4), (8, 5), (9, 5)])
def test_more_than_half_is_needed(places: int, needed: int) -> None:
    assert law.needed(places) == needed


# --- places and time -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "start"),
    [
        (date(2026, 5, 4), date(2023, 4, 1)),
        (date(2027, 3, 31), date(2023, 4, 1)),
        (date(2027, 4, 1), date(2027, 4, 1)),
        (date(2023, 3, 31), date(2019, 4, 1)),
    ],
)
def test_a_term_begins_on_the_first_of_april_after_an_election(day: date, start: date) -> None:
    assert law.term_start(day) == start


def test_a_place_whose_ledamot_has_left_is_vacant_until_somebody_else_is_elected() -> None:
    left = Sitter(1, KOMMUN, is_deputy=False, starts=TERM, ends=date(2026, 3, 1))
    deputy = Sitter(2, KOMMUN, is_deputy=True, starts=TERM)
    new = Sitter(3, KOMMUN, is_deputy=False, starts=date(2026, 6, 1))
    seats = [left, deputy, new]

    assert law.places(seats, date(2026, 3, 1)) == [left]
    assert law.who_serves(seats, present={1, 2}, day=date(2026, 3, 1))[0].by == 1
    assert law.who_serves(seats, present={1, 2}, day=date(2026, 3, 2)) == [law.Served(1, 2)]
    assert law.who_serves(seats, present={2, 3}, day=date(2026, 6, 1)) == [law.Served(3, 3)]


def test_with_a_new_term_the_old_places_are_gone() -> None:
    old = [Sitter(number, KOMMUN, is_deputy=False, starts=TERM, ends=date(2027, 3, 31)) for number in (1, 2)]
    new = [Sitter(number, KOMMUN, is_deputy=False, starts=date(2027, 4, 1)) for number in (3, 4, 5)]

    assert len(law.places([*old, *new], date(2027, 3, 31))) == 2
    assert law.places([*old, *new], date(2027, 4, 1)) == new
    assert law.places(old, date(2027, 4, 1)) == []


SEATS = st.lists(
    st.builds(
        lambda member, deputy, order, start, length: (member, deputy, order, start, length),
        st.integers(1, 4),
        st.booleans(),
        st.integers(1, 3),
        st.integers(-900, 60),
        st.one_of(st.none(), st.integers(0, 900)),
    ),
    max_size=14,
)


@settings(max_examples=300, deadline=None)
@given(SEATS, st.sets(st.integers(0, 13)), st.sets(st.integers(0, 13)), st.booleans())
def test_whoever_sits_nobody_serves_twice_unasked_or_disqualified(
    rows: list[tuple[int, bool, int, int, int | None]], present: set[int], out: set[int], across: bool
) -> None:
    seats = []
    for number, (member, deputy, order, start, length) in enumerate(rows):
        starts = DAY + timedelta(days=start)
        ends = None if length is None else starts + timedelta(days=length)
        seats.append(Sitter(number, member, is_deputy=deputy, starts=starts, ends=ends, order=order))
    known = {seat.id: seat for seat in seats}

    found = law.who_serves(seats, present=present, out=out, day=DAY, across=across)

    by = [one.by for one in found if one.by is not None]
    assert len(by) == len(set(by))
    assert len({one.place for one in found}) == len(found)
    holding = {seat.id for seat in seats if not seat.is_deputy and seat.holds(DAY)}
    assert holding <= {one.place for one in found}
    for one in found:
        if one.by is None:
            continue
        seat = known[one.by]
        assert seat.id in present
        assert seat.id not in out
        assert seat.holds(DAY)
        assert one.by == one.place or seat.is_deputy
        assert across or seat.member == known[one.place].member
    # Nobody who could serve is left outside while a place of the same member is empty.
    idle = {seat.id for seat in seats if seat.id in present - out and seat.holds(DAY)} - set(by)
    for one in found:
        if one.by is None:
            assert one.place not in idle
            assert not any(known[seat].is_deputy and known[seat].member == known[one.place].member for seat in idle)


# --- several proposals -----------------------------------------------------------------------------------------
MAIN, CUT, MORE, BACK = (
    Proposal(1, "main"),
    Proposal(2, "own"),
    Proposal(3, "reject"),
    Proposal(4, "refer_back"),
)


def test_the_counter_proposal_is_chosen_before_it_stands_against_the_main_one() -> None:
    proposals = [MAIN, CUT, MORE]

    assert law.may_stand_against(1, 2, proposals, []) == "counter_first"
    assert law.may_stand_against(2, 3, proposals, []) is None
    first = Settled(2, 3, 2)
    assert law.may_stand_against(1, 3, proposals, [first]) == "voted_down"
    assert law.may_stand_against(1, 2, proposals, [first]) is None
    assert law.winning_proposal(proposals, [first]) is None
    assert law.winning_proposal(proposals, [first, Settled(1, 2, 1)]) == 1
    assert law.winning_proposal(proposals, [first, Settled(1, 2, 2)]) == 2


def test_whether_to_decide_today_is_asked_first_and_once() -> None:
    proposals = [MAIN, CUT, BACK]

    assert law.may_stand_against(1, 2, proposals, []) == "today_first"
    assert law.may_stand_against(1, None, proposals, []) == "today"
    assert law.may_stand_against(4, None, proposals, []) is None
    assert law.winning_proposal(proposals, [Settled(4, None, 4)]) == 4
    today = Settled(4, None, None)
    assert law.may_stand_against(4, None, proposals, [today]) == "today"
    assert law.may_stand_against(1, 2, proposals, [today]) is None


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 6), st.randoms(use_true_random=False))
def test_votes_between_proposals_always_end_with_one_winner(count: int, random: object) -> None:
    proposals = [Proposal(1, "main"), *(Proposal(number, "own") for number in range(2, count + 1))]
    votes: list[Settled] = []
    for _turn in range(count):
        left = [one.id for one in law.standing_proposals(proposals, votes)]
        pairs = [(a, b) for a in left for b in left if law.may_stand_against(a, b, proposals, votes) is None]
        if not pairs:
            break
        yes, no = random.choice(pairs)  # type: ignore[attr-defined]
        votes.append(Settled(yes, no, random.choice([yes, no])))  # type: ignore[attr-defined]

    assert len(votes) == count - 1
    assert law.winning_proposal(proposals, votes) == (votes[-1].winner if votes else 1)


def test_a_withdrawn_proposal_stands_no_longer() -> None:
    assert law.winning_proposal([MAIN, Proposal(2, "own", withdrawn=True)], []) == 1
    assert law.may_stand_against(1, 2, [MAIN, Proposal(2, "own", withdrawn=True)], []) == "unknown"


# --- conflicts of interest -------------------------------------------------------------------------------------
ABOUT = About(
    emails={"Mia@example.org"},
    organisations=("Nässjö kommun", "Solrosens vård AB", "AB"),
    names=("Firmatecknare: Jon Berg",),
)


@pytest.mark.parametrize(
    ("person", "found"),
    [
        (Relation("Mia", email="mia@EXAMPLE.org"), ("party", "mia@EXAMPLE.org")),
        (Relation("Jon Berg"), ("representative", "Jon Berg")),
        (Relation("Jon Bergman"), None),
        (Relation("Kim", commissions="ordf. i Solrosens Vård AB"), ("representative", "Solrosens vård AB")),
        (Relation("Kim", commissions="Solrosen"), None),
        (Relation("Kim", organisation="Nässjö Kommun"), ("other", "Nässjö kommun")),
        (Relation("Kim", organisation="Eksjö kommun", commissions="Saab AB"), None),
        (Relation(""), None),
    ],
)
def test_known_relations_lead_to_a_question(person: Relation, found: tuple[str, str] | None) -> None:
    assert law.conflict(person, ABOUT) == found
