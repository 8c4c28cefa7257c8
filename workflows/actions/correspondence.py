"""What is written about a matter: internal notes, messages to and from the applicant, and who has read them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from forms.filetypes import FILE_TYPES
from forms.incoming import Incoming, examine
from records.errors import Invalid, NotAllowed, TooMany
from records.events import NewMail
from records.policy import users_with
from records.rates import take
from workflows import letters
from workflows.engine import Run, locked
from workflows.models import Matter, MatterFile, Note, Reading, Subscription
from workflows.news import told
from workflows.permissions import Standing, readable_notes, standing
from workflows.roles import HANDLE

LARGEST_FILE = 20 * 1024 * 1024  # bytes
MOST_FILES = 10
MESSAGES_A_DAY = 50


def _seen(matter: Matter, actor: Any) -> Standing:
    """What the actor is in the matter. Raises NotAllowed for somebody who may not read its papers."""
    seen = standing(actor, matter)
    if not seen.may_see or seen.sees_head_only:
        raise NotAllowed
    return seen


def add_note(*, matter: Matter, actor: Any, text: str, files: Sequence[Any] = ()) -> Note:
    """Write an internal note, also in a closed matter. Raises NotAllowed, Invalid, or Refused for a file."""
    return _write(matter, actor, text, files, Note.Audience.INTERNAL)


def send_message(*, matter: Matter, actor: Any, text: str, files: Sequence[Any] = ()) -> Note:
    """Write to the applicant, or as the applicant to the office; those who get it are told by mail, without its text.

    Raises NotAllowed, Invalid, TooMany, or Refused for a file.
    """
    return _write(matter, actor, text, files, Note.Audience.EXTERNAL)


def _write(matter: Matter, actor: Any, text: str, files: Sequence[Any], audience: str) -> Note:
    incoming = _examined(text, files)
    stored: list[MatterFile] = []
    try:
        with transaction.atomic():
            matter = locked(matter)
            seen = _seen(matter, actor)
            _may_write(seen, audience)
            note = Note.objects.create(
                matter=matter,
                author=actor,
                audience=audience,
                text=text,
                person=seen.person,
                sender=str(seen.person) if seen.person else "",
            )
            Reading.objects.create(note=note, user=actor, name=str(actor))
            for one in incoming:
                row = MatterFile(
                    note=note, name=one.name, size=one.size, content_type=one.content_type, sha256=one.sha256
                )
                row.file.save(one.name, File(one.file), save=False)
                stored.append(row)
                row.save()
            run = Run(matter, actor)
            kind = "noted" if audience == Note.Audience.INTERNAL else "message"
            fact = {"note": str(note.key), "files": len(stored), "from": "applicant" if seen.person else "office"}
            run.record(kind, fact, mails=list(_mails(run, note, seen)))
    except BaseException:
        for row in stored:
            row.file.delete(save=False)
        raise
    return note


def _examined(text: str, files: Sequence[Any]) -> list[Incoming]:
    """The files, looked at before anything is locked."""
    if not text.strip():
        raise Invalid({"text": [_("Write the text first.")]})
    if len(files) > MOST_FILES:
        raise Invalid({"files": [_("At most %(count)s files can be sent at a time.") % {"count": MOST_FILES}]})
    return [examine(file, allowed=FILE_TYPES, limit=LARGEST_FILE) for file in files]


def _may_write(seen: Standing, audience: str) -> None:
    if audience == Note.Audience.INTERNAL:
        if not seen.is_officer:
            raise NotAllowed(_("Only the office writes notes."))
        return
    if not (seen.is_officer or seen.is_applicant):
        raise NotAllowed(_("Only the office and the applicant write to each other in a matter."))
    who = str(seen.user.key)
    if seen.is_applicant and not take(bucket="workflows.message", who=who, limit=MESSAGES_A_DAY, seconds=86_400):
        raise TooMany(_("You have written many messages today. Go on tomorrow, or call the office."))


def _mails(run: Run, note: Note, seen: Standing) -> Iterable[NewMail]:
    """To the applicant and colleagues from the office; from outside to who answers for the matter, and to followers."""
    matter = run.matter
    if note.audience == Note.Audience.EXTERNAL:
        for person in run.people():
            if seen.person is None or person.pk != seen.person.pk:
                yield run.mail(letters.MESSAGE, f"message:{note.key}", person)
    office = users_with(HANDLE, matter.collection)
    wanted = {row.user_id for row in Subscription.objects.filter(matter=matter)}
    if note.is_from_outside:
        wanted |= {matter.officer_id} if matter.officer_id else {user.pk for user in office}
    yield from told(matter, wanted - {seen.user.pk}, kind=letters.OFFICE_MESSAGE, cause=f"message:{note.key}")


@transaction.atomic
def mark_read(*, matter: Matter, actor: Any) -> int:
    """The person has read what is written in the matter; returns how many notes and messages that was news to."""
    seen = _seen(matter, actor)
    unread = [
        note
        for note in readable_notes(seen, matter.notes.all())
        if not Reading.objects.filter(note=note, user=actor).exists()
    ]
    Reading.objects.bulk_create(
        [Reading(note=note, user=actor, name=str(seen.person or actor)) for note in unread], ignore_conflicts=True
    )
    if unread:
        Run(matter, actor).record("read", {"notes": [str(note.key) for note in unread]})
    return len(unread)


@transaction.atomic
def subscribe(*, matter: Matter, actor: Any) -> None:
    """Be told by mail what happens in the matter. Raises NotAllowed for those outside, who are told anyway."""
    seen = _seen(matter, actor)
    if seen.is_applicant:
        raise NotAllowed(_("You are told of everything that happens in your own matter."))
    _row, made = Subscription.objects.get_or_create(matter=matter, user=actor)
    if made:
        Run(matter, actor).record("subscribed")


@transaction.atomic
def unsubscribe(*, matter: Matter, actor: Any) -> None:
    """No longer be told."""
    gone, _rows = Subscription.objects.filter(matter=matter, user=actor).delete()
    if gone:
        Run(matter, actor).record("unsubscribed")
