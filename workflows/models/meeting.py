"""A meeting of the board: its agenda, who is there, who serves, what is proposed, voted and decided."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from forms.models.upload import private_storage
from records.models import Scoped

from .board import Board, Seat
from .matter import Matter
from .papers import Decision


def paper_name(paper: "AgendaPaper", filename: str) -> str:
    """A random path: nothing of what the file was called reaches the disk."""
    return f"board/{uuid.uuid4().hex}"


class Meeting(Scoped):
    """One meeting (sammanträde), from plan to adjusted minutes."""

    collection_path = "board__collection"

    class State(models.TextChoices):
        """How far it has come."""

        PLANNED = "planned", pgettext_lazy("meeting", "planned")
        CALLED = "called", pgettext_lazy("meeting", "called")
        OPEN = "open", pgettext_lazy("meeting", "in session")
        CLOSED = "closed", pgettext_lazy("meeting", "closed")
        CANCELLED = "cancelled", pgettext_lazy("meeting", "cancelled")

    class Purpose(models.TextChoices):
        """What sort of meeting it is; the budget is decided in public (Finsam 23 §)."""

        ORDINARY = "ordinary", pgettext_lazy("meeting", "ordinary")
        BUDGET = "budget", pgettext_lazy("meeting", "budget, in public")
        FIRST = "first", pgettext_lazy("meeting", "first of a new term")
        EXTRA = "extra", pgettext_lazy("meeting", "extra")

    class Mode(models.TextChoices):
        """How one attends."""

        ON_SITE = "on_site", _("on site")
        HYBRID = "hybrid", _("on site or from a distance")
        DISTANCE = "distance", _("from a distance")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("board"))
    title = models.CharField(_("title"), max_length=160)
    purpose = models.CharField(_("sort"), max_length=10, choices=Purpose.choices, default=Purpose.ORDINARY)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    mode = models.CharField(_("how one attends"), max_length=10, choices=Mode.choices, default=Mode.ON_SITE)
    place = models.CharField(_("place"), max_length=200, blank=True)
    link = models.URLField(_("link for those at a distance"), max_length=500, blank=True)
    is_public = models.BooleanField(_("open to the public"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)
    version = models.PositiveIntegerField(default=0)
    secretary = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("secretary"),
    )
    chair = models.ForeignKey(
        Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("chair of the meeting")
    )
    called_at = models.DateTimeField(_("called"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    cancelled_reason = models.CharField(_("why it was cancelled"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering: ClassVar = ["-starts_at", "-pk"]
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["board", "-starts_at"])]

    def __str__(self) -> str:
        return f"{self.title} {timezone.localdate(self.starts_at)}"

    def get_absolute_url(self) -> str:
        """The meeting's page."""
        return reverse("workflows:meeting", args=[self.key])

    @property
    def stream(self) -> str:
        """The name of the meeting's event stream."""
        return f"meeting:{self.key}"


class AgendaItem(Scoped):
    """One item of the agenda; when it has been dealt with it is a numbered paragraph (§) of the minutes."""

    collection_path = "meeting__board__collection"

    class Sort(models.TextChoices):
        """What the item is."""

        FORMALITY = "formality", pgettext_lazy("agenda", "formality")
        MATTER = "matter", pgettext_lazy("agenda", "matter for decision")
        DECISION = "decision", pgettext_lazy("agenda", "decision without a matter")
        ELECTION = "election", pgettext_lazy("agenda", "election")
        INFORMATION = "information", pgettext_lazy("agenda", "information")
        DELEGATED = "delegated", pgettext_lazy("agenda", "report of delegated decisions")

    class State(models.TextChoices):
        """How far the board has come with it."""

        WAITING = "waiting", pgettext_lazy("agenda", "waiting")
        OPEN = "open", pgettext_lazy("agenda", "being dealt with")
        DONE = "done", pgettext_lazy("agenda", "dealt with")
        REMOVED = "removed", pgettext_lazy("agenda", "taken off the agenda")

    class Method(models.TextChoices):
        """How the decision came about."""

        NONE = "", pgettext_lazy("agenda", "none")
        ACCLAMATION = "acclamation", _("without a vote")
        VOTE = "vote", _("vote")
        CASTING_VOTE = "casting_vote", _("the chair's casting vote")
        BALLOT = "ballot", _("closed ballot")
        LOT = "lot", _("drawing of lots")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField(_("position"))
    sort = models.CharField(_("sort"), max_length=12, choices=Sort.choices)
    title = models.CharField(_("title"), max_length=200)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, null=True, blank=True, related_name="agenda_items")
    background = models.TextField(_("background"), blank=True)
    proposal = models.TextField(
        _("proposed decision"), blank=True, help_text=_("One line for each “that …”; it is the main proposal.")
    )
    presenter = models.CharField(_("presented by"), max_length=200, blank=True)
    minutes = models.PositiveSmallIntegerField(_("planned minutes"), null=True, blank=True)
    is_secret = models.BooleanField(
        _("secret"), default=False, help_text=_("The title and the papers are shown to the board and the office only.")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    paragraph = models.PositiveIntegerField(_("paragraph"), null=True, blank=True)
    paragraph_year = models.PositiveSmallIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, blank=True)
    method = models.CharField(_("how it was decided"), max_length=14, choices=Method.choices, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    conditions = models.TextField(_("conditions"), blank=True)
    decided = models.TextField(_("the board's decision"), blank=True)
    account = models.TextField(
        _("account of the matter"), blank=True, help_text=_("What the minutes tell beyond what is written by itself.")
    )
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="agenda_item"
    )

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering: ClassVar = ["position", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting", "matter"],
                condition=~models.Q(state="removed"),
                name="workflows_a_matter_once_per_meeting",
            ),
            models.UniqueConstraint(
                fields=["meeting"],
                condition=models.Q(state="open"),
                name="workflows_one_open_item_per_meeting",
            ),
            models.CheckConstraint(
                condition=models.Q(paragraph__isnull=True) | models.Q(paragraph_year__isnull=False),
                name="workflows_a_paragraph_has_a_year",
            ),
        ]

    def __str__(self) -> str:
        return f"§ {self.paragraph} {self.title}" if self.paragraph else self.title


class ParagraphCounter(Scoped):
    """The last § of a board and year; its row is the lock that keeps the paragraphs without gaps."""

    collection_path = "board__collection"

    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["board", "year"], name="workflows_one_paragraph_counter_per_year")
        ]

    def __str__(self) -> str:
        return f"{self.board_id}:{self.year}"


class AgendaPaper(Scoped):
    """A file that belongs to an item: what the board reads beside the matter itself."""

    collection_path = "item__meeting__board__collection"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="papers")
    title = models.CharField(_("title"), max_length=200)
    name = models.CharField(_("file name"), max_length=150)
    size = models.PositiveBigIntegerField(_("size"))
    content_type = models.CharField(_("type"), max_length=100)
    sha256 = models.CharField(max_length=64)
    file = models.FileField(storage=private_storage, upload_to=paper_name, max_length=100)
    position = models.PositiveSmallIntegerField(default=1)
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering: ClassVar = ["position", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.title


class BoardPack(Scoped):
    """All papers of a meeting in one file, made in the background; a new one is made when the agenda changes."""

    collection_path = "meeting__board__collection"

    class State(models.TextChoices):
        """How far it has come."""

        WAITING = "waiting", pgettext_lazy("board pack", "waiting")
        READY = "ready", pgettext_lazy("board pack", "ready")
        FAILED = "failed", pgettext_lazy("board pack", "failed")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="packs")
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="whose copy it is, when it leaves out items that the person is disqualified from",
    )
    left_out = models.JSONField(default=list, blank=True, help_text="keys of the items the reader takes no part in")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    file = models.FileField(storage=private_storage, upload_to=paper_name, max_length=100, blank=True)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    made_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("board pack")
        verbose_name_plural = _("board packs")
        ordering: ClassVar = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.meeting_id}:{self.asked_at:%Y-%m-%d %H:%M}"


class Attendance(Scoped):
    """Somebody is at the meeting from one moment to another; who leaves and comes back has two rows."""

    collection_path = "meeting__board__collection"

    class Mode(models.TextChoices):
        """How the person attends; sound alone only for special reasons (Finsam 19 a §)."""

        ON_SITE = "on_site", pgettext_lazy("attendance", "on site")
        VIDEO = "video", pgettext_lazy("attendance", "by sound and image")
        SOUND = "sound", pgettext_lazy("attendance", "by sound only")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="attendance")
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("as"), max_length=120, blank=True, help_text=_("For those without a seat."))
    mode = models.CharField(_("how"), max_length=10, choices=Mode.choices, default=Mode.ON_SITE)
    reason = models.CharField(_("why by sound only"), max_length=200, blank=True)
    arrived_at = models.DateTimeField(_("from"))
    left_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering: ClassVar = ["arrived_at", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting", "seat"],
                condition=models.Q(left_at__isnull=True),
                name="workflows_a_person_attends_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Service(Scoped):
    """Who took part in deciding one item: kept when the item is closed, never computed again."""

    collection_path = "item__meeting__board__collection"

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="service")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    stands_in_for = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_chair = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "seat"], name="workflows_a_seat_serves_once"),
            models.UniqueConstraint(fields=["item", "stands_in_for"], name="workflows_one_deputy_per_place"),
            models.UniqueConstraint(
                fields=["item"], condition=models.Q(is_chair=True), name="workflows_one_chair_per_item"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}:{self.seat_id}"


class Disqualification(Scoped):
    """A conflict of interest (jäv) in one item: proposed from what is known, or told by the person (KL 6:28–32)."""

    collection_path = "item__meeting__board__collection"

    class Ground(models.TextChoices):
        """Why, in the order of KL 6:28."""

        PARTY = "party", _("the matter concerns the person or someone close")
        REPRESENTATIVE = "representative", _("the person represents a party, as signatory, manager or on its board")
        SUPERVISION = "supervision", _("the person has a part in supervising the activity in question")
        AGENT = "agent", _("the person has acted for a party in the matter")
        OTHER = "other", _("another circumstance that can shake the trust in the person's impartiality")

    class State(models.TextChoices):
        """What it has come to."""

        PROPOSED = "proposed", pgettext_lazy("disqualification", "proposed")
        DECLARED = "declared", pgettext_lazy("disqualification", "told by the person")
        CONTESTED = "contested", pgettext_lazy("disqualification", "contested: the board decides")
        DECIDED = "decided", pgettext_lazy("disqualification", "decided by the board")
        DISMISSED = "dismissed", pgettext_lazy("disqualification", "no conflict of interest")

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="disqualifications")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(_("ground"), max_length=20, choices=Ground.choices)
    reason = models.TextField(_("in what way"), blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("disqualification")
        verbose_name_plural = _("disqualifications")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "seat"], name="workflows_one_disqualification_per_item")
        ]

    def __str__(self) -> str:
        return f"{self.item_id}:{self.seat_id}"

    @property
    def stands(self) -> bool:
        """Is the person out of the item, and out of the room?"""
        return self.state in (self.State.DECLARED, self.State.DECIDED)


class Motion(Scoped):
    """A proposal (yrkande) put at the meeting; the first is what the papers propose."""

    collection_path = "item__meeting__board__collection"

    class Sort(models.TextChoices):
        """What the proposal would lead to."""

        MAIN = "main", _("as proposed in the papers")
        OWN = "own", _("a proposal of one's own")
        REJECT = "reject", _("rejection")
        REFER_BACK = "refer_back", _("referral back for more preparation")
        TABLE = "table", _("tabling to a later meeting")
        CANDIDATE = "candidate", _("a candidate in an election")

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="motions")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=1)
    sort = models.CharField(_("sort"), max_length=12, choices=Sort.choices)
    outcome = models.CharField(max_length=20, blank=True, help_text="the outcome of the decision it would give")
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    text = models.TextField(_("the proposal"))
    seconded_by: models.ManyToManyField = models.ManyToManyField(Seat, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering: ClassVar = ["position", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.text[:80]


class Ballot(Scoped):
    """One vote (omröstning): yes for one proposal, no for another; or a closed ballot in an election."""

    collection_path = "item__meeting__board__collection"

    class Sort(models.TextChoices):
        """Open by name; closed in elections and appointments (KL 5:53–55)."""

        OPEN = "open", pgettext_lazy("ballot", "open")
        CLOSED = "closed", pgettext_lazy("ballot", "closed")

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="ballots")
    number = models.PositiveSmallIntegerField(default=1)
    sort = models.CharField(max_length=10, choices=Sort.choices, default=Sort.OPEN)
    yes = models.ForeignKey(Motion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    no = models.ForeignKey(Motion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    tally = models.JSONField(default=dict, blank=True, help_text='{"yes": n, "no": n, "abstain": n} or {motion: n}')
    winner = models.ForeignKey(Motion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_by = models.CharField(max_length=14, choices=AgendaItem.Method.choices, blank=True)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering: ClassVar = ["number", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "number"], name="workflows_one_ballot_per_number"),
            models.UniqueConstraint(
                fields=["item"], condition=models.Q(closed_at__isnull=True), name="workflows_one_open_ballot_per_item"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}:{self.number}"


class Vote(Scoped):
    """One person's vote by name in an open ballot; it cannot be changed."""

    collection_path = "ballot__item__meeting__board__collection"

    class Choice(models.TextChoices):
        """What one can answer (KL 4:24–25: one vote each; one may abstain, the chair not when it is needed)."""

        YES = "yes", pgettext_lazy("vote", "yes")
        NO = "no", pgettext_lazy("vote", "no")
        ABSTAIN = "abstain", pgettext_lazy("vote", "abstain")

    ballot = models.ForeignKey(Ballot, on_delete=models.PROTECT, related_name="votes")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=Choice.choices)
    cast_at = models.DateTimeField(default=timezone.now)
    by_secretary = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("cast vote")
        verbose_name_plural = _("cast votes")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["ballot", "seat"], name="workflows_one_vote_per_seat")]

    def __str__(self) -> str:
        return f"{self.ballot_id}:{self.seat_id}"


class Reservation(Scoped):
    """A reservation against a decision, told before the meeting ends; its text may follow later (KL 4:27)."""

    collection_path = "item__meeting__board__collection"

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="reservations")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("reasons"), blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "seat"], name="workflows_one_reservation_per_seat")
        ]

    def __str__(self) -> str:
        return f"{self.item_id}:{self.seat_id}"
