"""Activities that an association pays for or has paid for: what they are, what was decided, what came of them."""

import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, PageManager, PageQuerySet

from pages.blocks import Body
from pages.fields import LinesField

from .base import SitePage

OVER = ("finished", "cancelled")
RICH = ["bold", "italic", "ol", "ul", "link"]


class ProjectIndexPage(SitePage):
    """All activities of an association: those that go on, and those that are finished."""

    content_panels: ClassVar = SitePage.content_panels
    parent_page_types: ClassVar = ["pages.AssociationPage"]
    subpage_types: ClassVar = ["pages.ProjectPage"]
    template = "pages/project_index_page.html"

    class Meta:
        verbose_name = _("list of activities")
        verbose_name_plural = _("lists of activities")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        projects = list(ProjectPage.objects.live().public().child_of(self).newest_first())
        return super().get_context(request, *args, **kwargs) | {
            "going_on": [project for project in projects if not project.is_over],
            "over": [project for project in projects if project.is_over],
        }


class ProjectQuerySet(PageQuerySet):
    """Activities in the orders readers want."""

    def newest_first(self) -> "ProjectQuerySet":
        """The one that began last comes first; those without a date last."""
        return self.order_by(models.F("period_start").desc(nulls_last=True), "title")

    def going_on_first(self) -> "ProjectQuerySet":
        """What goes on or is planned, then what is finished; the newest of each first."""
        over = models.Case(models.When(status__in=OVER, then=1), default=0)
        return self.order_by(over, models.F("period_start").desc(nulls_last=True), "title")


class ProjectPage(SitePage):
    """An activity: its purpose and people, the decision and the money, and what was learnt."""

    class Status(models.TextChoices):
        """Where the activity is."""

        PLANNED = "planned", _("Planned")
        RUNNING = "running", _("Going on")
        FINISHED = "finished", _("Finished")
        CANCELLED = "cancelled", _("Cancelled")

    class FundingForm(models.TextChoices):
        """How an association pays for an activity."""

        PROJECT = "project", _("Project")
        LIV = "liv", _("Long-term integrated activity (LIV)")
        FREE_MEANS = "free_means", _("Free means")
        PRE_STUDY = "pre_study", _("Pre-study")
        TRAINING = "training", _("Training effort")

    class Direction(models.TextChoices):
        """Whom the activity works with."""

        INDIVIDUAL = "individual", _("Directed at individuals")
        STRUCTURAL = "structural", _("Directed at structures")

    class OrganisationModel(models.TextChoices):
        """The four ways to organise cooperation."""

        PROJECT = "project", _("Project or matrix")
        UNIT = "unit", _("A unit of its own")
        NETWORK = "network", _("Network")
        TEAM = "team", _("Systematic multi-party talks")

    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.RUNNING)
    funding_form = models.CharField(_("form of funding"), max_length=20, choices=FundingForm, blank=True)
    direction = models.CharField(_("direction"), max_length=20, choices=Direction, blank=True)
    organisation_model = models.CharField(_("organisation model"), max_length=20, choices=OrganisationModel, blank=True)
    period_start = models.DateField(_("begins"), null=True, blank=True)
    period_end = models.DateField(_("ends"), null=True, blank=True)

    decision_date = models.DateField(_("day of the decision"), null=True, blank=True)
    decision_paragraph = models.CharField(_("paragraph (§)"), max_length=20, blank=True)
    registry_number = models.CharField(_("registry number"), max_length=60, blank=True)
    amount_granted = models.DecimalField(
        _("amount granted (kr)"), max_digits=14, decimal_places=2, null=True, blank=True
    )

    principal = models.CharField(
        _("principal"), max_length=200, blank=True, help_text=_("The party that is responsible for the activity.")
    )
    parties = LinesField(_("parties"), help_text=_("Those who take part, one on each line."))
    municipalities = LinesField(_("municipalities"), help_text=_("Where it happens, one on each line."))
    target_group = models.TextField(_("target group"), blank=True)

    goals = RichTextField(_("goals"), blank=True, features=RICH)
    body = StreamField(Body(), blank=True, verbose_name=_("how the work is done"))
    results = RichTextField(_("results and findings"), blank=True, features=RICH)

    predecessor = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="successors",
        verbose_name=_("builds on"),
        help_text=_("The activity that came before this one."),
    )

    source_key = models.CharField(
        _("made from"), max_length=100, unique=True, null=True, blank=True, editable=False
    )  # what the page was published from: the same thing published twice is one page
    matter_key = models.CharField(_("matter"), max_length=100, blank=True, editable=False)

    objects = PageManager.from_queryset(ProjectQuerySet)()

    content_panels: ClassVar = [
        *SitePage.content_panels,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("status"), FieldPanel("funding_form")]),
                FieldRowPanel([FieldPanel("direction"), FieldPanel("organisation_model")]),
                FieldRowPanel([FieldPanel("period_start"), FieldPanel("period_end")]),
            ],
            heading=_("The activity"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("decision_date"), FieldPanel("decision_paragraph")]),
                FieldRowPanel([FieldPanel("registry_number"), FieldPanel("amount_granted")]),
            ],
            heading=_("The decision"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("principal"),
                FieldRowPanel([FieldPanel("parties"), FieldPanel("municipalities")]),
                FieldPanel("target_group"),
            ],
            heading=_("Who takes part"),
        ),
        FieldPanel("goals"),
        FieldPanel("body"),
        FieldPanel("results"),
        PageChooserPanel("predecessor"),
        InlinePanel("documents", heading=_("Documents"), label=_("document")),
    ]
    parent_page_types: ClassVar = ["pages.ProjectIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    exclude_fields_in_copy: ClassVar = ["source_key", "matter_key"]
    template = "pages/project_page.html"

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")

    def texts(self) -> list[Any]:
        return [
            self.lead,
            self.principal,
            ", ".join(self.parties),
            ", ".join(self.municipalities),
            self.target_group,
            self.goals,
            self.body,
            self.results,
            self.registry_number,
        ]

    def clean(self) -> None:
        super().clean()
        if self.period_start and self.period_end and self.period_end < self.period_start:
            raise ValidationError({"period_end": _("The activity cannot end before it begins.")})
        if self.amount_granted is not None and self.amount_granted < 0:
            raise ValidationError({"amount_granted": _("The amount cannot be less than zero.")})
        if self.predecessor_id and self.predecessor_id == self.pk:
            raise ValidationError({"predecessor": _("An activity cannot build on itself.")})

    @property
    def is_over(self) -> bool:
        """Whether the activity belongs among the finished ones."""
        return self.status in OVER

    @property
    def status_class(self) -> str:
        """The look of the status chip."""
        return {"running": "ongoing", "finished": "done", "cancelled": "stopped"}.get(self.status, "")

    @property
    def years(self) -> str:
        """The period in years, for lists."""
        return _years(self.period_start, self.period_end)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        related = ProjectPage.objects.live().public().filter(Q(pk=self.predecessor_id) | Q(predecessor_id=self.pk))
        relations = list(related.exclude(pk=self.pk).order_by("period_start")) if self.pk else []
        return super().get_context(request, *args, **kwargs) | {
            "predecessor": next((page for page in relations if page.pk == self.predecessor_id), None),
            "successors": [page for page in relations if page.pk != self.predecessor_id],
            "documents": list(self.documents.select_related("document")) if self.pk else self.documents.all(),
        }


class ProjectDocument(Orderable):
    """A paper that belongs to an activity."""

    page = ParentalKey(ProjectPage, on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(
        "wagtaildocs.Document", on_delete=models.CASCADE, related_name="+", verbose_name=_("document")
    )
    dated = models.DateField(_("date"), null=True, blank=True)
    note = models.CharField(_("what it is"), max_length=200, blank=True)

    panels: ClassVar = [FieldPanel("document"), FieldRowPanel([FieldPanel("dated"), FieldPanel("note")])]

    def __str__(self) -> str:
        return str(self.document)


def _years(start: datetime.date | None, end: datetime.date | None) -> str:
    """2016–2019, "2020–" for what goes on, or the single year."""
    if start is None:
        return str(end.year) if end else ""
    if end is None:
        return f"{start.year}–" if start <= timezone.localdate() else str(start.year)
    return str(start.year) if start.year == end.year else f"{start.year}–{end.year}"
