"""Minutes, extracts and the public version as tagged PDF: PDF/A-2a to be kept, PDF/UA-1 to be read aloud."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from forms.paper import Block, text_blocks
from forms.pdf import draw
from workflows.board import record
from workflows.models import Adjustment, Minutes


def of_minutes(
    minutes: Minutes, *, content: record.Content | None = None, public: bool = False, paragraphs: Iterable[int] = ()
) -> bytes:
    """The minutes; ``content`` for those not fixed yet. Without what is secret, or only some paragraphs, on demand.

    Its language is that of the association, whoever asks, and the same minutes give the same bytes.
    """
    with override(settings.LANGUAGE_CODE):
        said = content if minutes.state == Minutes.State.DRAFT and content else minutes.content
        said = record.public(said) if public else said
        chosen = sorted(set(paragraphs))
        said = record.extract(said, chosen) if chosen else said
        end = _extract_page(minutes) if chosen else _signatures_page(minutes)
        meeting = said["meeting"]
        return draw(
            {
                "title": f"{said['title']} {meeting['date']}",
                "kicker": f"{said['association']} · {said['board']}",
                "author": said["association"],
                "footer": f"{said['association']} · {said['title']} {meeting['date']}",
                "facts": said["facts"],
                "intro": text_blocks(_draft_note(minutes)) if minutes.state != Minutes.State.ADJUSTED else [],
                "sections": [*(_section(row) for row in said["sections"]), end],
                "outro": [],
            },
            language=settings.LANGUAGE_CODE,
            moment=minutes.adjusted_at or minutes.ready_at,
        )


def _draft_note(minutes: Minutes) -> str:
    if minutes.state == Minutes.State.DRAFT:
        return _("Draft: the text can still change.")
    return _("Not adjusted yet.")


def _section(row: dict[str, Any]) -> dict[str, Any]:
    return {"title": row["title"], "intro": row["blocks"], "rows": []}


def _signatures(minutes: Minutes) -> list[Adjustment]:
    return [row for row in minutes.adjustments.all() if minutes.digest and row.digest == minutes.digest]


def said_of(row: Adjustment) -> str:
    """One signature as a line: who, as what, when and how."""
    return _("%(name)s, %(role)s, %(time)s (%(means)s)") % {
        "name": row.name,
        "role": row.get_role_display(),
        "time": date_format(timezone.localtime(row.signed_at), "DATETIME_FORMAT"),
        "means": row.get_means_display(),
    }


def _signatures_page(minutes: Minutes) -> dict[str, Any]:
    rows: Sequence[Adjustment] = _signatures(minutes)
    blocks: list[Block] = []
    if rows:
        blocks += text_blocks(_("The minutes have been signed by:"))
        blocks.append({"kind": "list", "entries": [[["text", said_of(row)]] for row in rows]})
    else:
        blocks += text_blocks(_("Nobody has signed the minutes yet."))
    if minutes.digest:
        blocks += text_blocks(_("Digest of the signed text (SHA-256): %(digest)s") % {"digest": minutes.digest})
    return {"title": _("Signatures"), "intro": blocks, "rows": [], "new_page": True}


def _extract_page(minutes: Minutes) -> dict[str, Any]:
    """Who adjusted, and the line on which the office vouches for the extract."""
    names = ", ".join(row.name for row in _signatures(minutes))
    blocks = text_blocks(_("The minutes have been adjusted by %(names)s.") % {"names": names}) if names else []
    blocks += text_blocks(_("That the extract agrees with the minutes is certified by:"))
    blocks.append({"kind": "lines", "count": 2})
    blocks += text_blocks(_("Signature, name in print and date"))
    return {"title": _("Certification of the extract"), "intro": blocks, "rows": []}
