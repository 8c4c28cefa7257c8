"""Who serves at a meeting now, item by item, and why somebody does not: the law's rules over the board's rows."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from forms.queries import effective_answers
from workflows.models import AgendaItem, Attendance, Disqualification, Meeting, Seat

from . import law


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the board and who serves in it now; a ledamot who is not ``by`` is away, out or gone."""

    seat: Seat
    by: Seat | None

    @property
    def stands_in_for(self) -> Seat | None:
        """Whose place a deputy serves in."""
        return self.seat if self.by is not None and self.by.pk != self.seat.pk else None


@dataclass(frozen=True)
class Serving:
    """Who serves at one moment: places in order, what quorum needs, who leads, and who is out of the item."""

    places: list[Place]
    seats: dict[int, Seat]
    present: dict[int, Attendance]
    out: dict[int, Disqualification]
    chair: Seat | None
    at: datetime
    item: AgendaItem | None = None

    @cached_property
    def serving(self) -> list[Seat]:
        """The seats that take part in decisions now."""
        return [place.by for place in self.places if place.by is not None]

    @cached_property
    def ids(self) -> frozenset[int]:
        """Their keys."""
        return frozenset(seat.pk for seat in self.serving)

    @property
    def needed(self) -> int:
        """How many must serve: more than half of the places (KL 6:27)."""
        return law.needed(len(self.places))

    @property
    def quorum(self) -> bool:
        """May the board decide now (KL 6:27)?"""
        return len(self.serving) >= self.needed

    def serves(self, seat: Seat | None) -> bool:
        """Does this seat take part in decisions now?"""
        return seat is not None and seat.pk in self.ids

    def place_of(self, seat: Seat) -> Place | None:
        """The place the seat serves in."""
        return next((place for place in self.places if place.by is not None and place.by.pk == seat.pk), None)

    def seat_of(self, user: Any) -> Seat | None:
        """The person's seat: the one that serves, else one that is present, else the ledamot's."""
        own = [seat for seat in self.seats.values() if seat.user_id is not None and seat.user_id == user.pk]
        own.sort(key=lambda seat: (seat.pk not in self.ids, seat.pk not in self.present, seat.is_deputy, seat.pk))
        return own[0] if own else None

    def why(self, seat: Seat) -> str:
        """A sentence for the person: as whom they serve, or why they do not."""
        place = self.place_of(seat)
        if place is not None:
            if place.stands_in_for is not None:
                return gettext("You serve in the place of %(name)s.") % {"name": place.seat.name}
            return gettext("You serve.")
        if seat.pk in self.out:
            return gettext(
                "You do not serve, because you have a conflict of interest in this item. "
                "Leave the room until it has been dealt with (KL 6:28–32)."
            )
        if not seat.holds_on(timezone.localdate(self.at)):
            return gettext("You do not serve, because your seat does not hold today.")
        if seat.pk not in self.present:
            return gettext("You do not serve, because you have not been noted as present. Tell the secretary.")
        return gettext("You do not serve, because those you stand in for do so themselves. You may attend.")


def serving(item_or_meeting: AgendaItem | Meeting, *, at: datetime) -> Serving:
    """Who serves in the item, or in the meeting as such, at this moment; five queries, whatever the board's size.

    Presence is what has been told, in the order it was told: a clock that is set back changes nothing. The date of
    ``at`` decides which seats hold. Of an item that has been dealt with, ``Service`` rows tell who served.
    """
    item = item_or_meeting if isinstance(item_or_meeting, AgendaItem) else None
    meeting = item.meeting if item else item_or_meeting
    assert isinstance(meeting, Meeting)
    day = timezone.localdate(at)
    seats = seats_of(meeting)
    here = meeting.attendance.filter(left_at=None, seat__isnull=False)
    present = {row.seat_id: row for row in here if row.seat_id is not None}
    out: dict[int, Disqualification] = {}
    if item is not None:
        out = {row.seat_id: row for row in item.disqualifications.all() if row.stands}
    sitters = [
        as_sitter(seat)
        for seat in seats.values()
        if (seat.member.joined_on is None or seat.member.joined_on <= day)
        and (seat.member.left_on is None or day <= seat.member.left_on)
    ]
    found = law.who_serves(sitters, present=present, out=out, day=day, across=meeting.board.deputies_across)
    places = [Place(seats[one.place], seats[one.by] if one.by else None) for one in found]
    ids = {one.by for one in found if one.by is not None}
    leads = law.who_leads(ids, sitters, elected=meeting.chair_id)
    return Serving(places, seats, present, out, seats[leads] if leads else None, at, item)


def seats_of(meeting: Meeting) -> dict[int, Seat]:
    """Every seat of the board that has begun or ends near the meeting, by key."""
    rows = Seat.objects.filter(member__board=meeting.board_id).select_related("member", "user")
    return {seat.pk: seat for seat in rows.order_by("member__party", "member__name", "-kind", "order", "pk")}


def as_sitter(seat: Seat) -> law.Sitter:
    """The seat as the rules see it."""
    return law.Sitter(
        id=seat.pk,
        member=seat.member_id,
        is_deputy=seat.is_deputy,
        starts=seat.starts_on,
        ends=seat.ends_on,
        order=seat.order,
        office=seat.office,
    )


# --- what is known of conflicts ------------------------------------------------------------------------------
def conflicts_to_ask_about(item: AgendaItem, seats: list[Seat]) -> list[tuple[Seat, str, str]]:
    """Whom to ask about a conflict of interest in the item, on which ground and what it rests on (KL 6:28–32)."""
    about = _about(item)
    if about is None:
        return []
    found = []
    for seat in seats:
        person = law.Relation(
            name=seat.name,
            email=seat.user.email if seat.user else "",
            organisation=seat.member.name,
            commissions=seat.employer,
        )
        if (asked := law.conflict(person, about)) is not None:
            found.append((seat, *asked))
    return found


def _about(item: AgendaItem) -> law.About | None:
    """Who the item's matter concerns: people in it, its sender, and the short answers of its application."""
    matter = item.matter
    if matter is None:
        return None
    people = list(matter.people.all())
    names = [person.name for person in people if person.name]
    organisations = [matter.sender] if matter.sender else []
    if matter.submission is not None:
        organisations += [matter.submission.name] if matter.submission.name else []
        answers = [value for value in _texts(matter) if len(value) <= 200]
        names += answers
        organisations += answers
    return law.About(
        emails=frozenset(person.email for person in people),
        organisations=tuple(dict.fromkeys(organisations)),
        names=tuple(dict.fromkeys(names)),
    )


def _texts(matter: Any) -> list[str]:
    """Every text answered by a person in the application, in tables too."""
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    walk(effective_answers(matter.submission))
    return found
