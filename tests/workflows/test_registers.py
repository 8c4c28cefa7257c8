"""The registers in the admin: Olle of Höglandet reads, registers and exports; nobody else's rows are there."""

import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from tests.workflows.factories import House, again, do, record_decision
from workflows.models import Matter, RegistrySeries, Workflow

pytestmark = pytest.mark.django_db

MATTERS = "/admin/workflows/matter/"
TASKS = "/admin/workflows/task/"


def client(user: Any) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(again(user))
    return browser


def test_the_registers_show_the_association_and_nothing_else(hoglandet: House) -> None:
    other = House("Klarälvdalen", "-k")
    hoglandet.applied(title="Vårt team")
    other.applied(title="Deras team")

    seen = client(hoglandet.olle).get(MATTERS).content.decode()
    tasks = client(hoglandet.olle).get(TASKS).content.decode()

    assert "Vårt team" in seen
    assert "Vårt team" in tasks
    assert "Deras team" not in seen + tasks
    assert client(hoglandet.mia).get(MATTERS).status_code == 403


def test_the_register_is_searched_and_filtered(hoglandet: House) -> None:
    hoglandet.applied(title="Vårt team")
    hoglandet.at_board(title="Annat team")
    browser = client(hoglandet.olle)

    assert "Annat team" not in browser.get(MATTERS, {"q": "Vårt"}).content.decode()
    assert "Vårt team" not in browser.get(MATTERS, {"step_name": "Styrelsens beslut"}).content.decode()
    assert "Vårt team" in browser.get(MATTERS, {"state__exact": "open"}).content.decode()


def test_a_matter_is_read_on_its_page_and_changed_nowhere_else(hoglandet: House) -> None:
    matter = hoglandet.applied()
    root = hoglandet.olle
    root.is_superuser = True
    root.save()
    browser = client(root)

    assert browser.get(f"{MATTERS}inspect/{matter.pk}/")["Location"] == matter.get_absolute_url()
    for view in ("edit", "delete"):
        assert browser.get(f"{MATTERS}{view}/{matter.pk}/").status_code in (302, 403, 404)
        browser.post(f"{MATTERS}{view}/{matter.pk}/")
    assert Matter.objects.filter(pk=matter.pk).exists()


def test_the_office_registers_a_call(hoglandet: House) -> None:
    other = House("Klarälvdalen", "-k")
    browser = client(hoglandet.olle)
    given = {
        "collection": hoglandet.collection.pk,
        "title": "Fråga om pengar",
        "channel": "call",
        "received_at": "2026-01-05T10:00",
        "sender": "Eva Berg",
        "email": "eva@example.org",
    }

    assert browser.get(f"{MATTERS}create/").status_code == 200
    foreign = browser.post(f"{MATTERS}create/", {**given, "collection": other.collection.pk})
    assert foreign.status_code == 200
    assert browser.post(f"{MATTERS}create/", {**given, "received_at": "2099-01-05T10:00"}).status_code == 200
    done = browser.post(f"{MATTERS}create/", given)

    matter = Matter.objects.get()
    assert done["Location"] == matter.get_absolute_url()
    assert (matter.registry_number, matter.people.get().email) == ("HÖ 2026/1", "eva@example.org")
    assert client(hoglandet.rut).get(f"{MATTERS}create/").status_code == 403


@pytest.mark.parametrize("address", [MATTERS, TASKS])
def test_a_list_asks_the_database_as_often_for_three_as_for_one(hoglandet: House, address: str) -> None:
    hoglandet.applied()
    browser = client(hoglandet.olle)
    browser.get(address)
    with CaptureQueriesContext(connection) as one:
        browser.get(address)
    hoglandet.applied()
    hoglandet.applied()

    browser.get(address)
    with CaptureQueriesContext(connection) as three:
        browser.get(address)

    assert len(three) == len(one) <= 40


def test_matters_are_exported_and_nothing_comes_alive(hoglandet: House) -> None:
    matter = hoglandet.at_board(title="=HYPERLINK(1)")
    record_decision(matter, hoglandet.olle)
    do(matter, "confirm", "confirm", hoglandet.bo, agreed="on")
    House("Klarälvdalen", "-k").applied(title="Deras team")
    browser = client(hoglandet.olle)

    book = load_workbook(io.BytesIO(browser.get(MATTERS, {"export": "xlsx"}).content))
    rows = list(book.active.iter_rows())
    text = browser.get(MATTERS, {"export": "csv"}).content.decode("utf-8-sig")

    assert [cell.value for cell in rows[1]][1] == "=HYPERLINK(1)"
    assert rows[1][1].data_type == "s"
    assert rows[1][10].value == 300000
    assert len(rows) == 2
    assert "'=HYPERLINK(1)" in text
    assert "Deras team" not in text


def test_exports_of_applications_carry_the_registry_number(hoglandet: House) -> None:
    matter = hoglandet.applied()
    from forms.exports import write_export
    from forms.models import Submission

    out = io.BytesIO()
    write_export(hoglandet.form, Submission.objects.filter(form=hoglandet.form), "xlsx", out)

    sheet = load_workbook(out).worksheets[0]
    cells = dict(zip([c.value for c in sheet[1]], [c.value for c in sheet[2]], strict=False))
    assert cells["Registry number"] == matter.registry_number
    assert cells["Matter"] == "Formell granskning"


def test_workflows_are_edited_drawn_and_checked_in_the_admin(hoglandet: House) -> None:
    view = Workflow.snippet_viewset.get_url_name("edit")
    html = client(hoglandet.olle).get(reverse(view, args=[hoglandet.workflow.pk])).content.decode()

    assert "workflow-svg" in html
    assert "Nothing stands in the way of publishing the saved draft." in html
    other = House("Klarälvdalen", "-k")
    assert client(other.olle).get(reverse(view, args=[hoglandet.workflow.pk])).status_code == 404


def test_a_pattern_that_would_repeat_numbers_is_refused(hoglandet: House) -> None:
    from django.core.exceptions import ValidationError

    for pattern in (
        "{prefix}{number}",
        "{year}",
        "{year}/{number!r}",
        "{year}/{number:>99999}",
        "{x}{year}{number}",
        "{",
    ):
        with pytest.raises(ValidationError):
            RegistrySeries(collection=hoglandet.collection, name="x", prefix="", pattern=pattern).full_clean()
    RegistrySeries(
        collection=hoglandet.collection, name="x", prefix="B", pattern="{prefix}-{yy}.{number:04}"
    ).full_clean()


def test_a_new_pattern_is_used_for_new_numbers_only(hoglandet: House) -> None:
    first = hoglandet.applied()
    series = first.series
    series.pattern = "{prefix}-{year}-{number:04}"
    series.save()

    second = hoglandet.applied()

    first.refresh_from_db()
    assert (first.registry_number, second.registry_number) == (
        f"HÖ {first.registry_year}/1",
        f"HÖ-{first.registry_year}-0002",
    )
