"""Which rights answer for rows of this room in lists, choosers and registers."""

from django.db.models import Model

from records import policy
from workflows import models
from workflows.roles import EXPORT, HANDLE, OFFICE

PAPERS: tuple[type[Model], ...] = (
    models.MatterPerson,
    models.Task,
    models.CompletionRequest,
    models.Statement,
    models.Decision,
    models.Recusal,
    models.Letter,
    models.Note,
    models.MatterFile,
    models.Reading,
    models.MatterLink,
    models.Subscription,
    models.Dossier,
)

SITTING: tuple[type[Model], ...] = (
    models.Attendance,
    models.Ballot,
    models.Disqualification,
    models.Motion,
    models.ParagraphCounter,
    models.Reservation,
    models.Service,
    models.Vote,
)
REGISTER: tuple[type[Model], ...] = (models.Board, models.Member, models.Seat, models.StandingItem)
MEETINGS: tuple[type[Model], ...] = (models.Meeting, models.AgendaItem, models.AgendaPaper, models.BoardPack)
MINUTES: tuple[type[Model], ...] = (
    models.Minutes,
    models.Adjuster,
    models.Adjustment,
    models.Notice,
    models.Posting,
    models.DelegatedDecision,
)


def register() -> None:
    """Every model of the room has its policy. Papers are only ever read in lists; actions write them."""
    policy.register(models.Matter, {"view": OFFICE, "add": [HANDLE], "export": [EXPORT]})
    policy.register(models.RegistryCounter, {"view": ["workflows.change_registryseries"]})
    policy.register(models.WorkflowVersion, {"view": ["workflows.change_workflow", "workflows.publish_workflow"]})
    policy.register(models.Replay, {"view": ["workflows.publish_workflow"]})
    policy.register(models.RegistrySeries)
    policy.register(models.Workflow)
    for register in REGISTER:
        policy.register(register, {"view": OFFICE, "add": [HANDLE], "change": [HANDLE], "delete": [HANDLE]})
    policy.register(models.Delegation, {"view": OFFICE, "add": [HANDLE], "change": [HANDLE], "delete": [HANDLE]})
    for model in (*PAPERS, *MEETINGS, *SITTING, *MINUTES):
        policy.register(model, {"view": OFFICE})
