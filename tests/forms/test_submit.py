"""Sending: once, whole, frozen, with a reference and a receipt, whatever is pressed twice."""

import re
import uuid
from typing import Any, Never

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from forms import receipts
from forms.actions import begin, submit, withdraw
from forms.models import Submission
from forms.permissions import may_see_submission, own_submissions
from forms.queries import answers_digest, runtime_of
from forms.signals import submission_received, submission_withdrawn
from records.effects import run_due
from records.errors import Closed, Conflict, Invalid, NotAllowed
from records.models import Effect, Event
from records.roles import roles
from tests.forms.journey_in_tests import ACTION, APPLICANT, Visitor, application, draft, mails
from tests.records.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patient(settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0


@pytest.fixture
def ada() -> Visitor:
    application()
    visitor = Visitor()
    visitor.fill_all()
    return visitor


def prove(user: Any, email: str) -> Any:
    """Let somebody have shown that an address is theirs."""
    user.emailaddress_set.create(email=email, verified=True, primary=True)
    return user


def test_sending_freezes_writes_an_event_and_queues_one_receipt(ada: Visitor) -> None:
    ada.send()

    sent = draft()
    assert re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}", sent.reference)
    assert sent.progress == {}
    assert len(sent.digest) == 64
    event = Event.objects.get(type="submission.received")
    assert event.transition["reference"] == sent.reference
    assert "Nässjö" not in str(event.transition)
    (receipt,) = mails("forms.receipt")
    assert receipt.to == "ada@example.se"
    assert sent.reference in receipt.subject
    assert "Vi hör av oss inom två veckor." in receipt.body
    assert "Kansliet, 0380-51 00 00" in receipt.body
    assert "Nässjö" not in receipt.body


def test_the_receipt_carries_a_copy_made_at_delivery(ada: Visitor, mailoutbox: list[Any]) -> None:
    ada.send()

    run_due()

    (mail,) = mailoutbox
    (pdf_name, pdf, pdf_kind), (name, content, kind) = mail.attachments
    assert (pdf_name, pdf_kind, pdf[:5]) == (f"Kopia {draft().reference}.pdf", "application/pdf", b"%PDF-")
    assert (name, kind) == (f"Kopia {draft().reference}.html", "text/html")
    assert "Nässjö kommun" in content
    assert "301\xa0200\xa0kr" in content
    assert "<script" not in content


def test_sending_twice_gives_one_submission_and_the_same_receipt(ada: Visitor) -> None:
    html = ada.get("/formular/ansokan/granska/").content.decode()
    data = ada.hidden(html)

    first = ada.post("/formular/ansokan/granska/", data)
    second = ada.post("/formular/ansokan/granska/", data)

    assert first.url == second.url
    assert Submission.objects.count() == 1
    assert len(mails("forms.receipt")) == 1
    assert Event.objects.filter(type="submission.received").count() == 1


def test_another_body_with_the_same_nonce_is_a_conflict_after_sending(ada: Visitor) -> None:
    html = ada.get("/formular/ansokan/granska/").content.decode()
    data = ada.hidden(html)
    ada.post("/formular/ansokan/granska/", data)
    before = draft()

    response = ada.post("/formular/ansokan/granska/", {**data, "form-digest": "0" * 64})

    assert response.status_code == 409
    assert reverse("forms:receipt", args=[before.key]) in response.content.decode()
    assert draft().digest == before.digest


def test_an_old_page_posted_after_sending_changes_nothing(ada: Visitor) -> None:
    html = ada.get("/formular/ansokan/1/").content.decode()
    ada.send()
    before = draft()

    response = ada.post("/formular/ansokan/1/", {**ada.hidden(html), **APPLICANT, "q-namn": "Någon annan"})

    assert response.status_code == 409
    assert draft().answers == before.answers
    assert Submission.objects.count() == 1


def test_what_was_not_seen_on_the_summary_is_not_sent(ada: Visitor) -> None:
    data = ada.hidden(ada.get("/formular/ansokan/granska/").content.decode())
    ada.fill("ansokan", 1, {**APPLICANT, "q-namn": "Ada Ek"})

    response = ada.post("/formular/ansokan/granska/", data)

    assert response.status_code == 409
    assert "Ada Ek" in response.content.decode()
    assert draft().state == "draft"


def test_a_missing_answer_stops_the_sending() -> None:
    application()
    ada = Visitor()
    ada.fill("ansokan", 1, APPLICANT)
    ada.fill("ansokan", 2, {**ACTION, "q-medfinansiering": ""}, button="save")

    response = ada.send()

    assert response.status_code == 200
    assert "/formular/ansokan/2/?from=summary#q-medfinansiering" in response.content.decode()
    assert draft().state == "draft"
    assert mails("forms.receipt") == []


def test_somebody_else_cannot_send_or_read_it(ada: Visitor) -> None:
    data = ada.hidden(ada.get("/formular/ansokan/granska/").content.decode())
    dag = Client()

    dag.post("/formular/ansokan/granska/", data)
    ada.send()
    receipt = reverse("forms:receipt", args=[draft().key])

    assert draft().state == "submitted"
    assert Event.objects.filter(type="submission.received").count() == 1
    assert dag.get(receipt).status_code == 302
    assert dag.get(receipt).url.startswith("/konto/")
    dag.force_login(person("dag@klaralvdalen.example"))
    assert dag.get(receipt).status_code == 404
    assert dag.get(reverse("forms:copy", args=[draft().key])).status_code == 404
    assert dag.get(reverse("forms:receipt", args=[uuid.uuid4()])).status_code == 404


def test_the_address_given_opens_the_receipt_only_when_it_is_proved(ada: Visitor) -> None:
    ada.send()
    typed, proved = person("ada@example.se"), person("alm@example.se")
    prove(proved, "ada@example.se")
    receipt = reverse("forms:receipt", args=[draft().key])
    browser = Client()

    browser.force_login(typed)
    assert browser.get(receipt).status_code == 404
    browser.force_login(proved)
    assert browser.get(receipt).status_code == 200
    assert list(own_submissions(proved)) == [draft()]
    assert list(own_submissions(typed)) == []


def test_what_was_sent_cannot_be_changed_in_the_database(ada: Visitor) -> None:
    ada.send()
    sent = draft()

    for column, value in (("answers", {}), ("reference", "X"), ("digest", ""), ("submitted_at", None)):
        with pytest.raises(DatabaseError), transaction.atomic():
            Submission.objects.filter(pk=sent.pk).update(**{column: value})

    assert draft().answers == sent.answers


def test_rooms_above_are_told_before_the_receipt_is_written(ada: Visitor) -> None:
    def give_number(sender: Any, submission: Submission, **kwargs: Any) -> None:
        numbers[submission.pk] = "SF 2026/1"

    numbers: dict[int, str] = {}

    def provider(submission: Submission) -> list[tuple[str, str]]:
        return [("Diarienummer", numbers[submission.pk])]

    submission_received.connect(give_number)
    receipts.providers.append(provider)
    try:
        ada.send()
        page = ada.get(reverse("forms:receipt", args=[draft().key])).content.decode()
    finally:
        submission_received.disconnect(give_number)
        receipts.providers.remove(provider)

    assert "Diarienummer: SF 2026/1" in mails("forms.receipt")[0].body
    assert "SF 2026/1" in page


def test_when_a_room_above_fails_nothing_has_been_sent(ada: Visitor) -> None:
    def refuse(sender: Any, submission: Submission, **kwargs: Any) -> Never:
        raise Conflict

    submission_received.connect(refuse)
    try:
        response = ada.send()
    finally:
        submission_received.disconnect(refuse)

    assert response.status_code == 409
    assert draft().state == "draft"
    assert draft().reference is None
    assert mails("forms.receipt") == []
    assert Effect.objects.filter(cause=f"submission:{draft().key}").count() == 0


def test_the_action_refuses_a_closed_form_and_missing_answers() -> None:
    form = application()
    version = form.version
    row = begin(version=version, nonce=uuid.uuid4())
    seen = answers_digest(row, runtime_of(row).path({}).answers, [])

    with pytest.raises(Invalid) as refused:
        submit(submission=row, seen=seen)
    form.unpublish()
    with pytest.raises(Closed):
        submit(submission=Submission.objects.get(pk=row.pk), seen=seen)

    assert len(refused.value.problems) == 5
    assert draft().state == "draft"


def test_more_sendings_than_the_limit_are_refused_and_nothing_is_lost(ada: Visitor, settings: Any) -> None:
    settings.FORMS_LIMITS = {"submit": (0, 60)}

    response = ada.send()

    assert response.status_code == 429
    assert "Nässjö kommun" in response.content.decode()
    assert draft().state == "draft"


def test_the_same_address_is_not_flooded_with_copies(settings: Any) -> None:
    settings.FORMS_LIMITS = {"receipt_to": (1, 3600)}
    application()
    for _time in range(2):
        visitor = Visitor()
        visitor.fill_all()
        visitor.send()

    assert Submission.objects.filter(state="submitted").count() == 2
    assert len(mails("forms.receipt")) == 1


def test_only_the_sender_takes_it_back_and_others_are_told(ada: Visitor) -> None:
    told = []

    def hear(sender: Any, submission: Submission, **kwargs: Any) -> None:
        told.append(submission.pk)

    ada.send()
    owner, dag = prove(person("ada@example.se"), "ada@example.se"), person("dag@klaralvdalen.example")
    submission_withdrawn.connect(hear)
    try:
        with pytest.raises(NotAllowed):
            withdraw(submission=draft(), person=dag)
        withdraw(submission=draft(), person=owner)
        withdraw(submission=draft(), person=owner)
    finally:
        submission_withdrawn.disconnect(hear)

    assert draft().state == "withdrawn"
    assert told == [draft().pk]
    assert Event.objects.filter(type="submission.withdrawn").count() == 1


def test_officers_read_what_was_sent_to_their_own_association_and_no_draft(ada: Visitor) -> None:
    collection = draft().collection
    elsewhere = collection.get_parent().add_child(name="Klarälvdalen")
    for place in (collection, elsewhere):
        roles.create(place, place.name)
    bo, dag = person("bo@hoglandet.example"), person("dag@klaralvdalen.example")
    roles.assign(bo, collection, "officer")
    roles.assign(dag, elsewhere, "officer")

    assert not may_see_submission(bo, draft())
    ada.send()

    assert may_see_submission(bo, draft())
    assert not may_see_submission(dag, draft())
