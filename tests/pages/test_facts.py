"""What other rooms learn about an association from its page."""

import pytest
from django.test import Client
from wagtail.models import Collection

from pages.queries import association_facts
from records.association import AssociationFacts, facts
from tests.pages import places

pytestmark = pytest.mark.django_db


def test_the_page_tells_name_and_how_to_reach_the_association() -> None:
    hoglandet = places.association(phone="0980-31 92 10")

    assert facts(hoglandet.collection) == AssociationFacts(
        name="Höglandets samordningsförbund",
        short_name="Höglandets",
        email="kansli@hoglandet.example",
        phone="0980-31 92 10",
        url="http://localhost/hoglandet/",
        slug="hoglandet",
    )


def test_a_changed_phone_number_is_known_at_once() -> None:
    hoglandet = places.association(phone="0980-31 92 10")
    facts(hoglandet.collection)

    hoglandet.phone = "0980-31 92 11"
    hoglandet.save()

    assert facts(hoglandet.collection).phone == "0980-31 92 11"


def test_a_collection_without_a_page_has_no_facts_here() -> None:
    collection = Collection.objects.get(depth=1).add_child(name="Utan sida")

    assert association_facts(collection) is None
    assert facts(collection).name == "Utan sida"


def test_the_header_follows_a_renamed_page(client: Client) -> None:
    hoglandet = places.association()
    client.get("/hoglandet/")

    hoglandet.title = "Nya Höglandet"
    hoglandet.save_revision().publish()

    assert "Nya Höglandet" in client.get("/hoglandet/sok/").content.decode()
