"""What an association is called and how it is reached, as the rooms below the pages need it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string
from wagtail.models import Collection

KEPT_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationFacts:
    """The association as letters and forms present it."""

    name: str
    short_name: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""
    slug: str = ""


_kept: dict[int, tuple[float, AssociationFacts]] = {}


def facts(collection: Collection) -> AssociationFacts:
    """What is known of the association of ``collection``.

    Asked of ``settings.ASSOCIATION_FACTS`` (dotted path to a callable that takes the collection and returns facts or
    None) and kept for a minute in this process; ``forget`` makes a change visible here at once.
    """
    kept = _kept.get(collection.pk)
    now = time.monotonic()
    if kept and kept[0] > now:
        return kept[1]
    found = _provider()(collection) or plain_facts(collection)
    _kept[collection.pk] = (now + KEPT_SECONDS, found)
    return found


def forget(collection: Collection | None = None) -> None:
    """Ask again next time, for one association or for all."""
    if collection is None:
        _kept.clear()
    else:
        _kept.pop(collection.pk, None)


def plain_facts(collection: Collection) -> AssociationFacts:
    """What the collection itself tells: its name."""
    return AssociationFacts(name=collection.name, short_name=collection.name)


def _provider() -> Callable[[Collection], AssociationFacts | None]:
    path = getattr(settings, "ASSOCIATION_FACTS", "")
    return import_string(path) if path else plain_facts
