"""Notices: posted by the office, confirmed by the members by a link, and read by everybody on the notice board."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from records.association import facts
from records.errors import Invalid, SamsynError
from records.privacy import private
from workflows.actions import notices as actions
from workflows.board import notices
from workflows.board.standing import BoardStanding
from workflows.minutes_page import AppealForm, MinutesPage, PostingForm
from workflows.models import Board, Minutes, Notice, Posting
from workflows.views.agenda import of_meeting
from workflows.views.matter import put_errors
from workflows.views.minutes import act, in_part, office, one_of

MOST = 100  # notices shown at a time: they stay up for a few weeks


def notice_of(minutes: Minutes) -> Notice:
    """The notice of adjusted minutes."""
    found = Notice.objects.filter(minutes=minutes).first()
    if found is None:
        raise Http404
    return found


@require_POST
@of_meeting
def post(request: HttpRequest, seen: BoardStanding, minutes: uuid.UUID) -> HttpResponse:
    """Post the notice here and ask the members to."""
    office(seen)
    notice = notice_of(one_of(seen, minutes))
    return act(
        request,
        seen,
        lambda: actions.post_notice(notice=notice, actor=request.user),
        _("The notice is posted, and the members have been asked to post it."),
    )


@require_POST
@of_meeting
def confirm(request: HttpRequest, seen: BoardStanding, minutes: uuid.UUID, posting: uuid.UUID) -> HttpResponse:
    """The office tells for a member that the notice is posted."""
    office(seen)
    notice = notice_of(one_of(seen, minutes))
    row = Posting.objects.filter(notice=notice, key=posting).select_related("notice").first()
    if row is None:
        raise Http404
    form = PostingForm(request.POST, auto_id=f"id_posting{row.pk}_%s")

    def keep(page: MinutesPage, typed: Any) -> None:
        for posted in page.part(notice.minutes).postings:
            if posted.posting.pk == row.pk:
                posted.form = typed

    return act(
        request,
        seen,
        lambda: actions.confirm_posting(posting=row, actor=request.user, **form.cleaned_data),
        _("The posting is noted."),
        form=form,
        keep=keep,
    )


@require_POST
@of_meeting
def appeal(request: HttpRequest, seen: BoardStanding, minutes: uuid.UUID) -> HttpResponse:
    """Note that the decisions have been appealed."""
    office(seen)
    row = one_of(seen, minutes)
    notice = notice_of(row)
    form = AppealForm(request.POST, auto_id=f"id_appeal{row.pk}_%s")
    return act(
        request,
        seen,
        lambda: actions.record_appeal(notice=notice, actor=request.user, **form.cleaned_data),
        _("The appeal is noted."),
        form=form,
        keep=in_part(row, "appeal"),
    )


@require_POST
@of_meeting
def take_down(request: HttpRequest, seen: BoardStanding, minutes: uuid.UUID) -> HttpResponse:
    """Take the notice down."""
    office(seen)
    notice = notice_of(one_of(seen, minutes))
    return act(
        request,
        seen,
        lambda: actions.take_down(notice=notice, actor=request.user),
        _("The notice has been taken down."),
    )


# --- for the members -----------------------------------------------------------------------------------
@private
def posting(request: HttpRequest, token: str) -> HttpResponse:
    """What the member's link leads to: looking changes nothing, the button tells that the notice is posted."""
    row = actions.find_posting(token)
    if row is None:
        raise Http404
    notice = row.notice
    form = PostingForm(request.POST or None)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            if not form.is_valid():
                raise Invalid
            actions.confirm_posting(posting=row, **form.cleaned_data)
        except SamsynError as error:
            if isinstance(error, Invalid):
                put_errors(form, error)
            refusal, status = str(error.sentence), error.status
        else:
            messages.success(request, _("Thank you. It is noted that the notice is posted."))
            return redirect("workflows:posting", token)
        row.refresh_from_db()
    board = notice.minutes.meeting.board
    context = {
        "posting": row,
        "notice": notice,
        "text": notices.text_of(notice),
        "form": form,
        "refusal": refusal,
        "collection": board.collection,
        "association": facts(board.collection),
    }
    return render(request, "workflows/board/posting.html", context, status=status)


# --- for everybody -------------------------------------------------------------------------------------
def board_at(slug: str) -> Board | None:
    """The board of the association with this name in addresses."""
    rows = Board.objects.select_related("collection")
    return next((row for row in rows if slugify(row.collection.name) == slug), None)


@require_safe
def notice_board(request: HttpRequest, slug: str) -> HttpResponse:
    """The notices that are up now; the newest first."""
    board = board_at(slug)
    if board is None:
        raise Http404
    rows = (
        Notice.objects.filter(minutes__meeting__board=board, posted_on__isnull=False, removed_on=None)
        .select_related("minutes__meeting__board__collection")
        .order_by("-posted_on", "-pk")[:MOST]
    )
    context = {
        "board": board,
        "association": facts(board.collection),
        "collection": board.collection,
        "notices": [(row, notices.text_of(row)) for row in rows],
    }
    return render(request, "workflows/board/notice_board.html", context)
