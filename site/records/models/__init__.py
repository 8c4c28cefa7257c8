"""What every room stands on: tenancy, roles, events, effects, messages."""

from records.models.effect import Effect
from records.models.event import Event, EventDetail, EventStream
from records.models.mailtext import MailText
from records.models.message import Message
from records.models.rate import RateCounter
from records.models.role import RoleGroup
from records.scope import CollectionScoped, Scoped, ScopedManager, ScopedQuerySet

__all__ = [
    "CollectionScoped",
    "Effect",
    "Event",
    "EventDetail",
    "EventStream",
    "MailText",
    "Message",
    "RateCounter",
    "RoleGroup",
    "Scoped",
    "ScopedManager",
    "ScopedQuerySet",
]
