"""Going on later: saved drafts, mailed links, own lists, two devices, and drafts nobody comes back to."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from forms.actions import discard, send_link
from forms.actions.draft_link import find_link, link_address, token_digest, token_of
from forms.housekeeping import install_schedule, purge_drafts
from forms.models import DraftLink, Submission, Upload
from records.effects import run_due
from records.errors import Conflict
from records.models import Event
from tests.forms.journey_in_tests import ACTION, APPLICANT, Visitor, application, by_name, draft, mails
from tests.records.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patient(settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0


@pytest.fixture
def ada() -> Visitor:
    application()
    visitor = Visitor()
    visitor.fill("ansokan", 1, APPLICANT)
    return visitor


def link_for(email: str = "ada@example.se") -> str:
    """The path of a mailed link."""
    link = send_link(draft=draft(), email=email)
    return link_address(link).removeprefix("http://localhost:8000")


def test_save_and_go_on_later_keeps_a_page_with_mistakes(ada: Visitor) -> None:
    response = ada.fill("ansokan", 2, {"q-deltagare": "många", "q-medfinansiering": "no"}, button="save")

    assert response.url == "/formular/ansokan/senare/"
    html = ada.get("/formular/ansokan/2/").content.decode()
    assert 'value="många"' in html
    assert by_name(draft())["medfinansiering"] is False


def test_a_link_is_mailed_without_answers_and_without_its_token_in_the_database(
    ada: Visitor, mailoutbox: list[Any]
) -> None:
    response = ada.post("/formular/ansokan/senare/", {"email": "ada@example.se"})
    run_due()

    assert response.url == "/formular/ansokan/senare/?skickad"
    (stored,) = mails("forms.draft_link")
    (mail,) = mailoutbox
    link = DraftLink.objects.get()
    token = token_of(link.pk, str(draft().key))
    assert token in mail.body
    assert token not in stored.body
    assert link.token_digest == token_digest(token) != token
    assert "Nässjö" not in mail.body + mail.subject
    assert mail.attachments == []


def test_opening_the_link_changes_nothing_until_the_button_is_pressed(ada: Visitor) -> None:
    address = link_for()
    phone = Visitor()

    for _scanner in range(5):
        page = phone.get(address)
        assert page.status_code == 200
        assert "Nässjö" not in page.content.decode()
    assert DraftLink.objects.get().used_at is None
    response = phone.post(address)

    assert response.url == "/formular/ansokan/1/"
    assert "Nässjö kommun" in phone.get(response.url).content.decode()
    assert Event.objects.filter(type="submission.resumed").count() == 1


def test_a_link_is_used_once(ada: Visitor) -> None:
    address = link_for()
    Client().post(address)

    dag = Client()

    assert dag.get(address).status_code == 410
    assert dag.post(address).status_code == 410
    assert "Nässjö" not in dag.get("/formular/ansokan/1/").content.decode()


def test_a_link_dies_with_time_and_when_the_form_is_sent(ada: Visitor) -> None:
    late, early = link_for(), link_for("alm@example.se")

    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert Client().post(late).status_code == 410
    ada.fill("ansokan", 2, ACTION)
    ada.fill("ansokan", 3, {"q-riktiga": "on"})
    ada.send()

    assert Client().post(early).status_code == 410
    assert DraftLink.objects.count() == 0


def test_a_guessed_token_is_nothing_and_guessing_is_limited(ada: Visitor, settings: Any) -> None:
    settings.FORMS_LIMITS = {"resume": (3, 600)}
    link_for()

    answers = [Client().post(f"/formular/fortsatt/{'0' * 64}/").status_code for _guess in range(5)]

    assert answers == [410, 410, 410, 429, 429]
    assert find_link("0" * 64) is None


def test_no_token_reaches_a_log_or_another_site(ada: Visitor, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.FORMS_LIMITS = {"resume": (2, 600)}
    address = link_for()
    token = address.split("/")[-2]

    answers = [Client().get(address) for _time in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert token not in caplog.text
    assert {answer["Referrer-Policy"] for answer in answers} == {"same-origin"}


def test_nobody_can_have_links_mailed_to_somebody_without_end(ada: Visitor) -> None:
    answers = [ada.post("/formular/ansokan/senare/", {"email": "bo@example.se"}).status_code for _time in range(4)]

    assert answers == [302, 302, 302, 429]
    assert len(mails("forms.draft_link")) == 3


def test_a_wrong_address_is_said_at_the_field(ada: Visitor) -> None:
    response = ada.post("/formular/ansokan/senare/", {"email": "ada på jobbet"})

    assert 'href="#id_email"' in response.content.decode()
    assert 'value="ada på jobbet"' in response.content.decode()
    assert mails("forms.draft_link") == []


def test_a_signed_in_person_finds_the_draft_on_another_device() -> None:
    application()
    ada = person("ada@example.se")
    laptop, phone = Visitor(), Visitor()
    laptop.force_login(ada)
    laptop.fill("ansokan", 1, APPLICANT)
    phone.force_login(ada)

    page = phone.get(reverse("forms:drafts")).content.decode()
    response = phone.post(reverse("forms:draft", args=[draft().key]), {"action": "continue"})

    assert "Ansökan om medel" in page
    assert draft().person == ada
    assert "Nässjö kommun" in phone.get(response.url).content.decode()


def test_who_signs_in_after_beginning_takes_the_draft_along(ada: Visitor) -> None:
    owner = person("ada@example.se")
    ada.force_login(owner)

    ada.fill("ansokan", 1, {**APPLICANT, "q-namn": "Ada"})

    assert draft().person == owner


def test_a_draft_is_removed_by_its_owner_only(ada: Visitor) -> None:
    key = draft().key
    dag = Client()
    dag.force_login(person("dag@klaralvdalen.example"))

    refused = dag.post(reverse("forms:draft", args=[key]), {"action": "discard"})
    assert refused.status_code == 404
    assert Submission.objects.count() == 1
    ada.post(reverse("forms:draft", args=[key]), {"action": "discard"})

    assert Submission.objects.count() == 0
    assert "Nässjö" not in ada.get("/formular/ansokan/1/").content.decode()


def test_two_devices_never_overwrite_each_other_silently(ada: Visitor) -> None:
    phone = Visitor()
    phone.post(link_for())
    opened = phone.hidden(phone.get("/formular/ansokan/1/").content.decode())
    ada.fill("ansokan", 1, {**APPLICANT, "q-namn": "Ada på datorn"})

    response = phone.post("/formular/ansokan/1/", {**opened, **APPLICANT, "q-namn": "Ada på mobilen"})

    html = response.content.decode()
    assert response.status_code == 409
    assert "Ada på mobilen" in html
    assert "Ada på datorn" in html
    assert by_name(draft())["namn"] == "Ada på datorn"
    phone.post("/formular/ansokan/1/", {**phone.hidden(html), **APPLICANT, "q-namn": "Ada på mobilen"})
    assert by_name(draft())["namn"] == "Ada på mobilen"


def test_the_same_device_may_go_back_and_change(ada: Visitor) -> None:
    opened = ada.hidden(ada.get("/formular/ansokan/1/").content.decode())
    ada.fill("ansokan", 1, {**APPLICANT, "q-namn": "Ada Ett"})

    response = ada.post("/formular/ansokan/1/", {**opened, **APPLICANT, "q-namn": "Ada Två"})

    assert response.status_code == 302
    assert by_name(draft())["namn"] == "Ada Två"


def test_when_the_session_is_gone_the_page_is_kept_in_a_new_draft(ada: Visitor) -> None:
    opened = ada.hidden(ada.get("/formular/ansokan/1/").content.decode())
    later = Visitor()

    response = later.post("/formular/ansokan/1/", {**opened, **APPLICANT, "q-namn": "Ada Ek"})

    assert "data-focus" in response.content.decode()
    assert [by_name(row)["namn"] for row in Submission.objects.order_by("pk")] == ["Ada Alm", "Ada Ek"]


def test_a_new_draft_can_be_begun_beside_the_first(ada: Visitor) -> None:
    ada.post("/formular/ansokan/")
    ada.fill("ansokan", 1, {**APPLICANT, "q-namn": "Bo Berg"})

    assert [by_name(row)["namn"] for row in Submission.objects.order_by("pk")] == ["Ada Alm", "Bo Berg"]


def test_drafts_left_alone_are_purged_with_their_files_on_the_day_the_form_says(ada: Visitor) -> None:
    form = draft().form
    form.keep_drafts_days = 10
    form.save()
    saved = draft().updated_at

    assert purge_drafts(saved + timedelta(days=10)) == 0
    assert purge_drafts(saved + timedelta(days=10, seconds=1)) == 1
    assert purge_drafts(saved + timedelta(days=11)) == 0

    assert Submission.objects.count() == Upload.objects.count() == 0
    assert Event.objects.get(type="form.drafts_purged").transition["count"] == 1


def test_what_was_sent_is_not_discarded(ada: Visitor) -> None:
    ada.fill("ansokan", 2, ACTION)
    ada.fill("ansokan", 3, {"q-riktiga": "on"})
    ada.send()

    with pytest.raises(Conflict):
        discard(draft=draft())
    assert purge_drafts(timezone.now() + timedelta(days=1000)) == 0


def test_the_purge_is_scheduled_once() -> None:
    from django_q.models import Schedule  # app ready: the broker's table

    for _deploy in range(3):
        install_schedule()

    assert Schedule.objects.filter(name="forms.purge").count() == 1
