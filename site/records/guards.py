"""The rows of this room that the database keeps as they are."""

from records.models import Event, EventDetail, EventStream
from records.triggers import append_only, guarded, kept


def register() -> None:
    """Events stay; their details may be purged but not rewritten; a chain only grows, one event at a time."""
    append_only(Event)
    append_only(EventDetail, delete=False)
    kept(EventStream)
    guarded(
        EventStream,
        'NEW."length" <> OLD."length" + 1 OR NEW."name" <> OLD."name"',
        name="grows",
        sentence="records.EventStream only grows, one event at a time",
    )
