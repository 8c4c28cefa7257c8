"""The meeting's page before it is held: the agenda, its papers, the call and the board pack."""

import uuid
from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from records.privacy import private
from workflows.board.standing import BoardStanding, standing_in
from workflows.models import Meeting

View = Callable[..., HttpResponse]


def of_meeting(view: View) -> View:
    """Give the view the person's standing in the meeting at the address; a meeting one may not see is not there."""

    @private
    @login_required
    @wraps(view)
    def found(request: HttpRequest, key: uuid.UUID, **kwargs: object) -> HttpResponse:
        meeting = Meeting.objects.filter(key=key).select_related("board__collection", "secretary").first()
        seen = standing_in(request.user, meeting) if meeting else None
        if seen is None or not seen.may_see:
            raise Http404
        return view(request, seen, **kwargs)

    return found


@require_safe
@of_meeting
def meeting(request: HttpRequest, seen: BoardStanding) -> HttpResponse:
    """The agenda with its papers."""
    context = {"meeting": seen.meeting, "seen": seen, "collection": seen.board.collection, "tab": "agenda"}
    return render(request, "workflows/board/meeting.html", context)
