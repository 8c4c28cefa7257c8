"""Adding to or correcting what was sent, without touching it."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forms.models import Completion, Submission
from forms.permissions import completers, is_contact
from forms.queries import answers_digest, completions_of, merged, runtime_of
from forms.signals import completion_received
from records.errors import Conflict, Invalid, NotAllowed
from records.events import NewEvent, record

from .submission import stream_of


def complete(
    *,
    submission: Submission,
    fields: Collection[str],
    answers: Mapping[str, Any],
    nonce: uuid.UUID,
    person: Any,
) -> Completion:
    """Store new answers to the chosen questions; the same nonce again gives the completion it gave before.

    `answers` are clean (`PageForm.given`); a chosen question that is not among them is taken away. Raises NotAllowed,
    Conflict when there is nothing sent to complete, and Invalid for answers to other questions, missing answers or
    unknown files.
    """
    with transaction.atomic():
        row = (
            Submission.objects.select_for_update(of=("self",), no_key=True)
            .select_related("form", "version", "collection")
            .get(pk=submission.pk)
        )
        if not (is_contact(person, row) or any(allows(person, row) for allows in completers)):
            raise NotAllowed(_("Only the one who sent it can complete it."))
        earlier = completions_of([row])[row.pk]
        known = next((completion for completion in earlier if completion.nonce == nonce), None)
        if known is not None:
            return known
        if row.state != Submission.State.SUBMITTED:
            raise Conflict(_("This cannot be completed now."))
        now = timezone.now()
        chosen = _checked(row, fields, answers, merged(row.answers, earlier), now)
        uploads = list(row.uploads.all())
        completion = Completion.objects.create(
            submission=row,
            number=len(earlier) + 1,
            answers=chosen,
            nonce=nonce,
            person_key=getattr(person, "key", None),
            digest=answers_digest(row, chosen, uploads),
            at=now,
        )
        completion_received.send(sender=Completion, completion=completion)
        record(
            NewEvent(
                collection=row.collection,
                stream=stream_of(row),
                type="submission.completed",
                actor=person if person.is_authenticated else None,
                transition={"number": completion.number, "fields": sorted(chosen), "digest": completion.digest},
            )
        )
    return completion


def _checked(
    row: Submission, fields: Collection[str], answers: Mapping[str, Any], before: Mapping[str, Any], now: Any
) -> dict[str, Any]:
    """The chosen questions with their new answers, null where there is none."""
    runtime = runtime_of(row)
    questions = [runtime.questions[field_id] for field_id in fields if field_id in runtime.questions]
    askable = {question.id for question in questions if question.is_asked}
    if len(questions) != len(set(fields)) or not set(answers) <= askable:
        raise Invalid(_("Only the questions that were chosen can be answered here."))
    chosen = {field_id: answers.get(field_id) for field_id in askable}
    own_files = {str(key): field_id for key, field_id in row.uploads.values_list("key", "field_id")}
    for question in questions:
        if question.takes_files and any(own_files.get(key) != question.id for key in chosen[question.id] or ()):
            raise Invalid(_("A file that was sent in with this is missing. Send it again."))
    after = {key: value for key, value in {**before, **chosen}.items() if value is not None}
    path = runtime.path(after, timezone.localdate(now))
    problems = {question.id: sentences for question, sentences in runtime.problems(path) if question.id in askable}
    if problems:
        raise Invalid(problems)
    return chosen
