"""The meeting itself: roll call, items opened, decided and closed as numbered paragraphs, reservations, the end."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from records.errors import Closed, Conflict, Invalid, NotLawful
from records.models import Message
from workflows.board import calls, law
from workflows.board.proposals import proposals_of, settled_of, tied
from workflows.board.serving import Serving
from workflows.engine import Run, locked
from workflows.models import (
    Adjuster,
    AgendaItem,
    Attendance,
    Ballot,
    Decision,
    Meeting,
    Motion,
    ParagraphCounter,
    Reservation,
    Seat,
    Service,
)
from workflows.steps.board import AMOUNTS, record_decision

from . import delegation
from .ballots import (
    RULE,
    call_vote,
    close_ballot,
    draw_lot,
    propose,
    second,
    vote,
    withdraw_motion,
)
from .disqualification import ask_about_conflicts, contest, declare, question_conflict, settle_disqualification
from .floor import Floor

State, Item = Meeting.State, AgendaItem.State
Method = AgendaItem.Method


# --- who is there ----------------------------------------------------------------------------------------
@transaction.atomic
def arrive(
    *,
    meeting: Meeting,
    actor: Any,
    seat: Seat | None = None,
    name: str = "",
    role: str = "",
    mode: str = Attendance.Mode.ON_SITE,
    reason: str = "",
    at: datetime | None = None,
) -> Attendance:
    """Note that somebody is there: with a seat, or another (``name``, ``role``). Before the meeting this is roll call.

    From a distance only when the board has decided so, by sound alone only with a reason (Finsam 19 a §).
    """
    floor = Floor(meeting, actor)
    _expect_roll_call(floor)
    floor.expect_no_ballot()
    if mode not in Attendance.Mode.values:
        raise Invalid({"mode": [_("Choose how the person attends.")]})
    if mode != Attendance.Mode.ON_SITE and seat is not None:
        _expect_distance(floor, mode, reason)
    if seat is not None:
        seat = floor.seat(seat)
        if not seat.holds_on(timezone.localdate(floor.now)):
            raise NotLawful(_("The seat of %(name)s does not hold today.") % {"name": seat.name}, rule="Finsam 13 §")
    elif not name.strip():
        raise Invalid({"name": [_("Write the person's name.")]})
    try:
        with transaction.atomic():
            row = Attendance.objects.create(
                meeting=floor.meeting,
                seat=seat,
                name=seat.name if seat else name.strip()[:200],
                role="" if seat else role.strip()[:120],
                mode=mode,
                reason=reason.strip()[:200] if mode == Attendance.Mode.SOUND else "",
                arrived_at=at or floor.now,
            )
    except IntegrityError as error:
        raise Conflict(_("%(name)s has been noted as present already.") % {"name": seat}) from error
    floor.record("arrived", {"attendance": row.pk, "seat": str(seat.key) if seat else None, "mode": mode})
    return row


def _expect_distance(floor: Floor, mode: str, reason: str) -> None:
    if not floor.meeting.board.allows_distance:
        raise NotLawful(_("The board has not decided that one may attend from a distance."), rule="Finsam 19 a §")
    if mode == Attendance.Mode.SOUND and not reason.strip():
        raise NotLawful(_("By sound only needs special reasons: write them."), rule="Finsam 19 a §")


@transaction.atomic
def leave(*, attendance: Attendance, actor: Any, at: datetime | None = None) -> Attendance:
    """Note that somebody has left; who comes back arrives again. Raises Conflict when that was noted already."""
    floor = Floor(attendance.meeting, actor)
    _expect_roll_call(floor)
    floor.expect_no_ballot()
    row = Attendance.objects.get(pk=attendance.pk)
    if row.left_at is not None:
        raise Conflict(_("%(name)s has been noted as gone already.") % {"name": row.name})
    if at is not None and at < row.arrived_at:
        raise Invalid({"at": [_("The time is before the person arrived.")]})
    # A clock may be set back in the middle of a meeting: nobody leaves before they came.
    row.left_at = max(at or floor.now, row.arrived_at)
    row.save()
    floor.record("left", {"attendance": row.pk})
    return row


@transaction.atomic
def undo_arrival(*, attendance: Attendance, actor: Any) -> None:
    """Take back an arrival noted by mistake, as long as the person has taken part in nothing. Raises Conflict."""
    floor = Floor(attendance.meeting, actor)
    _expect_roll_call(floor)
    floor.expect_no_ballot()
    row = Attendance.objects.get(pk=attendance.pk)
    if row.seat_id and Service.objects.filter(item__meeting=floor.meeting, seat=row.seat_id).exists():
        raise Conflict(_("%(name)s has taken part in a decision. Note when they left instead.") % {"name": row.name})
    floor.record("arrival_undone", {"attendance": row.pk}, {"name": row.name})
    row.delete()


def _expect_roll_call(floor: Floor) -> None:
    if floor.meeting.state not in (State.CALLED, State.OPEN):
        raise Closed(_("Attendance is noted from the call until the meeting is closed."))
    floor.expect_lead()


@transaction.atomic
def choose_chair(*, meeting: Meeting, actor: Any, seat: Seat) -> Meeting:
    """The meeting elects who leads it, when neither the chair nor a vice chair serves (Finsam 17 §)."""
    floor = Floor(meeting, actor)
    if floor.meeting.state not in (State.CALLED, State.OPEN):
        raise Closed(_("The meeting is not in session, so nothing was changed."))
    item = floor.meeting.items.filter(state=Item.OPEN).first()
    now = floor.expect_lead(item)
    seat = floor.seat(seat)
    floor.expect_serves(now, seat)
    if now.chair is not None and now.chair.office:
        raise NotLawful(
            _("%(name)s serves and leads the meeting.") % {"name": now.chair.name},
            rule="Finsam 17 §",
        )
    floor.meeting.chair = seat
    floor.record("chair_elected", {"seat": str(seat.key)})
    return floor.meeting


# --- the meeting begins ------------------------------------------------------------------------------------
@transaction.atomic
def open_meeting(*, meeting: Meeting, actor: Any) -> Meeting:
    """Open the meeting: everyone called, quorum, and somebody to lead it. Raises NotLawful, Conflict, NotAllowed."""
    floor = Floor(meeting, actor)
    now = floor.expect_lead()
    if floor.meeting.state in (State.OPEN, State.CLOSED):
        raise Conflict(_("The meeting has been opened already."))
    if floor.meeting.state != State.CALLED:
        raise NotLawful(
            _("The call has not been sent. Members and deputies must all have been called."),
            rule="Finsam 19 §",
        )
    _expect_all_called(floor, now)
    floor.expect_quorum(now)
    floor.expect_chair(now)
    floor.meeting.state = State.OPEN
    floor.meeting.opened_at = floor.now
    if floor.meeting.secretary_id is None and floor.is_office:
        floor.meeting.secretary = actor
    floor.record("opened", {"serving": [str(seat.key) for seat in now.serving], "places": len(now.places)})
    return floor.meeting


def _expect_all_called(floor: Floor, now: Serving) -> None:
    """Raise NotLawful when somebody with a seat today was sent no call, though the others were by mail."""
    sent = Message.objects.filter(cause=floor.meeting.stream, kind__in=(calls.CALL, calls.AMENDED))
    called = {address.lower() for address in sent.values_list("to", flat=True)}
    day = timezone.localdate(floor.now)
    for seat in now.seats.values():
        user = seat.user if seat.holds_on(day) else None
        if called and user is not None and user.is_active and user.email.lower() not in called:
            raise NotLawful(
                _("%(name)s has not been called. Members and deputies must all be: send the call again.")
                % {"name": seat.name},
                rule="Finsam 19 §",
            )


@transaction.atomic
def choose_adjusters(*, meeting: Meeting, actor: Any, seats: Sequence[Seat], reserves: Sequence[Seat] = ()) -> None:
    """Note whom the meeting chose to adjust its minutes beside the chair, and in reserve (KL 5:69)."""
    floor = Floor(meeting, actor)
    floor.expect_open()
    now = floor.expect_lead(floor.meeting.items.filter(state=Item.OPEN).first())
    chosen = [floor.seat(seat) for seat in (*seats, *reserves)]
    if not seats or len({seat.pk for seat in chosen}) != len(chosen):
        raise Invalid({"seats": [_("Choose at least one adjuster, and each person once.")]})
    for seat in chosen:
        floor.expect_serves(now, seat)
        if now.chair is not None and seat.pk == now.chair.pk:
            raise NotLawful(_("The chair adjusts the minutes already. Choose somebody else."), rule="KL 5:69")
    floor.meeting.adjusters.all().delete()
    Adjuster.objects.bulk_create(
        Adjuster(meeting=floor.meeting, seat=seat, is_reserve=number >= len(seats))
        for number, seat in enumerate(chosen)
    )
    floor.record(
        "adjusters_chosen",
        {"seats": [str(seat.key) for seat in seats], "reserves": [str(seat.key) for seat in reserves]},
    )


# --- items ---------------------------------------------------------------------------------------------------
@transaction.atomic
def open_item(*, item: AgendaItem, actor: Any) -> AgendaItem:
    """Begin with an item: quorum is counted again, and known conflicts of interest are asked about."""
    floor = Floor(item.meeting, actor)
    item = floor.item(item)
    floor.expect_open()
    now = floor.expect_lead(item)
    if item.state != Item.WAITING:
        raise Conflict(_("The item has been opened already, or is off the agenda."))
    floor.expect_quorum(floor.serving() if now.out else now)
    item.state = Item.OPEN
    item.opened_at = floor.now
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError as error:
        raise Conflict(_("Another item is being dealt with. Close it first.")) from error
    if item.proposal.strip() and not item.motions.exists():
        Motion.objects.create(
            item=item,
            sort=Motion.Sort.MAIN,
            outcome=item.outcome,
            amount=item.amount,
            text=item.proposal.strip(),
            made_at=floor.now,
        )
    asked = ask_about_conflicts(floor, item)
    floor.record("item_opened", {"item": str(item.key), "asked": asked})
    return item


@transaction.atomic
def close_item(
    *,
    item: AgendaItem,
    actor: Any,
    motion: Motion | None = None,
    outcome: str = "",
    amount: Decimal | None = None,
    conditions: str = "",
    decided: str = "",
) -> AgendaItem:
    """Close the item as the next § of the year: by the votes held, or without one for ``motion`` or ``decided``.

    Keeps who served, and writes the matter's decision, which counts when the minutes are adjusted.
    Raises NotLawful, Conflict, Invalid.
    """
    floor = Floor(item.meeting, actor)
    item = floor.item(item)
    floor.expect_at(item)
    return _close(floor, item, motion=motion, outcome=outcome, amount=amount, conditions=conditions, decided=decided)


def _close(
    floor: Floor,
    item: AgendaItem,
    *,
    motion: Motion | None,
    outcome: str = "",
    amount: Decimal | None = None,
    conditions: str = "",
    decided: str = "",
) -> AgendaItem:
    now = floor.expect_lead(item)
    floor.expect_no_ballot()
    floor.expect_no_open_question(item, now)
    floor.expect_quorum(now)
    chair = floor.expect_chair(now)
    motion, method = _decided_by(item, motion)
    if (
        motion is None
        and not decided.strip()
        and item.sort not in (AgendaItem.Sort.INFORMATION, AgendaItem.Sort.DELEGATED)
    ):
        raise Invalid({"decided": [_("Write what the board decides, or choose a proposal.")]})
    outcome, amount = _outcome(item, motion, outcome, amount)
    item.state, item.closed_at = Item.DONE, floor.now
    item.outcome, item.method, item.amount = outcome, method, amount
    item.conditions = conditions.strip()
    item.decided = decided.strip() or (motion.text if motion else gettext("The board takes note of the information."))
    item.paragraph_year, item.paragraph = _take_paragraph(floor)
    if item.matter_id:
        item.decision = _write_decision(floor, item)
    item.save()
    renew_matters([item], floor.actor)
    _keep_service(item, now, chair)
    if item.sort == AgendaItem.Sort.DELEGATED:
        delegation.report(item=item)
    floor.record(
        "item_closed",
        {
            "item": str(item.key),
            "paragraph": item.paragraph,
            "year": item.paragraph_year,
            "outcome": outcome,
            "method": method,
            "motion": motion.pk if motion else None,
            "amount": str(amount) if amount is not None else None,
            "chair": str(chair.key),
        },
    )
    return item


def _decided_by(item: AgendaItem, motion: Motion | None) -> tuple[Motion | None, str]:
    """The proposal that has won and how: by the votes held, or without one."""
    ballots = list(item.ballots.order_by("number"))
    if any(tied(ballot) for ballot in ballots):
        raise NotLawful(_("The votes were equal: draw the lot first."), rule=RULE)
    live = {row.pk: row for row in item.motions.filter(withdrawn_at=None)}
    telling = [row for row in ballots if row.no_id or row.winner_id]
    if telling:
        last = telling[-1]
        closed = next((row for row in telling if row.sort == Ballot.Sort.CLOSED), None)
        won = closed.winner_id if closed else law.winning_proposal(proposals_of(item), settled_of(item))
        if won is None:
            raise NotLawful(_("A vote has been held, and more than one proposal is left: go on voting."), rule=RULE)
        if motion is not None and motion.pk != won:
            raise NotLawful(_("Another proposal has won the vote."), rule=RULE)
        return live[won], (closed or last).settled_by
    left = {one.id for one in law.standing_proposals(proposals_of(item), settled_of(item))}
    lost = {row.yes_id for row in ballots}
    if motion is None:
        if len(left) > 1:
            raise Invalid({"motion": [_("There are several proposals: choose which one the board has agreed to.")]})
        return (live[left.pop()] if left else None), Method.ACCLAMATION
    if motion.pk not in live or motion.pk in lost:
        raise Conflict(_("The proposal has been withdrawn or voted down."))
    return live[motion.pk], Method.ACCLAMATION


FOLLOWS = {
    Motion.Sort.REFER_BACK: Decision.Outcome.REFERRED_BACK,
    Motion.Sort.TABLE: Decision.Outcome.TABLED,
    Motion.Sort.REJECT: Decision.Outcome.REJECTED,
}


def _outcome(
    item: AgendaItem, motion: Motion | None, outcome: str, amount: Decimal | None
) -> tuple[str, Decimal | None]:
    """The outcome and amount of the decision: what the proposal leads to, unless the secretary says it in words."""
    if motion is not None and motion.sort in FOLLOWS:
        return FOLLOWS[Motion.Sort(motion.sort)], None
    if amount is None and motion is not None:
        amount = motion.amount
    if item.matter is None:
        return outcome or (motion.outcome if motion else ""), amount
    applied = item.matter.amount_applied
    outcome = outcome or (motion.outcome if motion else "")
    if not outcome and amount is not None:
        less = applied is not None and amount < applied
        outcome = Decision.Outcome.GRANTED_IN_PART if less else Decision.Outcome.GRANTED
    if outcome not in Decision.Outcome.values:
        raise Invalid({"outcome": [_("Choose what the decision means for the matter.")]})
    if outcome not in law.GRANTS:
        amount = None
    if (wrong := law.wrong_amount(outcome, amount, applied)) is not None:
        raise Invalid({"amount": [AMOUNTS[wrong]]})
    return outcome, amount


def _take_paragraph(floor: Floor) -> tuple[int, int]:
    """The year and the next § of the board; it is only used up when the transaction is committed."""
    year = timezone.localtime(floor.meeting.opened_at).year
    counter, _made = ParagraphCounter.objects.select_for_update(no_key=True).get_or_create(
        board=floor.meeting.board, year=year
    )
    counter.last += 1
    counter.save()
    return year, counter.last


def _write_decision(floor: Floor, item: AgendaItem) -> Decision:
    """The decision in the matter, as it will stand in the minutes; nobody has confirmed it yet."""
    assert item.matter is not None
    matter = locked(item.matter)
    step = matter.current
    if not matter.is_open or step is None or item.outcome not in {edge["name"] for edge in step["outcomes"]}:
        raise Conflict(_("The matter no longer waits for the board. Take the item off the agenda, with that reason."))
    if matter.pending_decision() is not None:
        raise Conflict(_("A decision in the matter is recorded already and waits to be confirmed."))
    run = Run(matter, floor.actor)
    assert floor.meeting.opened_at is not None
    return record_decision(
        run,
        meeting_date=timezone.localdate(floor.meeting.opened_at),
        paragraph=str(item.paragraph),
        outcome=item.outcome,
        amount=item.amount,
        conditions=item.conditions,
    )


def _keep_service(item: AgendaItem, now: Serving, chair: Seat) -> None:
    Service.objects.bulk_create(
        Service(item=item, seat=place.by, stands_in_for=place.stands_in_for, is_chair=place.by.pk == chair.pk)
        for place in now.places
        if place.by is not None
    )


@transaction.atomic
def refer_back(*, item: AgendaItem, actor: Any, reason: str) -> AgendaItem:
    """The board sends the matter back for more preparation, without a vote; it is a § like others (KL 5:53–56)."""
    return _put_off(item, actor, Motion.Sort.REFER_BACK, reason)


@transaction.atomic
def table(*, item: AgendaItem, actor: Any, reason: str) -> AgendaItem:
    """The board lets the item wait for a later meeting, without a vote; it is a § like others (KL 5:53–56)."""
    return _put_off(item, actor, Motion.Sort.TABLE, reason)


def _put_off(item: AgendaItem, actor: Any, sort: str, reason: str) -> AgendaItem:
    floor = Floor(item.meeting, actor)
    item = floor.item(item)
    floor.expect_open()
    if not reason.strip():
        raise Invalid({"reason": [_("Write why.")]})
    if item.state == Item.WAITING:
        item = open_item(item=item, actor=actor)
        # Opening counted the meeting's version: go on from there.
        floor = Floor(item.meeting, actor)
        item = floor.item(item)
    floor.expect_at(item)
    motion = item.motions.filter(sort=sort, withdrawn_at=None).order_by("pk").last()
    if motion is None:
        motion = Motion.objects.create(
            item=item, position=item.motions.count() + 1, sort=sort, text=reason.strip(), made_at=floor.now
        )
    return _close(floor, item, motion=motion, decided=reason)


@transaction.atomic
def strike(*, item: AgendaItem, actor: Any, reason: str) -> AgendaItem:
    """Take an item off the agenda, with a reason: it gets no §, and its matter is as it was."""
    floor = Floor(item.meeting, actor)
    item = floor.item(item)
    floor.expect_open()
    floor.expect_lead(item)
    floor.expect_no_ballot()
    if item.state not in (Item.WAITING, Item.OPEN):
        raise Conflict(_("The item has been dealt with already, and is fixed."))
    if not reason.strip():
        raise Invalid({"reason": [_("Write why.")]})
    item.state, item.account = Item.REMOVED, reason.strip()
    item.save()
    floor.record("item_removed", {"item": str(item.key)}, {"reason": reason.strip()})
    renew_matters([item], actor)
    return item


def renew_matters(items: Sequence[AgendaItem], actor: Any) -> None:
    """Let the matters of these items wait for whom they wait for now; in the transaction that moved the items."""
    for item in sorted((one for one in items if one.matter_id), key=lambda one: one.matter_id or 0):
        assert item.matter is not None
        Run(locked(item.matter), actor).renew_tasks()


@transaction.atomic
def reserve(*, item: AgendaItem, actor: Any, seat: Seat | None = None, text: str = "") -> Reservation:
    """Reserve oneself against a decision one took part in, before the meeting ends (KL 4:27)."""
    floor = Floor(item.meeting, actor)
    item = floor.item(item)
    found = floor.seat(seat) if seat is not None else _own_service(item, actor)
    if found is None:
        raise NotLawful(_("Only those who took part in the decision can reserve themselves."), rule="KL 4:27")
    floor.expect_self_or_lead(found)
    if floor.meeting.state != State.OPEN:
        raise NotLawful(_("A reservation is told before the meeting ends."), rule="KL 4:27")
    if item.state != Item.DONE:
        raise Conflict(_("There is no decision to reserve oneself against yet."))
    if not item.service.filter(seat=found).exists():
        raise NotLawful(
            _("%(name)s took no part in the decision, and cannot reserve themself.") % {"name": found.name},
            rule="KL 4:27",
        )
    try:
        with transaction.atomic():
            row = Reservation.objects.create(item=item, seat=found, text=text.strip(), made_at=floor.now)
    except IntegrityError as error:
        raise Conflict(_("The reservation has been noted already.")) from error
    floor.record("reserved", {"item": str(item.key), "seat": str(found.key)})
    return row


def _own_service(item: AgendaItem, actor: Any) -> Seat | None:
    row = item.service.filter(seat__user=actor).select_related("seat").first()
    return row.seat if row else None


# --- the end -------------------------------------------------------------------------------------------------
@transaction.atomic
def close_meeting(*, meeting: Meeting, actor: Any) -> Meeting:
    """End the meeting. Raises NotLawful while items are open or wait: they are tabled or taken off with a reason."""
    floor = Floor(meeting, actor)
    if floor.meeting.state == State.CLOSED:
        raise Conflict(_("The meeting has been closed already."))
    floor.expect_open()
    floor.expect_lead()
    left = floor.meeting.items.filter(state__in=(Item.WAITING, Item.OPEN)).count()
    if left:
        raise NotLawful(
            _("%(count)d items have not been dealt with. Table them or take them off, each with a reason.")
            % {"count": left},
            rule="KL 5:65–67",
        )
    if not floor.meeting.adjusters.filter(is_reserve=False).exists():
        raise NotLawful(_("Nobody has been chosen to adjust the minutes beside the chair."), rule="KL 5:69")
    floor.meeting.attendance.filter(left_at=None, arrived_at__lte=floor.now).update(left_at=floor.now)
    for row in floor.meeting.attendance.filter(left_at=None):
        row.left_at = row.arrived_at
        row.save()
    floor.meeting.state = State.CLOSED
    floor.meeting.closed_at = max(floor.now, floor.meeting.opened_at or floor.now)
    floor.record("closed", {"paragraphs": floor.meeting.items.filter(state=Item.DONE).count()})
    return floor.meeting


__all__ = [
    "arrive",
    "call_vote",
    "choose_adjusters",
    "choose_chair",
    "close_ballot",
    "close_item",
    "close_meeting",
    "contest",
    "declare",
    "draw_lot",
    "leave",
    "open_item",
    "open_meeting",
    "propose",
    "question_conflict",
    "refer_back",
    "renew_matters",
    "reserve",
    "second",
    "settle_disqualification",
    "strike",
    "table",
    "undo_arrival",
    "vote",
    "withdraw_motion",
]
