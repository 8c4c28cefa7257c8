"""What one browser may reach without signing in: the drafts begun in it and the receipts it was given."""

import secrets
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from forms.models import Submission
from forms.permissions import is_contact

DRAFTS = "forms_drafts"  # [key]
CURRENT = "forms_current"  # {form id: key}
RECEIPTS = "forms_receipts"  # [key]
WHO = "forms_who"
MOST = 30


def _kept(request: HttpRequest, name: str, nothing: Any) -> Any:
    # A visitor without a session costs no query.
    return request.session.get(name, nothing) if request.session.session_key else nothing


def remember_draft(request: HttpRequest, draft: Submission) -> None:
    """Let this browser reach the draft, and make it the current one of its form."""
    key, form = str(draft.key), str(draft.form_id)
    drafts = _kept(request, DRAFTS, [])
    if key not in drafts:
        request.session[DRAFTS] = [*drafts, key][-MOST:]
    current = _kept(request, CURRENT, {})
    if current.get(form) != key:
        request.session[CURRENT] = {**current, form: key}


def leave_draft(request: HttpRequest, draft: Submission) -> None:
    """The draft stays within reach, but the form's pages begin anew."""
    current = _kept(request, CURRENT, {})
    if current.get(str(draft.form_id)) == str(draft.key):
        request.session[CURRENT] = {form: key for form, key in current.items() if form != str(draft.form_id)}


def forget_draft(request: HttpRequest, draft: Submission) -> None:
    """The browser no longer reaches the draft."""
    leave_draft(request, draft)
    drafts = _kept(request, DRAFTS, [])
    if str(draft.key) in drafts:
        request.session[DRAFTS] = [key for key in drafts if key != str(draft.key)]


def remember_receipt(request: HttpRequest, submission: Submission) -> None:
    """What was sent is no draft any more, but its sender may look at the receipt."""
    forget_draft(request, submission)
    receipts = [key for key in _kept(request, RECEIPTS, []) if key != str(submission.key)]
    request.session[RECEIPTS] = [*receipts, str(submission.key)][-MOST:]


def current_key(request: HttpRequest, form_id: int) -> str | None:
    """The key of the draft of this form that this browser is at; reads nothing but the session."""
    return _kept(request, CURRENT, {}).get(str(form_id))


def draft_keys(request: HttpRequest) -> list[str]:
    """Every draft within this browser's reach."""
    return list(_kept(request, DRAFTS, []))


def reaches(request: HttpRequest, key: UUID | str) -> bool:
    """Was it begun, resumed or sent in this browser?"""
    return str(key) in _kept(request, DRAFTS, []) or str(key) in _kept(request, RECEIPTS, [])


def reaches_draft(request: HttpRequest, draft: Submission) -> bool:
    """Is it this browser's draft, or the signed-in person's?"""
    return reaches(request, draft.key) or is_contact(request.user, draft)


def who(request: HttpRequest) -> str:
    """A name for this browser's session, to tell apart two devices that write in one draft."""
    name = request.session.get(WHO)
    if name is None:
        name = request.session[WHO] = secrets.token_hex(6)
    return str(name)
