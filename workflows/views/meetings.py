"""The board's calendar, planning of meetings, who sits on the board, and the feed for calendar programs."""

import uuid
from typing import Any

import django.forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from records.errors import Invalid, SamsynError
from records.privacy import private
from workflows import actions
from workflows.actions.board import digest
from workflows.board.calendar import composition_page, feed, meetings_page
from workflows.board.standing import boards
from workflows.meeting_forms import InviteForm, PlanForm, YearForm
from workflows.models import Board, CalendarLink, Seat
from workflows.permissions import holds
from workflows.roles import HANDLE

from .matter import put_errors


@private
@require_safe
@login_required
def meetings(request: HttpRequest) -> HttpResponse:
    """Coming and past meetings of the person's boards, with what the law sets a day for."""
    page = meetings_page(request.user)
    if not page.parts:
        raise Http404
    return render(request, "workflows/board/meetings.html", {"page": page, "collection": page.collection})


def _board(request: HttpRequest, board: int, *, office: bool = True) -> Board:
    found = boards(request.user).select_related("collection").filter(pk=board).first()
    if found is None or (office and not holds(request.user, HANDLE, found.collection)):
        raise Http404
    return found


# --- planning ------------------------------------------------------------------------------------------------
@private
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plan(request: HttpRequest, board: int) -> HttpResponse:
    """Plan one meeting."""
    found = _board(request, board)
    initial = {"title": _("Board meeting"), "secretary": request.user.pk}
    form = PlanForm(request.POST or None, board=found, initial=initial)

    def act(data: dict[str, Any]) -> HttpResponse:
        meeting = actions.plan_meeting(board=found, actor=request.user, **data)
        messages.success(request, _("The meeting is planned."))
        return redirect(meeting.get_absolute_url())

    return _planned(request, found, form, act)


@private
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plan_year(request: HttpRequest, board: int) -> HttpResponse:
    """Plan the meetings of a year."""
    found = _board(request, board)
    form = YearForm(request.POST or None, initial={"title": _("Board meeting")})

    def act(data: dict[str, Any]) -> HttpResponse:
        made = actions.plan_meetings(board=found, actor=request.user, starts=data.pop("dates"), **data)
        words = ngettext("One meeting is planned.", "%(count)s meetings are planned.", len(made))
        messages.success(request, words % {"count": len(made)})
        return redirect("workflows:meetings")

    return _planned(request, found, form, act)


def _planned(request: HttpRequest, board: Board, form: django.forms.Form, act: Any) -> HttpResponse:
    refusal: Any = ""
    if request.method == "POST":
        try:
            if not form.is_valid():
                raise Invalid(_("Something has to be corrected: look at what is marked."))
            return act(dict(form.cleaned_data))
        except SamsynError as error:
            refusal = error.sentence
            if isinstance(error, Invalid):
                put_errors(form, error)
    context = {
        "board": board,
        "collection": board.collection,
        "form": form,
        "refusal": refusal,
        "is_year": isinstance(form, YearForm),
    }
    return render(request, "workflows/board/plan.html", context, status=422 if refusal else 200)


# --- who sits -------------------------------------------------------------------------------------------------
@private
@require_safe
@login_required
def composition(request: HttpRequest, board: int) -> HttpResponse:
    """Who sits on the board, and whether it is made up as the law says."""
    return _composition(request, _board(request, board, office=False))


def _composition(request: HttpRequest, board: Board, status: int = 200, **context: Any) -> HttpResponse:
    page = composition_page(board, request.user)
    given = {"page": page, "board": board, "collection": board.collection, **context}
    return render(request, "workflows/board/composition.html", given, status=status)


@private
@require_POST
@login_required
def invite(request: HttpRequest, board: int, seat: uuid.UUID) -> HttpResponse:
    """Send the person of a seat an invitation to sign in."""
    found = _board(request, board)
    row = Seat.objects.select_related("member__board__collection").filter(member__board=found, key=seat).first()
    if row is None:
        raise Http404
    form = InviteForm(request.POST)
    try:
        if not form.is_valid():
            raise Invalid(_("Write an e-mail address, for example anna@example.com."))
        actions.invite_to_seat(seat=row, actor=request.user, email=form.cleaned_data["email"])
    except SamsynError as error:
        typed = request.POST.get("email", "")
        return _composition(request, found, error.status, refusal=error.sentence, typed=typed, tried=row.pk)
    messages.success(request, _("The invitation lies in the outbox and leaves at once."))
    return redirect("workflows:composition", board)


# --- the calendar program ----------------------------------------------------------------------------------------
@private
@require_POST
@login_required
def make_link(request: HttpRequest) -> HttpResponse:
    """Give the person a new secret address, shown once."""
    page = meetings_page(request.user)
    if not page.parts:
        raise Http404
    token = actions.make_calendar_link(actor=request.user)
    address = f"{settings.BASE_URL}{reverse('workflows:feed', args=[token])}"
    page = meetings_page(request.user)
    context = {"page": page, "collection": page.collection, "address": address}
    return render(request, "workflows/board/meetings.html", context)


@private
@require_POST
@login_required
def drop_link(request: HttpRequest) -> HttpResponse:
    """Make the secret address stop working."""
    if not boards(request.user).exists():
        raise Http404
    actions.drop_calendar_link(actor=request.user)
    messages.success(request, _("The address no longer works."))
    return redirect("workflows:meetings")


@private
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The meetings of whoever the secret address belongs to."""
    link = CalendarLink.objects.select_related("user").filter(token_digest=digest(token)).first()
    if link is None or not link.user.is_active:
        raise Http404
    return HttpResponse(feed(link.user), content_type="text/calendar; charset=utf-8")
