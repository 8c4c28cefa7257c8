"""What the worker calls."""

from workflows import actions, housekeeping
from workflows.actions import minutes, notices


def remind() -> None:
    """Each day: remind of what should have been done, take down notices whose time has run, clear away copies."""
    actions.remind_overdue()
    minutes.remind()
    notices.keep_time()
    housekeeping.purge_dossiers()
