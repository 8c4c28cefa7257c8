"""How often somebody may try: counted where settings say, because caches are not shared between processes."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

MINUTE = 60
HOUR = 60 * MINUTE


def address(request: HttpRequest) -> str:
    """Where the request came from."""
    return import_string(settings.PEOPLE_CLIENT_ADDRESS)(request)


def _take(bucket: str, who: str, limit: int, seconds: int) -> bool:
    return import_string(settings.PEOPLE_RATE_LIMITER)(bucket=bucket, who=who, limit=limit, seconds=seconds)


def may_try_password(request: HttpRequest, email: str) -> bool:
    """At most ten passwords for one address in ten minutes, and sixty from one place."""
    from_here = _take("people.password.address", address(request), 60, 10 * MINUTE)
    for_account = _take("people.password.account", email.strip().lower(), 10, 10 * MINUTE)
    return from_here and for_account


def may_mail(request: HttpRequest, email: str) -> bool:
    """At most five codes or links to one address in an hour, and forty from one place."""
    from_here = _take("people.mail.address", address(request), 40, HOUR)
    to_account = _take("people.mail.account", email.strip().lower(), 5, HOUR)
    return from_here and to_account


def may_try_code(request: HttpRequest) -> bool:
    """At most thirty codes from one place in ten minutes."""
    return _take("people.code.address", address(request), 30, 10 * MINUTE)
