"""What must be true of settings and database before anything is served."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.utils.translation import gettext as _

from records import triggers
from records.models import Event

logger = logging.getLogger("records.checks")

MINIMUM_TIMEOUT = 20
SYNCHRONOUS_FULL = 2
BACKENDS_THAT_DELIVER_NOTHING = ("dummy", "console", "locmem", "filebased")


# --- SQLite ----------------------------------------------------------------------------------------
def sqlite_settings_problems(database: Mapping[str, Any]) -> list[str]:
    """What is wrong with the settings of one database; nothing for PostgreSQL."""
    if not str(database.get("ENGINE", "")).endswith("sqlite3"):
        return []
    options = database.get("OPTIONS", {})
    commands = str(options.get("init_command", "")).lower().replace(" ", "").split(";")
    problems = []
    if str(options.get("transaction_mode", "")).upper() != "IMMEDIATE":
        problems.append(_("transaction_mode must be IMMEDIATE"))
    if not _enough(options.get("timeout", 0)):
        problems.append(_("timeout must be at least %(seconds)d seconds") % {"seconds": MINIMUM_TIMEOUT})
    if "pragmajournal_mode=wal" not in commands:
        problems.append(_("init_command must set journal_mode=WAL"))
    if not {"pragmasynchronous=full", f"pragmasynchronous={SYNCHRONOUS_FULL}"} & set(commands):
        problems.append(_("init_command must set synchronous=FULL"))
    return problems


def _enough(timeout: Any) -> bool:
    return isinstance(timeout, int | float) and timeout >= MINIMUM_TIMEOUT


def sqlite_connection_problems(connection: BaseDatabaseWrapper) -> list[str]:
    """What is wrong with an open connection, as SQLite itself reports it; nothing for PostgreSQL."""
    if connection.vendor != "sqlite":
        return []
    problems = []
    connection.ensure_connection()
    if connection.transaction_mode != "IMMEDIATE":  # type: ignore[attr-defined]
        problems.append(_("transactions do not begin as IMMEDIATE"))
    with connection.cursor() as cursor:
        found = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "busy_timeout")
        }
    if str(found["journal_mode"]).lower() != "wal":
        problems.append(_("journal_mode is %(found)s, not WAL") % {"found": found["journal_mode"]})
    if found["synchronous"] != SYNCHRONOUS_FULL:
        problems.append(_("synchronous is %(found)s, not FULL") % {"found": found["synchronous"]})
    if found["busy_timeout"] < MINIMUM_TIMEOUT * 1000:
        problems.append(
            _("busy_timeout is %(found)s milliseconds, less than %(least)s")
            % {"found": found["busy_timeout"], "least": MINIMUM_TIMEOUT * 1000}
        )
    return problems


def refuse_unsafe_connection(sender: Any, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Close a new SQLite connection that would lose writes, and raise ImproperlyConfigured."""
    if problems := sqlite_connection_problems(connection):
        connection.close()
        raise ImproperlyConfigured(_unsafe(connection.alias, problems))


def _unsafe(alias: str, problems: Iterable[str]) -> str:
    return _("The SQLite database “%(alias)s” would lose writes as it is set: %(problems)s.") % {
        "alias": alias,
        "problems": "; ".join(problems),
    }


# --- as Django's checks ------------------------------------------------------------------------------
def check_sqlite_settings(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse SQLite settings that lose writes when two people write at once."""
    return [
        checks.Error(_unsafe(alias, problems), id="records.E001")
        for alias, database in settings.DATABASES.items()
        if (problems := sqlite_settings_problems(database))
    ]


def check_sqlite_connection(
    app_configs: Sequence[AppConfig] | None = None, databases: Iterable[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Refuse a SQLite database that does not do what its settings say."""
    found: list[checks.CheckMessage] = []
    for alias in databases or ():
        try:
            if problems := sqlite_connection_problems(connections[alias]):
                found.append(checks.Error(_unsafe(alias, problems), id="records.E002"))
        except ImproperlyConfigured as refused:
            found.append(checks.Error(str(refused), id="records.E002"))
    return found


def check_triggers(
    app_configs: Sequence[AppConfig] | None = None, databases: Iterable[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Tell which triggers are missing; only a warning, for ``migrate`` asks this too and is what makes them."""
    return [
        checks.Warning(
            _missing(missing),
            hint=_("Run “manage.py migrate”; then find out with “manage.py verify_events” what has changed."),
            id="records.W003",
        )
        for alias in databases or ()
        if (missing := triggers.missing_triggers(alias))
    ]


def _missing(names: Iterable[str]) -> str:
    return _("The database does not guard what must not change; triggers are missing: %(names)s.") % {
        "names": ", ".join(names)
    }


def check_delivery(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn, before real use, when mail would go nowhere."""
    module = settings.DELIVERY_BACKEND.split(".")[-2:-1]
    if settings.DEMO or not set(module) & set(BACKENDS_THAT_DELIVER_NOTHING):
        return []
    return [
        checks.Warning(
            _("Mail is not delivered to anyone: DELIVERY_BACKEND is %(backend)s.")
            % {"backend": settings.DELIVERY_BACKEND},
            hint=_("Set EMAIL_URL, for example smtp://user:password@mail.example:587/?tls=true."),
            id="records.W004",
        )
    ]


def register() -> None:
    """Hook the checks into Django; an unsafe SQLite connection is refused in every process, whoever starts it."""
    checks.register(check_sqlite_settings)
    checks.register(check_sqlite_connection, checks.Tags.database)
    checks.register(check_triggers, checks.Tags.database)
    checks.register(check_delivery, checks.Tags.security, deploy=True)
    connection_created.connect(refuse_unsafe_connection, dispatch_uid="records.refuse_unsafe_connection")


def refuse_unsafe_start() -> None:
    """Raise ImproperlyConfigured where web server or worker must not start.

    They run none of Django's checks themselves. A database that cannot be reached just now is no reason: that
    passes by itself.
    """
    for alias, database in settings.DATABASES.items():
        if problems := sqlite_settings_problems(database):
            raise ImproperlyConfigured(_unsafe(alias, problems))
        was_open = connections[alias].connection is not None
        try:
            ready = Event._meta.db_table in connections[alias].introspection.table_names()
            missing = triggers.missing_triggers(alias)
        except OperationalError:
            logger.warning("The database %s cannot be reached yet", alias)
            continue
        finally:
            if not was_open:  # processes that are forked from this one must not share a connection
                connections[alias].close()
        if not ready:
            raise ImproperlyConfigured(_("The database is not ready yet: run “manage.py migrate” first."))
        if missing:
            raise ImproperlyConfigured(_missing(missing))
