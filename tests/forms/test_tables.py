"""The repeating table as a small spreadsheet: cells, sums, years, given rows, rules, buttons, hostile posts."""

import re
import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.fields import FIELDS
from forms.models import Form
from forms.runtime import FormRuntime
from tests.forms.forms_in_tests import block_id, edited, items, make_form, page, question
from tests.forms.journey_in_tests import Visitor, by_name, draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patient(settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0


KIND = FIELDS["table"]
COST_KINDS = [{"label": "Personal", "key": "personal"}, {"label": "Lokal", "key": "lokal"}]
RULE = {"each_row": True, "level": "error"}


def column(kind: str, label: str, name: str, **more: Any) -> dict[str, Any]:
    """A stored column."""
    return {"label": label, "type": kind, "name": name, "required": False, **more}


def table(*columns: dict[str, Any], rules: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """A stored question with a table named budget."""
    values: dict[str, Any] = {"name": "budget", "columns": list(columns), "min_rows": 1, "max_rows": 5, **more}
    values.setdefault("row_sums", False)
    values["rules"] = items([{**RULE, **rule} for rule in rules or ()], "rules")
    return question("table", "Budget", **values)


def published(*questions: dict[str, Any]) -> Form:
    """A form of one page, in use."""
    form = make_form(page("Budget", *questions))
    assert [str(problem.sentence) for problem in form.get_latest_revision_as_object().problems()] == []
    form.get_latest_revision().publish()
    return Form.objects.get(pk=form.pk)


def compiled(*questions: dict[str, Any]) -> dict[str, Any]:
    """The first question as a version keeps it."""
    return make_form(page("Budget", *questions)).compile()["pages"][0]["fields"][0]


def posted(rows: list[Mapping[str, str]], **more: str) -> dict[str, str]:
    """What a browser sends for these rows of the table named budget."""
    cells = {f"q-budget-{place}-{name}": text for place, row in enumerate(rows) for name, text in row.items()}
    return {"q-budget-count": str(len(rows)), **cells, **more}


def page_form(form: Form, data: Mapping[str, str], answers: Mapping[str, Any] | None = None) -> Any:
    """The first page with this posted to it."""
    runtime = FormRuntime.of(form.version)
    sent = MultiValueDict({name: [value] for name, value in data.items()})
    return runtime.page_form(runtime.pages[0], answers or {}, sent, live=True)


def stored(form: Form, data: Mapping[str, str]) -> Any:
    """What becomes of the table when this is posted, with everything worked out."""
    return page_form(form, data).path.answers.get(block_id("budget"))


ITEM = column("short_text", "Kostnad", "kostnad")
HOURS = column("decimal", "Timmar", "timmar", decimals=2)
PRICE = column("money", "Pris", "pris", decimals=2)
COST = column("computed", "Belopp", "belopp", calculation="timmar * pris", decimals=2, unit="kr", total=True)


# --- cells ----------------------------------------------------------------------------------------


def test_every_kind_that_fits_in_a_cell_is_read_stored_and_shown() -> None:
    form = published(
        table(
            column("short_text", "Text", "text"),
            column("whole_number", "Antal", "antal"),
            column("decimal", "Timmar", "timmar", decimals=2),
            column("money", "Pris", "pris", decimals=2),
            column("percent", "Andel", "andel"),
            column("date", "Dag", "dag"),
            column("one_of", "Slag", "slag", choices=COST_KINDS),
            column("yes_no", "Klart", "klart"),
        )
    )
    row = {
        "text": "Lokal", "antal": "1 250", "timmar": "1,5", "pris": "12 500,50 kr", "andel": "25 %",
        "dag": "1/3 2026", "slag": "lokal", "klart": "no",
    }  # fmt: skip

    found = stored(form, posted([row]))
    field = form.version.compiled["pages"][0]["fields"][0]

    assert found[0]["timmar"] == "1.5"
    assert [found[0][name] for name in ("text", "antal", "pris", "dag", "slag", "klart")] == [
        "Lokal", 1250, "12500.50", "2026-03-01", "lokal", False,
    ]  # fmt: skip
    shown = KIND.display(field, found)
    for part in ("12\xa0500,50\xa0kr", "25", "Lokal", "Nej", "1 mars 2026"):
        assert part in shown


def test_a_calculated_cell_is_worked_out_and_never_believed() -> None:
    form = published(table(ITEM, HOURS, PRICE, COST))

    found = stored(
        form, posted([{"kostnad": "Resor", "timmar": "1,5", "pris": "0,35", "belopp": "999"}, {"kostnad": "Lokal"}])
    )

    assert found == [
        {"kostnad": "Resor", "timmar": "1.5", "pris": "0.35", "belopp": "0.53"},
        {"kostnad": "Lokal"},
    ]
    field = form.version.compiled["pages"][0]["fields"][0]
    assert KIND.cells(field, found) == [2, Decimal("0.53")]
    assert [column.label for column in KIND.row_columns(field)] == ["Kostnad", "Timmar", "Pris", "Belopp"]
    assert KIND.row_cells(field, found)[0] == ["Resor", Decimal("1.5"), Decimal("0.35"), Decimal("0.53")]


def test_calculations_may_use_each_other_but_not_in_a_circle() -> None:
    double = column("computed", "Dubbelt", "dubbelt", calculation="belopp * 2")
    form = make_form(page("Budget", table(ITEM, double, HOURS, PRICE, COST)))
    around = column("computed", "Belopp", "belopp", calculation="dubbelt + 1")
    circle = edited(form, page("Budget", table(ITEM, double, around)))
    wrong = edited(form, page("Budget", table(ITEM, column("computed", "B", "b", calculation="kostnad * 2"))))

    assert compiled(table(ITEM, double, HOURS, PRICE, COST))["settings"]["calculated"] == ["belopp", "dubbelt"]
    assert "cycle" in {problem.code for problem in circle.get_latest_revision_as_object().problems()}
    assert {problem.block_id for problem in wrong.get_latest_revision_as_object().problems()} >= {"b"}


# --- sums -----------------------------------------------------------------------------------------

AMOUNT = st.decimals(-(10**11), 10**11, places=2, allow_nan=False)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(st.tuples(AMOUNT, st.none() | AMOUNT), min_size=1, max_size=30))
def test_sums_are_exact(rows: list[tuple[Decimal, Decimal | None]]) -> None:
    columns = [
        {"id": name, "name": name, "kind": "money", "label": name, "total": True, "required": False, "help": "",
         "error": "", "settings": {"smallest": None, "largest": None, "decimals": 2}}
        for name in ("a", "b")
    ]  # fmt: skip
    field = {"id": "t", "label": "T", "settings": {"columns": columns, "row_sums": True, "row_sum_of": ["a", "b"]}}
    answer = [{"a": str(a)} | ({} if b is None else {"b": str(b)}) for a, b in rows]
    cents = [(int(a * 100), int((b or 0) * 100)) for a, b in rows]

    assert KIND.cells(field, answer) == [
        len(rows),
        Decimal(sum(a for a, _b in cents)) / 100,
        Decimal(sum(b for _a, b in cents)) / 100,
    ]
    assert [row[-1] for row in KIND.row_cells(field, answer)] == [Decimal(a + b) / 100 for a, b in cents]


def test_a_row_sum_adds_money_and_nothing_else() -> None:
    field = compiled(table(ITEM, column("whole_number", "Antal", "antal"), PRICE, row_sums=True))

    assert field["settings"]["row_sum_of"] == ["pris"]
    assert KIND.row_cells(field, [{"antal": 3, "pris": "10.50"}])[0][-1] == Decimal("10.50")


# --- years and given rows -------------------------------------------------------------------------


def test_a_budget_has_a_column_for_each_year_with_a_name_that_stays() -> None:
    budget = table(
        ITEM, column("computed", "Dubbelt", "d", calculation="y2027 * 2"), first_year=2027, years=3, row_sums=True
    )
    total = question("computed", "Total", name="total", expression="sum(budget.y2027) + sum(budget.y2028)", decimals=0)
    form = published(budget, total)
    field = form.version.compiled["pages"][0]["fields"][0]

    answers = page_form(form, posted([{"kostnad": "Lokal", "y2027": "100", "y2028": "50", "y2029": "7"}])).path.answers

    assert [(c["id"], c["label"], c["total"]) for c in field["settings"]["columns"]] == [
        ("kostnad", "Kostnad", False),
        ("y2027", "2027", True),
        ("y2028", "2028", True),
        ("y2029", "2029", True),
        ("d", "Dubbelt", False),
    ]
    assert answers[block_id("total")] == "150"
    assert KIND.cells(field, answers[block_id("budget")])[1:] == [Decimal(100), Decimal(50), Decimal(7)]
    assert KIND.row_cells(field, answers[block_id("budget")])[0][-1] == Decimal(157)


def given_table(**more: Any) -> dict[str, Any]:
    """A table with a row from the start for each kind of cost."""
    return table(column("one_of", "Slag", "slag", choices=COST_KINDS), PRICE, given_rows=True, **more)


def test_rows_from_the_start_cannot_be_renamed_removed_or_moved() -> None:
    form = published(given_table())
    tried = posted(
        [{"slag": "lokal", "pris": "1"}, {"slag": "x", "pris": ""}, {"slag": "personal", "pris": "2"}],
        **{"remove-row": "q-budget-0", "move-row": "q-budget-2-up"},
    )

    assert stored(form, tried) == [{"slag": "personal", "pris": "1.00"}, {"slag": "personal", "pris": "2.00"}]
    html = str(page_form(form, posted([])).asked[0].bound)
    assert html.count("data-fixed") == 2
    assert "Personal" in html
    assert "Lokal" in html


def test_a_given_row_comes_back_in_its_own_place() -> None:
    field = compiled(given_table())
    answer = [{"slag": "lokal", "pris": "5.00"}]

    assert [row["slag"] for row in KIND.from_json(field, answer)] == ["personal", "lokal"]
    assert KIND.from_json(field, answer)[1]["pris"] == "5,00"


# --- rules ----------------------------------------------------------------------------------------


def rules_form() -> Form:
    """A budget with a rule per row, one for the whole, and one that only warns."""
    return published(
        table(
            ITEM,
            column("money", "Från", "fran"),
            column("money", "Till", "till"),
            rules=[
                {"holds": "till >= fran", "message": "Till är mindre än från."},
                {"holds": "sum(budget.till) - default(annan, 0) > 0", "message": "Inget att söka.", "each_row": False},
                {"holds": "till <= 1000", "message": "Ovanligt mycket.", "level": "warning"},
            ],
        ),
        question("money", "Annan finansiering", name="annan", required=False),
    )


@pytest.mark.parametrize(
    ("rows", "other", "errors", "warnings"),
    [
        ([("5", "10")], "", [], []),
        ([("5", "")], "5", ["Inget att söka."], []),
        ([("1", "2"), ("9", "3")], "", ["Rad 2: Till är mindre än från."], []),
        ([("", ""), ("9", "3")], "3", ["Rad 1: Till är mindre än från.", "Inget att söka."], []),
        ([("5", "5000")], "", [], ["Rad 1: Ovanligt mycket."]),
        ([("", "")], "7", [], []),
    ],
)
def test_rules_are_judged_by_row_and_over_the_whole(
    rows: list[tuple[str, str]], other: str, errors: list[str], warnings: list[str]
) -> None:
    form = rules_form()
    sent = posted([{"kostnad": "x" if a or b else "", "fran": a, "till": b} for a, b in rows], **{"q-annan": other})

    found = page_form(form, sent)

    said = [str(sentence) for sentence in found.errors.get(block_id("budget"), [])]
    if any(a or b for a, b in rows):
        assert said == errors
    assert [str(sentence) for sentence in found.warnings.get(block_id("budget"), [])] == warnings


def test_a_rule_that_cannot_be_read_stops_publishing_at_its_place() -> None:
    form = make_form(page("Budget", table(ITEM, rules=[{"holds": "finns > 1", "message": "Fel."}])))

    problem = next(p for p in form.get_latest_revision_as_object().problems() if p.setting == "holds")

    assert problem.is_error


def test_a_broken_rule_stops_the_page_and_nothing_typed_is_lost() -> None:
    rules_form()
    ada = Visitor()
    answers = posted([{"kostnad": "Lokal", "fran": "9", "till": "3"}], **{"q-annan": ""})

    html = ada.fill("ansokan", 1, answers).content.decode()

    assert "Rad 1: Till är mindre än från." in html
    assert 'value="Lokal"' in html
    assert by_name(draft())["budget"] == [{"kostnad": "Lokal", "fran": "9", "till": "3"}]
    assert ada.send().status_code == 200
    assert draft().is_draft


# --- buttons, without JavaScript ------------------------------------------------------------------


def cells_in(html: str, name: str) -> list[str]:
    """What the cells of a column show, row by row."""
    inputs = re.findall(r"<input[^>]*>", html)
    return [
        (re.findall(r'value="([^"]*)"', tag) or [""])[0]
        for tag in inputs
        if re.search(rf'name="q-budget-\d+-{name}"', tag)
    ]


def test_rows_are_added_moved_and_removed_by_posting_the_page() -> None:
    rules_form()
    ada = Visitor()
    rows = [{"kostnad": name, "fran": "", "till": "inte tal"} for name in ("A", "B", "C")]
    sent = posted(rows, **{"q-annan": "7"})

    def press(button: str, value: str) -> list[str]:
        html = ada.fill("ansokan", 1, sent, button=button, value=value).content.decode()
        assert 'name="q-annan" value="7"' in html
        assert cells_in(html, "till")[:2] == ["inte tal", "inte tal"]
        return cells_in(html, "kostnad")

    assert press("add-row", "q-budget") == ["A", "B", "C", ""]
    assert press("move-row", "q-budget-2-up") == ["A", "C", "B"]
    assert press("move-row", "q-budget-0-down") == ["B", "A", "C"]
    assert press("move-row", "q-budget-0-up") == ["A", "B", "C"]
    assert press("remove-row", "q-budget-1") == ["A", "C"]


# --- hostile posts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {"q-budget-count": "3"},
        {"q-budget-count": "-3", "q-budget--1-kostnad": "x"},
        {"q-budget-count": "9" * 5000},
        {"q-budget-count": "٣", "move-row": "q-budget-٣-up"},
        {"q-budget-count": "2", "move-row": "q-budget--1-down", "remove-row": "q-budget--1"},
        {"q-budget-count": "2", "move-row": "q-budget-0-sideways", "q-budget-0-kostnad": "x"},
        {"q-budget-count": "1", "q-budget-0-fran": "9" * 100_000},
        {"q-budget-count": "1", "q-budget-0-fran": "1" + "0" * 40, "q-budget-0-till": "1e999999"},
    ],
)
def test_whatever_is_posted_is_answered_and_never_stored_unread(data: dict[str, str]) -> None:
    form = rules_form()

    found = page_form(form, data)

    assert len(str(found.asked[0].bound)) < 1_000_000
    for row in found.path.answers.get(block_id("budget"), []):
        assert all(len(str(value)) < 250 for value in row.values())


def test_five_thousand_rows_are_refused_with_a_sentence_at_once_and_the_first_are_kept() -> None:
    form = rules_form()
    sent = posted([{"kostnad": f"Rad {number}", "fran": "1"} for number in range(5000)])

    begun = time.process_time()
    found = page_form(form, sent)
    html = str(found.asked[0].bound)
    took = time.process_time() - begun

    assert [str(sentence) for sentence in found.errors[block_id("budget")]] == [
        "Högst 5 rader får plats, och 4995 rader till skickades. De står under tabellen."
    ]
    assert cells_in(html, "kostnad") == [f"Rad {number}" for number in range(5)]
    assert took < 1


# --- read-only ------------------------------------------------------------------------------------


def test_the_answer_is_a_table_with_headers_and_sums() -> None:
    field = compiled(
        table(ITEM, column("money", "År 1", "ar1", total=True), column("money", "År 2", "ar2"), row_sums=True)
    )

    html = KIND.display_html(field, [{"kostnad": "Lokal", "ar1": "1200", "ar2": "300"}])

    for part in (
        "<caption", '<th scope="col"', '<th scope="row">Lokal</th>', '<th scope="row" colspan="1">Summa</th>',
        "1\xa0200\xa0kr", "1\xa0500\xa0kr",
    ):  # fmt: skip
        assert part in html
