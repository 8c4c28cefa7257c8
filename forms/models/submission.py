"""What somebody fills in: a draft until it is sent, then frozen."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models import CollectionScoped, Scoped
from records.triggers import frozen


class Submission(CollectionScoped):
    """One person's answers to one version of a form."""

    class State(models.TextChoices):
        """Where a submission is in its life."""

        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        WITHDRAWN = "withdrawn", _("withdrawn")
        PURGED = "purged", _("purged")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    form = models.ForeignKey("forms.Form", on_delete=models.PROTECT, related_name="submissions", verbose_name=_("form"))
    version = models.ForeignKey(
        "forms.FormVersion", on_delete=models.PROTECT, related_name="submissions", verbose_name=_("version")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    answers = models.JSONField(_("answers"), default=dict)
    # What only a draft has: {"last": page id, "pages": {page id: {"saves", "by", "raw"}}}; `raw` is what was typed
    # on the page and could not be accepted.
    progress = models.JSONField(default=dict, editable=False)
    # Counts the times a draft was stored, so that two that store at once cannot undo each other.
    saves = models.PositiveIntegerField(default=0, editable=False)
    # The page the visitor filled in carries this; the same page posted twice is therefore one submission.
    nonce = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=20, unique=True, null=True, editable=False)
    name = models.CharField(_("name"), max_length=255, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    # What the submission is about, when it is about one thing: "matter:<key>", "page:<id>"; empty otherwise.
    subject = models.CharField(_("subject"), max_length=80, blank=True)
    # The organisation number it was sent for, in its shortest spelling; empty when the form does not count by it.
    organisation = models.CharField(_("organisation"), max_length=40, blank=True)
    entry_code = models.ForeignKey(
        "forms.EntryCode",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("late-entry code"),
    )
    # Filled in to try the form: never counted, never a matter, removed together with the other samples.
    is_sample = models.BooleanField(_("sample"), default=False)
    language = models.CharField(_("language"), max_length=10, default="sv")
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last saved"))
    submitted_at = models.DateTimeField(_("sent"), null=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)

    # These never change once the submission has been sent.
    FROZEN: ClassVar[list[str]] = [
        "key",
        "collection_id",
        "form_id",
        "version_id",
        "answers",
        "nonce",
        "reference",
        "submitted_at",
        "digest",
        "subject",
        "organisation",
        "is_sample",
    ]

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        default_permissions = ()
        permissions: ClassVar = [
            ("view_submission", _("Can read what has been sent in")),
            ("export_submission", _("Can export what has been sent in")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["form", "state", "id"], name="forms_submission_of_form"),
            models.Index(fields=["collection", "state", "-submitted_at"], name="forms_submission_received"),
            models.Index(fields=["state", "updated_at"], name="forms_submission_idle"),
            models.Index(fields=["email"], name="forms_submission_contact"),
            models.Index(fields=["subject"], condition=~models.Q(subject=""), name="forms_submission_about"),
            # The register in its order: pages and counts are read from the index alone.
            models.Index(
                fields=["-submitted_at", "-id", "collection", "form", "state", "is_sample"],
                name="forms_submission_register",
            ),
            models.Index(fields=["form"], condition=models.Q(is_sample=True), name="forms_submission_sample"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="forms_submission_sent_whole",
                condition=models.Q(state="draft", reference=None, submitted_at=None)
                | models.Q(reference__isnull=False, submitted_at__isnull=False) & ~models.Q(state="draft"),
            ),
        ]

    def __str__(self) -> str:
        return self.reference or str(self.key)

    @property
    def is_draft(self) -> bool:
        """Can it still be changed and sent?"""
        return self.state == self.State.DRAFT

    def page_progress(self, page_id: str) -> dict[str, Any]:
        """How often (`saved`) and by whom (`by`) a page was saved, and what was typed there in vain (`raw`)."""
        return self.progress.get("pages", {}).get(page_id, {})

    @property
    def raw(self) -> dict[str, list[str]]:
        """Everything typed that could not be accepted, by the names of the inputs."""
        pages = self.progress.get("pages", {}).values()
        return {name: values for page in pages for name, values in page.get("raw", {}).items()}


# Only a purge may empty what was sent.
frozen(Submission, Submission.FROZEN, when="state <> 'draft'", unless="state = 'purged'")


class SubmissionText(Scoped):
    """Everything a sent submission says, in one lower-case text that staff can search in."""

    collection_path = "submission__collection"

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, primary_key=True, related_name="text")
    text = models.TextField()

    class Meta:
        verbose_name = _("text of a submission")
        verbose_name_plural = _("texts of submissions")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)
