"""Deciding on the board's behalf: who may, within what, and the record of it, in the register and in matters."""

from decimal import Decimal
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from records import transactions
from records.errors import Conflict, Invalid, NotAllowed
from records.events import NewEvent, record
from workflows.letters import day, kronor
from workflows.models import Board, DelegatedDecision, Delegation, Matter

NUMBER = "decision.delegated"


def lines_of(board: Board, *, on: Any = None) -> QuerySet[Delegation]:
    """The lines of the delegation scheme that hold on a day (today)."""
    on = on or timezone.localdate()
    return board.delegations.filter(decided_on__lte=on).filter(Q(ends_on=None) | Q(ends_on__gte=on))


def line_called(collection: Any, number: str) -> Delegation | None:
    """The line of that number that was decided last, whether or not it still holds."""
    rows = Delegation.objects.filter(board__collection=collection, number=number)
    return rows.select_related("board__collection").order_by("-decided_on", "-pk").first()


def why_not(line: Delegation, user: Any, *, matter: Matter | None = None) -> str | None:
    """A sentence that tells why this person may not decide by this line, or nothing."""
    today = timezone.localdate()
    if line.ends_on is not None and line.ends_on < today:
        return _("Line %(line)s of the delegation scheme ended on %(date)s: the board decides, or renews it.") % {
            "line": line.number,
            "date": day(line.ends_on),
        }
    if line.decided_on > today:
        return _("Line %(line)s of the delegation scheme begins on %(date)s.") % {
            "line": line.number,
            "date": day(line.decided_on),
        }
    if not line.delegates.filter(pk=user.pk, is_active=True).exists():
        return _("You are not among those who may decide by line %(line)s of the delegation scheme (%(what)s).") % {
            "line": line.number,
            "what": line.what,
        }
    if matter is not None and (
        matter.recusals.filter(user=user, lifted_at=None).exists() or matter.people.filter(email=user.email).exists()
    ):
        return _("You have a conflict of interest in this matter, so somebody else must decide.")
    return None


def why_not_so_much(line: Delegation, amount: Decimal | None) -> str | None:
    """A sentence that tells why the amount is beyond the line, or nothing."""
    if amount is None or line.up_to is None or amount <= line.up_to:
        return None
    return _("Line %(line)s of the delegation scheme goes up to %(limit)s. The board decides about %(amount)s.") % {
        "line": line.number,
        "limit": kronor(line.up_to),
        "amount": kronor(amount),
    }


def write(
    *,
    line: Delegation,
    actor: Any,
    text: str,
    reasons: str = "",
    outcome: str = "",
    amount: Decimal | None = None,
    matter: Matter | None = None,
) -> DelegatedDecision:
    """The decision, with the next number of the year, in the caller's transaction.

    Raises NotAllowed with the line and the reason, Invalid for what is missing or too much, Conflict for another
    association's matter.
    """
    transactions.demand("A delegated decision")
    # The board's row is the lock that keeps the numbers of a year without gaps.
    board = Board.objects.select_for_update(no_key=True).get(pk=line.board_id)
    if matter is not None and matter.collection_id != board.collection_id:
        raise Conflict(_("The matter belongs to another association."))
    if (reason := why_not(line, actor, matter=matter)) is not None:
        raise NotAllowed(reason)
    problems: dict[str, list[str]] = {}
    if not text.strip():
        problems["text"] = [_("Write what you decide.")]
    if not reasons.strip():
        problems["reasons"] = [_("Write the reasons: they are kept with the decision.")]
    if amount is not None and amount <= 0:
        problems["amount"] = [_("The amount must be more than 0 kronor.")]
    elif (too_much := why_not_so_much(line, amount)) is not None:
        problems["amount"] = [too_much]
    if problems:
        raise Invalid(problems)
    now = timezone.now()
    year = timezone.localtime(now).year
    last = DelegatedDecision.objects.filter(delegation__board=board, year=year).aggregate(last=Max("number"))["last"]
    decision = DelegatedDecision.objects.create(
        delegation=line,
        matter=matter,
        year=year,
        number=(last or 0) + 1,
        decided_at=now,
        decided_by=actor,
        decided_name=str(actor),
        outcome=outcome,
        amount=amount,
        text=text.strip(),
        reasons=reasons.strip(),
    )
    record(
        NewEvent(
            collection=board.collection,
            stream=f"board:{board.pk}",
            type=NUMBER,
            actor=actor,
            transition={
                "decision": str(decision.key),
                "line": line.number,
                "number": f"{year}:{decision.number}",
                "matter": str(matter.key) if matter else None,
                "amount": str(amount) if amount is not None else None,
            },
        )
    )
    return decision


def unreported(board: Board) -> QuerySet[DelegatedDecision]:
    """What no meeting has been told of yet, in order."""
    rows = DelegatedDecision.objects.filter(delegation__board=board, reported_in=None)
    return rows.select_related("delegation", "matter").order_by("year", "number")
