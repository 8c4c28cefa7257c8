"""Rate limits: one atomic counter per (hashed) person and window, on every database."""

import ipaddress
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from records.models import RateCounter


@dataclass(frozen=True, slots=True)
class Try:
    """One try of somebody (``who``: an address, a user's key) at something, and how many there may be."""

    bucket: str
    who: str
    limit: int
    seconds: int


def take(*, bucket: str, who: str, limit: int, seconds: int) -> bool:
    """Count one try and say whether it is still within ``limit`` per ``seconds``.

    Call it outside the action's transaction: a try that is rolled back has not been counted.
    """
    return take_all([Try(bucket, who, limit, seconds)])[bucket]


def take_all(tries: Sequence[Try]) -> dict[str, bool]:
    """Count several tries of different buckets at once; of each bucket, whether it is still within its limit.

    ``who`` is hashed with the secret key before it is stored. The counters stay locked until the transaction ends:
    where it does something else too, this comes first. Who is refused may be rolled back, for the counter stands at
    its limit then; whoever rolls back for another reason counts again.
    """
    now = int(time.time())
    values: list[str | int] = []
    # Sorted, so that two transactions wait for each other instead of locking up.
    for one in sorted(tries, key=lambda one: one.bucket):
        starts = now - now % one.seconds
        hashed = salted_hmac("records.rates", f"{one.bucket}\n{one.who}", algorithm="sha256").hexdigest()
        values += [one.bucket, hashed, starts, starts + one.seconds]
    with connection.cursor() as cursor:
        cursor.execute(_sql(len(tries)), values)
        counted = dict(cursor.fetchall())
    return {one.bucket: counted[one.bucket] <= one.limit for one in tries}


@cache
def _sql(count: int) -> str:
    quote = connection.ops.quote_name
    table = quote(RateCounter._meta.db_table)
    columns = ", ".join(quote(name) for name in ("bucket", "who", "starts", "expires", "count"))
    unique = ", ".join(quote(name) for name in ("bucket", "who", "starts"))
    rows = ", ".join(["(%s, %s, %s, %s, 1)"] * count)
    return (
        f"INSERT INTO {table} ({columns}) VALUES {rows} "  # noqa: S608 (the names are ours)
        f"ON CONFLICT ({unique}) DO UPDATE SET {quote('count')} = {table}.{quote('count')} + 1 "
        f"RETURNING {quote('bucket')}, {quote('count')}"
    )


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
