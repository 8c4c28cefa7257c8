"""Forms and choice lists in the Wagtail admin."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.admin.panels.publishing_panel import PublishingPanel
from wagtail.admin.ui.tables import UpdatedAtColumn

from forms.models import ChoiceList, Form
from forms.versions import compare
from records.admin import ScopedSnippetViewSet

from .around import AroundPanel
from .checks import FormChecksPanel
from .definition import DefinitionForm, DefinitionViewSet
from .panels import HintsPanel, ReusePanel
from .versions import VersionsPanel


class FormViewSet(DefinitionViewSet):
    """Forms: the questions, the texts around them, the receipt, and what has been published."""

    model = Form
    compare = staticmethod(compare)
    icon = "form"
    menu_label = _("Forms")
    menu_name = "forms"
    menu_order = 210
    list_display = ("title", "slug", "purpose", "collection", "status_string", UpdatedAtColumn())
    list_filter = ("purpose", "collection")

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).select_related("collection")

    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    FieldPanel("title", classname="title"),
                    FieldRowPanel([FieldPanel("slug"), FieldPanel("purpose"), FieldPanel("language")]),
                    FieldPanel("collection"),
                    FieldPanel("questions"),
                ],
                heading=_("Questions"),
            ),
            ObjectList(
                [
                    FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]),
                    AroundPanel(heading=_("Codes and tests")),
                    FieldPanel("closed_text"),
                    MultiFieldPanel(
                        [
                            FieldRowPanel([FieldPanel("limit_total"), FieldPanel("limit_per_person")]),
                            FieldRowPanel([FieldPanel("limit_per_organisation"), FieldPanel("limit_per_subject")]),
                            FieldPanel("organisation_field"),
                        ],
                        heading=_("How many may be sent"),
                    ),
                    FieldPanel("anonymous"),
                    FieldPanel("intro"),
                    FieldPanel("privacy_text"),
                    FieldRowPanel([FieldPanel("keep_drafts_days"), FieldPanel("draft_policy")]),
                ],
                heading=_("Opening and texts"),
            ),
            ObjectList(
                [
                    MultiFieldPanel(
                        [FieldPanel("contact_email_field"), FieldPanel("contact_name_field")],
                        heading=_("Who gets the receipt"),
                    ),
                    FieldPanel("next_steps"),
                    FieldPanel("contact"),
                ],
                heading=_("Receipt"),
            ),
            ObjectList(
                [
                    FieldPanel("change_reason"),
                    FormChecksPanel(heading=_("Before publishing")),
                    HintsPanel(heading=_("Easier to read and fairer to answer")),
                    VersionsPanel(heading=_("Published versions")),
                    PublishingPanel(),
                ],
                heading=_("Checks and versions"),
            ),
            ObjectList([ReusePanel(heading=_("Reuse"))], heading=_("Reuse")),
        ],
        base_form_class=DefinitionForm,
    )


class ChoiceListViewSet(ScopedSnippetViewSet):
    """Choice lists: options that several questions share."""

    model = ChoiceList
    icon = "list-ul"
    menu_label = _("Choice lists")
    menu_name = "choice-lists"
    menu_order = 220
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ("title", "collection", UpdatedAtColumn())
    search_fields = ("title",)
    panels = (
        FieldPanel("title"),
        FieldPanel("collection"),
        InlinePanel(
            "options",
            heading=_("Options"),
            label=_("option"),
            min_num=1,
            panels=[FieldPanel("label"), FieldPanel("help"), FieldPanel("key")],
        ),
    )
