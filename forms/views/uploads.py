"""Files on their way in, piece by piece, and out: only to those who may see them, and never so that they open."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from forms import entry, sessions
from forms.actions import add_piece, begin_file, finish_file
from forms.actions.partial import PIECE
from forms.filetypes import Refused
from forms.limits import request_within
from forms.models import FormVersion, PartialUpload, Upload
from forms.permissions import may_see_submission
from forms.queries import runtime_of
from forms.views.journey import TOO_MANY_FILES, current_draft, of_form
from records.errors import Conflict
from records.privacy import download, private


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
    return download(upload.file, name=upload.name, content_type=upload.content_type)


@private
@require_POST
@of_form
def receive(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """A file in pieces, into a draft there is; the answer is how far it has come, that it is kept, or why not."""
    draft = current_draft(request, version.form_id)
    if draft is None or str(draft.nonce) != request.POST.get("form-nonce"):
        return JsonResponse({"unknown": True}, status=409)
    if not entry.may_fill(request, version.form, draft):
        return JsonResponse({"unknown": True}, status=410)
    try:
        if "piece" in request.FILES:
            return _piece(request, draft.pk)
        if not request_within("upload", request):
            raise Refused("too_often", TOO_MANY_FILES)
        question = next(
            (one for one in runtime_of(draft).questions.values() if one.html_name == request.POST.get("question")), None
        )
        size = request.POST.get("size", "")
        if question is None or not question.takes_files or not size.isdecimal() or len(size) > 12 or not int(size):
            return JsonResponse({"unknown": True}, status=409)
        partial = begin_file(submission=draft, question=question, name=request.POST.get("name", ""), size=int(size))
    except Refused as refused:
        return JsonResponse({"refused": str(refused.sentence)})
    except Conflict:
        return JsonResponse({"unknown": True}, status=409)
    return JsonResponse({"key": str(partial.key), "received": partial.received, "piece": PIECE})


def _piece(request: HttpRequest, draft_id: int) -> HttpResponse:
    if not request_within("piece", request):
        raise Refused("too_often", TOO_MANY_FILES)
    try:
        key, offset = UUID(request.POST.get("key", "")), int(request.POST.get("offset", "")[:12])
    except ValueError:
        return JsonResponse({"unknown": True}, status=409)
    partial = PartialUpload.objects.filter(key=key, submission=draft_id).first()
    if partial is None:
        return JsonResponse({"unknown": True}, status=409)
    partial = add_piece(partial=partial, offset=offset, piece=request.FILES.getlist("piece")[0].read(PIECE + 1))
    if partial.received < partial.size:
        return JsonResponse({"key": str(partial.key), "received": partial.received})
    question = runtime_of(partial.submission).questions.get(partial.field_id)
    if question is None:
        return JsonResponse({"unknown": True}, status=409)
    finish_file(partial=partial, question=question)
    return JsonResponse({"done": True})
