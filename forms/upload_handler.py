"""Stops files that are too large or too many while they arrive, and lets the rest of the page through."""

from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from forms.fields.files import MEGABYTE, SIZE_LIMIT

LARGEST_FILE = SIZE_LIMIT * MEGABYTE
LARGEST_REQUEST = 120 * MEGABYTE
MOST_FILES = 100  # that are taken from one request


class SizeLimit(FileUploadHandler):
    """Drops a file above the limits; what was dropped is found by the name of the input.

    `refused`: the names of those too large. `left_out`: how many came after the last that is taken.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.refused: dict[str, list[str]] = {}
        self.left_out: dict[str, int] = {}
        self.count = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.count += 1

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        # Not before its first byte: only then have the other handlers let go of the file before it.
        if self.count > MOST_FILES:
            self.left_out[str(self.field_name)] = self.left_out.get(str(self.field_name), 0) + 1
            raise SkipFile
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


def _limit_of(request: HttpRequest) -> SizeLimit | None:
    handlers = request.upload_handlers  # type: ignore[attr-defined]
    return next((handler for handler in handlers if isinstance(handler, SizeLimit)), None)


def refused_files(request: HttpRequest) -> dict[str, list[str]]:
    """The names of the files that were too large, by the name of the input."""
    limit = _limit_of(request)
    return limit.refused if limit else {}


def left_out_files(request: HttpRequest) -> dict[str, int]:
    """How many files were left out because there were so many, by the name of the input."""
    limit = _limit_of(request)
    return limit.left_out if limit else {}


def is_too_large(request: HttpRequest) -> bool:
    """Is there more in the request than is read of any form? Reads it."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_REQUEST:
            return True
        request.POST  # noqa: B018 (reading it is what finds out)
    except (TooManyFieldsSent, TooManyFilesSent, RequestDataTooBig):
        return True
    except ValueError:  # a length that is no number
        return False
    return False
