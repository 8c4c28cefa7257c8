"""How much one request from outside the admin may carry; a page of a form may carry all that is read at all."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest

MOST_FIELDS = 1000
"""What a form outside the admin may send; the editors of definitions send many times as much."""
MOST_TEXT = 5 * 1024 * 1024
"""Characters it may send."""


def refuse_too_much(request: HttpRequest) -> None:
    """Raise TooManyFieldsSent or RequestDataTooBig for more than any such form asks; reads the request."""
    if request.method != "POST":
        return
    is_plain = request.content_type == "application/x-www-form-urlencoded"
    if is_plain and int(request.META.get("CONTENT_LENGTH") or 0) > MOST_TEXT:
        raise RequestDataTooBig
    sent = [value for values in dict(request.POST).values() for value in values]
    if len(sent) > MOST_FIELDS:
        raise TooManyFieldsSent
    if sum(map(len, sent)) > MOST_TEXT:
        raise RequestDataTooBig
