"""Values that are there beforehand: from the address, from who is signed in; signed where they may not be changed."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from forms.fields import FIELDS
from forms.fields.prefilled import Known
from tests.forms.forms_in_tests import edited, field_of, make_form, page, question

pytestmark = pytest.mark.django_db


def published_form() -> Any:
    form = make_form(
        page(
            "Ni",
            question(
                "prefilled",
                "Kod",
                name="kod",
                source="address",
                parameter="kod",
                shown="read",
                allowed="kod-ett\nkod-tva",
            ),
            question("prefilled", "Namn", name="namn", source="person_name", shown="edit"),
            question("prefilled", "E-post", name="epost", source="person_email", shown="hidden"),
        )
    )
    form = edited(form)
    form.latest_revision.publish()
    form.refresh_from_db()
    return form


def test_a_parameter_of_the_address_is_kept_for_the_visit_and_only_if_allowed(client: Client) -> None:
    form = published_form()

    client.get(f"/formular/{form.slug}/?kod=kod-tva&annat=1")
    text = client.get(f"/formular/{form.slug}/1/").content.decode()
    assert "kod-tva" in text

    other = Client()
    other.get(f"/formular/{form.slug}/?kod=kod-tre")
    assert "kod-tre" not in other.get(f"/formular/{form.slug}/1/").content.decode()


def test_who_is_signed_in_is_filled_in_for_them_only(client: Client) -> None:
    form = published_form()
    person = get_user_model().objects.create_user("ada@example.se", first_name="Ada", last_name="Ek")
    client.force_login(person)

    text = client.get(f"/formular/{form.slug}/1/").content.decode()

    assert 'value="Ada Ek"' in text
    assert "ada@example.se:" in text
    assert "Ada Ek" not in Client().get(f"/formular/{form.slug}/1/").content.decode()


def test_what_may_not_be_changed_is_believed_only_as_the_server_wrote_it() -> None:
    field = field_of("prefilled", {"label": "Namn", "source": "person_name", "shown": "read"})
    other = {**field, "id": "another"}
    kind = FIELDS["prefilled"]
    form_field = kind.form_field(field)
    signed = kind.from_json(field, "Ada Ek")

    assert kind.to_json(field, form_field.clean(signed)) == "Ada Ek"
    for forged in ("Ada Ek", signed[:-1] + ("a" if signed[-1] != "a" else "b"), kind.from_json(other, "Ada Ek")):
        with pytest.raises(Exception, match=r"ändra|changed"):
            form_field.clean(forged)


def test_nobody_known_gives_nothing() -> None:
    for source in ("person_name", "person_email", "person_organisation", "matter", "address"):
        field = field_of("prefilled", {"label": "Namn", "source": source, "parameter": "x", "shown": "read"})
        assert FIELDS["prefilled"].prefill(field, Known(subject="matter:nobody")) is None
