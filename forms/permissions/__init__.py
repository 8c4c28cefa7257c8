"""Who may do what with forms and with what is sent in."""

from .submission import (
    barred,
    completers,
    invitation_of,
    is_contact,
    may_see_submission,
    own_drafts,
    own_submissions,
    proved_addresses,
    readers,
    withdrawers,
)

__all__ = [
    "barred",
    "completers",
    "invitation_of",
    "is_contact",
    "may_see_submission",
    "own_drafts",
    "own_submissions",
    "proved_addresses",
    "readers",
    "withdrawers",
]
