"""Tests of rate limits."""

import pytest
import time_machine
from django.test import RequestFactory

from records import housekeeping
from records.models import RateCounter
from records.rates import client_address, take

from .factories import at_once


def test_so_many_and_no_more_in_one_window_then_again_in_the_next(db: None) -> None:
    with time_machine.travel("2026-11-02 09:00Z", tick=False) as clock:
        first = [take(bucket="forms.submit", who="192.0.2.1", limit=3, seconds=60) for _n in range(5)]
        clock.shift(60)
        later = take(bucket="forms.submit", who="192.0.2.1", limit=3, seconds=60)

    assert (first, later) == ([True, True, True, False, False], True)


def test_people_and_purposes_are_counted_apart_and_nobody_is_stored(db: None) -> None:
    assert take(bucket="forms.submit", who="192.0.2.1", limit=1, seconds=60)
    assert take(bucket="forms.submit", who="192.0.2.2", limit=1, seconds=60)
    assert take(bucket="people.code", who="192.0.2.1", limit=1, seconds=60)

    assert "192.0.2" not in str(list(RateCounter.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_every_one_of_many_at_once_is_counted() -> None:
    with time_machine.travel("2026-11-02 09:00Z", tick=False):
        allowed = at_once(20, lambda _n: [take(bucket="b", who="Ada", limit=30, seconds=3600) for _m in range(5)])

    assert sum(sum(some) for some in allowed) == 30
    assert RateCounter.objects.get().count == 100


def test_old_counters_are_cleared_away(db: None) -> None:
    with time_machine.travel("2026-11-02 09:00Z", tick=False) as clock:
        take(bucket="old", who="Ada", limit=1, seconds=60)
        clock.shift(120)
        take(bucket="new", who="Ada", limit=1, seconds=60)
        housekeeping.clear()

    assert list(RateCounter.objects.values_list("bucket", flat=True)) == ["new"]


@pytest.mark.parametrize(
    ("proxies", "direct", "forwarded", "address"),
    [
        (0, "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (1, "10.0.0.1", "203.0.113.9, 192.0.2.1", "192.0.2.1"),
        (1, "10.0.0.1", "1.1.1.1, 2.2.2.2, 192.0.2.1", "192.0.2.1"),
        (2, "10.0.0.1", "1.1.1.1, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
        (2, "10.0.0.1", "192.0.2.1", "10.0.0.1"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (0, "::ffff:192.0.2.1", "", "192.0.2.1"),
        (0, "", "", ""),
    ],
)
def test_a_forged_header_does_not_make_somebody_else(
    settings: object, proxies: int, direct: str, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=direct, headers={"X-Forwarded-For": forwarded})

    assert client_address(request) == address
