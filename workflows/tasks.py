"""What the worker calls."""

from workflows import actions


def remind() -> None:
    """Each day: remind of what should have been done by now."""
    actions.remind_overdue()
