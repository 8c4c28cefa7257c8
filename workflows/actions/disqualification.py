"""Conflicts of interest at a meeting: asked about, told, contested and settled (KL 6:28–32)."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.errors import Conflict, Invalid, NotAllowed, NotLawful
from workflows.board.serving import conflicts_to_ask_about
from workflows.engine import Run, locked
from workflows.models import AgendaItem, Disqualification, Matter, Meeting, Recusal, Seat

from .floor import Floor

State = Disqualification.State
NOT_DEALT_WITH = (AgendaItem.State.WAITING, AgendaItem.State.OPEN)
NOT_OVER = (Meeting.State.PLANNED, Meeting.State.CALLED, Meeting.State.OPEN)


def ask_about_conflicts(floor: Floor, item: AgendaItem) -> int:
    """Put the question to everyone with a known relation to who the item concerns; tells how many are asked."""
    known = set(item.disqualifications.values_list("seat_id", flat=True))
    told = set()
    if item.matter_id:
        told = set(Recusal.objects.filter(matter=item.matter_id, lifted_at=None).values_list("user_id", flat=True))
    day = timezone.localdate(floor.now)
    seats = [seat for seat in floor.serving().seats.values() if seat.holds_on(day) and seat.pk not in known]
    out = [seat for seat in seats if seat.user_id in told]
    left = [seat for seat in seats if seat.user_id not in told]
    asked = [_row(item, seat, Disqualification.Ground.OTHER, "", State.DECLARED) for seat in out]
    asked += [_row(item, *about, State.PROPOSED) for about in conflicts_to_ask_about(item, left)]
    Disqualification.objects.bulk_create(asked, ignore_conflicts=True)
    return len(asked)


def _row(item: AgendaItem, seat: Seat, ground: str, reason: str, state: str) -> Disqualification:
    return Disqualification(item=item, seat=seat, ground=ground, reason=reason, state=state)


@transaction.atomic
def declare(*, item: AgendaItem, seat: Seat, actor: Any, ground: str, reason: str = "") -> Disqualification:
    """The person tells of a conflict of interest, or the secretary on their word: they are out of the item at once.

    Also before the meeting, from the agenda. The matter's papers close too. Raises Conflict, NotAllowed, Invalid.
    """
    floor = Floor(item.meeting, actor)
    item, seat = floor.item(item), floor.seat(seat)
    floor.expect_self_or_lead(seat)
    if ground not in Disqualification.Ground.values:
        raise Invalid({"ground": [_("Choose the ground.")]})
    if floor.meeting.state not in NOT_OVER or item.state not in NOT_DEALT_WITH:
        raise Conflict(_("The item has been dealt with already, and is fixed."))
    floor.expect_no_ballot()
    row = item.disqualifications.filter(seat=seat).first() or _row(item, seat, ground, reason, State.DECLARED)
    if row.stands and row.pk:
        raise Conflict(_("The conflict of interest has been noted already."))
    row.ground, row.reason = ground, reason.strip() or row.reason
    row.state, row.settled_at = State.DECLARED, floor.now
    row.save()
    _close_papers(item, seat, actor, row.reason)
    floor.record("conflict_declared", {"item": str(item.key), "seat": str(seat.key), "ground": ground})
    return row


@transaction.atomic
def question_conflict(*, item: AgendaItem, seat: Seat, actor: Any, ground: str, reason: str = "") -> Disqualification:
    """Somebody who takes part, or the secretary, asks whether another has a conflict of interest in the item."""
    floor = Floor(item.meeting, actor)
    item, seat = floor.item(item), floor.seat(seat)
    floor.expect_at(item)
    floor.expect_no_ballot()
    asks = floor.serving(item).seat_of(actor)
    if not floor.is_office and not floor.serving(item).serves(asks):
        raise NotAllowed(_("Only those who serve, and the secretary, raise a question of conflict of interest."))
    if ground not in Disqualification.Ground.values:
        raise Invalid({"ground": [_("Choose the ground.")]})
    if item.disqualifications.filter(seat=seat).exists():
        raise Conflict(_("The question has been raised already."))
    row = _row(item, seat, ground, reason.strip(), State.PROPOSED)
    row.save()
    floor.record("conflict_asked", {"item": str(item.key), "seat": str(seat.key), "ground": ground})
    return row


@transaction.atomic
def contest(*, disqualification: Disqualification, actor: Any, reason: str = "") -> Disqualification:
    """The person says that there is no conflict of interest: the board decides, without the person."""
    floor = Floor(disqualification.item.meeting, actor)
    row = Disqualification.objects.select_related("seat").get(pk=disqualification.pk)
    floor.expect_self_or_lead(row.seat)
    if row.state != State.PROPOSED:
        raise Conflict(_("The question has been answered already."))
    row.state = State.CONTESTED
    row.reason = reason.strip() or row.reason
    row.save()
    floor.record("conflict_contested", {"item": str(row.item.key), "seat": str(row.seat.key)})
    return row


@transaction.atomic
def settle_disqualification(
    *, disqualification: Disqualification, actor: Any, stands: bool, reason: str = ""
) -> Disqualification:
    """Take down what the board decided about a conflict of interest; the person took no part in it (KL 6:28–32).

    Raises NotLawful when too few others serve, Conflict when it was settled already.
    """
    item = disqualification.item
    floor = Floor(item.meeting, actor)
    item = floor.item(item)
    row = Disqualification.objects.select_related("seat").get(pk=disqualification.pk)
    floor.expect_at(item)
    now = floor.expect_lead(item)
    if row.seat.user_id == actor.pk:
        raise NotLawful(
            _("Nobody takes part in the decision on their own conflict of interest. Let the secretary note it."),
            rule="KL 6:28–32",
        )
    if row.state not in (State.PROPOSED, State.CONTESTED):
        raise Conflict(_("The question has been settled already."))
    # Whoever is asked about leaves: are enough others there, a deputy in the place counted (KL 6:27)?
    row.state = State.DECIDED
    row.save()
    floor.expect_quorum(floor.serving(item))
    row.state = State.DECIDED if stands else State.DISMISSED
    row.settled_at = floor.now
    row.reason = reason.strip() or row.reason
    row.save()
    if stands:
        _close_papers(item, row.seat, actor, row.reason)
    floor.record(
        "conflict_settled",
        {
            "item": str(item.key),
            "seat": str(row.seat.key),
            "stands": stands,
            "chair": str(now.chair.key) if now.chair else None,
        },
    )
    return row


def _close_papers(item: AgendaItem, seat: Seat, actor: Any, reason: str) -> None:
    """The conflict holds for the matter too: its papers close to the person everywhere."""
    if item.matter is None or seat.user_id is None:
        return
    matter = locked(item.matter)
    if matter.recusals.filter(user=seat.user_id, lifted_at=None).exists():
        return
    recusal = Recusal.objects.create(matter=matter, user_id=seat.user_id, author=actor, reason=reason)
    run = Run(matter, actor)
    run.record("recused", {"recusal": str(recusal.key)})
    run.renew_tasks()


# --- kept in step with the matter ----------------------------------------------------------------------------
def floors_of(matter: Matter, actor: Any) -> list[tuple[Floor, AgendaItem]]:
    """The meetings that are to deal with the matter, locked in order; call it before the matter is locked."""
    items = AgendaItem.objects.filter(matter=matter, state__in=NOT_DEALT_WITH, meeting__state__in=NOT_OVER)
    return [(Floor(item.meeting, actor), item) for item in items.select_related("meeting").order_by("meeting_id")]


def follow_recusal(floors: list[tuple[Floor, AgendaItem]], user: Any, reason: str) -> None:
    """A conflict told in the matter holds for its items: every seat of the person is out of them."""
    for floor, item in floors:
        for seat in Seat.objects.filter(member__board=floor.meeting.board_id, user=user):
            row = item.disqualifications.filter(seat=seat).first() or _row(
                item, seat, Disqualification.Ground.OTHER, reason, State.DECLARED
            )
            row.state, row.settled_at = State.DECLARED, floor.now
            row.save()
            floor.record("conflict_declared", {"item": str(item.key), "seat": str(seat.key), "ground": row.ground})


def follow_lifting(floors: list[tuple[Floor, AgendaItem]], user: Any) -> None:
    """A conflict lifted in the matter is lifted from its items."""
    for floor, item in floors:
        for row in item.disqualifications.filter(seat__user=user).select_related("seat"):
            if row.stands:
                row.state, row.settled_at = State.DISMISSED, floor.now
                row.save()
                floor.record(
                    "conflict_settled",
                    {"item": str(item.key), "seat": str(row.seat.key), "stands": False, "chair": None},
                )
