"""Coming and past meetings, the clocks of the law, and the calendar that a person subscribes to."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import icalendar
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from records.association import facts as association_facts
from records.policy import has_any, users_with
from workflows.board import calls
from workflows.board.composition import Finding, findings
from workflows.board.standing import boards
from workflows.models import Board, CalendarLink, Meeting, Member, Seat
from workflows.roles import HANDLE, SERVE

COMING, PAST = 60, 60
FEED = 400
LENGTH = timedelta(hours=3)  # of a meeting that nobody has said when it ends


@dataclass
class BoardPart:
    """One board with its meetings."""

    board: Board
    is_office: bool
    coming: list[Meeting] = field(default_factory=list)
    past: list[Meeting] = field(default_factory=list)
    clocks: list[tuple[calls.Clock, str]] = field(default_factory=list)


@dataclass
class MeetingsPage:
    """The board's calendar as one person meets it."""

    parts: list[BoardPart]
    link: CalendarLink | None = None

    @property
    def collection(self) -> Any:
        """The association, when there is one."""
        return self.parts[0].board.collection if len(self.parts) == 1 else None


def meetings_page(user: Any) -> MeetingsPage:
    """Coming and past meetings of the person's boards: a bounded list in a fixed number of queries."""
    rows = list(boards(user).select_related("collection"))
    now, today = timezone.now(), timezone.localdate()
    day = now - timedelta(hours=12)
    coming = list(_of(rows).filter(starts_at__gte=day).order_by("starts_at", "pk")[:COMING])
    past = list(_of(rows).filter(starts_at__lt=day)[:PAST])
    page = MeetingsPage([], CalendarLink.objects.filter(user=user).first())
    for board in rows:
        part = BoardPart(board, has_any(user, [HANDLE], board.collection))
        part.coming = [row for row in coming if row.board_id == board.pk]
        part.past = [row for row in past if row.board_id == board.pk]
        for row in (*part.coming, *part.past):
            row.board = board
        clocks = calls.of_the_year(board, [*part.coming, *part.past], today)
        part.clocks = [(clock, clock.light(today)) for clock in clocks]
        page.parts.append(part)
    return page


def _of(rows: list[Board]) -> Any:
    return Meeting.objects.filter(board__in=[row.pk for row in rows])


# --- who sits -------------------------------------------------------------------------------------------
@dataclass
class CompositionPage:
    """The members of a board with those who sit for them, and what should be looked at."""

    board: Board
    is_office: bool
    members: list[tuple[Member, list[Seat]]]
    former: list[Seat]
    found: list[Finding]


def composition_page(board: Board, user: Any) -> CompositionPage:
    """Who sits today, who has sat, and whether it is as the law says."""
    today = timezone.localdate()
    members = list(board.members.all())
    seats = list(Seat.objects.filter(member__board=board).select_related("member", "user"))
    current = [seat for seat in seats if seat.ends_on is None or seat.ends_on >= today]
    may_serve = users_with(SERVE, board.collection).values_list("pk", flat=True)
    return CompositionPage(
        board,
        has_any(user, [HANDLE], board.collection),
        [(member, [seat for seat in current if seat.member_id == member.pk]) for member in members],
        [seat for seat in seats if seat.ends_on is not None and seat.ends_on < today],
        findings(members, seats, today, may_serve=may_serve),
    )


# --- the calendar program ----------------------------------------------------------------------------------
def feed(user: Any) -> bytes:
    """The person's meetings as iCalendar: no agenda and nothing secret, only when, where and what it is called."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Samsyn//styrelsen//SV")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("The board's meetings"))
    rows = list(boards(user).select_related("collection"))
    since = timezone.now() - timedelta(days=365)
    meetings = _of(rows).filter(starts_at__gte=since).select_related("board__collection").order_by("starts_at")[:FEED]
    for meeting in meetings:
        calendar.add_component(_event(meeting))
    content: bytes = calendar.to_ical()
    return content


def _event(meeting: Meeting) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{meeting.key}@samsyn")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.ends_at or meeting.starts_at + LENGTH)
    event.add("summary", f"{meeting.title}, {association_facts(meeting.board.collection).name}")
    event.add("location", meeting.place or str(meeting.get_mode_display()))
    event.add("url", f"{settings.BASE_URL}{reverse('workflows:meeting', args=[meeting.key])}")
    event.add("sequence", meeting.version)
    states = {Meeting.State.CANCELLED: "CANCELLED", Meeting.State.PLANNED: "TENTATIVE"}
    event.add("status", states.get(Meeting.State(meeting.state), "CONFIRMED"))
    return event
