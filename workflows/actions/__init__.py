"""The only writers of business changes in this room: one transaction each, permission asked inside, event written."""

from .clock import remind_overdue
from .definition import import_workflow, publish_workflow
from .matter import (
    add_note,
    assign,
    choose,
    close,
    receive_completion,
    register_by_hand,
    start,
    withdraw,
)
from .people import add_person, change_person, lift_recusal, recuse, remove_person
from .registry import default_series, take_number

__all__ = [
    "add_note",
    "add_person",
    "assign",
    "change_person",
    "choose",
    "close",
    "default_series",
    "import_workflow",
    "lift_recusal",
    "publish_workflow",
    "receive_completion",
    "recuse",
    "register_by_hand",
    "remind_overdue",
    "remove_person",
    "start",
    "take_number",
    "withdraw",
]
