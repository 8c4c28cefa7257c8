"""Registers the workflows room in the Wagtail admin."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from workflows.admin.board import BoardAdmin, MemberAdmin, SeatAdmin, StandingItemAdmin
from workflows.admin.definitions import RegistrySeriesViewSet, WorkflowViewSet
from workflows.admin.registers import MatterAdmin, TaskAdmin

register_snippet(WorkflowViewSet)
register_snippet(RegistrySeriesViewSet)
MatterAdmin().register_with_wagtail()
TaskAdmin().register_with_wagtail()
for register in (BoardAdmin, MemberAdmin, SeatAdmin, StandingItemAdmin):
    register().register_with_wagtail()


@hooks.register("insert_global_admin_css")
def drawing_css() -> SafeString:
    """The drawing looks in the editor as on the matter page."""
    return format_html('<link rel="stylesheet" href="{}">', static("workflows/workflows.css"))
