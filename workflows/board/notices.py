"""The notice (anslag) that minutes have been adjusted, as people read it, and how one appeals (KL 8:12, 13:1–8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from records import association
from workflows.board import clocks, record
from workflows.letters import day
from workflows.models import AgendaItem, Decision, Minutes, Notice


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A notice in words: a heading, facts, and how one appeals."""

    heading: str
    facts: list[tuple[str, str]]
    appeal: list[str]

    @property
    def plain(self) -> str:
        """The same as plain text, for a mail."""
        rows = [f"{label}: {value}" for label, value in self.facts]
        return "\n".join([self.heading, "", *rows, "", *self.appeal])


def text_of(notice: Notice) -> NoticeText:
    """What the notice says. Secret paragraphs are named by their number alone."""
    minutes = notice.minutes
    board = minutes.meeting.board
    name = association.facts(board.collection).name
    content = minutes.content
    sections = [row for row in content.get("sections", []) if row.get("paragraph")]
    numbers = [row["paragraph"] for row in sections]
    adjusted = timezone.localdate(minutes.adjusted_at) if minutes.adjusted_at else None
    facts = [
        (_("Body"), f"{name}, {board.name}"),
        (_("Date of the meeting"), day(_parsed(content))),
        (_("Paragraphs"), f"§ {record.in_short(numbers)}" if numbers else ""),
        (_("Minutes adjusted"), day(adjusted)),
        (_("Notice posted"), day(notice.posted_on)),
        (_("Last day to appeal"), day(notice.last_day_to_appeal) or _("Three weeks after the last member's posting")),
        (_("Notice taken down no earlier than"), day(_after(notice))),
        (_("The minutes are kept at"), board.minutes_kept_at or name),
    ]
    return NoticeText(
        _("The minutes of the board have been adjusted"), [row for row in facts if row[1]], appeal_of(notice)
    )


def _parsed(content: Any) -> date | None:
    return date.fromisoformat(content["meeting"]["date"]) if content.get("meeting") else None


def _after(notice: Notice) -> date | None:
    return clocks.legal_force_from(notice.last_day_to_appeal) if notice.last_day_to_appeal else None


def force_of(decisions: Iterable[Decision]) -> dict[int, str]:
    """By decision: whether it has legal force, can still be appealed, or has been; only for those from minutes here."""
    items = AgendaItem.objects.filter(decision__in=[row.pk for row in decisions if row.confirmed_as == "minutes"])
    found: dict[int, str] = {}
    for item in items:
        rows = Notice.objects.filter(minutes__meeting=item.meeting_id, minutes__state=Minutes.State.ADJUSTED)
        first = rows.filter(Q(minutes__is_immediate=False) | Q(minutes__items=item)).order_by("minutes__number").first()
        if first is not None and item.decision_id is not None:
            found[item.decision_id] = force(first)
    return found


def force(notice: Notice) -> str:
    """Where the time to appeal stands, as a sentence."""
    if notice.appealed_on is not None:
        return _("The decision has been appealed.")
    last = notice.last_day_to_appeal
    if last is None:
        return _("The time to appeal has not begun to run on every notice board.")
    if timezone.localdate() > last:
        return _("The decision has legal force since %(date)s.") % {"date": day(clocks.legal_force_from(last))}
    return _("The last day to appeal the decision is %(date)s.") % {"date": day(last)}


def appeal_of(notice: Notice) -> list[str]:
    """How one appeals: who, where, when and what must be said."""
    court = notice.minutes.meeting.board.court or _("the administrative court")
    return [
        _(
            "Whoever is a member of a municipality or region that is a member of the association can have the "
            "lawfulness of the board's decisions tried (Finsam Act, section 28; Local Government Act, chapter 13)."
        ),
        _(
            "The appeal is made in writing to %(court)s, and must reach the court within three weeks from the day the "
            "notice was posted."
        )
        % {"court": court},
        _("Write which decision you appeal, why you find it unlawful, and your name, address and phone number."),
    ]
