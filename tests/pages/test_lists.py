"""Lists cost the same number of queries whether they have one row or three."""

import datetime
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page

from pages.models import Municipality
from tests.pages import places
from training.models import TrainingDayPage, TrainingIndexPage

pytestmark = pytest.mark.django_db


def _an_association(parent: Page, number: int) -> Page:
    page = places.association(f"Förbund {number}", f"forbund-{number}")
    page.municipalities = [Municipality(name=f"Kommun {number}")]
    page.save()
    return page


def _an_activity(parent: Page, number: int) -> Page:
    return places.activity(parent, f"Verksamhet {number}", status="running")


def _a_section(parent: Page, number: int) -> Page:
    return places.section(parent, f"Avsnitt {number}", lead="Text")


def _a_day(parent: Page, number: int) -> Page:
    starts = timezone.now() + datetime.timedelta(days=number + 1)
    return parent.add_child(
        instance=TrainingDayPage(
            title=f"Dag {number}", starts_at=starts, ends_at=starts + datetime.timedelta(hours=6), place="Nässjö"
        )
    )


def _portal() -> Page:
    places.association("Klarälvdalen", "klaralvdalen")
    places.association("Södra Lappland", "sodra-lappland")
    return places.portal()


def _activities() -> Page:
    return places.activities(places.association())


def _section() -> Page:
    return places.section(places.association())


def _days() -> Page:
    return places.association().add_child(instance=TrainingIndexPage(title="Utbildningar"))


def _front() -> Page:
    return places.activities(places.association())


@pytest.mark.parametrize(
    ("make", "add", "address"),
    [
        (_portal, _an_association, "/"),
        (_activities, _an_activity, "/hoglandet/verksamheter/"),
        (_section, _a_section, "/hoglandet/om-oss/"),
        (_days, _a_day, "/hoglandet/utbildningar/"),
        (_front, _an_activity, "/hoglandet/"),
        (_activities, _an_activity, "/hoglandet/sok/?q=verksamhet"),
    ],
    ids=["portal", "activities", "section", "training days", "association", "search"],
)
def test_three_rows_cost_what_one_row_costs(
    client: Client, make: Callable[[], Page], add: Callable[[Page, int], Page], address: str
) -> None:
    parent = make()
    add(parent, 1)
    with_one = _queries(client, address)

    add(Page.objects.get(pk=parent.pk).specific, 2)
    add(Page.objects.get(pk=parent.pk).specific, 3)
    with_three = _queries(client, address)

    assert with_three == with_one


def _queries(client: Client, address: str) -> int:
    client.get(address)  # the frame and the site's root come from the cache from now on
    with CaptureQueriesContext(
        connection,
    ) as caught:
        response = client.get(address)
    assert response.status_code == 200
    return len(caught)
