"""The law of a board's meeting as plain functions: who serves, quorum, votes, elections, conflicts of interest.

KL is kommunallagen (2017:725), which Finsam 19 § lets the board follow. Nothing here reads or writes anything.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

OFFICES = ("chair", "vice_chair", "second_vice_chair")
"""Who leads the meeting, in this order (Finsam 17 §)."""

YES, NO, ABSTAIN = "yes", "no", "abstain"
VOTE, CASTING_VOTE, BALLOT, LOT = "vote", "casting_vote", "ballot", "lot"


# --- who serves ------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Sitter:
    """A seat as the rules see it."""

    id: int
    member: int
    is_deputy: bool
    starts: date
    ends: date | None = None
    order: int = 1
    office: str = ""

    def holds(self, day: date) -> bool:
        """Does its period cover the day? It ends at midnight after its last day."""
        return self.starts <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True)
class Served:
    """A place in the board and who serves in it: its ledamot, a deputy, or nobody."""

    place: int
    by: int | None

    @property
    def by_deputy(self) -> bool:
        """Does somebody else than its ledamot serve?"""
        return self.by is not None and self.by != self.place


def term_start(day: date) -> date:
    """The first day of the board's term: 1 April of the year after a general election (Finsam 13 §)."""
    year = day.year - (day.year - 2023) % 4
    start = date(year, 4, 1)
    return start if start <= day else date(year - 4, 4, 1)


def places(seats: Iterable[Sitter], day: date) -> list[Sitter]:
    """One seat for each place in the board: the ledamot's, or that of whom left in the term and has no successor.

    A vacant place still counts for quorum, and a deputy of the same member serves in it (Finsam 15 §, KL 6:27).
    """
    chains: list[Sitter] = []
    begun = (seat for seat in seats if not seat.is_deputy and seat.starts <= day)
    for seat in sorted(begun, key=lambda one: (one.starts, one.order, one.id)):
        left = [one for one in chains if one.member == seat.member and one.ends and one.ends < seat.starts]
        if left:
            chains.remove(min(left, key=lambda one: (one.ends, one.order, one.id)))
        chains.append(seat)
    since = term_start(day)
    found = [seat for seat in chains if seat.holds(day) or (seat.ends is not None and seat.ends >= since)]
    return sorted(found, key=lambda one: (one.member, one.order, one.id))


def who_serves(
    seats: Iterable[Sitter], *, present: Collection[int], out: Collection[int] = (), day: date, across: bool = False
) -> list[Served]:
    """Who serves in each place: its ledamot when present and not disqualified, else a deputy in order.

    A member's own deputies come first, in their order of service; one of another member serves only when the board
    allows it (``across``) and nobody of the own can. Nobody serves in two places. Finsam 10, 15 §§; KL 6:28–32.
    """
    seats = list(seats)
    able = {seat.id for seat in seats if seat.id in present and seat.id not in out and seat.holds(day)}
    here = places(seats, day)
    serving: dict[int, int | None] = {place.id: place.id if place.id in able else None for place in here}
    deputies = sorted(
        (seat for seat in seats if seat.is_deputy and seat.id in able), key=lambda one: (one.order, one.member, one.id)
    )
    for own in (True, False) if across else (True,):
        for place in here:
            if serving[place.id] is None:
                free = (one for one in deputies if one.id not in serving.values())
                found = next((one for one in free if (one.member == place.member) is own), None)
                serving[place.id] = found.id if found else None
    return [Served(place.id, serving[place.id]) for place in here]


def needed(number_of_places: int) -> int:
    """How many must serve: more than half of all places (KL 6:27)."""
    return number_of_places // 2 + 1


def who_leads(serving: Collection[int], seats: Iterable[Sitter], *, elected: int | None = None) -> int | None:
    """Who leads: the chair, else the vice chairs in order, else whom the meeting has elected; all must serve.

    A chair who is disqualified does not serve, so the vice chair leads that paragraph (Finsam 17 §, KL 6:28–32).
    """
    by_office = {seat.office: seat.id for seat in seats if seat.office and seat.id in serving}
    for office in OFFICES:
        if office in by_office:
            return by_office[office]
    return elected if elected in serving else None


# --- votes -----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Result:
    """What a vote came to: the winning side, and how; no winner when the chair must vote, or a lot be drawn."""

    winner: Any
    method: str
    tally: Mapping[Any, int]
    tied: Sequence[Any] = ()


def open_vote(votes: Mapping[int, str], *, chair: int | None) -> Result:
    """Yes against no, by name: most votes win, and at a tie the side the chair voted for (KL 5:53–56).

    Each has one vote and may abstain, but the chair must vote when the matter cannot be decided otherwise
    (KL 4:24–25): then there is no winner yet.
    """
    tally = {side: sum(1 for given in votes.values() if given == side) for side in (YES, NO, ABSTAIN)}
    if tally[YES] != tally[NO]:
        return Result(YES if tally[YES] > tally[NO] else NO, VOTE, tally)
    casting = votes.get(chair) if chair is not None else None
    if casting in (YES, NO):
        return Result(casting, CASTING_VOTE, tally)
    return Result(None, CASTING_VOTE, tally, (YES, NO))


def closed_ballot(counts: Mapping[Any, int]) -> Result:
    """An election: the candidate with most votes; between those with equally many a lot is drawn (KL 5:53–56)."""
    most = max(counts.values(), default=0)
    tied = sorted(candidate for candidate, count in counts.items() if count == most)
    if len(tied) == 1:
        return Result(tied[0], BALLOT, counts)
    return Result(None, LOT, counts, tied)


def election_by_name(votes: Mapping[int, str]) -> Result:
    """An election between two by open vote: the chair has no casting vote, a tie is settled by lot (KL 5:53–56)."""
    tally = {side: sum(1 for given in votes.values() if given == side) for side in (YES, NO, ABSTAIN)}
    found = closed_ballot({side: tally[side] for side in (YES, NO)})
    return Result(found.winner, VOTE if found.winner else LOT, tally, found.tied)


def lot(seed: str, among: Sequence[Any]) -> Any:
    """Whom the lot falls on: anybody can draw it again from its seed."""
    drawn = int(hashlib.sha256(seed.encode()).hexdigest(), 16)
    return sorted(among)[drawn % len(among)]


# --- several proposals -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as the rules see it."""

    id: int
    sort: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """A vote that is over: what stood against what (None: deciding the matter today), and which won."""

    yes: int
    no: int | None
    winner: int | None


PUTTING_OFF = ("refer_back", "table")


def standing_proposals(proposals: Iterable[Proposal], votes: Iterable[Settled]) -> list[Proposal]:
    """The proposals that can still win on the matter itself: not withdrawn, and not voted down."""
    down = {vote.no if vote.winner == vote.yes else vote.yes for vote in votes if vote.no and vote.winner}
    return [one for one in proposals if not one.withdrawn and one.id not in down and one.sort not in PUTTING_OFF]


def may_stand_against(yes: int, no: int | None, proposals: Iterable[Proposal], votes: Iterable[Settled]) -> str | None:
    """Why these two may not be put against each other now (a code), or nothing.

    Whether the matter is decided today is asked first. Then the counter-proposal is chosen among all but the main
    proposal, and the one that is left stands against the main proposal (KL 5:53–56).
    """
    proposals, votes = list(proposals), list(votes)
    known = {one.id: one for one in proposals if not one.withdrawn}
    if yes not in known or (no is not None and no not in known) or yes == no:
        return "unknown"
    putting_off = [one for one in known.values() if one.sort in PUTTING_OFF]
    asked = {vote.yes for vote in votes if vote.no is None}
    if no is None:
        return None if known[yes].sort in PUTTING_OFF and yes not in asked else "today"
    if any(one.id not in asked for one in putting_off):
        return "today_first"
    left = {one.id: one for one in standing_proposals(proposals, votes)}
    if yes not in left or no not in left:
        return "voted_down"
    if len(left) > 2 and any(left[one].sort == "main" for one in (yes, no)):
        return "counter_first"
    return None


def winning_proposal(proposals: Iterable[Proposal], votes: Iterable[Settled]) -> int | None:
    """What has won by votes: a proposal that puts the matter off, or the only one left; None when more is to do."""
    proposals, votes = list(proposals), list(votes)
    for vote in votes:
        if vote.no is None and vote.winner == vote.yes:
            return vote.yes
    left = standing_proposals(proposals, votes)
    return left[0].id if len(left) == 1 else None


# --- what is granted -------------------------------------------------------------------------------------
GRANTS = ("granted", "granted_in_part")


def wrong_amount(outcome: str, amount: Decimal | None, applied: Decimal | None) -> str | None:
    """What is wrong with the amount of a decision about money (a code), or nothing."""
    if outcome not in GRANTS:
        return "needless" if amount else None
    if amount is None:
        return "missing" if applied is not None or outcome == "granted_in_part" else None
    if amount <= 0:
        return "none"
    if applied is not None and amount > applied:
        return "too_much"
    if applied is not None and outcome == "granted_in_part" and amount >= applied:
        return "whole"
    return None


# --- conflicts of interest -------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Relation:
    """What is known of a person that can make them disqualified."""

    name: str
    email: str = ""
    organisation: str = ""
    commissions: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """Who a matter concerns, as far as its papers tell."""

    emails: Collection[str] = field(default_factory=frozenset)
    organisations: Collection[str] = ()
    names: Collection[str] = ()


def conflict(person: Relation, about: About) -> tuple[str, str] | None:
    """The ground to ask the person about and what it rests on (KL 6:28–32); never a decision, only a question."""
    if person.email and person.email.casefold() in {email.casefold() for email in about.emails}:
        return "party", person.email
    named = _plain(person.name)
    if named and any(_mentions(_plain(text), named) for text in about.names):
        return "representative", person.name
    for organisation in about.organisations:
        asked = _plain(organisation)
        if len(asked) < 3:
            continue
        if person.commissions and _mentions(_plain(person.commissions), asked):
            return "representative", organisation
        if _plain(person.organisation) == asked:
            return "other", organisation
    return None


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _mentions(text: str, words: str) -> bool:
    return f" {words} " in f" {text} "
