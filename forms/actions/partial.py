"""A file that arrives piece by piece, and goes on from where it stopped when the connection was lost."""

from typing import Any

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from forms.filetypes import Refused, shown_name
from forms.incoming import room_on_disk, too_large
from forms.models import PartialUpload, Submission, Upload
from forms.runtime import Question
from records.errors import Conflict

from .upload import MOST_FILES, QUOTA, keep_file

PIECE = 1024 * 1024  # bytes at a time


def begin_file(*, submission: Submission, question: Question, name: str, size: int) -> PartialUpload:
    """A place for the file, or the one where the same file has come some way already. Raises Refused, Conflict."""
    if not submission.is_draft:
        raise Conflict(_("What has been sent cannot be changed."))
    limit = question.field["settings"]["max_size"]
    if size > limit:
        raise Refused("too_large", too_large(limit))
    room_on_disk(size)
    name = shown_name(name)
    with transaction.atomic():
        Submission.objects.select_for_update(no_key=True).only("pk").get(pk=submission.pk)
        mine = PartialUpload.objects.filter(submission=submission)
        known = mine.filter(field_id=question.id, name=name, size=size).first()
        if known is not None:
            return known
        stored = Upload.objects.filter(submission=submission)
        total = (mine.aggregate(total=Sum("size"))["total"] or 0) + (stored.aggregate(total=Sum("size"))["total"] or 0)
        if mine.count() + stored.count() >= MOST_FILES or total + size > QUOTA:
            raise Refused(
                "quota",
                _("There is no room for more files. Together they may be at most %(limit)s.")
                % {"limit": filesizeformat(QUOTA)},
            )
        partial = PartialUpload(submission=submission, field_id=question.id, name=name, size=size)
        partial.file.save("partial", ContentFile(b""), save=False)
        partial.save(force_insert=True)
    return partial


def add_piece(*, partial: PartialUpload, offset: int, piece: bytes) -> PartialUpload:
    """Put a piece where it belongs; one that has come already changes nothing. The answer says how far it has come."""
    with transaction.atomic():
        row = PartialUpload.objects.select_for_update(no_key=True).get(pk=partial.pk)
        if offset == row.received and len(piece) <= PIECE and offset + len(piece) <= row.size:
            with open(row.file.path, "r+b") as held:
                held.seek(offset)
                held.write(piece)
            row.received = offset + len(piece)
            row.save(update_fields=["received", "updated_at"])
    return row


def finish_file(*, partial: PartialUpload, question: Question) -> Upload:
    """All of it has come: it is checked and kept as any other file. Raises Refused; either way the pieces are gone."""
    try:
        with partial.file.open("rb") as held:
            return keep_file(submission=partial.submission, question=question, file=File(held), name=partial.name)
    finally:
        drop_file(partial=partial)


def drop_file(*, partial: PartialUpload) -> None:
    """Forget what has come of a file."""
    with transaction.atomic():
        PartialUpload.objects.filter(pk=partial.pk).delete()
        if name := partial.file.name:
            transaction.on_commit(lambda: partial.file.storage.delete(name))


def drop_files(partials: Any) -> int:
    """Forget several; returns how many."""
    rows = list(partials)
    for partial in rows:
        drop_file(partial=partial)
    return len(rows)
