"""What the worker calls."""

from workflows import actions, housekeeping
from workflows.actions import minutes, notices


def remind() -> None:
    """Each day: what rested until today goes on, reminders are sent, notices come down, copies are cleared away."""
    actions.go_on()
    actions.remind_overdue()
    minutes.remind()
    notices.keep_time()
    housekeeping.purge_dossiers()
