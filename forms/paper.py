"""HTML that this house has written itself, taken apart into the few things that paper knows.

An answer (``display_html``) becomes paragraphs, lists and tables; a question's widget becomes boxes to tick and
lines to write on. So whatever a field kind draws on the screen has a place on paper, and nobody asks which kind it is.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

Run = list[str]
Block = dict[str, Any]

_SILENT = {"button", "script", "style", "template", "output", "datalist", "svg", "optgroup"}
_BLOCKS = {"p", "div", "fieldset", "section", "dl", "dd", "dt", "legend", "h2", "h3", "h4", "figure"}
_HEADS = {"h2", "h3", "h4"}
_NOTES = {"help", "meta"}
_VOID = {"input", "br", "hr", "img", "wbr", "meta", "link"}
_TICKS = {"radio": "round", "checkbox": "box"}
_SHORT = {"number", "date", "time", "month"}
_SPACES = re.compile(r"[ \t\r\n\f]+")
EMPTY_ROWS = 3  # added to a table that the reader is to fill in


class _Reader(HTMLParser):
    """Reads the markup once and gathers blocks; what is hidden from the eye is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.runs: list[Run] = []
        self.silent: list[str] = []
        self.list: list[list[Run]] | None = None
        self.table: Block | None = None
        self.row: list[Block] | None = None
        self.in_head = False
        self.kind = "para"  # of the block being read

    # --- the parser's calls ---

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self.silent:
            if tag not in _VOID:
                self.silent.append(tag)
            return
        if tag in _SILENT or "hidden" in given or "visually-hidden" in (given.get("class") or "").split():
            if tag not in _VOID:
                self.silent.append(tag)
            return
        if tag == "input":
            self._input(given)
        elif tag == "textarea":
            self.silent.append(tag)
            self._break()
            rows = given.get("rows") or ""
            self._add({"kind": "lines", "count": min(max(int(rows) if rows.isdecimal() else 4, 3), 12)})
        elif tag == "option":
            self._break()
            if given.get("value"):
                self.runs.append(["round", ""])
            else:
                self.silent.append(tag)
        elif tag == "br":
            self.runs.append(["break", ""])
        else:
            self._structure(tag, given)

    def _structure(self, tag: str, given: dict[str, str | None]) -> None:
        if tag == "table":
            self._break()
            self.table = {"kind": "table", "header": [], "rows": [], "columns": 1}
        elif tag == "thead":
            self.in_head = True
        elif tag == "tr" and self.table is not None:
            self.row = []
        elif tag in ("td", "th") and self.row is not None:
            self.runs = []
            span = given.get("colspan") or "1"
            self.row.append(
                {
                    "header": tag == "th",
                    "number": "number" in (given.get("class") or "").split(),
                    "span": int(span) if span.isdecimal() else 1,
                    "runs": [],
                }
            )
        elif tag == "caption":
            self.silent.append(tag)
        elif tag in ("ul", "ol"):
            self._break()
            self.list = []
        elif tag in _BLOCKS or tag == "li":
            self._break()
            classes = set((given.get("class") or "").split())
            self.kind = "head" if tag in _HEADS else "note" if tag == "p" and classes & _NOTES else "para"

    def handle_endtag(self, tag: str) -> None:
        if self.silent:
            if tag in self.silent:
                while self.silent and self.silent.pop() != tag:
                    pass
            return
        if tag in ("td", "th") and self.row:
            self.row[-1]["runs"], self.runs = _tidy(self.runs), []
        elif tag == "tr" and self.row is not None and self.table is not None:
            if self.row:
                place = self.table["header"] if self.in_head and not self.table["header"] else None
                if place is None:
                    self.table["rows"].append(self.row)
                else:
                    place.extend(self.row)
            self.row = None
        elif tag == "thead":
            self.in_head = False
        elif tag == "table" and self.table is not None:
            table, self.table = self.table, None
            _square(table)
            if table["rows"] or table["header"]:
                self.blocks.append(table)
        elif tag in ("ul", "ol"):
            self._break()
            items, self.list = self.list, None
            if items and any(run[0] in ("round", "box") for run in items[0]):
                self.blocks.extend({"kind": "item", "runs": item} for item in items)
            elif items:
                self.blocks.append({"kind": "list", "entries": items})
        elif tag in _BLOCKS or tag in ("li", "option"):
            self._break()

    def handle_data(self, data: str) -> None:
        if not self.silent and data:
            self.runs.append(["text", data])

    # --- what they add up to ---

    def _input(self, given: dict[str, str | None]) -> None:
        kind = given.get("type") or "text"
        if kind in ("hidden", "submit", "button"):
            return
        if kind in _TICKS:
            self.runs.append([_TICKS[kind], ""])
        elif kind in _SHORT or given.get("inputmode") == "numeric" or _is_short(given) or self.row is not None:
            self.runs.append(["short" if self.row is None else "text", ""])
        else:
            self._break()
            self._add({"kind": "lines", "count": 1})

    def _add(self, block: Block) -> None:
        if self.row is None:
            self.blocks.append(block)

    def _break(self) -> None:
        """End of a paragraph; inside a cell it is only the end of a line."""
        if self.row is not None:
            if self.runs:
                self.runs.append(["break", ""])
            return
        runs, self.runs = _tidy(self.runs), []
        kind, self.kind = self.kind, "para"
        if not runs:
            return
        if self.list is not None:
            self.list.append(runs)
        else:
            self._append("item" if runs[0][0] in ("round", "box") else kind, runs)

    def _append(self, kind: str, runs: list[Run]) -> None:
        """Year, month and day stand on one line."""
        last = self.blocks[-1] if self.blocks else None
        if last and kind == last["kind"] == "para" and last["runs"][-1][0] == runs[-1][0] == "short":
            last["runs"].extend(runs)
        else:
            self.blocks.append({"kind": kind, "runs": runs})


def _is_short(given: dict[str, str | None]) -> bool:
    length = given.get("maxlength") or ""
    return length.isdecimal() and int(length) <= 20


def _tidy(runs: list[Run]) -> list[Run]:
    """The runs with their spaces as a browser shows them, and nothing empty at the ends."""
    tidy: list[Run] = []
    for kind, text in runs:
        if kind == "text":
            # No-break spaces stay: they hold numbers together.
            text = _SPACES.sub(" ", text)
            if text == " " and (not tidy or tidy[-1][0] != "text"):
                continue
        if kind == "break" and (not tidy or tidy[-1][0] == "break"):
            continue
        tidy.append([kind, text])
    while tidy and tidy[-1][0] == "break":
        tidy.pop()
    while tidy and tidy[0][0] == "break":
        tidy.pop(0)
    if tidy and tidy[0][0] == "text":
        tidy[0][1] = tidy[0][1].lstrip(" ")
    if tidy and tidy[-1][0] == "text":
        tidy[-1][1] = tidy[-1][1].rstrip(" ")
    return tidy


def _square(table: Block) -> None:
    """Every row as wide as the widest, for paper has no ragged tables; a last column of buttons is left out."""
    every = [table["header"], *table["rows"]]
    if all(row and row[-1]["span"] == 1 and not row[-1]["runs"] for row in every if row) and len(table["header"]) > 1:
        for row in every:
            if row:
                row.pop()
    table["columns"] = width = max(sum(cell["span"] for cell in row) for row in every) if any(every) else 1
    for row in every:
        lacking = width - sum(cell["span"] for cell in row)
        if row and lacking > 0:
            row.extend({"header": False, "number": False, "span": 1, "runs": []} for _missing in range(lacking))


def blocks_of(html: str) -> list[Block]:
    """The markup as blocks: ``para``, ``item``, ``list``, ``lines`` and ``table``."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader._break()
    return reader.blocks


def text_blocks(text: str) -> list[Block]:
    """Plain text as paragraphs, its line breaks kept."""
    return [{"kind": "para", "runs": list(_lines(part))} for part in _paragraphs(text)]


def _paragraphs(text: str) -> Iterator[str]:
    for part in text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n"):
        if part.strip():
            yield part.strip("\n")


def _lines(part: str) -> Iterator[Run]:
    for number, line in enumerate(part.split("\n")):
        if number:
            yield ["break", ""]
        if line:
            yield ["text", line]


def lengthen(blocks: list[Block]) -> None:
    """Give tables that are to be filled in some empty rows."""
    for block in blocks:
        if block["kind"] == "table" and block["header"] and block["rows"] and _is_open(block["rows"][0]):
            first, *others = block["rows"]
            empty = [{"header": False, "number": False, "span": 1, "runs": []} for _cell in range(block["columns"])]
            block["rows"] = [first, *others, *([list(empty)] * EMPTY_ROWS if len(others) < 2 else [])]


def _is_open(row: list[Block]) -> bool:
    """Is there a cell to write in?"""
    return any(not cell["runs"] for cell in row)
