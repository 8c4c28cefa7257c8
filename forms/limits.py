"""How often one visitor may do what costs something; an installation changes the numbers by `FORMS_LIMITS`."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest

from records.rates import Try, client_address, take_all

# name → (times, seconds)
LIMITS = {
    "begin": (60, 600),  # drafts begun from one address
    "submit": (10, 60),  # forms sent from one address
    "piece": (3000, 600),  # pieces of files from one address
    "upload": (120, 600),  # files from one address
    "link": (20, 3600),  # links asked for from one address
    "link_to": (3, 3600),  # links to one mail address
    "receipt_to": (3, 3600),  # receipts to one mail address that nobody has proved to be theirs
    "check": (600, 600),  # answers asked about while a page is filled in, from one address
    "code": (20, 600),  # late-entry codes tried from one address
    "resume": (30, 600),  # links tried from one address
}


def within(name: str, who: str) -> bool:
    """Count one try; is it still within the limit?"""
    return all_within({name: who})[name]


def all_within(tries: Mapping[str, str]) -> dict[str, bool]:
    """Count one try of each sort at once (sort → who); which of them are still within their limits?"""
    limits = {**LIMITS, **getattr(settings, "FORMS_LIMITS", {})}
    counted = take_all([Try(f"forms.{name}", who, *limits[name]) for name, who in tries.items()])
    return {name: counted[f"forms.{name}"] for name in tries}


def request_within(name: str, request: HttpRequest) -> bool:
    """Count one try for the address the request came from."""
    return within(name, client_address(request))


def wait_seconds(name: str) -> int:
    """How long a refused visitor should wait, at the most."""
    return {**LIMITS, **getattr(settings, "FORMS_LIMITS", {})}[name][1]
