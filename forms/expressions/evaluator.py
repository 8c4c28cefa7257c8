"""From a typed tree to a Python function, made once and called for every set of answers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any

from .errors import ExpressionError
from .functions import FUNCTIONS, add, divide, multiply
from .names import MAX_DEPTH, MAX_NODES, Ast
from .values import READERS, read_date, read_number, read_rows

Values = Mapping[str, Any]
# A step is given the answers, the present row (empty outside tables) and today's date. It never raises.
Step = Callable[[Values, Values, date], Any]


def build(ast: Ast) -> Step:
    """The function that evaluates the tree. Raises ExpressionError `damaged` if the tree is none of ours."""
    try:
        _check_size(ast)
        return _step(ast)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ExpressionError("damaged") from error


def _check_size(ast: Ast) -> None:
    level, nodes, depth = [ast], 0, 0
    while level:
        nodes, depth = nodes + len(level), depth + 1
        if depth > MAX_DEPTH or nodes > 2 * MAX_NODES:  # a function through rows adds its table to the source's parts
            raise ValueError("too deep or too large")
        level = [operand for node in level for operand in node if isinstance(operand, tuple)]


def _step(ast: Ast) -> Step:
    operation, *operands = ast
    if operation in _BUILDERS:
        return _BUILDERS[operation](*operands)
    if operation in FUNCTIONS:
        return _function(operation, [_step(operand) for operand in operands])
    raise ValueError(operation)


# Leaves


def _number(text: str) -> Step:
    number = read_number(text)
    if number is None:
        raise ValueError(text)
    return lambda values, row, today: number


def _literal(python_type: type) -> Callable[[Any], Step]:
    def builder(value: Any) -> Step:
        if not isinstance(value, python_type):
            raise TypeError(value)
        return lambda values, row, today: value

    return builder


def _date(text: str) -> Step:
    day = read_date(text)
    if day is None:
        raise ValueError(text)
    return lambda values, row, today: day


def _missing() -> Step:
    return lambda values, row, today: None


def _today() -> Step:
    return lambda values, row, today: today


def _name(key: str, value_type: str) -> Step:
    read = READERS[value_type]
    return lambda values, row, today: read(values.get(key))


def _column(key: str, value_type: str) -> Step:
    read = READERS[value_type]
    return lambda values, row, today: read(row.get(key))


def _list(*operands: Ast) -> Step:
    steps = [_step(operand) for operand in operands]

    def items(values: Values, row: Values, today: date) -> tuple[str, ...] | None:
        found = (step(values, row, today) for step in steps)
        return tuple(item for item in found if item is not None) or None

    return items


# Conditions: missing counts as false


def _and(*operands: Ast) -> Step:
    steps = [_step(operand) for operand in operands]

    def every(values: Values, row: Values, today: date) -> bool:
        return all(step(values, row, today) for step in steps)

    return every


def _or(*operands: Ast) -> Step:
    steps = [_step(operand) for operand in operands]

    def some(values: Values, row: Values, today: date) -> bool:
        return any(step(values, row, today) for step in steps)

    return some


def _not(operand: Ast) -> Step:
    step = _step(operand)
    return lambda values, row, today: not step(values, row, today)


def _answered(operand: Ast) -> Step:
    """A table is answered when it has rows; everything else when it is not missing."""
    step = _step(operand)
    if operand[0] == "name" and operand[2] == "rows":
        return lambda values, row, today: step(values, row, today) != []
    return lambda values, row, today: step(values, row, today) is not None


def _equal(left: Ast, right: Ast) -> Step:
    if right == ("missing",):
        answered = _answered(left)
        return lambda values, row, today: not answered(values, row, today)
    first, second = _step(left), _step(right)

    def equal(values: Values, row: Values, today: date) -> bool:
        value = first(values, row, today)
        return value is not None and value == second(values, row, today)

    return equal


def _different(left: Ast, right: Ast) -> Step:
    if right == ("missing",):
        return _answered(left)
    first, second = _step(left), _step(right)

    def different(values: Values, row: Values, today: date) -> bool:
        value, other = first(values, row, today), second(values, row, today)
        return value is not None and other is not None and value != other

    return different


def _larger(holds: Callable[[Any, Any], bool]) -> Callable[[Ast, Ast], Step]:
    def builder(left: Ast, right: Ast) -> Step:
        first, second = _step(left), _step(right)

        def compare(values: Values, row: Values, today: date) -> bool:
            value, other = first(values, row, today), second(values, row, today)
            return value is not None and other is not None and holds(value, other)

        return compare

    return builder


def _in(item: Ast, items: Ast) -> Step:
    first, second = _step(item), _step(items)

    def within(values: Values, row: Values, today: date) -> bool:
        value, among = first(values, row, today), second(values, row, today)
        return value is not None and among is not None and value in among

    return within


# Arithmetic: missing gives missing


def _function(name: str, steps: Sequence[Step]) -> Step:
    function = FUNCTIONS[name]
    if not len(function.parameters) - function.optional <= len(steps) <= len(function.parameters):
        raise ValueError(name)
    return _strict(function.apply, *steps)


def _strict(apply: Callable[..., Any], first: Step | None = None, second: Step | None = None) -> Step:
    """Apply to the values of one or two steps, unless one of them is missing."""
    if first is None:
        raise ValueError("no operand")
    if second is None:

        def one(values: Values, row: Values, today: date) -> Any:
            value = first(values, row, today)
            return None if value is None else apply(value)

        return one

    def two(values: Values, row: Values, today: date) -> Any:
        value = first(values, row, today)
        if value is None:
            return None
        other = second(values, row, today)
        return None if other is None else apply(value, other)

    return two


def _plus(*operands: Ast) -> Step:
    steps = [_step(operand) for operand in operands]

    def plus(values: Values, row: Values, today: date) -> Decimal | None:
        numbers = [step(values, row, today) for step in steps]
        return None if None in numbers else add(numbers)

    return plus


def _length(operand: Ast) -> Step:
    step = _step(operand)
    return lambda values, row, today: Decimal(len(step(values, row, today) or ""))


# Choices


def _if(condition: Ast, yes: Ast, no: Ast) -> Step:
    holds, first, second = _step(condition), _step(yes), _step(no)
    return lambda values, row, today: (first if holds(values, row, today) else second)(values, row, today)


def _default(operand: Ast, otherwise: Ast) -> Step:
    first, second = _step(operand), _step(otherwise)

    def default(values: Values, row: Values, today: date) -> Any:
        value = first(values, row, today)
        return second(values, row, today) if value is None else value

    return default


# Sums: what is missing is skipped


def _least(found: Sequence[Any]) -> Any:
    return min(found, default=None)


def _greatest(found: Sequence[Any]) -> Any:
    return max(found, default=None)


def _count(found: Sequence[Any]) -> Decimal:
    return Decimal(sum(found))


_OF_SEVERAL: Mapping[str, Callable[[list[Any]], Any]] = {"sum": add, "min": _least, "max": _greatest}
_OVER_ROWS: Mapping[str, Callable[[list[Any]], Any]] = {**_OF_SEVERAL, "count": _count, "any": any, "all": all}


def _several(name: str) -> Callable[..., Step]:
    gather = _OF_SEVERAL[name]

    def builder(*operands: Ast) -> Step:
        steps = [_step(operand) for operand in operands]

        def several(values: Values, row: Values, today: date) -> Any:
            found = (step(values, row, today) for step in steps)
            return gather([value for value in found if value is not None])

        return several

    return builder


def _over(name: str, table: Ast, operand: Ast) -> Step:
    """Evaluate the operand for every row; a missing table has no rows, one with too many gives missing."""
    step, key, gather = _step(operand), table[1], _OVER_ROWS[name]
    if name in ("count", "any", "all"):
        step = _and(operand)  # true or false, never missing

    def over(values: Values, row: Values, today: date) -> Any:
        rows = read_rows(values.get(key))
        if rows is None:
            return None
        found = (step(values, each, today) for each in rows)
        return gather([value for value in found if value is not None])

    return over


_BUILDERS: Mapping[str, Callable[..., Step]] = {
    "number": _number,
    "text": _literal(str),
    "boolean": _literal(bool),
    "date": _date,
    "missing": _missing,
    "today": _today,
    "name": _name,
    "column": _column,
    "list": _list,
    "and": _and,
    "or": _or,
    "not": _not,
    "=": _equal,
    "!=": _different,
    "<": _larger(lt),
    "<=": _larger(le),
    ">": _larger(gt),
    ">=": _larger(ge),
    "in": _in,
    "contains": lambda items, item: _in(item, items),
    "negate": lambda operand: _strict(Decimal.copy_negate, _step(operand)),
    "+": _plus,
    "*": lambda left, right: _strict(multiply, _step(left), _step(right)),
    "/": lambda left, right: _strict(divide, _step(left), _step(right)),
    "if": _if,
    "default": _default,
    "answered": _answered,
    "length": _length,
    "sum": _several("sum"),
    "min": _several("min"),
    "max": _several("max"),
    "over": _over,
}
