"""The compiled expression: what a published version stores and every submission is evaluated with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from .checker import check
from .errors import ExpressionError
from .evaluator import Step, Values, build
from .names import MAX_DEPTH, Ast, Name, Type
from .parser import parse
from .values import tidy

NO_ROW: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Compiled:
    """A tree with stable ids and the type of its value."""

    ast: Ast
    type: Type

    @cached_property
    def step(self) -> Step:
        """The Python function, built at first use."""
        return build(self.ast)

    @cached_property
    def uses(self) -> frozenset[str]:
        """The ids of the questions and tables it depends on."""
        return dependencies(self.ast)

    def evaluate(self, values: Values, *, today: date) -> Any:
        """The value (str, Decimal, bool, date, tuple of str) for the answers by id, or None: missing.

        Answers are taken as stored JSON or as Python values; one that does not fit its type is missing.
        Never raises because of answers, and takes a time bounded by the expression and the answers' size.
        """
        return tidy(self.step(values, NO_ROW, today))

    def holds(self, values: Values, *, today: date) -> bool:
        """Is the condition true? Missing is not."""
        return self.step(values, NO_ROW, today) is True

    def to_json(self) -> dict[str, Any]:
        """What a version stores; the tree goes to JavaScript as it is."""
        return {"ast": self.ast, "type": self.type.value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Compiled":
        """The stored expression again. Raises ExpressionError `damaged` if it is none of ours."""
        try:
            compiled = cls(_frozen(data["ast"], 0), Type(data["type"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ExpressionError("damaged") from error
        compiled.step  # noqa: B018 - builds, and so refuses a damaged tree now
        return compiled


def compile(  # noqa: A001 - expressions.compile, as re.compile
    source: str, names: Mapping[str, Name], *, expected: Type | None = None
) -> Compiled:
    """Compile what an editor wrote; `expected` is the type needed (boolean for a condition).

    Raises ExpressionError, and nothing else, whatever the source.
    """
    ast, found = check(parse(source), source, names)
    if expected is not None and found != expected:
        raise ExpressionError("bad_result", 0, found=found.value, expected=expected.value)
    return Compiled(ast, found)


def dependencies(ast: Ast) -> frozenset[str]:
    """The ids of the questions and tables in the tree, the tables of columns included."""
    if ast[0] == "name":
        return frozenset({ast[1]})
    return frozenset().union(*(dependencies(operand) for operand in ast if isinstance(operand, tuple)))


def needed(ast: Ast) -> frozenset[str]:
    """The questions that must be answered before the tree says anything: those it does not ask whether they are.

    Left out is what stands in ``answered(x)``, ``x = missing``, ``default(x, y)``, sums that skip what is missing,
    and tables, which without rows are empty.
    """
    operation, *operands = ast
    if operation == "name":
        return frozenset() if ast[2] == Type.ROWS else frozenset({ast[1]})
    if operation in ("answered", "over", "default", "length"):
        return frozenset()
    if operation in ("sum", "min", "max") or (operation in ("=", "!=") and operands[1] == ("missing",)):
        return frozenset()
    return frozenset().union(*(needed(operand) for operand in operands if isinstance(operand, tuple)))


def _frozen(ast: Any, depth: int) -> Ast:
    if depth > MAX_DEPTH:
        raise ValueError("too deep")
    return tuple(_frozen(operand, depth + 1) if isinstance(operand, list | tuple) else operand for operand in ast)
