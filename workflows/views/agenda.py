"""The meeting's page before it is held: the agenda, its papers, the call and the board pack."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

import django.forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forms.incoming import too_large
from forms.limits import request_within
from forms.upload_handler import LARGEST_FILE, is_too_large, limit_uploads, refused_files
from forms.views.journey import TOO_MANY_FILES
from records.errors import Conflict, Invalid, SamsynError, TooMany
from records.privacy import download, private
from workflows import actions
from workflows.board.agenda import AgendaPage, agenda_page, item_initial, plan_initial
from workflows.board.ready import ready_matters
from workflows.board.standing import BoardStanding, keys_of, standing_in
from workflows.meeting_forms import CancelForm, CollectForm, ItemForm, PaperForm, PlanForm, ProposeForm
from workflows.models import AgendaItem, AgendaPaper, BoardPack, Meeting

from .matter import posted_version, put_errors

View = Callable[..., Any]


def of_meeting(view: View) -> View:
    """Give the view the person's standing in the meeting at the address; a meeting one may not see is not there."""

    @private
    @login_required
    @wraps(view)
    def found(request: HttpRequest, key: uuid.UUID, **kwargs: Any) -> HttpResponseBase:
        meeting = Meeting.objects.filter(key=key).select_related("board__collection", "secretary").first()
        seen = standing_in(request.user, meeting) if meeting else None
        if seen is None or not seen.may_see:
            raise Http404
        return view(request, seen, **kwargs)

    return found


def of_office(view: View) -> View:
    """As of_meeting, for those who plan it."""

    @of_meeting
    @wraps(view)
    def found(request: HttpRequest, seen: BoardStanding, **kwargs: Any) -> HttpResponseBase:
        if not seen.is_office:
            raise Http404
        return view(request, seen, **kwargs)

    return found


# --- the agenda -----------------------------------------------------------------------------------------
@require_safe
@of_meeting
def meeting(request: HttpRequest, seen: BoardStanding) -> HttpResponse:
    """The agenda with its papers."""
    return show(request, agenda_page(seen))


def show(request: HttpRequest, page: AgendaPage, status: int = 200, **context: Any) -> HttpResponse:
    """Draw the meeting's page."""
    given = {"page": page, **_about(page.seen), **context}
    return render(request, "workflows/board/meeting.html", given, status=status)


def _about(seen: BoardStanding) -> dict[str, Any]:
    return {"meeting": seen.meeting, "seen": seen, "collection": seen.board.collection, "tab": "agenda"}


def refused(
    request: HttpRequest,
    seen: BoardStanding,
    error: SamsynError,
    form: django.forms.Form | None = None,
    place: str = "",
) -> HttpResponse:
    """The page as it is now, with everything typed and what is wrong."""
    now = Meeting.objects.select_related("board__collection", "secretary").get(pk=seen.meeting.pk)
    page = agenda_page(standing_in(request.user, now))
    if form is not None:
        if isinstance(error, Invalid):
            put_errors(form, error)
        page.forms[place] = form
    status = getattr(error, "status", 400)
    return show(request, page, status, refusal=error.sentence, is_conflict=isinstance(error, Conflict), wrong=form)


def _act(
    place: str,
    make: Callable[[HttpRequest, BoardStanding], django.forms.Form],
    act: Callable[..., Any],
    done: Callable[[], str],
    *,
    office: bool = True,
) -> View:
    """A view for one of the small forms on the meeting's page."""

    @require_POST
    @(of_office if office else of_meeting)
    def view(request: HttpRequest, seen: BoardStanding, **kwargs: Any) -> HttpResponse:
        form = make(request, seen)
        try:
            if not form.is_valid():
                raise Invalid(_("Something has to be corrected: look at what is marked."))
            act(request, seen, form.cleaned_data, **kwargs)
        except SamsynError as error:
            return refused(request, seen, error, form, place)
        messages.success(request, done())
        return back(seen, place)

    return view


def back(seen: BoardStanding, place: str = "") -> HttpResponse:
    """To the meeting's page, at a place on it."""
    address = seen.meeting.get_absolute_url()
    return redirect(address + (f"#{place}" if place else ""))


cancel = _act(
    "cancel",
    lambda request, seen: CancelForm(request.POST, auto_id="id_cancel_%s"),
    lambda request, seen, data: actions.cancel_meeting(
        meeting=seen.meeting, actor=request.user, expected_version=posted_version(request), **data
    ),
    lambda: _("The meeting is cancelled, and everybody is told."),
)
add_item = _act(
    "item",
    lambda request, seen: ItemForm(request.POST, auto_id="id_item_%s"),
    lambda request, seen, data: actions.add_item(meeting=seen.meeting, actor=request.user, **data),
    lambda: _("The item is on the agenda."),
)
propose = _act(
    "propose",
    lambda request, seen: ProposeForm(request.POST, auto_id="id_propose_%s"),
    lambda request, seen, data: actions.propose_item(meeting=seen.meeting, actor=request.user, **data),
    lambda: _("Your matter is on the agenda. The office sees it and can prepare it."),
    office=False,
)
collect = _act(
    "collect",
    lambda request, seen: CollectForm(request.POST, auto_id="id_collect_%s", ready=ready_matters(seen.board)),
    lambda request, seen, data: actions.collect_matters(
        meeting=seen.meeting, actor=request.user, matters=data["matters"]
    ),
    lambda: _("The matters are on the agenda."),
)
call = _act(
    "call",
    lambda request, seen: django.forms.Form(request.POST),
    lambda request, seen, data: actions.send_call(
        meeting=seen.meeting, actor=request.user, expected_version=posted_version(request)
    ),
    lambda: _("The call lies in the outbox and leaves at once."),
)
ask_pack = _act(
    "pack",
    lambda request, seen: django.forms.Form(request.POST),
    lambda request, seen, data: actions.ask_pack(meeting=seen.meeting, actor=request.user),
    lambda: _("The papers are being put together. Open this page again in a moment."),
    office=False,
)


@require_http_methods(["GET", "HEAD", "POST"])
@of_office
def change(request: HttpRequest, seen: BoardStanding) -> HttpResponse:
    """Change the plan of the meeting."""
    form = PlanForm(request.POST or None, board=seen.board, initial=plan_initial(seen.meeting))
    refusal: Any = ""
    status = 200
    if request.method == "POST":
        try:
            if not form.is_valid():
                raise Invalid(_("Something has to be corrected: look at what is marked."))
            actions.change_meeting(
                meeting=seen.meeting, actor=request.user, expected_version=posted_version(request), **form.cleaned_data
            )
            messages.success(request, _("The plan is changed."))
            return back(seen)
        except SamsynError as error:
            refusal, status = error.sentence, error.status
            if isinstance(error, Invalid):
                put_errors(form, error)
    context = {**_about(seen), "form": form, "refusal": refusal}
    return render(request, "workflows/board/change.html", context, status=status)


# --- one item ---------------------------------------------------------------------------------------------
def _item_of(seen: BoardStanding, item: uuid.UUID) -> AgendaItem:
    rows = AgendaItem.objects.select_related("matter").prefetch_related("papers")
    found = rows.filter(meeting=seen.meeting, key=item).exclude(state=AgendaItem.State.REMOVED).first()
    if found is None or not seen.reads(found):
        raise Http404
    found.meeting = seen.meeting
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@of_office
def item(request: HttpRequest, seen: BoardStanding, item: uuid.UUID) -> HttpResponse:
    """Change one item, and give it papers."""
    row = _item_of(seen, item)
    form = ItemForm(request.POST or None, item=row, initial=item_initial(row))
    if request.method == "POST":
        try:
            if not form.is_valid():
                raise Invalid(_("Something has to be corrected: look at what is marked."))
            actions.change_item(
                item=row, actor=request.user, expected_version=posted_version(request), **form.cleaned_data
            )
            messages.success(request, _("The item is changed."))
            return back(seen, f"item-{row.key}")
        except SamsynError as error:
            if isinstance(error, Invalid):
                put_errors(form, error)
            return _show_item(request, seen, row, form, refusal=error.sentence, status=error.status)
    return _show_item(request, seen, row, form)


def _show_item(
    request: HttpRequest,
    seen: BoardStanding,
    row: AgendaItem,
    form: django.forms.Form | None = None,
    paper: django.forms.Form | None = None,
    refusal: Any = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        **_about(seen),
        "item": row,
        "form": form or ItemForm(item=row, initial=item_initial(row)),
        "paper_form": paper or PaperForm(auto_id="id_paper_%s"),
        "refusal": refusal,
    }
    return render(request, "workflows/board/item.html", context, status=status)


@require_POST
@of_office
def move(request: HttpRequest, seen: BoardStanding, item: uuid.UUID) -> HttpResponse:
    """Move an item up, down, or to a place."""
    row = _item_of(seen, item)
    word = request.POST.get("to", "")
    to = {"up": row.position - 1, "down": row.position + 1}.get(word)
    if to is None:
        to = int(word) if word.isdecimal() and len(word) < 4 else row.position
    try:
        actions.move_item(item=row, actor=request.user, to=to, expected_version=posted_version(request))
    except SamsynError as error:
        return refused(request, seen, error)
    return back(seen, f"item-{row.key}")


@require_POST
@of_office
def remove_item(request: HttpRequest, seen: BoardStanding, item: uuid.UUID) -> HttpResponse:
    """Take an item off the agenda."""
    try:
        actions.remove_item(item=_item_of(seen, item), actor=request.user, expected_version=posted_version(request))
    except SamsynError as error:
        return refused(request, seen, error)
    messages.success(request, _("The item is taken off the agenda."))
    return back(seen, "agenda")


# --- papers ----------------------------------------------------------------------------------------------
@require_POST
@csrf_exempt  # checked below, when the size of the file can be limited while it arrives
def add_paper(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Take in a file, stopped while it arrives when it is too large."""
    limit_uploads(request)
    return _add_paper(request, **kwargs)


@csrf_protect
@of_office
def _add_paper(request: HttpRequest, seen: BoardStanding, item: uuid.UUID) -> HttpResponse:
    row = _item_of(seen, item)
    if is_too_large(request) or refused_files(request).get("file"):
        problem = too_large(LARGEST_FILE)
        return _show_item(request, seen, row, refusal=problem, status=413)
    form = PaperForm(request.POST, request.FILES, auto_id="id_paper_%s")
    try:
        if not form.is_valid():
            raise Invalid(_("Choose a file."))
        if not request_within("upload", request):
            raise TooMany(TOO_MANY_FILES)
        actions.add_paper(
            item=row, actor=request.user, file=form.cleaned_data["file"], title=form.cleaned_data["title"]
        )
    except SamsynError as error:
        return _show_item(request, seen, row, paper=form, refusal=error.sentence, status=error.status)
    messages.success(request, _("The paper belongs to the item now."))
    return redirect("workflows:meeting_item", seen.meeting.key, row.key)


def _paper_of(seen: BoardStanding, paper: uuid.UUID) -> AgendaPaper:
    found = (
        (AgendaPaper.objects.select_related("item").filter(item__meeting=seen.meeting, key=paper))
        .exclude(item__state=AgendaItem.State.REMOVED)
        .first()
    )
    if found is None or not seen.reads(found.item):
        raise Http404
    found.item.meeting = seen.meeting
    return found


@require_safe
@of_meeting
def paper(request: HttpRequest, seen: BoardStanding, paper: uuid.UUID) -> HttpResponseBase:
    """A paper, to those who may read its item."""
    row = _paper_of(seen, paper)
    return download(row.file, name=row.name, content_type=row.content_type)


@require_POST
@of_office
def remove_paper(request: HttpRequest, seen: BoardStanding, paper: uuid.UUID) -> HttpResponse:
    """Take a file away from its item."""
    row = _paper_of(seen, paper)
    try:
        actions.remove_paper(paper=row, actor=request.user)
    except SamsynError as error:
        return refused(request, seen, error)
    messages.success(request, _("The paper is taken away."))
    return redirect("workflows:meeting_item", seen.meeting.key, row.item.key)


@require_safe
@of_meeting
def pack(request: HttpRequest, seen: BoardStanding, pack: uuid.UUID) -> HttpResponseBase:
    """The board pack, to those who may read all that is in it."""
    row = BoardPack.objects.filter(meeting=seen.meeting, key=pack, state=BoardPack.State.READY).first()
    if row is None or row.reader_id not in (None, request.user.pk):
        raise Http404
    if not set(keys_of(seen.meeting, seen.out_of)) <= set(row.left_out):
        raise Http404
    return download(
        row.file, name=f"{_('board-papers')}-{seen.meeting.starts_at:%Y-%m-%d}.pdf", content_type="application/pdf"
    )
