"""What every template of the public look may use."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from pages.frame import frame


def site(request: HttpRequest) -> dict[str, Any]:
    """``frame``: associations, menus and office facts; read from the cache, and only when a template asks."""
    return {"frame": SimpleLazyObject(frame)}
