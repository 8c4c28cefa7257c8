"""What nobody needs any more: drafts left alone, files nothing points at, exports that have been fetched."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_q.models import Schedule

from forms.actions import discard
from forms.actions.partial import drop_files
from forms.actions.sample import remove_samples
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
    with transaction.atomic():
        for export in old:
            if name := export.file.name:
                transaction.on_commit(partial(export.file.storage.delete, name))
            export.delete()
    return len(old)


def stray_files(now: datetime | None = None) -> list[str]:
    """Files on the disk that no row knows, such as a crash leaves."""
    limit = (now or timezone.now()) - LOOSE_FILES_ARE_KEPT
    storage = private_storage()
    known = {
        *Upload.objects.values_list("file", flat=True),
        *Export.objects.values_list("file", flat=True),
        *PartialUpload.objects.values_list("file", flat=True),
    }
    return [
        name
        for folder in FOLDERS
        for name in _files_in(storage, folder)
        if name not in known and storage.get_modified_time(name) < limit
    ]


def purge_stray_files(now: datetime | None = None) -> int:
    """Remove them; returns how many."""
    stray = stray_files(now)
    storage = private_storage()
    for name in stray:
        storage.delete(name)
    return len(stray)


def purge_all_samples() -> int:
    """Remove what was filled in to try any form; returns how many there were."""
    forms = Form.objects.filter(pk__in=Submission.objects.filter(is_sample=True).values("form"))
    return sum(remove_samples(form=form) for form in forms.select_related("collection").defer("questions"))


# What falls due by itself; each says how many rows it removed, and their files go when the rows are gone for good.
DUE: dict[str | Promise, Callable[[], int]] = {
    _("Drafts that nobody has saved for as long as their form says"): purge_drafts,
    _("Files added to something sent, and never sent with it"): purge_uploads,
    _("Exports older than a week"): purge_exports,
    _("Files that stopped on their way"): purge_partial_uploads,
}
SAMPLES = _("Samples")
STRAY = _("Files on the disk that nothing points at")


def _files_in(storage: Storage, folder: str) -> list[str]:
    if not storage.exists(folder):
        return []
    folders, files = storage.listdir(folder)
    found = [f"{folder}/{name}" for name in files]
    for inner in folders:
        found += _files_in(storage, f"{folder}/{inner}")
    return found
