"""One question asked about while the page is being filled in: the server's own sentence, and nothing stored."""

from typing import Any

import pytest

from forms.models import Submission
from tests.forms.journey_in_tests import ACTION, APPLICANT, Visitor, application, draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _form(settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0
    application()


def ask(visitor: Visitor, number: int, name: str, answers: dict[str, str]) -> Any:
    """Leave a question."""
    address = f"/formular/ansokan/{number}/"
    hidden = visitor.hidden(visitor.get(address).content.decode())
    return visitor.post(address, {**hidden, **answers, "form-check": name})


def test_the_sentence_is_the_one_the_page_would_say_and_nothing_is_stored() -> None:
    ada = Visitor()
    wrong = {**APPLICANT, "q-email": "ada@"}

    said = ask(ada, 1, "q-email", wrong).json()
    page = ada.fill("ansokan", 1, wrong).content.decode()

    assert said["error"] == "Fel:"
    assert said["sentence"] in page
    assert Submission.objects.count() == 1, "only the page itself makes a draft"
    assert ask(ada, 1, "q-email", APPLICANT).json()["sentence"] == ""


def test_asking_changes_nothing_in_a_draft() -> None:
    ada = Visitor()
    ada.fill("ansokan", 1, APPLICANT)
    before = draft()

    said = ask(ada, 2, "q-deltagare", {**ACTION, "q-deltagare": "många"}).json()

    assert said["sentence"]
    assert (draft().answers, draft().progress, draft().saves) == (before.answers, before.progress, before.saves)


@pytest.mark.parametrize("name", ["", "q-nothing", "q-bilagor", "q-summa"])
def test_what_is_not_asked_gets_no_sentence(name: str) -> None:
    ada = Visitor()
    ada.fill("ansokan", 1, APPLICANT)

    assert ask(ada, 2, name, ACTION).json() == {}


def test_asking_too_often_is_refused_without_disturbing(settings: Any) -> None:
    settings.FORMS_LIMITS = {"check": (1, 60)}
    ada = Visitor()
    ask(ada, 1, "q-email", APPLICANT)

    response = ask(ada, 1, "q-email", APPLICANT)

    assert (response.status_code, response.json()) == (429, {})
