"""Exports: one row each, whatever was written; nothing comes alive, nothing breaks the file, memory stays flat."""

import csv
import io
import json
import re
import tempfile
import uuid
import zipfile
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook

from forms import exports
from forms.actions import complete
from forms.cells import LONGEST, clean_cell, guard_formula, split_text
from forms.exports import Extra, layout, making, write_export
from forms.exports.writers import XlsxWriter
from forms.models import Form, Submission
from records.models import Event
from tests.forms.forms_in_tests import block_id, edited, make_form, page, question
from tests.forms.journey_in_tests import application
from tests.records.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _only_our_own_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "extras", [])


NAME, BUDGET = block_id("namn"), block_id("budget")
FORMULAS = ["=1+1", "==1", "= 1", '=HYPERLINK("http://evil.example")', "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "#N/A"]
BREAKERS = ["\x01", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800", "a\x00b"]


def send(form: Form, answers: dict[str, Any], number: int = 1, **values: Any) -> Submission:
    """A submission as it lies in the database, whatever it holds."""
    now = timezone.now()
    usual = {"version": form.version, "state": "submitted", "submitted_at": now, "updated_at": now}
    return Submission.objects.create(
        collection=form.collection,
        form=form,
        reference=f"AAAA-{number:04}",
        answers=answers,
        **{**usual, **values},
    )


def export(form: Form, kind: str = "xlsx") -> tuple[bytes, exports.Report]:
    """The file."""
    file = io.BytesIO()
    report = write_export(form, Submission.objects.filter(form=form), kind, file)
    return file.getvalue(), report


def sheets(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """The values of every sheet."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    found = {}
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        found[sheet.title] = list(sheet.iter_rows(values_only=True))
    book.close()
    return found


def block_of(row: Submission, answers: dict[str, Any]) -> exports.Block:
    """One submission as a block."""
    return exports.Block(
        version_id=row.version_id,
        pks=[row.pk],
        references=[row.reference],
        states=[row.state],
        sent=[row.submitted_at],
        names=[row.name],
        emails=[row.email],
        keys=[],
        answers=[answers],
        completed=[0],
        extra=[],
    )


def written(form: Form, row: Submission, answers: dict[str, Any]) -> tuple[bytes, int]:
    """A workbook of one submission with answers that no database would take, and how many cells were mended."""
    file = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        writer = XlsxWriter(form, exports.Layout(form), Path(folder))
        writer.write(block_of(row, answers))
        writer.save(file, exports.Report(1))
        writer.close()
    return file.getvalue(), writer.replaced


def first_row(content: bytes) -> dict[str, Any]:
    """The first submission of a workbook, by its headings."""
    heading, row, *_more = next(iter(sheets(content).values()))
    return dict(zip_longest(heading, row))


def test_one_row_each_and_the_tables_on_sheets_of_their_own() -> None:
    form = application()
    rows = [{"kostnad": "Lokal", "belopp": "1200"}, {"kostnad": "Resor", "belopp": "300.50"}]
    send(form, {NAME: "Ada", BUDGET: rows, block_id("deltagare"): 25, block_id("medfinansiering"): False})

    content, report = export(form)

    found, main = sheets(content), first_row(content)
    assert report.rows == 1
    assert main["Namn"] == "Ada"
    assert main["Deltagare"] == 25
    assert main["Finns medfinansiering?"] in ("Nej", "No")
    assert list(found)[1] == "Budget"
    assert [row[:4] for row in found["Budget"][1:]] == [
        ("AAAA-0001", 1, "Lokal", 1200),
        ("AAAA-0001", 2, "Resor", 300.5),
    ]


def test_columns_are_joined_over_versions_by_id_whatever_they_are_called() -> None:
    form = application()
    first = send(form, {NAME: "Ada", block_id("deltagare"): 25})
    form.questions[0].value["questions"][2].value["label"] = "Vem du är"
    del form.questions[1].value["questions"][2]
    form.save_revision(clean=False).publish()
    form = Form.objects.get(pk=form.pk)
    send(form, {NAME: "Bo"}, 2)

    found = next(iter(sheets(export(form)[0]).values()))

    heading = list(found[0])
    assert first.version.number == 1
    assert "Vem du är" in heading
    assert heading.index("Deltagare") > heading.index("Vem du är")
    assert [row[heading.index("Vem du är")] for row in found[1:]] == ["Ada", "Bo"]
    assert [row[heading.index("Deltagare") :][:1] for row in found[1:]] in ([(25,), ()], [(25,), (None,)])


def test_an_export_holds_what_was_completed() -> None:
    form = application()
    ada = person("ada@example.se")
    sent = send(form, {NAME: "Ada", BUDGET: [{"kostnad": "Lokal", "belopp": "1"}]}, person=ada)
    complete(submission=sent, fields=[NAME], answers={NAME: "Ada Ek"}, nonce=uuid.uuid4(), person=ada)

    found = first_row(export(form)[0])

    assert found["Namn"] == "Ada Ek"


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_stays_text(text: str) -> None:
    form = application()
    send(form, {NAME: text, BUDGET: [{"kostnad": text, "belopp": "1"}]}, name=text)

    content, _report = export(form)
    people = export(form, "csv")[0].decode("utf-8-sig")
    machines = export(form, "raw.csv")[0].decode()

    with zipfile.ZipFile(io.BytesIO(content)) as book:
        xml = "".join(book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets"))
    assert "<f>" not in xml
    assert "<f " not in xml
    assert 't="e"' not in xml
    for cell in next(csv.reader(io.StringIO(people.split("\r\n", 1)[1]), delimiter=";")):
        assert not re.match(r"[=+@\t]|-[^\d]|-\d+[^\d,]", cell)
    assert text in next(csv.DictReader(io.StringIO(machines, newline="")))["namn"]


@pytest.mark.parametrize("text", BREAKERS)
def test_no_character_breaks_a_file_and_it_is_told(text: str) -> None:
    form = application()
    row = send(form, {NAME: "x"})
    hostile = {**row.answers, NAME: f"före{text}efter"}

    content, replaced = written(form, row, hostile)

    cell = first_row(content)["Namn"]

    assert cell.startswith("före")
    assert cell.endswith("efter")
    assert replaced == 1


def test_a_text_longer_than_a_cell_goes_on_in_the_next_column() -> None:
    form = application()
    row = send(form, {NAME: "x"})
    long = "å" * (LONGEST + 10)

    content, _replaced = written(form, row, {NAME: long})

    found = next(iter(sheets(content).values()))

    pieces = [cell for cell in found[1] if isinstance(cell, str) and cell.startswith("å")]
    assert "".join(pieces) == long


@pytest.mark.parametrize(
    ("value", "clean", "replaced"),
    [
        ("text", "text", False),
        ("a\r\nb\rc", "a\nb\nc", False),
        ("a\x00b", "a\ufffdb", True),
        (10**20, "1" + "0" * 20, False),
        (Decimal("12.50"), Decimal("12.50"), False),
        (Decimal("NaN"), "NaN", True),
        (Decimal("1234567890123456.78"), "1234567890123456.78", False),
        (date(1871, 5, 1), "1871-05-01", False),
        (datetime(2026, 1, 2, 3, 4, 5, 6), datetime(2026, 1, 2, 3, 4, 5), False),  # noqa: DTZ001 (a cell has no zone)
        (True, True, False),
        (["a"], "['a']", False),
        (None, None, False),
    ],
)
def test_a_value_is_made_fit_for_a_cell(value: Any, clean: Any, replaced: bool) -> None:
    assert clean_cell(value) == (clean, replaced)


def test_a_value_that_cannot_even_say_what_it_is_does_not_stop_the_export() -> None:
    class Sullen:
        def __str__(self) -> str:
            raise RuntimeError

    assert clean_cell(Sullen()) == ("\ufffd", True)


def test_text_is_divided_by_what_a_spreadsheet_counts() -> None:
    assert split_text("🙂" * 10, 6) == ["🙂🙂🙂", "🙂🙂🙂", "🙂🙂🙂", "🙂"]
    assert guard_formula(" =1") == "' =1"
    assert guard_formula("+46 70") == "'+46 70"
    assert guard_formula("Ada") == "Ada"


def test_two_questions_with_one_label_have_columns_of_their_own() -> None:
    form = application(slug="andra")
    edited(form, page("Sida", question("short_text", "Vad", name="x"), question("short_text", "Vad ", name="y")))
    form.get_latest_revision()
    whole = exports.Layout(Form.objects.get(pk=form.pk))

    assert len(set(whole.main.labels)) == len(whole.main.labels)


@pytest.mark.parametrize("rows", [3, 9])
def test_the_queries_of_a_block_are_fixed(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection  # app ready: the test's own

    form = application()
    for number in range(rows):
        send(form, {NAME: "Ada"}, number)

    with CaptureQueriesContext(connection) as counted:
        write_export(form, Submission.objects.filter(form=form), "xlsx", io.BytesIO())

    assert len(counted) == 4, counted.captured_queries  # versions, ids, block, its completions


def test_blocks_follow_each_other_without_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    form = application()
    for number in range(7):
        send(form, {NAME: f"Ada {number}"}, number)
    told: list[int] = []

    (ids,) = exports.batches(Submission.objects.filter(form=form))
    blocks = [len(block) for block in exports.blocks(ids, exports.Layout(form), size=3)]
    write_export(
        form, Submission.objects.filter(form=form), "csv", io.BytesIO(), progress=lambda done, last: told.append(done)
    )

    assert blocks == [3, 3, 1]
    assert told == [7]


def test_higher_rooms_add_columns_block_by_block() -> None:
    form = application()
    sent = send(form, {NAME: "Ada"})
    extra = Extra("dnr", "Diarienummer", lambda form_id, rows: {pk: f"SF 2026/{pk}" for pk in rows})
    layout.extras.append(extra)

    found = first_row(export(form)[0])

    assert found["Diarienummer"] == f"SF 2026/{sent.pk}"


@pytest.mark.parametrize("ending", ["xlsx", "csv", "raw.csv"])
def test_the_command_writes_a_file_and_an_event(ending: str, tmp_path: Path, capsys: Any) -> None:
    form = application()
    send(form, {NAME: "Ada"})

    call_command("export_submissions", "ansokan", str(tmp_path / f"allt.{ending}"))

    assert [path.name for path in tmp_path.iterdir()] == [f"allt.{ending}"]
    assert "Wrote 1 submissions" in capsys.readouterr().out
    assert Event.objects.get(type="form.exported").transition["format"] == ending


def test_the_command_refuses_clearly_and_leaves_nothing(tmp_path: Path) -> None:
    application()

    for slug, name in (("finns-inte", "a.xlsx"), ("ansokan", "a.docx"), ("ansokan", "ingen/a.xlsx")):
        with pytest.raises(CommandError):
            call_command("export_submissions", slug, str(tmp_path / name))

    assert list(tmp_path.iterdir()) == []
    assert Event.objects.filter(type="form.exported").count() == 0


# --- what else an export can be ---------------------------------------------------------------------------


def test_choices_are_labels_or_keys_and_only_chosen_columns_are_there() -> None:
    form = make_form(
        page(
            "Sida",
            question(
                "one_of",
                "Inriktning",
                name="inriktning",
                choices=[{"label": "Individ", "key": "individ", "help": ""}],
            ),
            question("short_text", "Ort", name="ort"),
        )
    )
    form.get_latest_revision().publish()
    form = Form.objects.get(pk=form.pk)
    send(form, {block_id("inriktning"): "individ", block_id("ort"): "Eksjö"})
    rows = Submission.objects.filter(form=form)
    found = {}

    for keys in (False, True):
        file = io.BytesIO()
        write_export(form, rows, "xlsx", file, columns=[block_id("inriktning"), "sent"], keys=keys)
        found[keys] = first_row(file.getvalue())

    assert [list(row)[2:] for row in found.values()] == [["Inriktning"]] * 2
    assert [row["Inriktning"] for row in found.values()] == ["Individ", "individ"]


def test_json_nests_tables_and_says_what_the_questions_are() -> None:
    form = application()
    rows = [{"kostnad": "Lokal", "belopp": "1200.50"}]
    send(form, {NAME: "Ada", BUDGET: rows, block_id("medfinansiering"): False})
    file = io.BytesIO()
    write_export(form, Submission.objects.filter(form=form), "json", file, keys=True)

    document = json.loads(file.getvalue())

    (only,) = document["submissions"]
    assert only["answers"]["budget"] == [{"kostnad": "Lokal", "belopp": "1200.50"}]
    assert only["answers"]["medfinansiering"] is False
    assert {field["name"]: field["versions"] for field in document["fields"]}["budget"] == [1]


def test_the_data_dictionary_tells_of_questions_that_are_no_longer_asked() -> None:
    form = application()
    del form.questions[1].value["questions"][2]
    form.save_revision(clean=False).publish()
    form = Form.objects.get(pk=form.pk)

    with override("en"):
        rows = sheets(export(form)[0])["Data dictionary"]

    by_name = {row[0]: row for row in rows[1:]}
    assert by_name["deltagare"][5:7] == ("1", "No")
    assert by_name["namn"][5:7] == ("1–2", "Yes")


@pytest.mark.parametrize("kind", ["xlsx", "csv", "raw.csv", "json"])
def test_a_killed_export_goes_on_and_nothing_is_doubled_or_lost(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = application()
    for number in range(9):
        send(form, {NAME: f"Ada {number}", BUDGET: [{"kostnad": f"Lokal {number}", "belopp": "1"}]}, number)
    rows = Submission.objects.filter(form=form)
    whole = io.BytesIO()
    write_export(form, rows, kind, whole)
    monkeypatch.setattr(making, "MARK_EVERY", -1)
    monkeypatch.setattr(making, "blocks", partial(exports.blocks, size=2))

    def die(done: int, last: int) -> None:
        if done > 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_export(form, rows, kind, io.BytesIO(), die, folder=tmp_path)
    for part in tmp_path.glob("*.part"):
        with part.open("ab") as torn:
            torn.write(b"half a ro")
    resumed, told = io.BytesIO(), []
    report = write_export(form, rows, kind, resumed, lambda done, last: told.append(done), folder=tmp_path)

    assert (report.rows, told) == (9, [8, 9])
    if kind == "xlsx":
        assert list(sheets(resumed.getvalue()).values())[:3] == list(sheets(whole.getvalue()).values())[:3]
    elif kind == "json":
        both = [json.loads(file.getvalue())["submissions"] for file in (resumed, whole)]
        assert both[0] == both[1]
    else:
        assert resumed.getvalue() == whole.getvalue()
