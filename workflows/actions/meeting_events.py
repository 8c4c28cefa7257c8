"""What happens around a meeting is written in its stream, by one function."""

from collections.abc import Iterable, Mapping
from typing import Any

from records.events import NewEffect, NewEvent, NewMail, record
from records.models import Event
from workflows.models import Meeting


def happened(
    meeting: Meeting,
    type_: str,
    actor: Any,
    transition: Mapping[str, Any],
    detail: Mapping[str, Any] | None = None,
    mails: Iterable[NewMail] = (),
    effects: Iterable[NewEffect] = (),
) -> Event:
    """Write in the meeting's stream what has happened, with the mail and the work it causes."""
    return record(
        NewEvent(
            collection=meeting.board.collection,
            stream=meeting.stream,
            type=f"meeting.{type_}",
            actor=actor,
            transition=transition,
            detail=detail or {},
        ),
        mails=mails,
        effects=effects,
    )
