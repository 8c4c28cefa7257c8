"""The start page of a form: what one needs to know before beginning, and whether one can."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from forms.actions.form import publish_form
from forms.models import Form
from pages.models import AccessibilityStatementPage, AssociationPage, FormPage
from tests.forms.forms_in_tests import make_form, page, question
from tests.pages import places

pytestmark = pytest.mark.django_db


def _form(association: AssociationPage, **values: object) -> Form:
    form = make_form(
        page("Sökande", question("short_text", "Organisation")),
        page("Budget", question("short_text", "Belopp")),
        collection=association.collection,
        **values,
    )
    publish_form(form=form)
    return Form.objects.get(pk=form.pk)


def _start(association: AssociationPage, form: Form | None) -> FormPage:
    return association.add_child(
        instance=FormPage(title="Ansök om medel", slug="ansok", form=form, what_you_need="<p>Budget</p>", featured=True)
    )


def test_an_open_form_is_presented_with_a_button(client: Client) -> None:
    hoglandet = places.association()
    form = _form(hoglandet, next_steps="Styrelsen beslutar.", contact="Bo, bo@hoglandet.example")
    start = _start(hoglandet, form)

    response = client.get(start.url)

    said = response.content.decode()
    assert response.context["state"] == "open"
    assert response.context["parts"] == ["Sökande", "Budget"]
    assert 'href="/formular/ansokan/1/"' in said
    assert "Styrelsen beslutar." in said
    assert "Vi sparar uppgifterna i två år." in said
    assert "mailto:bo@hoglandet.example" in said
    assert "Ansök om medel" in client.get("/hoglandet/").content.decode()


@pytest.mark.parametrize(
    ("opens", "closes", "state", "words"),
    [
        (-2, 2, "open", "Öppet till och med"),
        (2, None, "early", "Formuläret har inte öppnat än"),
        (-4, -2, "closed", "Formuläret är stängt"),
    ],
)
def test_the_page_says_when_the_form_is_open(
    client: Client, opens: int | None, closes: int | None, state: str, words: str
) -> None:
    hoglandet = places.association()
    now = timezone.now()
    form = _form(hoglandet)
    Form.objects.filter(pk=form.pk).update(
        opens_at=now + datetime.timedelta(days=opens) if opens else None,
        closes_at=now + datetime.timedelta(days=closes) if closes else None,
    )
    start = _start(hoglandet, Form.objects.get(pk=form.pk))

    response = client.get(start.url)

    assert response.context["state"] == state
    assert words in response.content.decode()
    assert ("/formular/ansokan/1/" in response.content.decode()) is (state == "open")


def test_a_form_not_yet_published_is_being_prepared(client: Client) -> None:
    hoglandet = places.association()
    start = _start(hoglandet, make_form(collection=hoglandet.collection))

    assert "Formuläret förbereds" in client.get(start.url).content.decode()


def test_an_unpublished_form_is_closed(client: Client) -> None:
    hoglandet = places.association()
    form = _form(hoglandet)
    form.unpublish()

    assert "Formuläret är stängt" in client.get(_start(hoglandet, form).url).content.decode()


def test_the_accessibility_statement_leads_to_its_form(client: Client) -> None:
    hoglandet = places.association()
    form = _form(hoglandet, slug="brist")
    statement = hoglandet.add_child(
        instance=AccessibilityStatementPage(
            title="Tillgänglighet", responsible="Höglandet", service="webbplatsen", feedback_form=form
        )
    )

    assert 'href="/formular/brist/1/"' in client.get(statement.url).content.decode()
