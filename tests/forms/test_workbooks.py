"""Bulk workbooks: what is written is what openpyxl reads, and a workbook is whole however it came about."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from forms.workbooks import Workbook, column_letters

VALUES: list[Any] = [
    "Åsa & Bo <Ek>",
    "=1+1",
    "+46 70 123 45 67",
    "0701234567",
    "två\nrader",
    "  luft runt  ",
    "🙂" * 10,
    "_snake_case_",
    "å" * 20_000,
    12,
    -(10**14),
    Decimal("12.50"),
    Decimal("-0.1"),
    date(2026, 2, 28),
    date(1900, 3, 1),
    datetime(2026, 2, 28, 23, 59, 58),  # noqa: DTZ001 (a cell has no zone)
    True,
    None,
    "",
]


def book(folder: Path, rows: list[list[Any]], headings: list[str]) -> bytes:
    """A workbook with one sheet."""
    workbook = Workbook(folder)
    sheet = workbook.sheet("Blad", headings)
    for row in rows:
        sheet.row(row)
    file = io.BytesIO()
    workbook.save(file)
    workbook.close()
    return file.getvalue()


def read(content: bytes) -> list[list[Any]]:
    """The cells of the first sheet."""
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows()]


def same(value: Any) -> Any:
    """What a spreadsheet tells apart: a day is a moment."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 (a cell has no zone)
    return float(value) if isinstance(value, Decimal) else value


@pytest.mark.parametrize("rows", [1, 300])
def test_every_value_is_read_back_unharmed(tmp_path: Path, rows: int) -> None:
    plain = [value for value in VALUES if not (isinstance(value, str) and (set(value) & set("&<_")))]
    headings = [f"Kolumn {number}" for number in range(len(VALUES))]
    wanted = [VALUES, *([[*plain, *[None] * (len(VALUES) - len(plain))]] * (rows - 1))]

    content = book(tmp_path, wanted, headings)

    found = read(content)
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    assert found[0][: len(headings)] == headings
    for number in {1, rows}:
        assert found[number][: len(VALUES)] == [same(value) for value in wanted[number - 1]]


def test_the_sheet_is_easy_to_read(tmp_path: Path) -> None:
    sheet = load_workbook(io.BytesIO(book(tmp_path, [["x", date(2026, 1, 2)]], ["Text", "Dag"]))).worksheets[0]

    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:B2")
    assert sheet["A1"].font.b
    assert sheet["B2"].is_date
    assert sheet.column_dimensions["A"].width == 12


def test_text_that_looks_like_more_stays_text_also_when_it_is_typed_in_anew(tmp_path: Path) -> None:
    sheet = load_workbook(io.BytesIO(book(tmp_path, [["=1+1", "0701", "Ada"]], ["a", "b", "c"]))).worksheets[0]

    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "s"]
    assert [cell.number_format for cell in sheet[2]] == ["@", "@", "General"]


def test_two_sheets_of_one_name_are_told_apart(tmp_path: Path) -> None:
    workbook = Workbook(tmp_path)
    for _time in range(3):
        workbook.sheet("Budget: [2026]" + "x" * 40, ["a"])
    file = io.BytesIO()
    workbook.save(file)
    workbook.close()

    assert len({name.lower() for name in load_workbook(file).sheetnames}) == 3


def test_columns_are_lettered_as_spreadsheets_do() -> None:
    assert [column_letters(number) for number in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]
