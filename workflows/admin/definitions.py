"""Workflows and registry series as staff edit them."""

from typing import Any

from django.contrib.admin.utils import quote
from django.forms import Media
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList, Panel, TabbedInterface
from wagtail.admin.panels.publishing_panel import PublishingPanel
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.ui.tables import UpdatedAtColumn

from forms.admin.builder import builder_texts
from forms.admin.definition import ChecksPanel, DefinitionForm, DefinitionViewSet
from forms.admin.versions import VersionsPanel
from records.admin import ScopedSnippetViewSet
from workflows.conditions import questions
from workflows.drawing import sketch
from workflows.models import RegistrySeries, Workflow
from workflows.versions import compare

from .proving import ProvingPanel, ProvingView


class DrawingPanel(Panel):
    """The draft, drawn; a script draws it anew as the steps are edited."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "workflows/admin/drawing_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            context["sketch"] = sketch(self.instance) if self.instance.pk else ""
            viewset, pk = type(self.instance).snippet_viewset, self.instance.pk
            name = viewset.get_url_name("preview_on_edit" if pk else "preview_on_add")
            context["preview"] = reverse(name, args=[quote(pk)] if pk else [])
            return context

        @property
        def media(self) -> Media:
            """The script that draws anew."""
            return Media(js=[versioned_static("workflows/drawing.js")])


class WorkflowChecksPanel(ChecksPanel):
    """The checks of a workflow, and what its rules can speak of."""

    def editor(self, draft: Any) -> dict[str, Any]:
        return {"texts": builder_texts(), "questions": questions(draft)}


class WorkflowViewSet(DefinitionViewSet):
    """Workflows: the steps, the forms that start them, the drawing, and what has been published."""

    model = Workflow
    compare = staticmethod(compare)
    icon = "tasks"
    menu_label = _("Workflows")
    menu_name = "matter-workflows"
    menu_order = 230
    list_display = ("title", "slug", "collection", "status_string", UpdatedAtColumn())
    list_filter = ("collection",)

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).select_related("collection")

    @property
    def proving_view(self) -> Any:
        """A sample application, the matters there are, and moving them."""
        return self.construct_view(
            ProvingView,
            edit_url_name=self.get_url_name("edit"),
            proving_url_name=self.get_url_name("proving"),
            breadcrumbs_items=self.breadcrumbs_items,
        )

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path(f"proving/<{self.pk_path_converter}:pk>/", self.proving_view, name="proving"),
        ]

    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    FieldPanel("title", classname="title"),
                    FieldRowPanel([FieldPanel("slug"), FieldPanel("by_hand")]),
                    FieldPanel("collection"),
                    DrawingPanel(heading=_("Drawing")),
                    FieldPanel("steps"),
                ],
                heading=_("Steps"),
            ),
            ObjectList(
                [FieldPanel("examples"), ProvingPanel(heading=_("Try before publishing"))], heading=_("Examples")
            ),
            ObjectList(
                [
                    FieldPanel("starts_with"),
                    FieldRowPanel([FieldPanel("title_question"), FieldPanel("amount_question")]),
                    FieldPanel("series"),
                ],
                heading=_("Start and registry"),
            ),
            ObjectList(
                [
                    FieldPanel("change_reason"),
                    WorkflowChecksPanel(heading=_("Before publishing")),
                    VersionsPanel(heading=_("Published versions")),
                    PublishingPanel(),
                ],
                heading=_("Checks and versions"),
            ),
        ],
        base_form_class=DefinitionForm,
    )


class RegistrySeriesViewSet(ScopedSnippetViewSet):
    """Registry series: the prefix and pattern of registry numbers."""

    model = RegistrySeries
    icon = "list-ol"
    menu_label = _("Registry series")
    menu_name = "registry-series"
    menu_order = 240
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ("name", "example", "collection")
    search_fields = ("name", "prefix")
    panels = (
        FieldPanel("name"),
        FieldPanel("collection"),
        FieldRowPanel([FieldPanel("prefix"), FieldPanel("pattern")]),
    )
