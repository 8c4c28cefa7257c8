"""The way through a form, as Ada walks it: without JavaScript, page by page, with mistakes."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from forms import traps
from forms.models import Submission
from records.association import facts
from tests.forms.journey_in_tests import ACTION, APPLICANT, Visitor, application, by_name, draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patient(settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0


def test_ada_fills_in_every_page_and_sends() -> None:
    application()
    ada = Visitor()

    ada.fill_all()
    summary = ada.get(reverse("forms:summary", args=["ansokan"])).content.decode()
    response = ada.send()

    assert "Nässjö kommun" in summary
    assert "301\xa0200\xa0kr" in summary
    sent = Submission.objects.get()
    assert response.url == reverse("forms:receipt", args=[sent.key])
    assert sent.state == "submitted"
    assert (sent.email, sent.name) == ("ada@example.se", "Ada Alm")
    assert by_name(sent)["summa"] == "301200"
    receipt = ada.get(response.url).content.decode()
    assert sent.reference in receipt
    assert "Vi hör av oss inom två veckor." in receipt


def test_looking_stores_nothing() -> None:
    application()
    ada = Visitor()

    for address in ("", "1/", "granska/", "senare/"):
        ada.get(f"/formular/ansokan/{address}")

    assert Submission.objects.count() == 0
    assert Session.objects.count() == 0


def test_a_wrong_page_comes_back_with_everything_typed_and_links_to_each_field() -> None:
    application()
    ada = Visitor()

    response = ada.fill("ansokan", 1, {"q-organisation": "", "q-email": "ada på jobbet", "q-namn": "Ada <b>Alm</b>"})

    html = response.content.decode()
    assert response.status_code == 200
    assert 'role="alert"' in html
    assert '<a href="#id_q-organisation">' in html
    assert '<a href="#id_q-email">' in html
    assert 'value="ada på jobbet"' in html
    assert 'value="Ada &lt;b&gt;Alm&lt;/b&gt;"' in html
    assert 'aria-invalid="true"' in html
    assert draft().state == "draft"


def test_what_was_typed_in_vain_is_there_again_when_she_returns() -> None:
    application()
    ada = Visitor()
    ada.fill("ansokan", 1, {**APPLICANT, "q-email": "ada på jobbet"}, button="save")

    html = ada.get("/formular/ansokan/1/").content.decode()

    assert 'value="ada på jobbet"' in html
    assert "Nässjö kommun" in html
    assert "q-email" not in str(draft().answers)


def test_a_page_with_unusable_text_cannot_be_sent() -> None:
    application()
    ada = Visitor()
    ada.fill_all()
    ada.fill("ansokan", 2, {**ACTION, "q-deltagare": "många"}, button="save")

    summary = ada.get("/formular/ansokan/granska/").content.decode()
    response = ada.send()

    assert "Deltagare" in summary.split("summary-list")[0]
    assert response.status_code == 200
    assert draft().state == "draft"


def test_a_question_that_appears_is_shown_before_the_page_is_left() -> None:
    application()
    ada = Visitor()
    ada.fill("ansokan", 1, APPLICANT)
    page = ada.get("/formular/ansokan/2/").content.decode()

    response = ada.fill("ansokan", 2, {**ACTION, "q-medfinansiering": "yes", "q-vem": ""})
    shown = response.content.decode()
    again = ada.fill("ansokan", 2, {**ACTION, "q-medfinansiering": "yes", "q-vem": ""})
    last = ada.fill("ansokan", 2, {**ACTION, "q-medfinansiering": "yes", "q-vem": "Regionen"})

    assert 'id="q-vem" hidden' in page
    assert 'id="q-vem" hidden' not in shown
    assert '<a href="#id_q-vem">' in shown
    assert "error-summary" not in shown
    assert "error-summary" in again.content.decode()
    assert last.url == "/formular/ansokan/3/"


def test_with_live_questions_an_empty_one_is_an_error_at_once() -> None:
    application()
    ada = Visitor()

    response = ada.fill("ansokan", 2, {**ACTION, "q-medfinansiering": "yes", "q-vem": "", "form-live": "1"})

    assert "error-summary" in response.content.decode()


def test_an_answer_off_the_path_is_kept_while_drafting_and_absent_when_sent() -> None:
    application()
    ada = Visitor()
    ada.fill("ansokan", 1, APPLICANT)
    ada.fill("ansokan", 2, {**ACTION, "q-medfinansiering": "yes", "q-vem": "Regionen"})
    ada.fill("ansokan", 2, {**ACTION, "q-medfinansiering": "no", "q-vem": "Regionen"})
    ada.fill("ansokan", 3, {"q-riktiga": "on"})

    drafted = by_name(draft())
    ada.send()

    assert drafted["vem"] == "Regionen"
    assert "vem" not in by_name(draft())


def test_values_that_are_not_asked_for_are_ignored() -> None:
    application()
    ada = Visitor()

    ada.fill(
        "ansokan",
        1,
        {
            **APPLICANT,
            "q-summa": "1",
            "state": "submitted",
            "reference": "X",
            "person": "1",
            "collection": "1",
            "q-x": "y",
        },
    )
    ada.fill("ansokan", 2, {**ACTION, "q-summa": "999"})
    ada.fill("ansokan", 3, {"q-riktiga": "on"})
    ada.send()

    sent = draft()
    assert set(by_name(sent)) == {
        "organisation", "email", "namn", "medfinansiering", "deltagare", "budget", "summa", "riktiga",
    }  # fmt: skip
    assert by_name(sent)["summa"] == "301200"
    assert sent.person is None


def test_change_from_the_summary_leads_back_to_it() -> None:
    application()
    ada = Visitor()
    ada.fill_all()
    summary = ada.get("/formular/ansokan/granska/").content.decode()

    response = ada.fill("ansokan", 1, {**APPLICANT, "q-namn": "Ada Ek"}, came_from="summary")

    assert "/formular/ansokan/1/?from=summary#q-namn" in summary
    assert response.url == "/formular/ansokan/granska/"
    assert "Ada Ek" in ada.get(response.url).content.decode()


def test_rows_are_added_and_removed_without_javascript() -> None:
    application()
    ada = Visitor()
    ada.fill("ansokan", 1, APPLICANT)

    more = ada.fill("ansokan", 2, ACTION, button="add-row", value="q-budget").content.decode()
    less = ada.fill("ansokan", 2, ACTION, button="remove-row", value="q-budget-0").content.decode()

    assert 'name="q-budget-count" value="3"' in more
    assert "error-summary" not in more
    assert 'name="q-budget-count" value="1"' in less
    assert "300\xa0000" in less.replace("&nbsp;", "\xa0") or "300 000" in less


def test_a_page_sent_in_a_second_asks_to_press_again_and_keeps_the_text(settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 3600
    application()
    ada = Visitor()

    response = ada.fill("ansokan", 1, APPLICANT)

    html = response.content.decode()
    assert response.status_code == 200
    assert "Nässjö kommun" in html
    assert "data-focus" in html
    assert Submission.objects.count() == 0


def test_the_question_that_people_do_not_see_stores_nothing() -> None:
    application()
    robot = Visitor()

    response = robot.fill("ansokan", 1, {**APPLICANT, traps.HONEYPOT: "http://spam.example"})

    assert response.status_code == 200
    assert Submission.objects.count() == 0


def test_too_many_begun_from_one_address_is_a_429_that_keeps_the_text(settings: Any) -> None:
    settings.FORMS_LIMITS = {"begin": (1, 600)}
    application()
    Visitor().fill("ansokan", 1, APPLICANT)

    response = Visitor().fill("ansokan", 1, APPLICANT)

    assert response.status_code == 429
    assert response["Retry-After"] == "600"
    assert "Nässjö kommun" in response.content.decode()
    assert Submission.objects.count() == 1


def test_an_unknown_form_is_404_and_a_closed_one_410_with_its_own_text() -> None:
    form = application(closed_text="Nästa omgång öppnar i mars.")
    ada = Visitor()
    ada.fill("ansokan", 1, APPLICANT)
    form.unpublish()

    closed = ada.get("/formular/ansokan/1/")
    posted = ada.post("/formular/ansokan/1/", APPLICANT)

    assert ada.get("/formular/finns-inte/").status_code == 404
    assert ada.get("/formular/ansokan/9/").status_code == 410
    assert closed.status_code == 410
    assert "Nästa omgång öppnar i mars." in closed.content.decode()
    assert "0380-51 00 00" in closed.content.decode()
    assert posted.status_code == 410
    assert draft().state == "draft"


def test_a_draft_stays_on_the_version_it_was_begun_with() -> None:
    form = application()
    ada = Visitor()
    ada.fill("ansokan", 1, APPLICANT)
    form.questions[0].value["title"] = "Ny titel"
    form.save_revision(clean=False).publish()

    assert "Ny titel" not in ada.get("/formular/ansokan/1/").content.decode()
    assert "Ny titel" in Visitor().get("/formular/ansokan/1/").content.decode()


def test_who_opened_the_page_before_a_new_version_finishes_on_the_old() -> None:
    form = application()
    ada = Visitor()
    html = ada.get("/formular/ansokan/1/").content.decode()
    form.questions[0].value["title"] = "Ny titel"
    form.save_revision(clean=False).publish()

    ada.post("/formular/ansokan/1/", {**ada.hidden(html), **APPLICANT})

    assert draft().version.number == 1


def test_pages_are_private_and_drafts_of_others_are_not_shown() -> None:
    application()
    ada, dag = Visitor(), Visitor()
    ada.fill("ansokan", 1, APPLICANT)

    own, other = ada.get("/formular/ansokan/1/"), dag.get("/formular/ansokan/1/")

    assert "Nässjö" in own.content.decode()
    assert "Nässjö" not in other.content.decode()
    assert own["Cache-Control"] == other["Cache-Control"] == "no-store, private"


def test_two_visitors_get_tokens_of_their_own_from_the_kept_page() -> None:
    application()
    pages = [Visitor().get("/formular/ansokan/1/") for _visitor in range(2)]

    first, second = (page.content.decode() for page in pages)

    assert "\ue000" not in first + second
    assert Visitor().hidden(first)["form-nonce"] != Visitor().hidden(second)["form-nonce"]
    assert pages[0].cookies["csrftoken"].value != pages[1].cookies["csrftoken"].value


def test_a_post_without_the_csrf_token_is_refused() -> None:
    application()
    ada = Visitor(enforce_csrf_checks=True)
    ada.get("/formular/ansokan/1/")

    assert ada.post("/formular/ansokan/1/", APPLICANT).status_code == 403
    assert ada.post("/formular/ansokan/granska/", {}).status_code == 403


def test_autosave_stores_and_says_so() -> None:
    application()
    ada = Visitor()
    html = ada.get("/formular/ansokan/1/").content.decode()

    answer = ada.post("/formular/ansokan/1/", {**ada.hidden(html), "q-namn": "Ada", "form-autosave": "1"}).json()

    assert answer["saved"] is True
    assert answer["nonce"] == str(draft().nonce)
    assert by_name(draft()) == {"namn": "Ada"}


@pytest.mark.parametrize("visits", [1, 3])
def test_the_number_of_queries_of_a_page_is_fixed(visits: int, django_assert_num_queries: Any) -> None:
    application()
    Visitor().get("/formular/ansokan/1/")
    ada = Visitor()

    for _visit in range(visits):
        with django_assert_num_queries(1):  # form and version
            ada.get("/formular/ansokan/1/")
    html = ada.get("/formular/ansokan/1/").content.decode()
    data = {**ada.hidden(html), **APPLICANT}
    with django_assert_num_queries(7):  # form and version, nonce; in a savepoint: rate, draft, session
        ada.post("/formular/ansokan/1/", data)
    with django_assert_num_queries(3):  # session, form and version, draft
        ada.get("/formular/ansokan/1/")
    data = {**ada.hidden(ada.get("/formular/ansokan/1/").content.decode()), **APPLICANT, "q-namn": "Ada"}
    with django_assert_num_queries(4):  # session, form and version, draft, update
        ada.post("/formular/ansokan/1/", data)


@pytest.mark.parametrize("sent", [1, 3])
def test_the_number_of_queries_of_a_sending_is_fixed(sent: int, django_assert_num_queries: Any) -> None:
    facts(application().collection)  # kept for a minute
    ada = Visitor()

    for _time in range(sent):
        ada.fill_all()
        html = ada.get("/formular/ansokan/granska/").content.decode()
        with django_assert_num_queries(16):
            # draft, session; in a savepoint: rates, what is sent, workflow, its text, stream, event, and for the
            # receipt: its wording, itself, its effect, the job. A form that takes files is read once more under its
            # lock, with the files.
            ada.post("/formular/ansokan/granska/", ada.hidden(html))

    assert Submission.objects.filter(state=Submission.State.SUBMITTED).count() == sent
