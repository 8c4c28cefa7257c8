"""Pages that are not in the page tree: search, pictures, and what is said when something goes wrong."""

import mimetypes
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from pages.models import AssociationPage
from pages.search import LONGEST_QUERY
from pages.search import search as find

A_YEAR = 365 * 24 * 60 * 60


@require_safe
def search(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """Search at one association, or at all of them."""
    association = get_object_or_404(AssociationPage.objects.live().public(), slug=slug) if slug else None
    query = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:LONGEST_QUERY]
    context: dict[str, Any] = {"query": query, "association": association}
    if query:
        context["results"] = find(query, association, request.GET.get("page", 1))
    return render(request, "pages/search.html", context)


@require_safe
def picture(request: HttpRequest, name: str) -> FileResponse:
    """A picture as pages show it; its name changes when the picture does, so it may be kept for a year.

    Only the made sizes are served here: originals and documents are not.
    """
    kind, _encoding = mimetypes.guess_type(name)
    try:
        if kind is None or not kind.startswith("image/") or name.startswith("."):
            raise FileNotFoundError
        file = default_storage.open(f"images/{name}")
    except (FileNotFoundError, IsADirectoryError, SuspiciousFileOperation, ValueError) as wrong:
        raise Http404 from wrong
    response = FileResponse(file, content_type=kind)
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
