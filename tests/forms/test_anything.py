"""Anything may be posted to any form: a defined answer, nothing wrong stored, and what was typed back again."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from forms import traps
from forms.fields import FIELDS
from forms.models import Form, FormSettings, FormVersion, Submission
from forms.runtime import FormRuntime
from forms.runtime.page_form import MAX_RAW
from tests.forms.controls_in_tests import controls, posted
from tests.forms.forms_in_tests import make_form, page, question
from tests.forms.journey_in_tests import ACTION, APPLICANT, Visitor, application, by_name, draft

pytestmark = pytest.mark.django_db

DEFINED = {200, 302, 400, 403, 404, 409, 413, 429}
ADDRESS = "/formular/ansokan/1/"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(traps, "springs", lambda data: False)
    settings.FORMS_LIMITS = {"begin": (10**6, 600), "upload": (10**6, 600)}


@pytest.fixture
def everything() -> FormVersion:
    """A published form that asks a question of every kind."""
    asked = []
    for name, kind in FIELDS.items():
        if not kind.retired and kind.asks:
            wanted = {key: value for key, value in kind.example.settings.items() if key not in ("name", "shown_if")}
            label = f"{name} {wanted.pop('label', '')}"
            asked.append(question(name, label, **{"required": False, **wanted, "name": f"f_{name}"}))
    form = make_form(page("Allt", *asked), slug="allt")
    FormSettings.objects.create(collection=form.collection, allow_personal_numbers=True)
    form.get_latest_revision().publish()
    return FormVersion.objects.get(form=Form.objects.get(pk=form.pk))


NASTY = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["\x00", "a\x00b", "\ud800", "\u202e", "9" * 400, "-1e999", "NaN", "Infinity", "=1+1", "<script>", "2026-02-30"]
    ),
    st.sampled_from(["0001-01-01", "99999-12-31", "١٢", "½", "on", "other", "none", "null", "[]", "{}", "٠" * 50]),
    st.integers().map(str),
    st.floats().map(str),
)


def names(version: FormVersion) -> list[str]:
    """The names of inputs a browser could send for this form, and some that none would."""
    own = [found.html_name for found in FormRuntime.of(version).questions.values()]
    ends = ["", "-other", "-0", "-0-0", "-rows", "-1-belopp", "-TOTAL_FORMS", "-day", "-from", "-to", "-street"]
    return [f"{name}{end}" for name in own for end in ends] + [
        "add-row", "remove-row", "remove", "form-seen", "form-version", "form-nonce", "form-from", "form-live",
        "move-row", "q-", "q-finns-inte", "csrfmiddlewaretoken",
    ]  # fmt: skip


def check_stored(version: FormVersion) -> None:
    """Every stored answer is one that its kind would store again, and can be shown and exported."""
    runtime = FormRuntime.of(version)
    for row in Submission.objects.filter(version=version):
        for field_id, stored in row.answers.items():
            found = runtime.questions[field_id]
            assert isinstance(found.kind.display(found.field, stored), str)
            assert len(found.kind.cells(found.field, stored)) == len(found.kind.columns(found.field))
            if not found.takes_files and found.is_asked:
                found.form_field.prepare_value(found.kind.from_json(found.field, stored))
        runtime.path(row.answers)


def test_anything_at_all_has_an_answer_and_stores_nothing_wrong(everything: FormVersion) -> None:
    possible = names(everything)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(st.sampled_from(possible), st.lists(NASTY, min_size=1, max_size=3), max_size=25))
    def post(data: dict[str, list[str]]) -> None:
        clean = {name: [value.encode("utf-8", "surrogatepass") for value in values] for name, values in data.items()}
        browser = Client(raise_request_exception=True)

        response = browser.post("/formular/allt/1/", clean)

        assert response.status_code in DEFINED
        check_stored(everything)

    post()


ASKED = [name for name, kind in FIELDS.items() if kind.asks and not kind.retired and not kind.takes_files]
WORDS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=30),
    st.sampled_from(
        ["Åsa & <Bo>", 'ett "citat"', "1 200,50 kr", "2026-02-30", "inte en adress", "\nrad\r\n\trad ", "-0"]
    ),
    st.sampled_from(["2026-11-30", "12.30", "9" * 400, "0380-51 00 00", "212000-0142", "ada@example.se", "=1+1"]),
)


def a_form(kinds: list[str], required: bool) -> FormVersion:
    """A published form with these kinds on one page; the last is met only when the first question is answered yes."""
    asked = [question("yes_no", "Först", name="first", required=False)]
    for place, name in enumerate(kinds):
        wanted = {key: value for key, value in FIELDS[name].example.settings.items() if key not in ("name", "shown_if")}
        label = f"{place} {wanted.pop('label', '')}"
        condition = "first = true" if place and place == len(kinds) - 1 else ""
        asked.append(
            question(name, label, **{**wanted, "required": required, "name": f"f{place}_{name}", "shown_if": condition})
        )
    form = make_form(page("Allt", *asked))
    FormSettings.objects.create(collection=form.collection, allow_personal_numbers=True)
    form.get_latest_revision().publish()
    return FormVersion.objects.get(form=form.pk)


def filled_in(data: st.DataObject, html: str) -> dict[str, list[str]]:
    """What somebody posts who fills in the controls there are with whatever comes to mind."""
    typed = posted(html)
    for control in controls(html):
        if control.kind == "text" and not control.name.startswith("form-") and control.name != "website":
            typed[control.name] = (
                [data.draw(WORDS, label=control.name)]
                if data.draw(st.sampled_from([True, True, True, False]))
                else [""]
            )
        elif control.kind == "select":
            typed[control.name] = [data.draw(st.sampled_from(control.options))]
        elif control.kind == "check" and data.draw(st.booleans()):
            typed.setdefault(control.name, []).extend(control.options)
    return typed


def texts_in(html: str, typed: dict[str, list[str]], name: str) -> list[str]:
    """What was typed into the text controls of one question, as they stood on the page."""
    return [
        text
        for control in controls(html)
        if control.kind == "text" and (control.name == name or control.name.startswith(f"{name}-"))
        for text in typed.get(control.name, ())
        if any(letter.isprintable() and not letter.isspace() for letter in text)
    ]


def lines(text: str) -> str:
    """The text without space around it and with one kind of line break, which is all a browser tells apart."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def test_whatever_is_typed_into_any_form_stands_there_again() -> None:
    """Every text is there again as it was typed, or the answer it was taken for is, and nothing wrong is stored."""

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(st.data(), st.lists(st.sampled_from(ASKED), min_size=3, max_size=9), st.booleans())
    def fill(data: st.DataObject, kinds: list[str], required: bool) -> None:
        version = a_form(kinds, required)
        address = f"/formular/{version.form.slug}/1/"
        browser = Client()
        before = browser.get(address).content.decode()
        typed = filled_in(data, before)
        button = data.draw(st.sampled_from(["continue", "save", "add-row", "form-autosave"]), label="button")

        response = browser.post(address, {**typed, button: "1"})

        assert response.status_code in {200, 302}
        check_stored(version)
        kept = Submission.objects.get(version=version)
        pages = [browser.get(address).content.decode()]
        if response.status_code == 200 and button != "form-autosave":
            pages.append(response.content.decode())
        for after in pages:
            again = posted(after)
            for found in FormRuntime.of(version).pages[0].questions:
                name = found.html_name
                stands = [
                    lines(text) for key in again if key == name or key.startswith(f"{name}-") for text in again[key]
                ]
                if found.id not in kept.answers:
                    for text in texts_in(before, typed, name):
                        assert lines(text) in stands, (name, text)
        # The page posted as it stands is the same once more: nothing has become something else on the way.
        answers = kept.answers
        browser.post(address, {**posted(pages[0]), "form-autosave": "1"})
        kept.refresh_from_db()
        assert kept.answers == answers

    fill()


def test_lists_where_one_value_is_expected_and_one_where_lists_are() -> None:
    application()

    response = Client().post(ADDRESS, {"q-organisation": ["a", "b", "c"], "q-email": ["x@y.se", "z"], "q-namn": ""})

    assert response.status_code in DEFINED
    assert all(isinstance(value, str) for row in Submission.objects.all() for value in row.answers.values())


LONG = 10 * 1024 * 1024


@pytest.mark.parametrize("size", [200_000, LONG])
def test_very_much_text_stands_there_again_and_the_rest_is_saved(size: int) -> None:
    application()
    ada = Visitor()
    ada.fill("ansokan", 1, APPLICANT)
    text = "åx" * (size // 3)

    for button in ("continue", "save", "add-row"):
        response = ada.fill("ansokan", 1, {**APPLICANT, "q-namn": "Ada Ny", "q-organisation": text}, button=button)

        kept_with_the_draft = size < MAX_RAW and button == "save"
        assert response.status_code == (302 if kept_with_the_draft else 200)
        html = (ada.get(ADDRESS) if kept_with_the_draft else response).content.decode()
        assert f'value="{text}"' in html
    assert by_name(draft()) == {"email": "Ada@example.se", "namn": "Ada Ny"}
    assert len(str(draft().progress)) < 2 * MAX_RAW


def test_text_that_a_draft_has_no_room_for_is_not_called_saved() -> None:
    application()
    ada = Visitor()
    ada.fill("ansokan", 1, APPLICANT)
    typed = {**APPLICANT, "q-organisation": "x" * (MAX_RAW + 1), "q-email": "inte en adress", "q-namn": "Ada Ny"}

    response = ada.fill("ansokan", 1, typed, **{"form-autosave": "1"})

    assert response.status_code == 413
    assert by_name(draft()) == {"namn": "Ada Ny"}
    assert 'value="inte en adress"' in ada.get(ADDRESS).content.decode(), "what fits is kept"


@pytest.mark.parametrize("is_multipart", [True, False])
def test_more_than_is_read_of_any_page_is_said_and_what_was_saved_before_is_kept(
    is_multipart: bool, settings: Any
) -> None:
    application()
    ada = Visitor()
    ada.fill("ansokan", 1, APPLICANT)
    before = draft().answers
    much = {"q-organisation": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}
    many = {f"q-budget-{number}-kostnad": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}

    for data in (much, many):
        if is_multipart:
            response = ada.post(ADDRESS, data)
        else:
            response = ada.post(ADDRESS, urlencode(data), content_type="application/x-www-form-urlencoded")

        assert response.status_code == 413
        assert "bakåtknapp" in response.content.decode()
    assert draft().answers == before


def test_five_thousand_table_rows_are_all_there_again_and_those_that_fit_are_rows() -> None:
    application()
    ada = Visitor()
    ada.fill("ansokan", 1, APPLICANT)
    rows = {"q-budget-count": "5000"}
    for number in range(5_000):
        rows |= {f"q-budget-{number}-kostnad": f"Kostnad {number}", f"q-budget-{number}-belopp": str(number)}

    response = ada.fill("ansokan", 2, {**ACTION, **rows})

    for html in (response.content.decode(), ada.get("/formular/ansokan/2/").content.decode()):
        assert html.count("<tr data-row=") == 5
        assert "4995 rader till" in html
        fits, _label, beyond = html.partition("Rader som inte fick plats")
        assert [f'value="Kostnad {number}"' in fits for number in range(5)] == [True] * 5
        assert re.findall(r"Kostnad (\d+)\t(\d+)", unescape(beyond)) == [
            (str(number), str(number)) for number in range(5, 5_000)
        ]
    assert by_name(draft())["deltagare"] == 25
    assert "budget" not in by_name(draft())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x\r\n",
        b'--x\r\nContent-Disposition: form-data; name="q-namn"\r\n\r\nAda',
        b'--x\r\nContent-Disposition: form-data; name="q-bilagor"; filename="a\x00.pdf"\r\n\r\n%PDF\r\n--x--\r\n',
        b"\xff\xfe" * 400,
    ],
)
def test_a_torn_multipart_body_has_a_defined_answer(body: bytes) -> None:
    application()

    response = Client().generic("POST", ADDRESS, body, content_type="multipart/form-data; boundary=x")

    assert response.status_code in DEFINED


def test_a_file_where_text_is_expected_and_text_where_a_file_is() -> None:
    application()
    browser = Client()

    first = browser.post(ADDRESS, {"q-organisation": SimpleUploadedFile("a.txt", b"x"), "q-email": "a@b.se"})
    second = browser.post("/formular/ansokan/2/", {"q-bilagor": "ingen fil"})

    assert {first.status_code, second.status_code} <= DEFINED
    assert not re.search("Traceback", first.content.decode() + second.content.decode())
