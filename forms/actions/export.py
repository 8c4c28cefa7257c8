"""Taking submissions out of the house: asked for, made, fetched; each export is an event."""

import tempfile
from collections.abc import Mapping
from typing import IO, Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from forms.exports import Report, write_export
from forms.models import Export, Form, Submission
from records.errors import Invalid, NotAllowed
from records.events import NewEffect, NewEvent, record
from records.policy import has

PERMISSION = "forms.export_submission"
AT_ONCE = 2_000  # submissions that are written while the person waits


def chosen(form: Form, filters: Mapping[str, str]) -> Any:
    """The submissions of the form that an export holds: everything sent, narrowed by state and days."""
    rows = Submission.objects.filter(form=form, collection=form.collection).exclude(state=Submission.State.DRAFT)
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
    if kind not in Export.Format.values:
        raise Invalid(_("Choose a format."))


def event(form: Form, kind: str, filters: Mapping[str, str], person: Any, rows: int) -> NewEvent:
    """What is written of an export: who, when, which form and how much."""
    return NewEvent(
        collection=form.collection,
        stream=f"form:{form.pk}",
        type="form.exported",
        actor=person,
        transition={"format": kind, "filters": dict(filters), "rows": rows},
    )


def export_now(*, form: Form, kind: str, filters: Mapping[str, str], person: Any, file: IO[bytes]) -> Report:
    """Write the file while the person waits, after the event. Raises NotAllowed, Invalid."""
    _check(form, kind, person)
    rows = chosen(form, filters)
    with transaction.atomic():
        record(event(form, kind, filters, person, rows.count()))
    return write_export(form, rows, kind, file)


def request_export(*, form: Form, kind: str, filters: Mapping[str, str], person: Any) -> Export:
    """Have the file made in the background. Raises NotAllowed, Invalid."""
    _check(form, kind, person)
    total = chosen(form, filters).count()
    with transaction.atomic():
        export = Export.objects.create(
            collection=form.collection, form=form, person=person, format=kind, filters=dict(filters), total=total
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


def make_export(key: str) -> None:
    """Write the file that was asked for; done again from the start when it was interrupted."""
    export = Export.objects.select_related("form", "form__collection").filter(key=key).first()
    if export is None or export.state == Export.State.READY:
        return
    mine = Export.objects.filter(pk=export.pk)
    mine.update(state=Export.State.WORKING, done=0)

    def tell(done: int) -> None:
        mine.update(done=done)

    with tempfile.TemporaryFile() as file, override(export.form.language):
        report = write_export(
            export.form,
            chosen(export.form, export.filters),
            export.format,
            file,
            progress=tell,
        )
        file.seek(0)
        export.file.save("export", File(file), save=False)
    mine.update(
        file=export.file.name,
        state=Export.State.READY,
        done=report.rows,
        replaced=report.replaced,
        finished_at=timezone.now(),
    )


def give_up_export(key: str) -> None:
    """Say that the file could not be made."""
    Export.objects.filter(key=key).exclude(state=Export.State.READY).update(
        state=Export.State.FAILED, finished_at=timezone.now()
    )
