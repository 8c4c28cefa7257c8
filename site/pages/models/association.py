"""An association: what the public sees of it, tied to the collection that holds its papers."""

import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Collection, Orderable, Page

from pages.blocks import Body
from pages.highlights import highlights

from .base import SitePage

RICH = ["bold", "italic", "ol", "ul", "link"]


class AssociationPage(SitePage):
    """The first page of an association: what it is, how to reach it, who decides and when."""

    collection = models.OneToOneField(
        Collection,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="association_page",
        verbose_name=_("collection"),
        help_text=_("Where the association's forms, matters and documents are kept. Made for you when left empty."),
    )
    short_name = models.CharField(
        _("short name"), max_length=60, blank=True, help_text=_("What people call it, such as Höglandet.")
    )
    organisation_number = models.CharField(_("organisation number"), max_length=20, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True, help_text=_("The region that is a member."))
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    office_hours = models.CharField(_("office hours"), max_length=200, blank=True)
    postal_address = models.TextField(_("postal address"), blank=True)
    visiting_address = models.TextField(_("visiting address"), blank=True)
    logo = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("logo"),
        help_text=_("Shown in the header instead of the mark of the website."),
    )
    about = StreamField(Body(), blank=True, verbose_name=_("about the association"))
    board = RichTextField(
        _("who decides and when"),
        blank=True,
        features=RICH,
        help_text=_("Who sits on the board, how a matter is prepared and how long it takes."),
    )

    content_panels: ClassVar = [
        *SitePage.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("short_name"),
                FieldPanel("organisation_number"),
                FieldPanel("region"),
                InlinePanel("municipalities", heading=_("Member municipalities"), label=_("municipality")),
            ],
            heading=_("The association"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("phone"), FieldPanel("email")]),
                FieldPanel("office_hours"),
                FieldRowPanel([FieldPanel("postal_address"), FieldPanel("visiting_address")]),
                FieldPanel("logo"),
            ],
            heading=_("The office"),
        ),
        FieldPanel("about"),
        FieldPanel("board"),
        InlinePanel("meetings", heading=_("Board meetings"), label=_("meeting")),
    ]
    settings_panels: ClassVar = [*SitePage.settings_panels, FieldPanel("collection", permission="superuser")]
    parent_page_types: ClassVar = ["pages.HomePage"]
    exclude_fields_in_copy: ClassVar = ["collection"]
    template = "pages/association_page.html"

    class Meta:
        verbose_name = _("association")
        verbose_name_plural = _("associations")

    def texts(self) -> list[Any]:
        return [self.lead, self.short_name, self.region, *self.municipality_names(), self.about, self.board]

    def municipality_names(self) -> list[str]:
        """The member municipalities, in the order the editor gave."""
        return [municipality.name for municipality in self.municipalities.all()]

    def upcoming_meetings(self, today: datetime.date | None = None) -> list["PlannedMeeting"]:
        """Board meetings still to come, the nearest first."""
        today = today or timezone.localdate()
        return sorted((m for m in self.meetings.all() if m.meets_on >= today), key=lambda m: m.meets_on)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        public = ~Page.objects.get_queryset().private_q()
        found = [highlight for find in highlights if (highlight := find(self, public))]
        meetings = self.upcoming_meetings()
        return super().get_context(request, *args, **kwargs) | {
            "highlights": [highlight for highlight in found if highlight.place == "band"],
            "doors": [highlight for highlight in found if highlight.place == "door"],
            "meetings": meetings[:4],
            "next_meeting": next((meeting for meeting in meetings if meeting.is_open), None),
        }


class Municipality(Orderable):
    """A municipality that is a member of the association."""

    page = ParentalKey(AssociationPage, on_delete=models.CASCADE, related_name="municipalities")
    name = models.CharField(_("municipality"), max_length=100)

    def __str__(self) -> str:
        return self.name


class PlannedMeeting(Orderable):
    """A board meeting as it is announced: the day, and the last day to apply for it."""

    page = ParentalKey(AssociationPage, on_delete=models.CASCADE, related_name="meetings")
    meets_on = models.DateField(_("day of the meeting"))
    apply_by = models.DateField(_("last day to apply"), null=True, blank=True)
    note = models.CharField(
        _("note"), max_length=200, blank=True, help_text=_("For example that the meeting is open to the public.")
    )

    panels: ClassVar = [FieldRowPanel([FieldPanel("apply_by"), FieldPanel("meets_on")]), FieldPanel("note")]

    class Meta(Orderable.Meta):
        verbose_name = _("board meeting")
        verbose_name_plural = _("board meetings")

    def __str__(self) -> str:
        return self.meets_on.isoformat()

    def clean(self) -> None:
        super().clean()
        if self.apply_by and self.meets_on and self.apply_by > self.meets_on:
            raise ValidationError({"apply_by": _("The last day to apply cannot come after the meeting.")})

    @property
    def is_open(self) -> bool:
        """Whether an application sent in today still reaches this meeting."""
        return self.apply_by is not None and self.apply_by >= timezone.localdate()
