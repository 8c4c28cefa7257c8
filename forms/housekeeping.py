"""What nobody needs any more: drafts left alone, files nothing points at, exports that have been fetched."""

from datetime import datetime, timedelta

from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_q.models import Schedule

from forms.actions import discard
from forms.actions.partial import drop_files
from forms.actions.upload import delete_uploads
from forms.models import Export, Form, PartialUpload, Submission, Upload
from forms.models.upload import private_storage
from forms.queries import completions_of, file_keys, runtime_of
from records.events import NewEvent, record
from records.housekeeping import schedule

SCHEDULE = "forms.purge"
LOOSE_FILES_ARE_KEPT = timedelta(days=2)
EXPORTS_ARE_KEPT = timedelta(days=7)
FOLDERS = ("uploads", "exports", "partial")


def install_schedule() -> None:
    """Make sure the purge runs every night, once; safe to call at every deploy."""
    schedule(SCHEDULE, "forms.tasks.purge", schedule_type=Schedule.DAILY)


def purge_drafts(now: datetime | None = None) -> int:
    """Remove drafts that nobody has saved for as many days as their form says; returns how many there were."""
    now = now or timezone.now()
    removed = 0
    for form in Form.objects.select_related("collection").defer("questions"):
        limit = now - timedelta(days=form.keep_drafts_days)
        old = Submission.objects.filter(form=form, state=Submission.State.DRAFT, updated_at__lt=limit)
        count = 0
        for draft in old.only("pk", "state").order_by("pk").iterator(chunk_size=200):
            discard(draft=draft)
            count += 1
        if count:
            with transaction.atomic():
                record(
                    NewEvent(
                        collection=form.collection,
                        stream=f"form:{form.pk}",
                        type="form.drafts_purged",
                        transition={"count": count, "days": form.keep_drafts_days},
                    )
                )
        removed += count
    return removed


def purge_uploads(now: datetime | None = None) -> int:
    """Remove files that were added to something sent but never sent with a completion; returns how many."""
    limit = (now or timezone.now()) - LOOSE_FILES_ARE_KEPT
    late = Upload.objects.filter(created_at__lt=limit, created_at__gt=F("submission__submitted_at")).exclude(
        submission__state=Submission.State.DRAFT
    )
    removed = 0
    for submission in Submission.objects.filter(pk__in=late.values("submission")).select_related("version"):
        runtime = runtime_of(submission)
        used = set(file_keys(runtime, submission.answers))
        for completion in completions_of([submission])[submission.pk]:
            used |= set(file_keys(runtime, completion.answers))
        loose = [row for row in late.filter(submission=submission) if str(row.key) not in used]
        with transaction.atomic():
            delete_uploads(loose)
        removed += len(loose)
    return removed


def purge_partial_uploads(now: datetime | None = None) -> int:
    """Remove files that stopped on their way and have not gone on for two days; returns how many."""
    limit = (now or timezone.now()) - LOOSE_FILES_ARE_KEPT
    return drop_files(PartialUpload.objects.filter(updated_at__lt=limit))


def purge_exports(now: datetime | None = None) -> int:
    """Remove exports a week after they were asked for; returns how many."""
    limit = (now or timezone.now()) - EXPORTS_ARE_KEPT
    old = list(Export.objects.filter(created_at__lt=limit))
    for export in old:
        export.file.delete(save=False)
        export.delete()
    return len(old)


def purge_stray_files(now: datetime | None = None) -> int:
    """Remove files on the disk that no row knows, such as a crash leaves; returns how many."""
    limit = (now or timezone.now()) - LOOSE_FILES_ARE_KEPT
    storage = private_storage()
    known = {
        *Upload.objects.values_list("file", flat=True),
        *Export.objects.values_list("file", flat=True),
        *PartialUpload.objects.values_list("file", flat=True),
    }
    stray = [
        name
        for folder in FOLDERS
        for name in _files_in(storage, folder)
        if name not in known and storage.get_modified_time(name) < limit
    ]
    for name in stray:
        storage.delete(name)
    return len(stray)


def _files_in(storage: Storage, folder: str) -> list[str]:
    if not storage.exists(folder):
        return []
    folders, files = storage.listdir(folder)
    found = [f"{folder}/{name}" for name in files]
    for inner in folders:
        found += _files_in(storage, f"{folder}/{inner}")
    return found
