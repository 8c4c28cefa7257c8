"""Trying a form: sample answers that never count, start nothing, mail nobody, and go together."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from forms.models import Form, Submission, TakenPlace
from forms.signals import submission_received
from records.models import Event
from records.roles import roles
from tests.forms.journey_in_tests import Visitor, application, draft, mails
from tests.records.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def bo(settings: Any) -> Visitor:
    """An officer who has opened the form as a test; the form itself closed long ago."""
    settings.FORMS_SHORTEST_SECONDS = 0
    form = application(closes_at=datetime(2020, 1, 1, tzinfo=UTC), limit_total=1)
    roles.create(form.collection, "Höglandet")
    officer = person("bo@hoglandet.example")
    roles.assign(officer, form.collection, "officer")
    visitor = Visitor()
    visitor.force_login(officer)
    assert visitor.post(reverse("forms_form_try", args=[form.pk])).url == "/formular/ansokan/"
    return visitor


def test_a_form_is_tried_and_what_was_sent_never_counts(bo: Visitor) -> None:
    told: list[Any] = []

    def hear(submission: Any, **kwargs: Any) -> None:
        told.append(submission)

    submission_received.connect(hear)
    begin = bo.get("/formular/ansokan/").content.decode()
    filled = bo.post("/formular/ansokan/prov/", {"all": "1"})
    sent = bo.send()
    submission_received.disconnect(hear)

    assert "Du provar formuläret" in begin
    assert filled.url == "/formular/ansokan/granska/"
    assert sent.status_code == 302, sent.content.decode()
    row = draft()
    assert (row.state, row.is_sample) == ("submitted", True)
    assert row.answers
    assert (told, mails("forms.receipt"), TakenPlace.objects.count()) == ([], [], 0)
    assert not Event.objects.filter(type="submission.received").exists()


def test_one_page_is_filled_and_can_be_changed(bo: Visitor) -> None:
    response = bo.post("/formular/ansokan/prov/", {"page": "1"})

    html = bo.get(response.url).content.decode()
    assert response.url == "/formular/ansokan/1/"
    assert "Fyll i sidan med provsvar" in html
    assert draft().is_sample


def test_samples_are_removed_together_and_nothing_else(bo: Visitor) -> None:
    form = Form.objects.get()
    bo.post("/formular/ansokan/prov/", {"all": "1"})
    bo.send()
    bo.post("/formular/ansokan/prov/", {"end": "1"})
    real = Submission.objects.create(
        collection=form.collection, form=form, version=form.version, updated_at=draft().updated_at
    )

    response = bo.post(reverse("forms_form_purge_samples", args=[form.pk]), follow=True)

    assert Submission.objects.get() == real
    assert "Ett provsvar har tagits bort" in response.content.decode()
    assert bo.get("/formular/ansokan/1/").status_code == 410, "the test has ended, and the form is closed"


def test_nobody_else_fills_in_with_samples() -> None:
    application()

    assert Visitor().post("/formular/ansokan/prov/", {"all": "1"}).status_code == 404
    assert Submission.objects.count() == 0
