"""A post office that can be closed, can turn people away, and remembers what it took in."""

import smtplib
from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class PostOffice(BaseEmailBackend):
    """Where the outbox of these tests delivers to."""

    taken: ClassVar[list[EmailMessage]] = []
    closed: ClassVar[bool] = False
    unknown_people: ClassVar[set[str]] = set()
    dies_after_taking: ClassVar[bool] = False

    def __init__(self, **options: Any) -> None:
        super().__init__()

    @classmethod
    def reopen(cls) -> None:
        """Empty, open and reliable."""
        cls.taken.clear()
        cls.unknown_people.clear()
        cls.closed = cls.dies_after_taking = False

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Take mail in, as a mail server would or would not."""
        for mail in email_messages:
            if self.closed:
                raise ConnectionRefusedError("closed for the night")
            if unknown := self.unknown_people & set(mail.to):
                raise smtplib.SMTPRecipientsRefused(dict.fromkeys(unknown, (550, b"no such person")))
            self.taken.append(mail)
            if self.dies_after_taking:
                raise KeyboardInterrupt
        return len(email_messages)
