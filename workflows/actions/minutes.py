"""After the meeting: the minutes are written, fixed, adjusted; what they decide is carried out, once."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from forms.incoming import examine
from records import canonical
from records.errors import Conflict, Invalid, NotAllowed
from records.events import NewEffect, NewMail
from records.mail import one_line
from records.policy import users_with
from workflows import letters
from workflows.actions.meeting_events import happened
from workflows.board import clocks, paper, signing
from workflows.board import record as text
from workflows.board.signing import Proof
from workflows.engine import Run, locked
from workflows.models import (
    Adjustment,
    AgendaItem,
    Attendance,
    Decision,
    Letter,
    Matter,
    Meeting,
    Minutes,
    Notice,
    Seat,
)
from workflows.permissions import holds
from workflows.roles import HANDLE
from workflows.steps.board import confirm_decision

CARRY_OUT = "workflows.carry_out"
KEEP_FILE = "workflows.keep_minutes"
LARGEST_FILE = 50 * 1024 * 1024
REMINDED_BEFORE = 3  # days before the last day to adjust
State = Minutes.State
TOO_LATE = _(
    "The minutes with the decision %(decision)s have been adjusted, but the matter has left the board's step or is "
    "closed. The decision was not carried out by itself: see to what has to be done."
)


# --- reading -------------------------------------------------------------------------------------------
def find_meeting(pk: Any) -> Meeting:
    """The meeting with what its minutes are written from, as it is now."""
    return (
        Meeting.objects.select_related("board__collection", "chair__member", "secretary")
        .prefetch_related(
            Prefetch("attendance", Attendance.objects.select_related("seat__member")),
            "adjusters__seat__member",
            "adjusters__seat__user",
        )
        .get(pk=pk)
    )


def covered(minutes: Minutes, meeting: Meeting, items: list[AgendaItem] | None = None) -> list[AgendaItem]:
    """The items these minutes tell of: those chosen, or all."""
    items = text.items_of(meeting) if items is None else items
    if not minutes.is_immediate:
        return items
    chosen = set(minutes.items.values_list("pk", flat=True))
    return [item for item in items if item.pk in chosen]


def written(minutes: Minutes, meeting: Meeting, items: Sequence[AgendaItem]) -> text.Content:
    """What the minutes say: fixed, or as it would be written now."""
    if minutes.state != State.DRAFT:
        return minutes.content
    with translation.override(settings.LANGUAGE_CODE):
        return text.write(meeting, items, whole=not minutes.is_immediate, at_once=_adjusted_before(minutes))


def _adjusted_before(minutes: Minutes) -> dict[int, Any]:
    earlier = Minutes.objects.filter(meeting=minutes.meeting_id, is_immediate=True, state=State.ADJUSTED)
    return {
        item: at
        for item, at in earlier.exclude(pk=minutes.pk).values_list("items", "adjusted_at")
        if item is not None and not minutes.is_immediate
    }


def signers(meeting: Meeting, items: Iterable[AgendaItem]) -> list[tuple[Seat, str, bool]]:
    """Who may sign, as what, and whether it is in reserve: everyone who led an item, then the adjusters."""
    found = [(seat, Adjustment.Role.CHAIR, False) for seat in text.chairs(meeting, items)]
    known = {seat.pk for seat, _role, _reserve in found}
    chosen = [row for row in meeting.adjusters.all() if row.seat_id not in known]
    return [*found, *((row.seat, Adjustment.Role.ADJUSTER, row.is_reserve) for row in chosen)]


def signatures(minutes: Minutes) -> list[Adjustment]:
    """The signatures under the text as it is now fixed."""
    return [row for row in minutes.adjustments.all() if row.digest == minutes.digest and minutes.digest]


def waits_for(minutes: Minutes, who: Sequence[tuple[Seat, str, bool]]) -> list[Seat]:
    """The seats whose signature is still missing; one in reserve stands for one who was chosen."""
    signed = {row.seat_id for row in signatures(minutes)}
    waiting = [seat for seat, _role, reserve in who if not reserve and seat.pk not in signed]
    stand_ins = sum(reserve and seat.pk in signed for seat, _role, reserve in who)
    chosen = [seat for seat, role, reserve in who if role == Adjustment.Role.ADJUSTER and seat in waiting]
    excused = {seat.pk for seat in chosen[:stand_ins]}
    return [seat for seat in waiting if seat.pk not in excused]


# --- writing -------------------------------------------------------------------------------------------
def _locked(minutes: Minutes) -> Minutes:
    return (
        Minutes.objects.select_for_update(of=("self",), no_key=True)
        .select_related("meeting__board__collection")
        .get(pk=minutes.pk)
    )


def demand_office(actor: Any, meeting: Meeting) -> None:
    """Raise NotAllowed for anybody outside the office."""
    if not holds(actor, HANDLE, meeting.board.collection):
        raise NotAllowed(_("Only the office writes the minutes and posts them."))


@transaction.atomic
def write_draft(*, meeting: Meeting, actor: Any) -> Minutes:
    """The minutes of the whole meeting, begun as a draft that follows what was noted; those there are, if begun.

    Raises NotAllowed or Invalid.
    """
    meeting = Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=meeting.pk)
    demand_office(actor, meeting)
    known = meeting.minutes.filter(is_immediate=False).first()
    if known is not None:
        return known
    if meeting.state not in (Meeting.State.OPEN, Meeting.State.CLOSED):
        raise Invalid(_("The minutes are begun when the meeting has been opened."))
    minutes = Minutes.objects.create(meeting=meeting, number=_next_number(meeting), due=_due(meeting))
    happened(meeting, "minutes_begun", actor, {"minutes": str(minutes.key)})
    return minutes


def _next_number(meeting: Meeting) -> int:
    last = meeting.minutes.order_by("number").last()
    return last.number + 1 if last else 1


def _due(meeting: Meeting) -> Any:
    return clocks.last_day_to_adjust(timezone.localdate(meeting.closed_at or meeting.opened_at or meeting.starts_at))


@transaction.atomic
def change_account(*, item: AgendaItem, account: str, seen: str, actor: Any) -> AgendaItem:
    """The office writes what the minutes tell of a §. ``seen`` is the text it was written over.

    Raises NotAllowed; Conflict when somebody has changed it meanwhile, or it has been fixed: nothing is overwritten.
    """
    item = (
        AgendaItem.objects.select_for_update(of=("self",), no_key=True)
        .select_related("meeting__board__collection")
        .get(pk=item.pk)
    )
    demand_office(actor, item.meeting)
    account, seen = _lines(account), _lines(seen)
    if item.account == account:
        return item
    if item.account != seen:
        raise Conflict(_("Somebody else has changed this account since you opened it. Both texts are shown."))
    fixed = Minutes.objects.filter(meeting=item.meeting).exclude(state=State.DRAFT)
    if fixed.filter(is_immediate=False).exists() or fixed.filter(items=item).exists():
        raise Conflict(_("The minutes are fixed. Take them back before you change what they say."))
    item.account = account
    item.save(update_fields=["account"])
    happened(item.meeting, "account_changed", actor, {"item": str(item.key)})
    return item


def _lines(words: str) -> str:
    return words.replace("\r\n", "\n").replace("\r", "\n").strip()


@transaction.atomic
def make_ready(*, minutes: Minutes, actor: Any) -> Minutes:
    """Fix what the minutes say and ask the chair and the adjusters to sign.

    Raises NotAllowed, Conflict, or Invalid with everything the law asks that is missing.
    """
    minutes = _locked(minutes)
    demand_office(actor, minutes.meeting)
    if minutes.state != State.DRAFT:
        raise Conflict(_("The minutes are fixed already."))
    meeting = find_meeting(minutes.meeting_id)
    items = covered(minutes, meeting)
    with translation.override(settings.LANGUAGE_CODE):
        content = written(minutes, meeting, items)
    if problems := text.missing(meeting, items, whole=not minutes.is_immediate):
        raise Invalid({"": problems})
    minutes.content = content
    minutes.digest = canonical.digest(content)
    minutes.state = State.READY
    minutes.ready_at = timezone.now()
    minutes.due = _due(meeting)
    minutes.save()
    waiting = waits_for(minutes, signers(meeting, items))
    happened(
        meeting,
        "minutes_ready",
        actor,
        {"minutes": str(minutes.key), "digest": minutes.digest},
        mails=_ask_to_sign(minutes, meeting, waiting, cause=f"ready:{minutes.digest[:16]}"),
    )
    return minutes


def address_of(meeting: Meeting) -> str:
    """The full address of the minutes' page."""
    return settings.BASE_URL + reverse("workflows:minutes", args=[meeting.key])


def _ask_to_sign(minutes: Minutes, meeting: Meeting, seats: Iterable[Seat], *, cause: str) -> list[NewMail]:
    mails = []
    for seat in seats:
        if seat.user is None or not seat.user.is_active:
            continue
        mails.append(
            NewMail(
                kind=letters.ADJUST,
                key=f"{meeting.stream}:minutes:{minutes.pk}:{cause}:{seat.pk}",
                to=seat.user.email,
                collection=meeting.board.collection,
                context={
                    "name": seat.name,
                    "meeting": str(meeting),
                    "due": letters.day(minutes.due),
                    "link": address_of(meeting),
                },
            )
        )
    return mails


@transaction.atomic
def take_back(*, minutes: Minutes, reason: str, actor: Any) -> Minutes:
    """The office takes fixed minutes back to change them; signatures already given no longer count.

    Raises NotAllowed, Conflict for adjusted minutes, or Invalid without a reason.
    """
    minutes = _locked(minutes)
    demand_office(actor, minutes.meeting)
    if minutes.state != State.READY:
        raise Conflict(_("Only minutes that wait for adjustment can be taken back; adjusted minutes never change."))
    if not reason.strip():
        raise Invalid({"reason": [_("Write why the minutes are taken back.")]})
    given = len(signatures(minutes))
    old = minutes.digest
    minutes.state = State.DRAFT
    minutes.content, minutes.digest, minutes.ready_at = {}, "", None
    minutes.save()
    happened(
        minutes.meeting,
        "minutes_taken_back",
        actor,
        {"minutes": str(minutes.key), "digest": old, "signatures": given},
    )
    return minutes


# --- adjusting -----------------------------------------------------------------------------------------
def may_sign(minutes: Minutes, user: Any, who: Sequence[tuple[Seat, str, bool]]) -> tuple[Seat, str]:
    """The seat and the role in which this person signs. Raises NotAllowed or Conflict with the reason why not."""
    mine = [(seat, role) for seat, role, _reserve in who if seat.user_id is not None and seat.user_id == user.pk]
    if not mine:
        raise NotAllowed(_("Only the chair of the meeting and those chosen to adjust its minutes can sign them."))
    if minutes.state == State.DRAFT:
        raise Conflict(_("The minutes are being changed. You can sign when the office has made them ready."))
    signed = {row.seat_id for row in signatures(minutes)}
    left = [(seat, role) for seat, role in mine if seat.pk not in signed]
    if not left:
        raise Conflict(_("You have already signed these minutes."))
    if minutes.state == State.ADJUSTED:
        raise Conflict(_("The minutes have been adjusted: no more signatures are needed."))
    return left[0]


@transaction.atomic
def sign(*, minutes: Minutes, digest: str, actor: Any, proof: Proof | None = None) -> Minutes:
    """One person signs the text with this digest; with the last signature the minutes are adjusted.

    Raises NotAllowed for anybody else, Conflict when it is done already or the text has changed.
    """
    minutes = _locked(minutes)
    meeting = find_meeting(minutes.meeting_id)
    who = signers(meeting, covered(minutes, meeting))
    seat, role = may_sign(minutes, actor, who)
    if digest != minutes.digest:
        raise Conflict(_("The minutes have changed since you read them. Read them again, and sign if you agree."))
    proof = proof or signing.SignedIn().finish(signing.Request(str(minutes), digest, actor, ""), {})
    Adjustment.objects.create(
        minutes=minutes,
        seat=seat,
        user=actor,
        name=proof.name[:200],
        role=role,
        means=proof.means,
        reference=proof.reference[:300],
        digest=minutes.digest,
    )
    happened(meeting, "minutes_signed", actor, {"minutes": str(minutes.key), "digest": digest, "role": role})
    _settle(minutes, meeting, who)
    return minutes


def attach_signed(*, minutes: Minutes, file: Any, actor: Any) -> Minutes:
    """A PDF that was signed in a signing service or on paper: those who had not signed here have signed it.

    Raises NotAllowed, Conflict, or Invalid (Refused) for a file that is no PDF or holds a virus.
    """
    demand_office(actor, minutes.meeting)
    given = examine(file, allowed=["pdf"], limit=LARGEST_FILE)
    # Written before the row, outside the transaction, which no file work may hold up.
    name = minutes.signed_file.storage.save(minutes.signed_file.field.generate_filename(minutes, ""), File(given.file))
    try:
        with transaction.atomic():
            return _attached(minutes, name, given.sha256, actor)
    except BaseException:
        minutes.signed_file.storage.delete(name)
        raise


def _attached(minutes: Minutes, name: str, digest: str, actor: Any) -> Minutes:
    minutes = _locked(minutes)
    if minutes.state != State.READY:
        raise Conflict(_("A signed file is attached to minutes that wait for adjustment."))
    meeting = find_meeting(minutes.meeting_id)
    who = signers(meeting, covered(minutes, meeting))
    roles = {seat.pk: role for seat, role, _reserve in who}
    minutes.signed_file, minutes.signed_sha256 = name, digest
    minutes.save()
    Adjustment.objects.bulk_create(
        Adjustment(
            minutes=minutes,
            seat=seat,
            name=seat.name,
            role=roles[seat.pk],
            means=Adjustment.Means.OUTSIDE,
            reference=f"SHA-256 {digest}",
            digest=minutes.digest,
        )
        for seat in waits_for(minutes, who)
    )
    happened(
        meeting,
        "minutes_signed_outside",
        actor,
        {"minutes": str(minutes.key), "digest": minutes.digest, "file": digest},
    )
    _settle(minutes, meeting, who)
    return minutes


def _settle(minutes: Minutes, meeting: Meeting, who: Sequence[tuple[Seat, str, bool]]) -> None:
    """With the last signature: adjusted, the notice is due, and every decision is carried out once."""
    minutes = Minutes.objects.get(pk=minutes.pk)
    if waits_for(minutes, who):
        return
    minutes.state = State.ADJUSTED
    minutes.adjusted_at = timezone.now()
    minutes.save()
    Notice.objects.create(minutes=minutes, due=clocks.last_day_to_post(timezone.localdate(minutes.adjusted_at)))
    collection = meeting.board.collection
    items = [item for item in covered(minutes, meeting) if item.decision_id]
    # The key is the item's alone: a § that was adjusted at once is not carried out again with the whole.
    effects = [
        NewEffect(kind=CARRY_OUT, key=f"{CARRY_OUT}:{item.pk}", collection=collection, object_id=str(item.pk))
        for item in items
    ]
    keep = NewEffect(kind=KEEP_FILE, key=f"{KEEP_FILE}:{minutes.pk}", collection=collection, object_id=str(minutes.pk))
    happened(
        meeting,
        "minutes_adjusted",
        None,
        {"minutes": str(minutes.key), "digest": minutes.digest, "items": [str(item.key) for item in items]},
        effects=[*effects, keep],
    )


@transaction.atomic
def adjust_at_once(*, meeting: Meeting, items: Iterable[AgendaItem], actor: Any) -> Minutes:
    """Paragraphs that are to be adjusted at once get minutes of their own, fixed and ready to be signed.

    Raises NotAllowed, or Invalid with what is missing.
    """
    meeting = Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=meeting.pk)
    demand_office(actor, meeting)
    chosen = list(items)
    if not chosen:
        raise Invalid({"items": [_("Choose the paragraphs that are to be adjusted at once.")]})
    taken = AgendaItem.objects.filter(pk__in=[item.pk for item in chosen], in_minutes__isnull=False).first()
    if taken is not None:
        raise Conflict(_("%(item)s is in minutes that are adjusted at once already.") % {"item": taken})
    if meeting.minutes.filter(is_immediate=False).exclude(state=State.DRAFT).exists():
        raise Conflict(_("The minutes of the whole meeting are fixed already: they hold these paragraphs."))
    minutes = Minutes.objects.create(
        meeting=meeting, number=_next_number(meeting), is_immediate=True, due=_due(meeting)
    )
    minutes.items.set(chosen)
    happened(
        meeting,
        "minutes_at_once",
        actor,
        {"minutes": str(minutes.key), "items": sorted(str(item.key) for item in chosen)},
    )
    return make_ready(minutes=minutes, actor=actor)


# --- carrying out --------------------------------------------------------------------------------------
def carry_out(*, item: AgendaItem) -> None:
    """The § is adjusted: its decision counts, and the matter goes on by it. A decision that counts is left alone."""
    item = AgendaItem.objects.select_related("decision", "meeting__chair__user").get(pk=item.pk)
    if item.decision is None or item.matter_id is None:
        return
    matter = locked(Matter.objects.get(pk=item.matter_id))
    decision = Decision.objects.select_for_update(no_key=True).get(pk=item.decision.pk)
    if decision.confirmed_at is not None:
        return
    minutes = (
        Minutes.objects.filter(meeting=item.meeting_id, state=State.ADJUSTED)
        .filter(Q(is_immediate=False) | Q(items=item))
        .order_by("adjusted_at", "pk")
        .first()
    )
    led = item.service.filter(is_chair=True).select_related("seat__user").first()
    seat = led.seat if led else item.meeting.chair
    run = Run(matter, None)
    run.letters_wait_for = minutes
    if matter.is_open and (matter.step, matter.visit) == (decision.step, decision.visit):
        by, name = (seat.user, seat.name) if seat else (None, "")
        run.take(confirm_decision(run, decision, by=by, name=name, role="minutes"))
    else:
        run.note(TOO_LATE % {"decision": decision})


def keep_file(*, minutes: Minutes) -> None:
    """The adjusted minutes as PDF/A, with the signatures, kept beside the row. Work outside any transaction."""
    minutes = Minutes.objects.select_related("meeting__board__collection").get(pk=minutes.pk)
    if minutes.file:
        return
    made = paper.of_minutes(minutes)
    storage = minutes.file.storage
    name = storage.save(minutes.file.field.generate_filename(minutes, ""), ContentFile(made))
    kept = Minutes.objects.filter(pk=minutes.pk, file="").update(file=name, sha256=hashlib.sha256(made).hexdigest())
    if not kept:
        storage.delete(name)


# --- the letters of the meeting ------------------------------------------------------------------------
@transaction.atomic
def send_letter(*, letter: Letter, actor: Any) -> Letter:
    """Send one of the letters that wait; once. Raises NotAllowed, Conflict, or Invalid when nobody can be mailed."""
    matter = locked(letter.matter)
    letter = Letter.objects.select_for_update(of=("self",), no_key=True).get(pk=letter.pk)
    if not holds(actor, HANDLE, matter.collection):
        raise NotAllowed(_("Only the office sends letters."))
    if letter.held_for_id is None or letter.sent_at is not None:
        raise Conflict(_("The letter has been sent already."))
    letter.matter = matter
    run = Run(matter, actor)
    people = run.people()
    letter.sent_at = run.now
    letter.recipients = [person.email for person in people]
    letter.save()
    source = letter.source
    with translation.override(matter.language):
        mails = [
            run.mail(
                source["kind"],
                f"letter:{letter.key}",
                person,
                subject=one_line(letters.fill(source["subject"], matter, person)),
                text=letters.fill(source["text"], matter, person),
            )
            for person in people
        ]
    run.record("letter", {"letter": str(letter.key), "kind": source["kind"]}, mails=mails)
    return letter


# --- in time -------------------------------------------------------------------------------------------
def remind(*, today: Any = None) -> int:
    """Remind, once, of minutes whose last day comes or has passed without adjustment; returns how many."""
    today = today or timezone.localdate()
    soon = today + timedelta(days=REMINDED_BEFORE)
    late = Minutes.objects.exclude(state=State.ADJUSTED).filter(due__lte=soon, reminded_on=None)
    reminded = 0
    for pk in list(late.values_list("pk", flat=True)):
        with transaction.atomic():
            minutes = _locked(Minutes(pk=pk))
            if minutes.state == State.ADJUSTED or minutes.reminded_on is not None:
                continue
            minutes.reminded_on = today
            minutes.save(update_fields=["reminded_on"])
            meeting = find_meeting(minutes.meeting_id)
            if minutes.state == State.READY:
                waiting = waits_for(minutes, signers(meeting, covered(minutes, meeting)))
                mails = _ask_to_sign(minutes, meeting, waiting, cause="late")
            else:
                mails = tell_office(meeting, letters.ADJUST, cause=f"late:{minutes.pk}", due=letters.day(minutes.due))
            happened(meeting, "minutes_reminded", None, {"minutes": str(minutes.key)}, mails=mails)
            reminded += 1
    return reminded


def tell_office(meeting: Meeting, kind: str, *, cause: str, **context: str) -> list[NewMail]:
    """The mails that tell everyone at the office of something about a meeting's minutes."""
    collection = meeting.board.collection
    return [
        NewMail(
            kind=kind,
            key=f"{meeting.stream}:{cause}:{user.pk}",
            to=user.email,
            collection=collection,
            context={"name": str(user), "meeting": str(meeting), "link": address_of(meeting), **context},
        )
        for user in users_with(HANDLE, collection)
    ]
