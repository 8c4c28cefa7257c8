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
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from forms.cells import EXACT_DIGITS, LONGEST, clean_cell, split_text

LEVEL = 1  # 40 % less time than the usual level, for a third more bytes
MOST_ROWS = 1_048_576  # in one sheet
TOGETHER = 128  # rows handed to the compressor at once

HEADING, DAY, MOMENT, LOOKS_LIKE_MORE = 1, 2, 3, 4
# What may not stand in XML as it is, and what a spreadsheet would take for one of its own escapes (_x0041_).
_UNSAFE = b"&<>_" + bytes(sorted({*range(32)} - {9, 10}))
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_MORE = frozenset("=+-@\t0123456789")  # typed in anew, such a text would become a number or a formula
_TEXT = '" t="inlineStr"><is><t xml:space="preserve">'
_TYPED = f'" s="{LOOKS_LIKE_MORE}" t="inlineStr"><is><t xml:space="preserve">'
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


class Ready(str):
    """What follows the number of the row in a cell: a value made ready once, and written many times."""

    __slots__ = ()


def plain_number(value: Any) -> Ready | None:
    """A number that a cell holds as it is, made ready; None for anything else."""
    if type(value) is Decimal and value.is_finite() and len(text := format(value, "f")) <= EXACT_DIGITS:
        return Ready(f'"><v>{text}</v></c>')
    return None


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
            f'{start}1" s="{HEADING}" t="inlineStr"><is><t xml:space="preserve">{self._safe(text[:250])}</t></is></c>'
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

    def _hand_over(self) -> None:
        """Make XML of the waiting rows; they are looked through for unusual signs all at once, as there are few."""
        if not self._waiting:
            return
        texts = [value for values in self._waiting for value in values if type(value) is str]
        is_plain = _is_plain("".join(texts)) and max(map(len, texts), default=0) <= LONGEST // 2
        starts, rows = self._starts, []
        for values in self._waiting:
            self.number += 1
            number = str(self.number)
            if not is_plain:
                rows.append(self._careful(values))
                continue
            cells = [f'<row r="{number}">']
            add = cells.append
            for start, value in zip(starts, values, strict=True):
                if value is None:
                    continue
                kind = type(value)
                if kind is Ready:
                    add(start + number + value)
                elif kind is str:
                    style = _TYPED if value[:1] in _MORE else _TEXT
                    add(f"{start}{number}{style}{value}</t></is></c>")
                else:
                    add(self._other(f'{start}{number}"', value))
            add("</row>")
            rows.append("".join(cells))
        self._waiting.clear()
        self.part.write("".join(rows))

    def _careful(self, values: Sequence[Any]) -> str:
        """A row with signs that must be written in another way, or with a text too long for one cell."""
        cells: list[str] = []
        long: list[tuple[str, list[str]]] = []
        for start, heading, value in zip(self._starts, self.headings, values, strict=True):
            if value is None:
                continue
            if type(value) is str:
                first, *more = split_text(value)
                if more:
                    long.append((heading, more))
                style = _TYPED if first[:1] in _MORE else _TEXT
                cells.append(f"{start}{self.number}{style}{self._safe(first)}</t></is></c>")
            else:
                ready = value if type(value) is Ready else self._other('"', value)
                cells.append(f"{start}{self.number}{ready}")
        place = len(self.headings)
        for heading, pieces in long:
            for number, piece in enumerate(pieces, start=2):
                for text in (f"{heading} ({number})", piece):
                    place += 1
                    letters = column_letters(place)
                    cells.append(f'<c r="{letters}{self.number}{_TYPED}{self._safe(text)}</t></is></c>')
        return f'<row r="{self.number}">{"".join(cells)}</row>'

    def ready(self, value: Any) -> Any:
        """The value as a cell of any row; a long text stays as it is, for it may need more cells than one."""
        if isinstance(value, str):
            if len(value) > LONGEST // 2:
                return value
            return Ready(f"{_TYPED if value[:1] in _MORE else _TEXT}{self._safe(value)}</t></is></c>")
        return Ready(self._other('"', value))

    def _other(self, start: str, value: Any) -> str:
        if (number := plain_number(value)) is not None:
            return f"{start}{number[1:]}"
        clean, replaced = clean_cell(value)
        self.replaced += replaced
        if isinstance(clean, bool):
            return f'{start} t="b"><v>{int(clean)}</v></c>'
        if isinstance(clean, int):
            return f"{start}><v>{clean}</v></c>"
        if isinstance(clean, Decimal):
            return f"{start}><v>{clean:f}</v></c>"
        if isinstance(clean, datetime):
            return f'{start} s="{MOMENT}"><v>{serial(clean)}</v></c>'
        if isinstance(clean, date):
            return f'{start} s="{DAY}"><v>{serial(clean)}</v></c>'
        return f"{start[:-1]}{_TYPED}{self._safe(str(clean)[:LONGEST])}</t></is></c>"

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


def _is_plain(text: str) -> bool:
    """Has it no sign that must be written in another way? Looked for among bytes, which is ten times as fast."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return False
    return (
        len(data.translate(None, _UNSAFE)) == len(data) and b"\xef\xbf\xbe" not in data and b"\xef\xbf\xbf" not in data
    )


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
