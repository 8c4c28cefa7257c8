"""The outbox: what is mailed, in which words, and how it leaves the house."""

import smtplib
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import MaxLengthValidator, validate_email
from django.db import transaction
from django.utils import timezone, translation
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from wagtail.models import Collection

from records import association, effects, transactions
from records.effects import GiveUp, effect
from records.errors import Invalid
from records.models import Effect, MailText, Message
from records.prepared import Prepared
from records.wording import (
    COMMON_PLACEHOLDERS,
    SYSTEM,
    MailKind,
    Text,
    _kinds,
    check_text,
    common,
    fill,
    kinds,
    label_of,
    mail_kind,
    one_line,
    placeholders_in,
    preview,
    writable,
)

__all__ = [
    "COMMON_PLACEHOLDERS",
    "SYSTEM",
    "Attachment",
    "MailKind",
    "NewMail",
    "attachment",
    "check_text",
    "kinds",
    "label_of",
    "mail_kind",
    "mark",
    "one_line",
    "placeholders_in",
    "preview",
    "secret",
]

Attachment = tuple[str, bytes, str]
"""File name, content, content type."""

ADDRESS_LENGTH = 254  # what the mail protocol and our columns hold
DELIVER = "records.deliver"
SYSTEM_MAIL_IS_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """A mail that is to leave because of what just happened; ``key`` names the cause, and one cause mails once."""

    kind: str
    key: str
    to: str
    collection: Collection
    language: str = ""
    context: Mapping[str, object] = field(default_factory=dict)
    attachments: Sequence[tuple[str, str]] = ()


_makers: dict[str, Callable[[str], Attachment]] = {}
_labels: dict[str, Text] = {}
_secrets: dict[str, Callable[[str], str]] = {}


# --- what rooms register ---------------------------------------------------------------------------
def attachment(maker: str, *, label: Text = "") -> Callable[[Callable[[str], Attachment]], Callable[[str], Attachment]]:
    """Register the decorated function as the maker of an attachment; it is called at delivery, with an id.

    ``label`` is what staff read in the register of messages, where nothing is made.
    """

    def register(function: Callable[[str], Attachment]) -> Callable[[str], Attachment]:
        _makers[maker] = function
        _labels[maker] = label or maker
        return function

    return register


def secret(maker: str) -> Callable[[Callable[[str], str]], Callable[[str], str]]:
    """Register the decorated function as the maker of a text that is never stored, such as a link that opens a draft.

    A mail names it among its attachments and has ``mark(maker)`` where the text is to stand; the text is made at
    delivery, each time the same for the same id.
    """

    def register(function: Callable[[str], str]) -> Callable[[str], str]:
        _secrets[maker] = function
        return function

    return register


def mark(maker: str) -> str:
    """What stands in a stored mail where a secret is put in at delivery."""
    return f"[{maker}]"


def _revealed(body: str, attachments: Iterable[Sequence[str]]) -> str:
    for maker, object_id in attachments:
        if maker in _secrets:
            body = body.replace(mark(maker), _secrets[maker](object_id))
    return body


# --- what the register shows -------------------------------------------------------------------------
def attached(message: Message) -> list[str]:
    """What each attachment is called."""
    return [str(_labels.get(maker, maker)) for maker, _object_id in message.attachments if maker not in _secrets]


def holds_a_secret(message: Message) -> bool:
    """Whether something is put into the text at delivery that is not stored in it."""
    return any(maker in _secrets and mark(maker) in message.body for maker, _object_id in message.attachments)


def stays_here() -> bool:
    """Whether this is a demo that delivers nothing, so that its mail is read in the register."""
    return settings.DEMO and settings.DELIVERY_BACKEND == "django.core.mail.backends.dummy.EmailBackend"


# --- wording -----------------------------------------------------------------------------------------
def wording(kind: MailKind, language: str, collection: Collection | None) -> tuple[str, str]:
    """Subject and text before filling in: the association's own, or those that come with the product."""
    if collection is not None:
        own = _own_wording.first(collection.pk, kind.key, language)
        if own:
            return own.subject, own.body
    with translation.override(language):
        return str(kind.subject), str(kind.body)


_own_wording = Prepared(
    lambda collection, kind, language: MailText.objects.filter(collection=collection, kind=kind, language=language),
    -1,
    "its-kind",
    "its-language",
)


def compose(
    kind: MailKind, language: str, collection: Collection | None, context: Mapping[str, object]
) -> tuple[str, str]:
    """Subject and text, filled in. Raises ValueError when the caller does not give every placeholder of the kind."""
    if missing := set(kind.placeholders) - set(context):
        raise ValueError(f"Mail {kind.key!r} needs a value for: {', '.join(sorted(missing))}.")
    subject, body = wording(kind, language, collection)
    with translation.override(language):
        values = {**common(collection), **{name: str(context[name]) for name in kind.placeholders}}
    return one_line(fill(subject, values)), writable(fill(body, values)).strip() + "\n"


# --- queueing ----------------------------------------------------------------------------------------
def queue(mails: Iterable[NewMail], *, cause: str = "") -> list[Message]:
    """Compose and queue; a mail whose key is there already is not queued again. Returns the messages that were new.

    Must run in the transaction of the change. Raises LookupError for an unknown kind or attachment, Invalid for
    something that is not an address.
    """
    transactions.demand("Queueing mail")
    rows: dict[str, Message] = {}
    for new in mails:
        kind = _kinds.get(new.kind)
        if kind is None:
            raise LookupError(f"The kind of mail {new.kind!r} is not registered.")
        for maker, _id in new.attachments:
            if maker not in _makers and maker not in _secrets:
                raise LookupError(f"No maker is registered for the attachment {maker!r}.")
        language = new.language if new.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        subject, body = compose(kind, language, new.collection, new.context)
        if settings.DEMO:  # the demo's mail is read in the register
            body = _revealed(body, new.attachments)
        facts = association.facts(new.collection)
        rows.setdefault(
            new.key,
            _message(
                collection=new.collection,
                key=new.key,
                kind=kind.key,
                to=address(new.to),
                from_name=one_line(facts.name),
                reply_to=facts.email,
                language=language,
                subject=subject,
                body=body,
                attachments=[[maker, str(object_id)] for maker, object_id in new.attachments],
                cause=cause,
            ),
        )
    return _insert(rows)


def address(text: str) -> str:
    """The address, trimmed. Raises Invalid when no mail can be sent there."""
    text = text.strip()
    try:
        validate_email(text)
        MaxLengthValidator(ADDRESS_LENGTH)(text)
    except ValidationError as error:
        raise Invalid(_("“%(address)s” is not an e-mail address.") % {"address": one_line(text)}) from error
    return text


def _message(**values: object) -> Message:
    pk = uuid.uuid4()
    return Message(pk=pk, effect_id=uuid.uuid4(), message_id=message_id(pk, 1), **values)


def _insert(rows: dict[str, Message]) -> list[Message]:
    """Store new messages, each with the one effect that delivers it."""
    messages = effects.insert_new(rows)
    effects.insert_new({row.key: row for row in map(delivery, messages)})
    return messages


def delivery(message: Message) -> Effect:
    """The effect that delivers this sending of the message; the caller stores it."""
    return Effect(
        pk=message.effect_id,
        kind=DELIVER,
        key=f"{DELIVER}:{message.pk}:{message.sending}",
        collection=message.collection,
        object_id=str(message.pk),
        cause=message.cause,
        ring_at=timezone.now() + effects.RING_AGAIN,
    )


def message_id(pk: uuid.UUID, sending: int) -> str:
    """The Message-ID of one sending.

    Fixed, so that a mail delivered twice by a worker that died arrives as one; but a sending that a person asks for has
    its own, for receivers silently drop a second mail with a known id, and then the person would wait in vain.
    """
    return f"<{pk}.{sending}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}>"


# --- delivering --------------------------------------------------------------------------------------
def _given_up(row: Effect) -> None:
    Message.objects.filter(pk=row.object_id).exclude(state=Message.State.SENT).update(
        state=Message.State.FAILED, error=row.error
    )


@effect(DELIVER, outside=True, dead=_given_up)
def deliver(row: Effect) -> None:
    """Hand one message to the delivery backend; a message that has left already is left alone."""
    message = Message.objects.select_related("collection").get(pk=row.object_id)
    if message.state == Message.State.SENT or message.effect_id != row.pk:
        return
    if message.erased_at:
        raise GiveUp(_("The text of the message has been erased."))
    mail = envelope(message)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refused:
        reasons = [f"{code} {_readable(reason)}" for code, reason in refused.recipients.values()]
        error = GiveUp if all(code >= 500 for code, _reason in refused.recipients.values()) else OSError
        raise error("; ".join(reasons)) from refused
    sent = {"state": Message.State.SENT, "sent_at": timezone.now(), "error": ""}
    if message.kind == SYSTEM and not settings.DEMO:
        sent |= {"body": "", "erased_at": timezone.now()}
    Message.objects.filter(pk=message.pk, effect_id=row.pk).update(**sent)


def envelope(message: Message) -> EmailMessage:
    """The mail as it is sent: attachments are made here."""
    system_name, system_address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    mail = EmailMessage(
        subject=message.subject,
        body=_revealed(message.body, message.attachments),
        from_email=formataddr((one_line(message.from_name or system_name), system_address)),
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={
            "Message-ID": message.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
        },
        connection=get_connection(settings.DELIVERY_BACKEND),
    )
    for maker, object_id in message.attachments:
        if maker not in _secrets:
            mail.attach(*_makers[maker](object_id))
    return mail


def _readable(reason: object) -> str:
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)


def erase_stale() -> int:
    """Erase the text of system mail (login codes) that could not be sent for a day; returns how many there were."""
    if settings.DEMO:
        return 0
    now = timezone.now()
    return (
        Message.objects.filter(kind=SYSTEM, erased_at=None, queued_at__lt=now - SYSTEM_MAIL_IS_KEPT)
        .exclude(body="")
        .update(body="", erased_at=now)
    )


# --- Django's own mail -------------------------------------------------------------------------------
class OutboxBackend(BaseEmailBackend):
    """Takes what Django and its parts mail (login codes, password links) and queues it like everything else."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue one message per recipient; the text is erased once it has left. Raises ValueError for attachments."""
        rows: dict[str, Message] = {}
        for mail in email_messages:
            if mail.attachments:
                raise ValueError("Mail with attachments goes through records.events.record().")
            body = strip_tags(str(mail.body)) if mail.content_subtype == "html" else mail.body
            for recipient in mail.recipients():
                key = f"{SYSTEM}:{uuid.uuid4()}"
                rows[key] = _message(
                    key=key,
                    kind=SYSTEM,
                    to=address(parseaddr(recipient)[1]),
                    from_name=one_line(parseaddr(mail.from_email)[0]),
                    reply_to=parseaddr(mail.reply_to[0])[1] if mail.reply_to else "",
                    language=translation.get_language() or settings.LANGUAGE_CODE,
                    subject=one_line(str(mail.subject)),
                    body=writable(str(body)),
                )
        with transaction.atomic():
            _insert(rows)
        return len(email_messages)
