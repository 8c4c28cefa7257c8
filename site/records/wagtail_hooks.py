"""What the records room hangs into Wagtail: rights on collections, narrowed choosers and menus."""

from typing import Any

from django.db.models import PROTECT, QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import filters
from wagtail.admin.menu import MenuItem
from wagtail.images.views import chooser
from wagtail.models import Collection, Page
from wagtail.snippets.action_menu import PublishMenuItem, UnpublishMenuItem
from wagtail.snippets.models import register_snippet

from records import invite, policy
from records.admin.editing import scoped_form
from records.admin.groups import panels
from records.admin.mail_texts import MailTextViewSet
from records.admin.messages import MessageAdmin
from records.admin.reach import reachable_pages
from records.admin.snippets import ScopedDelete, ScopedSnippetViewSet
from records.views import people

# The lists of pictures offer the tags that are used most, whoever used them; there is no hook to narrow them.
filters.popular_tags_for_model = chooser.popular_tags_for_model = lambda model, count=10: []

# Pages are edited with the same care as everything else: no picture, document or row of another association.
Page.base_form_class = scoped_form(Page.base_form_class)

register_snippet(MailTextViewSet)
MessageAdmin().register_with_wagtail()

# After Wagtail's own, whose place it takes.
hooks.register("register_bulk_action", ScopedDelete, order=1000)


@hooks.register("construct_page_chooser_queryset")
def only_reachable_pages(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """The page chooser lists every page of the installation, drafts too: narrowed to those within reach."""
    if request.user.is_superuser:
        return pages
    return pages & reachable_pages(request.user)


@hooks.register("describe_collection_contents")
def what_an_association_holds(collection: Collection) -> dict[str, Any]:
    """Wagtail deletes a collection that nothing lies in: an association's own rows are told of here."""
    count = sum(
        relation.related_model._base_manager.filter(**{relation.field.name: collection}).count()
        for relation in Collection._meta.get_fields(include_hidden=True)
        if getattr(relation, "on_delete", None) is PROTECT and relation.auto_created
    )
    text = ngettext("%(count)s record of the association", "%(count)s records of the association", count)
    return {"count": count, "count_text": text % {"count": count}, "url": ""}


@hooks.register("construct_snippet_action_menu")
def publish_by_collection(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Wagtail offers *Publish* by a model-wide right that nobody is given here: asked of the row's association."""
    model = context["model"]
    if not isinstance(getattr(model, "snippet_viewset", None), ScopedSnippetViewSet):
        return
    menu_items[:] = [item for item in menu_items if not isinstance(item, PublishMenuItem | UnpublishMenuItem)]
    if not context["draftstate_enabled"] or context.get("locked_for_user"):
        return
    rules, instance = policy.of(model), context.get("instance")
    if instance is not None and instance.pk:
        may = rules.user_has_permission_for_instance(request.user, "publish", instance)
    else:
        may = rules.user_has_permission(request.user, "publish")
    if may:
        menu_items.append(PublishMenuItem(order=30))
        if context["view"] == "edit" and instance is not None and instance.live:
            menu_items.append(UnpublishMenuItem(order=20))
        menu_items.sort(key=lambda item: item.order)


@hooks.register("construct_reports_menu")
@hooks.register("construct_settings_menu")
def no_reports_across_associations(request: HttpRequest, menu_items: list[Any]) -> None:
    """Reports and settings are the installation's: not offered to people of one association."""
    if not request.user.is_superuser:
        menu_items.clear()


@hooks.register("register_admin_urls")
def people_urls() -> list[URLPattern]:
    """The people of an association."""
    return [
        path("personer/", people.associations, name="records_associations"),
        path("personer/<int:collection_id>/", people.people, name="records_people"),
        path("personer/<int:collection_id>/roll/", people.take_role, name="records_take_role"),
    ]


class PeopleMenuItem(MenuItem):
    """Offered to those who may invite."""

    def is_shown(self, request: HttpRequest) -> bool:
        return policy.anywhere(request.user, [invite.INVITE])


@hooks.register("register_admin_menu_item")
def people_menu_item() -> MenuItem:
    """*People* in the menu."""
    return PeopleMenuItem(_("People"), reverse("records_associations"), name="people", icon_name="group", order=900)


@hooks.register("insert_global_admin_css")
def mail_css() -> SafeString:
    """How messages and mail texts look in the admin."""
    return format_html('<link rel="stylesheet" href="{}">', static("records/messages.css"))


for panel in panels():
    hooks.register("register_group_permission_panel", lambda panel=panel: panel)
