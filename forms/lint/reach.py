"""Who can come where: pages and questions that nobody meets, rules that cannot hold, and an example for all others."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from forms.compile import Draft, Page, Question
from forms.expressions import Compiled, Type, dependencies, to_text
from forms.kinds import Problem

from .prover import Goal, Prover, Verdict


@dataclass(frozen=True)
class Example:
    """Answers with which somebody meets a page or a question."""

    block_id: str
    label: str
    sentence: str


def lint_reach(draft: Draft) -> Iterator[Problem]:
    """What is proven to be impossible."""
    prover = Prover(draft, today=timezone.localdate())
    hidden: set[str] = set()
    for page in draft.pages:
        if _depends(page) and prover.find(Goal(pages=[page])).state == "impossible":
            hidden.add(page.id)
            sentence = _(
                "Nobody can come to this page: no answers make “%(condition)s” hold. Change this condition, "
                "or those of the questions it speaks of."
            ) % {"condition": _source(draft, page)}
            yield Problem("unreachable", sentence, page.id, setting="shown_if")
    for page in draft.pages:
        if page.id in hidden:
            continue
        for question in page.questions:
            yield from _question(draft, prover, page, question)
        yield from _rules(prover, page)


def _question(draft: Draft, prover: Prover, page: Page, question: Question) -> Iterator[Problem]:
    if _depends(question) and prover.find(Goal([page], [question])).state == "impossible":
        if question.compiled["required"]:
            sentence = _(
                "This must be answered, but nobody can see it: no answers make “%(condition)s” hold. "
                "Change this condition, or those of the questions and the page it speaks of."
            )
        else:
            sentence = _(
                "Nobody can see this: no answers make “%(condition)s” hold. Change this condition, "
                "or those of the questions and the page it speaks of."
            )
        yield Problem(
            "unreachable", sentence % {"condition": _source(draft, question)}, question.id, setting="shown_if"
        )
        return
    if question.required_if is not None:
        goal = Goal([page], [question], holds=[question.required_if])
        if question.compiled["required"]:
            sentence = _(
                "The question must always be answered, so “Must be answered if” changes nothing. "
                "Untick “Must be answered”, or remove the condition."
            )
            yield Problem("required_anyway", sentence, question.id, setting="required_if")
        elif prover.find(goal).state == "impossible":
            sentence = _("It will never have to be answered: no answers make this hold. Change the condition.")
            yield Problem("required_never", sentence, question.id, level="warning", setting="required_if")
    yield from _limits(prover, page, question)


def _limits(prover: Prover, page: Page, question: Question) -> Iterator[Problem]:
    """Limits that are worked out leave room for an answer."""
    limits = question.kind.limits(question.compiled)
    own = next((side for side, limit in limits.items() if question.id in dependencies(limit["ast"])), None)
    if own is not None:
        sentence = _("The limit speaks of the very question it limits. Let it speak of others.")
        yield Problem("limits_itself", sentence, question.id, setting=f"{own}_from")
    elif limits:
        within = [Compiled(question.kind.within(question.compiled, side), Type.BOOLEAN) for side in limits]
        goal = Goal([page], [question], answered=[question.id], holds=within)
        if prover.find(goal).state == "impossible":
            sentence = _("No answer lies within the limits, so nobody would get past this question. Change the limits.")
            yield Problem("limits_exclude", sentence, question.id, setting=f"{next(iter(limits))}_from")


def _rules(prover: Prover, page: Page) -> Iterator[Problem]:
    good = []
    for rule in page.rules:
        if rule.holds is None or not rule.holds.uses:
            continue
        if prover.find(Goal([page], answered=rule.needs, holds=[rule.holds])).state == "impossible":
            sentence = _("No answers can make this rule hold, so nobody would get past it. Change the rule.")
            yield Problem("rule_never_holds", sentence, rule.id, setting="holds")
        elif prover.find(Goal([page], answered=rule.needs, fails=[rule.holds])).state == "impossible":
            sentence = _("This rule holds whatever is answered, so it says nothing. Change the rule, or remove it.")
            yield Problem("rule_always_holds", sentence, rule.id, level="warning", setting="holds")
        elif rule.level == "error":
            good.append((rule, rule.holds))
    for (first, one), (second, other) in combinations(good, 2):
        if not one.uses & other.uses:
            continue
        goal = Goal([page], answered=sorted({*first.needs, *second.needs}), holds=[one, other])
        if prover.find(goal).state == "impossible":
            both = _("This rule and “%(other)s” cannot both hold. Change one of them.") % {"other": first.message}
            yield Problem("rules_contradict", both, second.id, setting="holds")


def examples(draft: Draft) -> list[Example]:
    """For every page and question with a condition of its own: answers with which it is met."""
    prover = Prover(draft, today=timezone.localdate())
    found = []
    for page in draft.pages:
        parts: list[tuple[Any, Goal, str]] = [(page, Goal(pages=[page]), page.value.get("title") or "")]
        parts += [(question, Goal([page], [question]), question.label) for question in page.questions]
        for part, goal, label in parts:
            if _depends(part):
                found.append(Example(part.id, label, _told(draft, prover.find(goal))))
    return found


def _told(draft: Draft, verdict: Verdict) -> str:
    if verdict.state == "impossible":
        return gettext("nobody, whatever they answer")
    if verdict.state == "unknown":
        return gettext("cannot be told beforehand")
    answers = [
        gettext("“%(question)s” is %(answer)s") % {"question": question.label, "answer": shown(question, answer)}
        for question in draft.questions
        if (answer := verdict.answers.get(question.id)) is not None
    ]
    return gettext(" and ").join(answers) or gettext("nothing has been answered yet")


def shown(question: Question, answer: Any) -> str:
    """An answer in words."""
    if isinstance(answer, bool):
        return gettext("yes") if answer else gettext("no")
    stored = list(answer) if isinstance(answer, tuple) else answer
    try:
        return question.kind.display(question.compiled, stored) or str(answer)
    except (TypeError, ValueError, KeyError, ArithmeticError):
        return str(answer)


def _depends(part: Page | Question) -> bool:
    return part.condition is not None and bool(part.condition.uses)


def _source(draft: Draft, part: Page | Question) -> str:
    return to_text(part.condition.ast, draft.names) if part.condition else ""
