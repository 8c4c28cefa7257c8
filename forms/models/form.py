"""The form as staff edit it."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from modelcluster.models import ClusterableModel

from forms.blocks import pages
from forms.compile import compile_form, fill_names
from forms.definition import Definition
from forms.kinds import KindsField, Problem
from forms.lint import lint_form
from forms.preview import NO_SCRIPT, NO_SCRIPT_POLICY, SIZES, language_of, modes, sketch


class Form(Definition, ClusterableModel):
    """A form: what it asks (pages and questions), when it is open, and what it says before and after."""

    class Purpose(models.TextChoices):
        """What a form is for; registers and pages choose forms by it."""

        APPLICATION = "application", _("application")
        REPORT = "report", _("report")
        EVALUATION = "evaluation", _("evaluation")
        REGISTRATION = "registration", _("registration")
        STATEMENT = "statement", _("statement")
        CHECKLIST = "checklist", _("checklist")
        CONTACT = "contact", _("message to the association")
        OTHER = "other", _("something else")

    class DraftPolicy(models.TextChoices):
        """What becomes of drafts when a new version is published."""

        FINISH = "finish", _("are finished as they were begun")
        FORWARD = "forward", _("move to the new version")

    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        help_text=_("The last part of the form's web address: small letters, digits and hyphens."),
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose, default=Purpose.OTHER)
    language = models.CharField(
        _("language"), max_length=10, choices=[("sv", _("Swedish")), ("en", _("English"))], default="sv"
    )
    questions = KindsField(family="field", inside=pages, collapsed=True, blank=True, verbose_name=_("questions"))
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    closed_text = models.TextField(
        _("text when closed"), blank=True, help_text=_("Shown before the form opens and after it has closed.")
    )
    intro = models.TextField(
        _("introduction"), blank=True, help_text=_("Shown before the first page: what it is for and what is needed.")
    )
    next_steps = models.TextField(
        _("what happens next"), blank=True, help_text=_("Shown on the receipt and in the mail that follows it.")
    )
    contact = models.TextField(
        _("whom to ask"), blank=True, help_text=_("Name, e-mail address and phone number of somebody who can help.")
    )
    privacy_text = models.TextField(
        _("about personal data"),
        blank=True,
        help_text=_("What the data are used for, the legal ground, how long they are kept and whom to turn to."),
    )
    contact_email_field = models.CharField(
        _("question with the e-mail address"),
        max_length=60,
        blank=True,
        help_text=_("The name of the question whose answer the receipt is sent to."),
    )
    contact_name_field = models.CharField(
        _("question with the name"),
        max_length=60,
        blank=True,
        help_text=_("The name of the question that says who has filled in the form."),
    )
    keep_drafts_days = models.PositiveSmallIntegerField(
        _("days that an unfinished form is kept"), default=60, help_text=_("Counted from when it was last saved.")
    )

    anonymous = models.BooleanField(
        _("anonymous"),
        default=False,
        help_text=_("Nothing about who answers is kept: no name, no address, no account. Nobody gets a receipt."),
    )
    draft_policy = models.CharField(
        _("unfinished forms when a new version is published"),
        max_length=10,
        choices=DraftPolicy,
        default=DraftPolicy.FINISH,
    )
    # {language: {"<block id>.<setting>": text, ".<field of the form>": text}}
    translations = models.JSONField(_("translations"), default=dict, blank=True)
    limit_total = models.PositiveIntegerField(_("at most, in all"), null=True, blank=True)
    limit_per_person = models.PositiveIntegerField(_("at most, per person"), null=True, blank=True)
    limit_per_organisation = models.PositiveIntegerField(_("at most, per organisation"), null=True, blank=True)
    limit_per_subject = models.PositiveIntegerField(_("at most, per subject"), null=True, blank=True)
    organisation_field = models.CharField(
        _("question with the organisation"),
        max_length=60,
        blank=True,
        help_text=_("The name of the question whose answer tells organisations apart."),
    )

    class Meta:
        verbose_name = _("form")
        verbose_name_plural = _("forms")
        ordering: ClassVar[list[str]] = ["title"]
        default_permissions = ("add", "change", "delete")

    def compile(self) -> dict[str, Any]:
        return compile_form(self)

    def lint(self) -> list[Problem]:
        return lint_form(self)

    def fill_names(self) -> bool:
        return fill_names(self.questions)

    # --- the preview: every mode shows all pages, one after the other ---

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return modes(self)

    @property
    def preview_sizes(self) -> list[dict[str, Any]]:
        return SIZES

    @property
    def default_preview_size(self) -> str:
        return "phone"

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "forms/preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        return {**super().get_preview_context(request, mode_name), **sketch(self, mode_name)}

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        with override(language_of(self, mode_name)):
            response = super().serve_preview(request, mode_name).render()
        if mode_name == NO_SCRIPT:
            response._csp_replace = NO_SCRIPT_POLICY
        return response
