"""Pages that every public body keeps: contact, personal data, accessibility."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable

from pages.blocks import Body

from .base import SitePage
from .form_page import FormPage, OwnFormsOnly

RICH = ["bold", "italic", "ol", "ul", "link"]
DIGG = "Myndigheten för digital förvaltning (Digg)"
DIGG_REPORT = "https://www.digg.se/tdosanmalan"


class StandingPage(SitePage):
    """A page the footer always leads to."""

    parent_page_types: ClassVar = ["pages.HomePage", "pages.AssociationPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        abstract = True


class ContactPage(StandingPage):
    """Whom to turn to, and how."""

    body = StreamField(Body(), blank=True, verbose_name=_("text"))

    content_panels: ClassVar = [
        *StandingPage.content_panels,
        InlinePanel("people", heading=_("People"), label=_("person")),
        FieldPanel("body"),
    ]
    template = "pages/contact_page.html"

    class Meta:
        verbose_name = _("contact page")
        verbose_name_plural = _("contact pages")

    def texts(self) -> list[Any]:
        people = [f"{person.name} {person.role} {person.responsible_for}" for person in self.people.all()]
        return [self.lead, *people, self.body]


class ContactPerson(Orderable):
    """Somebody at the office or on the board."""

    page = ParentalKey(ContactPage, on_delete=models.CASCADE, related_name="people")
    name = models.CharField(_("name"), max_length=100)
    role = models.CharField(_("role"), max_length=100, blank=True)
    responsible_for = models.CharField(_("ask about"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)

    panels: ClassVar = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("role")]),
        FieldPanel("responsible_for"),
        FieldRowPanel([FieldPanel("email"), FieldPanel("phone")]),
    ]

    def __str__(self) -> str:
        return self.name


class PrivacyPage(StandingPage):
    """How personal data are handled: who answers for them, why, for how long, and what the reader may ask."""

    controller = models.CharField(
        _("who is responsible"), max_length=200, blank=True, help_text=_("The board of the association.")
    )
    officer = models.CharField(_("data protection officer"), max_length=200, blank=True)
    officer_email = models.EmailField(_("e-mail to the data protection officer"), blank=True)
    body = StreamField(Body(), blank=True, verbose_name=_("text"))
    updated_on = models.DateField(_("updated"), null=True, blank=True)

    content_panels: ClassVar = [
        *StandingPage.content_panels,
        FieldPanel("controller"),
        FieldRowPanel([FieldPanel("officer"), FieldPanel("officer_email")]),
        FieldPanel("body"),
        FieldPanel("updated_on"),
    ]
    template = "pages/privacy_page.html"

    class Meta:
        verbose_name = _("page about personal data")
        verbose_name_plural = _("pages about personal data")

    def texts(self) -> list[Any]:
        return [self.lead, self.body]


class AccessibilityStatementPage(StandingPage):
    """The statement of DOS-lagen (2018:1937) 13 §: how accessible the site is, and how to say that it is not."""

    class Conformance(models.TextChoices):
        """How far the site follows the law."""

        FULL = "full", _("The website follows the law fully.")
        PARTLY = "partly", _("The website follows the law in part. What is lacking is listed below.")
        NOT = "not", _("The website does not yet follow the law. What is lacking is listed below.")

    responsible = models.CharField(_("who is responsible for the website"), max_length=200)
    service = models.CharField(
        _("website or service"), max_length=200, help_text=_("What the statement is about, with its address.")
    )
    conformance = models.CharField(_("compliance"), max_length=10, choices=Conformance, default=Conformance.PARTLY)
    assessed_on = models.DateField(_("day of the assessment"), null=True, blank=True)
    updated_on = models.DateField(_("day of the latest update"), null=True, blank=True)
    method = RichTextField(_("how it was tested"), blank=True, features=RICH)
    undue_burden = RichTextField(
        _("unreasonably burdensome adaptation"),
        blank=True,
        features=RICH,
        help_text=_("If an exception under 12 § is used: for what, and why."),
    )
    feedback_form = models.ForeignKey(
        "forms.Form",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("form for reporting faults"),
        help_text=_("What is sent in becomes a matter. Without a form, the e-mail address is shown."),
    )
    feedback_email = models.EmailField(_("e-mail for reporting faults"), blank=True)
    feedback_phone = models.CharField(_("phone for reporting faults"), max_length=40, blank=True)
    answer_time = models.CharField(
        _("how soon an answer comes"), max_length=200, blank=True, help_text=_("For example: within a week.")
    )
    authority = models.CharField(_("supervising authority"), max_length=200, default=DIGG)
    authority_url = models.URLField(_("where to report to the authority"), blank=True, default=DIGG_REPORT)

    content_panels: ClassVar = [
        *StandingPage.content_panels,
        MultiFieldPanel(
            [FieldPanel("responsible"), FieldPanel("service"), FieldPanel("conformance")], heading=_("The statement")
        ),
        InlinePanel("failings", heading=_("What is lacking"), label=_("fault")),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("assessed_on"), FieldPanel("updated_on")]),
                FieldPanel("method"),
                FieldPanel("undue_burden"),
            ],
            heading=_("The assessment"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("feedback_form"),
                FieldRowPanel([FieldPanel("feedback_email"), FieldPanel("feedback_phone")]),
                FieldPanel("answer_time"),
            ],
            heading=_("Reporting faults"),
        ),
        MultiFieldPanel([FieldPanel("authority"), FieldPanel("authority_url")], heading=_("Supervision")),
    ]
    form_fields: ClassVar = ("feedback_form",)
    base_form_class = OwnFormsOnly
    template = "pages/accessibility_statement_page.html"

    class Meta:
        verbose_name = _("accessibility statement")
        verbose_name_plural = _("accessibility statements")

    def texts(self) -> list[Any]:
        failings = [failing.description for failing in self.failings.all()]
        return [self.lead, self.responsible, self.service, *failings, self.method, self.undue_burden]

    def feedback_url(self) -> str:
        """Where to report a fault: the form while it is open, else nothing."""
        return FormPage(form=self.feedback_form).begin_url()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().get_context(request, *args, **kwargs) | {"feedback_url": self.feedback_url()}


class Failing(Orderable):
    """Something on the site that does not work for everybody."""

    class Reason(models.TextChoices):
        """Why it is not fixed."""

        NOT_MET = "not_met", _("Does not meet the requirements yet")
        BURDEN = "burden", _("Unreasonably burdensome to adapt")
        OUTSIDE = "outside", _("Not covered by the law")

    page = ParentalKey(AccessibilityStatementPage, on_delete=models.CASCADE, related_name="failings")
    description = models.TextField(_("what does not work"))
    consequence = models.TextField(_("what it means for the reader"), blank=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason, default=Reason.NOT_MET)
    mended_by = models.DateField(_("mended at the latest"), null=True, blank=True)

    panels: ClassVar = [
        FieldPanel("description"),
        FieldPanel("consequence"),
        FieldRowPanel([FieldPanel("reason"), FieldPanel("mended_by")]),
    ]

    def __str__(self) -> str:
        return self.description[:80]
