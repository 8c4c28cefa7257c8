"""The board: the association's members, and who sits for them, when and in which order."""

import uuid
from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from records.models import CollectionScoped, Scoped


class Board(CollectionScoped):
    """The board (styrelse) of an association: its only deciding body, with the settings its meetings follow."""

    name = models.CharField(_("name"), max_length=120, default="Styrelsen")
    notice_days = models.PositiveSmallIntegerField(
        _("days between the call and the meeting"), default=7, help_text=_("When the call is due.")
    )
    presidium_days = models.PositiveSmallIntegerField(
        _("days between the presidium's meeting and the board's"), default=14
    )
    completion_days = models.PositiveSmallIntegerField(
        _("days before the preparatory group's meeting that an application must be complete"), default=7
    )
    preparation_days = models.PositiveSmallIntegerField(
        _("days between the preparatory group's meeting and the board's"), default=14
    )
    minutes_kept_at = models.CharField(_("where the minutes are kept"), max_length=200, blank=True)
    court = models.CharField(
        _("administrative court"),
        max_length=120,
        blank=True,
        help_text=_("Where the board's decisions are appealed, for example “Förvaltningsrätten i Jönköping”."),
    )
    distance_decided_on = models.DateField(
        _("distance attendance decided on"),
        null=True,
        blank=True,
        help_text=_("Nobody can attend from a distance before the board has decided so (Finsam Act, section 19 a)."),
    )
    distance_decision = models.CharField(_("the decision: paragraph and conditions"), max_length=300, blank=True)
    deputies_across = models.BooleanField(
        _("a deputy of another member may serve when none of the member's own can"), default=False
    )

    class Meta:
        verbose_name = _("board")
        verbose_name_plural = _("boards")
        ordering: ClassVar = ["collection"]
        default_permissions = ("add", "change", "delete")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["collection"], name="workflows_one_board_per_association")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def allows_distance(self) -> bool:
        """Has the board decided, in writing, that one may attend from a distance (Finsam 19 a §)?"""
        return self.distance_decided_on is not None and bool(self.distance_decision)


class Member(Scoped):
    """A member of the association (förbundsmedlem): it elects ledamöter and as many ersättare (Finsam 10 §)."""

    collection_path = "board__collection"

    class Party(models.TextChoices):
        """The four sides that fund the association (Finsam 4–5 §§); several municipalities are one party."""

        MUNICIPALITY = "municipality", _("municipality")
        REGION = "region", _("region")
        INSURANCE = "insurance", _("Försäkringskassan")
        EMPLOYMENT = "employment", _("Arbetsförmedlingen")

    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="members")
    name = models.CharField(_("name"), max_length=120)
    party = models.CharField(_("party"), max_length=20, choices=Party.choices)
    notice_email = models.EmailField(
        _("address for notices"), blank=True, help_text=_("Who posts our notices on the member's notice board.")
    )
    notice_url = models.URLField(_("the member's notice board"), blank=True)
    joined_on = models.DateField(_("member from"), null=True, blank=True)
    left_on = models.DateField(_("member until"), null=True, blank=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering: ClassVar = ["party", "name"]
        default_permissions = ("add", "change", "delete")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["board", "name"], name="workflows_one_member_per_name")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_own_notice_board(self) -> bool:
        """Must our notices be posted here too? Those of municipalities and regions (Finsam 19 §)."""
        return self.party in (self.Party.MUNICIPALITY, self.Party.REGION)


class Seat(Scoped):
    """One person's seat in the board for a period: as ledamot, or as ersättare with an order of service."""

    collection_path = "member__board__collection"

    class Kind(models.TextChoices):
        """What the seat is."""

        ORDINARY = "ordinary", pgettext_lazy("board", "member")
        DEPUTY = "deputy", pgettext_lazy("board", "deputy")

    class Office(models.TextChoices):
        """What the board has elected the person to (Finsam 17 §)."""

        NONE = "", pgettext_lazy("board", "none")
        CHAIR = "chair", _("chair")
        VICE_CHAIR = "vice_chair", _("vice chair")
        SECOND_VICE_CHAIR = "second_vice_chair", _("second vice chair")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="seats", verbose_name=_("member"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="seats",
        verbose_name=_("person"),
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("seat"), max_length=10, choices=Kind.choices)
    order = models.PositiveSmallIntegerField(
        _("order of service"), default=1, help_text=_("Deputies of one member are called in this order.")
    )
    office = models.CharField(_("elected to"), max_length=20, choices=Office.choices, blank=True)
    affiliation = models.CharField(
        _("belongs to"), max_length=120, blank=True, help_text=_("Political party, or the post held at the agency.")
    )
    employer = models.CharField(
        _("employer and own commissions"),
        max_length=300,
        blank=True,
        help_text=_("What can make the person disqualified. Conflicts are proposed from it; only the board sees it."),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until and including"), null=True, blank=True)
    ended_reason = models.CharField(_("why it ended"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering: ClassVar = ["member", "-kind", "order", "pk"]
        default_permissions = ("add", "change", "delete")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="workflows_seat_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(office="") | models.Q(kind="ordinary"), name="workflows_only_members_hold_offices"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "ends_on"])]

    def __str__(self) -> str:
        return self.name

    def holds_on(self, day: date) -> bool:
        """Does the period of the seat cover this day? Both its first and its last day count."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    @property
    def is_deputy(self) -> bool:
        """Does the person only serve in somebody else's place?"""
        return self.kind == self.Kind.DEPUTY


class StandingItem(Scoped):
    """An item that every meeting of a sort begins or ends with, put on the agenda by itself."""

    collection_path = "board__collection"

    class Place(models.TextChoices):
        """Where on the agenda it comes."""

        FIRST = "first", _("before the matters")
        LAST = "last", _("after the matters")

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="standing_items")
    place = models.CharField(_("place"), max_length=10, choices=Place.choices, default=Place.FIRST)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    sort = models.CharField(max_length=20, default="formality", help_text="the sort of agenda item it becomes")
    title = models.CharField(_("title"), max_length=200)
    proposal = models.TextField(_("proposed decision"), blank=True)
    purposes: Any = models.JSONField(default=list, blank=True, help_text="meeting purposes; empty means every meeting")

    class Meta:
        verbose_name = _("standing item")
        verbose_name_plural = _("standing items")
        ordering: ClassVar = ["place", "position", "pk"]
        default_permissions = ("add", "change", "delete")

    def __str__(self) -> str:
        return self.title
