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
from forms.models import Export, Form, RegisterView, Submission
from records.effects import run_due
from records.models import Event, Message
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


def test_answers_are_searched_word_by_word(form: Form) -> None:
    from forms.search_text import keep  # app ready: the test's own

    for number, name in enumerate(("Åsa Ek, Eksjö", "Bo Berg, Nässjö")):
        keep(send(form, {NAME: name}, number))
    bo = officer(form)

    found = bo.get(LIST, {"q": "ÅSA eksjö"}).content.decode()

    assert ("AAAA-0000" in found, "AAAA-0001" in found) == (True, False)


def test_samples_are_hidden_until_they_are_asked_for(form: Form) -> None:
    send(form, {}, 1)
    send(form, {}, 2, is_sample=True)
    bo = officer(form)

    usual, samples = bo.get(LIST).content.decode(), bo.get(LIST, {"samples": "only"}).content.decode()

    assert ("AAAA-0001" in usual, "AAAA-0002" in usual) == (True, False)
    assert ("AAAA-0001" in samples, "AAAA-0002" in samples) == (False, True)


def test_columns_and_saved_views_are_a_persons_own(form: Form) -> None:
    send(form, {NAME: "Ada Lovelace"})
    bo, cy = officer(form), officer(form, "cy@hoglandet.example")
    query = f"form__id__exact={form.pk}"

    bo.post(reverse("forms_submission_view"), {"query": query, "name": "Mina", "column": ["reference", NAME]})
    mine, theirs = bo.get(f"{LIST}?{query}").content.decode(), cy.get(f"{LIST}?{query}").content.decode()
    assert ("Ada Lovelace" in mine, "Ada Lovelace" in theirs) == (True, False)
    assert ("Mina" in mine, "Mina" in theirs) == (True, False)

    view = RegisterView.objects.get()
    cy.post(reverse("forms_submission_view"), {"remove": view.pk})
    assert RegisterView.objects.count() == 1
    bo.post(reverse("forms_submission_view"), {"remove": view.pk})
    assert RegisterView.objects.count() == 0


def test_a_bulk_action_tells_of_each_row_how_it_went(form: Form) -> None:
    first = send(form, {}, 1, email="ada@example.se")
    second = send(form, {}, 2)
    sample = send(form, {}, 3, is_sample=True)
    rows = [first.pk, second.pk, sample.pk]
    bo, dag = officer(form), stranger(form)
    bulk = reverse("forms_submission_bulk")

    again = bo.post(bulk, {"row": rows, "action": "receipt"})
    removed = bo.post(bulk, {"row": rows, "action": "remove"})
    Submission.objects.filter(pk=second.pk).update(state="purged")
    printed = bo.post(bulk, {"row": [first.pk, second.pk], "action": "print"})
    foreign = dag.post(bulk, {"row": rows, "action": "remove"})
    nothing = bo.post(bulk, {"row": [], "action": "remove"})

    assert [result.is_done for result in again.context["results"]].count(True) == 1
    assert Message.objects.filter(kind="forms.receipt", to="ada@example.se").count() == 1
    assert [result.is_done for result in removed.context["results"]].count(True) == 1
    assert set(Submission.objects.values_list("pk", flat=True)) == {first.pk, second.pk}
    assert {result.reference: result.is_done for result in printed.context["results"]} == {
        "AAAA-0001": True,
        "AAAA-0002": False,
    }
    assert printed.content.decode().count('<article class="paper-sheet">') == 1
    assert (foreign.status_code, nothing.status_code) == (302, 302)


def test_the_ticked_rows_are_exported(form: Form) -> None:
    first, _second = send(form, {NAME: "Ada"}, 1), send(form, {NAME: "Bo"}, 2)

    response = officer(form).post(reverse("forms_submission_bulk"), {"row": [first.pk], "action": "export"})

    assert load_workbook(io.BytesIO(response.content)).worksheets[0].max_row == 2


def test_the_last_page_is_in_order_and_complete(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        send(form, {}, number, submitted_at=timezone.now() - timedelta(days=number))
    monkeypatch.setattr(register.SubmissionAdmin, "list_per_page", 2)
    bo = officer(form)

    pages = [[row.reference for row in bo.get(LIST, {"p": page}).context["object_list"]] for page in (1, 2, 3, 4)]

    assert [reference for page in pages for reference in page] == [f"AAAA-{number:04}" for number in range(7)]
    assert [len(page) for page in pages] == [2, 2, 2, 1]


def test_a_large_export_is_mailed_and_goes_on_after_a_kill(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        send(form, {NAME: "Ada"}, number)
    bo = person("bo@hoglandet.example")
    roles.assign(bo, form.collection, "officer")
    export = export_actions.request_export(form=form, kind="xlsx", filters={}, person=bo, choices_as="keys")

    export_actions.unfinished(export).mkdir(parents=True)
    (export_actions.unfinished(export) / "sheet1.part").write_bytes(b"torn")
    run_due()

    export.refresh_from_db()
    assert (export.state, export.done) == ("ready", 3)
    with export.file.open() as file:
        assert load_workbook(file).worksheets[0].max_row == 4
    assert not export_actions.unfinished(export).exists()
    assert str(export.key) in Message.objects.get(kind="forms.export_ready").body
