"""The clocks of the law: days to adjust, to post the notice, and to appeal, counted as the law counts them."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

ADJUSTED_WITHIN = timedelta(days=14)
"""After the meeting (KL 5:69)."""
NOTICE_WITHIN = timedelta(days=2)
"""The second day after the adjustment (KL 8:12)."""
APPEAL_TIME = timedelta(weeks=3)
"""From the day the notice was posted (KL 13:5)."""
SATURDAY = 5


@lru_cache(maxsize=16)
def _free_days(year: int) -> frozenset[date]:
    """Public holidays, and the eves that count as such (Act 1930:173, section 2)."""
    found = holidays.country_holidays(
        "SE", years=year, categories=(holidays.PUBLIC, holidays.DE_FACTO), include_sundays=False
    )
    return frozenset(found)


def is_working_day(day: date) -> bool:
    """Neither Saturday, Sunday nor public holiday; midsummer, Christmas and New Year's eve are holidays here."""
    return day.weekday() < SATURDAY and day not in _free_days(day.year)


def next_working_day(day: date) -> date:
    """The day itself, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def last_day_to_adjust(meeting: date) -> date:
    """The fourteenth day after the meeting."""
    return meeting + ADJUSTED_WITHIN


def last_day_to_post(adjusted: date) -> date:
    """The second day after the minutes were adjusted."""
    return adjusted + NOTICE_WITHIN


def last_day_to_appeal(posted: date) -> date:
    """Three weeks from the last posting; when that day is free, the next working day."""
    return next_working_day(posted + APPEAL_TIME)


def legal_force_from(last_day: date) -> date:
    """The day after the last day to appeal."""
    return last_day + timedelta(days=1)
