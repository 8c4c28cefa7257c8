"""The register measured inside its own process: ``python -m tests.bench.listing``; prints JSON."""

import json
import os
import time

import django

TIMES = 10
A_PAGE = 50


def measure() -> dict[str, float]:
    """Processor milliseconds and queries of the first and the last page, for a member of staff."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from forms.models import Form, Submission
    from records.roles import roles
    from tests.bench.content import SLUG

    settings.ALLOWED_HOSTS = ["*"]
    form = Form.objects.get(slug=SLUG)
    people = get_user_model().objects
    olle = people.filter(email="olle@banken.example").first() or people.create_user("olle@banken.example")
    roles.assign(olle, form.collection, "officer")
    client = Client()
    client.force_login(olle)
    last = -(-Submission.objects.filter(form=form).count() // A_PAGE)
    found: dict[str, float] = {}
    for name, page in (("first", 1), ("last", last)):
        address = f"/admin/forms/submission/?p={page}"
        for _warm in range(3):
            response = client.get(address)
        if response.status_code != 200 or response.content.count(b'name="row"') != A_PAGE:
            raise SystemExit(f"{address} answered {response.status_code} with something else than {A_PAGE} rows")
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
            found[f"{name} queries"] = len(queries)
        spent = []
        for _time in range(TIMES):
            began = time.process_time()
            client.get(address)
            spent.append(time.process_time() - began)
        found[name] = sorted(spent)[TIMES // 2] * 1000
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(measure()))
