"""What every test may stand on: Wagtail's own first rows, and associations with people in them."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import TransactionTestCase
from wagtail.models import Collection, Locale, Page, Site
from xdist.scheduler import LoadScopeScheduling

from pages import frame
from records import association
from records.triggers import lifted


class BrowserTogether(LoadScopeScheduling):
    """Tests go to whichever process is free; the browser walks share one product, so they stay together in one."""

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """How tests are dealt to processes."""
    return BrowserTogether(config, log)


def lay_ground() -> None:
    """Make the rows that Wagtail's migrations would have made; harmless where they are there."""
    locale, _made = Locale.objects.get_or_create(language_code="sv")
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    if not Page.objects.exists():
        content_type, _made = ContentType.objects.get_or_create(app_label="wagtailcore", model="page")
        Page.add_root(title="Root", slug="root", content_type=content_type, locale=locale)
    root = Page.objects.get(depth=1)
    Site.objects.get_or_create(
        hostname="localhost", port=80, defaults={"root_page": root, "is_default_site": True, "site_name": "Samsyn"}
    )


@pytest.fixture(autouse=True)
def _ground(request: pytest.FixtureRequest) -> None:
    """Every test with a database finds Wagtail's root page, locale, site and collection."""
    marker = request.node.get_closest_marker("django_db")
    if marker is not None or {"db", "transactional_db", "live_server", "client"} & set(request.fixturenames):
        request.getfixturevalue(
            "transactional_db"
            if (marker and marker.kwargs.get("transaction")) or "live_server" in request.fixturenames
            else "db"
        )
        lay_ground()


@pytest.fixture(scope="session", autouse=True)
def _flush_lifts_triggers() -> Iterator[None]:
    """Tests that commit empty the database afterwards, which append-only tables refuse: lifted around that only."""
    flush = TransactionTestCase._fixture_teardown

    def lifted_flush(case: TransactionTestCase) -> None:
        with lifted():
            flush(case)

    TransactionTestCase._fixture_teardown = lifted_flush
    yield
    TransactionTestCase._fixture_teardown = flush


@pytest.fixture(autouse=True)
def _no_remembered_associations() -> Iterator[None]:
    """What one test learned of an association is not known in the next."""
    yield
    association.forget()
    frame.forget()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Without migrations SQLite has a plain table where search needs a full-text one: made as Wagtail makes it."""
    with django_db_blocker.unblock():
        if connection.vendor != "sqlite":
            return
        made = import_module("wagtail.search.migrations.0006_customise_indexentry").Migration.operations
        steps = [step.sql for operation in made for step in getattr(operation, "database_operations", [])]
        with connection.cursor() as cursor:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'wagtailsearch_indexentry_fts'")
            if "fts5" in cursor.fetchone()[0]:
                return
            cursor.execute("DROP TABLE wagtailsearch_indexentry_fts")
            for sql in steps:
                cursor.execute(sql)
