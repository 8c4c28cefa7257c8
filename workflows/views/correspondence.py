"""Notes and messages of a matter with their files, read receipts, following, links, the mark, and the dossier."""

import uuid
from collections.abc import Callable
from typing import Any

import django.forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from forms.filetypes import Refused
from forms.incoming import too_large
from forms.upload_handler import LARGEST_FILE, LARGEST_REQUEST, is_too_large, limit_uploads, refused_files
from records.errors import Invalid, SamsynError
from records.privacy import download, private
from workflows import actions
from workflows.dossier import file_name
from workflows.models import Dossier, MatterFile, MatterLink
from workflows.page_forms import LinkForm, MarkForm, MessageForm, NoteForm
from workflows.permissions import Standing, readable_notes
from workflows.queries import find
from workflows.views.matter import back, of_matter, refused, small

View = Callable[..., HttpResponseBase]


def _with_files(
    place: str, form_class: type[django.forms.Form], act: Callable[..., Any], done: Callable[[], str]
) -> View:
    """A view for a text with files: what is too large is stopped while it arrives, the text is always kept."""

    @csrf_protect
    @of_matter
    def _write(request: HttpRequest, seen: Standing) -> HttpResponse:
        if is_too_large(request):
            messages.error(
                request,
                _("Together the files are too large, so nothing was saved. Send at most %(limit)s MB at a time.")
                % {"limit": LARGEST_REQUEST // 1024 // 1024},
            )
            return back(seen, place)
        form = form_class(request.POST, request.FILES, auto_id=f"id_{place}_%s")
        try:
            _refuse_dropped(request)
            if not form.is_valid():
                raise Invalid
            act(
                matter=seen.matter,
                actor=request.user,
                text=form.cleaned_data["text"],
                files=form.cleaned_data["files"],
            )
        except Refused as error:
            form.add_error("files", str(error.sentence))
            return refused(request, seen, error, form, place)
        except SamsynError as error:
            return refused(request, seen, error, form, place)
        messages.success(request, done())
        return back(seen, place)

    @csrf_exempt
    @require_POST
    def view(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
        limit_uploads(request)
        return _write(request, key=key)

    return login_required(private(view))


def _refuse_dropped(request: HttpRequest) -> None:
    request.POST  # noqa: B018 (what arrives is read here)
    for names in refused_files(request).values():
        raise Refused("too_large", f"{names[0]}: {too_large(LARGEST_FILE)}")


note = _with_files("note", NoteForm, actions.add_note, lambda: _("The note is saved."))
message = _with_files(
    "message", MessageForm, actions.send_message, lambda: _("The message is sent. Those it is for are told by mail.")
)


@require_POST
@of_matter
def read(request: HttpRequest, seen: Standing) -> HttpResponse:
    """The person has read what is written."""
    try:
        actions.mark_read(matter=seen.matter, actor=request.user)
    except SamsynError as error:
        return refused(request, seen, error, django.forms.Form(request.POST), "")
    if request.headers.get("x-requested-with") == "fetch":
        return HttpResponse(status=204)
    return back(seen, "message")


@private
@require_safe
@login_required
def file(request: HttpRequest, key: uuid.UUID, file: uuid.UUID) -> HttpResponseBase:
    """A file of a note or message, to those who may read it; for anybody else it does not exist."""
    row = MatterFile.objects.select_related("note").filter(key=file, note__matter__key=key).first()
    matter = find(key)
    if row is None or matter is None:
        raise Http404
    seen = Standing(request.user, matter)
    if not readable_notes(seen, [row.note]):
        raise Http404
    return download(row.file, name=row.name, content_type=row.content_type)


follow = small(
    "follow",
    lambda seen: django.forms.Form,
    lambda request, seen, data: actions.subscribe(matter=seen.matter, actor=request.user),
    lambda: _("You are told by mail when something happens in the matter."),
)
unfollow = small(
    "follow",
    lambda seen: django.forms.Form,
    lambda request, seen, data: actions.unsubscribe(matter=seen.matter, actor=request.user),
    lambda: _("You are no longer told."),
)
link = small(
    "link",
    lambda seen: LinkForm,
    lambda request, seen, data: actions.link(matter=seen.matter, actor=request.user, **data),
    lambda: _("The matters are linked."),
)


def _link_of(seen: Standing, link: int) -> MatterLink:
    found = MatterLink.objects.select_related("matter", "other").filter(pk=link, matter=seen.matter).first()
    if found is None:
        raise Http404
    return found


unlink = small(
    "link",
    lambda seen: django.forms.Form,
    lambda request, seen, data, link: actions.unlink(row=_link_of(seen, link), actor=request.user),
    lambda: _("The link is taken away."),
)
mark = small(
    "mark",
    lambda seen: MarkForm,
    lambda request, seen, data: actions.mark_confidential(
        matter=seen.matter, actor=request.user, ground=data["ground"]
    ),
    lambda: _("The confidentiality mark is changed."),
)
ask_dossier = small(
    "dossier",
    lambda seen: django.forms.Form,
    lambda request, seen, data: actions.ask_dossier(matter=seen.matter, actor=request.user),
    lambda: _("The dossier is being made. Look again in a moment."),
)


@require_safe
@of_matter
def dossier(request: HttpRequest, seen: Standing, dossier: uuid.UUID) -> HttpResponseBase:
    """A dossier that is ready, to the one who asked for it."""
    row = Dossier.objects.filter(
        key=dossier, matter=seen.matter, asked_by=request.user.pk, state=Dossier.State.READY
    ).first()
    if row is None or not seen.is_office:
        raise Http404
    return download(row.file, name=file_name(seen.matter), content_type="application/zip")
