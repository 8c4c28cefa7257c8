"""A definition with drafts, locks and previews, and rows reached through it."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.template.response import TemplateResponse
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.blocks import CharBlock, DateBlock, RichTextBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin
from wagtail.search import index
from wagtail.snippets.blocks import SnippetChooserBlock

from records.scope import CollectionScoped, Scoped


class Notebook(
    PreviewableMixin, LockableMixin, DraftStateMixin, RevisionMixin, index.Indexed, CollectionScoped, ClusterableModel
):
    """Something staff edit."""

    title = models.CharField(max_length=200)
    secret = models.TextField(blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    body = StreamField(
        [
            ("text", CharBlock()),
            ("rich", RichTextBlock()),
            ("day", DateBlock()),
            ("notebook", SnippetChooserBlock("scoped.Notebook")),
            ("image", ImageChooserBlock()),
            ("document", DocumentChooserBlock()),
        ],
        blank=True,
    )

    panels: ClassVar = [
        FieldPanel("collection"),
        FieldPanel("title"),
        FieldPanel("secret"),
        FieldPanel("parent"),
        FieldPanel("body"),
        InlinePanel("links", heading="Links"),
    ]
    search_fields: ClassVar = [
        index.SearchField("title"),
        index.AutocompleteField("title"),
        index.FilterField("collection"),
    ]

    def __str__(self) -> str:
        return self.title

    def serve_preview(self, request: HttpRequest, mode_name: str) -> TemplateResponse:
        return TemplateResponse(request, "scoped/preview.html", {"notebook": self})


class Link(Scoped):
    """A row edited inside a notebook, which points at another."""

    collection_path = "notebook__collection"

    notebook = ParentalKey(Notebook, on_delete=models.CASCADE, related_name="links")
    target = models.ForeignKey(Notebook, models.CASCADE, related_name="+")

    panels: ClassVar = [FieldPanel("target")]


class Leaf(Scoped):
    """Something that is registered, one of many."""

    collection_path = "notebook__collection"

    notebook = models.ForeignKey(Notebook, models.CASCADE, related_name="leaves")
    text = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=[("new", "New"), ("old", "Old")], default="new")

    class Meta:
        permissions: ClassVar = [("export_leaf", "Can export leaves")]

    def __str__(self) -> str:
        return self.text

    @property
    def shown(self) -> Any:
        return self.text
