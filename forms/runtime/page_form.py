"""One page as a form: what it asks, what was typed, what is wrong with it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import django.forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict, ErrorList
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString

from .judging import is_required, judge
from .path import Path, is_missing
from .structure import Answers, Question

Raw = Mapping[str, list[str]]
"""What was typed, by the names of the inputs."""

MAX_RAW = 1_000_000  # characters kept of what one page got and could not use


class StoredAnswer(BoundField):
    """A question that shows what is stored, on a page where others show what was typed in vain."""

    def value(self) -> Any:
        """The stored answer as the widget shows it."""
        return self.field.prepare_value(self.initial)


class Inputs(django.forms.Form):
    """The inputs of some questions; each shows what was typed, or else what is stored."""

    use_required_attribute = False
    _bound_fields_cache: dict[str, BoundField]  # Django's own, unknown to its stubs

    def __init__(self, questions: Sequence[Question], *, typed: frozenset[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # The fields are made once per version and never changed, so they are shared instead of copied.
        self.fields = {question.html_name: question.form_field for question in questions}
        self.typed = typed
        self._errors = ErrorDict()

    def __getitem__(self, name: str) -> BoundField:
        if name not in self.typed and name not in self._bound_fields_cache:
            self._bound_fields_cache[name] = StoredAnswer(self, self.fields[name], name)
        return super().__getitem__(name)


@dataclass(frozen=True)
class Asked:
    """A question, or a piece of content, as the page draws it."""

    question: Question
    shown: bool
    bound: BoundField | None
    html: SafeString
    warnings: Sequence[Any] = ()
    clash: Any = None  # the versions to choose between, where several have answered at the same time

    @property
    def anchor(self) -> str:
        """Where a link to the question leads: its first input, or the text itself."""
        return (self.bound.id_for_label or self.bound.auto_id) if self.bound else self.question.html_name


def storable(text: str) -> str:
    """What was typed, without what no database column and no page can hold: NUL and lone surrogates."""
    return str(text).replace("\x00", "").encode("utf-8", "ignore").decode()


def typed_for(question: Question, data: MultiValueDict) -> dict[str, list[str]]:
    """The posted inputs that belong to one question."""
    start = f"{question.html_name}-"
    return {
        storable(name): [storable(value) for value in data.getlist(name)]
        for name in data
        if name == question.html_name or name.startswith(start)
    }


def _is_blank(value: Any) -> bool:
    """Did a widget read nothing at all? A table of empty cells is nothing."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        return all(_is_blank(part) for part in value.values())
    if isinstance(value, list | tuple):
        return all(_is_blank(part) for part in value)
    return not value


class PageForm:
    """Some questions with stored answers, what was posted to them, and what came of it.

    `given` holds the good answers of these questions, `raw` what was typed for the bad ones, `errors` what to say.
    `unkept` are the bad ones with more than a draft has room for: what was typed there is not in `raw`.
    A question that is not met is neither an error nor an answer, but what was typed for it is kept in `given`.
    """

    def __init__(
        self,
        *,
        questions: Sequence[Question],
        find_path: Any,
        answers: Answers,
        data: MultiValueDict | None = None,
        raw: Raw | None = None,
        uploads: Iterable[Any] = (),
        refused: Mapping[str, Sequence[Any]] | None = None,
        live: bool = False,
        quiet: bool = False,
        kept: Collection[str] = (),
        clashes: Mapping[str, Any] | None = None,
    ) -> None:
        """`answers`: what is stored for the whole form. `data`: what was posted now, `raw`: what was kept from before.

        `uploads`: the stored files of these questions. `refused`: sentences about files just refused, by question id.
        `live`: the visitor's browser has shown and hidden questions by itself, so nothing on the page is new to them.
        `quiet`: the visitor is not done with the page (adds a row, removes a file), so nothing is said to be wrong.
        `kept`: the questions where what is stored (`answers`, and `raw` beside them) counts, not what was posted.
        `clashes`: what stands beside an answer that several have given, by question id.
        """
        self.questions = questions
        self.answers = answers
        self.uploads = list(uploads)
        self.is_bound = data is not None
        self.given: dict[str, Any] = {}
        self.raw: dict[str, list[str]] = {}
        self.unkept: set[str] = set()
        self.errors: dict[str, list[Any]] = {}
        self.warnings: Mapping[str, list[Any]] = {}
        self.appeared: list[Question] = []
        self.kept = frozenset(kept)
        self.clashes = clashes or {}
        typed: MultiValueDict = data if data is not None else MultiValueDict(dict(raw or {}))
        if self.kept:
            typed = self._with_kept(typed, raw or {})
        self._inputs = Inputs(
            [question for question in questions if question.is_asked],
            typed=frozenset(
                question.html_name
                for question in questions
                if question.is_asked
                and not question.takes_files
                and ((data is not None and question.id not in self.kept) or typed_for(question, typed))
            ),
            data=typed,
            files=MultiValueDict(),
            initial=self._initial(),
        )
        wrong = self._clean(typed)
        for field_id, sentences in (refused or {}).items():
            wrong.setdefault(field_id, [])
            wrong[field_id] = [*sentences, *wrong[field_id]]
        before: Path = find_path(answers)
        others = {key: value for key, value in answers.items() if key not in {q.id for q in questions}}
        self.path: Path = find_path({**others, **self.given})
        self._judge(wrong, typed, before, live=live)
        self._judge_together()
        # A refused file is always said; the rest not while the visitor is at work on the page.
        self._shown = {key for key in self.errors if not quiet or key in (refused or {})}
        self._inputs._errors = self._error_dict()

    def _with_kept(self, typed: MultiValueDict, raw: Raw) -> MultiValueDict:
        """What was posted, but for the kept questions what was typed there in vain before."""
        left_out = {
            name for question in self.questions if question.id in self.kept for name in typed_for(question, typed)
        }
        merged: MultiValueDict = MultiValueDict({name: typed.getlist(name) for name in typed if name not in left_out})
        for question in self.questions:
            if question.id in self.kept:
                for name, values in typed_for(question, MultiValueDict(dict(raw))).items():
                    merged.setlist(name, values)
        return merged

    def _initial(self) -> dict[str, Any]:
        initial = {}
        for question in self.questions:
            if question.is_asked:
                stored = self.answers.get(question.id)
                initial[question.html_name] = (
                    [upload for upload in self.uploads if upload.field_id == question.id]
                    if question.takes_files
                    else question.kind.from_json(question.field, stored)
                )
        return initial

    def _clean(self, typed: MultiValueDict) -> dict[str, list[Any]]:
        """Fill `given`; returns what is wrong by question id, before it is known which questions are met."""
        wrong: dict[str, list[Any]] = {}
        for question in self.questions:
            if not question.is_asked:
                continue
            if question.html_name not in self._inputs.typed and (not self.is_bound or question.id in self.kept):
                if not is_missing(stored := self.answers.get(question.id)):
                    self.given[question.id] = stored
                continue
            try:
                value = question.clean(self._read(question, typed))
            except ValidationError as error:
                wrong[question.id] = list(error.messages)
            else:
                if not is_missing(value):
                    self.given[question.id] = value
        return wrong

    def _read(self, question: Question, typed: MultiValueDict) -> Any:
        if question.takes_files:
            return [upload for upload in self.uploads if upload.field_id == question.id]
        return question.form_field.widget.value_from_datadict(typed, MultiValueDict(), question.html_name)

    def _judge(self, wrong: Mapping[str, list[Any]], typed: MultiValueDict, before: Path, *, live: bool) -> None:
        """Tell errors from questions that have just appeared, and keep what was typed in vain."""
        for question in self.questions:
            is_met = self.path.shows(question)
            is_new = self.is_bound and not live and is_met and not before.shows(question)
            if not question.is_asked:
                if is_new and not question.has_value:
                    self.appeared.append(question)
                continue
            inputs = typed_for(question, typed)
            is_empty = _is_blank(self._read(question, typed))
            if is_new and is_empty and question.id not in self.given:
                self.appeared.append(question)
            elif is_met and question.id in wrong:
                self.errors[question.id] = wrong[question.id]
            if question.id in wrong and not is_empty:
                self.raw |= inputs
        self._make_room(wrong)

    def _make_room(self, wrong: Collection[str]) -> None:
        """Let what a draft has no room for stand on the page only, the longest first."""
        inputs = {
            question.id: typed_for(question, MultiValueDict(self.raw))
            for question in (self.questions if self.raw else ())
            if question.id in wrong
        }
        sizes = {key: sum(len(value) for values in typed.values() for value in values) for key, typed in inputs.items()}
        for question in sorted(self.questions, key=lambda question: -sizes.get(question.id, 0)):
            if sum(sizes.values()) <= MAX_RAW:
                return
            del sizes[question.id]
            if self.path.shows(question):
                self.unkept.add(question.id)
            self.raw = {name: values for name, values in self.raw.items() if name not in inputs[question.id]}

    def _judge_together(self) -> None:
        """What the answers break together: required after all, beyond a limit, against a rule."""
        judgement = judge(self.path, self.questions)
        new = {question.id for question in self.appeared}
        if self.is_bound:
            for field_id, sentences in judgement.errors.items():
                if field_id not in new and field_id not in self.errors:
                    self.errors[field_id] = sentences
        self.warnings = judgement.warnings
        for question in self.questions:
            if question.is_asked and is_required(question, self.path):
                self._inputs.fields[question.html_name] = question.required_field

    def _error_dict(self) -> ErrorDict:
        return ErrorDict(
            {
                question.html_name: ErrorList(self.errors[question.id])
                for question in self.questions
                if question.id in self._shown
            }
        )

    @property
    def is_valid(self) -> bool:
        """Is everything that is asked here answered as it should be, and has the visitor seen all of it?"""
        return not self.errors and not self.appeared

    @property
    def asked(self) -> list[Asked]:
        """Questions and content in reading order; those not met now are drawn hidden."""
        return [
            Asked(
                question=question,
                shown=self.path.shows(question),
                bound=self._inputs[question.html_name] if question.is_asked else None,
                html=SafeString("")
                if question.is_asked
                else question.kind.html(question.field, self.path.answers.get(question.id)),
                warnings=self.warnings.get(question.id, ()),
                clash=self.clashes.get(question.id),
            )
            for question in self.questions
        ]

    @property
    def problems(self) -> list[tuple[Asked, list[Any]]]:
        """Each question with something to correct, in reading order."""
        return [(asked, self.errors[asked.question.id]) for asked in self.asked if asked.question.id in self._shown]
