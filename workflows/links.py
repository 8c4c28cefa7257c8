"""What higher rooms show on a matter page: addresses of what they made of the matter."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from workflows.models import Matter


@dataclass(frozen=True, slots=True)
class Link:
    """Something made of the matter, and where it is."""

    label: str | Promise
    address: str


Provider = Callable[[Matter], list[Link]]

providers: list[Provider] = []


def links(matter: Matter) -> list[Link]:
    """Every link that somebody provides, in the order the providers were added."""
    return [link for provider in providers for link in provider(matter)]
