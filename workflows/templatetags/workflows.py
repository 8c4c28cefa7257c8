"""How matters are shown: amounts, tones of states, and looking things up by key."""

from collections.abc import Mapping
from typing import Any

from django.template import Library

from workflows import letters
from workflows.models import Matter, Meeting

register = Library()

MEETING_TONES = {"planned": "waiting", "called": "ongoing", "open": "ongoing", "closed": "done", "cancelled": "stopped"}
MESSAGE_TONES = {"queued": "waiting", "sent": "done", "failed": "stopped"}


@register.filter
def kronor(amount: Any) -> str:
    """An amount as people write it."""
    return letters.kronor(amount)


@register.filter
def get(found: Mapping[Any, Any], key: Any) -> Any:
    """The value at a key, or nothing."""
    return found.get(key)


@register.filter
def state_tone(matter: Matter) -> str:
    """The class of the chip that tells a matter's state."""
    if matter.state == Matter.State.WITHDRAWN:
        return "stopped"
    if matter.state == Matter.State.CLOSED:
        return "done"
    return "ongoing"


@register.filter
def meeting_tone(meeting: Meeting) -> str:
    """The class of the chip that tells a meeting's state."""
    return MEETING_TONES.get(meeting.state, "")


@register.filter
def message_tone(message: Any) -> str:
    """The class of the chip that tells how far a mail has come."""
    return MESSAGE_TONES.get(message.state, "")


@register.filter
def anchor(field: Any) -> str:
    """Where a link to a field leads: its first input."""
    return field.id_for_label or field.auto_id
