"""How many queries the measured requests make, as JSON; asked of the product itself, without a server between."""

import json
import os
import time

import django


def measure() -> dict[str, int]:
    """Queries of each request of one visitor who reads, fills in and sends."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tests.bench.applicant import PATIENCE, Applicant
    from tests.bench.visitor import Answer

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    found: dict[str, int] = {}

    class InProcess(Applicant):
        def _timed(self, what: str, method: str, url: str, data: dict[str, str] | None = None) -> Answer:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                response = client.get(url) if method == "GET" else client.post(url, data)
            found[what] = len(queries)
            return Answer(response.status_code, response.headers.get("Location", ""), response.content.decode())

    for _warm in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get("/banken/")
        found["GET public page"] = len(queries)
    applicant = InProcess(0)
    applicant.open()
    applicant.open()
    time.sleep(PATIENCE)
    applicant.send()
    applicant.send()
    if applicant.errors:
        raise SystemExit(f"Refused: {applicant.errors}")
    found["whole"] = found["POST page"] + found["GET summary"] + found["POST send"]
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(measure()))
