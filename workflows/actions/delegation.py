"""What is decided on the board's behalf: the scheme, the decisions by it, and the report to the next meeting."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from records import transactions
from records.errors import Conflict, Invalid, NotAllowed
from records.events import NewEvent, record
from workflows import delegating
from workflows.models import AgendaItem, Board, DelegatedDecision, Delegation, Matter
from workflows.permissions import holds
from workflows.roles import HANDLE


def _office(board: Board, actor: Any) -> None:
    if not holds(actor, HANDLE, board.collection):
        raise NotAllowed(_("Only the office keeps the delegation scheme, as the board has decided it."))


def _happened(board: Board, type_: str, line: Delegation, actor: Any) -> None:
    record(
        NewEvent(
            collection=board.collection,
            stream=f"board:{board.pk}",
            type=f"delegation.{type_}",
            actor=actor,
            transition={"line": line.number, "delegation": line.pk, "ends_on": line.ends_on},
        )
    )


@transaction.atomic
def delegate(
    *,
    board: Board,
    actor: Any,
    number: str,
    what: str,
    delegates: Iterable[Any],
    decided_on: date,
    paragraph: str = "",
    up_to: Decimal | None = None,
    ends_on: date | None = None,
) -> Delegation:
    """Write down a line of the scheme as the board has decided it. Raises NotAllowed, Invalid or Conflict."""
    _office(board, actor)
    who = list(delegates)
    problems: dict[str, list[Any]] = {}
    if not number.strip():
        problems["number"] = [_("Write the number of the line.")]
    if not what.strip():
        problems["what"] = [_("Write what may be decided.")]
    if not who:
        problems["delegates"] = [_("Choose who may decide.")]
    if up_to is not None and up_to <= 0:
        problems["up_to"] = [_("The amount must be more than 0 kronor.")]
    if ends_on is not None and ends_on < decided_on:
        problems["ends_on"] = [_("It cannot end before it begins.")]
    if problems:
        raise Invalid(problems)
    try:
        with transaction.atomic():
            line = Delegation.objects.create(
                board=board,
                number=number.strip()[:20],
                what=what.strip()[:300],
                decided_on=decided_on,
                paragraph=paragraph.strip()[:20],
                up_to=up_to,
                ends_on=ends_on,
            )
    except IntegrityError as error:
        raise Conflict(_("There is a line with that number from the same day already.")) from error
    line.delegates.set(get_user_model().objects.filter(pk__in=[user.pk for user in who]))
    _happened(board, "decided", line, actor)
    return line


@transaction.atomic
def end(*, line: Delegation, on: date, actor: Any) -> Delegation:
    """End a line from the day after ``on``. Raises NotAllowed, Conflict, or Invalid for a day before it began."""
    line = (
        Delegation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("board__collection")
        .get(pk=line.pk)
    )
    _office(line.board, actor)
    if line.ends_on is not None and line.ends_on <= on:
        raise Conflict(_("The line has ended already."))
    if on < line.decided_on:
        raise Invalid({"on": [_("It cannot end before it begins.")]})
    line.ends_on = on
    line.save(update_fields=["ends_on"])
    _happened(line.board, "ended", line, actor)
    return line


@transaction.atomic
def decide(
    *,
    line: Delegation,
    actor: Any,
    text: str,
    reasons: str = "",
    outcome: str = "",
    amount: Decimal | None = None,
    matter: Matter | None = None,
) -> DelegatedDecision:
    """Decide on the board's behalf. Raises NotAllowed or Invalid, with the line and the reason."""
    return delegating.write(
        line=line, actor=actor, text=text, reasons=reasons, outcome=outcome, amount=amount, matter=matter
    )


def report(*, item: AgendaItem) -> int:
    """Everything not yet told to a meeting is told by this item, which is being closed; how many there were.

    In the caller's transaction; a decision is reported once.
    """
    transactions.demand("The report of delegated decisions")
    board = item.meeting.board
    Board.objects.select_for_update(no_key=True).get(pk=board.pk)
    return delegating.unreported(board).order_by().update(reported_in=item)
