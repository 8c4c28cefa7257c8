"""A board in session: everyone called and present, and short words for what people do there."""

from typing import Any

from django.utils import timezone

from tests.workflows.board.people import Boardroom
from tests.workflows.factories import again
from workflows.actions import sitting
from workflows.models import AgendaItem, Attendance, Ballot, Matter, Meeting, Motion, Seat

MEMBERS = ("Bo", "Hans", "Cy", "Ivar", "Mia", "Jon", "Pia", "Kim")


class Session(Boardroom):
    """The boardroom with a called meeting; Olle keeps the minutes, Bo is the chair, Cy the vice chair."""

    meeting_: Meeting

    def called(self, *titles: str, **fields: Any) -> Meeting:
        """A meeting of today that everybody has been called to, with items of these titles."""
        now = timezone.now()
        self.meeting_ = self.meeting(starts_at=now, state=Meeting.State.CALLED, called_at=now, **fields)
        for title in titles:
            self.item(self.meeting_, title, proposal=f"att godkänna {title}")
        return self.meeting_

    def arrive(self, *names: str, **how: Any) -> None:
        """These are noted as present."""
        for name in names:
            sitting.arrive(meeting=self.meeting_, actor=again(self.olle), seat=self.seats[name], **how)

    def leave(self, *names: str) -> None:
        """These are noted as gone."""
        for name in names:
            row = Attendance.objects.get(meeting=self.meeting_, seat=self.seats[name], left_at=None)
            sitting.leave(attendance=row, actor=again(self.olle))

    def opened(self, *titles: str, present: tuple[str, ...] = MEMBERS, **fields: Any) -> Meeting:
        """The meeting has begun, with these present."""
        self.called(*titles, **fields)
        self.arrive(*present)
        self.meeting_ = sitting.open_meeting(meeting=self.meeting_, actor=again(self.olle))
        return self.meeting_

    def open_item(self, title: str = "") -> AgendaItem:
        """The board begins with the item of that title, or the next one."""
        rows = self.meeting_.items.filter(state="waiting")
        item = rows.get(title=title) if title else rows.order_by("position").first()
        assert item is not None
        return sitting.open_item(item=item, actor=again(self.olle))

    def put(self, item: AgendaItem, name: str, text: str = "att avslå", sort: str = "reject", **more: Any) -> Motion:
        """Somebody puts a proposal."""
        return sitting.propose(item=item, actor=self.user(name), text=text, sort=sort, **more)

    def vote(self, ballot: Ballot, **choices: str) -> None:
        """Each answers on their own device: ``vote(ballot, Bo="yes")``."""
        for name, choice in choices.items():
            sitting.vote(ballot=ballot, actor=self.user(name), choice=choice)

    def user(self, name: str) -> Any:
        """The person in a new request."""
        return again(self.olle if name == "Olle" else self.people[name])

    def seat(self, name: str) -> Seat:
        """The person's seat."""
        return self.seats[name]

    def matter(self, **given: Any) -> Matter:
        """Ada's application, before the board."""
        return self.house.at_board(**given)
