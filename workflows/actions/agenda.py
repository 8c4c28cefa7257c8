"""Before a meeting: it is planned and changed, its agenda is gathered and ordered, and the board is called."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from forms.filetypes import FILE_TYPES, Refused
from forms.incoming import examine
from forms.models.upload import private_storage
from forms.upload_handler import LARGEST_FILE
from records.errors import Closed, Conflict, Invalid, NotAllowed
from records.events import NewEffect, NewMail
from workflows.board import calls
from workflows.board.agenda import changed_since_call
from workflows.board.ready import drafted, ready_matters
from workflows.board.standing import BoardStanding, keys_of, out_of, standing_in
from workflows.models import AgendaItem, AgendaPaper, Board, BoardPack, Matter, Meeting, Seat, StandingItem
from workflows.permissions import holds
from workflows.roles import HANDLE

from .meeting_events import happened
from .sitting import renew_matters

MOST_ITEMS = 200
MOST_PAPERS = 50  # of one item
BEFORE = (Meeting.State.PLANNED, Meeting.State.CALLED)
PLAN = ("title", "purpose", "starts_at", "ends_at", "mode", "place", "link", "is_public", "secretary")
TOLD = ("starts_at", "ends_at", "mode", "place", "link")
ITEM = ("title", "sort", "background", "proposal", "presenter", "minutes", "is_secret", "amount")
PACK = "workflows.board_pack"


# --- the meeting ----------------------------------------------------------------------------------------
@transaction.atomic
def plan_meeting(*, board: Board, actor: Any, starts_at: datetime, **plan: Any) -> Meeting:
    """Plan a meeting; the standing items of its sort go on the agenda by themselves. Raises NotAllowed, Invalid."""
    _demand_office(board, actor)
    return _planned(board, actor, {**plan, "starts_at": starts_at})


@transaction.atomic
def plan_meetings(*, board: Board, actor: Any, starts: Sequence[datetime], **plan: Any) -> list[Meeting]:
    """Plan the meetings of a year at once, all of them or none. Raises NotAllowed, Invalid."""
    _demand_office(board, actor)
    if not starts:
        raise Invalid({"dates": [_("Write at least one date.")]})
    return [_planned(board, actor, {**plan, "starts_at": at}) for at in sorted(set(starts))]


def _planned(board: Board, actor: Any, plan: Mapping[str, Any]) -> Meeting:
    meeting = Meeting(board=board, secretary=actor)
    _take_in(meeting, plan)
    if meeting.starts_at <= timezone.now():
        raise Invalid({"starts_at": [_("The meeting must be in the future.")]})
    same = Meeting.objects.filter(board=board, starts_at=meeting.starts_at).exclude(state=Meeting.State.CANCELLED)
    if same.exists():
        raise Invalid({"starts_at": [_("A meeting is already planned at that time.")]})
    meeting.save()
    rows = [row for row in board.standing_items.all() if not row.purposes or meeting.purpose in row.purposes]
    AgendaItem.objects.bulk_create(_standing(meeting, rows))
    happened(meeting, "planned", actor, {"starts_at": meeting.starts_at.isoformat(), "purpose": meeting.purpose})
    return meeting


def _standing(meeting: Meeting, rows: Iterable[StandingItem]) -> list[AgendaItem]:
    places = list(StandingItem.Place.values)
    ordered = sorted(rows, key=lambda row: (places.index(row.place), row.position, row.pk))
    return [
        AgendaItem(
            meeting=meeting,
            position=number,
            sort=row.sort if row.sort in AgendaItem.Sort.values else AgendaItem.Sort.FORMALITY,
            title=row.title,
            proposal=row.proposal,
        )
        for number, row in enumerate(ordered, start=1)
    ]


def _take_in(meeting: Meeting, plan: Mapping[str, Any]) -> None:
    """Put what was planned on the meeting. Raises Invalid with what the law or plain sense asks for."""
    for name in PLAN:
        if name in plan:
            setattr(meeting, name, plan[name])
    problems: dict[str, list[Any]] = {}
    if not meeting.title.strip():
        problems["title"] = [_("Write what the meeting is called.")]
    if meeting.ends_at is not None and meeting.ends_at <= meeting.starts_at:
        problems["ends_at"] = [_("The meeting must end after it starts.")]
    if meeting.mode != Meeting.Mode.ON_SITE and not meeting.board.allows_distance:
        problems["mode"] = [
            _(
                "The board has not decided that one may attend from a distance. Write its decision among the board's "
                "settings first (Finsam Act, section 19 a)."
            )
        ]
    if meeting.mode != Meeting.Mode.DISTANCE and not meeting.place.strip():
        problems["place"] = [_("Write where the meeting is held.")]
    if problems:
        raise Invalid(problems)
    if meeting.purpose == Meeting.Purpose.BUDGET:
        meeting.is_public = True  # Finsam 23 §


@transaction.atomic
def change_meeting(*, meeting: Meeting, actor: Any, expected_version: int | None = None, **plan: Any) -> Meeting:
    """Change the plan; those who have been called are told at once of a new time, place or way to attend.

    Raises NotAllowed, Invalid, Closed, Conflict.
    """
    meeting = _locked(meeting, actor, expected_version)
    before = {name: getattr(meeting, name) for name in TOLD}
    _take_in(meeting, plan)
    told = meeting.state == Meeting.State.CALLED and any(getattr(meeting, name) != before[name] for name in TOLD)
    changed = [name for name in TOLD if getattr(meeting, name) != before[name]]
    _changed(
        meeting, "changed", actor, {"fields": changed}, mails=lambda: _mails(meeting, calls.AMENDED) if told else []
    )
    return meeting


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, actor: Any, reason: str, expected_version: int | None = None) -> Meeting:
    """Cancel the meeting and tell everybody with a seat; its matters are free for another agenda.

    Raises NotAllowed, Invalid, Closed, Conflict.
    """
    meeting = _locked(meeting, actor, expected_version)
    if not reason.strip():
        raise Invalid({"reason": [_("Write why the meeting is cancelled: everybody is told.")]})
    meeting.state = Meeting.State.CANCELLED
    meeting.cancelled_reason = reason.strip()[:300]
    _changed(meeting, "cancelled", actor, {}, mails=lambda: _mails(meeting, calls.CANCELLED))
    return meeting


# --- the agenda -----------------------------------------------------------------------------------------
@transaction.atomic
def add_item(*, meeting: Meeting, actor: Any, expected_version: int | None = None, **given: Any) -> AgendaItem:
    """Put an own item on the agenda, before the standing items that end it. Raises NotAllowed, Invalid, Closed."""
    meeting = _locked(meeting, actor, expected_version)
    item = _new_item(meeting, given)
    _changed(meeting, "item_added", actor, {"item": str(item.key), "sort": item.sort})
    return item


@transaction.atomic
def propose_item(*, meeting: Meeting, actor: Any, title: str, background: str = "") -> AgendaItem:
    """A member of the board raises a matter (KL 4:20). Raises NotAllowed for deputies and others, Invalid, Closed."""
    meeting = _lock(meeting)
    seat = standing_in(actor, meeting).seat
    if seat is None or seat.is_deputy:
        raise NotAllowed(
            _(
                "Any member of the board may raise a matter; deputies may when they serve (Local Government Act, "
                "chapter 4, section 20)."
            )
        )
    if not title.strip():
        raise Invalid({"title": [_("Write what the matter is about.")]})
    given = {"title": title, "background": background, "sort": AgendaItem.Sort.DECISION, "presenter": seat.name}
    item = _new_item(meeting, given)
    _changed(meeting, "item_proposed", actor, {"item": str(item.key), "seat": str(seat.key)})
    return item


@transaction.atomic
def collect_matters(
    *, meeting: Meeting, actor: Any, matters: Iterable[Matter] | None = None, expected_version: int | None = None
) -> list[AgendaItem]:
    """Put matters that wait for the board on the agenda, all or the chosen ones, with what the decision rests on.

    Raises NotAllowed, Closed, Conflict; Invalid for a matter that is not ready, or on another agenda already.
    """
    meeting = _locked(meeting, actor, expected_version)
    # One collection at a time per board: two agendas cannot take the same matter.
    Board.objects.select_for_update(no_key=True).get(pk=meeting.board_id)
    ready = {row.pk: row for row in ready_matters(meeting.board)}
    wanted = list(ready.values()) if matters is None else list(matters)
    if any(row.pk not in ready for row in wanted):
        raise Invalid(_("One of the matters no longer waits for the board, or is on another agenda. Look again."))
    items = []
    with translation.override(settings.LANGUAGE_CODE):
        for row in wanted:
            matter = ready[row.pk]
            given = {**drafted(matter, list(matter.statements.all())), "sort": AgendaItem.Sort.MATTER}
            items.append(_new_item(meeting, given, matter))
    if items:
        _changed(meeting, "matters_collected", actor, {"matters": [row.registry_number for row in wanted]})
    return items


def _new_item(meeting: Meeting, given: Mapping[str, Any], matter: Matter | None = None) -> AgendaItem:
    rows = list(meeting.items.exclude(state=AgendaItem.State.REMOVED))
    if len(rows) >= MOST_ITEMS:
        raise Invalid(_("The agenda is full: a meeting has at most %(most)s items.") % {"most": MOST_ITEMS})
    item = AgendaItem(meeting=meeting, matter=matter, sort=AgendaItem.Sort.DECISION)
    _take_in_item(item, given)
    last = set(meeting.board.standing_items.filter(place=StandingItem.Place.LAST).values_list("title", flat=True))
    place = len(rows)
    while place and rows[place - 1].title in last:
        place -= 1
    item.position = place + 1
    item.save()
    _number([*rows[:place], item, *rows[place:]])
    return item


def _take_in_item(item: AgendaItem, given: Mapping[str, Any]) -> None:
    for name in ITEM:
        if name in given:
            setattr(item, name, given[name])
    if not item.title.strip():
        raise Invalid({"title": [_("Write what the item is called.")]})
    if item.matter_id is None and item.sort == AgendaItem.Sort.MATTER:
        raise Invalid(
            {"sort": [_("Choose “decision without a matter”: a matter is put on the agenda by fetching it.")]}
        )


def _number(rows: Sequence[AgendaItem]) -> None:
    moved = []
    for number, row in enumerate(rows, start=1):
        if row.position != number:
            row.position = number
            moved.append(row)
    AgendaItem.objects.bulk_update(moved, ["position"])


@transaction.atomic
def change_item(*, item: AgendaItem, actor: Any, expected_version: int | None = None, **given: Any) -> AgendaItem:
    """Change what an item says. Raises NotAllowed, Invalid, Closed, Conflict."""
    meeting = _locked(item.meeting, actor, expected_version)
    item = _item(meeting, item)
    if item.matter_id is not None:
        given = {**given, "sort": item.sort}
    _take_in_item(item, given)
    item.save()
    _changed(meeting, "item_changed", actor, {"item": str(item.key)})
    return item


@transaction.atomic
def move_item(*, item: AgendaItem, actor: Any, to: int, expected_version: int | None = None) -> AgendaItem:
    """Move an item to a place on the agenda, counted from 1. Raises NotAllowed, Closed, Conflict."""
    meeting = _locked(item.meeting, actor, expected_version)
    item = _item(meeting, item)
    rows = [row for row in meeting.items.exclude(state=AgendaItem.State.REMOVED) if row.pk != item.pk]
    to = min(max(to, 1), len(rows) + 1)
    if to != item.position:
        _number([*rows[: to - 1], item, *rows[to - 1 :]])
        _changed(meeting, "item_moved", actor, {"item": str(item.key), "to": to})
    return item


@transaction.atomic
def remove_item(*, item: AgendaItem, actor: Any, expected_version: int | None = None) -> None:
    """Take an item off the agenda; a matter is free for another one. Raises NotAllowed, Closed, Conflict."""
    meeting = _locked(item.meeting, actor, expected_version)
    item = _item(meeting, item)
    item.state = AgendaItem.State.REMOVED
    item.save(update_fields=["state"])
    _number(list(meeting.items.exclude(state=AgendaItem.State.REMOVED)))
    _changed(meeting, "item_removed", actor, {"item": str(item.key)})


def add_paper(*, item: AgendaItem, actor: Any, file: Any, title: str = "") -> AgendaPaper:
    """Attach a file to an item, checked like everything that is handed in. Raises NotAllowed, Closed, Refused."""
    _demand_office(item.meeting.board, actor)
    incoming = examine(file, name=file.name or "", allowed=list(FILE_TYPES), limit=LARGEST_FILE)
    paper = AgendaPaper(
        item=item,
        title=(title.strip() or incoming.name)[:200],
        name=incoming.name,
        size=incoming.size,
        content_type=incoming.content_type,
        sha256=incoming.sha256,
    )
    # The file is written before the row, outside the transaction: no file work is done under the meeting's lock.
    incoming.file.seek(0)
    paper.file.save(paper.name, File(incoming.file), save=False)
    try:
        with transaction.atomic():
            meeting = _locked(item.meeting, actor, None)
            paper.item = _item(meeting, item)
            if paper.item.papers.count() >= MOST_PAPERS:
                raise Refused("too_many", _("There is no room for more papers here."))
            paper.position = (paper.item.papers.aggregate(last=Max("position"))["last"] or 0) + 1
            paper.save(force_insert=True)
            _changed(meeting, "paper_added", actor, {"item": str(item.key), "paper": str(paper.key)})
    except BaseException:
        paper.file.delete(save=False)
        raise
    return paper


@transaction.atomic
def remove_paper(*, paper: AgendaPaper, actor: Any) -> None:
    """Take a file away from its item. Raises NotAllowed, Closed."""
    meeting = _locked(paper.item.meeting, actor, None)
    _item(meeting, paper.item)
    name = str(paper.file.name)
    _changed(meeting, "paper_removed", actor, {"item": str(paper.item.key), "sha256": paper.sha256})
    paper.delete()
    transaction.on_commit(partial(private_storage().delete, name))


# --- the call ------------------------------------------------------------------------------------------
@transaction.atomic
def send_call(*, meeting: Meeting, actor: Any, expected_version: int | None = None) -> Meeting:
    """Call everybody with a seat, deputies too; again when the agenda has changed since. Raises NotAllowed, Invalid.

    Also Closed, and Conflict where the meeting has changed since the person looked, or the call is out already.
    """
    meeting = _locked(meeting, actor, expected_version)
    if meeting.starts_at <= timezone.now():
        raise Invalid(_("The time of the meeting has passed: nobody can be called to it."))
    if not meeting.items.exclude(state=AgendaItem.State.REMOVED).exists():
        raise Invalid(_("There is nothing on the agenda yet."))
    if meeting.state == Meeting.State.CALLED and not changed_since_call(meeting):
        raise Conflict(_("The call has been sent already, and nothing has changed since."))
    kind = calls.AMENDED if meeting.state == Meeting.State.CALLED else calls.CALL
    meeting.state = Meeting.State.CALLED
    meeting.called_at = meeting.called_at or timezone.now()
    _changed(meeting, "called", actor, {"kind": kind}, mails=lambda: _mails(meeting, kind), is_agenda=False)
    return meeting


def _mails(meeting: Meeting, kind: str) -> list[NewMail]:
    """One mail to each person with a seat on the day; the meeting's version makes the cause."""
    items = list(meeting.items.exclude(state=AgendaItem.State.REMOVED))
    rows = Seat.objects.filter(member__board=meeting.board).select_related("user", "member")
    mails = []
    with translation.override(settings.LANGUAGE_CODE):
        for seat in calls.called(rows, meeting):
            if seat.user is None or not seat.user.is_active:
                continue
            context = calls.about(meeting, seat.name)
            if kind == calls.CANCELLED:
                context["reason"] = meeting.cancelled_reason
            else:
                context["agenda"] = calls.agenda_text(items, out_of(seat.user, meeting))
            mails.append(
                NewMail(
                    kind=kind,
                    key=f"{meeting.stream}:{kind}:{meeting.version}:{seat.pk}",
                    to=seat.user.email,
                    collection=meeting.board.collection,
                    context=context,
                )
            )
    return mails


# --- the board pack -------------------------------------------------------------------------------------
@transaction.atomic
def ask_pack(*, meeting: Meeting, actor: Any) -> BoardPack:
    """Have all papers put together in one file; the one there is, if nothing has changed. Raises NotAllowed.

    Somebody with a conflict of interest gets a copy of their own, without what it closes.
    """
    meeting = _lock(meeting)
    seen = BoardStanding(actor, meeting.board, meeting)
    if not seen.may_see:
        raise NotAllowed
    reader, left_out = (actor, keys_of(meeting, seen.out_of)) if seen.out_of else (None, [])
    for known in meeting.packs.filter(reader=reader).exclude(state=BoardPack.State.FAILED):
        if known.left_out == left_out:
            return known
    return _new_pack(meeting, reader, actor, left_out)


def _new_pack(meeting: Meeting, reader: Any, actor: Any, left_out: list[str]) -> BoardPack:
    pack = BoardPack.objects.create(meeting=meeting, reader=reader, left_out=left_out)
    effect = NewEffect(
        kind=PACK,
        key=f"{PACK}:{pack.key}",
        collection=meeting.board.collection,
        object_id=str(pack.key),
    )
    happened(meeting, "pack_asked", actor, {"pack": str(pack.key)}, effects=[effect])
    return pack


def renew_packs(meeting: Meeting, actor: Any) -> None:
    """Throw away what no longer agrees with the agenda, and make anew what had been asked for."""
    packs = list(meeting.packs.select_related("reader"))
    names = [str(pack.file.name) for pack in packs if pack.file]
    BoardPack.objects.filter(pk__in=[pack.pk for pack in packs]).delete()
    for name in names:
        transaction.on_commit(partial(private_storage().delete, name))
    for reader in {pack.reader for pack in packs}:
        left_out = keys_of(meeting, out_of(reader, meeting)) if reader is not None else []
        if left_out or reader is None:
            _new_pack(meeting, reader, actor, left_out)


# --- what all of it shares ------------------------------------------------------------------------------
def _demand_office(board: Board, actor: Any) -> None:
    if not holds(actor, HANDLE, board.collection):
        raise NotAllowed(_("Only the office plans the board's meetings."))


def _lock(meeting: Meeting) -> Meeting:
    """The meeting as it is now, locked until the transaction ends. Raises Closed once it has been opened."""
    meeting = (
        Meeting.objects.select_for_update(of=("self",), no_key=True)
        .select_related("board__collection")
        .get(pk=meeting.pk)
    )
    if meeting.state not in BEFORE:
        raise Closed(
            _("The meeting is %(state)s: its plan and agenda can no longer be changed.")
            % {"state": meeting.get_state_display()}
        )
    return meeting


def _locked(meeting: Meeting, actor: Any, version: int | None) -> Meeting:
    _demand_office(meeting.board, actor)
    meeting = _lock(meeting)
    if version is not None and version != meeting.version:
        raise Conflict
    return meeting


def _item(meeting: Meeting, item: AgendaItem) -> AgendaItem:
    """The item as it is now. Raises Conflict for one that has been taken off the agenda."""
    item = meeting.items.get(pk=item.pk)
    item.meeting = meeting
    if item.state == AgendaItem.State.REMOVED:
        raise Conflict(_("This item has been taken off the agenda."))
    return item


def _changed(
    meeting: Meeting,
    type_: str,
    actor: Any,
    transition: Mapping[str, Any],
    *,
    mails: Any = None,
    is_agenda: bool = True,
) -> None:
    """Count the change, write it with its mail, and let the board packs follow."""
    meeting.version += 1
    queued = mails() if mails else []
    counted = {**transition, "version": meeting.version, **({"mails": len(queued)} if queued else {})}
    meeting.save()
    happened(meeting, type_, actor, counted, mails=queued)
    if meeting.state in (Meeting.State.CALLED, Meeting.State.CANCELLED):
        renew_matters(list(meeting.items.exclude(matter=None).select_related("matter")), actor)
    if is_agenda:
        renew_packs(meeting, actor)
