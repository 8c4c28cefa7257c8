"""Editors reach the pages of their own association and no others."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from pages.models import FormPage
from records.roles import roles
from tests.forms.forms_in_tests import make_form
from tests.pages import places

pytestmark = pytest.mark.django_db


def _editor(association: Any, name: str) -> Client:
    user = get_user_model().objects.create_user(f"{name}@example.org")
    roles.assign(user, association.collection, "editor")
    client = Client()
    client.force_login(user)
    return client


def test_an_editor_edits_at_home_and_nowhere_else() -> None:
    hoglandet = places.association()
    klaralvdalen = places.association("Klarälvdalen", "klaralvdalen")
    own, foreign = places.section(hoglandet, "Vår sida"), places.section(klaralvdalen, "Deras sida")
    dag = _editor(hoglandet, "dag")

    def status(page: Page) -> int:
        return dag.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code

    assert status(own) == 200
    assert status(hoglandet) == 200
    assert status(foreign) != 200
    assert status(klaralvdalen) != 200
    assert status(places.portal()) != 200


def test_an_editor_cannot_choose_which_collection_the_association_is() -> None:
    hoglandet = places.association()
    dag = _editor(hoglandet, "dag")

    said = dag.get(reverse("wagtailadmin_pages:edit", args=[hoglandet.pk])).content.decode()

    assert 'name="collection"' not in said


@pytest.mark.parametrize("page_type", ["sectionpage", "projectindexpage", "formpage", "contactpage", "privacypage"])
def test_an_editor_can_begin_every_kind_of_page(page_type: str) -> None:
    hoglandet = places.association()
    dag = _editor(hoglandet, "dag")

    response = dag.get(reverse("wagtailadmin_pages:add", args=["pages", page_type, hoglandet.pk]))

    assert response.status_code == 200


def test_a_new_association_gets_its_collection_and_roles() -> None:
    home = places.portal()
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("astrid@example.org"))
    body = {
        "title": "Värend",
        "slug": "varend",
        "about-count": 0,
        "action-publish": "1",
        "board": "null",
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
    }
    for relation in ("municipalities", "meetings"):
        body |= {f"{relation}-TOTAL_FORMS": 0, f"{relation}-INITIAL_FORMS": 0}

    response = client.post(reverse("wagtailadmin_pages:add", args=["pages", "associationpage", home.pk]), body)

    assert response.status_code == 302
    varend = Page.objects.get(slug="varend").specific
    assert varend.collection.name == "Värend"
    assert set(roles.groups(varend.collection)) >= {"editor", "officer", "chair"}


def test_a_page_cannot_lead_to_the_form_of_another_association() -> None:
    hoglandet = places.association()
    klaralvdalen = places.association("Klarälvdalen", "klaralvdalen")
    foreign = make_form(collection=klaralvdalen.collection)
    form_class = FormPage.get_edit_handler().get_form_class()

    form = form_class(
        {
            "title": "Ansök",
            "slug": "ansok",
            "form": foreign.pk,
            "body-count": 0,
            "what_you_need": "null",
            "whom_to_ask": "null",
        },
        instance=FormPage(),
        parent_page=hoglandet,
    )

    assert not form.is_valid()
    assert form.errors["form"] == ["Välj ett formulär som hör till samma förbund som sidan."]


def test_two_associations_may_have_the_same_name() -> None:
    first = places.association("Norra", "norra")
    second = places.association("Norra", "norra-dalarna")

    assert roles.groups(first.collection)["editor"] != roles.groups(second.collection)["editor"]
