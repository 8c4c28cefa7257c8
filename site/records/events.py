"""Rule 4 of the house: one function writes what happened, the mail it causes and the work it leads to."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.utils import timezone
from wagtail.models import Collection

from records import canonical, mail, transactions
from records import effects as ledger
from records.effects import NewEffect
from records.mail import NewMail
from records.models import Event, EventDetail, EventStream
from records.prepared import Prepared, PreparedInsert, PreparedUpdate

__all__ = ["NewEffect", "NewEvent", "NewMail", "chain_digest", "record"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """Something that has just happened.

    ``transition`` is small and free of personal text, for it is kept for ever; ``detail`` may be purged. ``begins``:
    it is most likely the first of its stream, which then is not looked for.
    """

    collection: Collection | None
    stream: str
    type: str
    actor: Any = None
    transition: Mapping[str, Any] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)
    begins: bool = False


def record(event: NewEvent, mails: Iterable[NewMail] = (), effects: Iterable[NewEffect] = ()) -> Event:
    """Append the event to its stream, queue its mail and its work; all of it in the caller's transaction.

    The stream is locked until that transaction ends. A mail or effect whose key is known already is queued
    no second time. Raises RuntimeError outside ``transaction.atomic``.
    """
    transactions.demand("record()")
    stored = _append(event)
    mail.queue(mails, cause=event.stream)
    ledger.queue(effects, cause=event.stream)
    return stored


def _append(event: NewEvent) -> Event:
    detail = canonical.plain(event.detail)
    salt = secrets.token_hex(16) if detail else ""
    stored = None
    if event.begins or (head := _locked(event.stream)) is None:
        stored = _built(event, detail, salt, 0, "")
        if not _streams.one(EventStream(name=event.stream, length=1, head=stored.digest)):
            stored, head = None, _locked(event.stream)  # it was there already, or somebody was quicker
    if stored is None:
        if head is None:
            raise RuntimeError(f"The stream {event.stream!r} has lost its head.")
        stored = _built(event, detail, salt, head.length, head.head)
        _head_moves.rows(stored.sequence, stored.digest, head.pk)
    _events.one(stored)
    if detail:
        _details.one(EventDetail(event=stored, salt=salt, payload=detail))
    return stored


def _built(event: NewEvent, detail: Any, salt: str, length: int, head: str) -> Event:
    """The event as it follows upon ``head``; not stored."""
    stored = Event(
        stream=event.stream,
        sequence=length + 1,
        type=event.type,
        collection=event.collection,
        transition=canonical.plain(event.transition),
        at=timezone.now(),
        actor_key=str(getattr(event.actor, "key", "") or ""),
        detail_digest=canonical.digest(detail, salt) if detail else "",
        previous=head,
    )
    stored.digest = chain_digest(stored)
    return stored


def _locked(name: str) -> EventStream | None:
    """The head of the stream, locked until the transaction ends; None when nothing has happened in it."""
    return cast("EventStream | None", _head.first(name))


_head = Prepared(lambda name: EventStream.objects.select_for_update(no_key=True).filter(name=name), "a name")
_head_moves = PreparedUpdate(EventStream, ["length", "head"], ["id"])
_streams = PreparedInsert(EventStream, known="name")
_events = PreparedInsert(Event)
_details = PreparedInsert(EventDetail)


def chain_digest(event: Event) -> str:
    """The digest an event must carry: over all it says and the digest of the event before it."""
    return canonical.digest(
        {
            "stream": event.stream,
            "sequence": event.sequence,
            "type": event.type,
            "collection": event.collection_id,
            "transition": event.transition,
            "at": canonical.moment(event.at),
            "actor": event.actor_key,
            "detail": event.detail_digest,
            "previous": event.previous,
        }
    )
