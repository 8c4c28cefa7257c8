"""On paper: the copy of what was sent and the questions of a form, tagged so that they can be read aloud."""

import io
import re
from typing import Any

import pikepdf
import pytest
from django.test import Client

from forms import pdf
from forms.paper import blocks_of
from tests.forms.journey_in_tests import APPLICANT, Visitor, application, draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patient(settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0


@pytest.fixture
def ada() -> Visitor:
    application()
    visitor = Visitor()
    visitor.fill_all()
    visitor.send()
    return visitor


def assert_tagged(content: bytes, title: str, language: str = "sv") -> pikepdf.Pdf:
    """It says what it is, in which language, and how it hangs together."""
    document = pikepdf.open(io.BytesIO(content))
    root = document.Root
    assert root.MarkInfo.Marked
    assert str(root.Lang) == language
    assert "/StructTreeRoot" in root
    assert root.ViewerPreferences.DisplayDocTitle
    with document.open_metadata() as meta:
        assert meta["dc:title"] == title
        assert meta["pdfuaid:part"] == "1"
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
    return document


def test_the_copy_is_a_tagged_pdf_in_the_senders_language(ada: Visitor) -> None:
    response = ada.get(f"/formular/kvitto/{draft().key}/pdf/")

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")
    assert_tagged(response.content, "Ansökan om medel")
    assert pdf.of_submission(draft()) == response.content, "the same content gives the same bytes"


def test_the_copy_is_for_its_sender_alone(ada: Visitor) -> None:
    assert Client().get(f"/formular/kvitto/{draft().key}/pdf/").status_code == 302


def test_markup_and_strange_letters_are_only_text() -> None:
    application()
    ada = Visitor()
    ada.fill("ansokan", 1, {**APPLICANT, "q-organisation": '#panic("x") *b* $a$ \\ @ref <p> 😀 漢'})
    ada.fill_all()
    ada.fill("ansokan", 1, {**APPLICANT, "q-organisation": '#panic("x") *b* $a$ \\ @ref <p> 😀 漢'})
    ada.send()

    assert_tagged(pdf.of_submission(draft()), "Ansökan om medel")


def test_the_questions_can_be_read_on_paper_before_one_begins() -> None:
    application()

    begin = Client().get("/formular/ansokan/").content.decode()
    page = Client().get("/formular/ansokan/fragor/").content.decode()
    document = Client().get("/formular/ansokan/fragor/dokument/")

    assert 'href="/formular/ansokan/fragor/"' in begin
    for text in ("Vem medfinansierar?", "endast för vissa", "Kostnad", "○ </span>Ja"):
        assert text in re.sub(r"\s*\n\s*", "", page), text
    assert "<input" not in page.split("<main")[1]
    assert document["Content-Disposition"].startswith("attachment")
    assert "Vem medfinansierar?" in document.content.decode()
    assert_tagged(Client().get("/formular/ansokan/fragor/pdf/").content, "Ansökan om medel")


def test_whatever_is_drawn_on_the_screen_has_a_place_on_paper() -> None:
    html = (
        '<div class="choice"><input type="radio"><label>Ja</label></div><p class="visually-hidden">göm</p>'
        '<textarea rows="5">x</textarea><input type="hidden" value="h"><button>Ta bort</button>'
        '<table><thead><tr><th>Å</th><th class="number">B</th></tr></thead>'
        '<tbody><tr><th>1</th><td><input type="radio"></td></tr></tbody></table>'
    )

    choice, lines, table = blocks_of(html)

    assert choice == {"kind": "item", "runs": [["round", ""], ["text", "Ja"]]}
    assert lines == {"kind": "lines", "count": 5}
    assert [cell["runs"] for cell in table["rows"][0]] == [[["text", "1"]], [["round", ""]]]
    assert [cell["number"] for cell in table["header"]] == [False, True]
