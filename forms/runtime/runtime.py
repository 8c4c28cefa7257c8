"""The runtime of one published version; the only reader of its JSON."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import partial
from threading import Lock
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language, gettext

from forms.translations import in_language, languages_of

from .judging import judge, rules_for_browser
from .page_form import PageForm, Raw, typed_for
from .path import Path, find_path, is_missing
from .structure import Answers, Page, Question, build_pages
from .summary import Section, build_summary

KEPT = 200  # runtimes in memory at once

_kept: dict[tuple[Any, ...], "FormRuntime"] = {}
_lock = Lock()


class FormRuntime:
    """What a version asks and how its answers are judged. Holds nothing of anybody's answers."""

    def __init__(self, compiled: Mapping[str, Any], language: str = "") -> None:
        self.languages: tuple[str, ...] = languages_of(compiled)
        self.own_language: str = compiled["language"]
        # Is something shown in the form's own language, although another was asked for?
        self.is_partial = False
        if language in self.languages[1:]:
            compiled, self.is_partial = in_language(compiled, language)
        self.language: str = language if language in self.languages else self.own_language
        self.title: str = compiled["title"]
        self.purpose: str = compiled.get("purpose", "")
        self.texts: Mapping[str, str] = compiled.get("texts", {})
        self.contact: Mapping[str, str | None] = compiled.get("contact", {})
        self.pages: tuple[Page, ...] = build_pages(compiled)
        self.questions: dict[str, Question] = {
            question.id: question for page in self.pages for question in page.questions
        }
        self.takes_files = any(question.takes_files for question in self.questions.values())
        first = [self.questions[field_id] for field_id in compiled["order"] if field_id in self.questions]
        rest = [question for question in self.questions.values() if question not in first]
        # Sorted at publish: one pass works everything out. Versions from before that know no graph.
        self.is_sorted = "graph" in compiled and not rest
        self.dependents: Mapping[str, list[str]] = (compiled.get("graph") or {}).get("dependents", {})
        self.order: tuple[Question, ...] = (*first, *rest)

    @classmethod
    def of(cls, version: Any, language: str = "") -> Self:
        """The runtime of a published version, built once in this process: a version never changes.

        In the given language, else in the one that is active, else (where it is not translated) in the form's own.
        """
        language = language or get_language() or ""
        key = (version.pk, version.form_id, version.number, version.created_at, language)
        found = _kept.get(key)
        if found is None:
            found = cls(version.compiled, language)
            with _lock:
                while len(_kept) >= KEPT:
                    _kept.pop(next(iter(_kept)))
                _kept[key] = found
        return found  # type: ignore[return-value]

    # --- the way through -----------------------------------------------------------------------

    def path(self, given: Answers, today: date | None = None) -> Path:
        """Which pages and questions these answers lead to; computed values are worked out, never believed."""
        today = today or timezone.localdate()
        return find_path(self.pages, self.order, given, today, is_sorted=self.is_sorted)

    def contact_in(self, path: Path) -> tuple[str, str]:
        """Name and e-mail address, from the questions chosen for that, else the first address answered; or empty."""
        answered = {question.id: question for question in path.questions if question.id in path.answers}

        def text(field_id: str | None) -> str:
            question = answered.get(field_id or "")
            return question.kind.display(question.field, path.answers[question.id]) if question else ""

        first = next((question.id for question in answered.values() if question.kind.is_email), None)
        email = text(self.contact.get("email")) or text(first)
        return text(self.contact.get("name"))[:255], email.strip().lower()

    def page(self, number: int) -> Page | None:
        """The page with this number in the address."""
        return self.pages[number - 1] if 0 < number <= len(self.pages) else None

    # --- asking ----------------------------------------------------------------------------------

    def page_form(
        self,
        page: Page,
        answers: Answers,
        data: MultiValueDict | None = None,
        *,
        raw: Raw | None = None,
        uploads: Iterable[Any] = (),
        refused: Mapping[str, list[Any]] | None = None,
        live: bool = False,
        quiet: bool = False,
        kept: Collection[str] = (),
        clashes: Mapping[str, Any] | None = None,
    ) -> PageForm:
        """One page of the form; see PageForm for the arguments."""
        return self._form(page.questions, answers, data, raw, uploads, refused, live, quiet, kept, clashes)

    def questions_form(
        self,
        field_ids: Collection[str],
        answers: Answers,
        data: MultiValueDict | None = None,
        *,
        uploads: Iterable[Any] = (),
        refused: Mapping[str, list[Any]] | None = None,
        live: bool = False,
        quiet: bool = False,
    ) -> PageForm:
        """Only the chosen questions, in reading order, whatever page they stand on."""
        chosen = [question for question in self.questions.values() if question.id in field_ids]
        return self._form(chosen, answers, data, None, uploads, refused, live, quiet)

    def _form(
        self,
        questions: list[Question],
        answers: Answers,
        data: MultiValueDict | None,
        raw: Raw | None,
        uploads: Iterable[Any],
        refused: Mapping[str, list[Any]] | None,
        live: bool,
        quiet: bool,
        kept: Collection[str] = (),
        clashes: Mapping[str, Any] | None = None,
    ) -> PageForm:
        return PageForm(
            questions=questions,
            find_path=partial(self.path, today=timezone.localdate()),
            answers=answers,
            data=data,
            raw=raw,
            uploads=uploads,
            refused=refused,
            live=live,
            quiet=quiet,
            kept=kept,
            clashes=clashes,
        )

    # --- judging the whole -------------------------------------------------------------------------

    def problems(self, path: Path, raw: Raw | None = None) -> list[tuple[Question, list[str]]]:
        """What stops the whole from being sent: a missing answer, or something typed that could not be used.

        `raw` is what was typed in vain, by the names of the inputs. Stored answers were judged when they were stored,
        by this same version.
        """
        typed: MultiValueDict = MultiValueDict(dict(raw or {}))
        found = []
        together = judge(path, path.questions).errors
        for question in path.questions:
            if not question.is_asked:
                continue
            unusable = typed_for(question, typed) if raw else {}
            if unusable or is_missing(path.answers.get(question.id)):
                sentences = self._judge(question, typed if unusable else MultiValueDict())
                if unusable and not sentences:
                    sentences = [gettext("Open the page and save it once more.")]
                if sentences:
                    found.append((question, sentences))
                    continue
            if question.id in together:
                found.append((question, together[question.id]))
        return found

    def warnings(self, path: Path) -> list[tuple[Question, list[str]]]:
        """What the answers are worth another look for; nothing of it stops the whole from being sent."""
        found = judge(path, path.questions).warnings
        return [(question, found[question.id]) for question in path.questions if question.id in found]

    @staticmethod
    def _judge(question: Question, typed: MultiValueDict) -> list[str]:
        """What the question says to what was typed, or to no answer at all."""
        widget = question.form_field.widget
        read = [] if question.takes_files else widget.value_from_datadict(typed, MultiValueDict(), question.html_name)
        try:
            question.form_field.clean(read)
        except ValidationError as error:
            return list(error.messages)
        return []

    # --- reading -------------------------------------------------------------------------------------

    def summary(self, answers: Answers, uploads: Iterable[Any] = (), today: date | None = None) -> list[Section]:
        """The answers as people read them; `today` is the day they were given, for what depends on the day."""
        return build_summary(self.path(answers, today), uploads)

    # --- the browser's share ---------------------------------------------------------------------------

    def logic(self, page: Page, answers: Answers) -> dict[str, Any]:
        """What the browser needs to show, hide and count by itself; answers to the page's own questions stay out.

        Empty for a page where nothing depends on anything.
        """
        if (
            not any(
                question.condition
                or question.calculation
                or question.required_if
                or question.limits
                or question.field["settings"].get("rules")
                for question in page.questions
            )
            and not page.rules
        ):
            return {}
        here = {question.id for question in page.questions}
        known: dict[str, Any] = {"dependents": self.dependents} if self.is_sorted else {}
        if rules := list(rules_for_browser(page)):
            known["rules"] = rules
        return {
            **known,
            "today": timezone.localdate().isoformat(),
            "page": page.id,
            "pages": {other.id: other.condition.ast for other in self.pages if other.condition},
            "questions": [_for_browser(question) for question in self.order],
            "answers": {
                question.id: question.kind.expression_value(question.field, answers[question.id])
                for question in self.order
                if question.is_asked and question.id in answers and question.id not in here
            },
        }


def _for_browser(question: Question) -> dict[str, Any]:
    name = question.kind.expression_name(question.field)
    described: dict[str, Any] = {"id": question.id, "page": question.page.id, "name": question.html_name}
    if question.condition:
        described["shown_if"] = question.condition.ast
    if question.required_if:
        described["required_if"] = question.required_if.ast
    if question.calculation:
        described["calculation"] = question.calculation.ast
    if name is not None:
        described["type"] = name.type.value
        if name.columns:
            described["columns"] = {
                column: {"id": part.id, "type": part.type.value} for column, part in name.columns.items()
            }
    return described
