"""What the answers together break: required after all, beyond a limit, against a rule across questions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from forms.expressions import to_json

from .path import Path, is_missing
from .structure import Page, Question, Rule


@dataclass(frozen=True)
class Judgement:
    """Sentences by question id: ``errors`` must be corrected, ``warnings`` are pointed out and let through."""

    errors: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    warnings: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))


def is_required(question: Question, path: Path) -> bool:
    """Must it be answered, given the other answers?"""
    return question.required_if is not None and question.required_if.holds(path.answers, today=path.today)


def judge(path: Path, questions: Iterable[Question]) -> Judgement:
    """What these questions have wrong together with all answers on the path."""
    met = [question for question in questions if question.is_asked and path.shows(question)]
    found = Judgement()
    for question in met:
        answer = path.answers.get(question.id)
        if is_missing(answer):
            if is_required(question, path):
                found.errors[question.id] += not_answered(question)
            continue
        if question.limits:
            limits = {
                name: to_json(limit.evaluate(path.answers, today=path.today)) for name, limit in question.limits.items()
            }
            if sentences := question.kind.beyond(question.field, answer, limits):
                found.errors[question.id] += sentences
        for is_error, sentence in question.kind.broken_rules(question.field, answer, path.answers, path.today):
            (found.errors if is_error else found.warnings)[question.id].append(sentence)
    if met:
        _judge_rules(path, met, found)
    return found


def _judge_rules(path: Path, met: list[Question], found: Judgement) -> None:
    asked = {question.id: question for question in met}
    for page in dict.fromkeys(question.page for question in met):
        whole = all(question.id in asked for question in page.questions if question.is_asked and path.shows(question))
        for rule in page.rules:
            if rule.is_broken(path.answers, path.today):
                place = _place(rule, page, asked, whole=whole)
                if place is not None:
                    (found.errors if rule.is_error else found.warnings)[place.id].append(rule.message)


def _place(rule: Rule, page: Page, asked: dict[str, Question], *, whole: bool) -> Question | None:
    """The question a broken rule is shown at: the chosen one, else the last on its page that it speaks of, else any.

    None when only other questions than those asked now could mend it.
    """
    if rule.at in asked:
        return asked[rule.at]
    here = [question for question in page.questions if question.id in asked]
    used = [question for question in here if question.id in rule.holds.uses]
    if used:
        return used[-1]
    return here[-1] if whole and here else None


def not_answered(question: Question) -> list[Any]:
    """What the question says when it had to be answered and was not."""
    widget = question.required_field.widget
    nothing = (
        []
        if question.takes_files
        else widget.value_from_datadict(MultiValueDict(), MultiValueDict(), question.html_name)
    )
    try:
        question.required_field.clean(nothing)
    except ValidationError as error:
        return list(error.messages)
    return []


def rules_for_browser(page: Page) -> Iterator[dict[str, Any]]:
    """Rules and limits of a page as the browser checks them when somebody leaves a question."""
    asked = {question.id: question for question in page.questions if question.is_asked}
    for rule in page.rules:
        at = _place(rule, page, asked, whole=True)
        if at is not None:
            yield {
                "id": rule.id,
                "at": at.id,
                "holds": rule.holds.ast,
                "needs": rule.needs,
                "message": rule.message,
                "level": "error" if rule.is_error else "warning",
            }
    for question in asked.values():
        sentences = question.kind.limit_sentences(question.field)
        for side, limit in question.limits.items():
            yield {
                "id": f"{question.id}-{side}",
                "at": question.id,
                "holds": question.kind.within(question.field, side),
                "needs": [question.id],
                "limit": limit.ast,
                "message": sentences[side],
                "level": "error",
            }
