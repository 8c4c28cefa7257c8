"""Form pages as a visitor without a draft meets them: drawn once per version, page and language, then kept.

What differs between two such visitors (CSRF token, script nonce, the form's own nonce and clock) is left open in the
kept text and filled in for each request. Nothing of anybody's answers is ever kept.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.translation import get_language

from forms.models import FormVersion
from forms.traps import new_stamp

CSRF, NONCE, STARTED, SCRIPT = "\ue000csrf\ue001", "\ue000nonce\ue001", "\ue000started\ue001", "\ue000script\ue001"
SECONDS = 60  # the frame around a form (menus, contact details) may be this old
MOST = 500

_kept: dict[tuple[Any, ...], "_Kept"] = {}
_lock = Lock()


@dataclass(frozen=True, slots=True)
class _Kept:
    text: str
    until: float


def may_serve(request: HttpRequest) -> bool:
    """Is this visitor like any other: not signed in, and with no message waiting?"""
    if request.GET or request.COOKIES.get("messages"):
        return False
    if not request.session.session_key:
        return True
    return not request.user.is_authenticated and "_messages" not in request.session


def serve(request: HttpRequest, version: FormVersion, page: int, draw: Callable[[dict[str, str]], str]) -> HttpResponse:
    """The page for this visitor; `draw` is called with the open places when it is not kept."""
    key = (version.pk, version.form_id, version.number, version.created_at, page, get_language())
    now = time.monotonic()
    kept = _kept.get(key)
    if kept is None or kept.until < now:
        text = draw({"csrf_token": CSRF, "CSP_NONCE": SCRIPT, "nonce": NONCE, "started": STARTED})
        kept = _Kept(text.replace(str(getattr(request, "csp_nonce", SCRIPT)), SCRIPT), now + SECONDS)
        with _lock:
            while len(_kept) >= MOST:
                _kept.pop(next(iter(_kept)))
            _kept[key] = kept
    text = kept.text.replace(CSRF, get_token(request)).replace(NONCE, str(uuid.uuid4())).replace(STARTED, new_stamp())
    if SCRIPT in text:
        text = text.replace(SCRIPT, str(getattr(request, "csp_nonce", "")))
    return HttpResponse(text)


def forget() -> None:
    """Draw every page anew."""
    _kept.clear()
