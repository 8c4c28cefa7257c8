"""When a form takes answers: its times as people say them, codes for the late, places for as many as there is room."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from forms.actions import make_code, revoke_code, withdraw
from forms.lint import lint_form
from forms.models import EntryCode, Form, Submission, TakenPlace
from forms.opening import last_moment
from records.errors import Invalid, NotAllowed
from records.models import Event
from records.roles import roles
from tests.forms.journey_in_tests import APPLICANT, Visitor, application, draft, mails
from tests.records.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patient(settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0


def officer_of(form: Form) -> Any:
    """Somebody in the office who may change the form."""
    roles.create(form.collection, "Höglandet")
    bo = person("bo@hoglandet.example")
    roles.assign(bo, form.collection, "officer")
    return bo


def change(form: Form, **values: Any) -> Form:
    """The form with other opening rules, which hold at once."""
    Form.objects.filter(pk=form.pk).update(**values)
    return Form.objects.get(pk=form.pk)


def close(form: Form) -> Form:
    """The form, closed an hour ago."""
    return change(form, closes_at=timezone.now() - timedelta(hours=1))


def send_one(email: str = "ada@example.se") -> Any:
    """Somebody fills in everything and sends it; their last response."""
    visitor = Visitor()
    visitor.fill_all()
    visitor.fill("ansokan", 1, {**APPLICANT, "q-email": email})
    return visitor.send()


# --- times -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2026, 11, 27, 15, 0, tzinfo=UTC), "fredag 27 november 2026 kl. 16.00"),
        (datetime(2026, 7, 31, 22, 0, tzinfo=UTC), "fredag 31 juli 2026"),
        (datetime(2026, 7, 31, 14, 30, tzinfo=UTC), "fredag 31 juli 2026 kl. 16.30"),
    ],
)
def test_the_last_moment_is_said_in_words_in_swedish_time(moment: datetime, said: str) -> None:
    with translation.override("sv"):
        assert last_moment(moment) == said


def test_the_first_page_says_until_when() -> None:
    change(application(), closes_at=datetime(2031, 11, 28, 15, 0, tzinfo=UTC))

    page = Visitor().get("/formular/ansokan/").content.decode()
    assert "Öppet till och med fredag 28 november 2031 kl. 16.00" in page


# --- codes -------------------------------------------------------------------------------------------


def test_a_code_opens_a_closed_form_as_many_times_as_it_says() -> None:
    form = application()
    code = make_code(form=form, person=officer_of(form), valid_until=timezone.now() + timedelta(days=2), note="Ada")
    close(form)
    ada = Visitor()

    closed = ada.get("/formular/ansokan/")
    wrong = ada.post("/formular/ansokan/kod/", {"code": "AAAA-AAAA"})
    right = ada.post("/formular/ansokan/kod/", {"code": code.code.lower().replace("-", " ")})
    ada.fill_all()
    sent = ada.send()

    assert closed.status_code == wrong.status_code == 410
    assert 'name="code"' in closed.content.decode()
    assert 'aria-invalid="true"' in wrong.content.decode()
    assert right.status_code == sent.status_code == 302
    assert draft().entry_code == code
    assert TakenPlace.objects.get().limit == TakenPlace.Limit.CODE
    assert Visitor().post("/formular/ansokan/kod/", {"code": code.code}).status_code == 410, "it has been used"


def test_a_draft_left_behind_goes_on_with_a_code() -> None:
    form = application()
    code = make_code(form=form, person=officer_of(form), valid_until=timezone.now() + timedelta(days=2))
    ada = Visitor()
    ada.fill_all()
    close(form)

    ada.post("/formular/ansokan/kod/", {"code": code.code})

    assert ada.send().status_code == 302


def test_a_code_that_is_revoked_or_too_old_opens_nothing() -> None:
    form = application()
    bo = officer_of(form)
    revoked = make_code(form=form, person=bo, valid_until=timezone.now() + timedelta(days=2))
    revoke_code(code=revoked, person=bo)
    old = make_code(form=form, person=bo, valid_until=timezone.now() + timedelta(days=2))
    EntryCode.objects.filter(pk=old.pk).update(valid_until=timezone.now() - timedelta(minutes=1))
    close(form)

    for code in (revoked, old):
        assert Visitor().post("/formular/ansokan/kod/", {"code": code.code}).status_code == 410
    assert {event.type for event in Event.objects.filter(stream=f"form:{form.pk}")} >= {
        "form.code_made",
        "form.code_revoked",
    }


def test_only_those_who_may_change_the_form_make_codes() -> None:
    form = application()

    with pytest.raises(NotAllowed):
        make_code(form=form, person=person("dag@example.org"), valid_until=timezone.now() + timedelta(days=1))
    with pytest.raises(Invalid):
        make_code(form=form, person=officer_of(form), valid_until=timezone.now())


def test_staff_make_and_revoke_a_code_in_the_admin(client: Any) -> None:
    form = application()
    client.force_login(officer_of(form))
    address = reverse("forms_form_around", args=[form.pk])

    client.post(address, {"note": "Ada", "last_day": "2040-01-31", "last_time": "16:00", "max_uses": "3"})
    code = EntryCode.objects.get()
    html = client.get(address).content.decode()
    client.post(reverse("forms_form_revoke_code", args=[form.pk, code.pk]))

    assert (code.max_uses, code.valid_until) == (3, datetime(2040, 1, 31, 15, 0, tzinfo=UTC))
    assert code.code in html
    assert EntryCode.objects.get().revoked_at is not None


# --- limits ------------------------------------------------------------------------------------------


def test_a_full_form_says_so_and_a_place_given_back_can_be_taken() -> None:
    change(application(), limit_total=1)
    slow = Visitor()
    slow.fill_all()
    assert send_one().status_code == 302
    first = Submission.objects.get(state="submitted")

    late = Visitor().get("/formular/ansokan/1/")
    refused = slow.send()

    assert late.status_code == refused.status_code == 410
    assert "fullt" in late.content.decode()
    assert "ditt utkast finns kvar" in refused.content.decode()
    kept = Submission.objects.get(state="draft")
    assert kept.answers
    ada = person("ada@example.se")
    ada.emailaddress_set.create(email="ada@example.se", verified=True, primary=True)
    withdraw(submission=first, person=ada)
    assert slow.send().status_code == 302


def test_one_person_may_send_as_many_as_the_form_says() -> None:
    change(application(), limit_per_person=1)

    assert [send_one(email).status_code for email in ("ada@example.se", "ADA@example.se", "bo@example.se")] == [
        302,
        410,
        302,
    ]
    assert "@" not in "".join(TakenPlace.objects.values_list("key", flat=True))


def test_an_organisation_is_counted_by_the_question_that_asks_for_it() -> None:
    change(application(), limit_per_organisation=1, organisation_field="organisation")

    assert [send_one().status_code, send_one("bo@example.se").status_code] == [302, 410]
    assert Submission.objects.get(state="submitted").organisation == "nässjökommun"


def test_an_anonymous_form_keeps_nothing_of_who_answers() -> None:
    change(application(), anonymous=True)
    ada = Visitor()
    ada.force_login(person("ada@example.se"))
    ada.fill_all()
    ada.send()

    sent = draft()
    assert (sent.state, sent.person, sent.name, sent.email) == ("submitted", None, "", "")
    assert mails("forms.receipt") == []
    assert Event.objects.get(type="submission.received").actor_key == ""


def test_limits_that_have_nothing_to_count_by_are_errors() -> None:
    form = change(application(), anonymous=True, limit_per_person=1, limit_per_organisation=1)

    assert {"limit_on_anonymous", "limit_without_organisation"} <= {problem.code for problem in lint_form(form)}


def test_what_the_form_is_about_may_be_full_while_the_form_is_open_and_that_is_said() -> None:
    change(application(), limit_per_subject=1)
    bo, cy = Visitor(), Visitor()
    for visitor in (bo, cy):
        visitor.fill_all()
    Submission.objects.update(subject="matter:4f8e2f60-6f6c-4ad6-9d0c-6c3f3c1f9a01")

    sent, refused = bo.send(), cy.send()

    assert (sent.status_code, refused.status_code) == (302, 410)
    assert "så många gånger" in refused.content.decode()
    assert "ditt utkast finns kvar" in refused.content.decode()
    assert cy.get("/formular/ansokan/1/").status_code == 200, "the form itself is open"
