"""Background work of the pages room: activities that workflows publish. Importing this also registers the step kind."""

from pages import steps

__all__ = ["steps"]
