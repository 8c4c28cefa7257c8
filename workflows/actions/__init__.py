"""The only writers of business changes in this room: one transaction each, permission asked inside, event written."""

from .agenda import (
    add_item,
    add_paper,
    ask_pack,
    cancel_meeting,
    change_item,
    change_meeting,
    collect_matters,
    move_item,
    plan_meeting,
    plan_meetings,
    propose_item,
    remove_item,
    remove_paper,
    send_call,
)
from .board import (
    drop_calendar_link,
    invite_to_seat,
    make_calendar_link,
)
from .clock import go_on, remind_overdue
from .correspondence import add_note, mark_read, send_message, subscribe, unsubscribe
from .definition import import_workflow, publish_workflow
from .dossier import ask_dossier
from .matter import (
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
from .relations import link, mark_confidential, unlink
from .replay import ask_move, ask_replay, give_up_replay, make_replay, move_to_version

__all__ = [
    "add_item",
    "add_note",
    "add_paper",
    "add_person",
    "ask_dossier",
    "ask_move",
    "ask_pack",
    "ask_replay",
    "assign",
    "cancel_meeting",
    "change_item",
    "change_meeting",
    "change_person",
    "choose",
    "close",
    "collect_matters",
    "default_series",
    "drop_calendar_link",
    "give_up_replay",
    "go_on",
    "import_workflow",
    "invite_to_seat",
    "lift_recusal",
    "link",
    "make_calendar_link",
    "make_replay",
    "mark_confidential",
    "mark_read",
    "move_item",
    "move_to_version",
    "plan_meeting",
    "plan_meetings",
    "propose_item",
    "publish_workflow",
    "receive_completion",
    "recuse",
    "register_by_hand",
    "remind_overdue",
    "remove_item",
    "remove_paper",
    "remove_person",
    "send_call",
    "send_message",
    "start",
    "subscribe",
    "take_number",
    "unlink",
    "unsubscribe",
    "withdraw",
]
