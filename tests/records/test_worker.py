"""Kill drills: a real worker on a real database, killed in every way, loses nothing and doubles nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from django.conf import settings as configured
from django.db import connection

from records import effects, mail
from records.effects import effect
from records.events import NewEffect, NewMail
from records.mail import mail_kind
from records.models import Effect, Message, RateCounter

from .factories import association, happens

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]


def database_url() -> str:
    """The test database, for another process."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**found)


def wait_until(true: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait, and fail when it does not come true."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            left = list(Effect.objects.exclude(state="done").values_list("kind", "state", "attempts", "error"))
            pytest.fail(f"waited {seconds} seconds in vain; left: {left}")
        time.sleep(0.05)


class Worker:
    """``manage.py worker`` as an operator starts it."""

    def __init__(self, folder: Path, pause: float = 0.0, patience: float = 60.0) -> None:
        self.folder = folder
        self.log = folder / "worker.log"
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.records.drill.settings",
            "DATABASE_URL": database_url(),
            "DATA_DIR": str(configured.DATA_DIR),
            "SECRET_KEY": configured.SECRET_KEY,
            "DRILL_FOLDER": str(folder),
            "DRILL_PAUSE": str(pause),
        }
        with self.log.open("a") as log:
            self.process = psutil.Popen(
                [sys.executable, "manage.py", "worker", f"--patience={patience}", "--grace=10"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.known: set[psutil.Process] = set()

    def cluster(self) -> list[psutil.Process]:
        """The processes of the worker proper: its main process, the sentinel, then workers, monitor and pusher."""
        found = [child for child in self.process.children() if "qcluster" in " ".join(child.cmdline())]
        for main in found[:1]:
            found += sorted(main.children(recursive=True), key=lambda child: child.pid)
        self.known.update(found)
        return found

    def is_up(self) -> bool:
        """All six processes are there."""
        with suppress(psutil.NoSuchProcess):
            return len(self.cluster()) >= 6
        return False

    def busy(self) -> list[int]:
        """Processes that are in the middle of a piece of work."""
        found = [int(note.name.rpartition("-")[2]) for note in self.folder.glob("at-work-*")]
        return [pid for pid in found if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]

    def lines(self) -> list[str]:
        """What it has printed, without the times."""
        return [line[20:] for line in self.log.read_text().splitlines() if line[:2] == "20"]

    def stop(self) -> float:
        """SIGTERM; returns how long it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        return time.monotonic() - began

    def orphans(self) -> list[psutil.Process]:
        """Processes of the worker that are still there."""
        return [
            one
            for one in self.known
            if one.is_running() and one.status() != psutil.STATUS_ZOMBIE and one.pid != self.process.pid
        ]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Start workers; none outlives the test."""
    started: list[Worker] = []

    def begin(**options: float) -> Worker:
        started.append(Worker(tmp_path, **options))
        return started[-1]

    yield begin
    for worker in started:
        if worker.process.is_running():
            with suppress(psutil.NoSuchProcess):
                worker.cluster()
            worker.process.kill()
            worker.process.wait()
        for one in worker.orphans():
            with suppress(psutil.NoSuchProcess):
                one.kill()


@pytest.fixture(autouse=True)
def kinds(settings: object) -> Iterator[None]:
    """This process queues what the worker does: it must know the kinds."""
    known, texts = dict(effects._kinds), dict(mail._kinds)
    settings.ASSOCIATION_FACTS = ""
    effect("drill.count", attempts=50)(lambda row: None)
    effect("drill.poison")(lambda row: None)
    mail_kind(key="drill.letter", label="Letter", placeholders={}, subject="Letter", body="Hello")
    yield
    effects._kinds.clear()
    effects._kinds.update(known)
    mail._kinds.clear()
    mail._kinds.update(texts)


def give_work(pieces: int, letters: int = 0) -> None:
    """Queue work as actions do."""
    collection = association() if letters else None
    for number in range(pieces):
        who = f"piece {number}"
        RateCounter.objects.create(bucket="drill", who=who, starts=0, expires=2**40)
        happens(effects=(NewEffect(kind="drill.count", key=who, object_id=who),))
    for number in range(letters):
        happens(
            mails=(
                NewMail(kind="drill.letter", key=f"letter {number}", to="ada@hoglandet.example", collection=collection),
            )
        )


def all_done() -> bool:
    return not Effect.objects.filter(state__in=["queued", "running"]).exists()


def counts() -> set[int]:
    """How often each piece was done: {1} when all is well."""
    return set(RateCounter.objects.filter(bucket="drill").values_list("count", flat=True))


def letters_in(folder: Path) -> list[str]:
    """Message-IDs of what was delivered."""
    return [
        line
        for file in folder.glob("*.log")
        if file.name != "worker.log"
        for line in file.read_text().splitlines()
        if line.startswith("Message-ID:")
    ]


def test_a_worker_killed_at_work_and_then_killed_whole_loses_and_doubles_nothing(
    start: Callable[..., Worker], tmp_path: Path
) -> None:
    give_work(6, letters=3)
    worker = start(pause=0.4, patience=10)
    wait_until(worker.is_up)

    wait_until(worker.busy)
    os.kill(worker.busy()[0], signal.SIGKILL)
    wait_until(lambda: [pid for pid in worker.busy() if psutil.pid_exists(pid)])
    worker.cluster()[0].kill()
    wait_until(all_done)

    assert counts() == {1}
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    assert len(set(letters_in(tmp_path))) == 3
    wait_until(worker.is_up)
    assert worker.stop() < 15
    assert worker.orphans() == []
    assert "The worker died (exit -9)." in worker.lines()
    assert worker.lines()[-2:] == ["Stopping the worker.", "The worker has stopped."]


def test_nothing_outlives_a_supervisor_that_is_killed(start: Callable[..., Worker]) -> None:
    worker = start()
    wait_until(worker.is_up)

    worker.process.kill()
    worker.process.wait()

    wait_until(lambda: not worker.orphans(), 10)


@pytest.mark.slow
def test_mail_waits_while_there_is_no_worker_and_leaves_when_it_comes_back(
    start: Callable[..., Worker], tmp_path: Path
) -> None:
    give_work(0, letters=5)
    first = start()
    wait_until(lambda: len(letters_in(tmp_path)) == 5)
    first.stop()

    for number in range(5, 10):
        happens(mails=(NewMail(kind="drill.letter", key=f"l{number}", to="bo@x.example", collection=association()),))
    time.sleep(1)
    waiting = Message.objects.filter(state="queued").count()
    start()
    wait_until(all_done)

    assert (waiting, len(letters_in(tmp_path)), len(set(letters_in(tmp_path)))) == (5, 10, 10)


@pytest.mark.slow
def test_idle_workers_that_are_killed_do_not_stop_the_work_for_ever(start: Callable[..., Worker]) -> None:
    """They die holding the lock of the shared queue: every later worker waits for it, looking alive."""
    worker = start(patience=6)
    wait_until(worker.is_up)
    time.sleep(2)
    for idle in worker.cluster()[2:4]:
        idle.kill()

    give_work(10)
    wait_until(all_done)

    assert counts() == {1}
    assert any("the worker is stuck" in line for line in worker.lines())


@pytest.mark.slow
def test_ten_kills_of_everything_lose_and_double_nothing(start: Callable[..., Worker], tmp_path: Path) -> None:
    give_work(60, letters=10)
    worker = start(pause=0.25, patience=10)
    for number in range(10):
        wait_until(lambda: worker.busy() or all_done(), 90)
        if all_done():
            break
        target = worker.busy()[:1] if number % 2 else [one.pid for one in worker.cluster()[:1]]
        for pid in target:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.3)
    wait_until(all_done, 120)

    assert counts() == {1}
    assert len(set(letters_in(tmp_path))) == 10
    assert not Effect.objects.exclude(state="done").exists()


@pytest.mark.slow
def test_work_that_kills_its_worker_is_given_up(start: Callable[..., Worker]) -> None:
    happens(effects=(NewEffect(kind="drill.poison", key="1"),))
    give_work(3)

    start(patience=10)
    wait_until(all_done, 120)

    poison = Effect.objects.get(kind="drill.poison")
    assert (poison.state, poison.attempts) == ("dead", 5)
    assert counts() == {1}
