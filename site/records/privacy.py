"""Which answers may never lie in a cache: marks on views that show something to one person only."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpResponseBase

View = TypeVar("View", bound=Callable[..., Any])


def private(view: View) -> View:
    """Mark a view whose every answer is for this visitor alone, signed in or not (a form page, a receipt, a draft)."""

    @wraps(view)
    def marked(*args: Any, **kwargs: Any) -> Any:
        response = view(*args, **kwargs)
        if isinstance(response, HttpResponseBase):
            keep_private(response)
        return response

    marked.private = True  # type: ignore[attr-defined]
    return marked  # type: ignore[return-value]


def keep_private(response: HttpResponseBase) -> None:
    """Mark one answer as private; the middleware writes the headers."""
    response.is_private = True  # type: ignore[attr-defined]
