"""Stops a file that is too large while it arrives, and lets the rest of the page through."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from forms.fields.files import MEGABYTE, SIZE_LIMIT

LARGEST_FILE = SIZE_LIMIT * MEGABYTE
LARGEST_REQUEST = 120 * MEGABYTE


class SizeLimit(FileUploadHandler):
    """Drops a file above the limit; what was dropped is found in `refused`, by the name of the input."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.refused: dict[str, list[str]] = {}

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > LARGEST_FILE:
            self.refused.setdefault(str(self.field_name), []).append(str(self.file_name))
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        return None


def limit_uploads(request: HttpRequest) -> None:
    """Put the limit before Django's own handlers; must come before anything reads the request."""
    if request.method == "POST":
        request.upload_handlers.insert(0, SizeLimit(request))  # type: ignore[attr-defined]


def refused_files(request: HttpRequest) -> dict[str, list[str]]:
    """The names of the files that were dropped, by the name of the input."""
    for handler in request.upload_handlers:  # type: ignore[attr-defined]
        if isinstance(handler, SizeLimit):
            return handler.refused
    return {}


def is_too_large(request: HttpRequest) -> bool:
    """Is the whole request larger than any form could take?"""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_REQUEST
    except ValueError:
        return False
