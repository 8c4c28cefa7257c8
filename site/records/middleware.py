"""What every answer passes: private ones are kept out of caches, Wagtail's own views out of foreign hands."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

from records.admin import gate
from records.sizes import refuse_too_much

PRIVATE = "no-store, private"


class ReadableText:
    """Reads as UTF-8 what says it is in an encoding that is none of text ("hex"), on which everything else breaks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.encoding:
            try:
                b"text".decode(request.encoding)
            except (LookupError, ValueError):
                request.encoding = None  # type: ignore[assignment]
        return self.get_response(request)


class PrivateResponses:
    """Keeps answers to signed-in people, and views marked ``private``, out of every cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        view = getattr(getattr(request, "resolver_match", None), "func", None)
        marked = getattr(response, "is_private", False) or getattr(view, "private", False)
        if marked or self._signed_in(request) or gate.in_the_admin(request):
            response["Cache-Control"] = PRIVATE
            patch_vary_headers(response, ["Cookie"])
        return response

    @staticmethod
    def _signed_in(request: HttpRequest) -> bool:
        """Whether a session was asked who it belongs to, or has anybody: never opens a session that lies unused."""
        session = getattr(request, "session", None)
        if session is None:
            return False
        if hasattr(request, "_cached_user"):
            return bool(request._cached_user.is_authenticated)
        return bool(session.session_key and request.user.is_authenticated)


class AdminGate:
    """Lets a request into the Wagtail admin only where the gate knows that it is kept within the association.

    Outside the admin it keeps the size of what is sent to what our own forms can send.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # A preview that shows a page as it is without scripts is stricter than the admin around it.
        if gate.in_the_admin(request) and not hasattr(response, "_csp_replace"):
            response._csp_replace = gate.CSP  # type: ignore[attr-defined]
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> HttpResponseBase | None:
        if gate.in_the_admin(request):
            return gate.answer(request, args, kwargs)
        # A view that prepares for what arrives reads it first, and asks for this (as for the CSRF token) by itself.
        if not getattr(view, "csrf_exempt", False):
            refuse_too_much(request)
        return None
