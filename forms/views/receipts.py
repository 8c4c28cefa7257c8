"""What one meets after sending: the receipt, and a copy to read or print."""

from collections.abc import Callable
from functools import wraps
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


def of_sender(view: Callable[[HttpRequest, Submission], HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view what was sent from this browser or by this person, in its own language; others sign in first.

    For somebody signed in whose it is not there is no such address.
    """

    @wraps(view)
    def found(request: HttpRequest, key: UUID) -> HttpResponse:
        submission = (
            Submission.objects.select_related("form", "version", "collection")
            .defer("form__questions", "version__compiled")
            .exclude(state=Submission.State.DRAFT)
            .filter(key=key)
            .first()
        )
        if submission is not None and (sessions.reaches(request, key) or is_contact(request.user, submission)):
            with override(submission.language):
                return view(request, submission)
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.get_full_path())

    return private(require_safe(found))


@of_sender
def receipt(request: HttpRequest, submission: Submission) -> HttpResponse:
    """The reference, what happens next and whom to ask."""
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


@of_sender
def copy(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Everything that was sent, to read or print."""
    context = {
        "collection": submission.collection,
        "submission": submission,
        "title": runtime_of(submission).title,
        "sections": summary_of(submission, as_sent=True),
        "facts": receipts.facts(submission),
    }
    return render(request, "forms/sent.html", context)


@of_sender
def copy_pdf(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Everything that was sent, as a tagged PDF to keep."""
    name = _("Copy %(reference)s.pdf") % {"reference": submission.reference}
    return pdf_response(pdf.of_submission(submission), name)


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """A PDF as a download."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
