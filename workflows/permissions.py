"""Who may see and do what with a matter, and why not."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext

from forms.permissions import proved_addresses
from records.policy import collections_with, collections_with_any, everywhere, has, users_with
from workflows.compiling import kind_of
from workflows.models import Matter, MatterPerson, Note, Recusal, Task
from workflows.roles import (
    APPLICANT,
    BOARD,
    CLOCK,
    CONFIRM,
    CONFIRM_AS_DEPUTY,
    HANDLE,
    OFFICE,
    REVIEW,
    SERVE,
    VIEW,
    called,
)


@dataclass(frozen=True)
class Standing:
    """What one person is in one matter; a party to it, or somebody with a conflict of interest, holds no office."""

    user: Any
    matter: Matter

    @cached_property
    def person(self) -> MatterPerson | None:
        """The applicant or colleague whose proved address this is."""
        mine = proved_addresses(self.user)
        return next((row for row in self.matter.people.all() if row.email in mine), None) if mine else None

    @cached_property
    def recusal(self) -> Recusal | None:
        """The person's own declaration of a conflict of interest."""
        if not self.user.is_authenticated:
            return None
        rows = self.matter.recusals.all()
        return next((row for row in rows if row.user_id == self.user.pk and row.lifted_at is None), None)

    @cached_property
    def offices(self) -> frozenset[str]:
        """The offices the person holds in the association, whatever the matter."""
        return frozenset(role for role in (*OFFICE, REVIEW, *BOARD) if holds(self.user, role, self.matter.collection))

    @cached_property
    def roles(self) -> frozenset[str]:
        """What the person is in just this matter."""
        if self.person is not None:
            return frozenset({APPLICANT})
        if self.recusal is not None:
            return frozenset()
        reached = {task.role for task in self.matter.tasks.all()} if self.offices - set(OFFICE) else set()
        found = set(self.offices & set(OFFICE))
        if REVIEW in reached:
            found |= self.offices & {REVIEW}
        if reached & set(BOARD):
            found |= self.offices & set(BOARD)
        return frozenset(found)

    @property
    def is_office(self) -> bool:
        """Works with it at the office: sees everything."""
        return bool(self.roles & set(OFFICE))

    @property
    def is_officer(self) -> bool:
        """May handle it."""
        return HANDLE in self.roles

    @property
    def is_board(self) -> bool:
        """Reads the board papers."""
        return bool(self.roles & set(BOARD))

    @property
    def is_reviewer(self) -> bool:
        """Is in the preparatory group it has been sent to."""
        return REVIEW in self.roles

    @property
    def is_applicant(self) -> bool:
        """Applied, or is a colleague of who did."""
        return APPLICANT in self.roles

    @property
    def may_see(self) -> bool:
        """May the person open the matter page? With a conflict of interest it shows the head alone."""
        return bool(self.roles) or self.sees_head_only

    @cached_property
    def sees_head_only(self) -> bool:
        """Would see it, but has a conflict of interest."""
        return self.recusal is not None and self.person is None and bool(self.offices)

    @cached_property
    def sees_statements(self) -> bool:
        """Statements: the office, the group and the board; the applicant once the matter is decided."""
        if self.is_applicant:
            return any(row.confirmed_at for row in self.matter.decisions.all())
        return bool(self.roles)

    @property
    def may_subscribe(self) -> bool:
        """May the person ask to be told what happens? Those outside are told anyway."""
        return bool(self.roles - {APPLICANT})

    @property
    def may_write(self) -> bool:
        """May the person write a message? The applicant and the office, also when the matter is closed."""
        return self.is_applicant or self.is_officer

    @property
    def may_recuse(self) -> bool:
        """May the person declare a conflict of interest: those who prepare, decide or handle, while it is open."""
        return self.matter.is_open and self.recusal is None and bool(self.roles - {APPLICANT, VIEW})

    @property
    def may_withdraw(self) -> bool:
        """The applicant may withdraw until it is closed; the office on the applicant's word."""
        return self.matter.is_open and (self.is_applicant or self.is_officer)


def holds(user: Any, role: str, collection: Any) -> bool:
    """Does the person hold this office? A superuser works at every office but sits in no board and no group."""
    if everywhere(user) and role not in OFFICE:
        return users_with(role, collection).filter(pk=user.pk).exists()
    return has(user, role, collection)


def standing(user: Any, matter: Matter) -> Standing:
    """What a person is in a matter."""
    return Standing(user, matter)


def readable_notes(seen: Standing, notes: Iterable[Note]) -> list[Note]:
    """Of the notes and messages of a matter, those the person may read: the office all, the applicant the messages."""
    if seen.is_office:
        return list(notes)
    if seen.is_applicant:
        return [note for note in notes if note.audience == Note.Audience.EXTERNAL]
    return []


def may_see(user: Any, matter: Matter) -> bool:
    """May this person open the matter page?"""
    return standing(user, matter).may_see


def visible(user: Any) -> QuerySet[Matter]:
    """Every matter this person may open."""
    if not (user.is_authenticated and user.is_active):
        return Matter.objects.none()
    if everywhere(user):
        return Matter.objects.all()
    sent_to_group = Exists(Task.objects.filter(matter=OuterRef("pk"), role=REVIEW))
    sent_to_board = Exists(Task.objects.filter(matter=OuterRef("pk"), role__in=BOARD))
    return Matter.objects.filter(
        Q(collection__in=collections_with_any(user, OFFICE))
        | Q(sent_to_group, collection__in=collections_with(user, REVIEW))
        | Q(sent_to_board, collection__in=collections_with_any(user, BOARD))
        | Q(pk__in=_mine(user))
    )


def mine(user: Any) -> QuerySet[Matter]:
    """The matters in which this person is the applicant or a colleague."""
    return Matter.objects.filter(pk__in=_mine(user))


def _mine(user: Any) -> QuerySet[Any]:
    return MatterPerson.objects.filter(email__in=proved_addresses(user)).values("matter")


def why_not(user: Any, task: Task, *, as_seen: Standing | None = None) -> str | None:
    """A sentence that tells why the person may not act on a task, or nothing when they may."""
    matter = task.matter
    seen = as_seen or standing(user, matter)
    if not matter.is_open:
        return gettext("The matter is %(state)s: nothing more can be done.") % {"state": matter.get_state_display()}
    if task.role == CLOCK:
        return gettext("It goes on by itself on %(date)s.") % {
            "date": date_format(task.due, "DATE_FORMAT") if task.due else "–"
        }
    if task.role == APPLICANT:
        return None if seen.is_applicant else gettext("Only the applicant can do this.")
    if seen.person is not None:
        return gettext("You are a party to this matter, so somebody else must do this.")
    if seen.recusal is not None:
        return gettext("You have declared a conflict of interest in this matter.")
    if task.role not in seen.roles:
        if task.role == CONFIRM and CONFIRM_AS_DEPUTY in seen.roles:
            return gettext("The deputy chair confirms only when the chair has declared a conflict of interest.")
        return gettext("Only %(who)s can do this.") % {"who": called(task.role)}
    if (step := matter.current) is not None:
        return kind_of(step).why_not(step, matter, task.what, user)
    return None


def _of_submission(user: Any, submission: Any) -> Standing | None:
    matter = Matter.objects.filter(submission=submission).select_related("collection").first()
    return standing(user, matter) if matter else None


def may_read_submission(user: Any, submission: Any) -> bool:
    """Widens who reads a submission and its files: everyone who may read the papers of its matter."""
    seen = _of_submission(user, submission)
    return seen is not None and seen.may_see and not seen.sees_head_only


def has_conflict_of_interest(user: Any, submission: Any) -> bool:
    """Narrows who reads a submission and its files: declared a conflict of interest closes them, at the office too."""
    seen = _of_submission(user, submission)
    return seen is not None and seen.sees_head_only


def may_complete_submission(user: Any, submission: Any) -> bool:
    """Widens who completes a submission: colleagues too."""
    seen = _of_submission(user, submission)
    return seen is not None and seen.is_applicant


def may_withdraw_submission(user: Any, submission: Any) -> bool:
    """Widens who takes a submission back: colleagues, and the office on the applicant's word."""
    seen = _of_submission(user, submission)
    # The matter is withdrawn first, so it is no longer open when its submission is asked about.
    return seen is not None and (seen.is_applicant or seen.is_officer)


__all__ = ["SERVE", "Standing", "holds", "may_read_submission", "may_see", "mine", "standing", "visible", "why_not"]
