"""What all page types have in common."""

from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index


class SitePage(Page):
    """A page of the public site: a title and a lead that says what it is about."""

    lead = models.TextField(
        _("lead"),
        blank=True,
        help_text=_("One or two sentences under the heading. They are also shown in lists and in search results."),
    )

    search_fields: ClassVar = [
        *Page.search_fields,
        index.SearchField("words"),
        index.AutocompleteField("words"),
    ]
    content_panels: ClassVar = [*Page.content_panels, FieldPanel("lead")]

    class Meta:
        abstract = True

    def texts(self) -> list[Any]:
        """Every text a reader meets on the page, with or without markup."""
        return [self.lead]

    def words(self) -> str:
        """The plain text of the page: what the search looks in, and what it shows a piece of."""
        return plain(*self.texts())

    @cached_property
    def association(self) -> Any:
        """The association page this page belongs to; None at the top of a portal."""
        associations = apps.get_model("pages", "AssociationPage").objects
        return associations.ancestor_of(self, inclusive=True).first()


def plain(*texts: Any) -> str:
    """Texts without markup, one after the other."""
    return " ".join(" ".join(strip_tags(str(text).replace("<", " <")).split()) for text in texts if text)
