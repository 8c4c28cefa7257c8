"""Ada administers Höglandet and invites Bo; Dag administers Klarälvdalen; nobody takes more than they have."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection, GroupCollectionPermission

from records import invite
from records.errors import NotAllowed
from records.models import Event, Message, RoleGroup
from records.roles import roles
from tests.records.factories import association, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def hoglandet(db: None) -> Collection:
    collection = association("Höglandet")
    roles.create(collection, "Höglandet")
    return collection


@pytest.fixture
def klaralvdalen(db: None) -> Collection:
    collection = association("Klarälvdalen")
    roles.create(collection, "Klarälvdalen")
    return collection


@pytest.fixture
def ada(hoglandet: Collection) -> Any:
    user = person("ada@hoglandet.example", first_name="Ada", last_name="Ek")
    roles.assign(user, hoglandet, "administrator")
    return user


def test_ada_invites_bo_who_gets_an_account_a_role_and_a_mail(ada: Any, hoglandet: Collection) -> None:
    bo = invite.invite(
        by=ada, collection=hoglandet, email=" Bo@Example.org", give=["officer", "editor"], first_name="Bo"
    )

    mail = Message.objects.get(kind="records.invitation")
    event = Event.objects.get(type="person.invited")
    assert (bo.email, bo.first_name, bo.has_usable_password()) == ("bo@example.org", "Bo", False)
    assert roles.of(bo, hoglandet) == {"officer", "editor"}
    assert (mail.to, mail.collection) == ("bo@example.org", hoglandet)
    assert "Ada Ek" in mail.body
    assert "/konto/kod/" in mail.body
    assert event.transition == {"person": str(bo.key), "roles": ["editor", "officer"]}
    assert event.actor_key == str(ada.key)


def test_inviting_twice_is_inviting_once(ada: Any, hoglandet: Collection) -> None:
    for _again in range(2):
        invite.invite(by=ada, collection=hoglandet, email="bo@example.org", give=["officer"])

    assert (Message.objects.count(), Event.objects.count()) == (1, 1)


def test_somebody_with_an_account_keeps_name_and_rights_elsewhere(
    ada: Any, hoglandet: Collection, klaralvdalen: Collection
) -> None:
    dag = person("dag@klaralvdalen.example", first_name="Dag", last_name="Dal")
    roles.assign(dag, klaralvdalen, "administrator")

    invite.invite(by=ada, collection=hoglandet, email=dag.email, give=["member"], first_name="Mallory")

    dag.refresh_from_db()
    assert dag.get_full_name() == "Dag Dal"
    assert (roles.of(dag, hoglandet), roles.of(dag, klaralvdalen)) == ({"member"}, {"administrator"})


def test_dag_cannot_invite_into_another_association(hoglandet: Collection, klaralvdalen: Collection) -> None:
    dag = person("dag@klaralvdalen.example")
    roles.assign(dag, klaralvdalen, "administrator")

    with pytest.raises(NotAllowed):
        invite.invite(by=dag, collection=hoglandet, email="dag@klaralvdalen.example", give=["member"])

    assert roles.of(dag, hoglandet) == set()


def test_an_officer_who_may_invite_gives_no_more_than_she_has(hoglandet: Collection) -> None:
    cy = person("cy@hoglandet.example")
    roles.assign(cy, hoglandet, "officer")
    GroupCollectionPermission.objects.create(
        group=roles.groups(hoglandet)["officer"],
        collection=hoglandet,
        permission=Permission.objects.get(codename="invite_user"),
    )
    cy = get_user_model().objects.get(pk=cy.pk)

    invite.invite(by=cy, collection=hoglandet, email="bo@example.org", give=["officer"])
    for more in ("administrator", "chair"):
        with pytest.raises(NotAllowed):
            invite.invite(by=cy, collection=hoglandet, email="cy@hoglandet.example", give=[more])
        with pytest.raises(NotAllowed):
            invite.invite(by=cy, collection=hoglandet, email="bo@example.org", give=["officer", more])

    assert roles.of(cy, hoglandet) == {"officer"}
    assert invite.giveable(cy, hoglandet) == ["officer"]


def test_superusers_are_left_alone(ada: Any, hoglandet: Collection) -> None:
    root = person("root@example.org", is_superuser=True)
    roles.assign(root, hoglandet, "officer")

    with pytest.raises(NotAllowed):
        invite.invite(by=ada, collection=hoglandet, email=root.email, give=["member"])
    with pytest.raises(NotAllowed):
        invite.remove(by=ada, collection=hoglandet, person=root, role="officer")

    assert roles.of(root, hoglandet) == {"officer"}


def test_a_closed_account_is_not_opened_by_an_invitation(ada: Any, hoglandet: Collection) -> None:
    person("gone@example.org", is_active=False)

    with pytest.raises(NotAllowed):
        invite.invite(by=ada, collection=hoglandet, email="gone@example.org", give=["member"])


def test_a_group_with_rights_beyond_the_association_is_not_given(
    ada: Any, hoglandet: Collection, klaralvdalen: Collection
) -> None:
    officer, editor = roles.groups(hoglandet)["officer"], roles.groups(hoglandet)["editor"]
    permission = Permission.objects.get(codename="invite_user")
    GroupCollectionPermission.objects.create(group=officer, collection=klaralvdalen, permission=permission)
    editor.permissions.add(Permission.objects.get(codename="change_user"))

    for role in ("officer", "editor"):
        with pytest.raises(NotAllowed):
            invite.invite(by=ada, collection=hoglandet, email="bo@example.org", give=[role])


def test_the_last_administrator_stays(ada: Any, hoglandet: Collection) -> None:
    with pytest.raises(NotAllowed):
        invite.remove(by=ada, collection=hoglandet, person=ada, role="administrator")
    bo = invite.invite(by=ada, collection=hoglandet, email="bo@example.org", give=["administrator"])

    invite.remove(by=bo, collection=hoglandet, person=ada, role="administrator")

    assert roles.of(ada, hoglandet) == set()
    assert Event.objects.filter(type="person.role_removed").get().transition == {
        "person": str(ada.key),
        "roles": ["administrator"],
    }


def test_ada_does_it_in_the_admin(client: Client, ada: Any, hoglandet: Collection) -> None:
    client.force_login(ada)
    here = reverse("records_people", args=[hoglandet.pk])

    straight = client.get(reverse("records_associations"))
    wrong = client.post(here, {"email": "not an address", "roles": ["officer"]})
    sent = client.post(here, {"email": "bo@example.org", "first_name": "Bo", "last_name": "Al", "roles": ["officer"]})
    listed = client.get(here)
    bo = get_user_model().objects.get(email="bo@example.org")
    taken = client.post(reverse("records_take_role", args=[hoglandet.pk]), {"person": bo.pk, "role": "officer"})

    assert straight.url == here
    assert (wrong.status_code, b"not an address" in wrong.content) == (422, True)
    assert (sent.status_code, sent.url) == (302, here)
    assert "Bo Al" in listed.content.decode()
    assert (taken.url, roles.of(bo, hoglandet)) == (here, set())


def test_the_list_costs_the_same_for_one_and_for_many(
    ada: Any, hoglandet: Collection, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        invite.colleagues(hoglandet)
    for number in range(5):
        roles.assign(person(f"p{number}@example.org"), hoglandet, "member")

    with django_assert_num_queries(2):
        invite.colleagues(hoglandet)


@pytest.mark.parametrize("name", ["wagtailusers_users:index", "wagtailusers_users:add", "wagtailusers_groups:index"])
def test_wagtails_own_screens_of_people_are_for_superusers_only(client: Client, ada: Any, name: str) -> None:
    client.force_login(ada)
    refused = client.get(reverse(name))
    client.force_login(person("root@example.org", is_superuser=True))
    shown = client.get(reverse(name))

    assert (refused.status_code, shown.status_code) == (403, 200)


def test_no_role_may_change_people(hoglandet: Collection) -> None:
    given = GroupCollectionPermission.objects.filter(permission__content_type__app_label="people")
    model_wide = Permission.objects.filter(group__role_group__in=RoleGroup.objects.all()).distinct()

    assert not given.exists()
    assert [permission.codename for permission in model_wide] == ["access_admin"]
