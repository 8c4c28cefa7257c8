"""Work that shows how often it was done."""

import os
import time
from pathlib import Path

from django.db.models import F

from records.effects import effect
from records.models import Effect, RateCounter


def at_work(row: Effect) -> None:
    """Leave a note of who is doing what, and take long enough to be killed at it."""
    note = Path(os.environ["DRILL_FOLDER"]) / f"at-work-{os.getpid()}"
    note.write_text(row.object_id)
    time.sleep(float(os.environ["DRILL_PAUSE"]))
    note.unlink()


@effect("drill.count", attempts=50)
def count(row: Effect) -> None:
    """Add one, in the transaction of the done-mark."""
    RateCounter.objects.filter(bucket="drill", who=row.object_id).update(count=F("count") + 1)
    at_work(row)


@effect("drill.poison")
def poison(row: Effect) -> None:
    """Kill the process that does it."""
    os.kill(os.getpid(), 9)
