"""Inviting others to fill in a draft together, and letting them go."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from forms.models import DraftGuest, Submission
from records.errors import Conflict, Invalid
from records.events import NewEvent, NewMail, record

from .draft_link import SECRET, new_link
from .submission import ALREADY_SENT, stream_of

MOST = 20  # people invited to one draft


def invite_guest(*, draft: Submission, email: str, name: str = "", inviter: str = "", person: Any = None) -> DraftGuest:
    """Mail somebody a link to the draft that can be used once; who is invited already gets another link.

    `inviter` is what the mail calls the one who invites. Raises Conflict once it was sent, Invalid for one too many.
    """
    with transaction.atomic():
        row = _locked(draft)
        guest = row.guests.filter(email=email.lower()).first()
        if guest is None:
            if row.guests.count() >= MOST:
                raise Invalid(_("No more than %(count)s people can be invited to one form.") % {"count": MOST})
            guest = DraftGuest.objects.create(
                submission=row, email=email.lower(), name=name.strip()[:120], invited_by=inviter[:255]
            )
        _remember(row, inviter)
        link, context = new_link(row, guest.email, guest)
        record(
            _event(row, "submission.guest_invited", guest, person),
            mails=[
                NewMail(
                    kind="forms.draft_invitation",
                    key=f"forms.draft_link:{link.pk}",
                    to=guest.email,
                    collection=row.collection,
                    language=row.language,
                    context={**context, "inviter": inviter},
                    attachments=[(SECRET, str(link.pk))],
                )
            ],
        )
    _refresh(draft)
    return guest


def remove_guest(*, draft: Submission, guest: int, person: Any = None) -> None:
    """Let somebody go: what they have written stays, their links and open windows no longer reach the draft."""
    with transaction.atomic():
        row = _locked(draft)
        found = row.guests.filter(pk=guest).first()
        if found is None:
            return
        record(_event(row, "submission.guest_removed", found, person))
        found.delete()
        _remember(row)
    _refresh(draft)


def _locked(draft: Submission) -> Submission:
    row = (
        Submission.objects.select_for_update(of=("self",), no_key=True)
        .select_related("form", "collection")
        .get(pk=draft.pk)
    )
    if not row.is_draft:
        raise Conflict(ALREADY_SENT)
    return row


def _remember(row: Submission, inviter: str = "") -> None:
    """Keep the names in the draft itself, so that a page that shows them asks for nothing more.

    The names of those who have gone stay with what they have written.
    """
    people = {str(guest.pk): str(guest) for guest in row.guests.all()}
    known = {**row.progress.get("people", {}), **people}
    row.progress = {**row.progress, "people": known, "here": sorted(people, key=int)}
    if inviter:
        row.progress["inviter"] = inviter
    row.saves += 1
    row.save(update_fields=["progress", "saves"])


def _refresh(draft: Submission) -> None:
    draft.refresh_from_db(fields=["progress", "saves"])


def _event(row: Submission, kind: str, guest: DraftGuest, person: Any) -> NewEvent:
    return NewEvent(
        collection=row.collection,
        stream=stream_of(row),
        type=kind,
        actor=person if person is not None and person.is_authenticated else None,
        transition={"guest": guest.pk},
        detail={"email": guest.email},
    )
