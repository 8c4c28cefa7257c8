"""The benches: ``python -m tests.bench [speed logic board peer register exports replay load crash]``.

They print figures, those with a limit in one table at the end, and fail where work is lost.
"""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

from tests.bench.applicant import FORM, PATIENCE, Applicant, percentile
from tests.bench.figures import FIGURES, show
from tests.bench.visitor import Visitor
from tests.bench.watch import CONNECTIONS, SECONDS, hammer, in_parallel, say
from tests.product import ROOT, Product
from tests.services import free_port


def place(postgres: bool) -> str:
    """Where it was measured."""
    return f"{'PostgreSQL' if postgres else 'SQLite':<11}"


def row(name: str, times: list[float], seconds: float, processor: float, queries: object = "") -> None:
    """One line of the speed table."""
    count = max(len(times), 1)
    say(
        f"{name:<34}{len(times) / seconds:>9.0f}{percentile(times, 0.5):>9.1f}{percentile(times, 0.99):>9.1f}"
        f"{processor / count * 1000:>10.2f}{queries!s:>9}"
    )


def bare_view() -> None:
    """The same server around a Django view that says hello."""
    port = free_port()
    words = ["-k", "gthread", "-w", "1", "--threads", "8", "-b", f"127.0.0.1:{port}", "--log-level", "error"]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--no-control-socket", *words, "tests.bench.bare:application"], cwd=ROOT
    )
    try:
        for _attempt in range(50):
            try:
                Visitor(port).get("/")
                break
            except OSError:
                time.sleep(0.2)
        processes = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
        before = sum(sum(process.cpu_times()[:2]) for process in processes)
        times, seconds = hammer(port, "/")
        row("bare Django view", times, seconds, sum(sum(p.cpu_times()[:2]) for p in processes) - before, 0)
    finally:
        server.terminate()
        server.wait(20)


def speed() -> None:
    """Requests a second, times and processor time of the addresses that matter, beside a bare view."""
    say(f"\nSpeed ({CONNECTIONS} connections, 1 process x 8 threads, SQLite, {SECONDS:.0f} s each)")
    say(f"{'':<34}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>10}{'queries':>9}")
    bare_view()
    with Product(TRUSTED_PROXIES="1") as product:
        content = json.loads(product.python("-m", "tests.bench.content"))
        queries = json.loads(product.python("-m", "tests.bench.queries"))
        product.start()
        for name, url in (("GET public page", content["page"]), ("GET form page", f"{FORM}1/")):
            Visitor(product.port).get(url)
            before = product.processor_seconds()
            times, seconds = hammer(product.port, url)
            row(name, times, seconds, product.processor_seconds() - before, queries[name])
        applicants = [Applicant(product.port, number) for number in range(1, 400)]
        applicants[0].open()
        for applicant in applicants:
            applicant.tokens, applicant.answers = applicants[0].tokens, applicants[0].answers
            applicant.visitor.cookies.update(applicants[0].visitor.cookies)
        time.sleep(PATIENCE)

        def send(share: list[Applicant]) -> None:
            until = time.perf_counter() + SECONDS * 2
            for applicant in share:
                if time.perf_counter() > until:
                    break
                for _time in range(5):
                    applicant.send()

        before = product.processor_seconds()
        seconds = in_parallel([lambda n=n: send(applicants[n::CONNECTIONS]) for n in range(CONNECTIONS)])
        spent = product.processor_seconds() - before
        sent = [t for applicant in applicants for t in applicant.times.get("POST send", [])]
        errors = [error for applicant in applicants for error in applicant.errors]
        row("submission (page, summary, send)", sent, seconds, spent, queries["whole"])
        for name in ("POST page", "GET summary", "POST send"):
            times = [t for applicant in applicants for t in applicant.times.get(name, [])]
            say(
                f"  {name:<32}{'':>9}{percentile(times, 0.5):>9.1f}{percentile(times, 0.99):>9.1f}"
                f"{'':>10}{queries[name]:>9}"
            )
        if errors:
            raise SystemExit(f"Refused: {errors[:5]}")


def counts(product: Product) -> dict[str, int]:
    """What the database holds now."""
    return dict(json.loads(product.python("-m", "tests.bench.counts")))


def load() -> None:
    """Fifty clients send twenty submissions each: nothing refused, nothing lost, on both databases."""
    say("\nLoad: 50 clients x 20 submissions")
    for postgres in (False, True):
        with Product(postgres=postgres, TRUSTED_PROXIES="1") as product:
            product.python("-m", "tests.bench.content")
            product.start()
            applicants = [Applicant(product.port, 1000 + number) for number in range(50)]

            def work(applicant: Applicant) -> None:
                applicant.open()
                time.sleep(PATIENCE)
                for number in range(20):
                    if number % 9 == 8:  # another address, or the limit for one address would stop us
                        applicant.visitor.headers = {"X-Forwarded-For": f"10.9.{applicant.number & 255}.{number}"}
                    applicant.send()

            seconds = in_parallel([lambda applicant=applicant: work(applicant) for applicant in applicants])
            sent = [t for applicant in applicants for t in applicant.times.get("POST send", [])]
            every = [t for applicant in applicants for times in applicant.times.values() for t in times]
            errors = [error for applicant in applicants for error in applicant.errors]
            stored = counts(product)
            acknowledged = sum(len(applicant.acknowledged) for applicant in applicants)
            say(
                f"  {place(postgres)} acknowledged {acknowledged}, stored {stored['submitted']}, errors {len(errors)}, "
                f"mails queued {stored['receipts']}, {seconds:.0f} s; send p50 {percentile(sent, 0.5):.0f} "
                f"p95 {percentile(sent, 0.95):.0f} max {max(sent):.0f} ms; "
                f"any request p95 {percentile(every, 0.95):.0f} ms"
            )
            if errors or acknowledged != 1000 or stored["submitted"] != 1000 or stored["receipts"] != 1000:
                raise SystemExit(f"Lost or refused: {errors[:5]} {stored}")


def crash() -> None:
    """Kill web server and worker again and again while people send; nothing acknowledged is lost, no effect doubled."""
    say("\nCrash: kill -9 of web and worker five times while 10 clients send")
    for postgres in (False, True):
        with Product(postgres=postgres, worker=True, TRUSTED_PROXIES="1") as product:
            product.environment["EMAIL_URL"] = f"filemail:///{product.folder.name}/mail"
            product.python("-m", "tests.bench.content")
            product.start()
            applicants = [Applicant(product.port, 5000 + number) for number in range(10)]
            over = threading.Event()

            def work(applicant: Applicant, over: threading.Event = over) -> None:
                number = 0
                while not over.is_set():
                    number += 1
                    try:
                        if not applicant.tokens:
                            applicant.open()
                            time.sleep(PATIENCE)
                        address = f"10.8.{applicant.number & 255}.{number % 250}"
                        applicant.visitor.headers = {"X-Forwarded-For": address}
                        applicant.send()
                    except OSError:
                        applicant.visitor.close()
                        time.sleep(0.3)
                    except Exception as error:
                        applicant.visitor.close()
                        applicant.errors.append(repr(error))
                        time.sleep(0.3)

            def kill(product: Product = product, over: threading.Event = over) -> None:
                for _time in range(5):
                    time.sleep(6)
                    product.kill()
                    product.start()
                time.sleep(5)
                over.set()

            in_parallel([kill, *[lambda applicant=applicant: work(applicant) for applicant in applicants]])
            acknowledged = {key for applicant in applicants for key in applicant.acknowledged}
            began = time.perf_counter()
            stored = counts(product)
            while stored["waiting"] and time.perf_counter() - began < 240:
                time.sleep(3)
                stored = counts(product)
            keys = set(json.loads(product.python("-m", "tests.bench.counts", "keys")))
            mails = [path.read_text("utf-8", "replace") for path in Path(product.folder.name, "mail").glob("*")]
            ids = [
                line.split(":", 1)[1].strip()
                for mail in mails
                for line in mail.splitlines()
                if line.lower().startswith("message-id:")
            ]
            verified = product.manage("verify_events").strip().splitlines()[-1]
            say(
                f"  {place(postgres)} acknowledged {len(acknowledged)}, missing {len(acknowledged - keys)}; "
                f"stored {stored['submitted']}, receipts {stored['receipts']} (sent {stored['sent']}); "
                f"delivered {len(ids)}, of which different {len(set(ids))}; "
                f"matters {stored['matters']}, registry numbers {stored['numbers']}; "
                f"emptied in {time.perf_counter() - began:.0f} s. {verified}"
            )
            if acknowledged - keys or stored["receipts"] != stored["submitted"] or stored["waiting"]:
                raise SystemExit("Something acknowledged was lost.")


def logic() -> None:
    """A long form worked out and judged, and one keystroke in it; in a process of its own, with Django set up."""
    say("\nLogic: 300 questions, 100 conditions, 100 rules")
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run([sys.executable, "-m", "tests.bench.logic"], cwd=ROOT, env=environment, check=True)


BENCHES = {"speed": speed, "logic": logic, **FIGURES, "load": load, "crash": crash}

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHES:
        BENCHES[name]()
    show()
