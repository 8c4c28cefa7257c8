"""Keeps the worker alive: starts it, watches it from outside, and starts it again when it is dead or stuck."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Count, Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.conf import Conf
from django_q.models import OrmQ, Schedule

from records import effects
from records.housekeeping import SWEEP
from records.models import Effect

TICK = 0.2
CLOCK_IS_LATE = timedelta(minutes=3)
LONGEST_PAUSE = 10.0
LIVED_LONG_ENOUGH = 60.0


@dataclass(slots=True)
class Queue:
    """What the queue looked like last time, and since when nobody has taken anything from it."""

    count: int = 0
    first: int | None = None
    taken: object = None
    since: float = field(default_factory=time.monotonic)

    def look(self) -> float:
        """Read the queue; returns for how many seconds jobs have been ready without any being taken."""
        now = timezone.now()
        queue = OrmQ.objects.filter(key=Conf.CLUSTER_NAME)
        ready = queue.filter(lock__lt=now).aggregate(count=Count("pk"), first=Min("pk"))
        taken = queue.filter(lock__gte=now).aggregate(last=Max("lock"))["last"]
        quiet = ready["count"] and ready["count"] >= self.count > 0
        if not (quiet and ready["first"] == self.first and taken == self.taken):
            self.since = time.monotonic()
        self.count, self.first, self.taken = ready["count"], ready["first"], taken
        return time.monotonic() - self.since


class Supervisor:
    """One cluster of workers in a process group of its own, replaced whole whenever it fails.

    Single workers are never killed: one that dies while it holds the shared queue's lock stops all the others for
    ever, and they look alive. Hence the watch on the age of what waits, and hence the whole group.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        patience: float = 60.0,
        grace: float = 30.0,
        parent: int | None = None,
    ) -> None:
        """``patience``: seconds a ready job may wait untouched; ``grace``: seconds a stopping worker is given.

        ``parent``: the process whose end is a reason to stop, too.
        """
        self.parent = parent
        self.say = say
        self.patience = patience
        self.grace = grace
        self.stopping = False
        self.name = ""
        self.process: subprocess.Popen[bytes] | None = None
        self.reaper: subprocess.Popen[bytes] | None = None
        self.queue = Queue()
        self.started = 0.0
        self.pause = 1.0

    def run(self) -> None:
        """Work until told to stop by SIGTERM or SIGINT."""
        signal.signal(signal.SIGTERM, self._told_to_stop)
        signal.signal(signal.SIGINT, self._told_to_stop)
        self._database(self._take_over)
        self._start()
        looked = time.monotonic()
        try:
            while not self.stopping:
                time.sleep(TICK)
                if self.parent is not None and os.getppid() != self.parent:
                    self.stopping = True
                elif self.process and self.process.poll() is not None:
                    self._replace(_("The worker died (exit %(code)s).") % {"code": self.process.returncode})
                    looked = time.monotonic()
                elif time.monotonic() - looked >= min(5.0, self.patience / 4):
                    looked = time.monotonic()
                    if reason := self._stuck():
                        self._replace(reason)
        finally:
            self._stop()

    def _told_to_stop(self, number: int, frame: object) -> None:
        # Only a flag: setting an Event in a signal handler can deadlock.
        self.stopping = True

    # --- one cluster ---------------------------------------------------------------------------------
    def _start(self) -> None:
        self.name = f"{_host()}-{uuid.uuid4().hex[:12]}"
        environment = {
            **os.environ,
            effects.WORKER_VARIABLE: self.name,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        connection.close()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "django", "qcluster", "--skip-checks"],
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        # Kills the group should this process be killed: it reads until our end of the pipe is closed.
        self.reaper = subprocess.Popen(
            ["/bin/sh", "-c", 'read -r _; kill -s KILL -- "-$1"', "sh", str(self.process.pid)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        self.queue = Queue()
        self.started = time.monotonic()
        self.say(_("Worker started (process group %(pid)s).") % {"pid": self.process.pid})

    def _replace(self, reason: str) -> None:
        """Kill what is left of the cluster, hand back what it held, and start another."""
        self.say(reason)
        lived = time.monotonic() - self.started
        self._kill()
        self.pause = 1.0 if lived > LIVED_LONG_ENOUGH else min(self.pause * 2, LONGEST_PAUSE)
        wake = time.monotonic() + (0 if lived > self.pause else self.pause)
        while not self.stopping and time.monotonic() < wake:
            time.sleep(TICK)
        if not self.stopping:
            self._start()

    def _stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.say(_("Stopping the worker."))
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(self.grace)
            except subprocess.TimeoutExpired:
                self.say(_("The worker did not stop in %(seconds)d seconds.") % {"seconds": self.grace})
        self._kill()
        self.say(_("The worker has stopped."))

    def _kill(self) -> None:
        """End every process of the cluster's group, and the reaper that would have done it."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):  # nothing was left
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self._database(self._take_over)
        if self.reaper:
            self.reaper.kill()
            self.reaper.wait()
            if self.reaper.stdin:
                self.reaper.stdin.close()
        self.process = self.reaper = None

    # --- the watch -------------------------------------------------------------------------------------
    def _stuck(self) -> str:
        """Why the cluster must be replaced, or nothing."""
        found: list[str] = []
        self._database(lambda: found.append(self._look()))
        return found[0] if found else ""

    def _look(self) -> str:
        now = timezone.now()
        if count := _free_the_dead():
            self.say(_("A worker died at its work. Tasks that are done again: %(count)d.") % {"count": count})
        waited = self.queue.look()
        if waited > self.patience:
            at_work = Effect.objects.filter(state=Effect.State.RUNNING, leased_until__gt=now).exists()
            if not at_work:
                return _("Jobs have waited for %(seconds)d seconds and nobody takes them: the worker is stuck.") % {
                    "seconds": waited
                }
        up = time.monotonic() - self.started
        if up > CLOCK_IS_LATE.total_seconds():
            late = Schedule.objects.filter(name=SWEEP, next_run__lt=now - CLOCK_IS_LATE)
            if late.exists():
                return _("The worker's clock has stopped.")
        return ""

    def _take_over(self) -> None:
        """Put back in the queue at once what dead clusters had taken from it, instead of waiting for their time limits.

        Which cluster took a job is not written down. Where another machine is at one of them, the job is called for
        twice, and its lease sees to it that it is done once.
        """
        if self.name:
            effects.release(effects.held_by(self.name))
        _free_the_dead()
        now = timezone.now()
        OrmQ.objects.filter(key=Conf.CLUSTER_NAME, lock__gt=now).update(lock=now)
        effects.sweep()

    def _database(self, ask: Callable[[], object]) -> None:
        """Ask the database; when it cannot answer just now, say so and go on watching."""
        try:
            ask()
        except (DatabaseError, InterfaceError) as error:
            connection.close()
            self.say(_("The database does not answer: %(error)s") % {"error": error})


def _host() -> str:
    return socket.gethostname()[:20]


def _free_the_dead() -> int:
    """Hand back what processes on this machine held when they died; returns how much that was."""
    held = effects.held_by(f"{_host()}-")
    return effects.release([lease for lease, pid in held.items() if not _alive(pid)])


def _alive(pid: int) -> bool:
    """Whether a process of that number is running on this machine; one that nobody has buried is not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
