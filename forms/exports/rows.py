"""Submissions as an export reads them: block by block, in the order they were begun, without model instances."""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from forms.models import Completion, Submission
from forms.queries import effective_answers

from .layout import Layout

BLOCK = 1_000


class Sent(NamedTuple):
    """What an export needs of a submission."""

    pk: int
    key: UUID
    reference: str
    state: str
    submitted_at: datetime | None
    name: str
    email: str
    form_id: int
    version_id: int
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One submission as an export writes it: `submission` has the attributes of `Sent`."""

    submission: Any
    answers: Mapping[str, Any]
    extra: list[Any]
    completed: int


def wanted(submissions: Any, after: int = 0) -> "array[int]":
    """The ids of what is exported, after the last one that is written already; eight bytes each."""
    return array("q", submissions.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True).iterator(10_000))


def batches(submissions: Any, after: int = 0) -> Iterator["array[int]"]:
    """The same ids little by little, so that the first rows need not wait until all have been found."""
    size = BLOCK
    while ids := _next(submissions, after, size):
        yield ids
        if len(ids) < size:
            break
        after, size = ids[-1], 10 * BLOCK


def _next(submissions: Any, after: int, most: int) -> "array[int]":
    return array("q", submissions.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:most])


def records(ids: "array[int]", layout: Layout, block: int = BLOCK) -> Iterator[list[Record]]:
    """The submissions in blocks, with what counts now; the same number of queries for every block."""
    rows = Submission.objects.order_by("pk").values_list(*Sent._fields)
    for start in range(0, len(ids), block):
        some = ids[start : start + block].tolist()
        mine = frozenset(some)
        # Asked for as a range, which costs less than five hundred ids; what lies between and is not wanted is left.
        between = rows.filter(form=layout.form, pk__gte=some[0], pk__lte=some[-1])
        found = [Sent._make(row) for row in between if row[0] in mine]
        completions = _completions(layout, some)
        columns = [extra.values(found) for extra in layout.extras]
        yield [
            Record(
                row,
                _answers(layout, row, completions[row.pk]) if row.pk in completions else row.answers,
                [column.get(row.pk) for column in columns],
                len(completions[row.pk]) if row.pk in completions else 0,
            )
            for row in found
        ]


def _completions(layout: Layout, some: list[int]) -> dict[int, list[Completion]]:
    found: dict[int, list[Completion]] = {}
    rows = Completion.objects.filter(submission__gte=some[0], submission__lte=some[-1], submission__form=layout.form)
    for completion in rows.order_by("submission_id", "number"):
        found.setdefault(completion.submission_id, []).append(completion)
    return found


def _answers(layout: Layout, row: Sent, completions: list[Any]) -> Mapping[str, Any]:
    """The effective answers; without completions they are what was sent, and nothing is worked out again."""
    return effective_answers(cast("Submission", row), completions, layout.runtimes[row.version_id])
