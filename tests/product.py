"""The product as its users run it, started for a test or a measurement: own data, own port, gunicorn and worker."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import psycopg

from tests.services import answering_postgres, free_port

ROOT = Path(__file__).resolve().parents[1]


class Product:
    """A running product on a database of its own; use as a context manager."""

    def __init__(self, *, postgres: bool = False, worker: bool = False, demo: bool = False, **environment: str) -> None:
        self.postgres, self.worker = postgres, worker
        self.folder = tempfile.TemporaryDirectory(prefix="samsyn-")
        self.port = free_port()
        self.database = f"samsyn_{self.port}"
        self.server: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.environment = {
            **os.environ,
            "DATA_DIR": self.folder.name,
            "PORT": str(self.port),
            "SECRET_KEY": "only-for-tests",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "EMAIL_URL": "dummymail://",
            "SAMSYN_DEMO": "1" if demo else "0",
            **environment,
        }
        self.environment.pop("DATABASE_URL", None)

    def __enter__(self) -> Self:
        if self.postgres:
            self.url = answering_postgres() or ""
            if not self.url:
                raise SystemExit("No PostgreSQL on 127.0.0.1: the benches need one.")
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{self.database}"')
            self.environment["DATABASE_URL"] = self.url.rsplit("/", 1)[0] + "/" + self.database
        self.manage("serve", "--prepare")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self.postgres:
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')
        self.folder.cleanup()

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://localhost:{self.port}"

    def manage(self, *arguments: str) -> str:
        """Run a management command in the product's environment; its output."""
        return self.python(str(ROOT / "manage.py"), *arguments)

    def python(self, *arguments: str) -> str:
        """Run Python in the product's environment; its output. Raises with the output where it fails."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def start(self) -> None:
        """Start the web server (and the worker where asked), and wait until it answers."""
        words = [sys.executable, str(ROOT / "manage.py"), "serve"]
        if not self.worker:
            words.append("--no-worker")
        self.log = open(Path(self.folder.name) / "server.log", "ab")  # noqa: SIM115 - kept as long as the server
        self.server = subprocess.Popen(
            words, cwd=ROOT, env=self.environment, stdout=self.log, stderr=self.log, start_new_session=True
        )
        for _attempt in range(150):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/static/", timeout=5):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError("The server did not start:\n" + (Path(self.folder.name) / "server.log").read_text())

    def processes(self) -> list[psutil.Process]:
        """The server's processes."""
        if self.server is None:
            return []
        try:
            main = psutil.Process(self.server.pid)
            return [main, *main.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def processor_seconds(self) -> float:
        """Processor time the server has used so far."""
        total = 0.0
        for process in self.processes():
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
        return total

    def kill(self) -> None:
        """Kill every process of the product at once, as a power cut would."""
        for process in reversed(self.processes()):
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        if self.server is not None:
            self.server.wait(30)
            self.server = None

    def stop(self) -> None:
        """Stop as an operator would."""
        if self.server is None:
            return
        self.server.send_signal(signal.SIGTERM)
        try:
            self.server.wait(40)
        except subprocess.TimeoutExpired:
            self.kill()
        self.server = None
        self.log.close()
