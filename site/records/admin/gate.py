"""The gate of the Wagtail admin: which of Wagtail's own views people of an association may use, and why that is safe.

Wagtail was made for one organisation. Each of its views is here either because it keeps to the pages and collections
a person has rights on, or with a check of our own in front; every other view is for superusers only. A view that a
later Wagtail adds is therefore closed until somebody has looked at it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.http import urlencode
from wagtail.documents import get_document_model
from wagtail.documents.permissions import permission_policy as document_policy
from wagtail.images import get_image_model
from wagtail.images.permissions import permission_policy as image_policy
from wagtail.models import Page
from wagtail.permissions import page_permission_policy
from wagtail.snippets.models import get_snippet_models

from records.admin.reach import reachable_pages

CSP = {
    "script-src": [SELF, UNSAFE_INLINE],
    "script-src-attr": [NONE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
}
"""What Wagtail 7.4's admin needs beyond the strict policy: scripts without a nonce stand in its templates, and its
editor of formatted text adds styles. Handlers in attributes (``onerror=…``, what a smuggled text would use) stay
forbidden."""

Arguments = Sequence[Any]
Named = Mapping[str, Any]
Check = Callable[[HttpRequest, Arguments, Named], bool]

_MEDIA_ACTIONS = ("add", "change", "delete", "choose")


@dataclass(frozen=True)
class Rule:
    """One or more of Wagtail's views that people of an association may use."""

    because: str
    check: Check | None = None


def anyone(request: HttpRequest, args: Arguments, kwargs: Named) -> bool:
    """No check of ours: the reason says why."""
    return True


# --- pages --------------------------------------------------------------------------------------
def _all_within(rows: QuerySet[Any], ids: Iterable[Any]) -> bool:
    """Whether every id is among ``rows``; something that is no number is never."""
    wanted = {str(pk) for pk in ids}
    return all(pk.isdecimal() for pk in wanted) and rows.filter(pk__in=wanted).count() == len(wanted)


_PAGE_NAMES = ("page_id", "parent_page_id", "page_to_move_id", "destination_id", "page_pk")


def page_named(request: HttpRequest, args: Arguments, kwargs: Named) -> bool:
    """Every page in the address is one the person may explore."""
    ids = [kwargs[name] for name in _PAGE_NAMES if name in kwargs] + list(args[:1])
    return _all_within(page_permission_policy.explorable_instances(request.user), ids)


def page_to_choose_from(request: HttpRequest, args: Arguments, kwargs: Named) -> bool:
    """The page whose children are shown, or the pages that were chosen, can be reached by the person."""
    ids = [*([kwargs["parent_page_id"]] if "parent_page_id" in kwargs else []), *request.GET.getlist("id")]
    return _all_within(reachable_pages(request.user), ids)


# --- pictures and documents ---------------------------------------------------------------------
def _media(policy: Any, *names: str) -> Check:
    def own(request: HttpRequest, args: Arguments, kwargs: Named) -> bool:
        rows = policy.instances_user_has_any_permission_for(request.user, _MEDIA_ACTIONS)
        return _all_within(rows, [kwargs[name] for name in names if name in kwargs])

    return own


image_named = _media(image_policy, "image_id", "pk")
document_named = _media(document_policy, "document_id", "doc_id", "pk")


# --- many at once -------------------------------------------------------------------------------
def rows_ticked(request: HttpRequest, args: Arguments, kwargs: Named) -> bool:
    """Wagtail would name ticked rows that the person has no rights on: refused instead."""
    label = f"{kwargs.get('app_label')}.{kwargs.get('model_name')}"
    ids = request.GET.getlist("id")
    if label == Page._meta.label_lower:
        explorable = page_permission_policy.explorable_instances(request.user)
        if "all" not in ids:
            return _all_within(explorable, ids)
        parent = explorable.filter(pk__in=[pk for pk in [request.GET.get("childOf", "")] if pk.isdecimal()]).first()
        return parent is not None and not parent.get_descendants().exclude(pk__in=explorable.values("pk")).exists()
    for model, policy in ((get_image_model(), image_policy), (get_document_model(), document_policy)):
        if label == model._meta.label_lower:
            rows = policy.instances_user_has_any_permission_for(request.user, _MEDIA_ACTIONS)
            return _all_within(rows, [pk for pk in ids if pk != "all"])
    return any(label == model._meta.label_lower for model in get_snippet_models() if _scoped(model))


def _scoped(model: type[Any]) -> bool:
    from records.admin.snippets import ScopedSnippetViewSet  # app ready: Wagtail's views read models

    return isinstance(model.snippet_viewset, ScopedSnippetViewSet)


# --- the table ----------------------------------------------------------------------------------
OPEN_TO_ALL = {
    "wagtailadmin_sprite": "icons",
    "wagtailadmin_javascript_catalog": "Wagtail's own translations",
    "wagtailadmin_password_reset": "switched off by WAGTAIL_PASSWORD_RESET_ENABLED: answers 404",
    "wagtailadmin_password_reset_done": "as above",
    "wagtailadmin_password_reset_confirm": "as above",
    "wagtailadmin_password_reset_complete": "as above",
    "wagtailadmin_login": "sends everybody to the one page where people sign in",
    "wagtailadmin_logout": "ends the person's own session",
}
"""Views that need no right to the admin."""

_OWN = Rule("shows and changes only what is the person's own")
_NOTHING = Rule("holds no data of any association")
_PAGES = Rule("the page is asked about first; Wagtail then asks its page permissions", page_named)
_PAGE_LISTS = Rule("Wagtail lists only explorable pages")
_CHOOSE_PAGE = Rule("lists are narrowed by construct_page_chooser_queryset", page_to_choose_from)
_IMAGE_LISTS = Rule("Wagtail asks its collection permissions")
_IMAGES = Rule("the picture is asked about first", image_named)
_DOCUMENT_LISTS = Rule("Wagtail asks its collection permissions")
_DOCUMENTS = Rule("the document is asked about first", document_named)
_UPLOADED = Rule("Wagtail asks who sent the file")

RULES: dict[str, Rule] = {
    "wagtailadmin_home": Rule("counts and lists only the person's own pages, pictures and documents"),
    "wagtailadmin_account": _OWN,
    "wagtailadmin_dismissibles": _OWN,
    "wagtailadmin_editing_sessions:ping": Rule("asks the policy of the row or page"),
    "wagtailadmin_editing_sessions:release": _OWN,
    "wagtailadmin_block_preview": _NOTHING,
    "wagtailadmin_choose_page_external_link": _NOTHING,
    "wagtailadmin_choose_page_email_link": _NOTHING,
    "wagtailadmin_choose_page_phone_link": _NOTHING,
    "wagtailadmin_choose_page_anchor_link": _NOTHING,
    "wagtail_modeladmin:javascript_catalog": _NOTHING,
    "wagtail_bulk_action": Rule("every ticked row is asked about first", rows_ticked),
    # pages
    "wagtailadmin_explore_root": _PAGE_LISTS,
    "wagtailadmin_explore": _PAGES,
    "wagtailadmin_explore_results": _PAGES,
    "wagtailadmin_api:pages:listing": _PAGE_LISTS,
    "wagtailadmin_api:pages:detail": _PAGE_LISTS,
    "wagtailadmin_choose_page": _CHOOSE_PAGE,
    "wagtailadmin_choose_page_child": _CHOOSE_PAGE,
    "wagtailadmin_choose_page_search": _CHOOSE_PAGE,
    "wagtailadmin_choose_page_chosen_multiple": _CHOOSE_PAGE,
    "wagtailadmin_pages:search": _PAGE_LISTS,
    "wagtailadmin_pages:search_results": _PAGE_LISTS,
    "wagtailadmin_pages:choose_parent": _PAGE_LISTS,
    **dict.fromkeys(
        (
            f"wagtailadmin_pages:{name}"
            for name in (
                "add",
                "preview_on_add",
                "usage",
                "edit",
                "preview_on_edit",
                "view_draft",
                "add_subpage",
                "delete",
                "unpublish",
                "convert_alias",
                "move",
                "move_confirm",
                "set_page_position",
                "copy",
                "lock",
                "unlock",
                "revisions_index",
                "revisions_view",
                "revisions_revert",
                "revisions_unschedule",
                "revisions_compare",
                "history",
                "history_results",
            )
        ),
        _PAGES,
    ),
    # pictures
    "wagtailimages:index": _IMAGE_LISTS,
    "wagtailimages:index_results": _IMAGE_LISTS,
    "wagtailimages:add": _IMAGE_LISTS,
    "wagtailimages:add_multiple": _IMAGE_LISTS,
    "wagtailimages:edit": _IMAGES,
    "wagtailimages:delete": _IMAGES,
    "wagtailimages:url_generator": _IMAGES,
    "wagtailimages:url_generator_output": _IMAGES,
    "wagtailimages:preview": _IMAGES,
    "wagtailimages:image_usage": _IMAGES,
    "wagtailimages:edit_multiple": _IMAGES,
    "wagtailimages:delete_multiple": _IMAGES,
    "wagtailimages:create_multiple_from_uploaded_image": _UPLOADED,
    "wagtailimages:delete_upload_multiple": _UPLOADED,
    "wagtailimages_chooser:choose": _IMAGE_LISTS,
    "wagtailimages_chooser:choose_results": _IMAGE_LISTS,
    "wagtailimages_chooser:chosen": _IMAGES,
    "wagtailimages_chooser:chosen_multiple": _IMAGE_LISTS,
    "wagtailimages_chooser:create": _IMAGE_LISTS,
    "wagtailimages_chooser:select_format": _IMAGES,
    # documents
    "wagtaildocs:index": _DOCUMENT_LISTS,
    "wagtaildocs:index_results": _DOCUMENT_LISTS,
    "wagtaildocs:add": _DOCUMENT_LISTS,
    "wagtaildocs:add_multiple": _DOCUMENT_LISTS,
    "wagtaildocs:edit": _DOCUMENTS,
    "wagtaildocs:delete": _DOCUMENTS,
    "wagtaildocs:document_usage": _DOCUMENTS,
    "wagtaildocs:edit_multiple": _DOCUMENTS,
    "wagtaildocs:delete_multiple": _DOCUMENTS,
    "wagtaildocs:create_multiple_from_uploaded_document": _UPLOADED,
    "wagtaildocs:delete_upload_multiple": _UPLOADED,
    "wagtaildocs_chooser:choose": _DOCUMENT_LISTS,
    "wagtaildocs_chooser:choose_results": _DOCUMENT_LISTS,
    "wagtaildocs_chooser:chosen": _DOCUMENTS,
    "wagtaildocs_chooser:chosen_multiple": _DOCUMENT_LISTS,
    "wagtaildocs_chooser:create": _DOCUMENT_LISTS,
}

CLOSED = {
    "wagtailadmin_api:": "lists every picture and document without asking; the admin itself uses only the page lists",
    "wagtailadmin_pages:workflow_": "Wagtail's page moderation is switched off",
    "wagtailadmin_pages:type_use": "lists pages across associations",
    "wagtailadmin_pages:set_privacy": "pages are public or not published; who may read papers is the policy's matter",
    "wagtailadmin_pages:collect_workflow_action_data": "Wagtail's page moderation is switched off",
    "wagtailadmin_pages:confirm_workflow_cancellation": "Wagtail's page moderation is switched off",
    "wagtailadmin_tag_": "suggests every association's tags",
    "wagtailadmin_collections:": "a collection is an association: made and renamed by superusers",
    "wagtailadmin_workflows:": "Wagtail's page moderation is switched off",
    "wagtailadmin_reports:": "reports go across associations",
    "wagtailadmin_error_test": "a test of Wagtail's error page",
    "wagtailredirects:": "redirects are the whole site's",
    "wagtailsettings:": "settings are the whole site's",
    "wagtailsearchpromotions:": "what visitors searched for, across associations",
    "wagtailembeds:": "fetches from other sites, which the content policy would not show",
    "wagtailsnippets:index": "counts rows across associations",
    "wagtailsites:": "sites are the installation's",
    "wagtailusers_users:": "whoever may change people can become superuser; people are invited instead",
    "wagtailusers_groups:": "whoever may change groups can take any right",
}
"""Views for superusers only, by the beginning of their name, and why."""

_registers: set[str] = set()


def admit_register(names: Iterable[str]) -> None:
    """Let the views of a ``ScopedModelAdmin`` through: they ask the policy themselves."""
    _registers.update(names)


@lru_cache(maxsize=1)
def _root() -> str:
    return reverse("wagtailadmin_home")


def in_the_admin(request: HttpRequest) -> bool:
    """Whether the address lies in the Wagtail admin."""
    return request.path.startswith(_root())


@lru_cache(maxsize=1)
def _house() -> tuple[str, ...]:
    """The packages of this house: the apps that lie in the repository."""
    return tuple(
        config.name.partition(".")[0]
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(settings.BASE_DIR) and "site-packages" not in config.path
    )


def is_our_own(name: str, view: Any) -> bool:
    """Whether a view in the admin was written in this house, and asks the policy itself."""
    if name in _registers:
        return True
    while (inner := getattr(view, "__wrapped__", None)) is not None:
        view = inner
    written = getattr(view, "view_class", None) or view
    return getattr(written, "__module__", "").partition(".")[0] in _house()


def rule_for(name: str, view: Any) -> Rule | None:
    """What lets people of an association use this view; None keeps it for superusers."""
    if name in RULES:
        return RULES[name]
    if is_our_own(name, view):
        return Rule("written in this house")
    return None


def answer(request: HttpRequest, args: Arguments, kwargs: Named) -> HttpResponseBase | None:
    """An answer in place of the view's, or None to let the request through."""
    match = request.resolver_match
    name = match.view_name if match else ""
    if name == "wagtailadmin_login":
        return _to_the_one_login(request)
    user: Any = request.user
    if not name or name in OPEN_TO_ALL or not user.is_authenticated:
        return None  # there is no such page, or Wagtail sends the anonymous to the login page
    if user.is_superuser:
        return None
    if not user.has_perm("wagtailadmin.access_admin"):
        return render(request, "records/no_admin.html", {"start": resolve_url(settings.LOGIN_REDIRECT_URL)}, status=403)
    rule = rule_for(name, match.func if match else None)
    if rule is None:
        raise PermissionDenied
    if rule.check is not None and not rule.check(request, args, kwargs):
        raise Http404
    return None


def _to_the_one_login(request: HttpRequest) -> HttpResponseBase:
    """Wagtail has a login page of its own: the same for everybody here, keeping where the person was going."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(_root())
    query = urlencode({"next": request.GET.get("next") or _root()})
    return HttpResponseRedirect(f"{reverse('account_login')}?{query}")
