"""Ways into a form beside the ordinary one: a late-entry code, and trying the form with sample answers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from forms import entry, sessions
from forms.actions import fill_sample
from forms.limits import request_within
from forms.models import FormVersion, Submission
from forms.runtime import FormRuntime
from forms.views import refusals
from forms.views.journey import change_language, current_draft, of_form
from records.privacy import private


@private
@require_POST
@of_form
def code(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """A code opens the form in this browser; a draft that lies there goes on with it."""
    draft = current_draft(request, version.form_id)
    if not request_within("code", request):
        wrong = _("Many codes have been tried in a short time. Wait ten minutes and try again.")
        return refusals.wait(refusals.closed(request, version, draft, wrong=wrong), "code")
    found = entry.find_code(version.form, request.POST.get("code", ""))
    if found is None:
        wrong = _("The code does not open this form. Look at how it is written, or ask for a new one.")
        return refusals.closed(request, version, draft, wrong=wrong)
    entry.remember_code(request, found)
    if draft is not None:
        Submission.objects.filter(pk=draft.pk, state=Submission.State.DRAFT).update(entry_code=found)
    return redirect("forms:begin", slug=version.form.slug)


@private
@require_POST
@of_form
def language(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """The form in another of its languages."""
    return change_language(request, version, current_draft(request, version.form_id))


@private
@require_POST
@of_form
def sample(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """Fill a page, or everything, with sample answers; or stop trying the form."""
    if not entry.is_testing(request, version.form):
        raise Http404
    draft = current_draft(request, version.form_id)
    if "end" in request.POST:
        entry.end_test(request, version.form)
        if draft is not None and draft.is_sample:
            sessions.leave_draft(request, draft)
        return redirect("forms:begin", slug=version.form.slug)
    if draft is not None and not draft.is_sample:
        sessions.leave_draft(request, draft)
        draft = None
    number = request.POST.get("page", "")
    runtime = FormRuntime.of(draft.version if draft else version)
    page = runtime.page(int(number)) if number.isdecimal() and len(number) < 4 else None
    draft = fill_sample(version=version, person=request.user, draft=draft, page=page)
    sessions.remember_draft(request, draft)
    if page is not None:
        return redirect("forms:page", slug=version.form.slug, number=page.number)
    return redirect("forms:summary", slug=version.form.slug)
