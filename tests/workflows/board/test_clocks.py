"""Days as the law counts them."""

from datetime import date

import pytest

from workflows.board import clocks


def test_minutes_are_adjusted_within_fourteen_days_and_posted_on_the_second_day() -> None:
    assert clocks.last_day_to_adjust(date(2026, 3, 12)) == date(2026, 3, 26)
    assert clocks.last_day_to_post(date(2026, 3, 26)) == date(2026, 3, 28)


@pytest.mark.parametrize(
    ("posted", "last"),
    [
        (date(2026, 3, 2), date(2026, 3, 23)),  # a Monday
        (date(2026, 2, 28), date(2026, 3, 23)),  # ends on a Saturday
        (date(2026, 3, 1), date(2026, 3, 23)),  # ends on a Sunday
        (date(2026, 3, 13), date(2026, 4, 7)),  # Good Friday, and then Easter
        (date(2026, 5, 29), date(2026, 6, 22)),  # midsummer's eve
        (date(2026, 12, 3), date(2026, 12, 28)),  # Christmas eve, Christmas and a Sunday
        (date(2026, 12, 10), date(2027, 1, 4)),  # New Year's eve, New Year's day and a week-end
        (date(2026, 12, 16), date(2027, 1, 7)),  # Epiphany
        (date(2026, 4, 23), date(2026, 5, 15)),  # Ascension day; the Friday after is an ordinary day
    ],
)
def test_three_weeks_end_on_a_working_day(posted: date, last: date) -> None:
    assert clocks.last_day_to_appeal(posted) == last
    assert clocks.is_working_day(last)


def test_legal_force_comes_the_day_after() -> None:
    assert clocks.legal_force_from(date(2026, 3, 23)) == date(2026, 3, 24)
