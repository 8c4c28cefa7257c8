"""The post of a test: what the worker has delivered, read from the files it was delivered to."""

import email
import re
import time
from email.message import EmailMessage
from email.policy import default
from pathlib import Path


class Post:
    """Every mail that has left the product, in order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def mails(self, to: str) -> list[EmailMessage]:
        """What has been delivered to an address."""
        found = []
        for path in sorted(self.folder.glob("*.log")):
            for part in path.read_bytes().split(b"-" * 79 + b"\n"):
                if not part.strip():
                    continue
                mail = email.message_from_bytes(part, policy=default)
                assert isinstance(mail, EmailMessage)
                if to in str(mail["To"]):
                    found.append(mail)
        return found

    def wait_for(self, to: str, words: str, *, after: int = 0, seconds: float = 30) -> EmailMessage:
        """The newest mail to an address whose subject or text has these words; ``after`` so many that had them."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = [mail for mail in self.mails(to) if words in str(mail["Subject"]) or words in text_of(mail)]
            if len(found) > after:
                return found[-1]
            time.sleep(0.3)
        subjects = [str(mail["Subject"]) for mail in self.mails(to)]
        raise AssertionError(f"No mail with {words!r} came to {to}; these did: {subjects}")


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def link_in(mail: EmailMessage, part: str) -> str:
    """The address in the mail that has ``part`` in it, without the host."""
    found = re.search(rf"https?://[^/\s]+(\S*{re.escape(part)}\S*)", text_of(mail))
    assert found, text_of(mail)
    return found[1]
