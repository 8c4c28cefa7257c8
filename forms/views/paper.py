"""All questions of a form at once, to be read through, discussed or filled in by hand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from forms import entry, pdf
from forms.models import FormVersion
from forms.runtime import FormRuntime
from forms.sheet import sections
from forms.views.journey import of_form
from forms.views.receipts import pdf_response


@require_safe
@of_form
def questions(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """The questions as a page to read or print."""
    return render(request, "forms/questions.html", _context(version))


@require_safe
@of_form
def questions_pdf(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """The questions as PDF with lines to write on."""
    name = _("%(title)s – questions.pdf") % {"title": FormRuntime.of(version).title}
    return pdf_response(pdf.of_questions(version), name)


@require_safe
@of_form
def questions_document(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """The questions as a page of its own that a word processor opens and saves in its own way."""
    text = render_to_string("forms/questions_document.html", {**_context(version), "language": get_language()})
    response = HttpResponse(text, content_type="text/html; charset=utf-8")
    name = _("%(title)s – questions.html") % {"title": FormRuntime.of(version).title}
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _context(version: FormVersion) -> dict[str, object]:
    runtime = FormRuntime.of(version)
    return {
        "collection": version.form.collection,
        "form": version.form,
        "title": runtime.title,
        **entry.language_context(runtime),
        "paper": pdf.questions(version, runtime),
        "sections": sections(runtime),
    }
