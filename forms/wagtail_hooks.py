"""Registers the forms room in the Wagtail admin."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from forms.admin import around, library
from forms.admin.form import ChoiceListViewSet, FormViewSet
from forms.admin.help import help_page
from forms.admin.settings import FormSettingsViewSet
from forms.admin.submissions import SubmissionAdmin
from forms.permissions.form import ADD, CHANGE
from records import policy

register_snippet(FormViewSet)
register_snippet(ChoiceListViewSet)
register_snippet(FormSettingsViewSet)
SubmissionAdmin().register_with_wagtail()


@hooks.register("register_admin_urls")
def library_urls() -> list[URLPattern]:
    """The templates to begin from, and the editors' help."""
    return [*library.urls(), *around.urls, path("formularhjalp/", help_page, name="forms_help")]


class EditorsMenuItem(MenuItem):
    """Offered to those who make forms."""

    def is_shown(self, request: HttpRequest) -> bool:
        return policy.anywhere(request.user, [ADD, CHANGE])


@hooks.register("register_admin_menu_item")
def templates_menu_item() -> MenuItem:
    """*Templates* in the menu, beside the forms."""
    return EditorsMenuItem(_("Templates"), reverse("forms_library"), name="form-templates", icon_name="copy", order=211)


@hooks.register("register_admin_menu_item")
def help_menu_item() -> MenuItem:
    """*Help with forms* in the menu."""
    return EditorsMenuItem(_("Help with forms"), reverse("forms_help"), name="form-help", icon_name="help", order=990)


@hooks.register("insert_global_admin_css")
def editors_css() -> SafeString:
    """How hints, the library and the help look."""
    return format_html('<link rel="stylesheet" href="{}">', static("forms/editing.css"))


@hooks.register("insert_editor_js")
def hints_js() -> SafeString:
    """Puts each hint beside its question."""
    return format_html('<script src="{}" defer></script>', static("forms/hints-admin.js"))
