"""One export measured inside its own process: ``python -m tests.bench.exporting KIND``; prints JSON.

KIND is xlsx, csv, floor (the same cells as bare XML in a zip file) or theirs (the CSV of wagtail.contrib.forms).
"""

import json
import os
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from typing import IO
from xml.sax.saxutils import escape

import django
import psutil

Result = dict[str, float]


class Watch:
    """Processor time, the time to the first word, and memory, from now on."""

    def __init__(self) -> None:
        self.rss = psutil.Process().memory_info().rss
        self.first = 0.0
        self.wall, self.processor = time.perf_counter(), time.process_time()

    def tell(self, *_progress: object) -> None:
        """Something has come."""
        self.first = self.first or time.perf_counter() - self.wall

    def read(self) -> Result:
        """Processor seconds, seconds to the first word, and the highest MiB above the start."""
        seconds = time.process_time() - self.processor
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return {"seconds": seconds, "first": self.first, "mib": max(0, peak - self.rss) / 2**20}


def ours(kind: str, file: IO[bytes]) -> Result:
    """What a worker does for an export of everything."""
    from forms.actions.export import chosen
    from forms.exports import write_export
    from forms.models import Form
    from tests.bench.content import SLUG

    form = Form.objects.get(slug=SLUG)
    rows = chosen(form, {})
    write_export(form, rows.filter(pk__lt=0), kind, file)  # everything is imported and compiled
    watch = Watch()
    write_export(form, rows, kind, file, watch.tell)
    return watch.read()


def floor(file: IO[bytes]) -> Result:
    """As little as a workbook can be: rows of inline strings and numbers, and zipfile; nothing is read."""
    from forms.cells import Numerals
    from forms.exports import Layout, batches, blocks
    from forms.models import Form, Submission
    from tests.bench.content import SLUG

    form = Form.objects.get(slug=SLUG)
    layout = Layout(form)
    submissions = Submission.objects.filter(form=form)
    block = next(blocks(next(batches(submissions)), layout))
    columns = [
        [cell and int(cell) for cell in column] if type(column) is Numerals else column
        for column in layout.columns(block.version_id, block.answers)
    ]
    head = [list(map(str, column)) for column in layout.head_columns(block)]
    rows = list(zip(*head, *columns, strict=True))
    times = submissions.count() // len(rows)
    watch = Watch()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book,
        book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet,
    ):
        sheet.write(b"<worksheet><sheetData>")
        for _time in range(times):
            for row in rows:
                cells = "".join(
                    f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
                    if isinstance(cell, str)
                    else f"<c><v>{cell}</v></c>"
                    for cell in row
                    if cell is not None
                )
                sheet.write(f"<row>{cells}</row>".encode())
        sheet.write(b"</sheetData></worksheet>")
    return watch.read()


def theirs(file: IO[bytes]) -> Result:
    """Their view as an administrator calls it, read to the end."""
    from django.contrib.auth import get_user_model
    from django.test import RequestFactory

    from tests.bench.peer.models import PeerForm

    people = get_user_model().objects
    request = RequestFactory().get("/", {"export": "csv"})
    request.user = people.filter(is_superuser=True).first() or people.create_superuser("root@banken.example")
    watch = Watch()
    response = PeerForm.objects.get().serve_submissions_list_view(request)
    for piece in response.streaming_content:
        watch.tell()
        file.write(piece)
    return watch.read()


KINDS: dict[str, Callable[[IO[bytes]], Result]] = {
    "xlsx": lambda file: ours("xlsx", file),
    "csv": lambda file: ours("csv", file),
    "floor": floor,
    "theirs": theirs,
}

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    django.setup()
    with tempfile.TemporaryFile() as out:
        print(json.dumps(KINDS[sys.argv[1]](out)))
