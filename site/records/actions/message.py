"""What people do with messages."""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from records import effects, mail
from records.errors import Closed, NotAllowed
from records.events import NewEvent, record
from records.models import Message
from records.policy import has


def resend(*, message: Message, user: Any) -> Message:
    """Send a message once more, under a Message-ID of its own (see ``mail.message_id``).

    Raises NotAllowed without the right "resend message" in the message's association (system mail: superusers only),
    Closed when its text has been erased or it is on its way already.
    """
    allowed = (
        has(user, "records.resend_message", message.collection)
        if message.collection_id
        else user.is_active and user.is_superuser
    )
    if not allowed:
        raise NotAllowed(_("You do not have the right to send this message again."))
    with transaction.atomic():
        row = Message.objects.select_for_update(of=("self",), no_key=True).get(pk=message.pk)
        if row.erased_at:
            raise Closed(_("The text of this message has been erased, so it cannot be sent again."))
        if row.state == Message.State.QUEUED:
            raise Closed(_("This message is already on its way."))
        row.state = Message.State.QUEUED
        row.sending += 1
        row.message_id = mail.message_id(row.pk, row.sending)
        row.effect_id = uuid.uuid4()
        row.queued_at = timezone.now()
        row.sent_at = None
        row.error = ""
        row.save()
        delivery = mail.delivery(row)
        effects.insert_new({delivery.key: delivery})
        record(
            NewEvent(
                collection=row.collection,
                stream=f"message:{row.pk}",
                type="message.resent",
                actor=user,
                transition={"sending": row.sending, "kind": row.kind},
            )
        )
    return row
