"""Which matters wait for the board: those at a step where it decides, that no coming agenda holds yet."""

from typing import Any

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from workflows import letters
from workflows.compiling import kind_of
from workflows.models import AgendaItem, Board, Decision, Matter, Meeting, Statement, Task
from workflows.roles import SERVE

MOST = 100


def ready_matters(board: Board) -> list[Matter]:
    """The matters that can be put on an agenda, the oldest first."""
    waits = Task.objects.filter(matter=OuterRef("pk"), done_at=None, role=SERVE)
    recorded = Decision.objects.filter(matter=OuterRef("pk"), visit=OuterRef("visit"))
    on_agenda = AgendaItem.objects.filter(
        matter=OuterRef("pk"),
        state__in=(AgendaItem.State.WAITING, AgendaItem.State.OPEN),
        meeting__state__in=(Meeting.State.PLANNED, Meeting.State.CALLED, Meeting.State.OPEN),
    )
    rows = (
        Matter.objects.filter(Exists(waits), collection=board.collection_id, state=Matter.State.OPEN)
        .exclude(Exists(recorded))
        .exclude(Exists(on_agenda))
        .select_related("workflow_version", "collection")
        .order_by(F("step_since").asc(nulls_last=True), "pk")[:MOST]
    )
    return [row for row in rows if (step := row.current) is not None and kind_of(step).name == "board_decision"]


def drafted(matter: Matter, statements: list[Statement]) -> dict[str, Any]:
    """What an item about the matter says from the start: the group's statement and the decision it leads to."""
    last = statements[-1] if statements else None
    background = ""
    if last is not None:
        background = _("The preparatory group: %(outcome)s.\n%(text)s") % {
            "outcome": last.get_outcome_display(),
            "text": last.text,
        }
    return {
        "title": matter.title[:200],
        "amount": matter.amount_applied,
        "background": background.strip(),
        "proposal": _proposal(matter, last),
        "minutes": 10,
    }


def _proposal(matter: Matter, statement: Statement | None) -> str:
    words = {"title": matter.title, "amount": letters.kronor(matter.amount_applied)}
    if statement is not None and statement.outcome == Statement.Outcome.REJECT:
        return _("that “%(title)s” be rejected") % words
    if matter.amount_applied is None:
        return _("that “%(title)s” be granted") % words
    return _("that %(amount)s be granted to “%(title)s”") % words
