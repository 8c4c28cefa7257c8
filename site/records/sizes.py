"""How much one request from outside the admin may carry."""

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest

MOST_FIELDS = 1000
"""What a form outside the admin may send; the editors of definitions send ten times as much."""


def refuse_many_fields(request: HttpRequest) -> None:
    """Raise TooManyFieldsSent when more has been sent than any form outside the admin asks; reads the request."""
    if request.method == "POST" and sum(map(len, dict(request.POST).values())) > MOST_FIELDS:
        raise TooManyFieldsSent
