"""Prepared queries answer as the queries they were made of, also when the rows have changed."""

from typing import Any

import pytest
from wagtail.models import Collection

from records.models import EventStream
from records.prepared import Prepared

pytestmark = pytest.mark.django_db

NAMED = Prepared(lambda name: Collection.objects.filter(name=name, depth=2).order_by("pk")[:1], "a name")


def test_it_finds_what_is_there_now(django_assert_num_queries: Any) -> None:
    assert NAMED.first("Alm") is None
    alm = Collection.get_first_root_node().add_child(name="Alm")
    Collection.get_first_root_node().add_child(name="Björk")

    with django_assert_num_queries(2):
        assert NAMED.first("Alm") == alm
        assert NAMED.first("Björk").name == "Björk"

    Collection.objects.filter(pk=alm.pk).update(name="Ek")
    assert NAMED.first("Alm") is None
    assert NAMED.first("x' OR 1=1 --") is None


def test_a_place_that_is_not_in_the_query_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not hold"):
        Prepared(lambda _name: Collection.objects.all(), "a name").all("Alm")


def test_keys_are_given_as_they_are() -> None:
    event = EventStream.objects.create(name="prov")
    by_id = Prepared(lambda name, pk: EventStream.objects.filter(name=name, pk=pk), "a name", -1)

    assert by_id.all("prov", event.pk) == [event]
    assert by_id.all("annat", event.pk) == []
