"""Two gentle traps for machines: a question that people do not see, and a page filled in faster than people can."""

import time

from django.conf import settings
from django.core import signing
from django.http import QueryDict

HONEYPOT = "website"
STARTED = "form-started"
SHORTEST = 2  # seconds; an installation changes it by FORMS_SHORTEST_SECONDS

_signer = signing.Signer(salt="forms.started")


def new_stamp() -> str:
    """A signed mark of when a page was opened."""
    return _signer.sign(str(int(time.time())))


def is_stamp(stamp: str) -> bool:
    """Is this a mark of ours?"""
    return _opened(stamp) is not None


def _opened(stamp: str) -> int | None:
    try:
        return int(_signer.unsign(stamp))
    except (signing.BadSignature, ValueError):
        return None


def springs(data: QueryDict) -> bool:
    """Does this look like a machine? A person who is caught presses once more, and has then been slow enough."""
    if data.get(HONEYPOT):
        return True
    opened = _opened(data.get(STARTED, ""))
    shortest = getattr(settings, "FORMS_SHORTEST_SECONDS", SHORTEST)
    # A page from the future was opened before the clock was set back.
    return opened is None or 0 <= time.time() - opened < shortest
