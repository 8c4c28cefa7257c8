"""Which rights answer for rows of this room in lists, choosers and registers."""

from records import policy
from workflows import models
from workflows.roles import EXPORT, HANDLE, OFFICE

PAPERS = (
    models.MatterPerson,
    models.Task,
    models.CompletionRequest,
    models.Statement,
    models.Decision,
    models.Recusal,
    models.Letter,
    models.Note,
)

REGISTER = (models.Board, models.Member, models.Seat, models.StandingItem)
MEETINGS = (models.Meeting, models.AgendaItem, models.AgendaPaper, models.BoardPack)
SITTING = (
    models.Attendance,
    models.Ballot,
    models.Disqualification,
    models.Motion,
    models.ParagraphCounter,
    models.Reservation,
    models.Service,
    models.Vote,
)


def register() -> None:
    """Every model of the room has its policy. Papers are only ever read in lists; actions write them."""
    policy.register(models.Matter, {"view": OFFICE, "add": [HANDLE], "export": [EXPORT]})
    for model in PAPERS:
        policy.register(model, {"view": OFFICE})
    policy.register(models.RegistryCounter, {"view": ["workflows.change_registryseries"]})
    policy.register(models.WorkflowVersion, {"view": ["workflows.change_workflow", "workflows.publish_workflow"]})
    policy.register(models.RegistrySeries)
    policy.register(models.Workflow)
    for model in REGISTER:
        policy.register(model, {"view": OFFICE, "add": [HANDLE], "change": [HANDLE], "delete": [HANDLE]})
    for model in (*MEETINGS, *SITTING):
        policy.register(model, {"view": OFFICE})
