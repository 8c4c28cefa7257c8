"""A draft run over ten thousand matters, and one transition among a hundred thousand; in a process with Django set up.

Run inside the product's environment: ``python -m tests.bench.replaying [MATTERS]``.
"""

import json
import os
import sys
import time
import uuid
from datetime import timedelta
from typing import Any

import django

WAYS = (("ga-vidare", "approve", "granted"), ("ga-vidare", "approve", "rejected"), ("avvisa",))


def main(matters: int) -> dict[str, float]:
    """Seconds of a replay; queries and milliseconds of a transition."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.workflows.factories import House, do
    from workflows.replaying import replay_draft

    house = House(f"Banken {matters}", f"-{uuid.uuid4().hex[:6]}")
    first = house.at_board()
    _multiply(first, matters)
    connection.cursor().execute("ANALYZE")
    draft = house.workflow.get_latest_revision_as_object()
    draft.steps[2].value["rules"][0]["condition"] = "amount <= 500000"
    began = time.perf_counter()
    found = replay_draft(house.workflow, draft.compile())
    seconds = time.perf_counter() - began
    assert sum(row["count"] for row in found) == matters, found
    times, counts = [], []
    for _turn in range(10):
        matter = house.applied(amount="400000")
        with CaptureQueriesContext(connection) as asked:
            began = time.perf_counter()
            do(matter, "check", "ga-vidare", house.olle)
            times.append((time.perf_counter() - began) * 1000)
        counts.append(len(asked))
    return {"matters": matters, "replay": seconds, "queries": max(counts), "transition": sorted(times)[5]}


def _multiply(first: Any, upto: int) -> None:
    """The same matter again and again: submission, events and all."""
    from forms.models import Submission
    from records.models import Event
    from workflows.models import Matter, Task

    submission, events = first.submission, list(Event.objects.filter(stream=first.stream).order_by("sequence"))
    tasks = list(first.tasks.all())
    for block in range(1, upto, 2000):
        numbers = range(block, min(block + 2000, upto))
        sent = [_copy(submission, key=uuid.uuid4(), nonce=uuid.uuid4(), reference=f"R{n:08}") for n in numbers]
        Submission.objects.bulk_create(sent)
        sent = list(Submission.objects.filter(nonce__in=[row.nonce for row in sent]).order_by("reference"))
        rows = [
            _copy(
                first,
                key=uuid.uuid4(),
                submission=row,
                registry_serial=n + 1,
                registry_number=f"B {n}",
                received_at=first.received_at - timedelta(minutes=n),
            )
            for n, row in zip(numbers, sent, strict=True)
        ]
        Matter.objects.bulk_create(rows)
        rows = list(Matter.objects.filter(submission__in=sent))
        Event.objects.bulk_create(
            [_copy(event, stream=row.stream, digest=uuid.uuid4().hex) for row in rows for event in events],
            batch_size=1000,
        )
        Task.objects.bulk_create([_copy(task, matter=row) for row in rows for task in tasks], batch_size=1000)


def _copy(row: Any, **changed: Any) -> Any:
    stored = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
    fields = {name: getattr(row, name) for name in stored}
    for name, value in changed.items():
        fields.pop(f"{name}_id", None)
        fields[name] = value
    return type(row)(**fields)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)))
