"""Tests of the effect ledger: once per key, exactly once inside, at least once outside, never for ever."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from records import effects, housekeeping, transactions
from records.effects import GiveUp, effect, queue, run, run_due, sweep
from records.events import NewEffect
from records.models import Effect, RateCounter

from .factories import association, at_once, happens

pytestmark = pytest.mark.usefixtures("in_english")

buried: list[str] = []


def tally(who: str = "Ada") -> int:
    """How often the counting work has been done."""
    return RateCounter.objects.get(who=who).count


@pytest.fixture(autouse=True)
def work() -> Iterator[None]:
    """Some kinds of work that exist in these tests only."""
    known = dict(effects._kinds)
    buried.clear()

    @effect("test.count")
    def count(row: Effect) -> None:
        RateCounter.objects.filter(who=row.object_id).update(count=F("count") + 1)

    @effect("test.stumble", attempts=3, dead=lambda row: buried.append(row.object_id))
    def stumble(row: Effect) -> None:
        RateCounter.objects.filter(who=row.object_id).update(count=F("count") + 1)
        raise ValueError("the stone was loose")

    @effect("test.hopeless", dead=lambda row: buried.append(row.object_id))
    def hopeless(row: Effect) -> None:
        raise GiveUp("there is nobody of that name")

    @effect("test.robbed")
    def robbed(row: Effect) -> None:
        RateCounter.objects.filter(who=row.object_id).update(count=F("count") + 1)
        Effect.objects.filter(pk=row.pk).update(lease="somebody else")

    @effect("test.outside", outside=True)
    def outside(row: Effect) -> None:
        assert not transactions.is_open()
        RateCounter.objects.filter(who=row.object_id).update(count=F("count") + 1)

    yield
    effects._kinds.clear()
    effects._kinds.update(known)


def new(kind: str, key: str = "1", who: str = "Ada") -> NewEffect:
    """Work for ``who``, with something to count on."""
    RateCounter.objects.get_or_create(bucket="test", who=who, starts=0, expires=2**40)
    return NewEffect(kind=kind, key=key, object_id=who)


def queued(kind: str, key: str = "1", who: str = "Ada") -> Effect:
    happens(effects=(new(kind, key, who),))
    return Effect.objects.get(key=key)


def state(row: Effect) -> tuple[str, int]:
    row.refresh_from_db()
    return row.state, row.attempts


def test_work_and_its_job_are_queued_with_the_event_and_the_job_carries_only_an_id(db: None) -> None:
    hoglandet = association("Höglandet")

    happens(hoglandet, effects=(NewEffect(kind="test.count", key="1", collection=hoglandet, object_id="7"),))

    row = Effect.objects.get()
    assert (row.kind, row.collection, row.object_id, row.cause) == ("test.count", hoglandet, "7", "matter:1")
    assert [(job.task["func"], job.task["args"], job.task["kwargs"]) for job in OrmQ.objects.all()] == [
        ("records.tasks.run_effect", (str(row.pk),), {})
    ]


def test_work_is_not_queued_outside_a_transaction(db: None) -> None:
    with pytest.raises(RuntimeError, match="atomic"):
        queue([new("test.count")])


def test_the_same_key_twice_is_queued_once(db: None) -> None:
    queued("test.count", "1")

    happens(effects=(new("test.count", "1"), new("test.count", "2"), new("test.count", "2")))

    assert sorted(Effect.objects.values_list("key", flat=True)) == ["1", "2"]
    assert OrmQ.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_queue_the_same_work_once() -> None:
    wanted = new("test.count")

    at_once(20, lambda number: happens(stream=f"matter:{number}", effects=(wanted,)))

    assert (Effect.objects.count(), OrmQ.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_opposite_orders_do_not_lock_each_other_up() -> None:
    wanted = [new("test.count", str(number)) for number in range(10)]

    def act(number: int) -> None:
        with transaction.atomic():
            queue(wanted if number % 2 else wanted[::-1])

    at_once(8, act)

    assert Effect.objects.count() == 10


def test_work_is_done_once_however_often_it_is_called_for(db: None) -> None:
    row = queued("test.count")

    assert [run(str(row.pk)) for _n in range(3)] == [True, False, False]
    assert (tally(), state(row)) == (1, (Effect.State.DONE, 1))


@pytest.mark.django_db(transaction=True)
def test_ten_workers_at_once_do_it_once() -> None:
    row = queued("test.count")

    done = at_once(10, lambda _number: run(str(row.pk)))

    assert (sum(done), tally(), state(row)) == (1, 1, (Effect.State.DONE, 1))


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_lease_ran_out_leaves_nothing_behind() -> None:
    """Another has taken over: what the slow one did is not committed beside the other's."""
    row = queued("test.count")
    slow = effects._take(str(row.pk), "slow")
    Effect.objects.update(leased_until=timezone.now())

    assert run(str(row.pk))
    assert not effects._run_inside(effects.kinds()["test.count"], slow, "slow")
    assert (tally(), state(row)) == (1, (Effect.State.DONE, 2))


def test_failing_work_leaves_nothing_behind_waits_and_is_given_up_in_the_end(db: None) -> None:
    with time_machine.travel("2026-11-02 09:00Z", tick=False) as clock:
        row = queued("test.stumble")
        waits = []
        for _try in range(3):
            run(str(row.pk))
            row.refresh_from_db()
            waits.append(row.due_at - timezone.now())
            assert not run(str(row.pk))
            clock.shift(max(waits[-1], timedelta(0)))

    assert waits[:2] == [timedelta(seconds=30), timedelta(seconds=60)]
    assert (tally(), state(row)) == (0, (Effect.State.DEAD, 3))
    assert row.error == "ValueError: the stone was loose"
    assert buried == ["Ada"]


def test_work_that_cannot_succeed_is_given_up_at_once(db: None) -> None:
    row = queued("test.hopeless")

    run(str(row.pk))

    assert (state(row), buried) == ((Effect.State.DEAD, 1), ["Ada"])


def test_the_attempt_is_counted_before_the_work_so_that_poison_ends(db: None) -> None:
    """What kills its worker never gets as far as an error; the counter alone can tell."""
    row = queued("test.count")
    for number in range(5):
        assert effects._take(str(row.pk), f"worker {number}")
        Effect.objects.update(leased_until=timezone.now())

    assert not run(str(row.pk))
    assert (tally(), state(row)) == (0, (Effect.State.DEAD, 5))


def test_outside_work_runs_outside_any_transaction(db: None) -> None:
    row = queued("test.outside")

    assert run(str(row.pk))
    assert (tally(), state(row)) == (1, (Effect.State.DONE, 1))


def test_work_of_a_kind_that_has_left_the_product_waits_and_says_why(db: None) -> None:
    row = queued("test.count")
    del effects._kinds["test.count"]

    assert not run(str(row.pk))
    assert (state(row), "test.count" in row.error) == ((Effect.State.QUEUED, 1), True)


def test_an_unknown_id_is_no_error(db: None) -> None:
    assert not run("00000000-0000-0000-0000-000000000000")


def test_a_kind_belongs_to_one_handler() -> None:
    with pytest.raises(ValueError, match="twice"):
        effect("test.count")(lambda row: None)


def test_the_sweep_rings_for_what_was_lost_and_for_nothing_else(db: None) -> None:
    lost, fresh, done, dead = (queued("test.count", key) for key in ("lost", "fresh", "done", "dead"))
    run(str(done.pk))
    past = timezone.now() - timedelta(seconds=1)
    Effect.objects.filter(key__in=["lost", "done", "dead"]).update(ring_at=past)
    Effect.objects.filter(key="dead").update(state=Effect.State.DEAD)
    OrmQ.objects.all().delete()

    assert (sweep(), sweep()) == (1, 0)
    assert [job.task["args"] for job in OrmQ.objects.all()] == [(str(lost.pk),)]
    assert fresh.state == Effect.State.QUEUED
    assert dead.pk


def test_the_sweep_takes_over_from_a_worker_that_died(db: None) -> None:
    row = queued("test.count")
    effects._take(str(row.pk), "died at once")
    OrmQ.objects.all().delete()

    with time_machine.travel(timezone.now() + effects.lease_time() + timedelta(seconds=1)):
        assert sweep() == 1
        assert run_due() == 1

    assert (tally(), state(row)) == (1, (Effect.State.DONE, 2))


def test_the_leases_of_a_dead_cluster_are_freed_at_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    row = queued("test.count")
    effects._take(str(row.pk), "host-1:4711:abc")
    OrmQ.objects.all().delete()

    assert effects.held_by("host-") == {"host-1:4711:abc": 4711}
    assert effects.release(effects.held_by("host-")) == 1
    assert (OrmQ.objects.count(), run(str(row.pk)), tally()) == (1, True, 1)


def test_run_due_does_everything_that_waits(db: None) -> None:
    for number in range(3):
        queued("test.count", str(number))
    queued("test.hopeless", "4")

    assert (run_due(), tally()) == (3, 3)


def test_the_worker_command_can_do_what_is_due_and_stop(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    queued("test.count")

    call_command("worker", "--once")

    assert (tally(), capsys.readouterr().out[20:]) == (1, "Tasks done: 1.\n")


def test_the_sweep_is_scheduled_once_after_every_deploy(db: None) -> None:
    Schedule.objects.create(name=housekeeping.SWEEP, func="somewhere.else")
    Schedule.objects.create(name=housekeeping.SWEEP, func="somewhere.else")

    housekeeping.install_schedule()
    housekeeping.install_schedule()

    found = Schedule.objects.filter(name="records.sweep")
    assert list(found.values_list("name", "func", "schedule_type", "minutes", "repeats")) == [
        ("records.sweep", "records.tasks.sweep", Schedule.MINUTES, 1, -1)
    ]
