"""One transaction's work on one locked meeting: who may act, what is refused and why, and the event written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.errors import Closed, Conflict, NotAllowed, NotLawful
from records.models import Event
from workflows.board.serving import Serving, serving
from workflows.models import AgendaItem, Ballot, Disqualification, Meeting, Recusal, Seat
from workflows.permissions import holds
from workflows.roles import HANDLE, SERVE

from .meeting_events import happened


class Floor:
    """A meeting, locked until the transaction ends, and the person who acts."""

    def __init__(self, meeting: Meeting, actor: Any) -> None:
        # The row is the lock: everything that happens at a meeting happens in some order.
        self.meeting = (
            Meeting.objects.select_for_update(of=("self",), no_key=True)
            .select_related("board__collection")
            .get(pk=meeting.pk)
        )
        self.actor = actor
        self.now: datetime = timezone.now()

    # -- writing ----------------------------------------------------------------------------------------
    def record(
        self,
        type: str,  # noqa: A002 (the event's own word)
        transition: Mapping[str, Any] | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> Event:
        """Write what happened in the meeting's stream, and count it: whoever has the page open sees it anew."""
        self.meeting.version += 1
        self.meeting.save()
        counted = {**(transition or {}), "version": self.meeting.version}
        return happened(self.meeting, type, self.actor, counted, detail)

    # -- reading ----------------------------------------------------------------------------------------
    def serving(self, item: AgendaItem | None = None) -> Serving:
        """Who serves now, in the item or in the meeting."""
        if item is not None:
            item.meeting = self.meeting
        return serving(item or self.meeting, at=self.now)

    @property
    def is_office(self) -> bool:
        """Is it somebody at the office, who keeps the minutes?"""
        return holds(self.actor, HANDLE, self.meeting.board.collection)

    def item(self, item: AgendaItem) -> AgendaItem:
        """The item as it is now."""
        fresh = AgendaItem.objects.select_related("matter").get(pk=item.pk, meeting=self.meeting)
        fresh.meeting = self.meeting
        return fresh

    def seat(self, seat: Seat) -> Seat:
        """The seat as it is now, if it is this board's."""
        found = Seat.objects.select_related("member").filter(pk=seat.pk, member__board=self.meeting.board_id).first()
        if found is None:
            raise NotAllowed(_("This seat belongs to another board."))
        return found

    # -- refusing ---------------------------------------------------------------------------------------
    def expect_open(self) -> None:
        """Raise Closed unless the meeting is in session."""
        if self.meeting.state != Meeting.State.OPEN:
            raise Closed(_("The meeting is not in session, so nothing was changed."))

    def expect_lead(self, item: AgendaItem | None = None) -> Serving:
        """Who serves; raises NotAllowed unless the office acts, or who leads the meeting (in this item)."""
        now = self.serving(item)
        if self.is_office:
            if item is not None and item.matter_id and self._recused(item):
                raise NotAllowed(_("You have declared a conflict of interest in this matter."))
            return now
        if now.chair is None or now.chair.user_id != self.actor.pk or not self._may_serve():
            raise NotAllowed(_("Only the secretary and who leads the meeting can do this."))
        return now

    def expect_self_or_lead(self, seat: Seat, item: AgendaItem | None = None) -> bool:
        """Raise NotAllowed unless it is the person's own seat, or the office takes it down; tells which (own: True)."""
        if seat.user_id is not None and seat.user_id == self.actor.pk and self._may_serve():
            return True
        if self.is_office:
            return False
        raise NotAllowed(_("Only %(name)s, or the secretary on their word, can do this.") % {"name": seat.name})

    def expect_at(self, item: AgendaItem) -> None:
        """Raise Conflict unless the item is being dealt with."""
        self.expect_open()
        if item.state == AgendaItem.State.DONE:
            raise Conflict(_("The item has been dealt with already, and is fixed."))
        if item.state != AgendaItem.State.OPEN:
            raise Conflict(_("The item is not being dealt with now. Open it first."))

    def expect_no_ballot(self) -> None:
        """Raise Conflict while a vote goes on: who may take part in it is settled."""
        if Ballot.objects.filter(item__meeting=self.meeting, closed_at=None).exists():
            raise Conflict(_("A vote is going on. Close it first, then do this again."))

    def expect_quorum(self, now: Serving) -> None:
        """Raise NotLawful unless more than half of the places are filled (KL 6:27)."""
        if not now.quorum:
            raise NotLawful(
                _("The board cannot decide: %(present)d of %(places)d serve, and %(needed)d are needed.")
                % {"present": len(now.serving), "places": len(now.places), "needed": now.needed},
                rule="KL 6:27",
            )

    def expect_chair(self, now: Serving) -> Seat:
        """Who leads the meeting; raises NotLawful when nobody does."""
        if now.chair is None:
            raise NotLawful(
                _("Neither the chair nor a vice chair serves. The meeting must first elect somebody to lead it."),
                rule="Finsam 17 §",
            )
        return now.chair

    def expect_serves(self, now: Serving, seat: Seat) -> None:
        """Raise NotLawful, with the reason, unless the seat takes part in decisions now."""
        if not now.serves(seat):
            rule = "KL 6:28–32" if seat.pk in now.out else "KL 4:24"
            raise NotLawful(
                _("%(name)s does not serve now, and so takes no part in the decision.") % {"name": seat.name}, rule=rule
            )

    def expect_no_open_question(self, item: AgendaItem, now: Serving) -> None:
        """Raise NotLawful while a conflict of interest is asked about somebody who would take part."""
        asked = (Disqualification.State.PROPOSED, Disqualification.State.CONTESTED)
        row = item.disqualifications.filter(state__in=asked, seat__in=now.ids).select_related("seat").first()
        if row is not None:
            raise NotLawful(
                _("It must first be settled whether %(name)s has a conflict of interest in the item.")
                % {"name": row.seat.name},
                rule="KL 6:28–32",
            )

    def _may_serve(self) -> bool:
        return holds(self.actor, SERVE, self.meeting.board.collection)

    def _recused(self, item: AgendaItem) -> bool:
        return Recusal.objects.filter(matter=item.matter_id, user=self.actor, lifted_at=None).exists()
