"""What logic costs: 300 questions and 200 rules worked out on the server, and one keystroke in the browser."""

import json
import shutil
import time
from collections.abc import Iterator
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 3, 1)
QUESTIONS, CONDITIONS, RULES, PAGES = 300, 100, 100, 10
STROKES = 200


def version(pages: int = PAGES) -> dict[str, Any]:
    """A compiled form of 300 questions: 100 shown by conditions, 100 rules across questions, every tenth a sum.

    The third of them that are yes/no decide over numbers, chained five deep; ``pages=1`` has them all on one page.
    """
    here = QUESTIONS // pages
    return {
        "format": 1,
        "title": "Prov",
        "language": "sv",
        "pages": [
            {
                "id": f"p{page}",
                "name": f"p{page}",
                "title": f"Sida {page}",
                "intro": "",
                "shown_if": None,
                "fields": [_field(number) for number in range(page * here, (page + 1) * here)],
                "rules": [_rule(number) for number in range(RULES) if 3 * number // here == page],
            }
            for page in range(pages)
        ],
        "order": [f"q{number}" for number in range(QUESTIONS)],
        "graph": {"dependents": dict(_dependents())},
    }


def _field(number: int) -> dict[str, Any]:
    field: dict[str, Any] = {
        "id": f"q{number}",
        "name": f"q{number}",
        "kind": ("yes_no", "whole_number", "computed")[number % 3 if number % 10 == 2 else min(number % 3, 1)],
        "label": f"Fråga {number}",
        "help": "",
        "required": False,
        "personal": False,
        "shown_if": None,
        "error": "",
        "settings": {"smallest": 0, "largest": None, "unit": ""},
    }
    if number % 3 == 1:
        shown = ["=", ["name", f"q{number - 1}", "boolean"], ["boolean", True]]
        if number % 15 != 1:
            shown = ["and", shown, [">", ["name", f"q{number - 3}", "number"], ["number", "1"]]]
        field["shown_if"] = {"ast": shown, "type": "boolean"}
    if field["kind"] == "computed":
        total = ["+", *(["default", ["name", f"q{used}", "number"], ["number", "0"]] for used in _summed(number))]
        calculation = {"ast": ["round", total, ["number", "0"]], "type": "number"}
        field["settings"] = {"decimals": 0, "unit": "", "calculation": calculation}
    return field


def _summed(number: int) -> list[int]:
    return [used for used in range(max(0, number - 30), number) if used % 3 == 1]


def _rule(number: int) -> dict[str, Any]:
    left, right = 3 * number + 1, 3 * number + 2
    total = ["*", ["name", f"q{right}", "number"], ["number", "2"]]
    return {
        "id": f"r{number}",
        "holds": {"ast": ["<=", ["name", f"q{left}", "number"], total], "type": "boolean"},
        "needs": [f"q{left}", f"q{right}"],
        "message": "Det första talet är för stort. Kontrollera båda.",
        "at": f"q{left}",
        "level": "error",
    }


def _dependents() -> Iterator[tuple[str, list[str]]]:
    for number in range(QUESTIONS):
        found = []
        if number % 3 == 0:
            found.append(f"q{number + 1}")
        if number % 3 == 1 and (number + 3) % 15 != 1 and number + 3 < QUESTIONS:
            found.append(f"q{number + 3}")
        found += [
            f"q{later}"
            for later in range(number + 1, min(QUESTIONS, number + 31))
            if _field(later)["kind"] == "computed" and number in _summed(later)
        ]
        if found:
            yield f"q{number}", found


def answers() -> dict[str, Any]:
    """An answer to everything."""
    return {f"q{number}": True if number % 3 == 0 else number for number in range(QUESTIONS)}


def server_ms(rounds: int = 50) -> list[float]:
    """Milliseconds of processor time to work out the whole form and judge it by all its rules."""
    from forms.runtime import FormRuntime
    from forms.runtime.judging import judge

    runtime, given = FormRuntime(version()), answers()
    times = []
    for _round in range(rounds):
        began = time.process_time()
        path = runtime.path(given, TODAY)
        judge(path, path.questions)
        times.append((time.process_time() - began) * 1000)
    return times


def browser_ms() -> list[float]:
    """Milliseconds that our work takes of each of 200 keystrokes on a page with all 300 questions."""
    from forms.runtime import FormRuntime

    runtime = FormRuntime(version(pages=1))
    page = runtime.pages[0]
    form = runtime.page_form(page, answers())
    drawn = "".join(
        f'<div class="question" data-question="{asked.question.id}">{asked.bound or asked.html}</div>'
        for asked in form.asked
    )
    logic = json.dumps(runtime.logic(page, {})).replace("<", "\\u003c")
    html = (
        f'<!DOCTYPE html><meta charset="utf-8"><form data-journey>{drawn}</form>'
        f'<script type="application/json" id="form-logic">{logic}</script>'
        '<script type="module">import { follower } from "./conditions.js";'
        'const form = document.querySelector("form");'
        'const follow = follower(form, JSON.parse(document.getElementById("form-logic").textContent));'
        "follow(); window.times = [];"
        'form.addEventListener("input", (event) => {'
        "const began = performance.now(); follow(event); form.offsetHeight;"
        "window.times.push(performance.now() - began); });"
        "window.ready = true;</script>"
    )
    with TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "forms/static/forms", folder, dirs_exist_ok=True)
        Path(folder, "page.html").write_text(html)
        handler = partial(_Quiet, directory=folder)
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            return _strokes(f"http://127.0.0.1:{server.server_port}/page.html")
        finally:
            server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *args: Any) -> None:
        """Nothing."""


def _strokes(address: str) -> list[float]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        try:
            page = browser.new_page()
            page.goto(address)
            page.wait_for_function("window.ready")
            # The first numbers of the form: each decides over the next, and goes into every sum below it.
            for number in range(STROKES // 10):
                page.locator(f'[name="q-q{1 + 3 * (number % 5)}"]').press_sequentially("1234567890")
            return list(page.evaluate("window.times"))
        finally:
            browser.close()


def measure() -> dict[str, float]:
    """The two figures, in milliseconds: the middle one of the server's, and p95 of the keystrokes."""
    server, strokes = sorted(server_ms()), sorted(browser_ms())
    return {
        "300 questions, 200 rules, server": server[len(server) // 2],
        "one keystroke, browser, p95": strokes[int(len(strokes) * 0.95)],
    }


if __name__ == "__main__":
    import django

    django.setup()
    for name, milliseconds in measure().items():
        print(f"{name:<40}{milliseconds:>8.2f} ms")
