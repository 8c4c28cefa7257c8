"""What the workflows room stores: definitions, matters on their way, their papers, and the board that decides."""

from .board import Board, Member, Seat, StandingItem
from .calendar import CalendarLink
from .correspondence import Dossier, MatterFile, MatterLink, Reading, Subscription
from .definition import Workflow, WorkflowVersion
from .matter import Matter, MatterPerson, Task
from .meeting import (
    AgendaItem,
    AgendaPaper,
    Attendance,
    Ballot,
    BoardPack,
    Disqualification,
    Meeting,
    Motion,
    ParagraphCounter,
    Reservation,
    Service,
    Vote,
)
from .minutes import Adjuster, Adjustment, DelegatedDecision, Delegation, Minutes, Notice, Posting
from .papers import CompletionRequest, Decision, Letter, Note, Recusal, Statement
from .registry import RegistryCounter, RegistrySeries
from .replay import Replay

__all__ = [
    "Adjuster",
    "Adjustment",
    "AgendaItem",
    "AgendaPaper",
    "Attendance",
    "Ballot",
    "Board",
    "BoardPack",
    "CalendarLink",
    "CompletionRequest",
    "Decision",
    "DelegatedDecision",
    "Delegation",
    "Disqualification",
    "Dossier",
    "Letter",
    "Matter",
    "MatterFile",
    "MatterLink",
    "MatterPerson",
    "Meeting",
    "Member",
    "Minutes",
    "Motion",
    "Note",
    "Notice",
    "ParagraphCounter",
    "Posting",
    "Reading",
    "Recusal",
    "RegistryCounter",
    "RegistrySeries",
    "Replay",
    "Reservation",
    "Seat",
    "Service",
    "StandingItem",
    "Statement",
    "Subscription",
    "Task",
    "Vote",
    "Workflow",
    "WorkflowVersion",
]
