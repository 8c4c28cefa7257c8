"""Reads across submissions and their completions: what counts now, how it reads, what has changed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString

from forms.models import Completion, FormVersion, Submission, Upload
from forms.runtime import FormRuntime, Question, Row, Section
from records.canonical import digest
from records.prepared import Prepared


def runtime_of(submission: Submission) -> FormRuntime:
    """The runtime of the version this submission was begun with."""
    return FormRuntime.of(submission.version)


_published = Prepared(
    lambda slug: (
        FormVersion.objects.filter(form__slug=slug)
        .select_related("form", "form__collection")
        .defer("compiled", "form__questions")
        .order_by("-number")[:1]
    ),
    "the-slug",
)


def published(slug: str) -> FormVersion | None:
    """The newest version of the form at this address, with its form; None when there has never been one.

    Neither the compiled JSON nor the editor's draft is read: whoever needs the first has it from the runtime.
    """
    found: FormVersion | None = _published.first(slug)
    return found


# --- what counts ------------------------------------------------------------------------------------


def merged(answers: Mapping[str, Any], completions: Iterable[Completion]) -> dict[str, Any]:
    """The answers with every completion laid upon them in turn; an answer taken away is absent."""
    result = dict(answers)
    for completion in completions:
        result.update(completion.answers)
    return {field_id: value for field_id, value in result.items() if value is not None}


def day_of(submission: Submission, completions: Sequence[Completion] = ()) -> date:
    """The day that counts as today in conditions and calculations: when it was sent or last completed."""
    moment = completions[-1].at if completions else submission.submitted_at
    return timezone.localdate(moment)


def effective_answers(
    submission: Submission,
    completions: Sequence[Completion] | None = None,
    runtime: FormRuntime | None = None,
) -> dict[str, Any]:
    """What counts now: the answers that were sent, with every completion laid upon them, all computed anew.

    Whoever has the completions or the runtime already gives them, and nothing is asked for twice.
    """
    if completions is None:
        completions = completions_of([submission])[submission.pk]
    if not completions:
        return dict(submission.answers)
    given = merged(submission.answers, completions)
    runtime = runtime or runtime_of(submission)
    return dict(runtime.path(given, day_of(submission, completions)).answers)


def completions_of(submissions: Sequence[Submission]) -> dict[int, list[Completion]]:
    """The completions of many submissions in one query, in order, by the submission's id."""
    found: dict[int, list[Completion]] = defaultdict(list)
    rows = Completion.objects.filter(submission__in=[submission.pk for submission in submissions])
    for completion in rows.order_by("submission_id", "number"):
        found[completion.submission_id].append(completion)
    return found


def answers_digest(submission: Submission, answers: Mapping[str, Any], uploads: Iterable[Upload]) -> str:
    """A digest of exactly what is sent: the version, the answers and the content of the files."""
    files = {str(upload.key): upload.sha256 for upload in uploads}
    used = {key: files[key] for key in file_keys(runtime_of(submission), answers) if key in files}
    return digest({"version": submission.version_id, "answers": answers, "files": used})


def file_keys(runtime: FormRuntime, answers: Mapping[str, Any]) -> list[str]:
    """The keys of the uploaded files that these answers consist of."""
    return [
        key
        for field_id, value in answers.items()
        if field_id in runtime.questions and runtime.questions[field_id].takes_files
        for key in value or ()
    ]


# --- how it reads -----------------------------------------------------------------------------------


def summary(submission: Submission, *, as_sent: bool = False) -> list[Section]:
    """What was answered, section by section, with the files; with completions unless `as_sent`."""
    completions = [] if as_sent else completions_of([submission])[submission.pk]
    answers = effective_answers(submission, completions)
    return runtime_of(submission).summary(answers, submission.uploads.all(), day_of(submission, completions))


@dataclass(frozen=True)
class Difference:
    """One question whose answer was changed by a completion."""

    question: Question
    number: int
    at: Any
    before: Row
    after: Row

    @property
    def label(self) -> str:
        """What was asked."""
        return self.question.label


def differences(submission: Submission) -> list[Difference]:
    """Every answer that a completion changed, computed values included, in the order they were changed."""
    completions = completions_of([submission])[submission.pk]
    if not completions:
        return []
    runtime = runtime_of(submission)
    uploads = list(submission.uploads.all())
    found = []
    before = dict(submission.answers)
    day = day_of(submission)
    for count, completion in enumerate(completions, start=1):
        after = effective_answers(submission, completions[:count])
        rows_before = rows(runtime.summary(before, uploads, day))
        day = day_of(submission, completions[:count])
        rows_after = rows(runtime.summary(after, uploads, day))
        for field_id, question in runtime.questions.items():
            if before.get(field_id) != after.get(field_id):
                empty = Row(question, "", SafeString(""))
                found.append(
                    Difference(
                        question=question,
                        number=completion.number,
                        at=completion.at,
                        before=rows_before.get(field_id, empty),
                        after=rows_after.get(field_id, empty),
                    )
                )
        before = after
    return found


def rows(sections: Iterable[Section]) -> dict[str, Row]:
    """The rows of a summary by question id."""
    return {row.field_id: row for section in sections for row in section.rows}
