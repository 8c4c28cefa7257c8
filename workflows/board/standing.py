"""Who sees what of a board's meetings: the office, those with a seat, and what a conflict of interest closes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from records.policy import collections_with, collections_with_any, everywhere, has_any
from workflows.models import AgendaItem, Board, Disqualification, Meeting, Recusal, Seat
from workflows.permissions import holds
from workflows.roles import HANDLE, OFFICE, SERVE

NEXT = 3  # meetings shown on the start page


@dataclass(frozen=True)
class BoardStanding:
    """What one person is to one board on the day of a meeting, or today."""

    user: Any
    board: Board
    meeting: Any = None  # a Meeting

    @cached_property
    def seats(self) -> list[Seat]:
        """The person's own seats that hold on the day; none without the right to serve."""
        if not self.user.is_authenticated or not holds(self.user, SERVE, self.board.collection):
            return []
        day = timezone.localdate(self.meeting.starts_at) if self.meeting else timezone.localdate()
        rows = Seat.objects.filter(member__board=self.board, user=self.user).select_related("member")
        return [row for row in rows if row.holds_on(day)]

    @property
    def seat(self) -> Seat | None:
        """The seat the person acts from: the ordinary one before one as deputy."""
        return next(iter(sorted(self.seats, key=lambda row: row.is_deputy)), None)

    @cached_property
    def is_office(self) -> bool:
        """Plans the meetings and writes their minutes."""
        return has_any(self.user, [HANDLE], self.board.collection)

    @cached_property
    def reads_all(self) -> bool:
        """Works with the association's papers."""
        return has_any(self.user, OFFICE, self.board.collection)

    @property
    def is_board(self) -> bool:
        """Has a seat."""
        return bool(self.seats)

    @property
    def is_chair(self) -> bool:
        """Is elected chair of the board."""
        return any(row.office == Seat.Office.CHAIR for row in self.seats)

    @property
    def may_see(self) -> bool:
        """May the person open the meeting's page?"""
        return self.reads_all or self.is_board

    @cached_property
    def out_of(self) -> frozenset[int]:
        """The items (by pk) whose papers a conflict of interest closes to the person."""
        if self.meeting is None or not self.user.is_authenticated:
            return frozenset()
        return out_of(self.user, self.meeting)

    def reads(self, item: AgendaItem) -> bool:
        """May the person read what belongs to the item?"""
        return self.may_see and item.pk not in self.out_of


def out_of(user: Any, meeting: Meeting) -> frozenset[int]:
    """The items of the meeting that this person has a conflict of interest in: told for the matter, or the item."""
    recused = Recusal.objects.filter(user=user, lifted_at=None).values("matter")
    told = Disqualification.objects.filter(
        item__meeting=meeting,
        seat__user=user,
        state__in=(Disqualification.State.DECLARED, Disqualification.State.DECIDED),
    ).values("item")
    rows = meeting.items.filter(Q(matter__in=recused) | Q(pk__in=told))
    return frozenset(rows.values_list("pk", flat=True))


def keys_of(meeting: Meeting, items: Iterable[int]) -> list[str]:
    """The keys of items, in a fixed order."""
    return sorted(str(key) for key in meeting.items.filter(pk__in=items).values_list("key", flat=True))


def standing_in(user: Any, meeting: Meeting) -> BoardStanding:
    """What a person is at a meeting."""
    return BoardStanding(user, meeting.board, meeting)


def boards(user: Any) -> QuerySet[Board]:
    """The boards whose meetings this person may read about."""
    if not (user.is_authenticated and user.is_active):
        return Board.objects.none()
    if everywhere(user):
        return Board.objects.all()
    today = timezone.localdate()
    seats = Seat.objects.filter(user=user, member__board__collection__in=collections_with(user, SERVE)).filter(
        Q(ends_on=None) | Q(ends_on__gte=today)
    )
    return Board.objects.filter(
        Q(collection__in=collections_with_any(user, OFFICE)) | Q(pk__in=seats.values("member__board"))
    )


def coming_meetings(user: Any) -> list[Meeting]:
    """The next meetings of the person's boards."""
    states = (Meeting.State.PLANNED, Meeting.State.CALLED, Meeting.State.OPEN)
    since = timezone.now() - timedelta(hours=12)
    rows = Meeting.objects.filter(board__in=boards(user), state__in=states, starts_at__gte=since)
    return list(rows.select_related("board__collection").order_by("starts_at", "pk")[:NEXT])
