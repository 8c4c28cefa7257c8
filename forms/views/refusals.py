"""What a visitor meets when a form cannot be filled in, or not just now."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from forms.limits import wait_seconds
from forms.models import FormVersion, Submission, TakenPlace
from forms.opening import Opening, first_moment, last_moment, opening
from forms.places import SENTENCES
from forms.upload_handler import LARGEST_REQUEST
from records.association import facts


def closed(
    request: HttpRequest,
    version: FormVersion,
    draft: Submission | None = None,
    reason: Any = "",
    wrong: Any = "",
    typed: Sequence[Mapping[str, str]] = (),
) -> HttpResponse:
    """410 with the form's own text, whom to ask, and a way in for those who have a code.

    `reason`: what an action said. `wrong`: what is wrong with a code that was just entered. `typed`: what came too
    late, question by question.
    """
    state = opening(version.form)
    full = state == Opening.OPEN
    context = {
        "is_full": full,
        "reason": reason or (SENTENCES[TakenPlace.Limit.ALL] if full else ""),
        "opens": first_moment(version.form.opens_at) if version.form.opens_at else "",
        "closed_at": last_moment(version.form.closes_at) if version.form.closes_at else "",
        "takes_codes": state == Opening.OVER and version.form.live,
        "wrong": wrong,
        "typed": typed,
        "collection": version.form.collection,
        "form": version.form,
        "is_early": state == Opening.NOT_YET,
        "draft": draft,
        "kept_until": draft.updated_at + timedelta(days=draft.form.keep_drafts_days) if draft else None,
        "association": facts(version.form.collection),
    }
    return render(request, "forms/closed.html", context, status=410)


def already_sent(request: HttpRequest, submission: Submission, *, is_own: bool) -> HttpResponse:
    """409: this page belongs to something that has been sent; what was sent is untouched."""
    context = {"collection": submission.collection, "submission": submission, "is_own": is_own}
    return render(request, "forms/already_sent.html", context, status=409)


def too_large(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """413: the request as a whole is larger than anything the form could take."""
    context = {
        "collection": version.form.collection,
        "form": version.form,
        "files": LARGEST_REQUEST,
        "text": settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    }
    return render(request, "forms/too_large.html", context, status=413)


def wait(response: HttpResponse, limit: str) -> HttpResponse:
    """Make the page a 429 that tells machines how long to wait; people read it on the page."""
    response.status_code = 429
    response["Retry-After"] = str(wait_seconds(limit))
    return response


def too_many(request: HttpRequest, limit: str, context: dict[str, Any]) -> HttpResponse:
    """429 where there is no text of the visitor's to keep."""
    return wait(render(request, "forms/too_many.html", context), limit)
