"""What is done with the association's own wording of a mail."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from records.errors import NotAllowed
from records.events import NewEvent, record
from records.models import MailText
from records.policy import has

CHANGE = "records.change_mailtext"


@transaction.atomic
def write(*, text: MailText, user: Any) -> MailText:
    """Let ``text`` apply from now on: it is new, or has been changed. Raises NotAllowed, ValidationError."""
    _allow(text, user)
    text.save()
    _tell("mail_text.written", text, user)
    return text


@transaction.atomic
def reset(*, text: MailText, user: Any) -> None:
    """Throw the association's own text away, so that the one which comes with the product applies. Raises NotAllowed.

    The words stay in the event that was written when they were.
    """
    _allow(text, user)
    _tell("mail_text.reset", text, user)
    text.delete()


def _allow(text: MailText, user: Any) -> None:
    if not has(user, CHANGE, text.collection):
        raise NotAllowed(_("You do not have the right to change the association's mail texts."))


def _tell(type_: str, text: MailText, user: Any) -> None:
    """One stream for each mail and language of an association, whichever row holds its text."""
    record(
        NewEvent(
            collection=text.collection,
            stream=f"mail-text:{text.collection_id}:{text.language}:{text.kind}",
            type=type_,
            actor=user,
            transition={"kind": text.kind, "language": text.language},
            detail={"subject": text.subject, "body": text.body},
        )
    )
