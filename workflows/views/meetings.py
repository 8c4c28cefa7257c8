"""The board's calendar: coming and past meetings."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from records.privacy import private
from workflows.board.standing import boards
from workflows.models import Meeting


@private
@require_safe
@login_required
def meetings(request: HttpRequest) -> HttpResponse:
    """Coming and past meetings of the person's boards."""
    mine = list(boards(request.user).select_related("collection"))
    if not mine:
        raise Http404
    rows = Meeting.objects.filter(board__in=mine).select_related("board__collection")[:50]
    return render(request, "workflows/board/meetings.html", {"meetings": rows, "collection": mine[0].collection})
