"""Every list in the admin, found by itself, asks the database as often for three rows as for one."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from wagtail.snippets.models import get_snippet_models

from records.scope import Scoped
from tests import samples
from tests.workflows.factories import association

pytestmark = pytest.mark.django_db

MODELS = sorted(
    (model for model in samples.SAMPLES if issubclass(model, Scoped) and model._meta.app_label != "scoped"),
    key=lambda model: str(model._meta.label_lower),
)


def address_of(model: type[Model]) -> str | None:
    """Where the rows of the model are listed in the admin; None where they are not."""
    label = f"{model._meta.app_label}_{model._meta.model_name}"
    if model in get_snippet_models():
        return reverse(f"wagtailsnippets_{label}:list")
    try:
        return reverse(f"{label}_modeladmin_index")
    except NoReverseMatch:
        return None


def queries(client: Client, address: str) -> int:
    """How many queries the list makes, once what is remembered between requests is remembered."""
    for _warm in range(2):
        with CaptureQueriesContext(connection) as made:
            response: Any = client.get(address)
    assert response.status_code == 200
    return len(made)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_three_rows_cost_what_one_row_costs(model: type[Model]) -> None:
    address = address_of(model)
    if address is None:
        assert model._meta.label_lower not in LISTS
        return
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("root@samsyn.example", "long enough password"))
    samples.SAMPLES[model](association("Höglandet"))
    one = queries(client, address)

    for number in (2, 3):
        samples.SAMPLES[model](association(f"Förbund {number}"))

    assert queries(client, address) == one


LISTS = {
    "forms.form",
    "forms.choicelist",
    "forms.formsettings",
    "forms.submission",
    "workflows.workflow",
    "workflows.registryseries",
    "workflows.matter",
    "workflows.task",
    "records.message",
    "records.mailtext",
}


def test_every_list_that_staff_have_is_among_them() -> None:
    assert {model._meta.label_lower for model in MODELS if address_of(model)} >= LISTS
