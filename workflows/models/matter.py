"""A matter on its way, the people outside the office it concerns, and what waits for whom."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from forms.queries import effective_answers, runtime_of
from records.models import CollectionScoped, Scoped
from records.policy import users_with
from workflows.compiling import task_label
from workflows.roles import CONFIRM

from .definition import Workflow, WorkflowVersion
from .registry import RegistrySeries


class Matter(CollectionScoped):
    """One thing on its way (ärende): where it is, what it is about, and who answers for it."""

    class State(models.TextChoices):
        """Whether anything more can happen."""

        OPEN = "open", pgettext_lazy("matter", "open")
        CLOSED = "closed", pgettext_lazy("matter", "closed")
        WITHDRAWN = "withdrawn", pgettext_lazy("matter", "withdrawn")

    class Channel(models.TextChoices):
        """How the matter came to the office."""

        FORM = "form", _("form on the web site")
        LETTER = "letter", _("letter")
        EMAIL = "email", _("e-mail")
        CALL = "call", _("phone call")
        VISIT = "visit", _("visit")
        OWN = "own", _("raised by the office")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    series = models.ForeignKey(RegistrySeries, on_delete=models.PROTECT, related_name="matters")
    registry_year = models.PositiveSmallIntegerField()
    registry_serial = models.PositiveIntegerField()
    registry_number = models.CharField(_("registry number"), max_length=60)
    submission = models.OneToOneField(
        "forms.Submission", on_delete=models.PROTECT, null=True, blank=True, related_name="matter"
    )
    workflow = models.ForeignKey(
        Workflow, on_delete=models.PROTECT, null=True, blank=True, related_name="matters", verbose_name=_("workflow")
    )
    workflow_version = models.ForeignKey(
        WorkflowVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="matters"
    )
    step = models.CharField(max_length=64, blank=True)
    step_name = models.CharField(_("step"), max_length=120, blank=True)
    step_since = models.DateTimeField(null=True, blank=True)
    visit = models.PositiveIntegerField(default=0)  # the version with which the matter came to its step
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    result = models.CharField(_("result"), max_length=120, blank=True)
    version = models.PositiveIntegerField(default=0)
    amount_applied = models.DecimalField(
        _("amount applied for"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    amount_granted = models.DecimalField(_("amount granted"), max_digits=14, decimal_places=2, null=True, blank=True)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible officer"),
    )
    channel = models.CharField(_("came by"), max_length=10, choices=Channel.choices, default=Channel.FORM)
    sender = models.CharField(_("sender"), max_length=200, blank=True)
    description = models.TextField(_("what it is about"), blank=True)
    language = models.CharField(max_length=10, default="sv")
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    confidential_ground = models.CharField(
        _("confidentiality mark"),
        max_length=200,
        blank=True,
        help_text=_("The provision that can make it confidential, for example “OSL 26 kap. 1 §”. Empty: no mark."),
    )
    confidential_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        ordering: ClassVar = ["-received_at", "-pk"]
        permissions: ClassVar = [
            ("handle_matter", _("Handle matters (officer)")),
            ("review_matter", _("Review matters (preparatory group)")),
            ("serve_matter", _("Read board papers and declare a conflict of interest (board member)")),
            ("confirm_decision", _("Confirm decisions (chair)")),
            ("confirm_decision_as_deputy", _("Confirm decisions when the chair has a conflict of interest")),
            ("export_matter", _("Export matters")),
        ]
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["series", "registry_year", "registry_serial"], name="workflows_one_matter_per_number"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_granted__isnull=True)
                | models.Q(amount_applied__isnull=True)
                | models.Q(amount_granted__lte=models.F("amount_applied")),
                name="workflows_granted_within_applied",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["collection", "state", "-received_at"])]

    def __str__(self) -> str:
        return f"{self.registry_number} {self.title}"

    def get_absolute_url(self) -> str:
        """The matter page."""
        return reverse("workflows:matter", args=[self.key])

    @property
    def stream(self) -> str:
        """The name of the matter's event stream."""
        return f"matter:{self.key}"

    @property
    def is_confidential(self) -> bool:
        """Is it marked: must somebody consider confidentiality before anything of it is shown or sent?"""
        return bool(self.confidential_ground)

    @property
    def is_open(self) -> bool:
        """Can anything more happen?"""
        return self.state == self.State.OPEN

    @property
    def graph(self) -> dict[str, Any]:
        """The compiled workflow the matter began with; empty for one without steps."""
        return self.workflow_version.compiled if self.workflow_version else {}

    def questions(self) -> list[Any]:
        """The questions of the application that were met and answered by a person, in reading order."""
        if self.submission is None:
            return []
        path = runtime_of(self.submission).path(effective_answers(self.submission))
        return [question for question in path.questions if question.is_asked]

    def open_request(self) -> Any:
        """The completion the applicant is asked for at the present step."""
        return self.completion_requests.filter(visit=self.visit, ended_at=None).first()

    def pending_decision(self) -> Any:
        """The decision that has been recorded at the present step and is not confirmed yet."""
        last = self.decisions.filter(visit=self.visit).order_by("number").last()
        return last if last and last.confirmed_at is None else None

    def confirmed_decision(self) -> Any:
        """The latest decision that counts."""
        return self.decisions.exclude(confirmed_at=None).order_by("confirmed_at", "pk").last()

    def delegated_decision(self) -> Any:
        """The latest decision made on the board's behalf."""
        return self.delegated_decisions.order_by("decided_at", "pk").last()

    def chair_is_recused(self) -> bool:
        """Has everyone who holds the chair a conflict of interest: declared, or as a party to the matter?"""
        chairs = dict(users_with(CONFIRM, self.collection).values_list("pk", "email"))
        recused = set(self.recusals.filter(lifted_at=None).values_list("user_id", flat=True))
        parties = set(self.people.values_list("email", flat=True))
        return bool(chairs) and all(pk in recused or email in parties for pk, email in chairs.items())

    @property
    def current(self) -> dict[str, Any] | None:
        """The compiled step the matter stands at."""
        return self.graph.get("steps", {}).get(self.step) if self.step else None


class MatterPerson(Scoped):
    """Someone outside the office who may follow the matter: whoever proves the address opens it."""

    collection_path = "matter__collection"

    class Role(models.TextChoices):
        """What the person is in the matter."""

        APPLICANT = "applicant", _("applicant")
        COLLEAGUE = "colleague", _("colleague")

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="people")
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.APPLICANT)
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("person in the matter")
        verbose_name_plural = _("people in the matter")
        ordering: ClassVar = ["role", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), "matter", name="workflows_one_person_per_address")
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)


class Task(Scoped):
    """What waits for someone in a matter; who is a role (a permission) or a relation such as the applicant."""

    collection_path = "matter__collection"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="tasks")
    step = models.CharField(max_length=64)
    visit = models.PositiveIntegerField(default=0, help_text="the matter's version when the step was entered")
    what = models.CharField(max_length=30)
    role = models.CharField(max_length=60)
    blocking = models.BooleanField(default=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    due = models.DateField(_("last day"), null=True, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=120, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    reminded_days = models.SmallIntegerField(
        null=True, blank=True, help_text="the latest reminder sent, in days after the last day"
    )
    escalated_at = models.DateTimeField(null=True, blank=True, help_text="when it went to somebody else too")

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering: ClassVar = ["due", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["matter", "role", "what"],
                condition=models.Q(done_at__isnull=True),
                name="workflows_one_open_task_per_role",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["role", "done_at"])]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What is to be done, in the reader's language."""
        return task_label(self.matter.graph, self.step, self.what)

    @property
    def light(self) -> str:
        """How pressing it is: done, late, soon (within a week), calm, or none when nothing is due."""
        if self.done_at:
            return "done"
        if self.due is None:
            return "none"
        days = (self.due - timezone.localdate()).days
        return "late" if days < 0 else "soon" if days <= 7 else "calm"
