"""What happens by the clock: reminders before and after the last day, and what is late goes to somebody else too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from workflows.compiling import kind_of
from workflows.engine import Run, locked, tell_of
from workflows.kinds import LONGEST
from workflows.models import Matter, Task, WorkflowVersion
from workflows.roles import CLOCK

USUAL = (1,)
"""When nothing is set: the day after the last day."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What one step says of time."""

    reminders: tuple[int, ...]
    late: Mapping[str, Any] | None

    @classmethod
    def of(cls, step: Mapping[str, Any] | None) -> "Clock":
        """The clock of a compiled step; of a matter without steps, the usual one."""
        step = step or {}
        return cls(tuple(step.get("reminders", USUAL)), step.get("late"))

    def reminder(self, due: date, sent: int | None, today: date) -> int | None:
        """The reminder that is to be sent now: the latest whose day has come, once, however long nobody asked."""
        come = [days for days in self.reminders if due + timedelta(days=days) <= today]
        return come[-1] if come and (sent is None or come[-1] > sent) else None

    def is_late(self, due: date, escalated_at: datetime | None, today: date) -> bool:
        """Is it to go to somebody else too?"""
        return self.late is not None and escalated_at is None and due + timedelta(days=self.late["days"]) <= today


def remind_overdue(*, today: date | None = None) -> int:
    """Remind of, and pass on, every task whose day has come; returns how many tasks were reminded of.

    One transaction for each task, which is looked at again under the matter's lock: run twice, it does nothing more.
    """
    today = today or timezone.localdate()
    return sum(_remind(pk, today) for pk in _timely(today))


def _timely(today: date) -> list[int]:
    """The open tasks for which something is to be done, found without reading a matter or a graph for each."""
    rows = list(
        Task.objects.filter(done_at=None, due__lte=today + timedelta(days=LONGEST), matter__state=Matter.State.OPEN)
        .exclude(role=CLOCK)
        .values_list("pk", "step", "due", "reminded_days", "reminded_at", "escalated_at", "matter__workflow_version")
    )
    versions = WorkflowVersion.objects.filter(pk__in={row[-1] for row in rows if row[-1]})
    clocks = {
        (version.pk, step["id"]): Clock.of(step) for version in versions for step in version.compiled["steps"].values()
    }
    found = []
    for pk, step, due, days, at, escalated_at, version in rows:
        assert due is not None
        clock = clocks.get((version, step)) or Clock.of(None)
        if clock.reminder(due, _sent(days, at), today) is not None or clock.is_late(due, escalated_at, today):
            found.append(pk)
    return found


def _sent(days: int | None, at: datetime | None) -> int | None:
    """The latest reminder sent; one from before they were counted was the usual one."""
    return days if days is not None or at is None else USUAL[0]


@transaction.atomic
def _remind(pk: int, today: date) -> bool:
    matter = locked(Task.objects.select_related("matter").get(pk=pk).matter)
    task = Task.objects.get(pk=pk)
    task.matter = matter
    if task.done_at is not None or task.due is None or not matter.is_open:
        return False
    step = matter.current
    run, clock = Run(matter, None), Clock.of(step)
    days = clock.reminder(task.due, _sent(task.reminded_days, task.reminded_at), today)
    if days is not None:
        task.reminded_days, task.reminded_at = days, run.now
        task.save()
        run.record(
            "reminded",
            {"role": task.role, "what": task.what, "days": days},
            mails=kind_of(step).overdue(step, run, task) if step else run.reminders(task),
        )
    if clock.late is not None and clock.is_late(task.due, task.escalated_at, today):
        _pass_on(run, task, clock.late["to"])
    return days is not None


def _pass_on(run: Run, task: Task, to: str) -> None:
    """Let somebody else do it too: those who hold another role, or, at the office, everyone there."""
    task.escalated_at = run.now
    had = task.assignee
    if task.role == to:
        task.assignee = None
    task.save()
    mails = tell_of(task, but=had, cause="late") if task.role == to else []
    run.record("escalated", {"role": task.role, "what": task.what, "to": to}, mails=mails)
    run.renew_tasks()


def go_on(*, today: date | None = None) -> int:
    """Let every matter that rested until a date go on when it has come; returns how many did.

    One transaction for each, looked at again under its lock: run twice, it does nothing more.
    """
    today = today or timezone.localdate()
    resting = Task.objects.filter(role=CLOCK, done_at=None, due__lte=today, matter__state=Matter.State.OPEN)
    return sum(_go_on(pk, today) for pk in list(resting.values_list("pk", flat=True)))


@transaction.atomic
def _go_on(pk: int, today: date) -> bool:
    matter = locked(Task.objects.select_related("matter").get(pk=pk).matter)
    task = Task.objects.get(pk=pk)
    step = matter.current
    if task.done_at is not None or task.due is None or task.due > today or not matter.is_open or step is None:
        return False
    task.matter = matter
    run = Run(matter, None)
    outcome = kind_of(step).apply(step, run, task, step["outcomes"][0]["name"], {})
    assert outcome is not None
    run.take(outcome)
    return True
