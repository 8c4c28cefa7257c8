"""The register: officers see their own association's submissions, read, print and export them."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from forms.actions import export as export_actions
from forms.admin import submissions as register
from forms.housekeeping import purge_exports
from forms.models import Export, Form
from records.effects import run_due
from records.models import Event
from records.roles import roles
from tests.forms.forms_in_tests import block_id
from tests.forms.journey_in_tests import application
from tests.forms.test_exports import send
from tests.records.factories import person

pytestmark = pytest.mark.django_db

LIST = "/admin/forms/submission/"
NAME = block_id("namn")


@pytest.fixture
def form() -> Form:
    """The form, in an association with people."""
    form = application()
    roles.create(form.collection, "Höglandet")
    return form


def officer(form: Form, email: str = "bo@hoglandet.example") -> Client:
    """Bo, who works at the office of the form's association."""
    bo = person(email)
    roles.assign(bo, form.collection, "officer")
    browser = Client()
    browser.force_login(bo)
    return browser


def stranger(form: Form) -> Client:
    """Dag, who works at the office of another association."""
    elsewhere = form.collection.get_parent().add_child(name="Klarälvdalen")
    roles.create(elsewhere, "Klarälvdalen")
    dag = person("dag@klaralvdalen.example")
    roles.assign(dag, elsewhere, "officer")
    browser = Client()
    browser.force_login(dag)
    return browser


def test_the_list_is_searched_and_filtered(form: Form) -> None:
    send(form, {}, 1, name="Ada Alm", email="ada@example.se")
    send(form, {}, 2, name="Bo Berg", email="bo@example.se")
    bo = officer(form)

    everything = bo.get(LIST).content.decode()
    found = bo.get(LIST, {"q": "bo@example.se"}).content.decode()
    none = bo.get(LIST, {"state": "withdrawn"}).content.decode()

    assert ("Ada Alm" in everything, "Bo Berg" in everything) == (True, True)
    assert ("Ada Alm" in found, "Bo Berg" in found) == (False, True)
    assert ("Ada Alm" in none, "Bo Berg" in none) == (False, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queries_of_the_list_are_fixed(form: Form, rows: int, django_assert_max_num_queries: Any) -> None:
    for number in range(rows):
        send(form, {}, number)
    bo = officer(form)
    bo.get(LIST)

    with django_assert_max_num_queries(16) as counted:
        bo.get(LIST)

    assert sum('"forms_submission"."reference"' in query["sql"] for query in counted.captured_queries) == 1


def test_one_submission_is_read_and_printed(form: Form) -> None:
    sent = send(form, {NAME: "Ada <b>Alm</b>"}, name="Ada Alm")
    bo = officer(form)

    read = bo.get(f"{LIST}inspect/{sent.pk}/").content.decode()
    paper = bo.get(reverse("forms_submission_print", args=[sent.pk])).content.decode()

    for html in (read, paper):
        assert "Ada &lt;b&gt;Alm&lt;/b&gt;" in html
        assert sent.reference in html


def test_nobody_from_another_association_sees_anything(form: Form) -> None:
    sent = send(form, {NAME: "Hemligt"}, name="Hemligt")
    dag = stranger(form)

    assert "Hemligt" not in dag.get(LIST).content.decode()
    assert dag.get(f"{LIST}inspect/{sent.pk}/").status_code == 404
    assert dag.get(reverse("forms_submission_print", args=[sent.pk])).status_code == 404
    page = dag.get(reverse("forms_submission_export")).content.decode()
    assert form.title not in page
    response = dag.post(reverse("forms_submission_export"), {"form": form.pk, "kind": "xlsx"})
    assert response["Content-Type"].startswith("text/html")
    assert Event.objects.filter(type="form.exported").count() == 0


def test_drafts_are_not_in_the_register(form: Form) -> None:
    sent = send(form, {}, name="Ada Alm")
    draft = type(sent).objects.create(
        collection=form.collection, form=form, version=form.version, updated_at=timezone.now(), name="Utkast"
    )
    bo = officer(form)

    assert "Utkast" not in bo.get(LIST).content.decode()
    assert bo.get(f"{LIST}inspect/{draft.pk}/").status_code == 404


def test_an_export_is_an_event_and_a_post(form: Form) -> None:
    send(form, {NAME: "Ada"}, 1)
    send(form, {NAME: "Bo"}, 2, state="withdrawn")
    bo = officer(form)

    bo.get(reverse("forms_submission_export"))
    assert Event.objects.filter(type="form.exported").count() == 0
    response = bo.post(reverse("forms_submission_export"), {"form": form.pk, "kind": "xlsx", "state": "submitted"})

    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    assert response["Content-Disposition"].startswith('attachment; filename="ansokan-')
    assert book.worksheets[0].max_row == 2
    event = Event.objects.get(type="form.exported")
    assert event.transition == {"format": "xlsx", "filters": {"state": "submitted"}, "rows": 1}
    assert event.actor_key


def test_the_days_chosen_narrow_an_export(form: Form) -> None:
    send(form, {NAME: "Ada"}, 1)
    bo = officer(form)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()

    response = bo.post(reverse("forms_submission_export"), {"form": form.pk, "kind": "raw.csv", "sent_from": tomorrow})

    assert b"".join(response.streaming_content).count(b"\r\n") == 1


def test_a_large_export_is_made_in_the_background_and_fetched_by_whom_it_was_made_for(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "AT_ONCE", 1)
    for number in range(3):
        send(form, {NAME: "Ada"}, number)
    bo, cy = officer(form), officer(form, "cy@hoglandet.example")

    asked = bo.post(reverse("forms_submission_export"), {"form": form.pk, "kind": "csv"})
    waiting = bo.get(asked.url)
    run_due()
    ready = bo.get(asked.url)
    export = Export.objects.get()
    address = reverse("forms_submission_export_file", args=[export.key])
    content = b"".join(bo.get(address).streaming_content)

    assert waiting["Refresh"] == "3"
    assert "Refresh" not in ready
    assert address in ready.content.decode()
    assert content.decode("utf-8-sig").count("\r\n") == 4
    assert (export.state, export.done, export.total) == ("ready", 3, 3)
    assert cy.get(address).status_code == 404
    assert cy.get(asked.url).status_code == 404
    assert purge_exports(timezone.now() + timedelta(days=8)) == 1
    assert bo.get(address).status_code == 404


def test_an_export_that_cannot_be_made_says_so(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(register, "AT_ONCE", 0)
    monkeypatch.setattr(export_actions, "write_export", fail)
    monkeypatch.setattr("records.effects.BACKOFF", (0,))
    send(form, {})
    bo = officer(form)

    asked = bo.post(reverse("forms_submission_export"), {"form": form.pk, "kind": "csv"})
    for _try in range(4):
        run_due()

    assert Export.objects.get().state == "failed"
    assert "Refresh" not in bo.get(asked.url)


def test_who_may_not_export_is_refused(form: Form) -> None:
    editor = person("edit@hoglandet.example")
    roles.assign(editor, form.collection, "editor")
    browser = Client()
    browser.force_login(editor)

    assert browser.get(reverse("forms_submission_export")).status_code in (302, 403)
    assert browser.post(reverse("forms_submission_export"), {"form": form.pk, "kind": "csv"}).status_code in (302, 403)
    assert browser.get(LIST).status_code in (302, 403)
    assert Event.objects.filter(type="form.exported").count() == 0
