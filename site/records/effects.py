"""The effect ledger: background work that is done once per key, whatever dies on the way."""

import logging
import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.tasks import async_task
from wagtail.models import Collection

from records import transactions
from records.models import Effect, Message
from records.prepared import PreparedInsert

logger = logging.getLogger("records.effects")

JOB = "records.tasks.run_effect"
WORKER_VARIABLE = "SAMSYN_WORKER"
"""Names the cluster a process belongs to; its supervisor may free the leases of a cluster it has killed."""

BACKOFF = (30, 60, 120, 240, 480, 960, 1800, 3600, 7200, 14400, 14400)
"""Seconds to wait after the first, second, … failure."""
ATTEMPTS_INSIDE = 5
ATTEMPTS_OUTSIDE = 12
RING_AGAIN = timedelta(minutes=5)
SWEEP_AT_ONCE = 1000


class GiveUp(Exception):  # noqa: N818 (said by a handler, not a fault)
    """Raised by a handler when trying again cannot help."""


@dataclass(frozen=True, slots=True)
class EffectKind:
    """How one kind of background work is done."""

    name: str
    handler: Callable[[Effect], Any]
    outside: bool
    attempts: int
    dead: Callable[[Effect], Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEffect:
    """Work that is to be done once the transaction has been committed."""

    kind: str
    key: str
    collection: Collection | None = None
    object_id: str = ""


_kinds: dict[str, EffectKind] = {}


def effect(
    kind: str,
    *,
    outside: bool = False,
    attempts: int | None = None,
    dead: Callable[[Effect], Any] | None = None,
) -> Callable[[Callable[[Effect], Any]], Callable[[Effect], Any]]:
    """Register the decorated function as the handler of ``kind``.

    It runs in one transaction with the done-mark, so it happens exactly once; with ``outside`` it runs under a
    lease and outside any transaction, so it happens at least once (mail, HTTP, files). After ``attempts``
    failures (or dead workers) the effect is given up, and ``dead`` is called in that transaction.
    """

    def register(handler: Callable[[Effect], Any]) -> Callable[[Effect], Any]:
        known = _kinds.get(kind)
        if known and known.handler.__qualname__ != handler.__qualname__:
            raise ValueError(f"The effect kind {kind!r} is registered twice.")
        limit = attempts or (ATTEMPTS_OUTSIDE if outside else ATTEMPTS_INSIDE)
        _kinds[kind] = EffectKind(kind, handler, outside, limit, dead)
        return handler

    return register


def kinds() -> dict[str, EffectKind]:
    """Every registered kind by name."""
    return dict(_kinds)


# --- queueing ------------------------------------------------------------------------------------
def queue(effects: Iterable[NewEffect], *, cause: str = "") -> list[Effect]:
    """Write ledger rows and the jobs that point at them; a key that is there already is left alone.

    Returns the rows that were new. Must run in the transaction of the change. Raises LookupError for an unknown kind.
    """
    transactions.demand("Queueing an effect")
    rows: dict[str, Effect] = {}
    now = timezone.now()
    for new in effects:
        if new.kind not in _kinds:
            raise LookupError(f"No handler is registered for the effect kind {new.kind!r}.")
        rows.setdefault(
            new.key,
            Effect(
                kind=new.kind,
                key=new.key,
                collection=new.collection,
                object_id=str(new.object_id),
                cause=cause,
                created_at=now,
                due_at=now,
                ring_at=now + RING_AGAIN,
            ),
        )
    return insert_new(rows)


def insert_new(rows: dict[str, Any]) -> list[Any]:
    """Insert effects or messages by their unique ``key``; a row whose key is taken is skipped, also in a race.

    Returns the rows that went in, and rings for those that are effects.
    """
    if not rows:
        return []
    # Sorted, so that two transactions that queue the same keys wait for each other instead of locking up.
    ordered = [rows[key] for key in sorted(rows)]
    model = type(ordered[0])
    went_in = set(_inserts[model].rows(ordered))
    fresh = [row for row in ordered if row.key in went_in]
    for row in fresh:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    if model is Effect:
        ring(row.pk for row in fresh)
    return fresh


_inserts = {model: PreparedInsert(model, known="key", returning="key") for model in (Effect, Message)}


class _Jobs:
    """Stands where the queue of the worker stands: takes the jobs, which are stored together."""

    list_key = Conf.CLUSTER_NAME

    def __init__(self) -> None:
        self.packages: list[str] = []

    def enqueue(self, package: str) -> int:
        """Take one."""
        self.packages.append(package)
        return len(self.packages)


_queued = PreparedInsert(OrmQ)


def ring(effect_ids: Iterable[Any]) -> None:
    """Put a job in the worker's queue for each effect; the job carries the id and nothing else."""
    jobs = _Jobs()
    for effect_id in effect_ids:
        async_task(JOB, str(effect_id), task_name=str(effect_id), broker=jobs)
    now = timezone.now()
    _queued.rows([OrmQ(key=jobs.list_key, payload=package, lock=now) for package in jobs.packages])


# --- running -------------------------------------------------------------------------------------
def lease_time() -> timedelta:
    """How long a worker holds an effect: longer than the worker is allowed to work on it."""
    return timedelta(seconds=(Conf.TIMEOUT or 60) + 15)


def run(effect_id: str) -> bool:
    """Do one effect if it is due and nobody else is at it; True when it was done now.

    A failing handler is not an error here: it is written in the ledger and tried again later.
    """
    lease = f"{os.environ.get(WORKER_VARIABLE, '')}:{os.getpid()}:{secrets.token_hex(16)}"
    row = _take(effect_id, lease)
    if row is None:
        return False
    kind = _kinds.get(row.kind)
    try:
        if kind is None:
            raise LookupError(f"No handler is registered for the effect kind {row.kind!r}.")
        if not kind.outside:
            return _run_inside(kind, row, lease)
        transactions.forbid("An outside effect")
        kind.handler(row)
        return bool(_mark_done(row, lease))
    except BaseException as error:
        _fail(row, lease, error)
        if not isinstance(error, Exception):
            raise  # the worker's own time limit: it must stop this process
        logger.warning("Effect %s (%s) failed: %s", row.pk, row.kind, type(error).__name__)
        return False


def _take(effect_id: str, lease: str) -> Effect | None:
    """Lease the effect and count the attempt, committed before any work; None when there is nothing to do."""
    now = timezone.now()
    until = now + lease_time()
    free = Q(state=Effect.State.QUEUED, due_at__lte=now) | Q(state=Effect.State.RUNNING, leased_until__lte=now)
    with transaction.atomic():
        taken = Effect.objects.filter(free, pk=effect_id).update(
            state=Effect.State.RUNNING,
            attempts=F("attempts") + 1,
            lease=lease,
            leased_until=until,
            ring_at=until,
        )
        if not taken:
            return None
        row = Effect.objects.select_related("collection").get(pk=effect_id)
        kind = _kinds.get(row.kind)
        if row.attempts > (kind.attempts if kind else ATTEMPTS_INSIDE):
            row.attempts -= 1
            row.error = row.error or _("The worker stopped each time it tried.")
            _bury(row)
            return None
    return row


def _run_inside(kind: EffectKind, row: Effect, lease: str) -> bool:
    """Handler and done-mark in one transaction, under the row's lock and only while the lease is ours."""
    with transaction.atomic():
        mine = (
            Effect.objects.select_for_update(no_key=True)
            .filter(pk=row.pk, lease=lease, state=Effect.State.RUNNING)
            .exists()
        )
        if not mine:
            return False
        kind.handler(row)
        _mark_done(row, lease)
    return True


def _mark_done(row: Effect, lease: str) -> int:
    now = timezone.now()
    return Effect.objects.filter(pk=row.pk, lease=lease, state=Effect.State.RUNNING).update(
        state=Effect.State.DONE, done_at=now, lease="", leased_until=None, error=""
    )


def _fail(row: Effect, lease: str, error: BaseException) -> None:
    """Write down what went wrong and when to try again, or give up."""
    kind = _kinds.get(row.kind)
    limit = kind.attempts if kind else ATTEMPTS_INSIDE
    with transaction.atomic():
        mine = (
            Effect.objects.select_for_update(no_key=True)
            .filter(pk=row.pk, lease=lease, state=Effect.State.RUNNING)
            .exists()
        )
        if not mine:
            return
        row.error = f"{type(error).__name__}: {error}"[:2000].replace("\x00", "\ufffd")
        if isinstance(error, GiveUp) or row.attempts >= limit:
            _bury(row)
            return
        again = timezone.now() + backoff(row.attempts)
        Effect.objects.filter(pk=row.pk).update(
            state=Effect.State.QUEUED, due_at=again, ring_at=again, lease="", leased_until=None, error=row.error
        )


def _bury(row: Effect) -> None:
    """Give up: visible in the ledger and the log, never tried again by itself."""
    Effect.objects.filter(pk=row.pk).update(
        state=Effect.State.DEAD, attempts=row.attempts, lease="", leased_until=None, error=row.error
    )
    row.state = Effect.State.DEAD
    kind = _kinds.get(row.kind)
    if kind and kind.dead:
        kind.dead(row)
    logger.error("Effect %s (%s) was given up after %d attempts", row.pk, row.kind, row.attempts)


def backoff(attempts: int) -> timedelta:
    """How long to wait after this many attempts."""
    return timedelta(seconds=BACKOFF[min(max(attempts, 1), len(BACKOFF)) - 1])


# --- keeping it going ----------------------------------------------------------------------------
def sweep(now: datetime | None = None) -> int:
    """Ring again for everything that is due or whose lease has run out; returns how many were rung for."""
    now = now or timezone.now()
    waiting = Q(state__in=[Effect.State.QUEUED, Effect.State.RUNNING])
    with transaction.atomic():
        due = list(
            Effect.objects.filter(waiting, ring_at__lte=now)
            .order_by("ring_at")
            .values_list("pk", flat=True)[:SWEEP_AT_ONCE]
        )
        if due:
            Effect.objects.filter(waiting, pk__in=due).update(ring_at=now + RING_AGAIN)
            ring(due)
    return len(due)


def held_by(worker: str) -> dict[str, int]:
    """Lease → process number of everything the clusters whose names begin so are doing."""
    leases = Effect.objects.filter(state=Effect.State.RUNNING, lease__startswith=worker).values_list("lease", flat=True)
    return {lease: int(lease.split(":")[1]) for lease in leases}


def release(leases: Iterable[str]) -> int:
    """End the leases of processes that are known to be dead, and ring for their work; returns how many there were."""
    now = timezone.now()
    held = Effect.objects.filter(state=Effect.State.RUNNING, lease__in=list(leases))
    if count := held.update(lease="", leased_until=now, ring_at=now):
        sweep()
    return count


def run_due(limit: int = 1000) -> int:
    """Do here and now what is due, in order of arrival, also what that leads to; returns how many were done."""
    done = 0
    while done < limit:
        now = timezone.now()
        free = Q(state=Effect.State.QUEUED, due_at__lte=now) | Q(state=Effect.State.RUNNING, leased_until__lte=now)
        due = list(Effect.objects.filter(free).order_by("created_at").values_list("pk", flat=True)[:100])
        if not due:
            break
        done += sum(run(str(effect_id)) for effect_id in due)
    return done
