"""The formats of an export; each writer works in a folder of its own and can go on where a killed one stood."""

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Protocol

from django.utils import timezone
from django.utils.translation import gettext as _

from forms.cells import EXACT_DIGITS, FORMULA, clean_cell, guard_formula
from forms.models import Export, Form
from forms.runtime import Question
from forms.workbooks import Workbook, plain_number

from .layout import Layout
from .reading import nested
from .rows import Record

MOST_SHEETS = 60

_CONTROL = bytes(sorted({*range(32)} - {9, 10, 13}))
_STARTS = frozenset(FORMULA) | {sign for sign in map(chr, range(0x3001)) if sign.isspace()}


class Done(str):
    """A cell that is as it shall be written."""

    __slots__ = ()


@dataclass
class Report:
    """What came of an export."""

    rows: int = 0
    replaced: int = 0


class Writer(Protocol):
    """Takes blocks of records; `mark` says where another writer of the same export can go on."""

    @property
    def replaced(self) -> int:
        """Cells with characters that had to be replaced."""

    def write(self, records: Iterable[Record]) -> None:
        """Add a block."""

    def mark(self) -> Any:
        """Everything so far lies whole on the disk; JSON that the next writer is given as `mark`."""

    def save(self, file: IO[bytes], report: Report) -> None:
        """Put the file together."""

    def close(self) -> None:
        """Let go of everything, also when it was not finished."""


class XlsxWriter:
    """A workbook: one row each, a sheet for each table, the data dictionary, and a last sheet that says what it is."""

    def __init__(self, form: Form, layout: Layout, folder: Path, mark: Any = None) -> None:
        self.form, self.layout = form, layout
        self.book = Workbook(folder, mark or ())
        self.yes, self.no = _("Yes"), _("No")
        layout.finish(self._ready)
        self.main = self.book.sheet(_("Submissions"), [*layout.head(), *layout.main.labels])
        self.tables = {
            table: self.book.sheet(layout.table_labels[table], [_("Reference"), _("Row"), *joined.labels])
            for table, joined in list(layout.tables.items())[:MOST_SHEETS]
        }

    @property
    def replaced(self) -> int:
        """Cells with characters that no workbook can hold."""
        return self.book.replaced

    def _ready(self, value: Any) -> Any:
        """A cell that can be written many times; a truth value becomes the word."""
        return plain_number(value) or self.main.ready(self._word(value))

    def _word(self, value: Any) -> Any:
        return (self.yes if value else self.no) if isinstance(value, bool) else value

    def write(self, records: Iterable[Record]) -> None:
        layout = self.layout
        for record in records:
            version = record.submission.version_id
            cells = layout.cells(version, record.answers)
            self.main.row([*layout.head_cells(record), *cells])
            numbers: dict[str, int] = {}
            for table, row in layout.rows(version, record.answers) if self.tables else ():
                if table in self.tables:
                    numbers[table] = numbers.get(table, 0) + 1
                    self.tables[table].row([record.submission.reference, numbers[table], *map(self._word, row)])

    def mark(self) -> Any:
        return self.book.marks()

    def save(self, file: IO[bytes], report: Report) -> None:
        dictionary = self.book.sheet(_("Data dictionary"), self.layout.dictionary_head())
        for row in self.layout.dictionary_rows():
            dictionary.row(row)
        about = self.book.sheet(_("About this file"), [_("Form"), self.form.title])
        about.row([_("Made"), timezone.localtime().replace(tzinfo=None, microsecond=0)])
        about.row([_("Number of submissions"), report.rows])
        about.row([_("Cells with characters that had to be replaced"), self.replaced])
        self.book.save(file)

    def close(self) -> None:
        self.book.close()


class TextFile:
    """A file of text that grows row by row, and is cut back to the mark when somebody goes on."""

    def __init__(self, folder: Path, mark: Any = None) -> None:
        path = folder / "rows.part"
        offset: int = mark[0] if mark else 0
        self.replaced: int = mark[1] if mark else 0
        self.file = path.open("r+b" if mark else "w+b")
        self.file.truncate(offset)
        self.file.seek(offset)

    def mark(self) -> Any:
        """How much is whole."""
        self.file.flush()
        return [self.file.tell(), self.replaced]

    def save(self, file: IO[bytes], report: Report) -> None:
        """Copy it to where it is wanted."""
        self.file.seek(0)
        shutil.copyfileobj(self.file, file, 1 << 20)

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()


class CsvWriter(TextFile):
    """A semicolon-separated file for people; what a spreadsheet would run as a formula is made text."""

    def __init__(self, form: Form, layout: Layout, folder: Path, mark: Any = None) -> None:
        super().__init__(folder, mark)
        self.layout = layout
        self.yes, self.no = _("Yes"), _("No")
        layout.finish(self._cell)
        if not mark:
            head = [self._cell(label) for label in (*layout.head(), *layout.main.labels)]
            self.file.write(b"\xef\xbb\xbf")
            self._rows([head])

    def _rows(self, rows: Iterable[list[Any]]) -> bool:
        """Write the rows; False, and nothing written, where a character in them has to be replaced first."""
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
        try:
            data = text.getvalue().encode()
        except UnicodeEncodeError:
            return False
        if len(data.translate(None, _CONTROL)) != len(data) or data.count(b"\r") != data.count(b"\r\n"):
            return False
        if b"\xef\xbf\xbe" in data or b"\xef\xbf\xbf" in data:
            return False
        self.file.write(data)
        return True

    def _cell(self, value: Any) -> Any:
        if type(value) is Decimal and value.is_finite() and len(text := format(value, "f")) <= EXACT_DIGITS:
            return Done(text.replace(".", ","))
        clean, replaced = clean_cell(value)
        self.replaced += replaced
        if isinstance(clean, bool):
            return self.yes if clean else self.no
        if isinstance(clean, Decimal):
            return Done(format(clean, "f").replace(".", ","))
        return Done(guard_formula(clean)) if isinstance(clean, str) else clean

    def write(self, records: Iterable[Record]) -> None:
        layout, cell = self.layout, self._cell
        rows = [
            [
                guard_formula(value) if type(value) is str and value[:1] in _STARTS else value
                for value in [
                    *(value if type(value) is str else cell(value) for value in layout.head_cells(row)),
                    *layout.cells(row.submission.version_id, row.answers),
                ]
            ]
            for row in records
        ]
        if not self._rows(rows):
            self._rows([[value if type(value) is Done else cell(value) for value in row] for row in rows])


class RawCsvWriter(TextFile):
    """A comma-separated file for machines: the names of the questions, and answers as they are stored."""

    # No question's name begins with an underscore.
    HEAD = ("_key", "_reference", "_state", "_submitted_at", "_name", "_email", "_version")

    def __init__(self, form: Form, layout: Layout, folder: Path, mark: Any = None) -> None:
        super().__init__(folder, mark)
        self.layout = layout
        if not mark:
            names = (question.field["name"] for question in layout.questions.values())
            self._rows([[*self.HEAD, *(f"_{extra.key}" for extra in layout.extras), *names]])

    def _rows(self, rows: Iterable[list[Any]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        self.file.write(text.getvalue().encode(errors="replace"))

    def write(self, records: Iterable[Record]) -> None:
        asked = list(self.layout.questions)
        self._rows(
            [
                *head(record, self.layout).values(),
                *record.extra,
                *(self._cell(record.answers.get(field_id)) for field_id in asked),
            ]
            for record in records
        )

    @staticmethod
    def _cell(value: Any) -> Any:
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def head(record: Record, layout: Layout) -> dict[str, Any]:
    """What machines are told of every submission."""
    row = record.submission
    return {
        "key": str(row.key),
        "reference": row.reference,
        "state": row.state,
        "submitted_at": row.submitted_at.isoformat() if row.submitted_at else "",
        "name": row.name,
        "email": row.email,
        "version": layout.numbers[row.version_id],
    }


class JsonWriter(TextFile):
    """One JSON document: what the questions are, then every submission with its tables inside it."""

    def __init__(self, form: Form, layout: Layout, folder: Path, mark: Any = None) -> None:
        super().__init__(folder, mark)
        self.layout = layout
        self.is_first = not mark or bool(mark[2:] and mark[2])
        self._versions: dict[int, list[Question]] = {
            pk: [question for question in runtime.questions.values() if question.id in layout.questions]
            for pk, runtime in layout.runtimes.items()
        }
        if not mark:
            about = {
                "form": {"title": form.title, "slug": form.slug},
                "made": timezone.now().isoformat(timespec="seconds"),
                "choices_as": "keys" if layout.keys else "labels",
                "fields": layout.dictionary(),
            }
            self.file.write(self._json(about)[:-1] + b',"submissions":[')

    @staticmethod
    def _json(value: Any) -> bytes:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
        # Half a character pair is no character in UTF-8; as an escape it is still told.
        return text.encode(errors="backslashreplace")

    def mark(self) -> Any:
        return [*super().mark(), self.is_first]

    def _answers(self, version_id: int, answers: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for question in self._versions[version_id]:
            stored = answers.get(question.id)
            if stored is not None:
                found[question.field["name"]] = nested(question, stored, keys=self.layout.keys)
        return found

    def write(self, records: Iterable[Record]) -> None:
        lines = []
        for record in records:
            row = head(record, self.layout)
            row |= {extra.key: value for extra, value in zip(self.layout.extras, record.extra, strict=True)}
            row |= {
                "completed": record.completed,
                "answers": self._answers(record.submission.version_id, record.answers),
            }
            lines.append(self._json(row))
        if lines:
            self.file.write((b"\n" if self.is_first else b",\n") + b",\n".join(lines))
            self.is_first = False

    def save(self, file: IO[bytes], report: Report) -> None:
        self.file.write(b"\n]}\n")
        super().save(file, report)


def write_dictionary(layout: Layout, file: IO[bytes]) -> None:
    """The data dictionary as a file of its own, beside the CSV files."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for row in (layout.dictionary_head(), *layout.dictionary_rows()):
        rows.writerow([guard_formula(clean_cell(value)[0] or "") for value in row])
    file.write(b"\xef\xbb\xbf" + text.getvalue().encode())


WRITERS: dict[str, Callable[..., Writer]] = {
    Export.Format.XLSX.value: XlsxWriter,
    Export.Format.CSV.value: CsvWriter,
    Export.Format.RAW_CSV.value: RawCsvWriter,
    Export.Format.JSON.value: JsonWriter,
}
DICTIONARY = "fields.csv"

CONTENT_TYPES = {
    Export.Format.XLSX.value: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Export.Format.CSV.value: "text/csv; charset=utf-8",
    Export.Format.RAW_CSV.value: "text/csv; charset=utf-8",
    Export.Format.JSON.value: "application/json",
    DICTIONARY: "text/csv; charset=utf-8",
}


def file_name(form: Form, kind: str) -> str:
    """What a downloaded export is called."""
    return f"{form.slug}-{timezone.localdate():%Y-%m-%d}.{kind}"
