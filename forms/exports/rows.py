"""Submissions as an export reads them: block by block, in the order they were begun, without model instances."""

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson
from django.db.models import TextField
from django.db.models.functions import Cast

from forms.models import Completion, Submission
from forms.queries import effective_answers

from .layout import Layout

BLOCK = 1_000


@dataclass(frozen=True, slots=True)
class Block:
    """Some submissions of one version, column by column; the answers are those that count now."""

    version_id: int
    pks: Sequence[int]
    references: Sequence[str]
    states: Sequence[str]
    sent: Sequence[datetime | None]
    names: Sequence[str]
    emails: Sequence[str]
    keys: Sequence[UUID]  # empty where nobody asks for them
    answers: Sequence[Mapping[str, Any]]
    completed: Sequence[int]  # how often
    extra: Sequence[Sequence[Any]]  # the columns of the layout's extras

    def __len__(self) -> int:
        return len(self.pks)


def batches(submissions: Any, after: int = 0) -> Iterator["array[int]"]:
    """The ids of what is exported, after the last one that is written already; eight bytes each.

    Little by little, so that the first rows need not wait until all have been found.
    """
    size = BLOCK
    while ids := _next(submissions, after, size):
        yield ids
        if len(ids) < size:
            break
        after, size = ids[-1], 10 * BLOCK


def _next(submissions: Any, after: int, most: int) -> "array[int]":
    return array("q", submissions.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:most])


FIELDS = ("pk", "version_id", "reference", "state", "submitted_at", "name", "email", "said")


def blocks(ids: "array[int]", layout: Layout, size: int = BLOCK, *, with_keys: bool = False) -> Iterator[Block]:
    """The submissions in blocks, with what counts now; the same number of queries for every so many."""
    fields = (*FIELDS, "key") if with_keys else FIELDS
    # The answers come as text: there is a faster reader for them than the database's.
    rows = Submission.objects.annotate(said=Cast("answers", TextField())).order_by("pk").values_list(*fields)
    for start in range(0, len(ids), size):
        some = ids[start : start + size].tolist()
        mine = frozenset(some)
        # Asked for as a range, which costs less than five hundred ids; what lies between and is not wanted is left.
        between = rows.filter(form=layout.form, pk__gte=some[0], pk__lte=some[-1])
        found = [row for row in between if row[0] in mine]
        completions = _completions(layout, some)
        extras = [extra.values(layout.form.pk, some) for extra in layout.extras]
        for version_id, together in groupby(found, itemgetter(1)):
            pks, _versions, references, states, sent, names, emails, said, *keys = zip(*together, strict=True)
            yield Block(
                version_id=version_id,
                pks=pks,
                references=references,
                states=states,
                sent=sent,
                names=names,
                emails=emails,
                keys=keys[0] if keys else (),
                answers=[
                    _answers(layout, version_id, answers, completions[pk]) if pk in completions else answers
                    for pk, answers in zip(pks, _read(said), strict=True)
                ],
                completed=[len(completions.get(pk, ())) for pk in pks],
                extra=[[values.get(pk) for pk in pks] for values in extras],
            )


def _read(texts: Sequence[str]) -> list[dict[str, Any]]:
    try:
        return list(map(orjson.loads, texts))
    except orjson.JSONDecodeError:  # half a character pair, which only the slower reader lets through
        return list(map(json.loads, texts))


def _completions(layout: Layout, some: list[int]) -> dict[int, list[Completion]]:
    found: dict[int, list[Completion]] = {}
    rows = Completion.objects.filter(submission__gte=some[0], submission__lte=some[-1], submission__form=layout.form)
    for completion in rows.order_by("submission_id", "number"):
        found.setdefault(completion.submission_id, []).append(completion)
    return found


def _answers(layout: Layout, version_id: int, answers: Any, completions: list[Completion]) -> Mapping[str, Any]:
    """The effective answers; without completions they are what was sent, and nothing is worked out again."""
    return effective_answers(Submission(answers=answers), completions, layout.runtimes[version_id])
