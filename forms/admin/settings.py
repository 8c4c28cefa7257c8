"""What an association allows its forms to do, for those who are responsible for it."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import UpdatedAtColumn

from forms.models import FormSettings
from records.admin import ScopedSnippetViewSet


class FormSettingsViewSet(ScopedSnippetViewSet):
    """One row per association; without one, what needs to be allowed is not."""

    model = FormSettings
    icon = "cogs"
    menu_label = _("Form settings")
    menu_name = "form-settings"
    menu_order = 230
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ("collection", "allow_personal_numbers", UpdatedAtColumn())
    panels = (FieldPanel("collection"), FieldPanel("allow_personal_numbers"))
