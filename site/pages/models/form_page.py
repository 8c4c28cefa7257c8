"""The start page of a form: what it is for, what is needed, when it is open."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField

from pages.blocks import Body

from .base import SitePage

RICH = ["bold", "italic", "ol", "ul", "link"]


class OwnFormsOnly(WagtailAdminPageForm):
    """Refuses a form that belongs to another association than the page."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        parent = self.parent_page.specific if self.parent_page else None
        association = getattr(parent, "association", None)
        for name in self.instance.form_fields:
            form = cleaned.get(name)
            if form is not None and association is not None and form.collection_id != association.collection_id:
                self.add_error(name, _("Choose a form that belongs to the same association as the page."))
        return cleaned


class FormPage(SitePage):
    """Tells the reader about a form and leads to it."""

    form = models.ForeignKey(
        "forms.Form",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("form"),
    )
    what_you_need = RichTextField(
        _("what you need"),
        blank=True,
        features=RICH,
        help_text=_("Facts and papers that are good to have at hand before beginning."),
    )
    body = StreamField(Body(), blank=True, verbose_name=_("text"))
    whom_to_ask = RichTextField(
        _("whom to ask"), blank=True, features=RICH, help_text=_("Left empty: what the form itself says.")
    )
    featured = models.BooleanField(_("show as a button on the association's first page"), default=False)

    content_panels: ClassVar = [
        *SitePage.content_panels,
        FieldPanel("form"),
        FieldPanel("what_you_need"),
        FieldPanel("body"),
        FieldPanel("whom_to_ask"),
        FieldPanel("featured"),
    ]
    form_fields: ClassVar = ("form",)
    base_form_class = OwnFormsOnly
    parent_page_types: ClassVar = ["pages.AssociationPage", "pages.SectionPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "pages/form_page.html"

    class Meta:
        verbose_name = _("form page")
        verbose_name_plural = _("form pages")

    def texts(self) -> list[Any]:
        return [self.lead, self.what_you_need, self.body, self.whom_to_ask]

    @property
    def state(self) -> str:
        """``open``, ``early`` (opens later), ``closed``, or ``missing`` where nothing has been published."""
        form = self.form
        if form is None or not form.live:
            return "closed" if form is not None and form.latest_version else "missing"
        now = timezone.now()
        if form.opens_at and now < form.opens_at:
            return "early"
        return "closed" if form.closes_at and now >= form.closes_at else "open"

    def begin_url(self) -> str:
        """The form's first page, as this one has told what comes before it; nothing while it cannot be filled in."""
        return reverse("forms:page", args=[self.form.slug, 1]) if self.form and self.state == "open" else ""

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        state = self.state
        version = self.form.version if self.form and state == "open" else None
        return super().get_context(request, *args, **kwargs) | {
            "form": self.form,
            "state": state,
            "begin_url": self.begin_url(),
            "parts": [part["title"] for part in version.compiled["pages"]] if version else [],
        }
