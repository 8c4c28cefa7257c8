"""How an export is made: read in blocks, written as they come, with marks from which it can be taken up again."""

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any

from forms.models import Form

from .layout import Layout
from .rows import batches, blocks
from .writers import WRITERS, Report

MARK_EVERY = 2.0  # seconds between two marks
MARKS = "marks.json"


def write_export(
    form: Form,
    submissions: Any,
    kind: str,
    file: IO[bytes],
    progress: Callable[[int, int], None] = lambda done, last: None,
    *,
    columns: Iterable[str] = (),
    keys: bool = False,
    folder: Path | None = None,
) -> Report:
    """Write the submissions (of one form) to a file.

    `progress` is told after each block how many rows are written and the id of the last. In a `folder` of its own that
    stays, the work is marked every other second; called again with the same folder, it goes on from the last mark.
    """
    layout = Layout(form, columns, keys=keys)
    with tempfile.TemporaryDirectory(prefix="samsyn-export-") if folder is None else nullcontext(folder) as place:
        marks = _read_marks(Path(place)) if folder else {}
        report = Report(rows=marks.get("rows", 0))
        writer = WRITERS[kind](form, layout, Path(place), marks.get("writer"))
        try:
            marked = time.monotonic()
            found = batches(submissions, marks.get("last", 0))
            for block in (block for ids in found for block in blocks(ids, layout, with_keys=writer.WITH_KEYS)):
                writer.write(block)
                report.rows += len(block)
                last = block.pks[-1]
                if folder and time.monotonic() - marked > MARK_EVERY:
                    _write_marks(folder, {"rows": report.rows, "last": last, "writer": writer.mark()})
                    marked = time.monotonic()
                progress(report.rows, last)
            report.replaced = writer.replaced
            writer.save(file, report)
        finally:
            writer.close()
    return report


def _read_marks(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / MARKS).read_text("utf-8")))
    except FileNotFoundError:
        return {}


def _write_marks(folder: Path, marks: dict[str, Any]) -> None:
    """All at once: whoever reads meets the old marks or the new ones."""
    fresh = folder / f"{MARKS}.new"
    fresh.write_text(json.dumps(marks), "utf-8")
    os.replace(fresh, folder / MARKS)
