"""What the worker calls."""

from workflows import actions, housekeeping


def remind() -> None:
    """Each day: remind of what should have been done by now, and clear away copies."""
    actions.remind_overdue()
    housekeeping.purge_dossiers()
