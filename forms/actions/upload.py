"""What happens to a file somebody sends in: checked, stored out of the web's reach, removed with its draft."""

from collections.abc import Iterable
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forms.filetypes import Refused
from forms.incoming import examine
from forms.models import Submission, Upload
from forms.models.upload import private_storage
from forms.runtime import Question
from records.errors import Conflict

QUOTA = 100 * 1024 * 1024  # bytes that one submission may hold
MOST_FILES = 50  # that one submission may hold


def keep_file(*, submission: Submission, question: Question, file: Any, name: str = "") -> Upload:
    """Check and store one file for a question; the same file sent once more is the one there is.

    Raises Refused, with the sentence for the one who sent it.
    """
    settings_of_field = question.field["settings"]
    incoming = examine(file, name=name, allowed=settings_of_field["types"], limit=settings_of_field["max_size"])
    upload = Upload(
        submission=submission,
        field_id=question.id,
        name=incoming.name,
        size=incoming.size,
        content_type=incoming.content_type,
        sha256=incoming.sha256,
    )
    if (known := _same(submission, upload)) is not None:
        return known
    # The file is written before the row, outside the transaction: what is left behind by a crash is swept later.
    upload.file.save(upload.name, File(incoming.file), save=False)
    try:
        with transaction.atomic():
            row = Submission.objects.select_for_update(no_key=True).only("pk", "state").get(pk=submission.pk)
            _still_fits(row, question, upload, settings_of_field["max_files"])
            upload.save(force_insert=True)
    except BaseException:
        upload.file.delete(save=False)
        raise
    return upload


def _same(submission: Submission, upload: Upload) -> Upload | None:
    stored = Upload.objects.filter(submission=submission, field_id=upload.field_id)
    return stored.filter(name=upload.name, sha256=upload.sha256).first()


def _still_fits(row: Submission, question: Question, upload: Upload, max_files: int) -> None:
    """Counted under the submission's lock, so that many files at once cannot pass the limits together."""
    stored = Upload.objects.filter(submission=row)
    if stored.filter(field_id=question.id).count() >= max_files:
        raise Refused("too_many", too_many(max_files))
    total = stored.aggregate(total=Sum("size"))["total"] or 0
    if stored.count() >= MOST_FILES or total + upload.size > QUOTA:
        raise Refused(
            "quota",
            _("There is no room for more files. Together they may be at most %(limit)s.")
            % {"limit": filesizeformat(QUOTA)},
        )


def too_many(max_files: int) -> str:
    """What is said of one file too many."""
    return ngettext(
        "At most one file can be sent here. Remove the one there is first.",
        "At most %(count)s files can be sent here. Remove one first.",
        max_files,
    ) % {"count": max_files}


def remove_file(*, submission: Submission, key: str) -> None:
    """Remove one file of a draft; one that is gone already is no error. Raises Conflict once the draft was sent."""
    with transaction.atomic():
        row = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
        if not row.is_draft:
            raise Conflict(_("What has been sent cannot be changed."))
        delete_uploads(list(row.uploads.filter(key=key)))


def delete_uploads(uploads: Iterable[Upload]) -> None:
    """Remove rows now and their files when the transaction has been committed."""
    names = [upload.file.name or "" for upload in uploads]
    Upload.objects.filter(pk__in=[upload.pk for upload in uploads]).delete()
    transaction.on_commit(lambda: _delete_files(names))


def _delete_files(names: list[str]) -> None:
    storage = private_storage()
    for name in names:
        storage.delete(name)
