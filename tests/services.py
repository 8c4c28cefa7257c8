"""Finds PostgreSQL and Redis for the tests, or starts its own, then runs the command it is given.

``DATABASE_URL`` and ``REDIS_URL`` win; then what answers on 127.0.0.1; then servers of our own in a temporary folder.
"""

import getpass
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psycopg
import redis


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def answering_postgres() -> str | None:
    """The address of a PostgreSQL on this machine that lets us make databases."""
    for user in dict.fromkeys([os.environ.get("PGUSER", getpass.getuser()), "postgres"]):
        url = f"postgres://{user}@127.0.0.1:{os.environ.get('PGPORT', '5432')}/postgres"
        try:
            with psycopg.connect(url, connect_timeout=3) as connection:
                row = connection.execute(
                    "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                ).fetchone()
                if row and row[0]:
                    return url
        except psycopg.Error:
            continue
    return None


def own_postgres(stack: ExitStack) -> str | None:
    """Start a PostgreSQL of our own in a temporary folder; None where it is not installed."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name)
    found = shutil.which("initdb")
    folder = Path(found).parent if found else programs[-1] if programs else None
    if folder is None:
        return None
    data = stack.enter_context(tempfile.TemporaryDirectory(prefix="samsyn-postgres-"))
    as_other: list[str] = []
    if os.geteuid() == 0:
        as_other = ["runuser", "-u", "postgres", "--"]
        shutil.chown(data, "postgres")
    cluster, port = Path(data) / "cluster", free_port()
    subprocess.run(
        [*as_other, str(folder / "initdb"), "-D", str(cluster), "-A", "trust", "-U", "samsyn", "-E", "UTF8"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    server = subprocess.Popen(
        [
            *as_other,
            str(folder / "postgres"),
            "-D",
            str(cluster),
            "-p",
            str(port),
            "-k",
            data,
            "-h",
            "127.0.0.1",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stack.callback(server.wait, 30)
    stack.callback(server.terminate)
    url = f"postgres://samsyn@127.0.0.1:{port}/postgres"
    for _attempt in range(60):
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.Error:
            time.sleep(0.5)
        else:
            return url
    return None


def answering_redis(url: str) -> bool:
    """Whether a Redis answers at ``url``."""
    try:
        return bool(redis.Redis.from_url(url, socket_connect_timeout=2).ping())
    except redis.RedisError:
        return False


def own_redis(stack: ExitStack) -> str | None:
    """Start a Redis of our own that keeps nothing; None where it is not installed."""
    program = shutil.which("redis-server")
    if program is None:
        return None
    port = free_port()
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    stack.callback(server.wait, 30)
    stack.callback(server.terminate)
    url = f"redis://127.0.0.1:{port}/0"
    for _attempt in range(40):
        if answering_redis(url):
            return url
        time.sleep(0.25)
    return None


def main(command: list[str]) -> int:
    """Run ``command`` with both servers in its environment; 3 where one cannot be had."""
    with ExitStack() as stack:
        database = os.environ.get("DATABASE_URL") or answering_postgres() or own_postgres(stack)
        local = "redis://127.0.0.1:6379/0"
        cache = os.environ.get("REDIS_URL") or (local if answering_redis(local) else own_redis(stack))
        if not database or not cache:
            missing = " and ".join(name for name, url in (("PostgreSQL", database), ("Redis", cache)) if not url)
            print(f"No {missing} here: install it, or say where it is with DATABASE_URL and REDIS_URL.")
            return 3
        environment = {**os.environ, "DATABASE_URL": database, "REDIS_URL": cache}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
