"""The papers of a matter: completions asked for, statements, decisions, letters, notes and conflicts of interest."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models import Scoped

from .matter import Matter, MatterPerson


class Paper(Scoped):
    """What all papers share: their matter, who wrote them and when."""

    collection_path = "matter__collection"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True


class CompletionRequest(Paper):
    """The office asks the applicant to complete chosen questions, with a comment at each."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="completion_requests")
    step = models.CharField(max_length=64)
    visit = models.PositiveIntegerField()
    fields = models.JSONField(default=list, help_text="[{id, label, comment}]")
    message = models.TextField(blank=True)
    due = models.DateField(null=True, blank=True)
    completion = models.OneToOneField(
        "forms.Completion", on_delete=models.PROTECT, null=True, blank=True, related_name="request"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("request for completion")
        verbose_name_plural = _("requests for completion")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "visit"], name="workflows_one_request_per_visit")
        ]

    def __str__(self) -> str:
        return str(self.created_at.date())

    @property
    def is_open(self) -> bool:
        """Does it still wait for the applicant?"""
        return self.ended_at is None

    @property
    def field_ids(self) -> list[str]:
        """The ids of the chosen questions."""
        return [row["id"] for row in self.fields]


class Statement(Paper):
    """What the preparatory group recommends; a recommendation is not a decision."""

    class Outcome(models.TextChoices):
        """What can be recommended."""

        APPROVE = "approve", _("approval is recommended")
        SUPPLEMENT = "supplement", _("it should be supplemented first")
        REJECT = "reject", _("rejection is recommended")

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="statements")
    step = models.CharField(max_length=64)
    visit = models.PositiveIntegerField()
    outcome = models.CharField(max_length=30, choices=Outcome.choices)
    text = models.TextField()

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "visit"], name="workflows_one_statement_per_visit")
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()


class Decision(Paper):
    """What the board decided according to the minutes; it counts once the chair has confirmed it."""

    class Outcome(models.TextChoices):
        """What the board can decide in a matter about money."""

        GRANTED = "granted", _("granted")
        GRANTED_IN_PART = "granted_in_part", _("granted in part")
        REJECTED = "rejected", _("rejected")
        REFERRED_BACK = "referred_back", _("referred back")
        TABLED = "tabled", _("tabled")

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="decisions")
    step = models.CharField(max_length=64)
    visit = models.PositiveIntegerField()
    number = models.PositiveIntegerField(default=1, help_text="counts the records made of one decision")
    meeting_date = models.DateField(_("date of the meeting"))
    paragraph = models.CharField(_("paragraph"), max_length=20)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    conditions = models.TextField(_("conditions"), blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    confirmed_name = models.CharField(max_length=300, blank=True)
    confirmed_as = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "visit", "number"], name="workflows_one_record_per_number"),
            models.UniqueConstraint(
                fields=["matter", "visit"],
                condition=models.Q(confirmed_at__isnull=False),
                name="workflows_one_confirmed_decision_per_visit",
            ),
        ]

    def __str__(self) -> str:
        return f"§ {self.paragraph} {self.get_outcome_display()}"


class Recusal(Paper):
    """A person's own declaration of a conflict of interest (jäv) in a matter."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="recusals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    reason = models.TextField(blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    lifted_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["matter", "user"],
                condition=models.Q(lifted_at__isnull=True),
                name="workflows_one_recusal_per_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.matter_id}:{self.user_id}"


class Letter(Paper):
    """A letter to the applicant: its mails lie in the outbox, or it waits to be sent with others of a meeting."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="letters")
    step = models.CharField(max_length=64, blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    recipients = models.JSONField(default=list)
    held_for = models.ForeignKey(
        "workflows.Minutes",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="letters",
        help_text="a draft until the office sends all letters of these minutes",
    )
    source = models.JSONField(default=dict, blank=True, help_text='a draft\'s {"kind", "subject", "text"} to fill in')
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering: ClassVar = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.subject

    @property
    def is_draft(self) -> bool:
        """Does it still wait to be sent?"""
        return self.held_for_id is not None and self.sent_at is None


class Note(Paper):
    """What is written about a matter beside its papers: an internal note, or a message to or from the applicant."""

    class Audience(models.TextChoices):
        """Who reads it."""

        INTERNAL = "internal", _("the office only")
        EXTERNAL = "external", _("the applicant and the office")

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="notes")
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.INTERNAL)
    person = models.ForeignKey(
        MatterPerson,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="who wrote it, outside the office",
    )
    sender = models.CharField(max_length=200, blank=True, help_text="what the writer outside the office is called")
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("note or message")
        verbose_name_plural = _("notes and messages")
        ordering: ClassVar = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def is_from_outside(self) -> bool:
        """Was it written by the applicant or a colleague?"""
        return bool(self.sender)


__all__ = ["CompletionRequest", "Decision", "Letter", "Matter", "MatterPerson", "Note", "Recusal", "Statement"]
