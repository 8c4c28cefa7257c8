"""What keeps the background work going: its clock, and the clearing away of what has run out."""

import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django_q.models import Schedule, Task

from records import mail
from records.models import RateCounter

SWEEP = "records.sweep"
FAILED_JOBS_ARE_KEPT = timedelta(days=30)


def install_schedule() -> None:
    """Make sure the sweep is scheduled each minute, once; safe to call at every deploy."""
    schedule(SWEEP, "records.tasks.sweep", schedule_type=Schedule.MINUTES, minutes=1)


def schedule(name: str, function: str, **how: object) -> None:
    """Have the worker call ``function`` (a dotted name) again and again; one schedule a name, however often asked."""
    wanted = {"func": function, "repeats": -1, **how}
    with transaction.atomic():
        rows = list(Schedule.objects.select_for_update(no_key=True).filter(name=name).order_by("pk"))
        if rows:
            # The table has no unique name: two deploys at once may have made two.
            Schedule.objects.filter(pk__in=[row.pk for row in rows[1:]]).delete()
        Schedule.objects.update_or_create(name=name, defaults=wanted)


def clear() -> None:
    """Remove old rate counters and failed jobs, and the text of system mail that never left."""
    RateCounter.objects.filter(expires__lt=int(time.time())).delete()
    Task.objects.filter(stopped__lt=timezone.now() - FAILED_JOBS_ARE_KEPT).delete()
    mail.erase_stale()
