"""The rights and relations that tasks wait for, and what each is called."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HANDLE = "workflows.handle_matter"
VIEW = "workflows.view_matter"
REVIEW = "workflows.review_matter"
SERVE = "workflows.serve_matter"
CONFIRM = "workflows.confirm_decision"
CONFIRM_AS_DEPUTY = "workflows.confirm_decision_as_deputy"
EXPORT = "workflows.export_matter"
APPLICANT = "applicant"
CLOCK = "clock"

OFFICE = (HANDLE, VIEW)
BOARD = (SERVE, CONFIRM, CONFIRM_AS_DEPUTY)
INSIDE = (*OFFICE, REVIEW, *BOARD)

NAMES: dict[str, str | Promise] = {
    HANDLE: _("the office"),
    REVIEW: _("the preparatory group"),
    SERVE: _("the members of the board"),
    CONFIRM: _("the chair"),
    CONFIRM_AS_DEPUTY: _("the deputy chair"),
    APPLICANT: _("the applicant"),
    CLOCK: _("a date"),
}


def called(role: str) -> Any:
    """What people call a role or relation."""
    return NAMES.get(role, role)
