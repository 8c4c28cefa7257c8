"""What a submission says as one text that staff can search in; kept in the transaction that sends or completes it."""

from typing import Any

from django.dispatch import receiver

from forms.models import Submission, SubmissionText
from forms.queries import completions_of, effective_answers, runtime_of
from forms.signals import completion_received, submission_received
from records.prepared import PreparedInsert

LONGEST = 100_000  # characters kept of one submission

_texts = PreparedInsert(SubmissionText)


def words(submission: Submission, *, is_new: bool = False) -> str:
    """Everything it says now, as people read it, in small letters; files and what the office adds are not in it."""
    completions = [] if is_new else completions_of([submission])[submission.pk]
    answers = effective_answers(submission, completions)
    parts = [submission.reference or "", submission.name, submission.email]
    for question in runtime_of(submission).questions.values():
        stored = answers.get(question.id)
        if stored is not None and question.has_value and not question.takes_files:
            parts.append(question.kind.display(question.field, stored))
    return "\n".join(part for part in parts if part).lower().replace("\x00", " ")[:LONGEST]


def keep(submission: Submission, *, is_new: bool = False) -> None:
    """Store the text anew."""
    text = words(submission, is_new=is_new)
    if is_new:
        _texts.one(SubmissionText(submission=submission, text=text))
    else:
        SubmissionText.objects.update_or_create(submission=submission, defaults={"text": text})


@receiver(submission_received, dispatch_uid="forms.search_text.received")
def _received(submission: Submission, **kwargs: Any) -> None:
    keep(submission, is_new=True)


@receiver(completion_received, dispatch_uid="forms.search_text.completed")
def _completed(completion: Any, **kwargs: Any) -> None:
    keep(completion.submission)
