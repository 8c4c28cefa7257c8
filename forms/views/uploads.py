"""Serves one uploaded file to those who may see it, and never so that a browser opens it."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from forms import sessions
from forms.models import Upload
from forms.permissions import may_see_submission
from records.privacy import private


@private
@require_safe
def serve(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The file as a download; for anybody else it does not exist."""
    upload = Upload.objects.select_related("submission", "submission__collection").filter(key=key).first()
    if upload is None:
        raise Http404
    submission = upload.submission
    if not (sessions.reaches(request, submission.key) or may_see_submission(request.user, submission)):
        raise Http404
    try:
        file = upload.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, as_attachment=True, filename=upload.name, content_type=upload.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
