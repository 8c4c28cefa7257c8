"""A page of running text."""

from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from pages.blocks import Body

from .base import SitePage


class SectionPage(SitePage):
    """Running text with facts, quotations and documents; lists the pages below it."""

    body = StreamField(Body(), blank=True, verbose_name=_("text"))

    content_panels: ClassVar = [*SitePage.content_panels, FieldPanel("body")]
    parent_page_types: ClassVar = ["pages.HomePage", "pages.AssociationPage", "pages.SectionPage"]
    template = "pages/section_page.html"

    class Meta:
        verbose_name = _("section page")
        verbose_name_plural = _("section pages")

    def texts(self) -> list[Any]:
        return [self.lead, self.body]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        children = self.get_children().live().public().specific() if self.numchild else []
        return super().get_context(request, *args, **kwargs) | {"children": children}
