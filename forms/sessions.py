"""What one browser may reach without signing in: the drafts begun in it, and the receipts of those it has sent."""

import secrets
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from forms import entry
from forms.models import DraftGuest, Submission
from forms.permissions import invitation_of, is_contact
from forms.together import GUEST

DRAFTS = "forms_drafts"  # [key], also of what has been sent: sending need not write the session
CURRENT = "forms_current"  # {form id: key}
GUESTS = "forms_guests"  # {key: the guest this browser is there}
WHO = "forms_who"
MOST = 30


def _kept(request: HttpRequest, name: str, nothing: Any) -> Any:
    # A visitor without a session costs no query.
    return request.session.get(name, nothing) if request.session.session_key else nothing


def remember_draft(request: HttpRequest, draft: Submission) -> None:
    """Let this browser reach the draft, and make it the current one of its form."""
    key, form = str(draft.key), str(draft.form_id)
    entry.follow_language(request, draft)
    drafts = _kept(request, DRAFTS, [])
    if key not in drafts:
        request.session[DRAFTS] = [*drafts, key][-MOST:]
    current = _kept(request, CURRENT, {})
    if current.get(form) != key:
        request.session[CURRENT] = {**current, form: key}


def enter_draft(request: HttpRequest, draft: Submission, guest: int | None) -> None:
    """Let this browser reach the draft, as the invited person or as the one who began it."""
    guests = {key: pk for key, pk in _kept(request, GUESTS, {}).items() if key != str(draft.key)}
    if guest is not None:
        guests[str(draft.key)] = guest
    if guests != _kept(request, GUESTS, {}):
        request.session[GUESTS] = guests
    remember_draft(request, draft)


def guest_of(request: HttpRequest, draft: Submission) -> int | None:
    """Which invited person this browser is at the draft; None for the one who began it."""
    if request.user.is_authenticated and draft.person_id == request.user.pk:
        return None
    known: int | None = _kept(request, GUESTS, {}).get(str(draft.key))
    if known is not None or str(draft.key) in _kept(request, DRAFTS, []):
        return known
    guest = invitation_of(request.user, draft)
    return guest.pk if guest else None


def is_guest(request: HttpRequest, draft: Submission) -> bool:
    """Was this browser invited to the draft by the one who began it?"""
    return guest_of(request, draft) is not None


def _was_removed(request: HttpRequest, key: str) -> bool:
    """Was this browser invited to the draft, and the invitation taken back? Others cost no query."""
    guest = _kept(request, GUESTS, {}).get(key)
    return guest is not None and not DraftGuest.objects.filter(pk=guest).exists()


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


def current_key(request: HttpRequest, form_id: int) -> str | None:
    """The key of the draft of this form that this browser is at; only an invited person costs a query."""
    key: str | None = _kept(request, CURRENT, {}).get(str(form_id))
    return None if key is None or _was_removed(request, key) else key


def draft_keys(request: HttpRequest) -> list[str]:
    """Every draft within this browser's reach, and what was sent from it."""
    guests = _kept(request, GUESTS, {})
    keys = _kept(request, DRAFTS, [])
    if guests:
        there = set(DraftGuest.objects.filter(pk__in=guests.values()).values_list("pk", flat=True))
        keys = [key for key in keys if key not in guests or guests[key] in there]
    return list(keys)


def reaches(request: HttpRequest, key: UUID | str) -> bool:
    """Was it begun, resumed or sent in this browser?"""
    if str(key) not in _kept(request, DRAFTS, []) and str(key) not in _kept(request, CURRENT, {}).values():
        return False
    return not _was_removed(request, str(key))


def reaches_draft(request: HttpRequest, draft: Submission) -> bool:
    """Is it this browser's draft, or one that the signed-in person has begun or was invited to?"""
    if reaches(request, draft.key) or is_contact(request.user, draft):
        return True
    return draft.is_draft and invitation_of(request.user, draft) is not None


def who(request: HttpRequest, draft: Submission | None = None) -> str:
    """A name for this browser's session, to tell apart those who write in one draft; it says which guest it is."""
    name = request.session.get(WHO)
    if name is None:
        name = request.session[WHO] = secrets.token_hex(6)
    guest = guest_of(request, draft) if draft is not None else None
    return str(name) if guest is None else f"{GUEST}{guest}.{name}"
