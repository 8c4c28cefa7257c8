"""What every bench does: say at once, work in parallel, fetch one address over and over."""

import threading
import time
from collections.abc import Callable

from tests.bench.visitor import Answer, Visitor

SECONDS = 6.0
CONNECTIONS = 4


def say(text: str = "") -> None:
    """Print at once."""
    print(text, flush=True)


def in_parallel(work: list[Callable[[], None]]) -> float:
    """Run every piece of work in a thread of its own; seconds it took."""
    threads = [threading.Thread(target=piece) for piece in work]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def hammer(port: int, url: str, ask: Callable[[Visitor], Answer] | None = None) -> tuple[list[float], float]:
    """Fetch one page (or `ask` for it) over and over on four connections; milliseconds each, and seconds in all."""
    times: list[float] = []

    def fetch() -> None:
        visitor = Visitor(port)
        until = time.perf_counter() + SECONDS
        while (began := time.perf_counter()) < until:
            answer = ask(visitor) if ask else visitor.get(url)
            if answer.status != 200:
                raise RuntimeError(f"{url} answered {answer.status}")
            times.append((time.perf_counter() - began) * 1000)
        visitor.close()

    return times, in_parallel([fetch] * CONNECTIONS)
