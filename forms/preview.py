"""A draft as the public would meet it: compiled in memory, drawn by the same runtime, all pages one after the other.

Each mode answers one question of the editor: what is asked at all, what is left without scripts, how it reads on
paper, and which way a certain person goes through it.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from forms import translations
from forms.compile import Draft, DraftForm, Page, Question
from forms.hints import by_block, hints
from forms.personas import PERSONAS, Persona, fill, persona
from forms.runtime import FormRuntime, Path
from forms.sheet import sections

PLAIN = ""
APPLICANT = "applicant"
NO_SCRIPT = "no-script"
PAPER = "paper"
AS = "as-"
IN = "in-"

MODES = [
    (PLAIN, _("Everything that is asked, with hints")),
    (APPLICANT, _("As the applicant")),
    (NO_SCRIPT, _("Without JavaScript")),
    (PAPER, _("On paper")),
    *((f"{AS}{one.key}", _("Filled in by %(name)s") % {"name": one.name}) for one in PERSONAS),
]

SIZES = [
    {"name": "phone", "icon": "mobile-alt", "device_width": 390, "label": _("Phone")},
    {"name": "tablet", "icon": "tablet-alt", "device_width": 768, "label": _("Tablet")},
    {"name": "desktop", "icon": "desktop", "device_width": 1280, "label": _("Computer")},
]

# A page that may run no script, whatever the browser: <noscript> is then shown, as where scripts are turned off.
NO_SCRIPT_POLICY = {"script-src": ["'none'"]}


def modes(form: DraftForm) -> list[tuple[str, Any]]:
    """What the draft can be previewed as: the same for every form, and each language it is offered in."""
    offered = translations.offered(form.language, form.translations or {})
    return [
        *MODES,
        *(
            (IN + code, _("As the applicant, in %(language)s") % {"language": dict(settings.LANGUAGES)[code]})
            for code in offered
        ),
    ]


def language_of(form: DraftForm, mode: str) -> str:
    """The language of a mode: another that the form is offered in, else its own."""
    asked = mode.removeprefix(IN) if mode.startswith(IN) else ""
    return asked if asked in translations.offered(form.language, form.translations or {}) else form.language


def sketch(form: DraftForm, mode: str = PLAIN) -> dict[str, Any]:
    """What the preview's template shows; conditions stand in words beside what they hide, hints beside the question."""
    draft = Draft(form)
    compiled = draft.compile()
    language, progress = language_of(form, mode), None
    if language != form.language:
        texts = (form.translations or {})[language]
        progress = translations.progress(compiled, texts)
        offered = {**compiled, "languages": translations.stored(compiled, {language: texts})}
        compiled, _is_partial = translations.in_language(offered, language)
    runtime = FormRuntime(compiled)
    who = persona(mode.removeprefix(AS)) if mode.startswith(AS) else None
    answers, path = fill(runtime, who) if who else ({}, None)
    remarks = by_block(hints(form)) if mode == PLAIN else {}
    conditions = _conditions(draft) if mode in (PLAIN, NO_SCRIPT) else {}
    return {
        "title": compiled["title"],
        "texts": compiled["texts"],
        "sheets": [] if mode == PAPER else list(_sheets(runtime, answers, path, conditions, remarks)),
        "collection": form.collection if form.collection_id else None,
        "mode": APPLICANT if progress else mode or "plain",
        "translated": progress,
        "sections": sections(runtime) if mode == PAPER else [],
        "logic": _live(compiled) if mode == APPLICANT or progress else None,
        "persona": who,
        "way": _way(path, who),
    }


def _live(compiled: Mapping[str, Any]) -> dict[str, Any]:
    """What the browser needs to follow conditions and sums over all pages at once, as if they were one page."""
    if not compiled["pages"]:
        return {}
    fields = []
    for page in compiled["pages"]:
        for field in page["fields"]:
            conditions = [part["shown_if"]["ast"] for part in (page, field) if part["shown_if"]]
            ast = conditions[0] if len(conditions) == 1 else ("and", *conditions)
            fields.append({**field, "shown_if": {"ast": ast, "type": "boolean"} if conditions else None})
    together = {**compiled["pages"][0], "shown_if": None, "fields": fields}
    runtime = FormRuntime({**compiled, "pages": [together]})
    return runtime.logic(runtime.pages[0], {})


def _sheets(
    runtime: FormRuntime,
    answers: Mapping[str, Any],
    path: Path | None,
    conditions: Mapping[str, str],
    remarks: Mapping[str, Any],
) -> Any:
    """Every page with its questions; with a path only those that are met."""
    pages = runtime.pages if path is None else path.pages
    for page in pages:
        asked = [
            {
                "asked": one,
                "condition": conditions.get(one.question.id, ""),
                "hints": remarks.get(one.question.id, ()),
            }
            for one in runtime.page_form(page, answers).asked
            if path is None or one.shown
        ]
        yield {
            "page": page,
            "condition": conditions.get(page.id, ""),
            "hints": remarks.get(page.id, ()),
            "asked": asked,
        }


def _conditions(draft: Draft) -> dict[str, str]:
    """When pages and questions are shown, as the editor wrote it."""
    parts: list[Page | Question] = [*draft.pages, *draft.questions]
    written = {part.id: (part.value.get("shown_if") or "").strip() for part in parts}
    return {block_id: text for block_id, text in written.items() if text}


def _way(path: Path | None, who: Persona | None) -> dict[str, Any] | None:
    """How many pages and questions the persona meets, of how many, and which pages are passed by."""
    if path is None or who is None:
        return None
    asked = [question for question in path.questions if question.is_asked]
    return {
        "pages": [page.title for page in path.pages],
        "asked": len(asked),
        "answered": sum(question.id in path.answers for question in asked),
    }
