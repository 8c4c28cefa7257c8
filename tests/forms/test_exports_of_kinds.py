"""Every kind of question taken out of the house: what each file says of its answer."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from forms.exports import layout, write_export
from forms.fields import FIELDS
from forms.models import Form, FormSettings, Submission
from tests.forms.forms_in_tests import association, make_form, page, question
from tests.forms.test_exports import send

pytestmark = pytest.mark.django_db

KINDS = sorted(name for name, kind in FIELDS.items() if not kind.retired)


@pytest.fixture
def form(monkeypatch: pytest.MonkeyPatch) -> Form:
    """A form with every kind of question; Ada has answered all of it, Bo nothing."""
    monkeypatch.setattr(layout, "extras", [])
    collection = association("Alla frågor")
    FormSettings.objects.create(collection=collection, allow_personal_numbers=True)
    examples = {name: FIELDS[name].example for name in KINDS if FIELDS[name].example.cells}
    questions = [
        question(name, **{**example.settings, "label": f"{example.settings['label']} ({name})"}, name=name)
        for name, example in examples.items()
    ]
    with override("sv"):
        form = make_form(page("Alla", *questions), collection=collection, slug="alla-fragor", title="Alla frågor")
        form.get_latest_revision().publish()
    form = Form.objects.get(pk=form.pk)
    stored = {field["id"]: FIELDS[kind].example.stored for kind, field in asked(form).items()}
    send(form, {key: value for key, value in stored.items() if value is not None}, 1, version=form.latest_version)
    send(form, {}, 2, version=form.latest_version)
    return form


def asked(form: Form) -> dict[str, dict[str, Any]]:
    """The questions as the version holds them, by their kind."""
    pages = form.latest_version.compiled["pages"]
    return {field["kind"]: field for one in pages for field in one["fields"]}


def export(form: Form, kind: str, **how: Any) -> bytes:
    """The file."""
    file = io.BytesIO()
    write_export(form, Submission.objects.filter(form=form), kind, file, **how)
    return file.getvalue()


def in_a_workbook(cell: Any) -> Any:
    """The cell as openpyxl reads it: words for yes and no, moments for days."""
    if isinstance(cell, bool):
        return "Ja" if cell else "Nej"
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 (a cell has no zone)
    return float(cell) if isinstance(cell, Decimal) else cell


def in_people_s_csv(cell: Any) -> str:
    """The cell as a file for people holds it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "Ja" if cell else "Nej"
    if isinstance(cell, Decimal):
        return format(cell, "f").replace(".", ",")
    return f"'{cell}" if str(cell).startswith(("+", "-", "=", "@")) else str(cell)


def test_the_workbook_and_the_csv_say_what_every_kind_says_of_its_answer(form: Form) -> None:
    with override("sv"):
        book = load_workbook(io.BytesIO(export(form, "xlsx")))
        heading, ada, bo = csv.reader(io.StringIO(export(form, "csv").decode("utf-8-sig")), delimiter=";")
        wanted = {
            column.label: cell
            for kind, field in asked(form).items()
            for column, cell in zip(
                FIELDS[kind].columns(field), FIELDS[kind].cells(field, FIELDS[kind].example.stored), strict=True
            )
        }
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    found = {label: (cell, gap) for label, cell, gap in zip(*rows[:3], strict=True) if label in wanted}
    people = {label: (cell, gap) for label, cell, gap in zip(heading, ada, bo, strict=True) if label in wanted}

    assert {name for name in KINDS if FIELDS[name].asks} <= set(asked(form))
    assert found == {label: (in_a_workbook(cell), None) for label, cell in wanted.items()}
    assert people == {label: (in_people_s_csv(cell), "") for label, cell in wanted.items()}
