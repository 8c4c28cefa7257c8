"""A board as Höglandet's: four members, eight ledamöter and as many ersättare, who all have a login and a seat."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from records.roles import roles
from tests.workflows.factories import House, person
from workflows.models import AgendaItem, Board, Matter, Meeting, Member, Seat

MEMBERS = [
    ("Eksjö kommun", Member.Party.MUNICIPALITY, ("Bo", "Hans"), ("Eva", "Liv")),
    ("Region Jönköpings län", Member.Party.REGION, ("Cy", "Ivar"), ("Fia", "Max")),
    ("Försäkringskassan", Member.Party.INSURANCE, ("Mia", "Jon"), ("Gun", "Nils")),
    ("Arbetsförmedlingen", Member.Party.EMPLOYMENT, ("Pia", "Kim"), ("Ulf", "Ola")),
]
OFFICES = {"Bo": Seat.Office.CHAIR, "Cy": Seat.Office.VICE_CHAIR}
TERM = date(2023, 4, 1)


class Boardroom:
    """The house with its board; ``seats`` and ``people`` are found by first name (Olle is the secretary)."""

    def __init__(self, name: str = "Höglandet", tail: str = "") -> None:
        self.house = House(name, tail)
        self.collection = self.house.collection
        self.olle = self.house.olle
        self.board = Board.objects.create(collection=self.collection, court="Förvaltningsrätten i Jönköping")
        self.seats: dict[str, Seat] = {}
        self.people: dict[str, Any] = {"Bo": self.house.bo, "Cy": self.house.cy, "Mia": self.house.mia}
        for member_name, party, members, deputies in MEMBERS:
            member = Member.objects.create(board=self.board, name=member_name, party=party)
            for kind, names in ((Seat.Kind.ORDINARY, members), (Seat.Kind.DEPUTY, deputies)):
                for order, first_name in enumerate(names, start=1):
                    self.seats[first_name] = self._seat(member, kind, order, first_name, tail)

    def _seat(self, member: Member, kind: str, order: int, first_name: str, tail: str) -> Seat:
        user = self.people.get(first_name)
        if user is None:
            user = self.people[first_name] = person(f"{first_name}{tail}", self.collection, "member")
        elif "member" not in roles.of(user, self.collection):
            roles.assign(user, self.collection, "member")
        return Seat.objects.create(
            member=member,
            user=user,
            name=first_name,
            kind=kind,
            order=order,
            office=OFFICES.get(first_name, ""),
            starts_on=TERM,
        )

    def meeting(self, *, starts_at: datetime | None = None, **fields: Any) -> Meeting:
        """A planned meeting, in three weeks unless said otherwise."""
        fields.setdefault("title", "Styrelsemöte")
        fields.setdefault("secretary", self.olle)
        fields.setdefault("place", "Stadshuset, Eksjö")
        starts_at = starts_at or timezone.now() + timedelta(days=21)
        return Meeting.objects.create(board=self.board, starts_at=starts_at, **fields)

    def item(self, meeting: Meeting, title: str = "Verksamhetsplan", **fields: Any) -> AgendaItem:
        """An item last on the agenda of the meeting."""
        fields.setdefault("sort", AgendaItem.Sort.DECISION)
        fields.setdefault("position", meeting.items.count() + 1)
        return AgendaItem.objects.create(meeting=meeting, title=title, **fields)

    def matter_item(self, meeting: Meeting, matter: Matter | None = None, **fields: Any) -> AgendaItem:
        """A matter that stands at the board's step, on the agenda of the meeting."""
        matter = matter or self.house.at_board()
        return self.item(
            meeting,
            fields.pop("title", matter.title),
            sort=AgendaItem.Sort.MATTER,
            matter=matter,
            amount=matter.amount_applied,
            **fields,
        )
