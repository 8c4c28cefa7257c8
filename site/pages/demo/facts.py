"""Facts of the demo as data: read from fixtures/content, with dates counted from today."""

import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "content"


def read(name: str) -> Any:
    """The content of one file."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def day(value: Any) -> Any:
    """A date: as it is written, or as ``{"days": n}`` counted from today."""
    if isinstance(value, dict) and set(value) == {"days"}:
        return timezone.localdate() + datetime.timedelta(days=value["days"])
    if isinstance(value, str):
        return datetime.date.fromisoformat(value)
    return value


def weekday(weeks: int, number: int = 3) -> datetime.date:
    """A weekday (Monday is 0; Thursday unless told) so many weeks from now."""
    today = timezone.localdate()
    return today - datetime.timedelta(days=today.weekday()) + datetime.timedelta(weeks=weeks, days=number)


def moment(date: datetime.date, clock: str) -> datetime.datetime:
    """A day and a time of the clock, in the time zone of the site."""
    return timezone.make_aware(datetime.datetime.combine(date, datetime.time.fromisoformat(clock)))


def money(value: Any) -> Decimal | None:
    """An amount in kronor."""
    return None if value is None else Decimal(str(value))
