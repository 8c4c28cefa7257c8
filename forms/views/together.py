"""Filling in one draft together: who is in it, inviting others, letting them go."""

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from forms import sessions
from forms.actions import invite_guest, remove_guest
from forms.actions.draft_link import LASTS
from forms.limits import request_within, within
from forms.models import FormVersion, Submission
from forms.runtime import FormRuntime
from forms.together import name_of
from forms.views import refusals
from forms.views.drafts import address_of
from forms.views.journey import current_draft, of_form
from records.errors import Conflict, Invalid
from records.mail import address as mail_address
from records.privacy import private

NO_NAME = re.compile(r"[/:@<>\r\n]|www\.|.{81}", re.IGNORECASE)


@private
@require_http_methods(["GET", "HEAD", "POST"])
@of_form
def people(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """Who fills in the draft: the one who began it invites and removes, an invited person may leave."""
    draft = current_draft(request, version.form_id)
    if draft is None:
        return redirect("forms:begin", slug=version.form.slug)
    guest = sessions.guest_of(request, draft)
    if request.method != "POST":
        return _page(request, draft, guest)
    try:
        if guest is not None:
            return _leave(request, draft, guest)
        if request.POST.get("remove", "").isdecimal():
            remove_guest(draft=draft, guest=int(request.POST["remove"]), person=request.user)
            messages.success(request, _("The person can no longer open the form. What they have written stays."))
            return redirect("forms:together", slug=version.form.slug)
        return _invite(request, draft)
    except Conflict:
        return refusals.already_sent(request, draft, is_own=True)


def _leave(request: HttpRequest, draft: Submission, guest: int) -> HttpResponse:
    if request.POST.get("action") == "leave":
        remove_guest(draft=draft, guest=guest, person=request.user)
        sessions.forget_draft(request, draft)
        messages.success(request, _("You have left the form. What you have written stays in it."))
        return redirect("forms:begin", slug=draft.form.slug)
    return _page(request, draft, guest)


def _invite(request: HttpRequest, draft: Submission) -> HttpResponse:
    typed = {name: request.POST.get(name, "").strip()[:254] for name in ("email", "name", "inviter")}
    error, status = {}, 200
    if not typed["inviter"] or NO_NAME.search(typed["inviter"]):
        # It stands in a mail to anybody's address, so it is a name and nothing else.
        error["inviter"] = _("Write your own name, so that those you invite know who it is.")
    try:
        email = mail_address(typed["email"])
    except Invalid:
        error["email"] = _("Write an e-mail address, like ada@example.se.")
    else:
        if not error and not (request_within("link", request) and within("link_to", email.lower())):
            error["email"] = _("Many invitations have been sent in a short time. Wait an hour and try again.")
            status = 429
    if not error:
        try:
            invite_guest(draft=draft, email=email, name=typed["name"], inviter=typed["inviter"], person=request.user)
        except Invalid as refusal:
            error["email"] = str(refusal.sentence)
        else:
            messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": email})
            return redirect("forms:together", slug=draft.form.slug)
    return _page(request, draft, None, typed=typed, error=error, status=status)


def _page(
    request: HttpRequest,
    draft: Submission,
    guest: int | None,
    *,
    typed: dict[str, str] | None = None,
    error: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    titles = {page.id: page.title for page in FormRuntime.of(draft.version).pages}
    guests = list(draft.guests.all())
    owner = draft.progress.get("owner", {})
    context: dict[str, Any] = {
        "collection": draft.collection,
        "form": draft.form,
        "title": draft.form.title,
        "draft": draft,
        "address": address_of(draft),
        "owner": name_of(draft, "") or (guests[0].invited_by if guests else ""),
        "owner_page": titles.get(owner.get("page"), ""),
        "owner_seen": owner.get("at", ""),
        "people": [{"guest": row, "page": titles.get(row.page_id, ""), "is_me": row.pk == guest} for row in guests],
        "is_guest": guest is not None,
        "typed": typed or {"inviter": name_of(draft, "") or (guests[0].invited_by if guests else "")},
        "error": {name: error[name] for name in ("email", "inviter") if name in error} if error else {},
        "lasts": LASTS.days,
    }
    return render(request, "forms/together.html", context, status=status)
