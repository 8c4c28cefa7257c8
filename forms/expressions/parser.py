"""From source text to a syntax tree that still holds names; knows nothing of types."""

import re
from dataclasses import dataclass
from typing import NoReturn

from .errors import ExpressionError, shortened
from .names import KEYWORDS, MAX_DEPTH, MAX_NODES, MAX_SOURCE, NAME

# How tightly an operator holds its operands; all group from the left.
OR, AND, NOT, COMPARE, ADD, MULTIPLY, NEGATE = range(1, 8)
POWER = {
    "or": OR,
    "and": AND,
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "in", "contains"), COMPARE),
    **dict.fromkeys(("+", "-"), ADD),
    **dict.fromkeys(("*", "/"), MULTIPLY),
}

# Common slips, and what the editor meant.
INSTEAD = {
    "==": "=",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "≠": "!=",
    "≤": "<=",
    "≥": ">=",
    "&&": "and",
    "||": "or",
    "!": "not",
    "×": "*",
    "÷": "/",
    "\N{EN DASH}": "-",
    "\N{MINUS SIGN}": "-",
    ";": ",",
    **dict.fromkeys(("'", "“", "”", "„", "«", "»", "‘", "’"), '"'),
}

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\r\n\u00a0]+)
    |(?P<number>[0-9]+(?:\.[0-9]+)?)
    |(?P<text>"(?:[^"\\]|\\.)*")
    |(?P<word>[^\W\d]\w*)
    |(?P<slip>==|<>|=>|=<|&&|\|\||!(?!=)|[≠≤≥×÷;'“”„«»‘’\N{EN DASH}\N{MINUS SIGN}])
    |(?P<sign><=|>=|!=|[=<>+\-*/(),.\[\]])
    """,
    re.VERBOSE | re.DOTALL,
)
_WELL_ESCAPED = re.compile(r'"(?:[^"\\]|\\["\\])*')


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign of the source; `kind` is number, text, word, sign or end."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the next character stands."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Node:
    """A part of the source: an operation with operands, or a leaf (number, text, name …) with a value."""

    operation: str
    start: int
    end: int
    value: str = ""
    operands: tuple["Node", ...] = ()
    depth: int = 1


def parse(source: str) -> Node:
    """The syntax tree of the source. Raises ExpressionError, and nothing else, whatever the text."""
    if len(source) > MAX_SOURCE:
        raise ExpressionError("too_long", MAX_SOURCE, limit=MAX_SOURCE)
    return _Parser(_tokens(source)).whole()


def _tokens(source: str) -> list[Token]:
    tokens = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            _refuse_character(source, position)
        kind, text = str(match.lastgroup), match.group()
        if kind == "slip":
            raise ExpressionError("use_instead", position, found=text, instead=INSTEAD[text])
        if kind == "text" and (good := _WELL_ESCAPED.match(text)) and good.end() < len(text) - 1:
            raise ExpressionError("bad_escape", position + good.end())
        if kind == "word" and not NAME.fullmatch(text):
            _refuse_word(text, position)
        if kind != "space":
            tokens.append(Token(kind, text, position))
        position = match.end()
    tokens.append(Token("end", "", len(source)))
    return tokens


def _refuse_character(source: str, position: int) -> NoReturn:
    if source[position] == '"':
        raise ExpressionError("unclosed_text", position)
    raise ExpressionError("unexpected", position, found=source[position])


def _refuse_word(word: str, position: int) -> NoReturn:
    if NAME.fullmatch(word.lower()):
        raise ExpressionError("use_instead", position, found=shortened(word), instead=shortened(word.lower()))
    raise ExpressionError("bad_name", position, found=shortened(word))


class _Parser:
    """Operator precedence by binding power; recursion is bounded by MAX_DEPTH brackets and prefixes."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.index = 0
        self.nodes = 0
        self.nesting = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def whole(self) -> Node:
        if self.token.kind == "end":
            raise ExpressionError("empty", 0)
        node = self.expression(0)
        if self.token.kind != "end":
            self.refuse()
        return node

    def take(self) -> Token:
        token = self.token
        self.index += 1
        return token

    def refuse(self) -> NoReturn:
        """Say why the present token cannot stand here."""
        token = self.token
        if token.kind == "end":
            raise ExpressionError("unexpected_end", token.start)
        before = self.tokens[self.index - 1] if self.index else token
        if before.kind == token.kind == "number":  # 100 000
            together = before.text + token.text
            raise ExpressionError(
                "use_instead", before.start, found=shortened(f"{before.text} {token.text}"), instead=shortened(together)
            )
        after = self.tokens[self.index + 1]
        if token.text == "," and before.kind == after.kind == "number":  # 12,5
            raise ExpressionError(
                "use_instead",
                before.start,
                found=shortened(f"{before.text},{after.text}"),
                instead=shortened(f"{before.text}.{after.text}"),
            )
        raise ExpressionError("unexpected", token.start, found=shortened(token.text))

    def node(self, operation: str, start: int, end: int, value: str = "", operands: tuple[Node, ...] = ()) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ExpressionError("too_many_parts", start, limit=MAX_NODES)
        depth = 1 + max((operand.depth for operand in operands), default=0)
        if depth > MAX_DEPTH:
            raise ExpressionError("too_deep", start, limit=MAX_DEPTH)
        return Node(operation, start, end, value, operands, depth)

    def expression(self, power: int) -> Node:
        """Read operators that bind tighter than `power`."""
        left = self.prefix(power)
        while (binds := self.power_here()) > power:
            sign = self.take()
            right = self.expression(binds)
            left = self.join(sign.text, left, right)
            if binds == COMPARE and self.power_here() == COMPARE:
                raise ExpressionError("compare_two", self.token.start)
        return left

    def power_here(self) -> int:
        return POWER.get(self.token.text, 0) if self.token.kind in ("word", "sign") else 0

    def join(self, sign: str, left: Node, right: Node) -> Node:
        """One node for the operator; chains of and, or, + become one node with many operands."""
        if sign == "-":
            sign, right = "+", self.node("negate", right.start, right.end, operands=(right,))
        operands: tuple[Node, ...] = (left, right)
        if sign in ("and", "or", "+") and left.operation == sign:
            operands = (*left.operands, right)
        return self.node(sign, left.start, right.end, operands=operands)

    def prefix(self, power: int) -> Node:
        """Read a value, or a sign with what follows it."""
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise ExpressionError("too_deep", self.token.start, limit=MAX_DEPTH)
        node = self.value(power)
        self.nesting -= 1
        return node

    def value(self, power: int) -> Node:
        token = self.token
        if token.kind == "number":
            self.take()
            return self.number(token)
        if token.kind == "text":
            self.take()
            plain = re.sub(r'\\(["\\])', r"\1", token.text[1:-1])
            return self.node("text", token.start, token.end, plain)
        if token.kind == "word":
            return self.word(token, power)
        if token.text == "-":
            self.take()
            operand = self.expression(NEGATE)
            return self.node("negate", token.start, operand.end, operands=(operand,))
        if token.text == "(":
            self.take()
            inner = self.expression(0)
            self.close(token, ")")
            return inner
        if token.text == "[":
            self.take()
            operands, end = self.values(token, "]")
            return self.node("list", token.start, end, operands=operands)
        return self.refuse()

    def number(self, token: Token) -> Node:
        whole, _, decimals = token.text.partition(".")
        whole, decimals = whole.lstrip("0") or "0", decimals.rstrip("0")
        if len(whole) > 20 or len(decimals) > 10:
            raise ExpressionError("number_too_long", token.start)
        return self.node("number", token.start, token.end, f"{whole}.{decimals}" if decimals else whole)

    def word(self, token: Token, power: int) -> Node:
        if token.text == "not":
            if power >= COMPARE:
                self.refuse()
            self.take()
            operand = self.expression(NOT)
            return self.node("not", token.start, operand.end, operands=(operand,))
        if token.text in POWER:
            self.refuse()
        self.take()
        if token.text in ("true", "false"):
            return self.node("boolean", token.start, token.end, token.text)
        if token.text == "missing":
            return self.node("missing", token.start, token.end)
        if self.token.text == "(":
            opening = self.take()
            if self.token.text == ")":
                return self.node("call", token.start, self.take().end, token.text)
            operands, end = self.values(opening, ")")
            return self.node("call", token.start, end, token.text, operands)
        if self.token.text == ".":
            self.take()
            if self.token.kind != "word" or self.token.text in KEYWORDS:
                self.refuse()
            column = self.take()
            return self.node("column", token.start, column.end, f"{token.text}.{column.text}")
        return self.node("name", token.start, token.end, token.text)

    def values(self, opening: Token, closing: str) -> tuple[tuple[Node, ...], int]:
        """Read values between commas up to the closing bracket; also where the bracket ends."""
        operands = [self.expression(0)]
        while self.token.text == ",":
            self.take()
            operands.append(self.expression(0))
        return tuple(operands), self.close(opening, closing)

    def close(self, opening: Token, closing: str) -> int:
        if self.token.kind == "end":
            raise ExpressionError("unclosed", opening.start)
        if self.token.text != closing:
            self.refuse()
        return self.take().end
