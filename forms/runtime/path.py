"""The way through the form for one set of answers: which pages and questions it meets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from forms.expressions import to_json

from .structure import Answers, Page, Question


def is_missing(value: Any) -> bool:
    """Is this no answer? False and 0 are answers."""
    return value is None or value in ("", [], {})


@dataclass(frozen=True)
class Path:
    """What is asked and what is answered; a question off the path has no answer."""

    pages: tuple[Page, ...]
    questions: tuple[Question, ...]
    answers: Mapping[str, Any]
    today: date

    @cached_property
    def ids(self) -> frozenset[str]:
        """The questions that are met."""
        return frozenset(question.id for question in self.questions)

    @cached_property
    def page_ids(self) -> frozenset[str]:
        """The pages that are met."""
        return frozenset(page.id for page in self.pages)

    def shows(self, question: Question) -> bool:
        """Is this question met?"""
        return question.id in self.ids

    def after(self, page: Page) -> Page | None:
        """The next page that is met; None after the last."""
        return next((other for other in self.pages if other.number > page.number), None)

    def before(self, page: Page) -> Page | None:
        """The page met before this one; None before the first."""
        return next((other for other in reversed(self.pages) if other.number < page.number), None)


def find_path(
    pages: Sequence[Page], order: Sequence[Question], given: Answers, today: date, *, is_sorted: bool = False
) -> Path:
    """Work out conditions and calculations together.

    An answer counts only while its question is met, and a computed value is always worked out, never taken from
    what was given. In a version that was sorted at publish (``is_sorted``) each question comes after all it depends
    on, and one round is enough; in others it goes on until nothing changes any more, which publishing, that refuses
    circles, has made sure of.
    """
    values: dict[str, Any] = {}
    shown: set[str] = set()
    for _round in range(1 if is_sorted else len(order) + len(pages) + 1):
        before, shown_before = dict(values), shown
        shown = _walk(order, given, values, today)
        if values == before and shown == shown_before:
            break
    questions = tuple(_in_reading_order(pages, shown))
    with_questions = {question.page.id for question in questions}
    met = tuple(
        page for page in pages if page.id in with_questions or (not page.questions and page.is_shown(values, today))
    )
    return Path(pages=met, questions=questions, answers=values, today=today)


def _walk(order: Sequence[Question], given: Answers, values: dict[str, Any], today: date) -> set[str]:
    """Bring every value up to date, one question after the other; returns those that are met."""
    shown: set[str] = set()
    pages: dict[str, bool] = {}
    for question in order:
        page = question.page
        is_met = pages.get(page.id)
        if is_met is None:
            # What the page depends on comes before its first question, so the answer holds for all of them.
            is_met = pages[page.id] = page.is_shown(values, today)
        value = None
        if is_met and question.is_shown(values, today):
            shown.add(question.id)
            value = _value(question, given, values, today)
        if is_missing(value):
            values.pop(question.id, None)
        else:
            values[question.id] = value
    return shown


def _value(question: Question, given: Answers, values: Answers, today: date) -> Any:
    if question.is_asked:
        stored = given.get(question.id)
        return None if stored is None else question.kind.recompute(question.field, stored)
    if question.calculation is not None:
        return to_json(question.calculation.evaluate(values, today=today))
    return None


def _in_reading_order(pages: Sequence[Page], shown: set[str]) -> Iterable[Question]:
    return (question for page in pages for question in page.questions if question.id in shown)
