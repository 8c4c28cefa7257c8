"""What a meeting in session shows to one person now, read in a fixed number of queries."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import django.forms
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, gettext

from workflows.models import AgendaItem, Attendance, Ballot, Disqualification, Meeting, Motion, Reservation, Seat, Vote

from . import law
from .proposals import proposals_of, settled_of, tied
from .serving import Place, Serving, serving
from .standing import BoardStanding, standing_in

NOT_DEALT_WITH = (AgendaItem.State.WAITING, AgendaItem.State.OPEN)
FRESH = 300  # seconds after which a page is sent anew although nothing was told: rights and seats may have changed


@dataclass(frozen=True, slots=True)
class RollRow:
    """A seat in the roll call: is the person there, and in whose place do they serve?"""

    seat: Seat
    attendance: Attendance | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class VoteRow:
    """Somebody who serves, and their vote in the ballot that goes on."""

    seat: Seat
    vote: Vote | None


@dataclass
class LivePage:
    """The meeting as one person sees it now."""

    meeting: Meeting
    seen: BoardStanding
    items: list[AgendaItem]
    now: Serving
    forms: dict[str, django.forms.Form] = field(default_factory=dict)

    # -- the person ---------------------------------------------------------------------------------------
    @cached_property
    def seat(self) -> Seat | None:
        """The person's seat."""
        return self.now.seat_of(self.seen.user) if self.seen.is_board else None

    @property
    def serves(self) -> bool:
        """Does the person take part in decisions now?"""
        return self.now.serves(self.seat)

    @property
    def why(self) -> str:
        """As whom the person serves, or why not."""
        return self.now.why(self.seat) if self.seat is not None else ""

    @property
    def leads(self) -> bool:
        """Does the person lead the meeting now?"""
        return self.seat is not None and self.now.chair is not None and self.now.chair.pk == self.seat.pk

    @property
    def is_out(self) -> bool:
        """Does a conflict of interest close the item to the person?"""
        return self.item is not None and not self.seen.reads(self.item)

    @property
    def may_lead(self) -> bool:
        """Does the person open and close items: the office, and who leads?"""
        return self.seen.is_office or self.leads

    # -- the item -----------------------------------------------------------------------------------------
    @cached_property
    def item(self) -> AgendaItem | None:
        """The item that is being dealt with."""
        return next((item for item in self.items if item.state == AgendaItem.State.OPEN), None)

    @cached_property
    def motions(self) -> list[Motion]:
        """The proposals of the item, those withdrawn too."""
        return list(self.item.motions.all()) if self.item else []

    @cached_property
    def left(self) -> list[Motion]:
        """The proposals that can still win on the matter itself."""
        if self.item is None:
            return []
        ids = {one.id for one in law.standing_proposals(proposals_of(self.item), settled_of(self.item))}
        return [motion for motion in self.motions if motion.pk in ids]

    @cached_property
    def ballot(self) -> Ballot | None:
        """The vote that goes on."""
        return next((row for row in self.ballots if row.closed_at is None), None)

    @cached_property
    def ballots(self) -> list[Ballot]:
        """The votes held on the item."""
        return list(self.item.ballots.all()) if self.item else []

    @cached_property
    def lot(self) -> Ballot | None:
        """The election between whose candidates a lot is to be drawn."""
        return next((row for row in self.ballots if tied(row)), None)

    @cached_property
    def votes(self) -> list[VoteRow]:
        """Who has voted in the vote that goes on."""
        if self.ballot is None:
            return []
        cast = {vote.seat_id: vote for vote in self.ballot.votes.all()}
        return [VoteRow(seat, cast.get(seat.pk)) for seat in self.now.serving]

    @property
    def not_voted(self) -> list[Seat]:
        """Who has not voted yet."""
        return [row.seat for row in self.votes if row.vote is None]

    @property
    def my_vote(self) -> Vote | None:
        """The person's own vote in the vote that goes on."""
        return next((row.vote for row in self.votes if self.seat is not None and row.seat.pk == self.seat.pk), None)

    @property
    def conflicts(self) -> list[Disqualification]:
        """The conflicts of interest of the item: asked about, told and settled."""
        return list(self.item.disqualifications.all()) if self.item else []

    @property
    def my_question(self) -> Disqualification | None:
        """The question of a conflict of interest that waits for the person's answer."""
        asked = Disqualification.State.PROPOSED
        return next(
            (row for row in self.conflicts if self.seat and row.seat_id == self.seat.pk and row.state == asked), None
        )

    # -- lists --------------------------------------------------------------------------------------------
    @cached_property
    def roll(self) -> list[RollRow]:
        """Everyone with a seat that holds today, ledamöter first."""
        day = timezone.localdate(self.now.at)
        seats = [seat for seat in self.now.seats.values() if seat.holds_on(day)]
        seats.sort(key=lambda seat: seat.is_deputy)
        return [RollRow(seat, self.now.present.get(seat.pk), self.now.place_of(seat)) for seat in seats]

    @cached_property
    def guests(self) -> list[Attendance]:
        """Others who are there."""
        return [row for row in self.meeting.attendance.all() if row.seat_id is None and row.left_at is None]

    @property
    def is_open(self) -> bool:
        """Is the meeting in session?"""
        return self.meeting.state == Meeting.State.OPEN

    @property
    def takes_roll_call(self) -> bool:
        """Is attendance noted now?"""
        return self.meeting.state in (Meeting.State.CALLED, Meeting.State.OPEN)

    @property
    def waiting(self) -> list[AgendaItem]:
        """The items that have not been opened."""
        return [item for item in self.items if item.state == AgendaItem.State.WAITING]

    def reservable(self) -> list[AgendaItem]:
        """The decisions against which one can still reserve oneself; the office takes it down for anybody."""
        if not self.is_open:
            return []
        if self.seen.is_office:
            return [item for item in self.items if item.state == AgendaItem.State.DONE]
        own = {seat.pk for seat in self.seen.seats}
        return [
            item
            for item in self.items
            if item.state == AgendaItem.State.DONE
            and any(row.seat_id in own for row in item.service.all())
            and not any(row.seat_id in own for row in item.reservations.all())
        ]

    # -- telling ------------------------------------------------------------------------------------------
    @property
    def tell(self) -> str:
        """What a screen reader says when something has changed."""
        if not self.is_open:
            return gettext("The meeting: %(state)s.") % {"state": self.meeting.get_state_display()}
        if self.item is None:
            return gettext("No item is being dealt with now.")
        said = [gettext("Item %(number)s: %(title)s.") % {"number": self.item.position, "title": self.item.title}]
        if self.ballot is not None:
            said.append(gettext("A vote is going on."))
        if self.why:
            said.append(self.why)
        return " ".join(said)


def live_page(seen: BoardStanding) -> LivePage:
    """The meeting as this person sees it now."""
    meeting = seen.meeting
    assert meeting is not None
    items = list(
        meeting.items.exclude(state=AgendaItem.State.REMOVED)
        .select_related("matter", "decision")
        .prefetch_related(
            Prefetch("motions", Motion.objects.select_related("seat").prefetch_related("seconded_by")),
            Prefetch("ballots", Ballot.objects.select_related("item", "yes", "no", "winner").prefetch_related("votes")),
            Prefetch("disqualifications", Disqualification.objects.select_related("seat")),
            Prefetch("reservations", Reservation.objects.select_related("seat")),
            "service",
        )
    )
    for item in items:
        item.meeting = meeting
    current = next((item for item in items if item.state == AgendaItem.State.OPEN), None)
    return LivePage(meeting, seen, items, serving(current or meeting, at=timezone.now()))


def version_mark(user: Any, meeting: Any, version: int) -> str:
    """The ETag of what a person sees of a meeting: changes with the meeting, the day, the language, and now and then.

    It is signed with the person's key, so whoever shows it has been let in a short while ago.
    """
    now = timezone.now()
    parts = [user.pk, meeting, version, timezone.localdate(now), int(now.timestamp()) // FRESH, get_language()]
    signed = salted_hmac("workflows.sitting", "|".join(map(str, parts))).hexdigest()
    return f'"{signed[:32]}"'


def find_meeting(user: Any, key: Any) -> BoardStanding | None:
    """The meeting at the address, for whoever may see it."""
    meeting = (
        Meeting.objects.filter(key=key)
        .select_related("board__collection", "secretary", "chair")
        .prefetch_related("attendance", "adjusters__seat")
        .first()
    )
    seen = standing_in(user, meeting) if meeting else None
    return seen if seen is not None and seen.may_see else None
