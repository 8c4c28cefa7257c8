"""What was sent, and the questions of a form, as tagged PDF: PDF/A-2a to be kept, PDF/UA-1 to be read aloud.

Everything a person wrote goes to typst as data, never as markup, and the same content gives the same bytes.
"""

import json
import re
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

import typst
from django.template.defaultfilters import date as date_text
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from forms import receipts
from forms.models import FormVersion, Submission
from forms.paper import Block, blocks_of, text_blocks
from forms.queries import runtime_of, summary
from forms.runtime import FormRuntime, Section
from forms.sheet import sections
from records.association import facts as association_facts

STANDARDS = ["a-2a", "ua-1"]
TEMPLATES = Path(__file__).parent / "typst"
PAPER, BOUND = "paper.typ", "bound.typ"

# Letters that the font has: Latin, Greek, Cyrillic, and the signs of ordinary text.
_STRANGE = re.compile(
    r"[^\n\u0020-\u007e\u00a0-\u024f\u0370-\u03ff\u0400-\u045f\u2010-\u2027\u202f-\u203a\u20ac\u2212]"
)
_CONTROL = re.compile(r"[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

_lock = Lock()
_compilers: dict[str, typst.Compiler] = {}


def of_submission(submission: Submission) -> bytes:
    """Everything that was sent, as it was sent, in the sender's language."""
    with override(submission.language):
        runtime = runtime_of(submission)
        sections = summary(submission, as_sent=True)
        moment = timezone.localtime(submission.submitted_at)
        facts = [
            {"label": _("Reference"), "value": submission.reference or ""},
            *({"label": str(fact.label), "value": str(fact.value)} for fact in receipts.facts(submission)),
            {"label": _("Sent"), "value": date_text(moment, "DATETIME_FORMAT")},
        ]
        return draw(
            {
                "title": runtime.title,
                "kicker": association_facts(submission.collection).name,
                "author": association_facts(submission.collection).name,
                "footer": submission.reference or "",
                "facts": facts,
                "intro": [],
                "sections": [section_data(section) for section in sections],
                "outro": [],
            },
            language=submission.language,
            moment=submission.submitted_at,
        )


def section_data(section: Section) -> dict[str, Any]:
    """A section of answers as data for a document."""
    return {
        "title": section.title,
        "intro": [],
        "rows": [{"label": row.label, "note": "", "help": "", "blocks": _answer(row)} for row in section.rows],
    }


def _answer(row: Any) -> list[Block]:
    if row.uploads:
        names = [[["text", f"{upload.name} ({filesizeformat(upload.size)})"]] for upload in row.uploads]
        return [{"kind": "list", "entries": names}]
    return blocks_of(row.html) or text_blocks(_("Not answered"))


def of_questions(version: FormVersion, language: str = "") -> bytes:
    """All questions with help, options and lines to write on, to be read through or filled in by hand."""
    runtime = FormRuntime.of(version)
    language = language or get_language() or runtime.language
    with override(language):
        return draw(
            {**questions(version, runtime), "sections": sections(runtime)},
            language=language,
            moment=version.created_at,
        )


def questions(version: FormVersion, runtime: FormRuntime) -> dict[str, Any]:
    """What stands around the questions."""
    about = association_facts(version.form.collection)
    texts = runtime.texts
    outro = [*text_blocks(texts.get("privacy", "")), *text_blocks(texts.get("contact", ""))]
    return {
        "title": runtime.title,
        "kicker": about.name,
        "author": about.name,
        "footer": f"{runtime.title} · {_('version %(number)s') % {'number': version.number}}",
        "facts": [],
        "intro": [
            *text_blocks(texts.get("intro", "")),
            *text_blocks(_("These are all the questions of the form. Some of them may not concern you.")),
        ],
        "outro": outro,
    }


# --- drawing -----------------------------------------------------------------------------------------


def draw(data: dict[str, Any], *, language: str, moment: datetime | None, template: str = PAPER) -> bytes:
    """The document; letters that the font lacks are named by their number, for a standard allows no empty boxes."""
    text = _CONTROL.sub("", json.dumps({**data, "language": language}, ensure_ascii=False, sort_keys=True))
    try:
        return _compile(text, moment, template)
    except typst.TypstError:
        return _compile(_STRANGE.sub(lambda found: f"[U+{ord(found[0]):04X}]", text), moment, template)


def _compile(text: str, moment: datetime | None, template: str) -> bytes:
    with _lock:
        if template not in _compilers:
            path = TEMPLATES / template
            _compilers[template] = typst.Compiler(path, root=TEMPLATES, ignore_system_fonts=True)
        made = _compilers[template].compile(
            format="pdf",
            sys_inputs={"data": text},
            pdf_standards=STANDARDS,  # type: ignore[arg-type]
            timestamp=int(moment.timestamp()) if moment else 0,
        )
    if not isinstance(made, bytes):
        raise RuntimeError("The PDF was not made.")
    return made
