"""The notice (anslag) that minutes have been adjusted, as people read it, and how one appeals (KL 8:12, 13:1–8)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from records import association
from workflows.board import clocks, record
from workflows.letters import day
from workflows.models import Notice


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
