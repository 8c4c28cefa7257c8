"""Starts the product: makes the database ready where something changed, then web server and worker together."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from gunicorn.app.base import BaseApplication

from config import catalogue
from pages.demo.people import logins

STAMP = "stamp.json"
SOURCES = ("forms", "workflows", "site", "fixtures")
ENDINGS = (".py", ".html", ".css", ".js", ".svg", ".po", ".json", ".txt", ".png", ".ico", ".webp")


class Server(BaseApplication):
    """Gunicorn inside this process: one worker with threads, which suits SQLite's single writer best."""

    def __init__(self, address: str, threads: int, processes: int, on_exit: Callable[[], None]) -> None:
        self.address, self.threads, self.processes, self.leave = address, threads, processes, on_exit
        super().__init__()

    def load_config(self) -> None:
        self.cfg.set("bind", self.address)
        self.cfg.set("worker_class", "gthread")
        self.cfg.set("workers", self.processes)
        self.cfg.set("threads", self.threads)
        self.cfg.set("graceful_timeout", 20)
        self.cfg.set("loglevel", "warning")
        self.cfg.set("control_socket_disable", True)
        self.cfg.set("on_exit", lambda _server: self.leave())

    def load(self) -> object:
        from config.wsgi import application  # app ready: in the worker process, after the fork

        return application


def fingerprint() -> str:
    """A digest of everything that decides what the database and the static files must hold."""
    digest = hashlib.sha256()
    for path in sorted(_sources()):
        status = path.stat()
        digest.update(f"{path}:{status.st_size}:{status.st_mtime_ns}\n".encode())
    digest.update(str(settings.DATABASES["default"]["NAME"]).encode())
    digest.update((settings.BASE_DIR / "requirements.txt").read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for name in SOURCES:
        for folder, folders, files in os.walk(settings.BASE_DIR / name):
            folders[:] = [each for each in folders if each not in {"__pycache__", "locale_built"}]
            yield from (Path(folder) / file for file in files if file.endswith(ENDINGS))


def is_ready() -> bool:
    """Whether this very version has already made this database ready."""
    try:
        stamp = json.loads((settings.DATA_DIR / STAMP).read_text())
    except (OSError, ValueError):
        return False
    database = Path(str(settings.DATABASES["default"]["NAME"]))
    there = connection.vendor != "sqlite" or database.exists()
    return there and stamp.get("fingerprint") == fingerprint() and stamp.get("demo", False) >= settings.DEMO


def step(text: str) -> None:
    """Say what is being done, at once."""
    print(f"  {text}", flush=True)


def make_ready() -> None:
    """Compile the catalogues, gather static files, migrate, and load the demo where asked; then leave the stamp."""
    started = time.monotonic()
    print("Making Samsyn ready", flush=True)
    step("languages ...")
    catalogue.compile_all()
    step("style sheets, scripts and pictures ...")
    call_command("collectstatic", interactive=False, verbosity=0)
    step("database ...")
    call_command("migrate", interactive=False, verbosity=0)
    if settings.DEMO:
        call_command("load_demo")
    stamp = {"fingerprint": fingerprint(), "demo": settings.DEMO}
    (settings.DATA_DIR / STAMP).write_text(json.dumps(stamp))
    print(f"Ready in {time.monotonic() - started:.0f} s.", flush=True)


def reset() -> None:
    """Throw away the demo's data. Refuses outside the demo and on another database than the embedded one."""
    if not settings.DEMO or connection.vendor != "sqlite":
        raise SystemExit("Only the demo on the embedded database can be started over: use `make demo-reset`.")
    connection.close()
    database = Path(str(settings.DATABASES["default"]["NAME"]))
    for path in (database, Path(f"{database}-wal"), Path(f"{database}-shm"), settings.DATA_DIR / STAMP):
        path.unlink(missing_ok=True)
    for folder in (settings.MEDIA_ROOT, settings.PRIVATE_ROOT):
        shutil.rmtree(folder, ignore_errors=True)
    print("The demo's data is gone; starting over.", flush=True)


def start_worker() -> subprocess.Popen[bytes]:
    """The worker as a process group of its own; it stops by itself when this process is gone."""
    return subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker", "--stop-with-parent"],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
    )


def stop_worker(worker: subprocess.Popen[bytes]) -> None:
    """Ask the worker to finish what it holds; after 30 s its whole group is killed."""
    if worker.poll() is not None:
        return
    worker.terminate()
    try:
        worker.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(worker.pid, signal.SIGKILL)


def greeting() -> str:
    """Where to go, and in the demo as whom."""
    lines = [
        "",
        f"Samsyn is running:  {settings.BASE_URL}/",
        f"Staff sign in at:   {settings.BASE_URL}/admin/",
    ]
    if settings.DEMO:
        found = logins()
        lines += ["", f"Sign in with the password {found[0][1]} as", *(f"  {address}" for address, _password in found)]
    return "\n".join([*lines, "", "Stop with Ctrl+C.", ""])


def serve(*, host: str, with_worker: bool) -> None:
    """Serve until told to stop; the worker goes down with the web server."""
    connection.close()
    main_process = os.getpid()
    worker = start_worker() if with_worker else None

    def leave() -> None:
        if worker is not None and os.getpid() == main_process:
            stop_worker(worker)

    def leave_early(_signal: int, _frame: FrameType | None) -> None:
        leave()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave_early)
    print(greeting(), flush=True)
    processes = 1 if connection.vendor == "sqlite" else settings.WEB_PROCESSES
    try:
        Server(f"{host}:{settings.PORT}", settings.WEB_THREADS, processes, leave).run()
    finally:
        leave()
