"""The only writers of what happens to submissions."""

from .completion import complete
from .draft_link import redeem_link, send_link
from .entry_code import make_code, revoke_code
from .guest import invite_guest, remove_guest
from .moving import move_draft, set_aside
from .partial import add_piece, begin_file, finish_file
from .sample import fill_sample, purge_samples
from .submission import begin, discard, save_page, submit, withdraw
from .upload import keep_file, remove_file

__all__ = [
    "add_piece",
    "begin",
    "begin_file",
    "complete",
    "discard",
    "fill_sample",
    "finish_file",
    "invite_guest",
    "keep_file",
    "make_code",
    "move_draft",
    "purge_samples",
    "redeem_link",
    "remove_file",
    "remove_guest",
    "revoke_code",
    "save_page",
    "send_link",
    "set_aside",
    "submit",
    "withdraw",
]
