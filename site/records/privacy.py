"""What is for one person only: answers that may never lie in a cache, and files that never open by themselves."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import FileResponse, Http404, HttpResponseBase

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


def download(stored: Any, *, name: str, content_type: str) -> HttpResponseBase:
    """A stored file (a file field) as a download that no browser opens or guesses at. Raises Http404 when gone."""
    try:
        file = stored.open("rb")
    except (FileNotFoundError, ValueError) as error:
        raise Http404 from error
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
