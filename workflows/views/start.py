"""The start page: what waits for the person who signed in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from records.privacy import private
from workflows.queries import start_page


@private
@require_safe
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """What waits, my matters, my drafts, what I did last."""
    start = start_page(request.user)
    context = {
        "start": start,
        "collection": start.collection,
        "may_enter_admin": request.user.has_perm("wagtailadmin.access_admin"),
    }
    return render(request, "workflows/start.html", context)
