"""The formats of an export; each writer works in a folder of its own and can go on where a killed one stood."""

import csv
import io
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, ClassVar, Protocol

from django.utils import timezone
from django.utils.translation import gettext as _

from forms.cells import FORMULA, Numerals, Ready, clean_cell, guard_formula, is_clean, moments
from forms.models import Export, Form
from forms.runtime import Question
from forms.workbooks import Workbook

from .layout import Layout
from .reading import nested
from .rows import Block

MOST_SHEETS = 60

_STARTS = frozenset(FORMULA) | {sign for sign in map(chr, range(0x3001)) if sign.isspace()}


@dataclass
class Report:
    """What came of an export."""

    rows: int = 0
    replaced: int = 0


class Writer(Protocol):
    """Takes blocks; `mark` says where another writer of the same export can go on."""

    WITH_KEYS: ClassVar[bool]  # does it write the keys of the submissions?

    @property
    def replaced(self) -> int:
        """Cells with characters that had to be replaced."""

    def write(self, block: Block) -> None:
        """Add a block."""

    def mark(self) -> Any:
        """Everything so far lies whole on the disk; JSON that the next writer is given as `mark`."""

    def save(self, file: IO[bytes], report: Report) -> None:
        """Put the file together."""

    def close(self) -> None:
        """Let go of everything, also when it was not finished."""


class XlsxWriter:
    """A workbook: one row each, a sheet for each table, the data dictionary, and a last sheet that says what it is."""

    WITH_KEYS: ClassVar[bool] = False

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

    def _ready(self, value: Any) -> str:
        """A cell that can be written many times."""
        return self.main.ready(self._word(value))

    def _word(self, value: Any) -> Any:
        return (self.yes if value else self.no) if isinstance(value, bool) else value

    def write(self, block: Block) -> None:
        layout = self.layout
        self.main.rows([*layout.head_columns(block), *layout.columns(block.version_id, block.answers)])
        numbers: Counter[tuple[str, int]] = Counter()
        for table, whose, row in layout.rows(block.version_id, block.answers) if self.tables else ():
            if table in self.tables:
                numbers[table, whose] += 1
                number = numbers[table, whose]
                self.tables[table].row([block.references[whose], number, *map(self._word, row)])

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

    WITH_KEYS: ClassVar[bool] = False

    def __init__(self, form: Form, layout: Layout, folder: Path, mark: Any = None) -> None:
        super().__init__(folder, mark)
        self.layout = layout
        self.yes, self.no = _("Yes"), _("No")
        layout.finish(self._cell)
        if not mark:
            self.file.write(b"\xef\xbb\xbf")
            self._rows([[self._cell(label)] for label in (*layout.head(), *layout.main.labels)])

    def _rows(self, columns: Sequence[Sequence[str]]) -> None:
        self.file.write(("\r\n".join(map(";".join, zip(*columns, strict=True))) + "\r\n").encode())

    def _cell(self, value: Any) -> str:
        clean, replaced = clean_cell(value)
        self.replaced += replaced
        if isinstance(clean, bool):
            return self.yes if clean else self.no
        if isinstance(clean, Decimal):
            return format(clean, "f").replace(".", ",")
        text = guard_formula(clean) if isinstance(clean, str) else str(clean)
        return '"{}"'.format(text.replace('"', '""')) if _QUOTED.intersection(text) else text

    def _column(self, column: Sequence[Any]) -> Sequence[str]:
        """The column as it is written."""
        types = set(map(type, column))
        if type(column) is Numerals:
            return "\n".join([value or "" for value in column]).replace(".", ",").split("\n")
        if types <= {str, type(None)}:
            texts = [value or "" for value in column]
            return texts if type(column) is Ready or _is_plain(texts) else list(map(self._cell, texts))
        if types <= _TIMES and (found := moments(column)):
            return [value.isoformat(" ")[:19] if value else "" for value in found]
        return ["" if value is None else self._cell(value) for value in column]

    def write(self, block: Block) -> None:
        layout = self.layout
        columns = [*layout.head_columns(block), *layout.columns(block.version_id, block.answers)]
        self._rows([self._column(column) for column in columns])


_TIMES = {datetime, type(None)}
_QUOTED = frozenset('";\r\n')


def _is_plain(texts: list[str]) -> bool:
    """Can they stand in the file as they are? Looked through all at once, as what must be changed is rare."""
    joined = "\n".join(texts)
    return (
        joined.count("\n") == len(texts) - 1
        and not any(sign in joined for sign in '";\r')
        and _STARTS.isdisjoint({text[:1] for text in texts})
        and is_clean(joined)
    )


class RawCsvWriter(TextFile):
    """A comma-separated file for machines: the names of the questions, and answers as they are stored."""

    WITH_KEYS: ClassVar[bool] = True
    # No question's name begins with an underscore.
    HEAD = ("_key", "_reference", "_state", "_submitted_at", "_name", "_email", "_version")

    def __init__(self, form: Form, layout: Layout, folder: Path, mark: Any = None) -> None:
        super().__init__(folder, mark)
        self.layout = layout
        if not mark:
            names = (question.field["name"] for question in layout.questions.values())
            self._rows([[*self.HEAD, *(f"_{extra.key}" for extra in layout.extras), *names]])

    def _rows(self, rows: Iterable[Sequence[Any]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        self.file.write(text.getvalue().encode(errors="replace"))

    def write(self, block: Block) -> None:
        answers = ([self._cell(given.get(field_id)) for given in block.answers] for field_id in self.layout.questions)
        self._rows(zip(*head(block, self.layout).values(), *block.extra, *answers, strict=True))

    @staticmethod
    def _cell(value: Any) -> Any:
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def head(block: Block, layout: Layout) -> dict[str, Sequence[Any]]:
    """What machines are told of every submission, by the name of the column."""
    return {
        "key": [str(key) for key in block.keys],
        "reference": block.references,
        "state": block.states,
        "submitted_at": [moment.isoformat() if moment else "" for moment in block.sent],
        "name": block.names,
        "email": block.emails,
        "version": [layout.numbers[block.version_id]] * len(block),
    }


class JsonWriter(TextFile):
    """One JSON document: what the questions are, then every submission with its tables inside it."""

    WITH_KEYS: ClassVar[bool] = True

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

    def write(self, block: Block) -> None:
        columns = head(block, self.layout)
        columns |= {extra.key: values for extra, values in zip(self.layout.extras, block.extra, strict=True)}
        columns["completed"] = block.completed
        columns["answers"] = [self._answers(block.version_id, given) for given in block.answers]
        lines = [self._json(dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]
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
