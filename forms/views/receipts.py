"""What one meets after sending: the receipt, and a copy to read or print."""

from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from forms import pdf, receipts, sessions
from forms.models import Submission
from forms.permissions import is_contact
from forms.queries import runtime_of
from forms.queries import summary as summary_of
from records.association import facts as association_facts
from records.models import Message
from records.privacy import private


def _find(request: HttpRequest, key: UUID) -> Submission | None:
    """What was sent from this browser or by this person; None when they must sign in first. Raises Http404."""
    submission = (
        Submission.objects.select_related("form", "version", "collection")
        .defer("form__questions", "version__compiled")
        .exclude(state=Submission.State.DRAFT)
        .filter(key=key)
        .first()
    )
    if submission is not None and (sessions.reaches(request, key) or is_contact(request.user, submission)):
        return submission
    if request.user.is_authenticated:
        raise Http404
    return None


@private
@require_safe
def receipt(request: HttpRequest, key: UUID) -> HttpResponse:
    """The reference, what happens next and whom to ask."""
    submission = _find(request, key)
    if submission is None:
        return redirect_to_login(request.get_full_path())
    with override(submission.language):
        runtime = runtime_of(submission)
        context = {
            "collection": submission.collection,
            "submission": submission,
            "title": runtime.title,
            "texts": runtime.texts,
            "facts": receipts.facts(submission),
            "association": association_facts(submission.collection),
            "is_mailed": Message.objects.filter(key=f"forms.receipt:{submission.key}").exists(),
        }
        return render(request, "forms/receipt.html", context)


@private
@require_safe
def copy(request: HttpRequest, key: UUID) -> HttpResponse:
    """Everything that was sent, to read or print."""
    submission = _find(request, key)
    if submission is None:
        return redirect_to_login(request.get_full_path())
    with override(submission.language):
        context = {
            "collection": submission.collection,
            "submission": submission,
            "title": runtime_of(submission).title,
            "sections": summary_of(submission, as_sent=True),
            "facts": receipts.facts(submission),
        }
        return render(request, "forms/sent.html", context)


@private
@require_safe
def copy_pdf(request: HttpRequest, key: UUID) -> HttpResponse:
    """Everything that was sent, as a tagged PDF to keep."""
    submission = _find(request, key)
    if submission is None:
        return redirect_to_login(request.get_full_path())
    with override(submission.language):
        name = _("Copy %(reference)s.pdf") % {"reference": submission.reference}
    return pdf_response(pdf.of_submission(submission), name)


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """A PDF as a download."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
