"""What is noted at a meeting of the board, as its minutes need it: who came, who served, what was decided."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from records.effects import run_due
from tests.workflows.board.people import Boardroom
from tests.workflows.factories import again
from workflows.actions import minutes as actions
from workflows.models import Adjuster, AgendaItem, Attendance, Decision, Meeting, Minutes, Service

SERVING = ("Bo", "Hans", "Cy", "Ivar", "Mia")


def held(room: Boardroom, *, days_ago: int = 0, **fields: Any) -> Meeting:
    """A meeting that has been opened and closed: five served, Bo in the chair, Mia is to adjust."""
    opened = timezone.now() - timedelta(days=days_ago, hours=2)
    fields = {
        "starts_at": opened,
        "opened_at": opened,
        "chair": room.seats["Bo"],
        "state": Meeting.State.CLOSED,
        **fields,
    }
    meeting = room.meeting(closed_at=opened + timedelta(hours=1), **fields)
    for name in SERVING:
        Attendance.objects.create(meeting=meeting, seat=room.seats[name], name=name, arrived_at=opened)
    Adjuster.objects.create(meeting=meeting, seat=room.seats["Mia"])
    return meeting


def decided(room: Boardroom, item: AgendaItem, *, paragraph: int = 1, **fields: Any) -> AgendaItem:
    """The item has become a § with a decision; about a matter the decision is written there too."""
    fields = {
        "state": AgendaItem.State.DONE,
        "paragraph": paragraph,
        "paragraph_year": 2026,
        "method": AgendaItem.Method.ACCLAMATION,
        "decided": "att anta verksamhetsplanen",
        **fields,
    }
    for name, value in fields.items():
        setattr(item, name, value)
    for name in SERVING:
        Service.objects.create(item=item, seat=room.seats[name], is_chair=name == "Bo")
    if item.matter is not None:
        item.outcome = item.outcome or Decision.Outcome.GRANTED
        item.decision = Decision.objects.create(
            matter=item.matter,
            author=room.olle,
            step=item.matter.step,
            visit=item.matter.visit,
            meeting_date=timezone.localdate(item.meeting.opened_at),
            paragraph=str(paragraph),
            outcome=item.outcome,
            amount=item.amount if item.outcome.startswith("granted") else None,
        )
    item.save()
    return item


def ready(room: Boardroom, meeting: Meeting) -> Minutes:
    """The minutes of the meeting, waiting for signatures."""
    minutes = actions.write_draft(meeting=meeting, actor=again(room.olle))
    return actions.make_ready(minutes=minutes, actor=again(room.olle))


def adjusted(room: Boardroom, minutes: Minutes, *, carried_out: bool = True) -> Minutes:
    """Bo and Mia sign, and what follows is done."""
    for name in ("Bo", "Mia"):
        actions.sign(minutes=minutes, digest=minutes.digest, actor=again(room.people[name]))
    if carried_out:
        run_due()
    minutes.refresh_from_db()
    return minutes
