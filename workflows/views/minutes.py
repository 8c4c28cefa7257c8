"""The page after a meeting: its minutes, their adjustment, the notice and the letters; every POST leads back to it."""

import uuid
from collections.abc import Callable
from typing import Any

import django.forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forms.views.receipts import pdf_response
from records.errors import Conflict, Invalid, NotAllowed, SamsynError
from workflows import minutes_page as page_of
from workflows.actions import minutes as actions
from workflows.board import paper, record, signing
from workflows.board.standing import BoardStanding
from workflows.minutes_page import AtOnceForm, AttachForm, MinutesPage, SignForm, TakeBackForm
from workflows.models import AgendaItem, Minutes
from workflows.views.agenda import of_meeting
from workflows.views.matter import put_errors


@require_safe
@of_meeting
def minutes(request: HttpRequest, seen: BoardStanding) -> HttpResponse:
    """Everything after the meeting."""
    return show(request, page_of.minutes_page(seen))


def show(request: HttpRequest, page: MinutesPage, status: int = 200, **context: Any) -> HttpResponse:
    """Draw the page."""
    context = {
        "page": page,
        "meeting": page.meeting,
        "seen": page.seen,
        "collection": page.seen.board.collection,
        "tab": "minutes",
        "signing": signing.service(),
        **context,
    }
    return render(request, "workflows/board/minutes.html", context, status=status)


def office(seen: BoardStanding) -> None:
    """Those without the office's rights do not learn what they could have done. Raises Http404."""
    if not seen.is_office:
        raise Http404


def one_of(seen: BoardStanding, key: uuid.UUID) -> Minutes:
    """These minutes of the meeting."""
    assert seen.meeting is not None
    found = Minutes.objects.filter(meeting=seen.meeting, key=key).select_related("meeting__board__collection").first()
    if found is None:
        raise Http404
    return found


def item_of(seen: BoardStanding, key: uuid.UUID) -> AgendaItem:
    """This item of the meeting, as far as the person reads it."""
    assert seen.meeting is not None
    found = AgendaItem.objects.filter(meeting=seen.meeting, key=key).first()
    if found is None or not seen.reads(found):
        raise Http404
    return found


Place = Callable[[MinutesPage, Any], None]


def act(
    request: HttpRequest,
    seen: BoardStanding,
    do: Callable[[], Any],
    done: str,
    *,
    form: django.forms.Form | None = None,
    keep: Place | None = None,
    anchor: str = "",
) -> HttpResponse:
    """Do it and go back to the page; when it is refused, the page says why and everything typed is still there."""
    try:
        if form is not None and not form.is_valid():
            raise Invalid
        do()
    except SamsynError as error:
        page = page_of.minutes_page(seen)
        if form is not None and isinstance(error, Invalid):
            put_errors(form, error)
        if form is not None and keep is not None:
            keep(page, form)
        wrong = form if form is not None and form.is_bound and form.errors else None
        problems = error.problems.get("", []) if isinstance(error, Invalid) else []
        return show(
            request,
            page,
            error.status,
            refusal=error.sentence,
            is_conflict=isinstance(error, Conflict),
            problems=problems if len(problems) > 1 else [],
            wrong=wrong,
        )
    messages.success(request, done)
    return redirect(reverse("workflows:minutes", args=[page_key(seen)]) + (f"#{anchor}" if anchor else ""))


def page_key(seen: BoardStanding) -> uuid.UUID:
    """The key of the meeting's address."""
    assert seen.meeting is not None
    return seen.meeting.key


def in_part(minutes: Minutes, name: str) -> Place:
    """Keep a refused form in its place in the part of these minutes."""

    def keep(page: MinutesPage, form: Any) -> None:
        page.part(minutes).forms[name] = form

    return keep


# --- writing -------------------------------------------------------------------------------------------
@require_POST
@of_meeting
def begin(request: HttpRequest, seen: BoardStanding) -> HttpResponse:
    """Begin the minutes of the meeting."""
    office(seen)
    return act(
        request,
        seen,
        lambda: actions.write_draft(meeting=seen.meeting, actor=request.user),  # type: ignore[arg-type]
        _("The minutes have been begun. They follow what was noted at the meeting."),
    )


@require_POST
@of_meeting
def account(request: HttpRequest, seen: BoardStanding, item: uuid.UUID) -> HttpResponse:
    """Save the account of a §."""
    office(seen)
    row = item_of(seen, item)
    form = page_of.AccountForm(request.POST, auto_id=f"id_account{row.pk}_%s")

    def keep(page: MinutesPage, typed: Any) -> None:
        """The other's text is the one that is there now; what was typed stays in the field, written over that."""
        for part in page.parts:
            for number, paragraph in enumerate(part.paragraphs):
                if paragraph.item is not None and paragraph.item.pk == row.pk and paragraph.form is not None:
                    now = paragraph.item.account
                    again = page_of.AccountForm(
                        {"account": typed.data.get("account", ""), "seen": now}, auto_id=f"id_account{row.pk}_%s"
                    )
                    again.theirs = now if now != typed.data.get("seen", "") else ""  # type: ignore[attr-defined]
                    part.paragraphs[number] = page_of.Paragraph(paragraph.section, paragraph.item, again)

    return act(
        request,
        seen,
        lambda: actions.change_account(
            item=row, account=form.cleaned_data["account"], seen=form.cleaned_data["seen"], actor=request.user
        ),
        _("The account is saved."),
        form=form,
        keep=keep,
        anchor=f"item-{row.key}",
    )


@require_POST
@of_meeting
def at_once(request: HttpRequest, seen: BoardStanding) -> HttpResponse:
    """Adjust chosen paragraphs at once."""
    office(seen)
    assert seen.meeting is not None
    meeting = seen.meeting
    form = AtOnceForm(request.POST, meeting=meeting, auto_id="id_at_once_%s")

    def keep(page: MinutesPage, typed: Any) -> None:
        page.at_once = typed

    return act(
        request,
        seen,
        lambda: actions.adjust_at_once(
            meeting=meeting,
            items=form.cleaned_data["items"],
            actor=request.user,  # type: ignore[arg-type]
        ),
        _("The paragraphs wait for the chair and the adjusters to sign."),
        form=form,
        keep=keep,
    )


@require_POST
@of_meeting
def ready(request: HttpRequest, seen: BoardStanding, minutes: uuid.UUID) -> HttpResponse:
    """Fix the minutes and ask for signatures."""
    office(seen)
    row = one_of(seen, minutes)
    return act(
        request,
        seen,
        lambda: actions.make_ready(minutes=row, actor=request.user),
        _("The minutes are fixed. The chair and the adjusters have been asked to sign them."),
    )


@require_POST
@of_meeting
def take_back(request: HttpRequest, seen: BoardStanding, minutes: uuid.UUID) -> HttpResponse:
    """Take fixed minutes back."""
    office(seen)
    row = one_of(seen, minutes)
    form = TakeBackForm(request.POST, auto_id=f"id_back{row.pk}_%s")
    return act(
        request,
        seen,
        lambda: actions.take_back(minutes=row, reason=form.cleaned_data["reason"], actor=request.user),
        _("The minutes are a draft again. Signatures that had been given no longer count."),
        form=form,
        keep=in_part(row, "take_back"),
    )


# --- signing -------------------------------------------------------------------------------------------
def _request(request: HttpRequest, seen: BoardStanding, row: Minutes, digest: str) -> signing.Request:
    back = settings.BASE_URL + reverse("workflows:minutes_sign", args=[page_key(seen), row.key])
    return signing.Request(str(row.meeting), digest, request.user, back)


@of_meeting
def sign(request: HttpRequest, seen: BoardStanding, minutes: uuid.UUID) -> HttpResponse:
    """Sign; with a signing service first the way there, and on coming back a button that takes the signature in."""
    row = one_of(seen, minutes)
    if not row.digest:
        raise Http404
    service = signing.service()
    answer = {name: str(value) for name, value in request.GET.items()}
    if request.method != "POST":
        if not answer or not service.begin(_request(request, seen, row, row.digest)):
            return redirect("workflows:minutes", page_key(seen))
        context = {"meeting": seen.meeting, "collection": seen.board.collection, "service": service, "minutes": row}
        return render(request, "workflows/board/signing.html", {**context, "digest": row.digest, "back": True})
    form = SignForm(request.POST, auto_id=f"id_sign{row.pk}_%s")
    if not answer and form.is_valid() and (address := service.begin(_request(request, seen, row, row.digest))):
        context = {"meeting": seen.meeting, "collection": seen.board.collection, "service": service, "minutes": row}
        return render(request, "workflows/board/signing.html", {**context, "address": address})

    def do() -> None:
        digest = form.cleaned_data["digest"]
        proof = service.finish(_request(request, seen, row, digest), answer)
        actions.sign(minutes=row, digest=digest, actor=request.user, proof=proof)

    return act(request, seen, do, _("Thank you. Your signature is kept."), form=form, keep=in_part(row, "sign"))


@require_POST
@of_meeting
def attach(request: HttpRequest, seen: BoardStanding, minutes: uuid.UUID) -> HttpResponse:
    """Take in minutes that were signed outside."""
    office(seen)
    row = one_of(seen, minutes)
    form = AttachForm(request.POST, request.FILES, auto_id=f"id_attach{row.pk}_%s")
    return act(
        request,
        seen,
        lambda: actions.attach_signed(minutes=row, file=form.cleaned_data["file"], actor=request.user),
        _("The signed minutes are kept, and the minutes are adjusted."),
        form=form,
        keep=in_part(row, "attach"),
    )


# --- files ---------------------------------------------------------------------------------------------
@require_safe
@of_meeting
def pdf(request: HttpRequest, seen: BoardStanding, minutes: uuid.UUID) -> HttpResponse:
    """The minutes as PDF: all, without what is secret (``?version=public``), or chosen paragraphs (``?p=12&p=13``)."""
    row = one_of(seen, minutes)
    public = request.GET.get("version") == "public"
    chosen = [int(number) for number in request.GET.getlist("p")[:500] if number.isdecimal() and len(number) < 6]
    meeting = actions.find_meeting(row.meeting_id)
    row.meeting = meeting
    items = actions.covered(row, meeting)
    if row.state == Minutes.State.DRAFT and not seen.is_office:
        raise Http404
    content = actions.written(row, meeting, items)
    closed = {str(item.key) for item in items if not seen.reads(item)}
    covered = [
        record.covered(each) if each["key"] in closed and each["secret"] else each for each in content["sections"]
    ]
    row.content = {**content, "sections": covered}
    made = paper.of_minutes(row, content=row.content, public=public, paragraphs=chosen)
    name = _("Extract from minutes") if chosen else _("Minutes")
    return pdf_response(made, f"{name} {content['meeting']['date']}.pdf")


@require_safe
@of_meeting
def signed(request: HttpRequest, seen: BoardStanding, minutes: uuid.UUID) -> HttpResponse:
    """The file that was signed outside, as it came."""
    row = one_of(seen, minutes)
    if not row.signed_file or not (seen.reads_all or seen.is_board):
        raise Http404
    if any(not seen.reads(item) and item.is_secret for item in actions.covered(row, row.meeting)):
        raise Http404
    with row.signed_file.open() as file:
        return pdf_response(file.read(), f"{_('Minutes')} {row.meeting.starts_at:%Y-%m-%d}.pdf")


# --- letters -------------------------------------------------------------------------------------------
@of_meeting
def letters(request: HttpRequest, seen: BoardStanding, minutes: uuid.UUID) -> HttpResponse:
    """All letters that follow from these minutes, read together and sent together, with a result for each."""
    office(seen)
    row = one_of(seen, minutes)
    rows = page_of.letters_of(row)
    results: dict[Any, str] = {}
    status = 200
    if request.method == "POST":
        chosen = set(request.POST.getlist("letter"))
        for letter in rows:
            if str(letter.key) not in chosen:
                continue
            try:
                actions.send_letter(letter=letter, actor=request.user)
                results[letter.pk] = _("sent")
            except NotAllowed:
                raise
            except SamsynError as error:
                results[letter.pk] = str(error.sentence)
                status = 409
        if not chosen:
            results[0] = _("Choose the letters that are to be sent.")
            status = 422
        rows = page_of.letters_of(row)
    context = {
        "meeting": seen.meeting,
        "collection": seen.board.collection,
        "minutes": row,
        "letters": [(letter, results.get(letter.pk, "")) for letter in rows if visible(seen, letter)],
        "none_chosen": results.get(0, ""),
        "waiting": sum(letter.is_draft for letter in rows),
        "tab": "minutes",
    }
    return render(request, "workflows/board/letters.html", context, status=status)


def visible(seen: BoardStanding, letter: Any) -> bool:
    """A conflict of interest in the matter closes its letter too."""
    return letter.matter_id not in {row.matter_id for row in closed_items(seen)}


def closed_items(seen: BoardStanding) -> list[AgendaItem]:
    """The items whose papers are closed to this person."""
    return list(AgendaItem.objects.filter(pk__in=seen.out_of)) if seen.out_of else []
