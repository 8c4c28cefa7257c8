"""What the meeting's page shows before the meeting, read in a fixed number of queries."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import django.forms
from django.db.models import QuerySet
from django.utils import timezone

from records.models import Event
from workflows.board import calls
from workflows.board.ready import ready_matters
from workflows.board.standing import BoardStanding, keys_of
from workflows.meeting_forms import CancelForm, CollectForm, ItemForm, ProposeForm
from workflows.models import AgendaItem, BoardPack, Matter, Meeting, Seat


@dataclass
class AgendaPage:
    """A meeting as one person meets it before it is held."""

    meeting: Meeting
    seen: BoardStanding
    rows: list[calls.Timed] = field(default_factory=list)
    clocks: list[tuple[calls.Clock, str]] = field(default_factory=list)
    call_due: date | None = None
    is_call_late: bool = False
    called: list[Seat] = field(default_factory=list)
    ready: list[Matter] = field(default_factory=list)
    pack: BoardPack | None = None
    is_changed_since_call: bool = False
    forms: dict[str, django.forms.Form] = field(default_factory=dict)

    @property
    def is_before(self) -> bool:
        """Can the plan and the agenda still be changed?"""
        return self.meeting.state in (Meeting.State.PLANNED, Meeting.State.CALLED)

    @property
    def unreached(self) -> list[Seat]:
        """Those whom no mail reaches."""
        return [seat for seat in self.called if seat.user is None or not seat.user.is_active]


def items_of(meeting: Meeting) -> QuerySet[AgendaItem]:
    """What is on the agenda, in order, with its matters and papers."""
    rows = meeting.items.exclude(state=AgendaItem.State.REMOVED)
    return rows.select_related("matter").prefetch_related("papers").order_by("position", "pk")


def agenda_page(seen: BoardStanding) -> AgendaPage:
    """What this person sees of the meeting."""
    meeting = seen.meeting
    today = timezone.localdate()
    page = AgendaPage(meeting, seen)
    page.rows = calls.timed(items_of(meeting), meeting.starts_at, seen.out_of)
    page.pack = _pack(seen)
    if not page.is_before:
        return page
    page.clocks = [(clock, clock.light(today)) for clock in calls.before(meeting)]
    page.call_due = calls.call_due(meeting)
    page.is_call_late = meeting.called_at is None and page.call_due < today
    page.is_changed_since_call = meeting.state == Meeting.State.CALLED and changed_since_call(meeting)
    if seen.is_office:
        seats = Seat.objects.filter(member__board=seen.board).select_related("user", "member")
        page.called = calls.called(seats, meeting)
        page.ready = ready_matters(seen.board)
        page.forms["item"] = ItemForm(auto_id="id_item_%s")
        page.forms["cancel"] = CancelForm(auto_id="id_cancel_%s")
        if page.ready:
            page.forms["collect"] = CollectForm(auto_id="id_collect_%s", ready=page.ready)
    if seen.seat is not None and not seen.seat.is_deputy:
        page.forms["propose"] = ProposeForm(auto_id="id_propose_%s")
    return page


def changed_since_call(meeting: Meeting) -> bool:
    """Has anything been changed that the board has not been told of?"""
    last = (
        Event.objects.filter(stream=meeting.stream, type__in=("meeting.called", "meeting.changed"))
        .order_by("-sequence")
        .values_list("transition", flat=True)
    )
    told = next((row["version"] for row in last[:20] if row.get("mails")), None)
    return told is not None and meeting.version > told


def _pack(seen: BoardStanding) -> BoardPack | None:
    """The newest pack that this person may read."""
    meeting = seen.meeting
    reader = seen.user.pk if seen.out_of else None
    left_out = keys_of(meeting, seen.out_of) if seen.out_of else []
    return next((row for row in meeting.packs.filter(reader=reader) if row.left_out == left_out), None)


def plan_initial(meeting: Any) -> dict[str, Any]:
    """The plan as its form shows it."""
    names = ("title", "purpose", "starts_at", "ends_at", "mode", "place", "link", "is_public", "secretary")
    return {name: getattr(meeting, name) for name in names}


def item_initial(item: AgendaItem) -> dict[str, Any]:
    """An item as its form shows it."""
    names = ("title", "sort", "background", "proposal", "amount", "presenter", "minutes", "is_secret")
    return {name: getattr(item, name) for name in names}
