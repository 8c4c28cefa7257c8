"""Submissions as spreadsheets: one row each, tables on sheets of their own, columns joined over all versions.

Rows are read in blocks by their id and written as they come, so memory stays flat whatever the number of rows.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any, Protocol

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from forms.cells import clean_cell, guard_formula, split_text
from forms.fields import Column
from forms.models import Export, Form, FormVersion, Submission
from forms.queries import completions_of, effective_answers
from forms.runtime import FormRuntime, Question

BLOCK = 500
MOST_SHEETS = 60

Values = Callable[[Sequence[Submission]], Mapping[int, Any]]


@dataclass(frozen=True)
class Extra:
    """A column that a higher room adds: `values` gives the cells of one block of submissions by their id."""

    key: str
    label: str | Promise
    values: Values
    type: str = "text"


# Columns after the reference, in the order they were added (workflows adds the registry number).
extras: list[Extra] = []


@dataclass
class Report:
    """What came of an export."""

    rows: int = 0
    replaced: int = 0


# --- columns ------------------------------------------------------------------------------------------


@dataclass
class _Joined:
    """Columns over all versions: the newest version's order first, what only older ones had last."""

    columns: dict[str, Column] = field(default_factory=dict)

    def add(self, columns: Iterable[Column]) -> None:
        for column in columns:
            self.columns.setdefault(column.key, column)

    @property
    def labels(self) -> list[str]:
        """The headings, told apart where two are the same."""
        seen: dict[str, int] = {}
        labels = []
        for column in self.columns.values():
            seen[column.label] = seen.get(column.label, 0) + 1
            labels.append(column.label if seen[column.label] == 1 else f"{column.label} ({seen[column.label]})")
        return labels


class Layout:
    """Which columns an export has; the same for every row."""

    def __init__(self, form: Form) -> None:
        versions = list(FormVersion.objects.filter(form=form).order_by("-number"))
        self.runtimes = {version.pk: FormRuntime.of(version) for version in versions}
        self.numbers = {version.pk: version.number for version in versions}
        self.main = _Joined()
        self.tables: dict[str, _Joined] = {}
        self.table_labels: dict[str, str] = {}
        for runtime in self.runtimes.values():
            for question in runtime.questions.values():
                self.main.add(question.kind.columns(question.field))
                rows = question.kind.row_columns(question.field)
                if rows:
                    self.tables.setdefault(question.id, _Joined()).add(rows)
                    self.table_labels.setdefault(question.id, question.label)

    def head(self) -> list[str]:
        """The headings of the columns that every submission has, whatever the form asks."""
        return [
            _("Reference"),
            *(str(extra.label) for extra in extras),
            _("Sent"),
            _("State"),
            _("Name"),
            _("E-mail"),
            _("Version"),
            _("Completed"),
        ]

    def cells(self, version_id: int, answers: Mapping[str, Any]) -> list[Any]:
        """The cells of one submission, under the joined columns."""
        found: dict[str, Any] = {}
        for question in self.runtimes[version_id].questions.values():
            if question.has_value:
                columns = question.kind.columns(question.field)
                values = question.kind.cells(question.field, answers.get(question.id))
                found |= {column.key: value for column, value in zip(columns, values, strict=True)}
        return [found.get(key) for key in self.main.columns]

    def rows(self, version_id: int, answers: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
        """The rows of the tables of one submission: the table's id, and the cells under its joined columns."""
        runtime = self.runtimes[version_id]
        for table, joined in self.tables.items():
            question: Question | None = runtime.questions.get(table)
            stored = answers.get(table)
            if question is None or stored is None:
                continue
            keys = [column.key for column in question.kind.row_columns(question.field)]
            for cells in question.kind.row_cells(question.field, stored):
                found = dict(zip(keys, cells, strict=True))
                yield table, [found.get(key) for key in joined.columns]


# --- rows ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Record:
    """One submission as an export reads it."""

    submission: Submission
    answers: Mapping[str, Any]
    extra: list[Any]
    completed: int


def records(submissions: Any, layout: Layout, block: int = BLOCK) -> Iterator[list[Record]]:
    """The submissions in blocks, with what counts now; the same number of queries for every block."""
    rows = submissions.order_by("pk").only(
        "pk", "key", "reference", "state", "submitted_at", "name", "email", "version", "form", "answers"
    )
    last = 0
    while found := list(rows.filter(pk__gt=last)[:block]):
        last = found[-1].pk
        completions = completions_of(found)
        columns = [extra.values(found) for extra in extras]
        yield [
            Record(
                submission=row,
                answers=layout_answers(layout, row, completions[row.pk]),
                extra=[column.get(row.pk) for column in columns],
                completed=len(completions[row.pk]),
            )
            for row in found
        ]


def layout_answers(layout: Layout, submission: Submission, completions: Sequence[Any]) -> Mapping[str, Any]:
    """The effective answers; without completions they are what was sent, and nothing is worked out again."""
    if not completions:
        return submission.answers
    return effective_answers(submission, completions, layout.runtimes[submission.version_id])


def _head_cells(layout: Layout, record: Record) -> list[Any]:
    row = record.submission
    return [
        row.reference,
        *record.extra,
        row.submitted_at,
        row.get_state_display(),
        row.name,
        row.email,
        layout.numbers[row.version_id],
        record.completed or None,
    ]


# --- writers ----------------------------------------------------------------------------------------------------


class Writer(Protocol):
    """Takes rows as they come."""

    def write(self, record: Record) -> None:
        """One submission."""

    def close(self, report: Report) -> None:
        """The end of the file."""


def write_export(
    form: Form,
    submissions: Any,
    kind: str,
    file: IO[bytes],
    progress: Callable[[int], None] = lambda done: None,
) -> Report:
    """Write the submissions (of one form) to a file; `progress` is told the number of rows after each block."""
    layout = Layout(form)
    report = Report()
    writer = WRITERS[kind](form, layout, report, file)
    for block in records(submissions, layout):
        for record in block:
            writer.write(record)
        report.rows += len(block)
        progress(report.rows)
    writer.close(report)
    return report


class XlsxWriter:
    """A workbook: one row each, a sheet for each table, and a last sheet that says what this is."""

    BOLD = Font(bold=True)
    WRAP = Alignment(vertical="top", wrap_text=True)

    def __init__(self, form: Form, layout: Layout, report: Report, file: IO[bytes]) -> None:
        self.form, self.layout, self.report, self.file = form, layout, report, file
        self.book = Workbook(write_only=True)
        self.titles: set[str] = set()
        self.labels = [*layout.head(), *layout.main.labels]
        self.main = self._sheet(_("Submissions"), self.labels)
        self.table_labels = {
            table: [_("Reference"), _("Row"), *joined.labels]
            for table, joined in list(layout.tables.items())[:MOST_SHEETS]
        }
        self.tables = {
            table: self._sheet(layout.table_labels[table], labels) for table, labels in self.table_labels.items()
        }

    def _sheet(self, title: str, headings: Sequence[str]) -> Any:
        sheet = self.book.create_sheet(self._title(title))
        sheet.freeze_panes = "B2"
        for number, heading in enumerate(headings, start=1):
            width = min(max(len(heading) + 2, 12), 40)
            sheet.column_dimensions[get_column_letter(number)].width = width
        cells = []
        for heading in headings:
            cell = self._text(sheet, clean_cell(heading)[0][:250])
            cell.font = self.BOLD
            cells.append(cell)
        sheet.append(cells)
        return sheet

    def _title(self, wanted: str) -> str:
        """A sheet's name: at most 31 characters, without signs that a workbook refuses, and its own."""
        plain = re.sub(r"[\[\]:*?/\\\x00-\x1f']", " ", clean_cell(wanted)[0]).strip()[:31].strip() or _("Sheet")
        title, number = plain, 1
        while title.lower() in self.titles:
            number += 1
            title = f"{plain[: 28 - len(str(number))]} ({number})"
        self.titles.add(title.lower())
        return title

    @staticmethod
    def _text(sheet: Any, text: str) -> Any:
        cell = WriteOnlyCell(sheet, value="")
        cell._value = text
        cell.data_type = "s"
        return cell

    def _row(self, sheet: Any, values: Iterable[Any], labels: Sequence[str]) -> list[Any]:
        cells, rest = [], []
        for label, value in zip(labels, values, strict=True):
            clean, replaced = clean_cell(value)
            self.report.replaced += replaced
            if isinstance(clean, bool):
                clean = _("Yes") if clean else _("No")
            if isinstance(clean, str):
                first, *more = split_text(clean)
                rest += [(label, number, piece) for number, piece in enumerate(more, start=2)]
                # Plain text is written as it is; what a spreadsheet would take for a formula or an error is marked.
                clean = self._text(sheet, first) if first.startswith("=") or first in ERROR_CODES else first
            cells.append(clean)
        for label, number, piece in rest:
            cells += [_("%(label)s, part %(number)s:") % {"label": label, "number": number}, self._text(sheet, piece)]
        return cells

    def write(self, record: Record) -> None:
        layout, version = self.layout, record.submission.version_id
        values = [*_head_cells(layout, record), *layout.cells(version, record.answers)]
        self.main.append(self._row(self.main, values, self.labels))
        numbers: dict[str, int] = {}
        for table, cells in layout.rows(version, record.answers):
            if table in self.tables:
                numbers[table] = numbers.get(table, 0) + 1
                values = [record.submission.reference, numbers[table], *cells]
                self.tables[table].append(self._row(self.tables[table], values, self.table_labels[table]))

    def close(self, report: Report) -> None:
        """Say on a last sheet what the file holds, and save it."""
        about = self._sheet(_("About this file"), [_("Form"), self.form.title])
        lines: list[tuple[str, Any]] = [
            (_("Made"), timezone.localtime().replace(tzinfo=None, microsecond=0)),
            (_("Number of submissions"), report.rows),
            (_("Cells with characters that had to be replaced"), report.replaced),
        ]
        for label, value in lines:
            about.append(self._row(about, [label, value], ["", ""]))
        self.book.save(self.file)


class CsvWriter:
    """A semicolon-separated file for people; what a spreadsheet would run as a formula is made text."""

    def __init__(self, form: Form, layout: Layout, report: Report, file: IO[bytes]) -> None:
        self.layout, self.report = layout, report
        self.text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        self.rows = csv.writer(self.text, delimiter=";", lineterminator="\r\n")
        self.rows.writerow([self._cell(label) for label in (*layout.head(), *layout.main.labels)])

    def _cell(self, value: Any) -> Any:
        clean, replaced = clean_cell(value)
        self.report.replaced += replaced
        if clean is None:
            return ""
        if isinstance(clean, bool):
            return _("Yes") if clean else _("No")
        if isinstance(clean, str):
            return guard_formula(clean)
        if isinstance(clean, Decimal):
            return format(clean, "f").replace(".", ",")
        return clean

    def write(self, record: Record) -> None:
        values = [
            *_head_cells(self.layout, record),
            *self.layout.cells(record.submission.version_id, record.answers),
        ]
        self.rows.writerow([self._cell(value) for value in values])

    def close(self, report: Report) -> None:
        self.text.detach()


class RawCsvWriter:
    """A comma-separated file for machines: the names of the questions, and answers as they are stored."""

    # No question's name begins with an underscore.
    HEAD = ("_key", "_reference", "_state", "_submitted_at", "_name", "_email", "_version")

    def __init__(self, form: Form, layout: Layout, report: Report, file: IO[bytes]) -> None:
        self.layout = layout
        self.text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="", write_through=True)
        self.rows = csv.writer(self.text, lineterminator="\r\n")
        self.questions: dict[str, str] = {}
        for runtime in layout.runtimes.values():
            for question in runtime.questions.values():
                if question.has_value:
                    self.questions.setdefault(question.id, question.field["name"])
        self.rows.writerow([*self.HEAD, *(f"_{extra.key}" for extra in extras), *self.questions.values()])

    def write(self, record: Record) -> None:
        row = record.submission
        self.rows.writerow(
            [
                row.key,
                row.reference,
                row.state,
                row.submitted_at.isoformat() if row.submitted_at else "",
                row.name,
                row.email,
                self.layout.numbers[row.version_id],
                *record.extra,
                *(self._cell(record.answers.get(field_id)) for field_id in self.questions),
            ]
        )

    @staticmethod
    def _cell(value: Any) -> Any:
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def close(self, report: Report) -> None:
        self.text.detach()


WRITERS: dict[str, Callable[[Form, Layout, Report, IO[bytes]], Writer]] = {
    Export.Format.XLSX.value: XlsxWriter,
    Export.Format.CSV.value: CsvWriter,
    Export.Format.RAW_CSV.value: RawCsvWriter,
}

CONTENT_TYPES = {
    Export.Format.XLSX.value: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Export.Format.CSV.value: "text/csv; charset=utf-8",
    Export.Format.RAW_CSV.value: "text/csv; charset=utf-8",
}


def file_name(form: Form, kind: str) -> str:
    """What a downloaded export is called."""
    return f"{form.slug}-{timezone.localdate():%Y-%m-%d}.{kind}"
