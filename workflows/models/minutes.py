"""After the meeting: minutes, their adjustment, the notice and its postings, and what is decided by delegation."""

import uuid
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from forms.models.upload import private_storage
from records.models import Scoped

from .board import Board, Member, Seat
from .matter import Matter
from .meeting import AgendaItem, Meeting
from .papers import Decision


def minutes_name(minutes: "Minutes", filename: str) -> str:
    """A random path for the minutes as a file."""
    return f"minutes/{uuid.uuid4().hex}"


class Minutes(Scoped):
    """The minutes (protokoll) of a meeting, or of paragraphs adjusted at once; fixed when ready to be signed."""

    collection_path = "meeting__board__collection"

    class State(models.TextChoices):
        """How far they have come."""

        DRAFT = "draft", pgettext_lazy("minutes", "being written")
        READY = "ready", pgettext_lazy("minutes", "waiting for adjustment")
        ADJUSTED = "adjusted", pgettext_lazy("minutes", "adjusted")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="minutes")
    number = models.PositiveSmallIntegerField(default=1, help_text="parts adjusted at once come before the whole")
    is_immediate = models.BooleanField(_("adjusted at once"), default=False)
    items: models.ManyToManyField = models.ManyToManyField(AgendaItem, blank=True, related_name="in_minutes")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    content = models.JSONField(default=dict, blank=True, help_text="what they say, fixed when ready")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the fixed content: what is signed")
    due = models.DateField(_("last day for adjustment"), null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    adjusted_at = models.DateTimeField(_("adjusted"), null=True, blank=True)
    reminded_on = models.DateField(null=True, blank=True)
    file = models.FileField(storage=private_storage, upload_to=minutes_name, max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    signed_file = models.FileField(storage=private_storage, upload_to=minutes_name, max_length=100, blank=True)
    signed_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
        ordering: ClassVar = ["meeting", "number"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "number"], name="workflows_one_minutes_per_number"),
            models.UniqueConstraint(
                fields=["meeting"],
                condition=models.Q(is_immediate=False),
                name="workflows_one_whole_minutes_per_meeting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting} ({self.number})"


class Adjuster(Scoped):
    """Who the meeting chose to adjust its minutes beside the chair."""

    collection_path = "meeting__board__collection"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="adjusters")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    is_reserve = models.BooleanField(_("in reserve"), default=False)

    class Meta:
        verbose_name = _("adjuster")
        verbose_name_plural = _("adjusters")
        ordering: ClassVar = ["is_reserve", "pk"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["meeting", "seat"], name="workflows_an_adjuster_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id}:{self.seat_id}"


class Adjustment(Scoped):
    """One person's signature under fixed minutes: who, when, as what, and the digest of what was read."""

    collection_path = "minutes__meeting__board__collection"

    class Role(models.TextChoices):
        """As what the person signs."""

        CHAIR = "chair", _("chair")
        ADJUSTER = "adjuster", _("adjuster")
        SECRETARY = "secretary", _("secretary")

    class Means(models.TextChoices):
        """How it was signed."""

        OWN = "own", _("signed in, in this system")
        OUTSIDE = "outside", _("in a signing service or on paper")

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="adjustments")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=10, choices=Role.choices)
    means = models.CharField(max_length=10, choices=Means.choices, default=Means.OWN)
    digest = models.CharField(max_length=64)
    reference = models.CharField(max_length=300, blank=True, help_text="what the signing service calls it")
    signed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["minutes", "seat", "digest"], name="workflows_one_signature_per_text")
        ]

    def __str__(self) -> str:
        return self.name


class Notice(Scoped):
    """The notice that minutes have been adjusted (KL 8:12): posted at the latest the second day after."""

    collection_path = "minutes__meeting__board__collection"

    minutes = models.OneToOneField(Minutes, on_delete=models.PROTECT, related_name="notice")
    due = models.DateField(_("to be posted no later than"))
    posted_on = models.DateField(_("posted"), null=True, blank=True)
    last_day_to_appeal = models.DateField(_("last day to appeal"), null=True, blank=True)
    removed_on = models.DateField(_("taken down"), null=True, blank=True)
    reminded_on = models.DateField(null=True, blank=True)
    appealed_on = models.DateField(_("appealed"), null=True, blank=True)
    appeal = models.CharField(_("the appeal: which paragraphs, and the court's number"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering: ClassVar = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.minutes)


class Posting(Scoped):
    """The notice on one member's own notice board, with proof (Finsam 19 §)."""

    collection_path = "notice__minutes__meeting__board__collection"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="postings")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    token_digest = models.CharField(max_length=64, blank=True, help_text="of the link that is mailed to the member")
    asked_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    posted_on = models.DateField(_("posted"), null=True, blank=True)
    removed_on = models.DateField(_("taken down"), null=True, blank=True)
    proof = models.CharField(
        _("proof"), max_length=300, blank=True, help_text=_("An address, or who said so and when.")
    )
    confirmed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "member"], name="workflows_one_posting_per_member")
        ]

    def __str__(self) -> str:
        return f"{self.notice_id}:{self.member_id}"


class Delegation(Scoped):
    """One line of the delegation scheme (delegationsordning): who may decide what, up to how much (Finsam 10 §)."""

    collection_path = "board__collection"

    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="delegations", verbose_name=_("board"))
    number = models.CharField(_("number"), max_length=20)
    what = models.CharField(_("what may be decided"), max_length=300)
    delegates: models.ManyToManyField = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("who may decide")
    )
    up_to = models.DecimalField(_("up to"), max_digits=14, decimal_places=2, null=True, blank=True)
    decided_on = models.DateField(_("decided by the board"))
    paragraph = models.CharField(_("paragraph"), max_length=20, blank=True)
    ends_on = models.DateField(_("until and including"), null=True, blank=True)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegation scheme")
        ordering: ClassVar = ["board", "number"]
        default_permissions = ("add", "change", "delete")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["board", "number", "decided_on"], name="workflows_one_delegation_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.what}"


class DelegatedDecision(Scoped):
    """A decision made on the board's behalf; it is reported at the next meeting (KL 7:8 as followed by Finsam 10 §)."""

    collection_path = "delegation__board__collection"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="decisions")
    matter = models.ForeignKey(
        Matter, on_delete=models.PROTECT, null=True, blank=True, related_name="delegated_decisions"
    )
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_name = models.CharField(max_length=200)
    outcome = models.CharField(_("outcome"), max_length=20, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    text = models.TextField(_("the decision"))
    reasons = models.TextField(_("reasons"), blank=True)
    reported_in = models.ForeignKey(
        AgendaItem, on_delete=models.PROTECT, null=True, blank=True, related_name="delegated_decisions"
    )

    class Meta:
        verbose_name = _("delegated decision")
        verbose_name_plural = _("delegated decisions")
        ordering: ClassVar = ["-decided_at", "-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["delegation", "year", "number"], name="workflows_one_delegated_decision_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}:{self.number}"

    @property
    def day(self) -> date:
        """The day it was made."""
        return timezone.localdate(self.decided_at)

    def get_outcome_display(self) -> str:
        """What the outcome is called, for decisions in matters."""
        return str(dict(Decision.Outcome.choices).get(self.outcome, self.outcome))
