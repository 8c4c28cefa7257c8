"""Who sits on the board: people are invited to their seats, and a calendar address is given to each who wants one."""

import hashlib
import secrets
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from records.errors import Invalid, NotAllowed
from records.events import NewEvent, record
from records.invite import invite
from records.roles import Role
from workflows.models import CalendarLink, Seat
from workflows.permissions import holds
from workflows.roles import HANDLE

ROLES: dict[str, Role] = {
    Seat.Office.CHAIR: Role.CHAIR,
    Seat.Office.VICE_CHAIR: Role.DEPUTY_CHAIR,
}


@transaction.atomic
def invite_to_seat(*, seat: Seat, actor: Any, email: str) -> Seat:
    """Give the person of a seat a login and the board's role, and write to them. Raises NotAllowed, Invalid."""
    collection = seat.member.board.collection
    if not holds(actor, HANDLE, collection):
        raise NotAllowed(_("Only the office changes the board."))
    seat = Seat.objects.select_for_update(no_key=True).get(pk=seat.pk)
    first, _space, last = seat.name.rpartition(" ")
    roles = {Role.MEMBER, *([ROLES[seat.office]] if seat.office in ROLES else [])}
    try:
        person = invite(
            by=actor,
            collection=collection,
            email=email,
            give=roles,
            first_name=first or last,
            last_name=last if first else "",
        )
    except Invalid as error:
        raise Invalid({"email": [error.sentence]}) from error
    seat.user = person
    seat.save(update_fields=["user"])
    record(
        NewEvent(
            collection=collection,
            stream=f"board:{seat.member.board_id}",
            type="board.seat_invited",
            actor=actor,
            transition={"seat": str(seat.key), "person": str(person.key)},
        )
    )
    return seat


def digest(token: str) -> str:
    """What is stored of a calendar's secret address."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_calendar_link(*, actor: Any) -> str:
    """A new secret address for the person's calendar; the one before stops working. Returns the secret, once."""
    token = secrets.token_urlsafe(32)
    CalendarLink.objects.filter(user=actor).delete()
    CalendarLink.objects.create(user=actor, token_digest=digest(token))
    _record_link(actor, "made")
    return token


@transaction.atomic
def drop_calendar_link(*, actor: Any) -> None:
    """The address stops working."""
    if CalendarLink.objects.filter(user=actor).delete()[0]:
        _record_link(actor, "dropped")


def _record_link(actor: Any, what: str) -> None:
    record(NewEvent(collection=None, stream=f"person:{actor.key}", type=f"calendar.link_{what}", actor=actor))
