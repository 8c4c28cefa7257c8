"""The delegation scheme of a board, and what is decided by it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import django.forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from records.errors import Invalid, SamsynError
from records.privacy import private
from workflows.actions import delegation as actions
from workflows.board.standing import BoardStanding
from workflows.delegation_page import DecideForm, DelegationPage, EndForm, LineForm, delegation_page
from workflows.models import Board, Delegation
from workflows.views.matter import put_errors

View = Callable[..., HttpResponse]


def of_board(view: View) -> View:
    """Give the view the person's standing in the board; a board one may not read about is not there."""

    @private
    @login_required
    @wraps(view)
    def found(request: HttpRequest, board: int, **kwargs: Any) -> HttpResponse:
        row = Board.objects.filter(pk=board).select_related("collection").first()
        seen = BoardStanding(request.user, row) if row else None
        if seen is None or not seen.may_see:
            raise Http404
        return view(request, seen, **kwargs)

    return found


def show(request: HttpRequest, page: DelegationPage, status: int = 200, **context: Any) -> HttpResponse:
    """Draw the page."""
    context = {"page": page, "board": page.board, "seen": page.seen, "collection": page.board.collection, **context}
    return render(request, "workflows/board/delegation.html", context, status=status)


@require_safe
@of_board
def scheme(request: HttpRequest, seen: BoardStanding) -> HttpResponse:
    """The lines, and the decisions of a year."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else None
    return show(request, delegation_page(seen, year=year, number=request.GET.get("p", 1)))


def _act(
    request: HttpRequest,
    seen: BoardStanding,
    form: django.forms.Form,
    do: Callable[[], Any],
    done: str,
    keep: Callable[[DelegationPage], None],
) -> HttpResponse:
    """Do it and go back; when it is refused, the page says why and everything typed is still there."""
    try:
        if not form.is_valid():
            raise Invalid
        do()
    except SamsynError as error:
        if isinstance(error, Invalid):
            put_errors(form, error)
        page = delegation_page(seen)
        keep(page)
        return show(request, page, error.status, refusal=error.sentence, wrong=form)
    messages.success(request, done)
    return redirect("workflows:delegation", seen.board.pk)


@require_POST
@of_board
def decide(request: HttpRequest, seen: BoardStanding) -> HttpResponse:
    """Decide on the board's behalf."""
    form = DecideForm(request.POST, board=seen.board, user=request.user, auto_id="id_decide_%s")
    return _act(
        request,
        seen,
        form,
        lambda: actions.decide(actor=request.user, **form.cleaned_data),
        _("The decision is kept. It is told to the board at its next meeting."),
        lambda page: setattr(page, "decide", form),
    )


@require_POST
@of_board
def add_line(request: HttpRequest, seen: BoardStanding) -> HttpResponse:
    """Write down a line of the scheme."""
    if not seen.is_office:
        raise Http404
    form = LineForm(request.POST, board=seen.board, auto_id="id_line_%s")
    return _act(
        request,
        seen,
        form,
        lambda: actions.delegate(board=seen.board, actor=request.user, **form.cleaned_data),
        _("The line is kept."),
        lambda page: setattr(page, "new", form),
    )


@require_POST
@of_board
def end_line(request: HttpRequest, seen: BoardStanding, line: int) -> HttpResponse:
    """End a line."""
    row = Delegation.objects.filter(board=seen.board, pk=line).first()
    if row is None or not seen.is_office:
        raise Http404
    form = EndForm(request.POST, auto_id=f"id_end{row.pk}_%s")

    def keep(page: DelegationPage) -> None:
        page.lines = [type(one)(one.row, one.holds, form) if one.row.pk == row.pk else one for one in page.lines]

    return _act(
        request,
        seen,
        form,
        lambda: actions.end(line=row, actor=request.user, **form.cleaned_data),
        _("The line ends on the day you wrote."),
        keep,
    )
