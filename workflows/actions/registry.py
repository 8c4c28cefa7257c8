"""Taking registry numbers: without gaps and without doubles, in the transaction that needs one."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, override
from wagtail.models import Collection

from records import transactions
from workflows.models import RegistryCounter, RegistrySeries
from workflows.models.registry import render_number


@dataclass(frozen=True, slots=True)
class Number:
    """A registry number that has just been taken."""

    series: RegistrySeries
    year: int
    serial: int
    text: str


def default_series(collection: Collection) -> RegistrySeries:
    """The association's first series; made when it has none, so that nothing that comes in is turned away."""
    series = RegistrySeries.objects.filter(collection=collection).order_by("pk").first()
    if series is None:
        with override(settings.LANGUAGE_CODE):
            name = gettext("Registry")
        series, _made = RegistrySeries.objects.get_or_create(
            collection=collection, name=name, defaults={"pattern": "{year}/{number}"}
        )
    return series


def take_number(*, series: RegistrySeries, at: datetime) -> Number:
    """The next number of the series in the year of `at`; it is only used up when the transaction is committed."""
    transactions.demand("Taking a registry number")
    # The row is the lock: whoever comes next waits until this transaction has ended, so no number is skipped.
    series = RegistrySeries.objects.select_for_update(no_key=True).get(pk=series.pk)
    year = timezone.localtime(at).year
    counter, _made = RegistryCounter.objects.select_for_update(no_key=True).get_or_create(series=series, year=year)
    counter.last += 1
    counter.save()
    text = render_number(series.pattern, prefix=series.prefix, year=year, number=counter.last)
    return Number(series, year, counter.last, text)
