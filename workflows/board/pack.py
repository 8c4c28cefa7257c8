"""The board pack: everything a meeting reads in one PDF, with contents, page numbers and bookmarks.

What we write ourselves is tagged; the pages of attached files are put in as they are, after a page that names them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image

from forms import pdf
from forms.filetypes import FILE_TYPES
from forms.paper import text_blocks
from forms.queries import summary
from records.association import facts as association_facts
from workflows import letters
from workflows.models import AgendaItem, Meeting

Tell = Callable[[int, int], None]
"""Told how many of how many steps are done; may raise to stop."""

PDF = FILE_TYPES["pdf"].content_type
PICTURES = (FILE_TYPES["png"].content_type, FILE_TYPES["jpg"].content_type)
A4 = (8.27, 11.69)  # inches
MOST_PAGES = 2_000  # of one attached file
_ACTS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/RichMediaExecute"}


@dataclass
class Attached:
    """A file of an item; ``pages`` is nothing for one that cannot be bound in."""

    title: str
    name: str
    size: int
    content_type: str
    file: Any
    document: Any = None
    pages: int = 0


@dataclass
class Part:
    """One item with its files."""

    item: AgendaItem
    number: int
    files: list[Attached] = field(default_factory=list)
    is_left_out: bool = False


class NothingMore(Exception):  # noqa: N818 (said by whoever is told of the progress, not a fault)
    """Nobody waits for the pack any longer."""


def build(
    meeting: Meeting, target: Path, *, left_out: Iterable[str] = (), tell: Tell = lambda done, total: None
) -> int:
    """Write the pack of a meeting to a file, without the items whose keys are left out; returns its number of pages."""
    with translation.override(settings.LANGUAGE_CODE):
        parts = _parts(meeting, set(left_out))
        files = [file for part in parts for file in part.files]
        total = len(files) + len(parts) + 2
        for done, file in enumerate(files, start=1):
            _open(file)
            tell(done, total)
        data = _document(meeting, parts, lambda done: tell(len(files) + done, total))
        made = pdf.draw(data, language=settings.LANGUAGE_CODE, moment=timezone.now(), template=pdf.BOUND)
        tell(total - 1, total)
        return _bind(made, [file for part in parts for file in _bound(part)], target)


def steps(meeting: Meeting) -> list[AgendaItem]:
    """The items that a pack holds, in order, with all they need."""
    rows = meeting.items.exclude(state=AgendaItem.State.REMOVED)
    return list(
        rows.select_related("matter__submission__version", "matter__submission__form", "matter__collection")
        .prefetch_related("papers", "matter__submission__uploads")
        .order_by("position", "pk")
    )


def _parts(meeting: Meeting, left_out: set[str]) -> list[Part]:
    found = []
    for number, item in enumerate(steps(meeting), start=1):
        if str(item.key) in left_out:
            found.append(Part(item, number, is_left_out=True))
            continue
        submission = item.matter.submission if item.matter is not None else None
        rows = [*(submission.uploads.all() if submission is not None else ()), *item.papers.all()]
        files = [
            Attached(getattr(row, "title", row.name), row.name, row.size, row.content_type, row.file) for row in rows
        ]
        found.append(Part(item, number, files))
    return found


# --- attached files -------------------------------------------------------------------------------------
def _open(attached: Attached) -> None:
    """Open what can be bound in, and count its pages; a damaged or locked file stays a file of its own."""
    try:
        if attached.content_type == PDF:
            attached.document = pikepdf.open(BytesIO(_read(attached)))
        elif attached.content_type in PICTURES:
            attached.document = pikepdf.open(_picture(_read(attached)))
    except (pikepdf.PdfError, OSError, ValueError, Image.DecompressionBombError):
        return
    if attached.document is not None and 0 < len(attached.document.pages) <= MOST_PAGES:
        attached.pages = len(attached.document.pages)


def _read(attached: Attached) -> bytes:
    with attached.file.open("rb") as file:
        content: bytes = file.read()
    return content


def _picture(content: bytes) -> BytesIO:
    """A picture as one page, no larger than A4."""
    with Image.open(BytesIO(content)) as picture:
        flat = picture.convert("RGBA")
        page = Image.new("RGB", flat.size, "white")
        page.paste(flat, mask=flat.getchannel("A"))
    width, height = A4 if page.height >= page.width else A4[::-1]
    held = BytesIO()
    page.save(held, "PDF", resolution=max(page.width / width, page.height / height, 72), quality=85)
    held.seek(0)
    return held


def _bound(part: Part) -> list[Attached]:
    return [file for file in part.files if file.pages]


# --- our own pages -------------------------------------------------------------------------------------
def _document(meeting: Meeting, parts: Sequence[Part], tell: Callable[[int], None]) -> dict[str, Any]:
    name = association_facts(meeting.board.collection).name
    starts = date_format(timezone.localtime(meeting.starts_at), "DATETIME_FORMAT")
    skip, drawn = 0, []
    for done, part in enumerate(parts, start=1):
        data = _part(part, skip)
        skip = next((file.pages for file in reversed(_bound(part))), 0)
        drawn.append(data)
        tell(done)
    return {
        "title": f"{meeting.title} {date_format(timezone.localtime(meeting.starts_at), 'DATE_FORMAT')}",
        "kicker": f"{name} · {meeting.board.name}",
        "author": name,
        "footer": f"{meeting.title} {timezone.localdate(meeting.starts_at)}",
        "facts": [
            {"label": _("Time"), "value": starts},
            *([{"label": _("Place"), "value": meeting.place}] if meeting.place else []),
        ],
        "intro": [],
        "contents": _("Contents"),
        "parts": drawn,
    }


def _part(part: Part, skip: int) -> dict[str, Any]:
    item, matter = part.item, part.item.matter
    if part.is_left_out:
        title = f"{part.number}. {_('An item you do not take part in')}"
        words = text_blocks(_("You have a conflict of interest here: the papers are left out of your copy."))
        return {"title": title, "skip": skip, "facts": [], "intro": words, "sections": [], "files": []}
    facts = []
    if matter is not None:
        facts += [(_("Registry number"), matter.registry_number), (_("Applicant"), matter.sender)]
    facts += [(_("Amount applied for"), letters.kronor(item.amount)), (_("Presented by"), item.presenter)]
    facts += [(_("Secret"), _("Not to be passed on"))] if item.is_secret else []
    words = [*text_blocks(item.background)]
    if item.proposal:
        words += [{"kind": "head", "runs": [["text", _("Proposed decision")]]}]
        words += [
            {"kind": "list", "entries": [[["text", line]] for line in item.proposal.splitlines() if line.strip()]}
        ]
    bound = _bound(part)
    alone = [file for file in part.files if not file.pages]
    if alone:
        words += [{"kind": "head", "runs": [["text", _("Files of their own, on the meeting's page")]]}]
        words += [
            {"kind": "list", "entries": [[["text", f"{file.title} ({filesizeformat(file.size)})"]] for file in alone]}
        ]
    skips = [0, *(file.pages for file in bound)]
    return {
        "title": f"{part.number}. {item.title}",
        "skip": skip,
        "facts": [{"label": str(label), "value": str(value)} for label, value in facts if value],
        "intro": words,
        "sections": list(_application(item)),
        "files": [
            {
                "title": file.title,
                "skip": before,
                "intro": text_blocks(
                    ngettext("One page follows: %(name)s.", "%(count)s pages follow: %(name)s.", file.pages)
                    % {"count": file.pages, "name": file.name}
                ),
            }
            for file, before in zip(bound, skips, strict=False)
        ],
    }


def _application(item: AgendaItem) -> Iterator[dict[str, Any]]:
    """What was applied for, as it is now."""
    matter = item.matter
    if matter is None:
        return
    if matter.submission is not None:
        for section in summary(matter.submission):
            yield pdf.section_data(section)
    elif matter.description:
        row = {"label": _("Description"), "note": "", "help": "", "blocks": text_blocks(matter.description)}
        yield {"title": _("Description"), "intro": [], "rows": [row]}


# --- binding -------------------------------------------------------------------------------------------
def _bind(made: bytes, files: Sequence[Attached], target: Path) -> int:
    """Put the pages of each file after the page that names it."""
    with pikepdf.open(BytesIO(made)) as pack:
        places = _places(pack)
        if len(places) != len(files):
            raise RuntimeError("The pages that name the files were not found.")
        for place, file in reversed(list(zip(places, files, strict=True))):
            pages = file.document.pages
            for page in pages:
                _disarm(page)
            for offset, page in enumerate(pages, start=1):
                pack.pages.insert(place + offset, page)
        if files:
            with pack.open_metadata(set_pikepdf_as_editor=False) as words:
                for claim in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part"):
                    # What others have made is neither checked nor tagged by us, so the whole promises nothing.
                    if claim in words:
                        del words[claim]
        count = len(pack.pages)
        pack.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return count


def _places(pack: pikepdf.Pdf) -> list[int]:
    """The page of every bookmark of the third level: those name the files."""
    found = []
    numbers: dict[Any, int] = {page.objgen: number for number, page in enumerate(pack.pages)}
    with pack.open_outline() as outline:
        for top in outline.root:
            for part in top.children or ():
                for file in part.children or ():
                    leads: Any = file.destination if file.destination is not None else file.action.D  # type: ignore[union-attr]
                    found.append(numbers[leads[0].objgen])
    return found


def _disarm(page: Any) -> None:
    """Nothing that a stranger's file would do by itself when it is read."""
    if "/AA" in page.obj:
        del page.obj["/AA"]
    if "/Annots" in page.obj:
        safe = [
            note
            for note in page.obj.Annots
            if not (isinstance(action := note.get("/A"), pikepdf.Dictionary) and str(action.get("/S")) in _ACTS)
        ]
        for note in safe:
            if "/AA" in note:
                del note["/AA"]
        page.obj.Annots = pikepdf.Array(safe)
