"""The two ways of registering, with every view switched on."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from wagtail.snippets.models import register_snippet
from wagtail_modeladmin.options import modeladmin_register

from records.admin import ScopedModelAdmin, ScopedSnippetViewSet
from tests.scoped.models import Leaf, Notebook


class NotebookViewSet(ScopedSnippetViewSet):
    """Every view a snippet can have."""

    model = Notebook
    add_to_admin_menu = True
    copy_view_enabled = True
    inspect_view_enabled = True
    list_filter = ("collection", "parent")
    list_export = ("title", "secret")
    sort_order_field = None


class LeafAdmin(ScopedModelAdmin):
    """Every view a register can have."""

    model = Leaf
    inspect_view_enabled = True
    history_view_enabled = True
    list_display = ("text", "notebook")
    list_filter = ("notebook", "state", "notebook__collection")
    list_export = ("text",)
    search_fields = ("text",)

    def export(self, request: HttpRequest, rows: QuerySet[Any], kind: str) -> HttpResponse:
        return HttpResponse("\n".join(rows.values_list("text", flat=True)), content_type="text/plain")


register_snippet(NotebookViewSet)
modeladmin_register(LeafAdmin)
