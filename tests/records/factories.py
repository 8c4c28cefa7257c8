"""Associations, people and small pieces of work for the tests of this room."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from wagtail.models import Collection

from records.events import NewEffect, NewEvent, NewMail, record
from records.models import Event


def association(name: str = "Höglandet") -> Collection:
    """A collection below Wagtail's root."""
    return Collection.objects.get(depth=1).add_child(name=name)


def person(email: str = "ada@hoglandet.example", **fields: Any) -> Any:
    """Somebody with a login."""
    return get_user_model().objects.create_user(email, **fields)


def happens(
    collection: Collection | None = None,
    *,
    stream: str = "matter:1",
    type_: str = "matter.started",
    mails: tuple[NewMail, ...] = (),
    effects: tuple[NewEffect, ...] = (),
    **values: Any,
) -> Event:
    """Record one event in a transaction of its own."""
    with transaction.atomic():
        return record(
            NewEvent(collection=collection, stream=stream, type=type_, **values), mails=mails, effects=effects
        )


def at_once(people: int, act: Callable[[int], Any]) -> list[Any]:
    """Let so many people act at the same time, each with a connection of their own; returns what each got."""

    def one(number: int) -> Any:
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(one, range(people)))
