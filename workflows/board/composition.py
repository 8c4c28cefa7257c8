"""Is the board made up as the law says (Finsam 10, 15, 17 §§)? What is not is told in a sentence, with the section."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows.models import Member, Seat

SOON = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about the board; ``is_wrong`` is against the law, the rest is good to know."""

    sentence: str
    is_wrong: bool = True


def findings(members: Iterable[Member], seats: Sequence[Seat], day: date, *, may_serve: Iterable[int]) -> list[Finding]:
    """Everything that should be looked at on this day; ``may_serve`` are the people who hold a right to read papers."""
    holding = [seat for seat in seats if seat.holds_on(day)]
    found: list[Finding] = []
    for member in members:
        if (member.joined_on is None or member.joined_on <= day) and (member.left_on is None or day <= member.left_on):
            found += _of_member(member, [seat for seat in holding if seat.member_id == member.pk])
    return [
        *found,
        *_presidium(holding),
        *_twice(seats, day),
        *_ending(holding, seats, day),
        *_logins(holding, may_serve),
    ]


def _of_member(member: Member, seats: Sequence[Seat]) -> list[Finding]:
    ordinary = sum(not seat.is_deputy for seat in seats)
    deputies = len(seats) - ordinary
    if not ordinary and not deputies:
        return [
            Finding(
                _(
                    "%(member)s has nobody on the board. Each member elects at least one, and as many deputies "
                    "(Finsam Act, section 10)."
                )
                % {"member": member}
            )
        ]
    if not ordinary:
        return [
            Finding(
                _(
                    "%(member)s has a deputy but no member of the board: the deputy first in order takes the place "
                    "until %(member)s has elected somebody (Finsam Act, sections 10 and 15)."
                )
                % {"member": member}
            )
        ]
    if deputies < ordinary:
        return [
            Finding(
                ngettext(
                    "%(member)s has %(count)s deputy fewer than members of the board. There shall be as many deputies "
                    "as members (Finsam Act, section 10).",
                    "%(member)s has %(count)s deputies fewer than members of the board. There shall be as many "
                    "deputies as members (Finsam Act, section 10).",
                    ordinary - deputies,
                )
                % {"member": member, "count": ordinary - deputies}
            )
        ]
    if deputies > ordinary:
        return [
            Finding(
                _(
                    "%(member)s has more deputies than members of the board. If somebody has left early, the deputy "
                    "first in order takes the place until a new one is elected (Finsam Act, sections 10 and 15)."
                )
                % {"member": member}
            )
        ]
    return []


def _presidium(holding: Sequence[Seat]) -> list[Finding]:
    found = []
    for office, missing, many in (
        (
            Seat.Office.CHAIR,
            _("The board has no chair. It elects one among its members (Finsam Act, section 17)."),
            _("The board has more than one chair. Take the office from whoever no longer has it."),
        ),
        (
            Seat.Office.VICE_CHAIR,
            _("The board has no vice chair. It elects one among its members (Finsam Act, section 17)."),
            _("The board has more than one vice chair. Take the office from whoever no longer has it."),
        ),
    ):
        count = sum(seat.office == office for seat in holding)
        if count != 1:
            found.append(Finding(many if count else missing))
    return found


def _twice(seats: Sequence[Seat], day: date) -> list[Finding]:
    """The same person in two seats at the same time, now or later."""
    found = []
    current = [seat for seat in seats if seat.ends_on is None or seat.ends_on >= day]
    for place, seat in enumerate(current):
        for other in current[place + 1 :]:
            same = seat.user_id == other.user_id if seat.user_id else seat.name == other.name
            if same and _overlap(seat, other):
                found.append(
                    Finding(
                        _("%(name)s has two seats at the same time, for %(one)s and for %(other)s: end one of them.")
                        % {"name": seat, "one": seat.member, "other": other.member}
                    )
                )
    return found


def _overlap(one: Seat, other: Seat) -> bool:
    last = date.max
    return one.starts_on <= (other.ends_on or last) and other.starts_on <= (one.ends_on or last)


def _ending(holding: Sequence[Seat], seats: Sequence[Seat], day: date) -> list[Finding]:
    """Seats that end within three months, and that nobody has been elected to after."""
    found = []
    for seat in holding:
        if seat.ends_on is None or seat.ends_on > day + SOON:
            continue
        followers = [
            other
            for other in seats
            if other.member_id == seat.member_id and other.kind == seat.kind and other.starts_on > seat.ends_on
        ]
        if not followers:
            found.append(
                Finding(
                    _("The seat of %(name)s (%(member)s) ends on %(date)s, and nobody has been elected after.")
                    % {"name": seat, "member": seat.member, "date": date_format(seat.ends_on, "DATE_FORMAT")},
                    is_wrong=False,
                )
            )
    return found


def _logins(holding: Sequence[Seat], may_serve: Iterable[int]) -> list[Finding]:
    """Those whom no call reaches, or who would find no papers."""
    may, found = set(may_serve), []
    for seat in holding:
        if seat.user_id is None:
            sentence = _(
                "%(name)s has no login: calls do not reach this person, who finds no papers. Send an invitation."
            )
        elif seat.user_id not in may:
            sentence = _("%(name)s has a seat but not the role that opens the board's papers. Send an invitation.")
        else:
            continue
        found.append(Finding(sentence % {"name": seat}, is_wrong=False))
    return found
