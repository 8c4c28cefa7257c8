"""The only writers of what happens to submissions."""

from .completion import complete
from .draft_link import redeem_link, send_link
from .guest import invite_guest, remove_guest
from .moving import move_draft, set_aside
from .submission import begin, discard, save_page, submit, withdraw
from .upload import keep_file, remove_file

__all__ = [
    "begin",
    "complete",
    "discard",
    "invite_guest",
    "keep_file",
    "move_draft",
    "redeem_link",
    "remove_file",
    "remove_guest",
    "save_page",
    "send_link",
    "set_aside",
    "submit",
    "withdraw",
]
