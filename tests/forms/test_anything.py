"""Anything may be posted to any form: a defined answer, nothing wrong stored, and what was typed back again."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms import traps
from forms.fields import FIELDS
from forms.models import Form, FormSettings, FormVersion, Submission
from forms.runtime import FormRuntime
from forms.runtime.page_form import MAX_RAW
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
    for draft in Submission.objects.filter(version=version):
        for field_id, stored in draft.answers.items():
            found = runtime.questions[field_id]
            assert isinstance(found.kind.display(found.field, stored), str)
            assert len(found.kind.cells(found.field, stored)) == len(found.kind.columns(found.field))
            if not found.takes_files and found.is_asked:
                found.form_field.prepare_value(found.kind.from_json(found.field, stored))
        runtime.path(draft.answers)


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


def typed_back(html: str) -> str:
    """The page as text, with what stands in its inputs."""
    return unescape(html)


def test_what_was_typed_wrongly_stands_there_again() -> None:
    application()
    browser = Client()

    response = browser.post(ADDRESS, {"q-organisation": "Åsa & <Bo>", "q-email": "inte en adress", "q-namn": "Ada"})

    text = typed_back(response.content.decode())
    assert response.status_code == 200
    assert all(value in text for value in ("Åsa & <Bo>", "inte en adress", "Ada"))


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
