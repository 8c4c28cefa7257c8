"""From a syntax tree with names to a typed tree with stable ids; every refusal says where and why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from .errors import ExpressionError, shortened
from .functions import FUNCTIONS
from .names import MAX_ROW_NODES, Ast, Name, Type
from .parser import Node
from .values import read_date

TEXT, NUMBER, BOOLEAN, DATE, LIST = Type.TEXT, Type.NUMBER, Type.BOOLEAN, Type.DATE, Type.LIST
VALUES = frozenset({TEXT, NUMBER, BOOLEAN, DATE, LIST})
# Expectations that more than one type meets, by their key in TYPE_NAMES.
MEETS = {
    "number or date": frozenset({NUMBER, DATE}),
    "text or list": frozenset({TEXT, LIST}),
    "value": VALUES,
}
MISSING_AST: Ast = ("missing",)
EVERY_ROW: Ast = ("boolean", True)
AGGREGATES = ("sum", "min", "max", "count", "any", "all")


def check(tree: Node, source: str, names: Mapping[str, Name]) -> tuple[Ast, Type]:
    """The typed tree and the type of its value. Raises ExpressionError."""
    return _Checker(source, names).expect(tree, "value")


@dataclass(slots=True)
class _RowScope:
    """The argument of a function that goes through rows: which table its columns have chosen."""

    table: str = ""


class _Checker:
    def __init__(self, source: str, names: Mapping[str, Name]) -> None:
        self.source = source
        self.names = names
        self.scope: _RowScope | None = None
        self.row_nodes = 0
        self.special: dict[str, Callable[[Node], tuple[Ast, Type]]] = {
            "answered": self.answered,
            "date": self.date,
            "default": self.default,
            "if": self.choose,
            "length": self.length,
            "today": self.today,
            **dict.fromkeys(AGGREGATES, self.aggregate),
        }
        self.operations: dict[str, Callable[[Node], tuple[Ast, Type]]] = {
            "number": lambda node: (("number", node.value), NUMBER),
            "text": lambda node: (("text", node.value), TEXT),
            "boolean": lambda node: (("boolean", node.value == "true"), BOOLEAN),
            "missing": lambda node: (MISSING_AST, Type.MISSING),
            "name": self.name,
            "column": self.column,
            "call": self.call,
            "list": lambda node: self.same(node, TEXT, LIST),
            "negate": lambda node: self.same(node, NUMBER, NUMBER),
            "+": lambda node: self.same(node, NUMBER, NUMBER),
            "*": lambda node: self.same(node, NUMBER, NUMBER),
            "/": lambda node: self.same(node, NUMBER, NUMBER),
            "not": lambda node: self.same(node, BOOLEAN, BOOLEAN),
            "and": lambda node: self.same(node, BOOLEAN, BOOLEAN),
            "or": lambda node: self.same(node, BOOLEAN, BOOLEAN),
            "=": self.equal,
            "!=": self.equal,
            **dict.fromkeys(("<", "<=", ">", ">="), self.larger),
            "in": self.within,
            "contains": self.within,
        }

    def check(self, node: Node) -> tuple[Ast, Type]:
        if self.scope is not None:
            self.count_row_part(node)
        return self.operations[node.operation](node)

    def count_row_part(self, node: Node) -> None:
        self.row_nodes += 1
        if self.row_nodes > MAX_ROW_NODES:
            raise ExpressionError("too_many_row_parts", node.start, limit=MAX_ROW_NODES)

    def expect(self, node: Node, expected: str) -> tuple[Ast, Type]:
        """Check the node, and that its type is the expected one or meets it."""
        ast, found = self.check(node)
        if found != expected and found not in MEETS.get(expected, ()):
            if found == Type.MISSING:
                raise ExpressionError("missing_misplaced", node.start)
            raise ExpressionError(
                "wrong_type", node.start, part=self.part(node), found=found.value, expected=str(expected)
            )
        return ast, found

    def anything(self, node: Node) -> Ast:
        """Check a node that may be of every type, a table too, but not the word `missing`."""
        ast, found = self.check(node)
        return self.expect(node, "value")[0] if found == Type.MISSING else ast

    def part(self, node: Node) -> str:
        return shortened(self.source[node.start : node.end])

    def same(self, node: Node, expected: Type, result: Type) -> tuple[Ast, Type]:
        return (node.operation, *(self.expect(operand, expected)[0] for operand in node.operands)), result

    # Names

    def find(self, name: str, position: int) -> Name:
        if name in self.names:
            return self.names[name]
        near = get_close_matches(name, self.names, 1) if len(name) <= 40 else []
        if near:
            raise ExpressionError("unknown_name_near", position, name=name, near=near[0])
        raise ExpressionError("unknown_name", position, name=shortened(name))

    def name(self, node: Node) -> tuple[Ast, Type]:
        found = self.find(node.value, node.start)
        if found.type == Type.ROWS:
            self.count_row_part(node)
        return ("name", found.id, found.type.value), found.type

    def table_column(self, node: Node) -> tuple[str, Name]:
        table_name, _, column_name = node.value.partition(".")
        table = self.find(table_name, node.start)
        if table.type != Type.ROWS:
            raise ExpressionError("not_a_table", node.start, name=table_name)
        if column_name not in table.columns:
            raise ExpressionError("unknown_column", node.start, table=table_name, column=column_name)
        return table_name, table.columns[column_name]

    def column(self, node: Node) -> tuple[Ast, Type]:
        table, column = self.table_column(node)
        if self.scope is None:
            raise ExpressionError("column_alone", node.start, found=node.value)
        if self.scope.table not in ("", table):
            raise ExpressionError("two_tables", node.start, found=node.value, other=self.scope.table)
        self.scope.table = table
        return ("column", column.id, column.type.value), column.type

    # Comparisons

    def equal(self, node: Node) -> tuple[Ast, Type]:
        left, right = node.operands
        if right.operation == "missing":
            return (node.operation, self.anything(left), MISSING_AST), BOOLEAN
        left_ast, left_type = self.expect(left, "value")
        right_ast, right_type = self.expect(right, "value")
        if left_type != right_type or left_type == LIST:
            raise ExpressionError(
                "different_types",
                node.start,
                left=self.part(left),
                right=self.part(right),
                left_type=left_type.value,
                right_type=right_type.value,
            )
        self.check_choice(left, right)
        self.check_choice(right, left)
        return (node.operation, left_ast, right_ast), BOOLEAN

    def larger(self, node: Node) -> tuple[Ast, Type]:
        left, right = node.operands
        left_ast, left_type = self.expect(left, "number or date")
        return (node.operation, left_ast, self.expect(right, left_type)[0]), BOOLEAN

    def within(self, node: Node) -> tuple[Ast, Type]:
        expected = (TEXT, LIST) if node.operation == "in" else (LIST, TEXT)
        asts = [self.expect(operand, type_)[0] for operand, type_ in zip(node.operands, expected, strict=True)]
        text, list_ = node.operands if node.operation == "in" else reversed(node.operands)
        self.check_choice(list_, text)
        for item in list_.operands if list_.operation == "list" else ():
            self.check_choice(text, item)
        return (node.operation, *asts), BOOLEAN

    def check_choice(self, question: Node, literal: Node) -> None:
        """A key that is compared with a question of fixed choices must be one of them."""
        if literal.operation != "text" or question.operation not in ("name", "column"):
            return
        if question.operation == "name":
            choices = self.find(question.value, question.start).choices
        else:
            choices = self.table_column(question)[1].choices
        if choices is not None and literal.value not in choices:
            raise ExpressionError(
                "unknown_choice",
                literal.start,
                name=question.value,
                choice=literal.value,
                choices=", ".join(sorted(choices)),
            )

    # Functions

    def call(self, node: Node) -> tuple[Ast, Type]:
        if node.value in self.special:
            return self.special[node.value](node)
        if node.value not in FUNCTIONS:
            raise ExpressionError("unknown_function", node.start, name=shortened(node.value))
        function = FUNCTIONS[node.value]
        most = len(function.parameters)
        self.count(node, most - function.optional, most)
        operands = (
            self.expect(operand, expected)[0]
            for operand, expected in zip(node.operands, function.parameters, strict=False)
        )
        return (node.value, *operands), function.result

    def count(self, node: Node, least: int, most: int) -> None:
        """Refuse another number of values than least … most."""
        found = len(node.operands)
        if not least <= found <= most:
            expected = str(least) if least == most else f"{least}–{most}"
            raise ExpressionError("wrong_count", node.start, function=node.value, expected=expected, found=found)

    def answered(self, node: Node) -> tuple[Ast, Type]:
        self.count(node, 1, 1)
        return ("answered", self.anything(node.operands[0])), BOOLEAN

    def date(self, node: Node) -> tuple[Ast, Type]:
        self.count(node, 1, 1)
        literal = node.operands[0]
        day: date | None = read_date(literal.value) if literal.operation == "text" else None
        if day is None:
            raise ExpressionError("bad_date", literal.start)
        return ("date", day.isoformat()), DATE

    def today(self, node: Node) -> tuple[Ast, Type]:
        self.count(node, 0, 0)
        return ("today",), DATE

    def length(self, node: Node) -> tuple[Ast, Type]:
        self.count(node, 1, 1)
        return ("length", self.expect(node.operands[0], "text or list")[0]), NUMBER

    def default(self, node: Node) -> tuple[Ast, Type]:
        self.count(node, 2, 2)
        first, found = self.expect(node.operands[0], "value")
        return ("default", first, self.expect(node.operands[1], found)[0]), found

    def choose(self, node: Node) -> tuple[Ast, Type]:
        self.count(node, 3, 3)
        condition, yes, no = node.operands
        condition_ast = self.expect(condition, BOOLEAN)[0]
        if yes.operation == "missing":
            no_ast, found = self.expect(no, "value")
            return ("if", condition_ast, MISSING_AST, no_ast), found
        yes_ast, found = self.expect(yes, "value")
        no_ast = MISSING_AST if no.operation == "missing" else self.expect(no, found)[0]
        return ("if", condition_ast, yes_ast, no_ast), found

    def aggregate(self, node: Node) -> tuple[Ast, Type]:
        """sum, min and max of several values, or one of the functions that go through rows."""
        if node.value in ("sum", "min", "max") and len(node.operands) > 1:
            return self.several(node)
        self.count(node, 1, 1)
        if self.scope is not None:
            raise ExpressionError("nested_rows", node.start, function=node.value)
        argument = node.operands[0]
        if argument.operation == "name":
            ast, found = self.check(argument)
            if found != Type.ROWS or node.value != "count":
                raise ExpressionError("no_rows", node.start, function=node.value)
            return ("over", "count", ast, EVERY_ROW), NUMBER
        self.count_row_part(node)
        self.scope = _RowScope()
        expected = {"sum": NUMBER, "min": "number or date", "max": "number or date"}.get(node.value, BOOLEAN)
        ast, found = self.expect(argument, expected)
        table, self.scope = self.scope.table, None
        if not table:
            raise ExpressionError("no_rows", node.start, function=node.value)
        result = {"count": NUMBER, "any": BOOLEAN, "all": BOOLEAN}.get(node.value, found)
        return ("over", node.value, ("name", self.names[table].id, Type.ROWS.value), ast), result

    def several(self, node: Node) -> tuple[Ast, Type]:
        first, found = self.expect(node.operands[0], NUMBER if node.value == "sum" else "number or date")
        rest = (self.expect(operand, found)[0] for operand in node.operands[1:])
        return (node.value, first, *rest), found
