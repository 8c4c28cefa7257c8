"""The editor's preview: every mode shows the whole form, each person their own way, and hints beside the questions."""

import re
from typing import Any

import pytest
from django.test import RequestFactory

from forms.models import Form
from forms.personas import PERSONAS
from forms.preview import APPLICANT, IN, MODES, NO_SCRIPT, PAPER, PLAIN, SIZES, sketch
from tests.forms.forms_in_tests import block_id, make_form, page, question

pytestmark = pytest.mark.django_db


def small_form() -> Form:
    return make_form(
        page(
            "Vem",
            question("short_text", "Namn", name="namn"),
            question("yes_no", "Söker ni medel?", name="soker"),
            question("short_text", "LSG:s namn", name="lsg", required=False),
        ),
        page(
            "Belopp",
            question("money", "Belopp", name="belopp", shown_if="soker"),
            question("computed", "Hälften", name="halften", expression="belopp / 2", decimals=0, unit="kr"),
            shown_if="soker",
        ),
        page("Sist", question("long_text", "Övrigt", name="ovrigt", required=False)),
    )


def shown(form: Form, mode: str) -> str:
    request = RequestFactory().get("/")
    return form.serve_preview(request, mode).content.decode()


@pytest.mark.parametrize("mode", [mode for mode, _label in MODES])
def test_every_mode_draws_the_form(mode: str) -> None:
    html = shown(small_form(), mode)

    assert "Namn" in html
    assert "Sist" in html


def test_everything_is_shown_with_conditions_in_words_and_hints_at_the_question() -> None:
    html = shown(small_form(), PLAIN)

    assert html.count("data-sheet") == 3
    assert "soker" in html
    assert re.search(r'id="[^"]*lsg"[\s\S]*preview-hints[\s\S]*[“”]LSG”', html)


def test_without_javascript_no_script_may_run() -> None:
    form = small_form()

    response: Any = form.serve_preview(RequestFactory().get("/"), NO_SCRIPT)

    assert response._csp_replace == {"script-src": ["'none'"]}
    assert "<noscript>" in response.content.decode()
    assert not hasattr(form.serve_preview(RequestFactory().get("/"), PLAIN), "_csp_replace")


def test_the_applicant_meets_live_conditions_over_all_pages() -> None:
    form = small_form()

    logic = sketch(form, APPLICANT)["logic"]
    html = shown(form, APPLICANT)

    money = next(one for one in logic["questions"] if one["name"] == "q-belopp")
    assert money["shown_if"][0] == "and"
    assert {one["page"] for one in logic["questions"]} == {logic["page"]}
    assert "forms/preview.js" in html
    assert 'id="form-logic"' in html


def test_on_paper_there_are_lines_instead_of_inputs() -> None:
    html = shown(small_form(), PAPER)

    assert "Belopp" in html
    assert 'name="q-' not in html


def test_each_person_fills_in_the_same_answers_every_time_and_shows_the_way() -> None:
    form = small_form()

    ways = {one.key: sketch(form, f"as-{one.key}") for one in PERSONAS}
    again = {one.key: sketch(form, f"as-{one.key}") for one in PERSONAS}

    assert [way["way"] for way in ways.values()] == [way["way"] for way in again.values()]
    assert ways["ada"]["way"]["answered"] == ways["ada"]["way"]["asked"]
    assert ways["omar"]["way"]["answered"] < ways["omar"]["way"]["asked"]
    assert "form-preview--large" in shown(form, "as-siv")


def test_the_preview_is_as_wide_as_a_phone_a_tablet_and_a_computer() -> None:
    form = small_form()

    assert [size["device_width"] for size in form.preview_sizes] == [390, 768, 1280]
    assert form.default_preview_size in {size["name"] for size in SIZES}


def test_a_form_in_several_languages_is_previewed_in_each() -> None:
    form = small_form()
    name, amount = block_id("namn"), block_id("belopp")
    form.translations = {"en": {f"{name}.label": "Your name", ".title": "Apply"}, "sv": {".title": "Ansök"}, "de": {}}

    html = shown(form, f"{IN}en")
    sketched = sketch(form, f"{IN}en")

    assert [mode for mode, _label in form.preview_modes if mode.startswith(IN)] == [f"{IN}en"]
    assert '<html lang="en"' in html
    for text in ("Your name", "<h1>Apply</h1>", "Belopp", "About personal data", "2 of "):
        assert text in html, text
    assert re.search(r'lang="sv"', html), "what is not translated says its own language"
    assert {one["name"] for one in sketched["logic"]["questions"]} >= {"q-belopp"}, "conditions live in every language"
    assert amount in {question["id"] for question in sketched["logic"]["questions"]}
    assert "Your name" not in shown(form, APPLICANT)


def test_a_language_the_form_is_not_offered_in_is_its_own() -> None:
    form = small_form()

    assert form.preview_modes == MODES
    assert '<html lang="sv"' in shown(form, f"{IN}en")


def test_an_empty_form_says_so_in_every_mode() -> None:
    form = make_form()

    assert {len(sketch(form, mode)["sheets"]) for mode, _label in MODES} == {0}
