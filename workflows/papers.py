"""Papers that more than one part of the room writes: letters to the applicant."""

from typing import Any

from django.utils import translation

from records.mail import one_line
from workflows import letters
from workflows.models import Letter


def write_letter(run: Any, *, kind: str, subject: str, text: str, step: str = "") -> Letter:
    """Keep the letter with the matter and queue it to everyone outside the office.

    A matter whose sender left no e-mail address has no recipients: the page then says that it must go by post.
    A letter that follows from adjusted minutes is a draft until the office sends it.
    """
    matter = run.matter
    people = run.people()
    with translation.override(matter.language):
        letter = Letter.objects.create(
            matter=matter,
            author=run.actor,
            step=step,
            subject=one_line(letters.fill(subject, matter, people[0] if people else None)),
            body=letters.fill(text, matter, people[0] if people else None),
            recipients=[person.email for person in people],
            held_for=run.letters_wait_for,
            source={"kind": kind, "subject": subject, "text": text} if run.letters_wait_for else {},
        )
        if letter.is_draft:
            run.record("letter_written", {"letter": str(letter.key), "kind": kind})
            return letter
        mails = [
            run.mail(
                kind,
                f"letter:{letter.key}",
                person,
                subject=one_line(letters.fill(subject, matter, person)),
                text=letters.fill(text, matter, person),
            )
            for person in people
        ]
    run.record("letter", {"letter": str(letter.key), "kind": kind}, mails=mails)
    return letter
