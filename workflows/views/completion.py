"""The page where the applicant completes just the questions the office has marked."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from forms.actions import complete as complete_submission
from forms.actions import keep_file
from forms.filetypes import Refused, shown_name
from forms.limits import request_within
from forms.queries import effective_answers, file_keys, runtime_of
from forms.runtime import PageForm
from forms.upload_handler import is_too_large, limit_uploads
from forms.views import refusals
from forms.views.journey import TOO_MANY_FILES, about_dropped
from records.errors import Conflict, SamsynError
from workflows.models import CompletionRequest
from workflows.permissions import Standing, why_not

from .matter import of_matter

# Buttons inside a question: the page comes back with everything typed, and nothing is sent.
STAYING = ("add-row", "move-row", "remove-row", "remove", "upload")


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # checked below, when the size of the files can be limited while they arrive
def complete(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
    """The page, with files stopped while they arrive when they are too large."""
    limit_uploads(request)
    return _complete(request, **kwargs)


@csrf_protect
@of_matter
def _complete(request: HttpRequest, seen: Standing) -> HttpResponse:
    """The chosen questions with the comments; POST sends the answers, and the matter goes on."""
    matter = seen.matter
    task = next((row for row in matter.tasks.all() if row.what == "complete" and row.done_at is None), None)
    asked = matter.open_request()
    if task is None or asked is None:
        if request.method == "POST":
            messages.warning(request, _("The office no longer waits for this completion. Nothing was sent."))
        return redirect(matter.get_absolute_url())
    task.matter = matter
    if why_not(request.user, task, as_seen=seen):
        raise Http404
    if request.method == "POST":
        submission: Any = matter.submission
        if is_too_large(request):
            return refusals.too_large(request, submission.version)
        return _post(request, seen, asked)
    sheet = Sheet(seen, asked, uuid.uuid4(), _stored_keys(seen, asked))
    return sheet.response(request, sheet.form())


@dataclass
class Sheet:
    """The page: what is asked, the files that lie on it, and what came of posting it."""

    seen: Standing
    asked: CompletionRequest
    nonce: uuid.UUID
    keys: set[str]
    refused: dict[str, list[Any]] = field(default_factory=dict)
    refusal: Any = ""

    @property
    def submission(self) -> Any:
        """The application that is completed."""
        return self.seen.matter.submission

    def uploads(self) -> list[Any]:
        """The stored files on the page; what was sent before is only left out, never removed."""
        rows = self.submission.uploads.filter(field_id__in=self.asked.field_ids)
        return [row for row in rows if str(row.key) in self.keys]

    def form(self, data: Any = None, *, quiet: bool = False) -> PageForm:
        """The chosen questions, with stored answers or with what was posted; `quiet` says nothing of what is wrong."""
        return runtime_of(self.submission).questions_form(
            self.asked.field_ids,
            effective_answers(self.submission),
            data,
            uploads=self.uploads(),
            refused=self.refused,
            # Every chosen question is in sight, so none of them appears anew when another is answered.
            live=True,
            quiet=quiet,
        )

    def response(self, request: HttpRequest, form: PageForm, *, problems: bool = False) -> HttpResponse:
        """Draw the page."""
        comments = {row["id"]: row["comment"] for row in self.asked.fields}
        context = {
            "matter": self.seen.matter,
            "collection": self.seen.matter.collection,
            "asked": self.asked,
            "form": form,
            "rows": [(row, comments.get(row.question.id, "")) for row in form.asked],
            "nonce": self.nonce,
            "keys": sorted(self.keys),
            "refusal": self.refusal,
            "problems": form.problems if problems else [],
        }
        return render(request, "workflows/complete.html", context, status=422 if problems else 200)


def _stored_keys(seen: Standing, asked: CompletionRequest) -> set[str]:
    """The files that the answers consist of now."""
    submission: Any = seen.matter.submission
    answers = effective_answers(submission)
    chosen = {field_id: answers[field_id] for field_id in asked.field_ids if field_id in answers}
    return set(file_keys(runtime_of(submission), chosen))


def _post(request: HttpRequest, seen: Standing, asked: CompletionRequest) -> HttpResponse:
    try:
        nonce = uuid.UUID(request.POST.get("nonce", ""))
    except ValueError:
        nonce = uuid.uuid4()
    sheet = Sheet(seen, asked, nonce, set(request.POST.getlist("file-key")) - {request.POST.get("remove", "")})
    _keep_files(request, sheet)
    going_on = any(name in request.POST for name in STAYING)
    form = sheet.form(request.POST, quiet=going_on)
    if going_on:
        return sheet.response(request, form)
    if not form.is_valid:
        return sheet.response(request, form, problems=True)
    try:
        complete_submission(
            submission=sheet.submission,
            fields=asked.field_ids,
            answers=form.given,
            nonce=nonce,
            person=request.user,
        )
    except Conflict as error:
        messages.warning(request, str(error.sentence))
        return redirect(seen.matter.get_absolute_url())
    except SamsynError as error:
        sheet.refusal = error.sentence
        return sheet.response(request, form, problems=True)
    messages.success(request, _("Thank you. Your completion has come in."))
    return redirect(seen.matter.get_absolute_url())


def _keep_files(request: HttpRequest, sheet: Sheet) -> None:
    """Store each posted file, so that it is there while other answers are corrected."""
    questions = runtime_of(sheet.submission).questions
    for field_id in sheet.asked.field_ids:
        question = questions.get(field_id)
        if question is None or not question.takes_files:
            continue
        if dropped := about_dropped(request, question):
            sheet.refused[field_id] = dropped
        for file in request.FILES.getlist(question.html_name):
            try:
                if not request_within("upload", request):
                    raise Refused("too_often", TOO_MANY_FILES)
                sheet.keys.add(str(keep_file(submission=sheet.submission, question=question, file=file).key))
            except Refused as error:
                sentence = _("%(file)s: %(problem)s") % {"file": shown_name(file.name or ""), "problem": error.sentence}
                sheet.refused.setdefault(field_id, []).append(sentence)
