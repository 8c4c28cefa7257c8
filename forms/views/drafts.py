"""Going on with a draft: later, on another device, or from one's list of drafts."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from forms import sessions
from forms.actions import discard, redeem_link, send_link
from forms.actions.draft_link import EXPIRED, LASTS, find_link
from forms.limits import request_within, within
from forms.models import FormVersion, Submission
from forms.opening import Opening, opening
from forms.permissions import own_drafts as drafts_of
from forms.views import refusals
from forms.views.journey import current_draft, of_form
from records.errors import Closed, Conflict, Invalid
from records.mail import address as mail_address
from records.privacy import private


def address_of(draft: Submission) -> str:
    """Where the draft was left: the page last saved, else the first."""
    last = draft.progress.get("last")
    pages = draft.version.compiled["pages"]
    number = next((number for number, page in enumerate(pages, start=1) if page["id"] == last), 1)
    return reverse("forms:page", args=[draft.form.slug, number])


@private
@require_http_methods(["GET", "HEAD", "POST"])
@of_form
def later(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """The draft is saved: until when, and how to come back to it; POST mails a link."""
    draft = current_draft(request, version.form_id)
    if draft is None:
        return redirect("forms:begin", slug=version.form.slug)
    guest = sessions.guest_of(request, draft)
    email, error = request.POST.get("email", "").strip(), ""
    status = 200
    if request.method == "POST":
        try:
            email = draft.guests.get(pk=guest).email if guest is not None else mail_address(email)
        except Invalid:
            error = _("Write an e-mail address, like ada@example.se.")
        else:
            if not (request_within("link", request) and within("link_to", email.lower())):
                error = _("Many links have been asked for in a short time. Wait an hour and try again.")
                status = 429
            else:
                try:
                    send_link(draft=draft, email=email, guest=guest)
                except Conflict:
                    return refusals.already_sent(request, draft, is_own=True)
                return redirect(f"{reverse('forms:later', args=[version.form.slug])}?skickad")
    context = {
        "collection": version.form.collection,
        "form": version.form,
        "title": version.form.title,
        "draft": draft,
        "address": address_of(draft),
        "kept_until": draft.updated_at + timedelta(days=draft.form.keep_drafts_days),
        "is_listed": draft.person_id is not None and guest is None,
        "is_guest": guest is not None,
        "is_sent": "skickad" in request.GET,
        "lasts": LASTS.days,
        "email": email,
        "error": error,
    }
    return render(request, "forms/later.html", context, status=status)


@private
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("token")
def resume(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link: opening it shows a button, for mail scanners open links too; pressing it uses the link up."""
    response = _resume(request, token)
    # The address holds the token, which must not stand in a log.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


@sensitive_variables("token")
def _resume(request: HttpRequest, token: str) -> HttpResponse:
    if not request_within("resume", request):
        return refusals.too_many(request, "resume", {})
    if request.method == "POST":
        try:
            used = redeem_link(token=token, person=request.user)
        except Closed as error:
            return render(request, "forms/resume.html", {"error": error.sentence}, status=error.status)
        sessions.enter_draft(request, used.submission, used.guest_id)
        return redirect(address_of(used.submission))
    link = find_link(token)
    if link is None:
        return render(request, "forms/resume.html", {"error": EXPIRED}, status=410)
    with override(link.submission.language):
        context = {"collection": link.submission.form.collection, "link": link, "form": link.submission.form}
        return render(request, "forms/resume.html", context)


@private
@require_http_methods(["GET", "HEAD"])
def own_drafts(request: HttpRequest) -> HttpResponse:
    """The drafts within reach: those of this browser, and of the person when signed in."""
    rows = {
        draft.pk: draft
        for query in (
            Submission.objects.filter(key__in=sessions.draft_keys(request), state=Submission.State.DRAFT),
            drafts_of(request.user),
        )
        for draft in query.select_related("form", "collection").defer("form__questions")
    }
    drafts = sorted(rows.values(), key=lambda draft: draft.updated_at, reverse=True)
    context = {
        "drafts": [
            {
                "draft": draft,
                "is_open": opening(draft.form) == Opening.OPEN,
                "is_guest": sessions.is_guest(request, draft),
                "kept_until": draft.updated_at + timedelta(days=draft.form.keep_drafts_days),
            }
            for draft in drafts
        ]
    }
    return render(request, "forms/drafts.html", context)


@private
@require_POST
def draft(request: HttpRequest, key: UUID) -> HttpResponse:
    """Go on with one of one's drafts, or remove it."""
    found = Submission.objects.select_related("form", "version").filter(key=key, state=Submission.State.DRAFT).first()
    if found is None or not sessions.reaches_draft(request, found):
        raise Http404
    guest = sessions.guest_of(request, found)
    if request.POST.get("action") == "discard":
        if guest is not None:
            raise Http404
        discard(draft=found)
        sessions.forget_draft(request, found)
        messages.success(request, _("The draft has been removed."))
        return redirect("forms:drafts")
    sessions.enter_draft(request, found, guest)
    return redirect(address_of(found))
