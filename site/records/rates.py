"""Rate limits: one atomic counter per (hashed) person and window, on every database."""

import ipaddress
import time

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from records.models import RateCounter


def take(*, bucket: str, who: str, limit: int, seconds: int) -> bool:
    """Count one try and say whether it is still within ``limit`` per ``seconds``.

    ``who`` (an address, a user's key) is hashed with the secret key before it is stored. Call it outside the action's
    transaction: a refused try that is rolled back has not been counted.
    """
    now = int(time.time())
    starts = now - now % seconds
    hashed = salted_hmac("records.rates", f"{bucket}\n{who}", algorithm="sha256").hexdigest()
    quote = connection.ops.quote_name
    table = quote(RateCounter._meta.db_table)
    columns = ", ".join(quote(name) for name in ("bucket", "who", "starts", "expires", "count"))
    unique = ", ".join(quote(name) for name in ("bucket", "who", "starts"))
    sql = (
        f"INSERT INTO {table} ({columns}) VALUES (%s, %s, %s, %s, 1) "  # noqa: S608 (the names are ours)
        f"ON CONFLICT ({unique}) DO UPDATE SET {quote('count')} = {table}.{quote('count')} + 1 "
        f"RETURNING {quote('count')}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [bucket, hashed, starts, starts + seconds])
        return cursor.fetchone()[0] <= limit


def client_address(request: HttpRequest) -> str:
    """The address the request came from, as far as our own proxies can tell.

    Each of ``settings.TRUSTED_PROXIES`` proxies appends the address it saw to X-Forwarded-For; whatever stands
    further left was written by the visitor and is not read. An IPv6 address is cut to its /64, which one
    household or one machine has to itself.
    """
    direct = request.META.get("REMOTE_ADDR", "")
    trusted = getattr(settings, "TRUSTED_PROXIES", 0)
    if trusted:
        seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if len(seen) >= trusted:
            direct = seen[-trusted]
    try:
        address = ipaddress.ip_address(direct)
    except ValueError:
        return direct
    if address.version == 6:
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
