"""Large workbooks written fast and in flat memory: rows become compressed XML at once, and the parts are joined last.

Every part lies in a file of its own until the end. `mark()` says how much of it is whole, and a writer that is given
the marks of another goes on where that one stood, also when it was killed in the middle of a row. What is written is
the plain core of the format: typed text, numbers, real dates, a styled heading that stays in sight, and a filter.
"""

import re
import shutil
import struct
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice, repeat
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from forms.cells import LONGEST, Numerals, Ready, clean_cell, is_clean, moments, split_text

LEVEL = 1  # 40 % less time than the usual level, for a third more bytes
MOST_ROWS = 1_048_576  # in one sheet
TOGETHER = 128  # rows handed to the compressor at once

HEADING, DAY, MOMENT, LOOKS_LIKE_MORE = 1, 2, 3, 4
# What may not stand in XML as it is; beside it, what a spreadsheet would take for one of its own escapes (_x0041_).
_UNSAFE = b"&<>" + bytes(sorted({*range(32)} - {9, 10}))
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_MORE = frozenset("=+-@\t0123456789")  # typed in anew, such a text would become a number or a formula
_TEXT = '" t="inlineStr"><is><t'
_TYPED = f'" s="{LOOKS_LIKE_MORE}" t="inlineStr"><is><t'
_KEPT = ' xml:space="preserve"'  # for texts with space around them, or lines
_CLOSE = "</t></is></c>"
_HERE = "\x01"  # where the number of the row shall stand; no text can hold it
_EPOCH = date(1899, 12, 30).toordinal()

Mark = list[int]


def column_letters(number: int) -> str:
    """The letters of the column: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def serial(value: date) -> str:
    """The day (and time) as a spreadsheet counts it."""
    days = value.toordinal() - _EPOCH
    if isinstance(value, datetime):
        return f"{days + (value.hour * 3600 + value.minute * 60 + value.second) / 86400:.10f}"
    return str(days)


class Long(str):
    """A text that may not fit one cell, where a cell should be ready."""

    __slots__ = ()


class Part:
    """One file inside the workbook, packed as it is written."""

    def __init__(self, path: Path, mark: Mark | None = None) -> None:
        self.path = path
        offset, self.checksum, self.size = mark or (0, 0, 0)
        self.file = path.open("r+b" if mark else "w+b")
        self.file.truncate(offset)
        self.file.seek(offset)
        self._pack = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)

    def write(self, text: str) -> None:
        """Add some text."""
        data = text.encode()
        self.checksum = zlib.crc32(data, self.checksum)
        self.size += len(data)
        self.file.write(self._pack.compress(data))

    def mark(self) -> Mark:
        """How much is whole; from here another can go on."""
        self.file.write(self._pack.flush(zlib.Z_FULL_FLUSH))
        self.file.flush()
        return [self.file.tell(), self.checksum, self.size]

    def finish(self) -> None:
        """No more is written."""
        self.file.write(self._pack.flush(zlib.Z_FINISH))


class Sheet:
    """One sheet that takes rows; its cells are worth what they hold, and nothing in them comes alive."""

    def __init__(self, title: str, headings: Sequence[str], part: Part, mark: Mark | None = None) -> None:
        self.title, self.headings, self.part = title, headings, part
        self.number = self.replaced = 0
        self._starts = [f'<c r="{column_letters(number)}' for number in range(1, len(headings) + 1)]
        self._waiting: list[Sequence[Any]] = []
        self._left: dict[int, str] = {}  # of texts too long for a cell, by their place among the rows being written
        if mark:
            self.number, self.replaced = mark[3:5]
        else:
            self._open()

    def _open(self) -> None:
        widths = "".join(
            f'<col min="{number}" max="{number}" width="{min(max(len(text) + 2, 12), 40)}" customWidth="1"/>'
            for number, text in enumerate(self.headings, start=1)
        )
        self.part.write(
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews>'
            '<sheetView workbookViewId="0"><pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight"'
            ' state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
            f"<cols>{widths}</cols><sheetData>"
        )
        self.number = 1
        cells = [
            f'{start}1" s="{HEADING}" t="inlineStr"><is><t{_KEPT}>{self._safe(text[:250])}{_CLOSE}'
            for start, text in zip(self._starts, self.headings, strict=True)
        ]
        self.part.write(f'<row r="1">{"".join(cells)}</row>')

    def _safe(self, text: str) -> str:
        clean, replaced = clean_cell(text)
        self.replaced += replaced
        return _ESCAPE.sub("_x005F_", escape(clean))

    def row(self, values: Sequence[Any]) -> None:
        """One row: text, whole numbers, Decimals, days, moments, yes or no (as TRUE and FALSE), None for nothing.

        A text longer than a cell can hold goes on to the right of the last column.
        """
        self._waiting.append(values)
        if len(self._waiting) >= TOGETHER:
            self._hand_over()

    def rows(self, columns: Sequence[Sequence[Any]]) -> None:
        """Many rows, given column by column; what follows each other in a column is looked through all at once."""
        self._hand_over()
        self._write(columns)

    def _hand_over(self) -> None:
        """Write the rows that were given one by one."""
        if self._waiting:
            columns = list(zip(*self._waiting, strict=True))
            self._waiting.clear()
            self._write(columns)

    def _write(self, columns: Sequence[Sequence[Any]]) -> None:
        """Make XML: a pattern of the row, into which each row's cells are put."""
        patterns, found = [], []
        self._left.clear()
        for place, column in enumerate(columns):
            cells = self._column(place, column)
            if cells is not None:
                patterns.append(cells[0])
                found.append(cells[1])
        if self._left:
            patterns.append("%s")
            found.append([self._left.get(number, "") for number in range(len(columns[0]))])
        pattern = f'<row r="{_HERE}">{"".join(patterns)}</row>'
        rows = zip(*found, strict=True) if found else repeat((), len(columns[0]))
        while texts := [pattern % cells for cells in islice(rows, TOGETHER)]:
            first = self.number + 1
            self.number += len(texts)
            self.part.write("".join([text.replace(_HERE, str(number)) for number, text in enumerate(texts, first)]))

    def _column(self, place: int, column: Sequence[Any]) -> tuple[str, Sequence[Any]] | None:
        """Its part of the pattern, and what is put in there; None for a column of nothing."""
        types = set(map(type, column))
        has_gaps = type(None) in types
        types.discard(type(None))
        if not types:
            return None
        before, after = "", ""
        cells: Sequence[Any] = column
        if type(column) is Numerals:
            before, after = '"><v>', "</v></c>"
        elif types == {datetime} and (found := moments(column)):
            before, after = f'" s="{MOMENT}"><v>', "</v></c>"
            cells = [value and serial(value) for value in found]
        elif types == {str} and type(column) is not Ready:
            before, cells = self._texts(place, column)
            after = _CLOSE
        elif Long in types:
            cells = [
                self._text(self._first_piece(place, number, cell)) if type(cell) is Long else cell
                for number, cell in enumerate(column)
            ]
        elif type(column) is not Ready:
            cells = [None if value is None else self._other(value) for value in column]
        before = f"{self._starts[place]}{_HERE}{before}"
        if has_gaps:
            return "%s", ["" if cell is None else f"{before}{cell}{after}" for cell in cells]
        return f"{before}%s{after}", cells

    def _texts(self, place: int, column: Sequence[str | None]) -> tuple[str, Sequence[str | None]]:
        """How the cells begin, and the texts as XML; the beginning is with each of them where they differ."""
        some = [text for text in column if text is not None]
        if max(map(len, some)) > LONGEST // 2:
            column = [text and self._first_piece(place, number, text) for number, text in enumerate(column)]
            some = [text for text in column if text is not None]
        starts = {text[:1] for text in some}
        joined = "|".join(some)
        if is_clean(joined, _UNSAFE) and "_x" not in joined:
            cells = column
        else:
            cells = [text and self._safe(text) for text in column]
        keep = _KEPT if "\n" in joined or "\t" in joined or " |" in f"{joined}|" or "| " in f"|{joined}" else ""
        text, typed = f"{_TEXT}{keep}>", f"{_TYPED}{keep}>"
        if starts.isdisjoint(_MORE):
            return text, cells
        if starts <= _MORE:
            return typed, cells
        return "", [cell and f"{typed if cell[:1] in _MORE else text}{cell}" for cell in cells]

    def _first_piece(self, place: int, number: int, text: str) -> str:
        """What fits the cell; the rest is left for cells to the right of the last column."""
        first, *more = split_text(text)
        for count, piece in enumerate(more, start=2):
            for said in (f"{self.headings[place]} ({count})", piece):
                left = self._left.get(number, "")
                letters = column_letters(len(self.headings) + left.count("<c ") + 1)
                self._left[number] = f'{left}<c r="{letters}{_HERE}{_TYPED}{_KEPT}>{self._safe(said)}{_CLOSE}'
        return first

    def ready(self, value: Any) -> str:
        """The value as a cell of any row, for a column of `Ready`."""
        if isinstance(value, str):
            return self._text(value) if len(value) <= LONGEST // 2 else Long(value)
        return self._other(value)

    def _text(self, value: str) -> str:
        return f"{_TYPED if value[:1] in _MORE else _TEXT}{_KEPT}>{self._safe(value)}{_CLOSE}"

    def _other(self, value: Any) -> str:
        """What follows the number of the row."""
        clean, replaced = clean_cell(value)
        self.replaced += replaced
        if isinstance(clean, bool):
            return f'" t="b"><v>{int(clean)}</v></c>'
        if isinstance(clean, int):
            return f'"><v>{clean}</v></c>'
        if isinstance(clean, Decimal):
            return f'"><v>{clean:f}</v></c>'
        if isinstance(clean, datetime):
            return f'" s="{MOMENT}"><v>{serial(clean)}</v></c>'
        if isinstance(clean, date):
            return f'" s="{DAY}"><v>{serial(clean)}</v></c>'
        return f"{_TYPED}{_KEPT}>{self._safe(str(clean)[:LONGEST])}{_CLOSE}"

    def mark(self) -> Mark:
        """Where another can go on."""
        self._hand_over()
        return [*self.part.mark(), self.number, self.replaced]

    def finish(self) -> None:
        """Close the sheet."""
        self._hand_over()
        last = f"{column_letters(max(len(self.headings), 1))}{max(self.number, 1)}"
        self.part.write(f'</sheetData><autoFilter ref="A1:{last}"/></worksheet>')
        self.part.finish()


class Workbook:
    """Sheets that are written at the same time, in a folder of their own until the file is put together."""

    def __init__(self, folder: Path, marks: Sequence[Mark] = ()) -> None:
        self.folder = folder
        self.sheets: list[Sheet] = []
        self._marks = list(marks)
        self._titles: set[str] = set()

    def sheet(self, title: str, headings: Sequence[str]) -> Sheet:
        """A new sheet; the same sheets in the same order go on where the marks say."""
        place = len(self.sheets)
        mark = self._marks[place] if place < len(self._marks) else None
        part = Part(self.folder / f"sheet{place + 1}.part", mark[:3] if mark else None)
        self.sheets.append(Sheet(self._title(title), headings, part, mark))
        return self.sheets[-1]

    def _title(self, wanted: str) -> str:
        """A sheet's name: at most 31 characters, without signs that a workbook refuses, and its own."""
        plain = re.sub(r"[\[\]:*?/\\\x00-\x1f']", " ", clean_cell(wanted)[0]).strip()[:31].strip() or "Sheet"
        title, number = plain, 1
        while title.lower() in self._titles:
            number += 1
            title = f"{plain[: 28 - len(str(number))]} ({number})"
        self._titles.add(title.lower())
        return title

    @property
    def replaced(self) -> int:
        """Cells with characters that no workbook can hold."""
        return sum(sheet.replaced for sheet in self.sheets)

    def marks(self) -> list[Mark]:
        """How much of every sheet is whole."""
        return [sheet.mark() for sheet in self.sheets]

    def close(self) -> None:
        """Let go of the files."""
        for sheet in self.sheets:
            sheet.part.file.close()

    def save(self, file: IO[bytes]) -> None:
        """Put the file together."""
        for sheet in self.sheets:
            sheet.finish()
        packed: list[tuple[str, int, int, int, IO[bytes] | bytes]] = []
        for name, text in self._frame():
            data = text.encode()
            pack = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
            small = pack.compress(data) + pack.flush()
            packed.append((name, zlib.crc32(data), len(data), len(small), small))
        for number, sheet in enumerate(self.sheets, start=1):
            part = sheet.part
            length = part.file.tell()
            packed.append((f"xl/worksheets/sheet{number}.xml", part.checksum, part.size, length, part.file))
        write_zip(file, packed)

    def _frame(self) -> list[tuple[str, str]]:
        """The small files around the sheets."""
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        package = "http://schemas.openxmlformats.org/package/2006"
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
        numbers = range(1, len(self.sheets) + 1)
        overrides = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>' for n in numbers
        )
        links = "".join(
            f'<Relationship Id="rId{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
        )
        sheets = "".join(
            f'<sheet name={quoteattr(sheet.title)} sheetId="{n}" r:id="rId{n}"/>'
            for n, sheet in enumerate(self.sheets, start=1)
        )
        styles = len(self.sheets) + 1
        return [
            (
                "[Content_Types].xml",
                f'{head}<Types xmlns="{package}/content-types">'
                '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                '<Default Extension="xml" ContentType="application/xml"/>'
                f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
                f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{overrides}</Types>',
            ),
            (
                "_rels/.rels",
                f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
                f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            ),
            (
                "xl/workbook.xml",
                f'{head}<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{sheets}</sheets></workbook>',
            ),
            (
                "xl/_rels/workbook.xml.rels",
                f'{head}<Relationships xmlns="{package}/relationships">{links}<Relationship Id="rId{styles}" '
                f'Type="{office}/styles" Target="styles.xml"/></Relationships>',
            ),
            ("xl/styles.xml", f'{head}<styleSheet xmlns="{main}">{_STYLES}</styleSheet>'),
        ]


_STYLES = (
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE7EEF3"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf xfId="0"/>'
    '<xf fontId="1" fillId="2" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/>'
    '</xf><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/>'
    '<xf numFmtId="49" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
)

_SMALL = 0xFFFFFFFF


def write_zip(file: IO[bytes], packed: Iterable[tuple[str, int, int, int, IO[bytes] | bytes]]) -> None:
    """Join parts that are packed already: name, checksum, size, packed size, content."""
    directory, offset, count = b"", 0, 0
    for name, checksum, size, length, content in packed:
        path = name.encode()
        large = size >= _SMALL or length >= _SMALL or offset >= _SMALL
        version, extra = (45, struct.pack("<HHQQ", 1, 16, size, length)) if large else (20, b"")
        sizes = (_SMALL, _SMALL) if large else (length, size)
        # Bit 11: the name is UTF-8. The day is the first a zip file knows, so that equal content is an equal file.
        common = struct.pack("<HHHHHIIIH", version, 0x800, 8, 0, 0x21, checksum, *sizes, len(path))
        header = b"PK\x03\x04" + common + struct.pack("<H", len(extra)) + path + extra
        file.write(header)
        if isinstance(content, bytes):
            file.write(content)
        else:
            content.seek(0)
            shutil.copyfileobj(content, file, 1 << 20)
        far = struct.pack("<HHQQQ", 1, 24, size, length, offset) if large else b""
        place = struct.pack("<HHHHII", len(far), 0, 0, 0, 0, _SMALL if large else offset)
        directory += b"PK\x01\x02" + struct.pack("<H", version) + common + place + path + far
        offset += len(header) + length
        count += 1
    end = offset
    if end >= _SMALL:
        directory_end = struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, len(directory), end)
        tail = b"PK\x06\x06" + directory_end + b"PK\x06\x07" + struct.pack("<IQI", 0, end + len(directory), 1)
        directory += tail
        last = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory) - len(tail), _SMALL, 0)
    else:
        last = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), end, 0)
    file.write(directory + b"PK\x05\x06" + last)
