"""Taking submissions out of the house: asked for, made, fetched; each export is an event."""

import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from forms.exports import DICTIONARY, Layout, Report, write_dictionary, write_export
from forms.models import Export, Form, Submission
from forms.models.upload import private_storage
from records.errors import Invalid, NotAllowed
from records.events import NewEffect, NewEvent, NewMail, record
from records.policy import has

PERMISSION = "forms.export_submission"
AT_ONCE = 2_000  # submissions that are written while the person waits
LABELS, KEYS = "labels", "keys"
TELL_EVERY = 0.5  # seconds between two words about how far it has come


def chosen(form: Form, filters: Mapping[str, Any]) -> Any:
    """The submissions of the form that an export holds: everything sent, narrowed by state, days and choice.

    Samples are there only when they are asked for.
    """
    rows = Submission.objects.filter(form=form, collection=form.collection).exclude(state=Submission.State.DRAFT)
    if filters.get("samples") != "with":
        rows = rows.filter(is_sample=False)
    if filters.get("ids"):
        rows = rows.filter(pk__in=filters["ids"])
    if filters.get("state"):
        rows = rows.filter(state=filters["state"])
    if filters.get("from"):
        rows = rows.filter(submitted_at__date__gte=filters["from"])
    if filters.get("to"):
        rows = rows.filter(submitted_at__date__lte=filters["to"])
    return rows


def _check(form: Form, kind: str, person: Any) -> None:
    if not has(person, PERMISSION, form.collection):
        raise NotAllowed(_("You do not have the right to export submissions in this association."))
    if kind not in (*Export.Format.values, DICTIONARY):
        raise Invalid(_("Choose a format."))


def event(form: Form, kind: str, filters: Mapping[str, Any], person: Any, rows: int) -> NewEvent:
    """What is written of an export: who, when, which form and how much."""
    return NewEvent(
        collection=form.collection,
        stream=f"form:{form.pk}",
        type="form.exported",
        actor=person,
        transition={"format": kind, "filters": dict(filters), "rows": rows},
    )


def export_now(
    *,
    form: Form,
    kind: str,
    filters: Mapping[str, Any],
    person: Any,
    file: IO[bytes],
    columns: Sequence[str] = (),
    choices_as: str = LABELS,
) -> Report:
    """Write the file while the person waits, after the event. Raises NotAllowed, Invalid."""
    _check(form, kind, person)
    if kind == DICTIONARY:
        write_dictionary(Layout(form, columns), file)
        return Report()
    rows = chosen(form, filters)
    with transaction.atomic():
        record(event(form, kind, filters, person, rows.count()))
    return write_export(form, rows, kind, file, columns=columns, keys=choices_as == KEYS)


def request_export(
    *,
    form: Form,
    kind: str,
    filters: Mapping[str, Any],
    person: Any,
    columns: Sequence[str] = (),
    choices_as: str = LABELS,
) -> Export:
    """Have the file made in the background. Raises NotAllowed, Invalid."""
    _check(form, kind, person)
    total = chosen(form, filters).count()
    with transaction.atomic():
        export = Export.objects.create(
            collection=form.collection,
            form=form,
            person=person,
            format=kind,
            filters=dict(filters),
            columns=list(columns),
            choices_as=choices_as,
            total=total,
        )
        record(
            event(form, kind, filters, person, total),
            effects=[
                NewEffect(
                    kind="forms.export",
                    key=f"forms.export:{export.key}",
                    collection=form.collection,
                    object_id=str(export.key),
                )
            ],
        )
    return export


def unfinished(export: Export) -> Path:
    """The folder of what has been written so far, which a worker that is started anew goes on from."""
    return Path(private_storage().path(f"exports/unfinished-{export.key.hex}"))


def make_export(key: str) -> None:
    """Write the file that was asked for, from where an interrupted worker stood; then mail that it is there."""
    export = Export.objects.select_related("form", "form__collection", "person").filter(key=key).first()
    if export is None or export.state == Export.State.READY:
        return
    mine = Export.objects.filter(pk=export.pk)
    mine.update(state=Export.State.WORKING)
    told = 0.0

    def tell(done: int, last: int) -> None:
        nonlocal told
        if time.monotonic() - told > TELL_EVERY:
            mine.update(done=done, position=last)
            told = time.monotonic()

    folder = unfinished(export)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile() as file, override(export.form.language):
        report = write_export(
            export.form,
            # What comes in while the file is made is not in it: the same rows, whenever a worker goes on.
            chosen(export.form, export.filters).filter(submitted_at__lte=export.created_at),
            export.format,
            file,
            progress=tell,
            columns=export.columns,
            keys=export.choices_as == KEYS,
            folder=folder,
        )
        file.seek(0)
        export.file.save("export", File(file), save=False)
    with transaction.atomic():
        mine.update(
            file=export.file.name,
            state=Export.State.READY,
            done=report.rows,
            replaced=report.replaced,
            finished_at=timezone.now(),
        )
        record(
            NewEvent(
                collection=export.collection,
                stream=f"form:{export.form_id}",
                type="form.export_ready",
                transition={"format": export.format, "rows": report.rows},
            ),
            mails=_mails(export, report),
        )
    shutil.rmtree(folder, ignore_errors=True)


def _mails(export: Export, report: Report) -> list[NewMail]:
    """To the one who asked, and may have left the page long ago."""
    if not export.person.email:
        return []
    address = reverse("forms_submission_export_progress", args=[export.key])
    return [
        NewMail(
            kind="forms.export_ready",
            key=f"forms.export_ready:{export.key}",
            to=export.person.email,
            collection=export.collection,
            language=export.form.language,
            context={
                "form_title": export.form.title,
                "rows": str(report.rows),
                "link": f"{settings.BASE_URL}{address}",
            },
        )
    ]


def give_up_export(key: str) -> None:
    """Say that the file could not be made."""
    export = Export.objects.filter(key=key).exclude(state=Export.State.READY).first()
    if export is None:
        return
    Export.objects.filter(pk=export.pk).update(state=Export.State.FAILED, finished_at=timezone.now())
    shutil.rmtree(unfinished(export), ignore_errors=True)
