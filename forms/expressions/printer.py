"""From a typed tree back to text with the present names, so that a renamed question is renamed everywhere."""

from collections.abc import Mapping

from .errors import ExpressionError
from .names import Ast, Name, Type
from .parser import ADD, AND, COMPARE, MULTIPLY, NEGATE, NOT, OR, POWER

VALUE = NEGATE + 1


def to_text(ast: Ast, names: Mapping[str, Name]) -> str:
    """The expression as an editor writes it. Raises ExpressionError `removed` when a question is gone."""
    return _Printer(names).text(ast, 0)


class _Printer:
    def __init__(self, names: Mapping[str, Name]) -> None:
        self.names = {name.id: text for text, name in names.items()}
        self.columns = {
            table.id: {column.id: f"{text}.{column_text}" for column_text, column in table.columns.items()}
            for text, table in names.items()
            if table.type == Type.ROWS
        }
        self.table = ""

    def text(self, ast: Ast, power: int) -> str:
        """The text, in brackets when its operator holds less tightly than `power` needs."""
        binds, text = self.write(ast)
        return text if binds >= power else f"({text})"

    def write(self, ast: Ast) -> tuple[int, str]:
        operation, *operands = ast
        match operation:
            case "number":
                return VALUE, operands[0]
            case "text":
                return VALUE, '"' + operands[0].replace("\\", "\\\\").replace('"', '\\"') + '"'
            case "boolean":
                return VALUE, "true" if operands[0] else "false"
            case "missing":
                return VALUE, "missing"
            case "date":
                return VALUE, f'date("{operands[0]}")'
            case "name":
                return VALUE, self.find(self.names, operands[0])
            case "column":
                return VALUE, self.find(self.columns.get(self.table, {}), operands[0])
            case "over":
                return VALUE, self.over(*operands)
            case "list":
                return VALUE, "[" + self.between_commas(operands) + "]"
            case "not":
                return NOT, "not " + self.text(operands[0], NOT)
            case "negate":
                return NEGATE, "-" + self.text(operands[0], NEGATE)
            case "and" | "or":
                binds = AND if operation == "and" else OR
                return binds, f" {operation} ".join(self.text(operand, binds + 1) for operand in operands)
            case "+":
                return ADD, self.plus(operands)
            case "*" | "/":
                return MULTIPLY, self.between(operation, operands, MULTIPLY, NEGATE)
            case _ if operation in POWER:
                return COMPARE, self.between(operation, operands, ADD, ADD)
        return VALUE, f"{operation}({self.between_commas(operands)})"

    def find(self, texts: Mapping[str, str], key: str) -> str:
        if key not in texts:
            raise ExpressionError("removed")
        return texts[key]

    def over(self, function: str, table: Ast, operand: Ast) -> str:
        self.table = table[1]
        inside = self.text(table if operand == ("boolean", True) else operand, 0)
        return f"{function}({inside})"

    def plus(self, operands: list[Ast]) -> str:
        text = self.text(operands[0], ADD + 1)
        for operand in operands[1:]:
            if operand[0] == "negate":
                text += " - " + self.text(operand[1], MULTIPLY)
            else:
                text += " + " + self.text(operand, MULTIPLY)
        return text

    def between(self, sign: str, operands: list[Ast], left: int, right: int) -> str:
        return f"{self.text(operands[0], left)} {sign} {self.text(operands[1], right)}"

    def between_commas(self, operands: list[Ast]) -> str:
        return ", ".join(self.text(operand, 0) for operand in operands)
