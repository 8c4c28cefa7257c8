"""Tests of what is refused before anything is served."""

import copy
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper

from records import checks
from records.models import Event

pytestmark = pytest.mark.usefixtures("in_english")

SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
    },
}
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="is about SQLite")


def test_the_settings_of_the_product_pass() -> None:
    assert checks.sqlite_settings_problems(SQLITE) == []
    assert checks.check_sqlite_settings() == []
    assert checks.sqlite_settings_problems({"ENGINE": "django.db.backends.postgresql"}) == []


@pytest.mark.parametrize(
    ("option", "value", "problem"),
    [
        ("transaction_mode", "DEFERRED", "transaction_mode must be IMMEDIATE"),
        ("transaction_mode", None, "transaction_mode must be IMMEDIATE"),
        ("timeout", 5, "timeout must be at least 20 seconds"),
        ("init_command", "PRAGMA synchronous=FULL", "init_command must set journal_mode=WAL"),
        (
            "init_command",
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
            "init_command must set synchronous=FULL",
        ),
    ],
)
def test_other_sqlite_settings_are_refused(
    monkeypatch: pytest.MonkeyPatch, option: str, value: object, problem: str
) -> None:
    database = copy.deepcopy(SQLITE)
    database["OPTIONS"][option] = value
    monkeypatch.setattr(configured, "DATABASES", {"default": database})

    assert checks.sqlite_settings_problems(database) == [problem]
    assert [error.id for error in checks.check_sqlite_settings()] == ["records.E001"]
    with pytest.raises(ImproperlyConfigured, match=problem):
        checks.refuse_unsafe_start()


def test_djangos_default_settings_are_refused_on_every_count() -> None:
    assert len(checks.sqlite_settings_problems({"ENGINE": "django.db.backends.sqlite3"})) == 4


@on_sqlite
def test_a_connection_that_is_not_what_the_settings_say_is_refused(db: None, tmp_path: Path) -> None:
    plain = DatabaseWrapper(
        {**configured.DATABASES["default"], "NAME": tmp_path / "plain.sqlite3", "OPTIONS": {}}, alias="default"
    )

    with pytest.raises(ImproperlyConfigured, match="journal_mode is delete, not WAL"):
        plain.ensure_connection()

    assert plain.connection is None


def test_the_live_connection_of_the_product_passes(db: None) -> None:
    assert checks.sqlite_connection_problems(connection) == []
    assert checks.check_sqlite_connection(databases=["default"]) == []
    assert checks.check_triggers(databases=["default"]) == []


def test_a_missing_trigger_is_told_and_nothing_starts(db: None) -> None:
    checks.refuse_unsafe_start()
    with connection.cursor() as cursor:
        table = "" if connection.vendor == "sqlite" else " ON records_eventdetail"
        cursor.execute(f"DROP TRIGGER samsyn_records_eventdetail_update{table}")

    assert [warning.id for warning in checks.check_triggers(databases=["default"])] == ["records.W003"]
    with pytest.raises(ImproperlyConfigured, match="samsyn_records_eventdetail_update"):
        checks.refuse_unsafe_start()
    with pytest.raises(ImproperlyConfigured, match="samsyn_records_eventdetail_update"):
        call_command("worker", "--once")


@pytest.mark.django_db(transaction=True)
def test_nothing_starts_on_a_database_that_has_not_been_made() -> None:
    with connection.schema_editor() as editor:
        editor.alter_db_table(Event, "records_event", "records_event_elsewhere")
    try:
        with pytest.raises(ImproperlyConfigured, match="not ready yet"):
            checks.refuse_unsafe_start()
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(Event, "records_event_elsewhere", "records_event")


@pytest.mark.parametrize(
    ("backend", "demo", "warned"),
    [
        ("django.core.mail.backends.dummy.EmailBackend", False, ["records.W004"]),
        ("django.core.mail.backends.console.EmailBackend", False, ["records.W004"]),
        ("django.core.mail.backends.dummy.EmailBackend", True, []),
        ("django.core.mail.backends.smtp.EmailBackend", False, []),
        ("anymail.backends.mailjet.EmailBackend", False, []),
    ],
)
def test_mail_that_would_go_nowhere_is_warned_of(settings: object, backend: str, demo: bool, warned: list[str]) -> None:
    settings.DELIVERY_BACKEND, settings.DEMO = backend, demo

    assert [warning.id for warning in checks.check_delivery()] == warned
