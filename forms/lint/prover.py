"""Can it be? Looks for answers that make conditions hold, along the whole way through the form.

Every question a condition rests on is given one answer out of each set of answers that no condition tells apart
(each option that is named and one that is not, yes and no, the limits of numbers and what lies between them), or none.
For conditions that compare a choice, yes/no, number or day with something fixed this is a proof; of others (a number
against another, a calculation, today's date) it is said that answers exist when some were found, and else nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from itertools import combinations, pairwise
from typing import Any, Literal

from django.core.exceptions import ValidationError

from forms.compile import Draft, Page, Question, uses_today
from forms.expressions import Ast, Compiled, Cycle, Type, dependencies, needed, to_json
from forms.expressions.values import numeral, read_number

STEPS = 2_000  # answers tried for one question put to the prover
ALL_STEPS = 30_000  # and for a whole form, so that a lint never takes seconds
MOST_QUESTIONS = 150

COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
LITERALS: Mapping[str, Any] = {
    "number": read_number,
    "text": str,
    "boolean": bool,
    "date": date.fromisoformat,
}

Answer = Any
Truth = bool | None  # None: it cannot be told


@dataclass(frozen=True)
class Goal:
    """What is asked for, all at once: pages and questions to be met, questions to be answered, conditions to hold."""

    pages: Sequence[Page] = ()
    questions: Sequence[Question] = ()
    answered: Sequence[str] = ()
    holds: Sequence[Compiled] = ()
    fails: Sequence[Compiled] = ()

    def asts(self) -> Iterator[Ast]:
        """Every tree in it."""
        parts: tuple[Page | Question, ...] = (*self.pages, *self.questions)
        for part in parts:
            if part.condition is not None:
                yield part.condition.ast
        for compiled in (*self.holds, *self.fails):
            yield compiled.ast


@dataclass(frozen=True)
class Verdict:
    """``impossible`` is proven; ``possible`` has the answers that show it."""

    state: Literal["impossible", "possible", "unknown"]
    answers: Mapping[str, Answer] = field(default_factory=dict)


UNKNOWN = Verdict("unknown")


class _OutOfSteps(Exception):  # noqa: N818 - not an error
    """The search has gone on for long enough."""


class Prover:
    """Answers for one draft whether something can be."""

    def __init__(self, draft: Draft, *, today: date) -> None:
        self.draft = draft
        self.today = today
        self.steps_left = ALL_STEPS
        self.by_id = {question.id: question for question in draft.questions}
        self.page_of = {question.id: draft.pages[question.page] for question in draft.questions}
        try:
            self.order: list[str] | None = draft.order()
        except Cycle:
            self.order = None
        self.calculations: dict[str, Compiled] = {}
        for question in draft.questions:
            if stored := question.kind.calculation(question.compiled):
                self.calculations[question.id] = Compiled(stored["ast"], Type(stored["type"]))

    def find(self, goal: Goal) -> Verdict:
        """Answers for which all of the goal holds, or that there are none."""
        if self.order is None:
            return UNKNOWN
        cone = self._cone(goal)
        if len(cone) > MOST_QUESTIONS:
            return UNKNOWN
        search = _Search(self, goal, cone, min(STEPS, self.steps_left))
        try:
            found = search.run()
        except _OutOfSteps:
            return UNKNOWN
        finally:
            self.steps_left -= search.steps
        if found is not None:
            return Verdict("possible", search.shortest(found))
        return Verdict("impossible") if search.is_proof else UNKNOWN

    def _cone(self, goal: Goal) -> list[str]:
        """Everything the goal rests on, in the order it is worked out."""
        found: set[str] = set()
        waiting = [used for ast in goal.asts() for used in dependencies(ast)] + list(goal.answered)
        while waiting:
            used = waiting.pop()
            if used in found or used not in self.by_id:
                continue
            found.add(used)
            waiting.extend(self.draft.depends_on(self.by_id[used]))
        return [question_id for question_id in self.order or () if question_id in found]


class _Search:
    """One goal, tried depth first; a branch ends as soon as it is certain that the goal fails in it."""

    def __init__(self, prover: Prover, goal: Goal, cone: list[str], limit: int) -> None:
        self.prover, self.goal, self.cone, self.limit = prover, goal, cone, limit
        self.steps = 0
        self.is_proof = True
        self.given: dict[str, Answer] = {}
        # What is certain so far: the value of a question (None: it has none). A question not here is open.
        self.certain: dict[str, Answer] = {}
        trees = list(goal.asts())
        for question_id in cone:
            question, page = prover.by_id[question_id], prover.page_of[question_id]
            trees += [part.condition.ast for part in (question, page) if part.condition is not None]
        constants: dict[str, set[Any]] = {}
        for tree in trees:
            _collect(tree, constants)
        self.choices = {
            question_id: (
                [None]
                if question_id in prover.calculations
                else [*_representatives(prover.by_id[question_id], constants.get(question_id, set())), None]
            )
            for question_id in cone
        }

    def run(self) -> dict[str, Answer] | None:
        """Answers that show it, or None when none were found."""
        return self._try(0)

    def _try(self, depth: int) -> dict[str, Answer] | None:
        truth = self._goal()
        if truth is False:
            return None
        if truth is True or depth == len(self.cone):
            given = {key: value for key, value in self.given.items() if value is not None}
            if self.shows(given):
                return given
            if truth is None:
                self.is_proof = False
            if depth == len(self.cone):
                return None
        question_id = self.cone[depth]
        is_shown = self._is_shown(question_id)
        is_computed = question_id in self.prover.calculations
        for value in [None] if is_shown is False else self.choices[question_id]:
            self.steps += 1
            if self.steps > self.limit:
                raise _OutOfSteps
            self.given[question_id] = value
            if is_shown is False or (value is None and not is_computed):
                self.certain[question_id] = None
            elif is_shown is True and not is_computed:
                self.certain[question_id] = value
            found = self._try(depth + 1)
            self.given.pop(question_id, None)
            self.certain.pop(question_id, None)
            if found is not None:
                return found
        return None

    def _goal(self) -> Truth:
        truths: list[Truth] = [self._truth(ast) for ast in self._must_hold()]
        truths += [_negated(self._truth(compiled.ast)) for compiled in self.goal.fails]
        for question_id in self.goal.answered:
            truths.append(self.certain[question_id] is not None if question_id in self.certain else None)
        return _all(truths)

    def _must_hold(self) -> Iterator[Ast]:
        parts: tuple[Page | Question, ...] = (*self.goal.pages, *self.goal.questions)
        for part in parts:
            if part.condition is not None:
                yield part.condition.ast
        for compiled in self.goal.holds:
            yield compiled.ast

    def _is_shown(self, question_id: str) -> Truth:
        parts = (self.prover.by_id[question_id], self.prover.page_of[question_id])
        return _all([self._truth(part.condition.ast) for part in parts if part.condition is not None])

    def _truth(self, ast: Ast) -> Truth:
        operation, *operands = ast
        if operation == "and":
            return _all([self._truth(operand) for operand in operands])
        if operation == "or":
            return _negated(_all([_negated(self._truth(operand)) for operand in operands]))
        if operation == "not":
            return _negated(self._truth(operands[0]))
        uses = dependencies(ast)
        if operation in COMPARISONS and any(
            used in self.certain and self.certain[used] is None for used in needed(ast)
        ):
            return False
        if not _is_simple(ast) or not all(used in self.certain for used in uses) or uses_today(ast):
            return None
        return Compiled(ast, Type.BOOLEAN).holds(self.certain, today=self.prover.today)

    def shows(self, given: Mapping[str, Answer]) -> bool:
        """Do these answers reach the goal? Asked of the very rules that the published form will run by."""
        prover, today = self.prover, self.prover.today
        values: dict[str, Answer] = {}

        def holds(condition: Compiled | None) -> bool:
            return condition is None or condition.holds(values, today=today)

        for question_id in self.cone:
            if not holds(prover.by_id[question_id].condition) or not holds(prover.page_of[question_id].condition):
                continue
            calculation = prover.calculations.get(question_id)
            value = to_json(calculation.evaluate(values, today=today)) if calculation else given.get(question_id)
            if value is not None:
                values[question_id] = value
        goal = self.goal
        return (
            all(holds(page.condition) for page in goal.pages)
            and all(holds(question.condition) for question in goal.questions)
            and all(holds(compiled) for compiled in goal.holds)
            and not any(holds(compiled) for compiled in goal.fails)
            and all(question_id in values for question_id in goal.answered)
        )

    def shortest(self, given: Mapping[str, Answer]) -> dict[str, Answer]:
        """As few of the answers as still show it."""
        kept = dict(given)
        for question_id in reversed(list(given)):
            fewer = {key: value for key, value in kept.items() if key != question_id}
            if self.shows(fewer):
                kept = fewer
        return kept


def _all(truths: Iterable[Truth]) -> Truth:
    found = list(truths)
    if False in found:
        return False
    return None if None in found else True


def _negated(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _is_simple(ast: Ast) -> bool:
    """Does it compare one question with something fixed? Then answers that no constant divides are all alike."""
    operation, *operands = ast
    if operation in COMPARISONS:
        left, right = operands
        return (right == ("missing",) and left[0] == "name") or _named(left, right) is not None
    if operation == "answered":
        return operands[0][0] == "name"
    if operation in ("in", "contains"):
        one, other = operands
        if "name" not in (one[0], other[0]):
            return False
        fixed = other if one[0] == "name" else one
        return _literal(fixed) is not None or (
            fixed[0] == "list" and all(_literal(item) is not None for item in fixed[1:])
        )
    return operation in ("name", "boolean")


def _named(left: Ast, right: Ast) -> tuple[str, Any] | None:
    """The question and the constant it is compared with."""
    for name, other in ((left, right), (right, left)):
        if name[0] == "name" and name[2] != Type.ROWS and (found := _literal(other)) is not None:
            return name[1], found
    return None


def _literal(ast: Ast) -> Any:
    if ast[0] == "negate" and ast[1][0] == "number":
        number = read_number(ast[1][1])
        return None if number is None else -number
    return LITERALS[ast[0]](ast[1]) if ast[0] in LITERALS else None


def _collect(ast: Ast, constants: dict[str, set[Any]]) -> None:
    """Every constant that each question is compared with."""
    operation, *operands = ast
    if operation in COMPARISONS and (found := _named(*operands)):
        constants.setdefault(found[0], set()).add(found[1])
    if operation in ("in", "contains"):
        names = [operand[1] for operand in operands if operand[0] == "name"]
        texts = [part[1] for operand in operands for part in (operand, *operand[1:]) if part[0] == "text"]
        for name in names:
            constants.setdefault(name, set()).update(texts)
    for operand in operands:
        if isinstance(operand, tuple):
            _collect(operand, constants)


# One answer out of each set that the constants do not tell apart


def _representatives(question: Question, constants: set[Any]) -> list[Answer]:
    name = question.kind.expression_name(question.compiled)
    if name is None:
        return []
    if name.type == Type.BOOLEAN:
        return [True, False]
    if name.type == Type.TEXT:
        return _texts(name.choices, constants)
    if name.type == Type.LIST:
        return _lists(question, sorted(name.choices or ()), constants)
    if name.type == Type.NUMBER:
        return [number for number in _numbers(question, constants) if _admits(question, _as_typed(number))]
    if name.type == Type.DATE:
        days = {day for day in constants if isinstance(day, date)}
        around = {day + timedelta(days=step) for day in days or {date(2026, 1, 1)} for step in (-1, 0, 1)}
        return [day.isoformat() for day in sorted(around) if _admits(question, day.isoformat())]
    return []


def _texts(choices: frozenset[str] | None, constants: set[Any]) -> list[str]:
    texts = {text for text in constants if isinstance(text, str)}
    if choices is None:
        return [*sorted(texts), "x" * (max(map(len, texts), default=0) + 1)]
    return [*sorted(texts & choices), *sorted(choices - texts)[:1]]


def _lists(question: Question, choices: list[str], constants: set[Any]) -> list[tuple[str, ...]]:
    """For every choice of those that conditions name, an answer with just these of them that the question takes."""
    named = [key for key in choices if key in constants][:6]
    others = [key for key in choices if key not in constants]
    found = []
    for size in range(len(named) + 1):
        for chosen in combinations(named, size):
            for more in range(len(others) + 1):
                answer = (*chosen, *others[:more])
                if answer and _admits(question, list(answer)):
                    found.append(answer)
                    break
    return found


def _numbers(question: Question, constants: set[Any]) -> list[Decimal]:
    settings = question.compiled["settings"].values()
    read = (read_number(limit) for limit in settings if isinstance(limit, int | str))
    limits = {limit for limit in read if limit is not None}
    breaks = sorted({number for number in constants if isinstance(number, Decimal)} | limits | {Decimal(0), Decimal(1)})
    found = [breaks[0] - 1]
    for low, high in pairwise(breaks):
        found.append(low)
        found += _between(low, high)
    return [*found, breaks[-1], breaks[-1] + 1]


def _between(low: Decimal, high: Decimal) -> Iterator[Decimal]:
    """The least number above ``low`` with no decimals, with one, with two …, as far as each lies below ``high``."""
    for decimals in range(7):
        step = Decimal(1).scaleb(-decimals)
        above = (low / step).to_integral_value(ROUND_FLOOR) * step + step
        if above < high:
            yield above


def _as_typed(number: Decimal) -> str:
    return numeral(number).replace(".", ",")


def _admits(question: Question, typed: Any) -> bool:
    """Would the question take this answer? One that cannot be asked in this way is believed to."""
    try:
        question.kind.form_field(question.compiled, required=False).clean(typed)
    except ValidationError:
        return False
    except (TypeError, ValueError, AttributeError, KeyError):
        return True
    return True
