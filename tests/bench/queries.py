"""How many queries the measured requests make, as JSON; asked of the product itself, without a server between.

Of each request also which they are: the form's own, those for the session and the person, those of the outbox and the
event that every room writes, and the marks of transactions.
"""

import json
import os
import re
import sys
import time
from collections import Counter
from typing import Any

import django

TIMES = 10
OF = re.compile(r'\b(?:FROM|INTO|UPDATE) "(\w+?)_')
BOOKS = re.compile(r"(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK)")
ROOMS = {"forms": "own", "django": "session", "people": "session", "records": "event and outbox"}


def kind_of(sql: str) -> str:
    """What a query is for."""
    if BOOKS.match(sql):
        return "transaction"
    found = OF.search(sql)
    if "forms_" in sql:
        return "own"
    if '"django_q_' in sql:
        return "event and outbox"
    return ROOMS.get(found[1], found[1]) if found else "other"


def measure(slug: str) -> dict[str, Any]:
    """Queries of each request of one visitor who reads, fills in and sends; by kind, and processor milliseconds."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tests.bench.applicant import PATIENCE, Applicant
    from tests.bench.visitor import Answer

    settings.ALLOWED_HOSTS = ["*"]
    settings.FORMS_LIMITS = {"submit": (1000, 60), "begin": (1000, 60)}
    client = Client()
    found: dict[str, Any] = {}
    kinds: dict[str, dict[str, int]] = {}
    spent: dict[str, list[float]] = {}

    class InProcess(Applicant):
        def _timed(self, what: str, method: str, url: str, data: dict[str, str] | None = None) -> Answer:
            with CaptureQueriesContext(connection) as queries:
                began = time.process_time()
                response = client.get(url) if method == "GET" else client.post(url, data)
                spent.setdefault(what, []).append((time.process_time() - began) * 1000)
            found[what] = len(queries)
            kinds[what] = dict(Counter(kind_of(query["sql"]) for query in queries.captured_queries))
            if os.environ.get("SHOW"):
                print(what, *(query["sql"][:150] for query in queries.captured_queries), sep="\n    ")
            return Answer(response.status_code, response.headers.get("Location", ""), response.content.decode())

    for _warm in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get("/banken/")
        found["GET public page"] = len(queries)
    applicant = InProcess(0, form=f"/formular/{slug}/")
    for _time in range(TIMES):
        applicant.open()
    time.sleep(PATIENCE)
    for _time in range(TIMES):
        applicant.send()
    if applicant.errors:
        raise SystemExit(f"Refused: {applicant.errors}")
    found["whole"] = found["POST page"] + found["GET summary"] + found["POST send"]
    return {**found, "kinds": kinds, "ms": {what: sorted(times)[len(times) // 2] for what, times in spent.items()}}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(measure(sys.argv[1] if len(sys.argv) > 1 else "matning")))
