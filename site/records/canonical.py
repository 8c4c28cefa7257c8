"""One way to write a value as JSON, so that the same value always has the same digest."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise


def plain_text(text: str) -> str:
    """The text without what a JSON column cannot hold: NUL and lone surrogates become U+FFFD."""
    text = text.replace("\x00", "\ufffd")
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def plain(value: Any) -> Any:
    """The value as JSON keeps it unchanged on every database.

    Decimals, dates and uuids become text; binary fractions are refused (TypeError): databases write them
    differently.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str | Promise):
        return plain_text(str(value))
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {plain_text(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = [plain(item) for item in value]
        return sorted(items) if isinstance(value, set | frozenset) else items
    raise TypeError(f"{type(value).__name__} cannot be written in an event; use text, whole numbers or Decimal.")


def moment(value: datetime) -> str:
    """A time as text, in UTC, always with six decimals. Raises ValueError for a time without zone."""
    if value.tzinfo is None:
        raise ValueError("A time in an event needs a time zone.")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest(value: Any, salt: str = "") -> str:
    """SHA-256 of the canonical JSON, as 64 hexadecimal digits."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()
