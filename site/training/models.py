"""The pages of training days."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, PageManager, PageQuerySet

from pages.blocks import Body
from pages.models import SitePage


class TrainingDayQuerySet(PageQuerySet):
    """Training days by time."""

    def upcoming(self) -> "TrainingDayQuerySet":
        """Days that are not over, the nearest first."""
        return self.filter(ends_at__gte=timezone.now()).order_by("starts_at", "title")

    def held(self) -> "TrainingDayQuerySet":
        """Days that are over, the latest first."""
        return self.filter(ends_at__lt=timezone.now()).order_by("-starts_at", "title")


class TrainingIndexPage(SitePage):
    """All training days of an association."""

    parent_page_types: ClassVar = ["pages.AssociationPage"]
    subpage_types: ClassVar = ["training.TrainingDayPage"]
    template = "training/training_index_page.html"

    class Meta:
        verbose_name = _("list of training days")
        verbose_name_plural = _("lists of training days")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        days = TrainingDayPage.objects.live().public().child_of(self)
        return super().get_context(request, *args, **kwargs) | {
            "upcoming": list(days.upcoming()),
            "held": list(days.held()[:20]),
        }


class TrainingDayPage(SitePage):
    """A training day: when and where it is, what happens, for whom, and whom to ask."""

    class Mode(models.TextChoices):
        """How one takes part."""

        ON_SITE = "on_site", _("On site")
        DIGITAL = "digital", _("Digitally")
        HYBRID = "hybrid", _("On site or digitally")

    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    mode = models.CharField(_("how to take part"), max_length=20, choices=Mode, default=Mode.ON_SITE)
    place = models.CharField(_("place"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    cancelled = models.BooleanField(_("cancelled"), default=False)
    target_group = models.TextField(_("whom it is for"), blank=True)
    price = models.CharField(_("price"), max_length=200, blank=True)
    body = StreamField(Body(), blank=True, verbose_name=_("about the day"))
    how_to_register = models.TextField(_("how to register"), blank=True)
    contact_name = models.CharField(_("contact"), max_length=100, blank=True)
    contact_role = models.CharField(_("role of the contact"), max_length=100, blank=True)
    contact_email = models.EmailField(_("e-mail address of the contact"), blank=True)
    contact_phone = models.CharField(_("phone of the contact"), max_length=40, blank=True)

    objects = PageManager.from_queryset(TrainingDayQuerySet)()

    content_panels: ClassVar = [
        *SitePage.content_panels,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
                FieldPanel("mode"),
                FieldRowPanel([FieldPanel("place"), FieldPanel("address")]),
                FieldPanel("cancelled"),
            ],
            heading=_("Time and place"),
        ),
        FieldPanel("target_group"),
        FieldPanel("body"),
        InlinePanel("programme", heading=_("Programme"), label=_("item")),
        InlinePanel("speakers", heading=_("Speakers"), label=_("speaker")),
        MultiFieldPanel([FieldPanel("how_to_register"), FieldPanel("price")], heading=_("Taking part")),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("contact_name"), FieldPanel("contact_role")]),
                FieldRowPanel([FieldPanel("contact_email"), FieldPanel("contact_phone")]),
            ],
            heading=_("Whom to ask"),
        ),
    ]
    parent_page_types: ClassVar = ["training.TrainingIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "training/training_day_page.html"

    class Meta:
        verbose_name = _("training day")
        verbose_name_plural = _("training days")

    def texts(self) -> list[Any]:
        speakers = [f"{speaker.name} {speaker.role}" for speaker in self.speakers.all()]
        items = [f"{item.title} {item.text}" for item in self.programme.all()]
        return [self.lead, self.place, self.target_group, self.body, *items, *speakers]

    def clean(self) -> None:
        super().clean()
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("The day cannot end before it begins.")})
        if self.mode != self.Mode.DIGITAL and not self.place:
            raise ValidationError({"place": _("Write where the day is held, or choose to hold it digitally.")})

    @property
    def is_over(self) -> bool:
        """Whether the day has been."""
        return self.ends_at < timezone.now()

    def when(self) -> str:
        """The day and the time, as one says them."""
        starts, ends = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        words = {
            "day": date_format(starts, "l j F Y"),
            "from": date_format(starts, "H:i"),
            "until": date_format(ends, "H:i"),
            "last": date_format(ends, "l j F Y"),
        }
        if starts.date() == ends.date():
            return gettext("%(day)s, %(from)s–%(until)s") % words
        return gettext("%(day)s at %(from)s to %(last)s at %(until)s") % words

    def contact(self) -> dict[str, str]:
        """The contact in the shape that contact cards are drawn from."""
        return {
            "name": self.contact_name,
            "role": self.contact_role,
            "email": self.contact_email,
            "phone": self.contact_phone,
        }


class ProgrammeItem(Orderable):
    """What happens at a certain time of the day."""

    page = ParentalKey(TrainingDayPage, on_delete=models.CASCADE, related_name="programme")
    begins = models.TimeField(_("from"))
    ends = models.TimeField(_("until"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), blank=True)

    panels: ClassVar = [
        FieldRowPanel([FieldPanel("begins"), FieldPanel("ends")]),
        FieldPanel("title"),
        FieldPanel("text"),
    ]

    def __str__(self) -> str:
        return self.title


class Speaker(Orderable):
    """Somebody who speaks or leads during the day."""

    page = ParentalKey(TrainingDayPage, on_delete=models.CASCADE, related_name="speakers")
    name = models.CharField(_("name"), max_length=100)
    role = models.CharField(_("role"), max_length=200, blank=True)

    panels: ClassVar = [FieldRowPanel([FieldPanel("name"), FieldPanel("role")])]

    def __str__(self) -> str:
        return self.name
