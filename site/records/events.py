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
from records.prepared import Prepared

__all__ = ["NewEffect", "NewEvent", "NewMail", "chain_digest", "record"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """Something that has just happened.

    ``transition`` is small and free of personal text, for it is kept for ever; ``detail`` may be purged.
    """

    collection: Collection | None
    stream: str
    type: str
    actor: Any = None
    transition: Mapping[str, Any] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)


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
    stream = _locked(event.stream)
    detail = canonical.plain(event.detail)
    salt = secrets.token_hex(16) if detail else ""
    stored = Event(
        stream=event.stream,
        sequence=stream.length + 1,
        type=event.type,
        collection=event.collection,
        transition=canonical.plain(event.transition),
        at=timezone.now(),
        actor_key=str(getattr(event.actor, "key", "") or ""),
        detail_digest=canonical.digest(detail, salt) if detail else "",
        previous=stream.head,
    )
    stored.digest = chain_digest(stored)
    stored.save(force_insert=True)
    if detail:
        EventDetail.objects.create(event=stored, salt=salt, payload=detail)
    EventStream.objects.filter(pk=stream.pk).update(length=stored.sequence, head=stored.digest)
    return stored


def _locked(name: str) -> EventStream:
    """The head of the stream, locked until the transaction ends; made when this is its first event."""
    found = cast("EventStream | None", _head.first(name))
    if found is None:
        EventStream.objects.bulk_create([EventStream(name=name)], ignore_conflicts=True)
        found = cast("EventStream", _head.first(name))
    return found


_head = Prepared(lambda name: EventStream.objects.select_for_update(no_key=True).filter(name=name), "a name")


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
