"""Taking a draft to a newer version of its form, and setting aside what has no place there."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from forms.models import FormVersion, Submission
from forms.versions import moved
from records.errors import Conflict
from records.events import NewEvent, record

from .submission import ALREADY_SENT, stream_of


def move_draft(*, draft: Submission, to: FormVersion, person: Any = None) -> Submission:
    """Move the draft to the newer version; done already, it changes nothing. Raises Conflict once it was sent.

    Answers go along by the ids of their questions. What has no place in the new version is kept in
    ``progress["left"]``, as text, until the form is sent.
    """
    with transaction.atomic():
        row = (
            Submission.objects.select_for_update(of=("self",), no_key=True)
            .select_related("form", "version", "collection")
            .get(pk=draft.pk)
        )
        if not row.is_draft:
            raise Conflict(ALREADY_SENT)
        if row.version.number >= to.number or row.form_id != to.form_id:
            return row
        before = row.version.number
        result = moved(row, to, row.uploads.all())
        row.version = to
        row.answers = result.answers
        row.progress = result.progress
        row.saves += 1
        row.updated_at = timezone.now()
        row.save(update_fields=["version", "answers", "progress", "saves", "updated_at"])
        record(
            NewEvent(
                collection=row.collection,
                stream=stream_of(row),
                type="submission.moved",
                actor=person if person is not None and person.is_authenticated else None,
                transition={"from": before, "to": to.number, "set_aside": len(result.left)},
            )
        )
    return row


def set_aside(*, draft: Submission, entries: list[dict[str, str]]) -> None:
    """Keep texts that have no question any more with the draft, each once. Raises Conflict once it was sent."""
    with transaction.atomic():
        row = Submission.objects.select_for_update(of=("self",), no_key=True).get(pk=draft.pk)
        if not row.is_draft:
            raise Conflict(ALREADY_SENT)
        known = row.progress.get("left", [])
        new = [entry for entry in entries if entry not in known]
        if new:
            row.progress = {**row.progress, "left": [*known, *new]}
            row.saves += 1
            row.save(update_fields=["progress", "saves"])
    draft.refresh_from_db(fields=["progress", "saves"])
