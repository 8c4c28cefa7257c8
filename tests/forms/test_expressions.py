"""The expression language: one table that Python and JavaScript both obey, and what must hold for any text."""

import html
import itertools
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.expressions import (
    SENTENCES,
    TYPE_NAMES,
    Ast,
    Compiled,
    Cycle,
    ExpressionError,
    Name,
    Type,
    compile,  # noqa: A004 - expressions.compile, as re.compile
    dependencies,
    is_name,
    order,
    sentence,
    to_json,
    to_text,
)

ROOT = Path(__file__).parents[2]
SCRIPT = (ROOT / "forms/static/forms/expressions.js").read_text()
TABLE = json.loads((ROOT / "fixtures/logic.json").read_text())
TODAY = date.fromisoformat(TABLE["today"])
NODE = shutil.which("node")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

many = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
needs_javascript = pytest.mark.skipif(not (NODE or CHROMIUM), reason="neither Node nor Chromium is installed")


def name_of(key: str, told: dict[str, Any]) -> Name:
    """The name as the table tells it; its id is another than its name, so that they cannot be confused."""
    columns = {column: name_of(column, details) for column, details in told.get("columns", {}).items()}
    choices = frozenset(told["choices"]) if "choices" in told else None
    return Name(f"id-{key}", Type(told["type"]), columns, choices)


NAMES = {key: name_of(key, told) for key, told in TABLE["names"].items()}
ROWS = [
    pytest.param(row, id=f"{group['title']}: {str(row['expression'])[:50]!a}")
    for group in TABLE["groups"]
    for row in group["rows"]
]


def source_of(row: dict[str, Any]) -> str:
    """The expression of a row, written out when it is told as a repetition."""
    told = row["expression"]
    return told if isinstance(told, str) else told["text"] * told["repeat"]


def answers_of(row: dict[str, Any]) -> dict[str, Any]:
    """The answers of a row, keyed by id as a submission keeps them."""
    return {f"id-{key}": _answer(told) for key, told in row.get("given", {}).items()}


def _answer(told: Any) -> Any:
    if isinstance(told, dict) and "repeat" in told:
        told = [told["row"]] * told["repeat"]
    if isinstance(told, list):
        return [{f"id-{key}": cell for key, cell in row.items()} if isinstance(row, dict) else row for row in told]
    return told


def outcome(row: dict[str, Any]) -> dict[str, Any]:
    """What became of a row in Python, told as the table tells what should."""
    try:
        compiled = compile(source_of(row), NAMES)
    except ExpressionError as error:
        return {"error": error.code, "position": error.position}
    found = {"value": to_json(compiled.evaluate(answers_of(row), today=TODAY))}
    return {**found, "type": compiled.type.value} if "type" in row else found


def in_node(program: str) -> str:
    """The text that the program shows, run as a module by Node."""
    command = [str(NODE), "--input-type=module", "-"]
    program += "\nconsole.log(encodeURIComponent(shown));"
    return subprocess.run(
        command, input=program, capture_output=True, check=True, text=True, timeout=120
    ).stdout.strip()


def in_chromium(program: str, folder: Path) -> str:
    """The text that the program shows, run as a module of a page without a network."""
    page = folder / "page.html"
    program += "\ndocument.querySelector('pre').textContent = encodeURIComponent(shown);"
    page.write_text(f"<!doctype html><meta charset=utf-8><pre></pre><script type=module>{program}</script>")
    command = [str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile"]
    command += ["--virtual-time-budget=60000", "--dump-dom", page.as_uri()]
    dom = subprocess.run(command, capture_output=True, check=True, text=True, timeout=120).stdout
    return html.unescape(dom.split("<pre>")[1].split("</pre>")[0])


def in_javascript(jobs: list[tuple[Ast, dict[str, Any]]], folder: Path, browser: bool = not NODE) -> list[Any]:
    """The value of every tree for its answers, from one run of our script."""
    told = json.dumps(json.dumps(jobs)).replace("<", "\\u003c")
    program = SCRIPT.replace("export function", "function") + (
        f"\nconst jobs = JSON.parse({told});"
        f"\nconst shown = JSON.stringify(jobs.map(([ast, values]) => evaluate(ast, values, '{TODAY}')));"
    )
    return json.loads(unquote(in_chromium(program, folder) if browser else in_node(program)))


# The table


@pytest.mark.parametrize("row", ROWS)
def test_python_obeys_the_table(row: dict[str, Any]) -> None:
    assert outcome(row) == {key: row[key] for key in ("value", "type", "error", "position") if key in row}


@needs_javascript
def test_javascript_obeys_the_table(tmp_path: Path) -> None:
    rows = [param.values[0] for param in ROWS if "value" in param.values[0]]
    jobs = [(compile(source_of(row), NAMES).ast, answers_of(row)) for row in rows]

    found = in_javascript(jobs, tmp_path)

    different = [(row, value) for row, value in zip(rows, found, strict=True) if value != row["value"]]
    assert different == []


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")
def test_the_browser_obeys_the_table(tmp_path: Path) -> None:
    rows = [param.values[0] for param in ROWS if "value" in param.values[0]]
    jobs = [(compile(source_of(row), NAMES).ast, answers_of(row)) for row in rows]

    found = in_javascript(jobs, tmp_path, browser=True)

    assert found == [row["value"] for row in rows]


def test_what_is_printed_compiles_to_the_same_tree_for_every_row_of_the_table() -> None:
    for param in ROWS:
        if "value" in (row := param.values[0]):
            compiled = compile(source_of(row), NAMES)

            assert compile(to_text(compiled.ast, NAMES), NAMES) == compiled


def test_the_table_tells_of_every_refusal() -> None:
    told = {param.values[0].get("error") for param in ROWS} - {None}
    elsewhere = {"bad_result", "damaged", "removed", "too_many_row_parts"}

    assert told | elsewhere == set(SENTENCES)


# Any text at all


@given(
    st.text()
    | st.lists(
        st.sampled_from([*'()[]+-*/=<>,."\\ ', "\n", "12", "1.5", '"a"', "and", "or", "not ", "in ", "missing", "true"])
        | st.sampled_from(
            ["sum(", "if(", "date(", "budget", ".", "year1", "amount", "parties", "title", "å", "==", "'"]
        )
    ).map("".join)
)
@settings(many, max_examples=1500)
def test_any_text_compiles_or_is_refused_by_our_error_with_a_whole_sentence(source: str) -> None:
    try:
        compiled: Compiled | ExpressionError = compile(source, NAMES)
    except ExpressionError as error:
        compiled = error

    if isinstance(compiled, ExpressionError):
        assert 0 <= compiled.position <= len(source)
        assert sentence(compiled)
    else:
        assert compile(to_text(compiled.ast, NAMES), NAMES) == compiled
        assert compiled.evaluate({}, today=TODAY) == compiled.evaluate({"id-amount": "junk"}, today=TODAY)


HOSTILE = {
    "brackets": "(" * 2000,
    "signs": "-" * 2000,
    "nots": "not " * 500,
    "functions": "abs(" * 500,
    "a long sum": "1+" * 999 + "1",
    "a long condition": "true or " * 249 + "true",
    "a long product": "9*" * 999 + "9",
    "quotation marks": '"' * 2000,
    "backslashes": '"' + "\\" * 1998 + '"',
    "an open text": '"' + "\\a" * 999,
    "spaces": " " * 2000,
    "a long name": "a" * 2000,
    "a long number": "9" * 2000,
    "many unknown names": " + ".join(["amounts"] * 200),
    "a million characters": "amount + " * 111_111,
    "a list": "title in [" + ",".join(['"a"'] * 480) + "]",
    "rows": "sum(" + "+".join(["budget.year1"] * 58) + ")",
    "rows beyond the limit": "sum(" + "+".join(["budget.year1"] * 60) + ")",
    "columns": "+".join(["sum(budget.year1)"] * 30),
    "tables": "+".join(["count(budget)"] * 60),
    "tables beyond the limit": "+".join(["count(budget)"] * 61),
    "quotients of rows": "sum(" + "/".join(["budget.year1"] * 30) + ")",
    "texts of rows": "count(" + " or ".join(["lower(budget.post)=title"] * 14) + ")",
    "lists of rows": "count(" + " or ".join(["title in budget.payers"] * 19) + ")",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_expression_takes_less_than_a_tenth_of_a_second(source: str) -> None:
    row = {"id-year1": "12345678901234567890.1234567891", "id-post": "X" * 40, "id-payers": ["a"] * 10}
    answers = {"id-budget": [row] * 500, "id-title": "b", "id-amount": "9" * 20}
    names = {**NAMES, **{f"amount{number}": Name(str(number), Type.NUMBER) for number in range(300)}}

    def work() -> None:
        with suppress(ExpressionError):
            compile(source, names).evaluate(answers, today=TODAY)

    assert least(work) < 0.1 * max(1.0, least(yardstick) / YARDSTICK)


YARDSTICK = 0.010  # seconds of processor time on the machine where the limit was set


def yardstick() -> None:
    """Work of a known size, by which a slower or busier machine is known."""
    sum(number % 7 for number in range(160_000))


def least(work: Callable[[], None]) -> float:
    """The least processor time of several attempts."""
    times = []
    for _attempt in range(5):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


@pytest.mark.parametrize("source", ["rows beyond the limit", "tables beyond the limit"])
def test_only_sixty_parts_can_be_worked_out_for_every_row(source: str) -> None:
    compile(HOSTILE["rows"], NAMES)
    compile(HOSTILE["tables"], NAMES)

    with pytest.raises(ExpressionError) as refused:
        compile(HOSTILE[source], NAMES)

    assert refused.value.code == "too_many_row_parts"


# Generated expressions, in both languages

NUMBERS, TEXTS, BOOLEANS, DATES = (
    ("amount", "granted"),
    ("title", "motive"),
    ("consent", "continued"),
    ("start", "stop"),
)
COLUMNS = {
    "number": ("year1", "year2"),
    "text": ("post",),
    "boolean": ("approved",),
    "date": ("due",),
    "list": ("payers",),
}
QUESTIONS = {"number": NUMBERS, "text": TEXTS, "boolean": BOOLEANS, "date": DATES, "list": ("goals",)}
SINGLE = ("number", "text", "boolean", "date")
CHARACTERS = st.characters(exclude_categories=["Cs", "Cn"])

numerals = st.from_regex(r"\A(0|[1-9][0-9]{0,19})(\.[0-9]{0,9}[1-9])?\Z") | st.integers(0, 12).map(str)
literals = {
    "number": numerals.map(lambda text: ("number", text)),
    "text": (st.text(CHARACTERS, max_size=4) | st.sampled_from("abc")).map(lambda text: ("text", text)),
    "boolean": st.booleans().map(lambda value: ("boolean", value)),
    "date": st.dates().map(lambda day: ("date", day.isoformat())) | st.just(("today",)),
    "list": st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(
        lambda items: ("list", *(("text", item) for item in items))
    ),
}


@st.composite
def trees(draw: st.DrawFn, kind: str, depth: int = 4, in_rows: bool = False) -> Ast:
    """A checked tree in the form that the compiler gives it, of the type."""

    def some(kind: str) -> Ast:
        return draw(trees(kind, depth - 1, in_rows))

    def several(operation: str, kind: str) -> Ast:
        first = some(kind)
        rest = [some(kind) for _ in range(draw(st.integers(1, 2)))]
        return (*first, *rest) if first[0] == operation else (operation, first, *rest)

    def over(function: str, kind: str) -> Ast:
        operand = draw(trees(kind, depth - 1, True))
        table = ("name", "id-budget", "rows")
        if "column" in str(operand):
            return ("over", function, table, operand)
        count = ("over", "count", table, ("boolean", True))
        return count if kind == "number" or function == "count" else (">", count, ("number", "1"))

    leaves: list[Any] = [
        lambda: draw(literals[kind]),
        lambda: ("name", f"id-{draw(st.sampled_from(QUESTIONS[kind]))}", kind),
    ]
    if in_rows:
        leaves += [lambda: ("column", f"id-{draw(st.sampled_from(COLUMNS[kind]))}", kind)] * 3
    if depth == 0:
        return draw(st.sampled_from(leaves))()
    branches: list[Any] = [
        lambda: (
            "if",
            some("boolean"),
            *draw(st.permutations([some(kind), draw(st.just(("missing",)) | trees(kind, 0, in_rows))])),
        ),
        lambda: ("default", some(kind), some(kind)),
    ]
    if kind == "number":
        branches += [
            lambda: several("+", "number"),
            lambda: several("+", "number"),
            lambda: (draw(st.sampled_from("*/")), some("number"), some("number")),
            lambda: ("negate", some("number")),
            lambda: (draw(st.sampled_from(["abs", "floor", "ceil", "round"])), some("number")),
            lambda: ("round", some("number"), draw(trees("number", 0, in_rows))),
            lambda: (draw(st.sampled_from(["days", "years"])), some("date"), some("date")),
            lambda: ("year", some("date")),
            lambda: ("length", some(draw(st.sampled_from(["text", "list"])))),
            lambda: (draw(st.sampled_from(["sum", "min", "max"])), some("number"), some("number")),
        ]
        if not in_rows:
            branches += [
                lambda: over(draw(st.sampled_from(["sum", "min", "max"])), "number"),
                lambda: over("count", "boolean"),
            ]
    if kind == "boolean":
        branches += [
            lambda: several(draw(st.sampled_from(["and", "or"])), "boolean"),
            lambda: ("not", some("boolean")),
            lambda: ("answered", some(draw(st.sampled_from(SINGLE)))),
            lambda: (draw(st.sampled_from(["=", "!="])), some(draw(st.sampled_from([*SINGLE, "list"]))), ("missing",)),
            lambda: (draw(st.sampled_from(["=", "!="])), *(some(same) for same in [draw(st.sampled_from(SINGLE))] * 2)),
            lambda: (
                draw(st.sampled_from(["<", "<=", ">", ">="])),
                *(some(same) for same in [draw(st.sampled_from(["number", "date"]))] * 2),
            ),
            lambda: ("in", some("text"), some("list")),
            lambda: ("contains", some("list"), some("text")),
        ]
        if not in_rows:
            branches += [lambda: over(draw(st.sampled_from(["any", "all"])), "boolean")]
    if kind == "text":
        branches += [lambda: ("lower", some("text"))]
    if kind == "date":
        branches += [
            lambda: (
                "add_days",
                some("date"),
                draw(st.integers(0, 5_000_000).map(lambda n: ("number", str(n))) | trees("number", 0, in_rows)),
            ),
            lambda: (draw(st.sampled_from(["min", "max"])), some("date"), some("date")),
        ]
    if kind == "list":
        branches += [lambda: ("list", some("text"), some("text"))]
    return draw(st.sampled_from(branches * 2 + leaves))()


junk = st.sampled_from(
    [None, "", " ", [], {}, [[]], True, False, 0, -1, "x", "1e5", "1,5", "-0", "2026-02-30", 1e20, 0.5]
)
well_typed = {
    "number": numerals
    | numerals.map("-".__add__)
    | st.from_regex(r"\A-?[0-9]{1,42}(\.[0-9]{1,42})?\Z")
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.integers(-3, 3)
    | st.floats(allow_nan=False, allow_infinity=False),
    "text": st.text(CHARACTERS, max_size=5) | st.sampled_from("abc"),
    "boolean": st.booleans(),
    "date": st.dates().map(date.isoformat) | st.from_regex(r"\A[0-9]{4}-[01][0-9]-[0-3][0-9]\Z"),
    "list": st.lists(st.sampled_from("abc") | junk, max_size=4),
}
rows = st.fixed_dictionaries(
    {}, optional={f"id-{name}": well_typed[kind] | junk for kind, names in COLUMNS.items() for name in names}
)
answers = st.fixed_dictionaries(
    {},
    optional={
        **{f"id-{name}": well_typed[kind] | junk for kind, names in QUESTIONS.items() for name in names},
        "id-budget": st.lists(rows | junk, max_size=4) | junk,
    },
)


@needs_javascript
def test_python_and_javascript_agree_on_generated_expressions(tmp_path: Path) -> None:
    jobs: list[tuple[Ast, dict[str, Any]]] = []
    values: list[Any] = []

    @given(st.sampled_from([*SINGLE, "list"]).flatmap(trees), st.lists(answers, min_size=1, max_size=3))
    @settings(many, max_examples=400)
    def generate(ast: Ast, given: list[dict[str, Any]]) -> None:
        for each in given:
            jobs.append((ast, each))
            values.append(to_json(Compiled(ast, Type.TEXT).evaluate(each, today=TODAY)))

    generate()
    found = in_javascript(jobs, tmp_path)

    different = [told for told in zip(jobs, values, found, strict=True) if told[1] != told[2]]
    assert different == []


@given(st.sampled_from([*SINGLE, "list"]).flatmap(lambda kind: st.tuples(st.just(kind), trees(kind))))
@settings(many, max_examples=300)
def test_a_generated_tree_survives_printing_compiling_and_storing(told: tuple[str, Ast]) -> None:
    kind, ast = told
    try:
        compiled = compile(to_text(ast, NAMES), NAMES)
    except ExpressionError as error:
        assert error.code in ("too_long", "too_many_parts", "too_many_row_parts")  # noqa: PT017 - most trees are smaller
        return

    assert compiled == Compiled(ast, Type(kind))
    assert Compiled.from_json(json.loads(json.dumps(compiled.to_json()))) == compiled


# Values


def test_numbers_and_dates_come_and_go_as_python_values_too() -> None:
    answers = {"id-amount": Decimal("1.50"), "id-start": date(2026, 1, 31), "id-goals": ("work",)}

    assert compile("amount * 2", NAMES).evaluate(answers, today=TODAY) == Decimal(3)
    assert str(compile("amount * 2000", NAMES).evaluate(answers, today=TODAY)) == "3000"
    assert compile("add_days(start, 1)", NAMES).evaluate(answers, today=TODAY) == date(2026, 2, 1)
    assert compile("goals", NAMES).evaluate(answers, today=TODAY) == ("work",)


@pytest.mark.parametrize(
    "strange",
    [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), float("nan"), float("inf"), 10**400, Decimal("1e999")],
)
def test_a_number_that_is_none_is_missing(strange: object) -> None:
    assert compile("amount + 1", NAMES).evaluate({"id-amount": strange}, today=TODAY) is None


def test_a_condition_holds_only_when_it_is_true() -> None:
    condition = compile("amount / people > 3", NAMES, expected=Type.BOOLEAN)

    assert condition.holds({"id-amount": 10, "id-people": 2}, today=TODAY) is True
    assert condition.holds({"id-amount": 10, "id-people": 5}, today=TODAY) is False
    assert condition.holds({"id-amount": 10, "id-people": 0}, today=TODAY) is False
    assert compile("consent", NAMES).holds({}, today=TODAY) is False


def test_a_small_condition_takes_microseconds() -> None:
    condition = compile('amount > 1000 and area = "north"', NAMES)
    answers = {"id-amount": "1200.50", "id-area": "north"}
    condition.holds(answers, today=TODAY)

    begun = time.process_time()
    for _time in range(10_000):
        condition.holds(answers, today=TODAY)

    assert (time.process_time() - begun) / 10_000 < 20e-6


# Life with a form


def test_a_renamed_question_and_column_are_renamed_in_the_expression() -> None:
    compiled = compile('sum(budget.year1) > amount and area != "north"', NAMES)
    table = NAMES["budget"]
    columns = {"first_year": table.columns["year1"], "post": table.columns["post"]}
    renamed = {
        "costs": Name(table.id, Type.ROWS, columns),
        "applied": NAMES["amount"],
        "municipality": NAMES["area"],
    }

    assert to_text(compiled.ast, renamed) == 'sum(costs.first_year) > applied and municipality != "north"'


@pytest.mark.parametrize("source", ["amount > 1", "sum(budget.year1)", "count(budget)"])
def test_an_expression_about_a_removed_question_cannot_be_printed(source: str) -> None:
    compiled = compile(source, NAMES)
    left = {"budget": Name("id-budget", Type.ROWS)} if "year1" in source else {}

    with pytest.raises(ExpressionError) as refused:
        to_text(compiled.ast, left)

    assert refused.value.code == "removed"


def test_brackets_are_printed_only_where_they_matter() -> None:
    printed = {
        "((amount))": "amount",
        "(amount * 2) + 1": "amount * 2 + 1",
        "(1 + 2) * 3": "(1 + 2) * 3",
        "1 - (2 - 3)": "1 - (2 - 3)",
        "1 / (2 * 3)": "1 / (2 * 3)",
        "(consent and continued) or consent": "consent and continued or consent",
        "consent and (continued or consent)": "consent and (continued or consent)",
        "not (amount > 1)": "not amount > 1",
        "(not consent) = continued": "(not consent) = continued",
        "-(1 + 2)": "-(1 + 2)",
        "012.50": "12.5",
    }

    assert {source: to_text(compile(source, NAMES).ast, NAMES) for source in printed} == printed


def test_an_expression_knows_the_questions_it_uses() -> None:
    compiled = compile('if(any(budget.year1 > amount), title, "id-motive")', NAMES)

    assert compiled.uses == {"id-budget", "id-amount", "id-title"}
    assert dependencies(compile("1 + 1", NAMES).ast) == frozenset()


def test_computed_values_are_ordered_so_that_each_comes_after_those_it_uses() -> None:
    computations = {"total": {"net", "tax"}, "tax": {"net", "rate"}, "net": {"amount"}}

    assert order(computations) == ["net", "tax", "total"]


def test_computed_values_in_a_circle_are_told_in_the_order_they_wait_for_each_other() -> None:
    with pytest.raises(Cycle) as circle:
        order({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})

    path = circle.value.path
    assert sorted(path[:-1]) == ["a", "b", "c"]
    assert path[0] == path[-1]
    assert dict(itertools.pairwise(path)) == {"a": "b", "b": "c", "c": "a"}


def test_a_computed_value_that_uses_itself_is_a_circle() -> None:
    with pytest.raises(Cycle) as circle:
        order({"a": {"a"}})

    assert circle.value.path == ("a", "a")


def test_words_of_the_language_cannot_name_a_question() -> None:
    assert [
        is_name(word) for word in ("amount", "year", "a1_b", "in", "missing", "Amount", "1a", "_a", "", "å", "a\n")
    ] == [
        *(True, True, True),
        *(False,) * 8,
    ]


# Refusals


def test_a_refusal_is_one_plain_sentence_that_can_be_translated() -> None:
    with pytest.raises(ExpressionError) as refused:
        compile("amount + title", NAMES)

    swedish = {
        SENTENCES["wrong_type"]: "”{part}” är {found}, men här behövs {expected}.",
        TYPE_NAMES["text"]: "en text",
        TYPE_NAMES["number"]: "ett tal",
    }
    assert str(refused.value) == "“title” is a text, but a number is needed here."
    assert sentence(refused.value, swedish.__getitem__) == "”title” är en text, men här behövs ett tal."


def test_a_calculation_is_refused_where_a_condition_is_needed() -> None:
    with pytest.raises(ExpressionError) as refused:
        compile("amount + 1", NAMES, expected=Type.BOOLEAN)

    assert sentence(refused.value) == "This gives a number, but a yes/no value is needed."


def test_every_refusal_of_the_table_has_a_whole_sentence() -> None:
    for param in ROWS:
        if "error" in (row := param.values[0]):
            with pytest.raises(ExpressionError) as refused:
                compile(source_of(row), NAMES)

            assert len(sentence(refused.value)) < 300


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"ast": ["number", "1"]},
        {"ast": "number", "type": "number"},
        {"ast": [], "type": "number"},
        {"ast": ["number", "1"], "type": "money"},
        {"ast": ["number", "x"], "type": "number"},
        {"ast": ["text", 5], "type": "text"},
        {"ast": ["date", "x"], "type": "date"},
        {"ast": ["name", "id-amount", "money"], "type": "number"},
        {"ast": ["eval", ["text", "1"]], "type": "text"},
        {"ast": ["abs"], "type": "number"},
        {"ast": ["round", ["number", "1"], ["number", "1"], ["number", "1"]], "type": "number"},
        {"ast": ["+", ["number", "1"], "x"], "type": "number"},
        {"ast": ["over", "total", ["name", "t", "rows"], ["boolean", True]], "type": "number"},
        {"ast": [["number"], "1"], "type": "number"},
        {"ast": None, "type": "number"},
        {"ast": ["or", *[["boolean", True]] * 2000], "type": "boolean"},
        {"ast": json.loads('["not",' * 60 + '["boolean",true]' + "]" * 60), "type": "boolean"},
    ],
)
def test_a_damaged_stored_expression_is_refused_when_it_is_read(stored: dict[str, Any]) -> None:
    with pytest.raises(ExpressionError) as refused:
        Compiled.from_json(stored)

    assert refused.value.code == "damaged"


# What the house asks


def test_the_language_stands_without_django() -> None:
    told = "import sys, forms.expressions; print({'django', 'wagtail'} & set(sys.modules))"

    found = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, check=True, text=True).stdout

    assert found.strip() == "set()"


def test_the_script_can_run_under_a_strict_content_security_policy() -> None:
    assert [
        word for word in ("eval(", "new Function", "Function(", "import ", "innerHTML", "setTimeout(") if word in SCRIPT
    ] == []
