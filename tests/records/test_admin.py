"""What people of an association meet in the Wagtail admin: their own rows, whole; others' rows, not at all."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from records.admin.groups import codenames
from records.roles import roles
from tests.records.factories import association, person
from tests.scoped.models import Leaf, Notebook

pytestmark = pytest.mark.django_db

ROWS = {"links-TOTAL_FORMS": 0, "links-INITIAL_FORMS": 0, "body-count": 0}


def name(view: str) -> str:
    return f"wagtailsnippets_scoped_notebook:{view}"


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


def as_role(role: str, *collections: Collection) -> Client:
    user = person(f"{role}@example.org")
    for collection in collections:
        roles.assign(user, collection, role)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def theirs(klaralvdalen: Collection) -> Notebook:
    notebook = Notebook.objects.create(collection=klaralvdalen, title="Dags anteckningar")
    notebook.save_revision()
    return notebook


@pytest.fixture
def ours(hoglandet: Collection) -> Notebook:
    notebook = Notebook.objects.create(collection=hoglandet, title="Adas anteckningar", live=False)
    notebook.save_revision()
    return notebook


# --- snippets ---------------------------------------------------------------------------------------
def test_an_administrator_does_everything_to_her_own(ours: Notebook, hoglandet: Collection) -> None:
    ada = as_role("administrator", hoglandet)
    told = {
        view: ada.get(reverse(name(view), args=[ours.pk])).status_code
        for view in ("edit", "delete", "usage", "history", "copy", "inspect", "preview_on_edit")
    }
    editor = ada.get(reverse(name("edit"), args=[ours.pk])).content.decode()
    published = ada.post(reverse(name("edit"), args=[ours.pk]), {**ROWS, "title": "Klart", "action-publish": "1"})
    locked = ada.post(reverse(name("lock"), args=[ours.pk]))

    ours.refresh_from_db()
    assert told == dict.fromkeys(told, 200)
    assert 'name="action-publish"' in editor
    assert (published.status_code, ours.title, ours.live) == (302, "Klart", True)
    assert (locked.status_code, ours.locked) == (302, True)


def test_an_editor_without_the_right_to_publish_is_not_offered_it_and_does_not_get_it(
    ours: Notebook, hoglandet: Collection
) -> None:
    bo = as_role("editor", hoglandet)

    editor = bo.get(reverse(name("edit"), args=[ours.pk])).content.decode()
    bo.post(reverse(name("edit"), args=[ours.pk]), {**ROWS, "title": "Klart", "action-publish": "1"})

    ours.refresh_from_db()
    assert 'name="action-publish"' not in editor
    assert not ours.live


def test_rights_in_two_associations_are_not_mixed(
    ours: Notebook, theirs: Notebook, hoglandet: Collection, klaralvdalen: Collection
) -> None:
    """Eva publishes in Höglandet and only edits in Klarälvdalen; Wagtail alone would ask once per model."""
    eva = person("eva@example.org")
    roles.assign(eva, hoglandet, "administrator")
    roles.assign(eva, klaralvdalen, "editor")
    client = Client()
    client.force_login(eva)

    client.post(reverse(name("edit"), args=[ours.pk]), {**ROWS, "title": "Klart", "action-publish": "1"})
    client.post(reverse(name("edit"), args=[theirs.pk]), {**ROWS, "title": "Klart", "action-publish": "1"})
    unpublished = client.post(reverse(name("unpublish"), args=[theirs.pk]))
    deleted = client.post(reverse(name("delete"), args=[theirs.pk]))

    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert (ours.live, ours.title) == (True, "Klart")
    assert (theirs.live, theirs.title) == (True, "Dags anteckningar")
    assert unpublished.url == deleted.url == reverse("wagtailadmin_home")
    assert Notebook.objects.filter(pk=theirs.pk).exists()


def test_a_row_is_made_only_where_one_may_and_stays_there(
    ours: Notebook, hoglandet: Collection, klaralvdalen: Collection
) -> None:
    ada = as_role("administrator", hoglandet)

    offered = ada.get(reverse(name("add"))).content.decode()
    refused = ada.post(reverse(name("add")), {**ROWS, "title": "Ny", "collection": klaralvdalen.pk})
    made = ada.post(reverse(name("add")), {**ROWS, "title": "Ny", "collection": hoglandet.pk})
    ada.post(reverse(name("edit"), args=[ours.pk]), {**ROWS, "title": "Flyttad", "collection": klaralvdalen.pk})

    ours.refresh_from_db()
    assert "Klarälvdalen" not in offered
    assert (refused.status_code, made.status_code) == (200, 302)
    assert Notebook.objects.get(title="Ny").collection == hoglandet
    assert ours.collection == hoglandet


@pytest.mark.parametrize("field", ["parent", "body-0-value"])
def test_the_editor_does_not_tell_the_name_of_a_key_put_in_by_hand(
    ours: Notebook, theirs: Notebook, hoglandet: Collection, field: str
) -> None:
    """Choosers show the name of whatever key comes back with a form that has errors."""
    ada = as_role("administrator", hoglandet)
    block = {"body-count": 1, "body-0-deleted": "", "body-0-order": 0, "body-0-type": "notebook", "body-0-id": ""}
    said = {**ROWS, **block, "body-0-value": ours.pk, field: theirs.pk, "title": ""}

    answer = ada.post(reverse(name("edit"), args=[ours.pk]), said)

    assert answer.url == reverse("wagtailadmin_home")
    assert "Dags anteckningar" not in ada.get(reverse(name("edit"), args=[ours.pk])).content.decode()


def test_two_associations_of_the_same_person_are_not_joined_by_a_reference(
    ours: Notebook, theirs: Notebook, hoglandet: Collection, klaralvdalen: Collection
) -> None:
    eva = as_role("administrator", hoglandet, klaralvdalen)

    answer = eva.post(reverse(name("edit"), args=[ours.pk]), {**ROWS, "title": "Ihop", "parent": theirs.pk})

    ours.refresh_from_db()
    assert answer.status_code == 200
    assert ours.parent is None


def test_deleting_many_takes_only_ones_own(ours: Notebook, theirs: Notebook, hoglandet: Collection) -> None:
    ada = as_role("administrator", hoglandet)
    bulk = reverse("wagtail_bulk_action", args=["scoped", "notebook", "delete"])

    asked = ada.get(bulk, {"id": [ours.pk, theirs.pk]}).content.decode()
    ada.post(f"{bulk}?id={ours.pk}&id={theirs.pk}")
    everything = ada.post(f"{bulk}?id=all")

    assert "Adas anteckningar" in asked
    assert "Dags anteckningar" not in asked
    assert list(Notebook.objects.all()) == [theirs]
    assert everything.status_code == 404


def test_deleting_many_says_why_not_when_something_depends_on_them(ours: Notebook, hoglandet: Collection) -> None:
    Notebook.objects.create(collection=hoglandet, title="Barn", parent=ours)
    ada = as_role("administrator", hoglandet)

    answer = ada.post(
        f"{reverse('wagtail_bulk_action', args=['scoped', 'notebook', 'delete'])}?id={ours.pk}", follow=True
    )

    assert answer.status_code == 200
    assert Notebook.objects.filter(pk=ours.pk).exists()


def test_ones_own_lock_can_be_lifted_but_not_anothers(ours: Notebook, hoglandet: Collection) -> None:
    ada, bo = as_role("administrator", hoglandet), as_role("editor", hoglandet)

    bo.post(reverse(name("lock"), args=[ours.pk]))
    bo.post(reverse(name("unlock"), args=[ours.pk]))
    ours.refresh_from_db()
    after_own = ours.locked
    ada.post(reverse(name("lock"), args=[ours.pk]))
    bo.post(reverse(name("unlock"), args=[ours.pk]))
    ours.refresh_from_db()

    assert (after_own, ours.locked) == (False, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    hoglandet: Collection, django_assert_num_queries: Any, rows: int
) -> None:
    for number in range(rows):
        Notebook.objects.create(collection=hoglandet, title=f"Bok {number}")
    ada = as_role("administrator", hoglandet)
    ada.get(reverse(name("list")))

    with django_assert_num_queries(LIST_QUERIES):
        ada.get(reverse(name("list")))


LIST_QUERIES = 13


# --- registers --------------------------------------------------------------------------------------
@pytest.fixture
def leaves(ours: Notebook, theirs: Notebook) -> list[Leaf]:
    return [
        Leaf.objects.create(notebook=ours, text="Adas blad"),
        Leaf.objects.create(notebook=theirs, text="Dags blad", state="old"),
    ]


def test_a_register_lists_filters_and_counts_only_ones_own(leaves: list[Leaf], hoglandet: Collection) -> None:
    ada = as_role("administrator", hoglandet)

    page = ada.get(reverse("scoped_leaf_modeladmin_index")).content.decode()

    assert "Adas blad" in page
    assert "Dags" not in page
    assert "Klarälvdalen" not in page


@pytest.mark.parametrize(
    "lookup",
    ["notebook__title__startswith=D", "notebook__collection__name=X", "notebook__locked_by__password__regex=."],
)
def test_an_address_cannot_ask_about_what_is_no_filter(leaves: list[Leaf], hoglandet: Collection, lookup: str) -> None:
    """modeladmin looks up whatever path an address names, also a password's first letters."""
    ada = as_role("administrator", hoglandet)

    plain = ada.get(reverse("scoped_leaf_modeladmin_index"))
    asked = ada.get(f"{reverse('scoped_leaf_modeladmin_index')}?{lookup}")

    assert asked.context["result_count"] == plain.context["result_count"] == 1


@pytest.mark.parametrize("view", ["inspect", "edit", "delete", "history"])
def test_a_row_of_another_association_is_not_there(leaves: list[Leaf], hoglandet: Collection, view: str) -> None:
    ada = as_role("administrator", hoglandet)

    own, foreign = (ada.get(reverse(f"scoped_leaf_modeladmin_{view}", args=[leaf.pk])) for leaf in leaves)

    assert (own.status_code, foreign.status_code) == (200, 404)


def test_an_export_takes_the_right_and_only_ones_own_rows(leaves: list[Leaf], hoglandet: Collection) -> None:
    register = reverse("scoped_leaf_modeladmin_index")

    officer = as_role("officer", hoglandet).get(register, {"export": "csv"})
    administrator = as_role("administrator", hoglandet).get(register, {"export": "csv"})

    assert officer.content.decode() == "Adas blad"
    assert administrator.url == reverse("wagtailadmin_home")


# --- pictures, pages, groups ------------------------------------------------------------------------
def test_a_page_form_refuses_a_picture_that_one_cannot_see(hoglandet: Collection, klaralvdalen: Collection) -> None:
    from wagtail.admin.forms.models import WagtailAdminModelForm

    from records.admin.editing import scoped_form

    class Picked(WagtailAdminModelForm):
        class Meta:
            model = get_user_model().wagtail_userprofile.related.related_model
            fields = ()

    picture = get_image_model().objects.create(
        title="Dags bild", collection=klaralvdalen, file=get_test_image_file(filename="dag.png")
    )
    import django.forms

    form_class = scoped_form(
        type(Picked)("Picked", (Picked,), {"image": django.forms.ModelChoiceField(get_image_model().objects.all())})
    )
    ada = person("ada@example.org")
    roles.assign(ada, hoglandet, "administrator")

    form = form_class({"image": picture.pk}, for_user=ada)

    with pytest.raises(PermissionDenied):
        form.is_valid()


def test_pages_are_edited_with_the_same_care() -> None:
    from records.admin.editing import ScopedFields

    assert issubclass(Page.get_edit_handler().get_form_class(), ScopedFields)


def test_the_page_chooser_stays_within_reach(hoglandet: Collection) -> None:
    root = Page.objects.get(depth=1)
    own = root.add_child(instance=Page(title="Adas sida", slug="ada"))
    root.add_child(instance=Page(title="Dags utkast", slug="dag", live=False))
    GroupPagePermission.objects.create(
        group=roles.groups(hoglandet)["administrator"],
        page=own,
        permission=Permission.objects.get(codename="change_page"),
    )
    ada = as_role("administrator", hoglandet)

    browsed = ada.get(reverse("wagtailadmin_choose_page")).json()["html"]
    searched = ada.get(reverse("wagtailadmin_choose_page_search"), {"q": "utkast"}).content.decode()

    assert "Adas sida" in browsed
    assert "Dags utkast" not in browsed + searched


def test_the_groups_screen_gives_rights_by_association_and_offers_none_model_wide(hoglandet: Collection) -> None:
    root = Client()
    root.force_login(person("root@example.org", is_superuser=True))
    group = Group.objects.create(name="Extra")
    edit = reverse("wagtailusers_groups:edit", args=[group.pk])

    page = root.get(edit)
    prefixes = [panel.prefix for panel in page.context["permission_panels"]]
    offered = page.context["form"].fields["permissions"].queryset
    wanted = Permission.objects.get(codename="publish_notebook")
    said: dict[str, Any] = {"name": "Extra"}
    for prefix in prefixes:
        said |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    said |= {
        "scoped_collection_permissions-TOTAL_FORMS": 1,
        "scoped_collection_permissions-0-collection": hoglandet.pk,
        "scoped_collection_permissions-0-permissions": [wanted.pk],
    }
    saved = root.post(edit, said)

    assert {f"{app}_collection_permissions" for app in codenames()} <= set(prefixes)
    assert not offered.filter(content_type__app_label__in=codenames()).exists()
    assert saved.status_code == 302
    assert list(GroupCollectionPermission.objects.filter(group=group).values_list("collection", "permission")) == [
        (hoglandet.pk, wanted.pk)
    ]


def test_an_editor_sends_many_fields_and_a_visitor_few(ours: Notebook, hoglandet: Collection) -> None:
    many = {f"field-{number}": "x" for number in range(1_500)}

    edited = as_role("administrator", hoglandet).post(
        reverse(name("edit"), args=[ours.pk]), {**ROWS, **many, "title": "Många fält"}
    )
    refused = Client().post("/konto/logga-in/", many)

    assert (edited.status_code, refused.status_code) == (302, 400)


# --- the door ---------------------------------------------------------------------------------------
def test_a_signed_in_person_without_rights_gets_a_page_that_leads_home(hoglandet: Collection) -> None:
    member = as_role("member", hoglandet)

    for address in ("/admin/", "/admin/pages/", "/admin/images/"):
        page = member.get(address)
        assert page.status_code == 403
        assert 'href="/start/"' in page.content.decode()


def test_the_anonymous_and_wagtails_own_login_lead_to_the_one_login(client: Client) -> None:
    assert client.get("/admin/").url == "/konto/logga-in/?next=/admin/"
    assert client.get("/admin/login/?next=/admin/images/").url == "/konto/logga-in/?next=%2Fadmin%2Fimages%2F"
    assert client.get("/admin/password_reset/").status_code == 404


@pytest.mark.parametrize("address", ["/admin/", "/konto/losenord/valj/", "/konto/logga-ut/"])
def test_answers_to_the_signed_in_are_kept_out_of_caches(hoglandet: Collection, address: str) -> None:
    answer = as_role("administrator", hoglandet).get(address)

    assert answer["Cache-Control"] == "no-store, private"
    assert "Cookie" in answer["Vary"]


def test_a_public_answer_may_be_cached(client: Client) -> None:
    assert client.get("/konto/logga-in/")["Cache-Control"] != ""
    assert "no-store" not in client.get("/nowhere/").get("Cache-Control", "")


def test_the_policy_of_contents_is_strict_outside_the_admin(client: Client, hoglandet: Collection) -> None:
    public = client.get("/konto/logga-in/")["Content-Security-Policy"]
    admin = as_role("administrator", hoglandet).get("/admin/")["Content-Security-Policy"]

    assert "unsafe" not in public
    assert "frame-ancestors 'self'" in public
    assert "frame-ancestors 'self'" in admin
    assert "unsafe-eval" not in admin
