"""What the workflows room stores: definitions, matters on their way, and the papers of each matter."""

from .definition import Workflow, WorkflowVersion
from .matter import Matter, MatterPerson, Task
from .papers import CompletionRequest, Decision, Letter, Note, Recusal, Statement
from .registry import RegistryCounter, RegistrySeries

__all__ = [
    "CompletionRequest",
    "Decision",
    "Letter",
    "Matter",
    "MatterPerson",
    "Note",
    "Recusal",
    "RegistryCounter",
    "RegistrySeries",
    "Statement",
    "Task",
    "Workflow",
    "WorkflowVersion",
]
