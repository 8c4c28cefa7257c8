"""Who may do what where: Ada administers Höglandet, Dag belongs to Klarälvdalen."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from wagtail.models import Collection

from records.policy import ScopedPolicy, collections_with, has, users_with
from records.roles import roles

pytestmark = pytest.mark.django_db

INVITE = "records.invite_user"


@pytest.fixture
def hoglandet(db: None) -> Collection:
    collection = Collection.get_first_root_node().add_child(name="Höglandet")
    roles.create(collection, "Höglandet")
    return collection


@pytest.fixture
def klaralvdalen(db: None) -> Collection:
    collection = Collection.get_first_root_node().add_child(name="Klarälvdalen")
    roles.create(collection, "Klarälvdalen")
    return collection


def person(email: str, **fields: object) -> object:
    return get_user_model().objects.create_user(email, "samsyn-demo", **fields)


def test_an_administrator_holds_rights_in_her_own_association_only(
    hoglandet: Collection, klaralvdalen: Collection
) -> None:
    ada = person("ada@example.org")

    roles.assign(ada, hoglandet, "administrator")

    assert has(ada, INVITE, hoglandet)
    assert not has(ada, INVITE, klaralvdalen)
    assert list(collections_with(ada, INVITE)) == [hoglandet]
    assert list(users_with(INVITE, hoglandet)) == [ada]
    assert list(users_with(INVITE, klaralvdalen)) == []


def test_a_right_reaches_down_to_collections_below(hoglandet: Collection) -> None:
    ada = person("ada@example.org")
    roles.assign(ada, hoglandet, "administrator")

    below = hoglandet.add_child(name="Bilder")

    assert has(ada, INVITE, below)
    assert list(users_with(INVITE, below)) == [ada]


def test_a_superuser_may_everything_and_the_inactive_and_the_anonymous_nothing(hoglandet: Collection) -> None:
    root = person("root@example.org", is_superuser=True)
    gone = person("gone@example.org", is_active=False)
    gone_root = person("gone-root@example.org", is_active=False, is_superuser=True)
    roles.assign(gone, hoglandet, "administrator")

    assert has(root, INVITE, hoglandet)
    assert hoglandet in collections_with(root, INVITE)
    for nobody in (gone, gone_root, AnonymousUser()):
        assert not has(nobody, INVITE, hoglandet)
        assert not collections_with(nobody, INVITE).exists()
    assert list(users_with(INVITE, hoglandet)) == []
    assert list(users_with(INVITE, hoglandet, superusers=True)) == [root]


def test_rights_are_read_once_for_each_user_object(
    hoglandet: Collection, klaralvdalen: Collection, django_assert_num_queries: object
) -> None:
    ada = person("ada@example.org")
    roles.assign(ada, hoglandet, "administrator")

    with django_assert_num_queries(1):
        for _again in range(5):
            has(ada, INVITE, hoglandet)
            has(ada, "wagtailimages.add_image", klaralvdalen)
            collections_with(ada, INVITE)


def test_taking_a_role_away_is_felt_at_once(hoglandet: Collection) -> None:
    ada = person("ada@example.org")
    roles.assign(ada, hoglandet, "administrator")
    assert has(ada, INVITE, hoglandet)

    roles.remove(ada, hoglandet, "administrator")

    assert not has(ada, INVITE, hoglandet)


def test_making_roles_again_changes_nothing(hoglandet: Collection) -> None:
    before = roles.groups(hoglandet)

    assert roles.create(hoglandet, "Höglandet") == before


def test_only_those_who_work_in_the_admin_may_enter_it(hoglandet: Collection) -> None:
    entering = {
        role
        for role, group in roles.groups(hoglandet).items()
        if group.permissions.filter(codename="access_admin").exists()
    }

    assert entering == {"administrator", "editor", "officer"}


def test_a_right_that_no_model_declares_is_refused_when_roles_are_made(db: None) -> None:
    from records.roles import Roles

    mistaken = Roles()
    mistaken.grant("officer", "forms.no_such_right")
    collection = Collection.get_first_root_node().add_child(name="Södra Lappland")

    with pytest.raises(LookupError, match=r"forms\.no_such_right"):
        mistaken.create(collection, "Södra Lappland")


def test_a_model_without_an_association_has_no_policy() -> None:
    with pytest.raises(TypeError):
        ScopedPolicy(get_user_model()).user_has_permission(AnonymousUser(), "change")
