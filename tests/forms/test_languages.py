"""A form in several languages: chosen by the visitor, kept by the draft, told where something is not translated."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from forms.models import Form
from forms.translations import texts_of
from records.roles import roles
from tests.forms.forms_in_tests import block_id, edited, make_form, page, question
from tests.forms.journey_in_tests import Visitor, draft, mails
from tests.records.factories import person

pytestmark = pytest.mark.django_db

NAME, WAY, MAIL = block_id("namn"), block_id("satt"), block_id("email")
ENGLISH = {
    ".title": "Application for funds",
    ".texts.intro": "Here you apply.",
    f"{block_id('page', 'Uppgifter')}.title": "Details",
    f"{NAME}.label": "Your name",
    f"{NAME}.error": "Write your name, please.",
    f"{WAY}.label": "How?",
    "enskilt.label": "Alone",
}


@pytest.fixture
def form(settings: Any) -> Form:
    """A Swedish form with most of it in English."""
    settings.FORMS_SHORTEST_SECONDS = 0
    made = make_form(
        page(
            "Uppgifter",
            question("short_text", "Ditt namn", name="namn", error="Skriv ditt namn."),
            question(
                "one_of",
                "Hur?",
                name="satt",
                choices=[{"label": "Enskilt", "key": "enskilt"}, {"label": "I grupp", "key": "grupp"}],
            ),
            question("email", "E-post", name="email", required=False),
        ),
        title="Ansökan om medel",
        slug="medel",
        intro="Här söker ni medel.",
        contact_email_field="email",
        translations={"en": ENGLISH},
    )
    made.get_latest_revision().publish()
    return Form.objects.get(pk=made.pk)


def test_the_form_is_read_and_filled_in_in_the_language_chosen(form: Form) -> None:
    ada = Visitor()
    swedish = ada.get("/formular/medel/").content.decode()
    ada.post("/formular/medel/sprak/", {"language": "en"})
    begin = ada.get("/formular/medel/").content.decode()
    html = ada.get("/formular/medel/1/").content.decode()
    wrong = ada.fill("medel", 1, {"q-namn": ""}).content.decode()

    assert '<html lang="sv"' in swedish
    assert "Ansökan om medel" in swedish
    assert '<html lang="en"' in begin
    assert "Application for funds" in begin
    for text in ("Your name", "How?", "Alone", "Save and continue", "Some of this is only available in Swedish."):
        assert text in html, text
    assert re.search(r'id="q-email"[^>]*lang="sv"', html), "what is not translated says its own language"
    assert "Write your name, please." in wrong
    assert Client().get("/formular/medel/1/").content.decode().count("Ditt namn") == 1


def test_changing_language_on_a_page_keeps_what_was_typed(form: Form) -> None:
    ada = Visitor()
    address = "/formular/medel/1/"
    hidden = ada.hidden(ada.get(address).content.decode())

    response = ada.post(address, {**hidden, "q-namn": "Ada Alm", "language": "en"})
    html = ada.get(response.url).content.decode()

    assert response.url == address
    assert 'value="Ada Alm"' in html
    assert "Your name" in html
    assert draft().language == "en"


def test_the_receipt_and_its_copies_are_in_the_language_it_was_sent_in(form: Form) -> None:
    ada = Visitor()
    ada.post("/formular/medel/sprak/", {"language": "en"})
    ada.fill("medel", 1, {"q-namn": "Ada", "q-satt": "enskilt", "q-email": "ada@example.se"})
    ada.send("medel")

    (mail,) = mails("forms.receipt")
    copy = ada.get(f"/formular/kvitto/{draft().key}/kopia/").content.decode()
    assert (draft().language, draft().answers[WAY]) == ("en", "enskilt")
    assert mail.subject.startswith("We have received “Application for funds”")
    assert "Alone" in copy


def test_staff_translate_side_by_side_and_publishing_shows_it(form: Form) -> None:
    roles.create(form.collection, "Höglandet")
    bo = person("bo@hoglandet.example")
    roles.assign(bo, form.collection, "officer")
    browser = Client()
    browser.force_login(bo)
    address = reverse("forms_form_languages", args=[form.pk, "en"])
    total = len(texts_of(form.version.compiled))

    before = browser.get(address).content.decode()
    browser.post(address, {f"{MAIL}.label": "E-mail", f"{NAME}.label": "Full name", f"{WAY}.label": ""})

    saved = Form.objects.get(pk=form.pk).get_latest_revision_as_object()
    assert f"{len(ENGLISH)} av {total} texter är översatta" in before
    assert saved.translations["en"][f"{MAIL}.label"] == "E-mail"
    assert f"{WAY}.label" not in saved.translations["en"]
    assert "Your name" in str(form.version.compiled["languages"]), "nothing public has changed"
    saved.get_latest_revision().publish()
    ada = Visitor()
    ada.post("/formular/medel/sprak/", {"language": "en"})
    assert "Full name" in ada.get("/formular/medel/1/").content.decode()
    assert browser.get(reverse("forms_form_languages", args=[form.pk, "sv"])).status_code == 404


def test_a_text_that_is_gone_is_not_published(form: Form) -> None:
    draft_of = edited(form, translations={"en": {**ENGLISH, "nothing.label": "Gone", f"{NAME}.nothing": "Gone"}})
    draft_of.get_latest_revision().publish()

    assert "Gone" not in str(Form.objects.get(pk=form.pk).version.compiled)


def test_a_language_the_form_lacks_is_not_chosen(form: Form) -> None:
    ada = Visitor()
    ada.post("/formular/medel/sprak/", {"language": "de"})

    assert '<html lang="sv"' in ada.get("/formular/medel/").content.decode()
