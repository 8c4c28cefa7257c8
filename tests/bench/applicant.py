"""An applicant as the load tests need one: opens the form, fills in thirty questions, sends them in."""

import json
import re
import time
import uuid
from dataclasses import dataclass, field

from tests.bench.visitor import Answer, Visitor, hidden_fields

FORM = "/formular/matning/"
_NAME = re.compile(r'<(?:input|textarea|select)\b[^>]*\bname="(q-[^"]+)"[^>]*>')
_VALUE = re.compile(r'\bvalue="([^"]*)"')
PATIENCE = 2.1  # seconds between opening and sending that the form takes for a person's


@dataclass
class Applicant:
    """One client: its own address, its own cookies, and how long each request took (ms)."""

    port: int
    number: int = 0
    form: str = FORM
    visitor: Visitor = field(init=False)
    tokens: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        address = f"10.{self.number >> 16 & 255}.{self.number >> 8 & 255}.{self.number & 255}"
        self.visitor = Visitor(self.port, headers={"X-Forwarded-For": address})

    def _timed(self, what: str, method: str, url: str, data: dict[str, str] | None = None) -> Answer:
        began = time.perf_counter()
        answer = self.visitor.request(method, url, data)
        self.times.setdefault(what, []).append((time.perf_counter() - began) * 1000)
        return answer

    def open(self) -> None:
        """Look at the form and read what it asks."""
        page = self._timed("GET form page", "GET", f"{self.form}1/").body
        self.tokens = hidden_fields(page)
        self.answers = {}
        for tag in _NAME.finditer(page):
            name, value = tag[1], _VALUE.search(tag[0])
            if 'type="radio"' in tag[0]:
                self.answers.setdefault(name, value[1] if value else "")
            elif 'type="email"' in tag[0]:
                self.answers[name] = "@"
            elif name.startswith("q-belopp"):
                self.answers[name] = "12 500"
            else:
                self.answers[name] = "Ett svar på några ord"

    def send(self) -> str:
        """Fill in and send once; the address of the receipt, or nothing where the server refused."""
        nonce = str(uuid.uuid4())
        mine = f"sokande-{self.number}-{nonce[:8]}@anonym.example"
        answers = {name: mine if value == "@" else value for name, value in self.answers.items()}
        saved = self._timed("POST page", "POST", f"{self.form}1/", {**self.tokens, **answers, "form-nonce": nonce})
        if saved.status != 302:
            self.errors.append(f"page: {saved.status}")
            return ""
        summary = self._timed("GET summary", "GET", saved.location)
        if summary.status != 200:
            self.errors.append(f"summary: {summary.status} {summary.location}")
            return ""
        sent = self._timed("POST send", "POST", f"{self.form}granska/", hidden_fields(summary.body))
        if sent.status != 302 or "/kvitto/" not in sent.location:
            self.errors.append(f"send: {sent.status} {sent.location}")
            return ""
        self.acknowledged.append(sent.location.rstrip("/").rsplit("/", 1)[-1])
        return sent.location


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def line(**figures: object) -> str:
    """One row of figures as JSON, for those who want to keep them."""
    return json.dumps(figures, ensure_ascii=False)
