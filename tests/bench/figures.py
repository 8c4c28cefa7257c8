"""The figures of the forms against their limits, each in one run: beside wagtail.contrib.forms, and as numbers grow.

Both forms are served by the same process: our server, our database, our middleware, thirty questions each.
"""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.bench.applicant import FORM, PATIENCE, Applicant
from tests.bench.visitor import Visitor, hidden_fields
from tests.bench.watch import CONNECTIONS, hammer, in_parallel, say
from tests.product import Product

SETTINGS = "tests.bench.settings"
APPLICANTS, EACH, ROUNDS = 80, 3, 3


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    name: str
    limit: str
    measured: str
    is_ok: bool | None = None


@dataclass
class Cost:
    """What one sort of request cost."""

    count: int
    seconds: float
    processor: float

    @property
    def a_second(self) -> float:
        """Requests a second."""
        return self.count / self.seconds

    @property
    def milliseconds(self) -> float:
        """Processor milliseconds of one."""
        return self.processor / self.count * 1000

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.count, self.seconds + other.seconds, self.processor + other.processor)

    def __str__(self) -> str:
        return f"{self.a_second:.0f} req/s, {self.milliseconds:.2f} ms CPU"


_table: list[Figure] = []


def least(name: str, limit: float, measured: float, words: str) -> None:
    """A figure that shall be so many times as good, or better."""
    _table.append(Figure(name, f">= {limit:g} x", f"{measured:.1f} x   ({words})", measured >= limit))


def most(name: str, limit: float, measured: float, unit: str, words: str = "") -> None:
    """A figure that shall not be higher."""
    shown = f"{measured:.2f}".rstrip("0").rstrip(".")
    _table.append(Figure(name, f"<= {limit:g} {unit}", f"{shown} {unit}   {words}".strip(), measured <= limit))


def told(name: str, measured: str) -> None:
    """A figure without a limit, for those who judge the others."""
    _table.append(Figure(name, "", measured))


def show() -> None:
    """The table."""
    if not _table:
        return
    width = max(len(figure.name) for figure in _table) + 2
    say(f"\n{'Figure':<{width}}{'limit':<16}{'':<8}measured")
    for figure in _table:
        verdict = "" if figure.is_ok is None else "ok" if figure.is_ok else "NOT OK"
        say(f"{figure.name:<{width}}{figure.limit:<16}{verdict:<8}{figure.measured}")


# --- beside wagtail.contrib.forms ---------------------------------------------------------------------


def peer() -> None:
    """Reading and sending a form of thirty questions, ours and theirs; then what grows."""
    say("\nBeside wagtail.contrib.forms (same server, 4 connections, SQLite; the best of three rounds of each)")
    say(WHAT_EACH_DOES)
    with Product(TRUSTED_PROXIES="1", DJANGO_SETTINGS_MODULE=SETTINGS) as product:
        product.python("-m", "tests.bench.content")
        page = json.loads(product.python("-m", "tests.bench.peer_content"))
        few = _measured(product)
        product.start()
        _get(product, page["page"])
        _post(product, page)
        product.stop()
        grown = {}
        for versions, submissions in ((100, 0), (1000, 0), (1000, 1000)):
            product.python("-m", "tests.bench.content", str(submissions), str(versions))
            grown[f"{versions:,} versions, {submissions or 1:,} submissions"] = _measured(product)
        for questions in (60, 300):
            product.python("-m", "tests.bench.content", "0", "1", str(questions))
            grown[f"{questions} questions"] = _measured(product, f"matning-{questions}")
    _queries(few)
    for size, many in grown.items():
        for name in ("GET form page", "POST page", "POST send"):
            most(f"{name}: queries with {size}", few[name], many[name], "", "limit: with 1 of each and 30 questions")
            times = many["ms"][name] / few["ms"][name]
            if "questions" in size:
                told(f"{name}: CPU with {size}", f"{times:.1f} x that of 30")
            else:
                most(f"{name}: CPU with {size}", 1.5, times, "x")


WHAT_EACH_DOES = """
  theirs, POST: 30 posted fields judged, one row stored, the landing page drawn; the one that mails also composes a
    mail to the office, which is thrown away at once (no mail server is spoken to, no queue, no second try)
  ours, POST that stores and sends: the stored answers judged as a whole, frozen under a reference, searchable text,
    event in a hash chain, receipt composed and queued with its job in the same transaction, rate limits, a redirect;
    the 30 posted fields are judged by the POST of the page before it (its own line)"""


def _measured(product: Product, slug: str = "matning") -> dict[str, Any]:
    """The queries and the processor time of each request to our form."""
    return dict(json.loads(product.python("-m", "tests.bench.queries", slug)))


def _cost(product: Product, work: Callable[[], tuple[int, float]]) -> Cost:
    before = product.processor_seconds()
    count, seconds = work()
    return Cost(count, seconds, product.processor_seconds() - before)


def _hammered(product: Product, url: str, ask: Callable[[Visitor], object] | None = None) -> Cost:
    def work() -> tuple[int, float]:
        times, seconds = hammer(product.port, url, ask)  # type: ignore[arg-type]
        return len(times), seconds

    return _cost(product, work)


def _get(product: Product, url: str) -> None:
    for address in (url, f"{FORM}1/"):
        Visitor(product.port).get(address)
    theirs, ours = _hammered(product, url), _hammered(product, f"{FORM}1/")
    least("GET form page, requests/s", 8, ours.a_second / theirs.a_second, f"ours {ours}; theirs {theirs}")
    told("GET form page, CPU", f"{theirs.milliseconds / ours.milliseconds:.1f} x")


def _post(product: Product, page: dict[str, Any]) -> None:
    tokens: dict[tuple[int, str], dict[str, str]] = {}

    def send(url: str, visitor: Visitor) -> object:
        at = (id(visitor), url)
        token = tokens.get(at) or tokens.setdefault(at, hidden_fields(visitor.get(url).body))
        return visitor.post(url, {**token, **page["answers"]})

    rounds = [
        (
            _hammered(product, page["page"], partial(send, page["page"])),
            _hammered(product, page["mails"], partial(send, page["mails"])),
            *_journeys(product, number),
        )
        for number in range(ROUNDS)
    ]
    stores, mails, pages, summaries, sent = (
        max(costs, key=lambda cost: cost.a_second) for costs in zip(*rounds, strict=True)
    )
    name = "POST that stores and sends, requests/s"
    least(f"{name}: theirs mails too", 2, sent.a_second / mails.a_second, f"ours {sent}; theirs {mails}")
    least(f"{name}: theirs only stores", 2, sent.a_second / stores.a_second, f"theirs {stores}")
    told(
        "POST that stores and sends, CPU",
        f"{mails.milliseconds / sent.milliseconds:.1f} x; only stores: {stores.milliseconds / sent.milliseconds:.1f} x",
    )
    told("POST of a page (stores the draft)", f"{pages.a_second / mails.a_second:.1f} x   ({pages})")
    both, whole = pages + sent, pages + summaries + sent
    told("both POSTs together, against one of theirs", f"{both.a_second / mails.a_second:.2f} x   ({both})")
    told("whole journey: page, summary, sending", f"{whole.a_second / mails.a_second:.2f} x   ({whole})")


@dataclass
class Walker:
    """An applicant who keeps several drafts, and sends them when told."""

    applicant: Applicant
    summaries: list[str] = field(default_factory=list)
    waiting: list[dict[str, str]] = field(default_factory=list)

    def save(self) -> None:
        """Post the page."""
        nonce = str(uuid.uuid4())
        mine = f"sokande-{nonce[:8]}@anonym.example"
        answers = {name: mine if value == "@" else value for name, value in self.applicant.answers.items()}
        saved = self.applicant.visitor.post(f"{FORM}1/", {**self.applicant.tokens, **answers, "form-nonce": nonce})
        if saved.status != 302:
            raise SystemExit(f"The page was refused: {saved.status}")
        self.summaries.append(saved.location)

    def read(self) -> None:
        """Read the summary of the draft that was saved last."""
        summary = self.applicant.visitor.get(self.summaries[-1])
        if summary.status != 200:
            raise SystemExit(f"No summary: {summary.status}")
        self.waiting.append(hidden_fields(summary.body))

    def send(self) -> None:
        """Send what was read last."""
        sent = self.applicant.visitor.post(f"{FORM}granska/", self.waiting.pop())
        if sent.status != 302 or "/kvitto/" not in sent.location:
            raise SystemExit(f"Not sent: {sent.status} {sent.location}")


def _journeys(product: Product, round_number: int) -> tuple[Cost, Cost, Cost]:
    """What posting the page, reading the summary and sending cost, each by itself."""
    first_number = 1 + round_number * APPLICANTS
    walkers = [Walker(Applicant(product.port, number)) for number in range(first_number, first_number + APPLICANTS)]
    first = walkers[0].applicant
    first.open()
    for walker in walkers:
        walker.applicant.tokens, walker.applicant.answers = first.tokens, first.answers
        walker.applicant.visitor.cookies.update(first.visitor.cookies)
    time.sleep(PATIENCE)

    def all_do(step: Callable[[Walker], None]) -> Cost:
        def some(place: int) -> None:
            for walker in walkers[place::CONNECTIONS]:
                step(walker)

        work = [lambda place=place: some(place) for place in range(CONNECTIONS)]
        return _cost(product, lambda: (APPLICANTS, in_parallel(work)))

    # A browser stands at one draft at a time.
    costs = [[all_do(Walker.save), all_do(Walker.read), all_do(Walker.send)] for _time in range(EACH)]
    return tuple(  # type: ignore[return-value]
        Cost(APPLICANTS * EACH, sum(cost.seconds for cost in step), sum(cost.processor for cost in step))
        for step in zip(*costs, strict=True)
    )


def _queries(found: dict[str, dict[str, dict[str, int]]]) -> None:
    for name, limit in (("GET form page", 1), ("POST page", 6), ("POST send", 6)):
        kinds = dict(found["kinds"][name])
        own = kinds.pop("own", 0)
        beside = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
        most(f"{name}, warm: the form's own queries", limit, own, "", f"(beside them: {beside or 'none'})")


# --- the register ---------------------------------------------------------------------------------------


def register() -> None:
    """A page of the register among a thousand and among a hundred thousand."""
    say("\nThe register with 1,000 and with 100,000 submissions (in one process, median of ten)")
    with Product() as product:
        product.python("-m", "tests.bench.content", "1000")
        few = json.loads(product.python("-m", "tests.bench.listing"))
        product.python("-m", "tests.bench.content", "100000")
        many = json.loads(product.python("-m", "tests.bench.listing"))
    for page in ("first", "last"):
        words = f"({few[page]:.1f} ms -> {many[page]:.1f} ms CPU)"
        most(f"register, {page} page, 100,000 : 1,000", 1.5, many[page] / few[page], "x", words)
        most(f"register, {page} page, queries", 20, many[f"{page} queries"], "")


# --- exports ----------------------------------------------------------------------------------------------


def exports() -> None:
    """Workbooks against the least a workbook can cost, CSV against theirs, and memory at two sizes."""
    say("\nExports of 10,000 and 100,000 submissions of thirty questions (each in a process of its own)")
    memory: dict[str, list[float]] = {"xlsx": [], "csv": []}
    with Product(DJANGO_SETTINGS_MODULE=SETTINGS) as product:
        for rows in (10_000, 100_000):
            product.python("-m", "tests.bench.content", str(rows))
            product.python("-m", "tests.bench.peer_content", str(rows))
            found = {
                kind: json.loads(product.python("-m", "tests.bench.exporting", kind))
                for kind in ("floor", "xlsx", "csv", "theirs")
            }
            bare, book, text, other = (found[kind]["seconds"] for kind in ("floor", "xlsx", "csv", "theirs"))
            most(f"XLSX of {rows:,}: the bare floor", 4, book / bare, "x", f"({book:.2f} s CPU; floor {bare:.2f} s)")
            least(f"CSV of {rows:,}: faster than theirs", 4, other / text, f"{text:.2f} s CPU; theirs {other:.2f} s")
            for kind, heights in memory.items():
                most(f"{kind} of {rows:,}: first progress", 1, found[kind]["first"], "s")
                most(f"{kind} of {rows:,}: memory above the start", 30, found[kind]["mib"], "MiB")
                heights.append(found[kind]["mib"])
            told(
                f"theirs, CSV of {rows:,}",
                f"first byte {found['theirs']['first']:.1f} s, {found['theirs']['mib']:.0f} MiB",
            )
    for kind, (small, large) in memory.items():
        most(f"{kind}: memory at 100,000 over 10,000", 5, large - small, "MiB")


# --- a draft run over its matters -----------------------------------------------------------------------


def replay() -> None:
    """A draft run over 10,000 matters, and one transition among 100,000."""
    say("\nA workflow's draft run over its matters, and one transition")
    with Product(DJANGO_SETTINGS_MODULE=SETTINGS) as product:
        few = json.loads(product.python("-m", "tests.bench.replaying", "10000"))
        many = json.loads(product.python("-m", "tests.bench.replaying", "100000"))
    most("Replay of 10,000 matters", 30, few["replay"], "s")
    told("Replay of 100,000 matters", f"{many['replay']:.1f} s")
    most("Transition at 100,000 matters: queries", 25, many["queries"], "")
    most("Transition at 100,000 matters", 100, many["transition"], "ms", f"{few['transition']:.0f} ms at 10,000")


# --- the board ----------------------------------------------------------------------------------------------


def board() -> None:
    """The papers of a large meeting in one file, made in the background."""
    say("\nThe board pack of 30 matters with 60 attached files (its effect, in one process)")
    with Product() as product:
        found = json.loads(product.python("-m", "tests.bench.packing").splitlines()[-1])
    words = f"({found['pages']:.0f} pages, {found['mb']:.0f} MB; {found['words']:.0f} words of progress)"
    most("board pack: 30 matters, 60 files", 20, found["seconds"], "s", words)
    told("board pack: longest wait without progress", f"{found['wait']:.1f} s")


FIGURES = {"board": board, "peer": peer, "register": register, "exports": exports, "replay": replay}
