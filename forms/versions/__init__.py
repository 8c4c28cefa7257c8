"""Between the versions of a form: what differs, what it breaks, and how a draft moves from one to the next."""

from .difference import Change, PageChanges, compare, for_applicants, grouped
from .moving import moved, needs_to_move

__all__ = ["Change", "PageChanges", "compare", "for_applicants", "grouped", "moved", "needs_to_move"]
