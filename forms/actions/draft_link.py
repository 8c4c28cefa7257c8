"""The mailed link that opens a draft on another device: sent, and used once."""

import hashlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from forms.models import DraftGuest, DraftLink, Submission
from records.errors import Closed, Conflict
from records.events import NewEvent, NewMail, record
from records.mail import mark

LASTS = timedelta(days=14)
SECRET = "forms.draft_link"  # noqa: S105 (the name of a maker)

EXPIRED = _("The link cannot be used. It may be too old, used already, or the form may have been sent.")


def token_of(link_id: int, salt: str) -> str:
    """The token, made from the secret key each time it is needed, so that no copy of the database holds it."""
    return salted_hmac("forms.draft_link", f"{link_id}:{salt}", algorithm="sha256").hexdigest()


def token_digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_link(row: Submission, email: str, guest: DraftGuest | None = None) -> tuple[DraftLink, dict[str, Any]]:
    """A link to the draft, and what its mail says of it; for a guest, or for the one who began the draft."""
    link = DraftLink.objects.create(submission=row, email=email, guest=guest, expires_at=timezone.now() + LASTS)
    link.token_digest = token_digest(token_of(link.pk, str(row.key)))
    link.save(update_fields=["token_digest"])
    with override(row.language):
        expires = format_date(timezone.localtime(link.expires_at), "j F Y")
    return link, {"form_title": row.form.title, "link": mark(SECRET), "expires": expires}


def send_link(*, draft: Submission, email: str, guest: int | None = None) -> DraftLink:
    """Mail a link that opens the draft once. The mail has fixed words and no answers. Raises Conflict, Invalid.

    A `guest` gets a link of their own, to the address that was invited whatever `email` says.
    """
    with transaction.atomic():
        row = (
            Submission.objects.select_for_update(of=("self",), no_key=True)
            .select_related("form", "collection")
            .get(pk=draft.pk)
        )
        if not row.is_draft:
            raise Conflict(_("This has already been sent."))
        invited = row.guests.get(pk=guest) if guest is not None else None
        email = invited.email if invited else email
        link, context = new_link(row, email, invited)
        record(
            NewEvent(
                collection=row.collection,
                stream=f"submission:{row.key}",
                type="submission.link_sent",
                actor=None,
                transition={"expires_at": link.expires_at},
            ),
            mails=[
                NewMail(
                    kind="forms.draft_link",
                    key=f"forms.draft_link:{link.pk}",
                    to=email,
                    collection=row.collection,
                    language=row.language,
                    context=context,
                    attachments=[(SECRET, str(link.pk))],
                )
            ],
        )
    return link


def link_address(link: DraftLink) -> str:
    """The full address that is mailed."""
    token = token_of(link.pk, str(link.submission.key))
    return settings.BASE_URL + reverse("forms:resume", args=[token])


def find_link(token: str) -> DraftLink | None:
    """The link with this token, if it can still be used."""
    link = (
        DraftLink.objects.select_related("submission", "submission__form", "submission__version", "guest")
        .defer("submission__form__questions", "submission__version__compiled")
        .filter(token_digest=token_digest(token))
        .first()
    )
    if link is None or link.used_at or link.expires_at <= timezone.now() or not link.submission.is_draft:
        return None
    return link


def redeem_link(*, token: str, person: Any = None) -> DraftLink:
    """Use the link, which says what it opens and for whom: it is dead afterwards. Raises Closed when it cannot be."""
    link = find_link(token)
    if link is None:
        raise Closed(EXPIRED)
    with transaction.atomic():
        used = DraftLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now())
        if not used:
            raise Closed(EXPIRED)
        if link.guest_id:
            DraftGuest.objects.filter(pk=link.guest_id, joined_at=None).update(joined_at=timezone.now())
        record(
            NewEvent(
                collection=link.submission.form.collection,
                stream=f"submission:{link.submission.key}",
                type="submission.resumed",
                actor=person if person is not None and person.is_authenticated else None,
            )
        )
    return link
