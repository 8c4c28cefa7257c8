"""Making the ground that pages stand on: the first page of the site, and all that belongs to a new association."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Collection, GroupPagePermission, Locale, Page, Site

from pages.models import AssociationPage, HomePage
from records.models import RoleGroup
from records.roles import roles

PAGE_RIGHTS = {
    RoleGroup.Role.EDITOR: ("add_page", "change_page", "publish_page", "lock_page", "unlock_page"),
    RoleGroup.Role.ADMINISTRATOR: (
        "add_page",
        "change_page",
        "publish_page",
        "bulk_delete_page",
        "lock_page",
        "unlock_page",
    ),
}
"""What a role may do with the pages of its own association."""


@transaction.atomic
def set_up_association(page: AssociationPage, collection: Collection | None = None) -> Collection:
    """Give an association its collection, its roles and its rights on the page; safe to repeat.

    Without ``collection`` the page's own is used, or a new one is made below the root.
    """
    collection = collection or page.collection or Collection.get_first_root_node().add_child(name=page.title)
    if page.collection_id != collection.pk:
        page.collection = collection
        page.save(update_fields=["collection"])
    for role, group in roles.create(collection, page.title).items():
        _let_edit(group, page, PAGE_RIGHTS.get(RoleGroup.Role(role), ()))
    return collection


def _let_edit(group: Group, page: AssociationPage, codenames: tuple[str, ...]) -> None:
    for permission in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=codenames):
        GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)


def set_up_when_made(request: Any, page: Page) -> None:
    """Hook of Wagtail's admin: a new association page gets all that belongs to an association."""
    if isinstance(page.specific, AssociationPage) and page.specific.collection_id is None:
        set_up_association(page.specific)


def make_first_pages(sender: AppConfig | None = None, using: str = DEFAULT_DB_ALIAS, **_kwargs: Any) -> None:
    """Replace Wagtail's welcome page with an empty home page of ours, on a database that has none.

    Runs after migrations, so a new installation starts with something sensible; does nothing once pages exist,
    nor while the migrations of the pages are not applied.
    """
    if not _has_tables(using) or HomePage.objects.exists() or not Page.objects.filter(depth=1).exists():
        return
    home_page()


def _has_tables(using: str) -> bool:
    tables = set(connections[using].introspection.table_names())
    return {HomePage._meta.db_table, Site._meta.db_table} <= tables


@transaction.atomic
def home_page() -> HomePage:
    """The home page, made if there is none, at the root of the default site."""
    if existing := HomePage.objects.order_by("path").first():
        return existing
    with translation.override(settings.LANGUAGE_CODE):
        home = HomePage(
            title=settings.WAGTAIL_SITE_NAME,
            slug="start",
            lead=_("Here coordination associations tell what they do, and here you apply to them."),
            locale=Locale.get_default(),
        )
    root = Page.objects.get(depth=1)
    root.add_child(instance=home)
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        Site.objects.create(
            hostname="localhost", root_page=home, is_default_site=True, site_name=settings.WAGTAIL_SITE_NAME
        )
    else:
        welcome = site.root_page
        site.root_page, site.site_name = home, site.site_name or settings.WAGTAIL_SITE_NAME
        site.save()
        if welcome.depth > 1 and welcome.specific_class is Page and not welcome.get_children().exists():
            welcome.delete()
    return home
