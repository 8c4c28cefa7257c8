"""What an association's first page shows from other page types; a room that has such pages adds a finder here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import Q
from django.utils.functional import Promise


@dataclass(frozen=True)
class Highlight:
    """A part of an association's first page."""

    template: str
    title: str | Promise
    pages: list[Any] = field(default_factory=list)
    more_url: str = ""
    more: str | Promise = ""
    place: Literal["band", "door"] = "band"


highlights: list[Callable[[Any, Q], Highlight | None]] = []
"""Each is given the association page and what makes a page public, and answers with what to show, or None."""
