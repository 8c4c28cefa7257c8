"""The first page of the site."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from pages.blocks import Body

from .association import AssociationPage
from .base import SitePage


class HomePage(SitePage):
    """The way in: all associations of the installation, or straight to the only one."""

    body = StreamField(Body(), blank=True, verbose_name=_("text"))

    content_panels: ClassVar = [*SitePage.content_panels, FieldPanel("body")]
    parent_page_types: ClassVar = [Page]
    template = "pages/home_page.html"

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def texts(self) -> list[Any]:
        return [self.lead, self.body]

    def associations(self) -> list[AssociationPage]:
        """The associations to choose among, each with its municipalities."""
        found = AssociationPage.objects.live().public().child_of(self).prefetch_related("municipalities")
        return sorted(found, key=lambda page: page.title)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """With a single association there is nothing to choose: its page is the first page."""
        associations = self.associations()
        if len(associations) == 1 and not getattr(request, "is_preview", False):
            return redirect(associations[0].get_url(request))
        return super().serve(request, *args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().get_context(request, *args, **kwargs) | {"associations": self.associations()}
