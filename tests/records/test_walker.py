"""Nobody sees or changes what belongs to another association, at whatever address, as whatever role."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import transaction
from django.db.models import Model
from wagtail.models import Collection, Page

from records import policy
from records.admin import gate
from records.models.role import RoleGroup
from tests import samples
from tests.conftest import lay_ground
from tests.records import walker
from tests.records.walker import PLANTED, World

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    # Wagtail keeps filters of pictures in a dictionary of weak references that complains when it is emptied.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

EDITORS = (":list", ":edit", ":history", ":inspect")
EVERYBODY = [*RoleGroup.Role.values, "no role", "anonymous"]


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Both associations, made once for all walks of this process; each walk is undone when it ends."""
    with django_db_blocker.unblock(), transaction.atomic():
        lay_ground()
        yield walker.build()
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, db: None) -> World:
    cache.clear()
    return replace(built, people=dict(built.people))


def to_walk() -> list[walker.Address]:
    return [address for address in walker.addresses() if address.name not in samples.LISTED]


@pytest.mark.parametrize("who", EVERYBODY)
def test_people_of_another_association_see_and_change_nothing(world: World, who: str) -> None:
    leaks = walker.walk(world, who, to_walk())

    assert [str(leak) for leak in leaks] == []


def test_every_address_is_walked_or_listed_with_a_reason(world: World) -> None:
    unknown = [str(address) for address in to_walk() if walker.arguments(address, world) is None]

    assert unknown == []


def test_every_view_of_the_admin_has_been_looked_at() -> None:
    closed, known = tuple(gate.CLOSED), {*gate.RULES, *gate.OPEN_TO_ALL}
    unseen = [
        str(address)
        for address in walker.addresses()
        if address.route.startswith("admin/")
        and address.name
        and address.name not in known
        and not address.name.startswith(closed)
        and not gate.is_our_own(address.name, address.view)
    ]

    assert unseen == []


def test_every_row_of_the_house_belongs_to_an_association_or_says_why_not() -> None:
    homeless = [
        model._meta.label
        for model in house_models()
        if model not in walker.scoped_models() and model not in samples.UNSCOPED and not issubclass(model, Page)
    ]

    assert homeless == []


def test_every_scoped_model_has_a_policy_and_a_sample() -> None:
    lawless = [model._meta.label for model in walker.scoped_models() if model not in policy.registered()]
    unsampled = [model._meta.label for model in walker.scoped_models() if model not in samples.SAMPLES]

    assert lawless == []
    assert unsampled == []


def test_every_model_that_points_at_a_collection_is_scoped() -> None:
    stray = [
        model._meta.label
        for model in house_models()
        if not hasattr(model, "collection_path")
        and model not in samples.UNSCOPED
        and any(column.related_model is Collection for column in model._meta.concrete_fields)
    ]

    assert stray == []


def test_the_string_is_really_there(world: World) -> None:
    """Without this the walk could pass because there was nothing to see."""
    for model, row in world.planted.items():
        public = samples.PUBLIC.get(model, {})
        columns = [column.name for column in walker.text_columns(model) if column.name not in public]
        if model in walker.scoped_models() and "*" not in public and columns:
            assert PLANTED in "".join(str(getattr(row, name)) for name in columns), model


def test_the_walk_finds_what_a_superuser_sees(world: World) -> None:
    """The walker is only worth something if it notices: a superuser is shown the string in every list and editor."""
    world.people["superuser"] = get_user_model().objects.create_superuser("root@example.org")
    silent = {model for model in world.planted if not walker.text_columns(model)}
    lists_and_editors = [
        address
        for address in to_walk()
        if walker.model_of(address) not in silent
        and (
            (address.name.startswith("wagtailsnippets_") and address.name.endswith(EDITORS))
            or address.name.endswith(("_modeladmin_index", "_modeladmin_inspect"))
            or address.name
            in ("wagtailadmin_pages:edit", "wagtailimages:index", "wagtaildocs:index", "wagtailusers_users:edit")
        )
    ]

    seen = {
        leak.what.split()[3] for leak in walker.glance(world, "superuser", lists_and_editors) if "saw it" in leak.what
    }

    root = walker.client_for(world.people["superuser"])
    shown = [walker.url(address, (walker.arguments(address, world) or [{}])[0]) for address in lists_and_editors]
    expected = {path for path in shown if root.get(path).status_code == 200}
    assert expected - seen == set()


def house_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in walker.HOUSE]
