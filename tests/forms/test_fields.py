"""Every field kind is asked the same questions, with its own example."""

import json
import string
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from random import Random
from typing import Any

import django.forms
import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.fields import FIELDS, FieldKind, kind_of
from forms.fields.numbers import read_number
from forms.fields.text_cleaning import clean_line, clean_text
from tests.forms.forms_in_tests import field_of

NAME = "q-fraga"
KINDS = list(FIELDS)
ASKED = [name for name in KINDS if FIELDS[name].asks]

HOSTILE = [
    "<script>alert(1)</script>",
    "\x00\x07\x1b[31m",
    "\ud800\udfff",
    "\ufffe\uffff",
    '=HYPERLINK("http://x")',
    "x" * 100_000,
    "%s%n{0}{{ 7*7 }}",
    "٣٤",
    "-0",
    "1e999",
    "NaN",
    "9" * 400,
    "\u202eabc",
    "'; DROP TABLE forms_form; --",
]


class Upload:
    """A stored file as the widget shows it."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.name = "bilaga <b>.pdf"
        self.size = 2048

    def get_absolute_url(self) -> str:
        return f"/formular/fil/{self.key}/"


class Markup(HTMLParser):
    """What axe would look at: ids, labels, describedby, legends, buttons."""

    VOID = frozenset({"input", "br", "hr", "img"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        assert self.open == [], f"not closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.elements if tag in tags]

    @property
    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _tag, attrs in self.elements if "id" in attrs]


class OneQuestion(django.forms.Form):
    """A form with one question, as the runtime builds it."""

    use_required_attribute = False

    def __init__(self, field: Mapping[str, Any], data: Any = None, initial: Any = None) -> None:
        super().__init__(data=data, files=MultiValueDict() if data is not None else None, initial={NAME: initial})
        self.fields[NAME] = kind_of(field).form_field(field)


@cache
def example_field(name: str) -> dict[str, Any]:
    return field_of(name, FIELDS[name].example.settings)


def posted(ends: Mapping[str, Any], **beside: str) -> MultiValueDict:
    """What a browser sends: the ends of the question's names, and what else stands in the page."""
    named = {NAME + end: value if isinstance(value, list) else [value] for end, value in ends.items()}
    return MultiValueDict({**named, **{name: [value] for name, value in beside.items()}})


def typed(kind: FieldKind, form_field: django.forms.Field, ends: Mapping[str, Any]) -> Any:
    if kind.takes_files:
        return ends.get("", [])
    return form_field.widget.value_from_datadict(posted(ends), MultiValueDict(), NAME)


def answer(field: Mapping[str, Any], ends: Mapping[str, Any]) -> Any:
    """What is stored when this is posted."""
    kind = kind_of(field)
    form_field = kind.form_field(field)
    return kind.to_json(field, form_field.clean(typed(kind, form_field, ends)))


@pytest.fixture(autouse=True)
def _swedish() -> Any:
    with translation.override("sv"):
        yield


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_what_the_palette_shows(name: str) -> None:
    kind = FIELDS[name]

    assert str(kind.label)
    assert str(kind.group)
    assert kind.icon
    assert type(kind).__doc__
    assert kind.example is not None


@pytest.mark.parametrize("name", KINDS)
def test_settings_become_plain_json(name: str) -> None:
    field = example_field(name)

    again = field_of(name, FIELDS[name].example.settings)
    assert json.loads(json.dumps(field)) == json.loads(json.dumps(again))
    assert field["kind"] == name
    assert field["id"]
    assert field["name"] == "fraga"


@pytest.mark.parametrize("name", ASKED)
def test_a_good_answer_is_stored_as_the_example_says(name: str) -> None:
    field, example = example_field(name), FIELDS[name].example

    stored = answer(field, example.data)

    assert stored == example.stored
    assert json.loads(json.dumps(stored)) == stored


@pytest.mark.parametrize("name", [name for name in ASKED if not FIELDS[name].takes_files])
def test_a_sample_answer_is_a_good_one(name: str) -> None:
    field, kind = example_field(name), FIELDS[name]

    for seed in range(20):
        sample = kind.sample(field, Random(seed))  # noqa: S311 (samples are no secrets)
        assert sample == kind.sample(field, Random(seed))  # noqa: S311
        stored = answer(field, sample)
        assert stored is not None
        assert kind.display(field, stored)


@pytest.mark.parametrize("name", ASKED)
def test_a_stored_answer_is_shown_and_stored_again_unchanged(name: str) -> None:
    field, kind = example_field(name), FIELDS[name]
    stored = kind.example.stored

    form_field = kind.form_field(field)
    initial = kind.from_json(field, stored)
    if kind.takes_files:
        initial = [Upload(key) for key in stored]
    html = str(OneQuestion(field, initial=initial)[NAME].as_field_group())

    assert kind.to_json(field, form_field.clean(form_field.prepare_value(initial))) == stored
    assert html


@pytest.mark.parametrize("name", ASKED)
def test_a_missing_answer_is_absent_or_asked_for(name: str) -> None:
    field, kind = example_field(name), FIELDS[name]
    optional = kind.form_field(field, required=False)
    required = kind.form_field(field, required=True)
    nothing = typed(kind, optional, kind.example.empty)

    assert kind.to_json(field, optional.clean(nothing)) is None
    with pytest.raises(ValidationError) as refused:
        required.clean(nothing)
    assert refused.value.error_list[0].code == "required"
    assert refused.value.messages[0].endswith(".")


@pytest.mark.parametrize("name", ASKED)
def test_a_wrong_answer_is_refused_with_a_sentence(name: str) -> None:
    field, example = example_field(name), FIELDS[name].example

    assert example.wrong
    for ends in example.wrong:
        with pytest.raises(ValidationError) as refused:
            answer(field, ends)
        for message in refused.value.messages:
            assert message.endswith(".")
            assert "%(" not in message


@pytest.mark.parametrize("name", ASKED)
def test_the_editors_own_sentence_is_said_instead(name: str) -> None:
    field = field_of(name, {**FIELDS[name].example.settings, "error": "Så här skriver vi."})
    if not field["error"]:
        pytest.skip("this kind has no sentence of its own")

    for ends in (*FIELDS[name].example.wrong, FIELDS[name].example.empty):
        try:
            answer(field, ends)
        except ValidationError as refused:
            said = refused.messages
        else:
            said = ["Så här skriver vi."]
        personal = "personnummer" in said[0] or "personal identity" in said[0]
        assert said == ["Så här skriver vi."] or personal


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("name", ASKED)
def test_hostile_text_neither_breaks_nor_comes_alive(name: str, hostile: str) -> None:
    field, kind = example_field(name), FIELDS[name]
    ends = {end: [hostile] if isinstance(value, list) else hostile for end, value in kind.example.data.items()}
    if "-count" in ends:
        ends["-count"] = "2"

    try:
        stored = answer(field, ends)
    except ValidationError:
        stored = None
    html = OneQuestion(field, data=posted(ends))[NAME].as_field_group()
    shown = kind.display_html(field, stored) if stored is not None else ""

    assert "<script" not in html
    assert "<script" not in shown
    text = json.dumps(stored, ensure_ascii=False)
    assert text == clean_text(text)
    text.encode("utf-8")


@pytest.mark.parametrize("name", KINDS)
def test_people_read_what_the_example_says(name: str) -> None:
    field, kind = example_field(name), FIELDS[name]

    assert kind.display(field, kind.example.stored) == kind.example.display
    assert kind.display(field, None) == ""
    Markup(str(kind.display_html(field, kind.example.stored)))
    Markup(str(kind.display_html(field, None)))


@pytest.mark.parametrize("name", KINDS)
def test_exports_get_one_cell_per_column(name: str) -> None:
    field, kind = example_field(name), FIELDS[name]
    columns = kind.columns(field)

    assert kind.cells(field, kind.example.stored) == list(kind.example.cells)
    assert len(columns) == len(kind.example.cells) == len(kind.cells(field, None))
    assert all(cell is None for cell in kind.cells(field, None))
    assert len({column.key for column in columns}) == len(columns)
    assert all(column.key.startswith(field["id"]) for column in columns)
    assert all(column.label for column in columns)
    for row in kind.row_cells(field, kind.example.stored):
        assert len(row) == len(kind.row_columns(field))
    fitting = {
        "text": str,
        "number": (int, Decimal),
        "money": Decimal,
        "date": date,
        "boolean": bool,
    }
    for column, cell in zip(columns, kind.cells(field, kind.example.stored), strict=True):
        assert cell is None or isinstance(cell, fitting[column.type])


@pytest.mark.parametrize("name", KINDS)
def test_expressions_see_the_value_by_its_name(name: str) -> None:
    from forms import expressions

    field, kind = example_field(name), FIELDS[name]
    seen = kind.expression_name(field)
    if seen is None:
        assert kind.expression_value(field, kind.example.stored) == kind.example.stored
        return
    is_rows = seen.type == expressions.Type.ROWS
    source = "count(fraga)" if is_rows else "answered(fraga)"

    compiled = expressions.compile(source, {"fraga": seen})
    value = compiled.evaluate({field["id"]: kind.expression_value(field, kind.example.stored)}, today=date(2026, 1, 1))

    assert value == (Decimal(1) if is_rows else True)


@pytest.mark.parametrize("name", KINDS)
def test_what_is_kept_when_personal_data_go_is_a_value_of_the_kind(name: str) -> None:
    field, kind = example_field(name), FIELDS[name]

    kept = kind.redact(field, kind.example.stored)

    if kept is not None:
        kind.display(field, kept)
        kind.cells(field, kept)
    if kind.personal:
        assert kept is None


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_an_xlsform_type_and_known_statistics(name: str) -> None:
    field, kind = example_field(name), FIELDS[name]

    assert kind.xlsform(field)["type"]
    assert set(kind.statistics(field)) <= {"answered", "distribution", "sum", "mean", "range"}


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("state", ["empty", "answered", "wrong"])
def test_the_markup_is_what_a_screen_reader_needs(name: str, state: str) -> None:
    kind = FIELDS[name]
    help_text = {} if name == "consent" else {"help": "Skriv kort."}
    field = field_of(name, {**kind.example.settings, **help_text})
    stored = kind.example.stored if state == "answered" else None
    initial = kind.from_json(field, stored)
    if kind.takes_files:
        initial = [Upload(key) for key in stored or ()]
    data = posted(kind.example.empty) if state == "wrong" else None

    bound = OneQuestion(field, data=data, initial=initial)[NAME]
    markup = Markup(bound.as_field_group())

    assert len(set(markup.ids)) == len(markup.ids)
    labels = {attrs["for"] for attrs in markup.all("label")}
    for control in markup.all("input", "select", "textarea"):
        if control.get("type") == "hidden":
            continue
        named = set((control.get("aria-labelledby") or "-").split()) <= set(markup.ids)
        assert control.get("id") in labels or control.get("aria-label") or named
        for described in (control.get("aria-describedby") or "").split():
            assert described in markup.ids
    for label in labels:
        assert label in markup.ids
    for fieldset in markup.all("fieldset"):
        assert markup.all("legend")
        for described in (fieldset.get("aria-describedby") or "").split():
            assert described in markup.ids
    assert bound.id_for_label in markup.ids
    if state == "wrong":
        assert f"{bound.auto_id}_error" in markup.ids
        described = [attrs.get("aria-describedby") or "" for _tag, attrs in markup.elements]
        assert any(f"{bound.auto_id}_error" in text.split() for text in described)
        assert any(attrs.get("aria-invalid") == "true" for _tag, attrs in markup.elements)
    if help_text:
        described = [attrs.get("aria-describedby") or "" for _tag, attrs in markup.elements]
        assert any(f"{bound.auto_id}_helptext" in text.split() for text in described)
    assert "style=" not in bound.as_field_group()
    assert all(not key.startswith("on") for _tag, attrs in markup.elements for key in attrs)


@pytest.mark.parametrize("name", [name for name in KINDS if not FIELDS[name].asks])
def test_what_nobody_answers_is_shown(name: str) -> None:
    field, kind = example_field(name), FIELDS[name]

    Markup(str(kind.html(field, kind.example.stored)))

    assert kind.html(field, None)


# --- some kinds in particular ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12 500,50", "12500.50"),
        ("12\u00a0500", "12500"),
        ("12500.5", "12500.5"),
        ("1.250.000,25", "1250000.25"),
        ("1,250,000.25", "1250000.25"),
        ("−3", "-3"),
        ("0", "0"),
    ],
)
def test_numbers_are_read_as_swedes_type_them(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


def test_a_thousands_point_is_refused_rather_than_guessed() -> None:
    field = field_of("money", {"label": "Belopp", "ore": True})

    with pytest.raises(ValidationError):
        answer(field, {"": "12.500"})


def test_pasting_a_whole_date_into_the_first_part_works() -> None:
    field = example_field("date")

    assert answer(field, {"-year": "2026-03-01", "-month": "", "-day": ""}) == "2026-03-01"


def test_a_row_is_added_and_removed_without_javascript() -> None:
    field = example_field("table")
    widget = FIELDS["table"].form_field(field).widget
    two = {"-count": "2", "-0-kostnad": "Lokal", "-0-belopp": "1", "-1-kostnad": "Resor", "-1-belopp": "2"}

    added = widget.value_from_datadict(posted(two, **{"add-row": NAME}), {}, NAME)
    removed = widget.value_from_datadict(posted(two, **{"remove-row": f"{NAME}-0"}), {}, NAME)

    assert added == [
        {"kostnad": "Lokal", "belopp": "1"},
        {"kostnad": "Resor", "belopp": "2"},
        {"kostnad": "", "belopp": ""},
    ]
    assert removed == [{"kostnad": "Resor", "belopp": "2"}]


def test_a_table_says_which_cell_is_wrong_and_marks_it() -> None:
    field = example_field("table")
    data = posted({"-count": "2", "-0-kostnad": "Lokal", "-0-belopp": "1", "-1-kostnad": "Resor", "-1-belopp": "x"})

    form = OneQuestion(field, data=data)
    html = form[NAME].as_field_group()

    assert [message.startswith("Rad 2, Belopp: ") for message in form.errors[NAME]] == [True]
    wrong = [attrs["name"] for attrs in Markup(html).all("input") if attrs.get("aria-invalid")]
    assert wrong == [f"{NAME}-1-belopp"]


def test_a_table_shows_sums_of_columns_and_rows() -> None:
    columns = [
        {"label": "År 1", "type": "money", "name": "ar1", "required": False, "total": True},
        {"label": "År 2", "type": "money", "name": "ar2", "required": False, "total": True},
    ]
    field = field_of("table", {"label": "Budget", "columns": columns, "row_sums": True})
    kind = FIELDS["table"]
    stored = [{"ar1": "100", "ar2": "200"}, {"ar1": "50"}]

    assert kind.cells(field, stored) == [2, Decimal(150), Decimal(200)]
    assert kind.row_cells(field, stored) == [
        [Decimal(100), Decimal(200), Decimal(300)],
        [Decimal(50), None, Decimal(50)],
    ]
    shown = kind.display_html(field, stored)
    for amount in ("150\xa0kr", "200\xa0kr", "300\xa0kr", "350\xa0kr"):
        assert amount in shown


def test_text_is_cleaned_of_what_breaks_files() -> None:
    assert clean_text("a\x00b\x85c\r\nd\te\ud800\ufdd0\U0001fffe") == "ab\nc\nd\te"
    assert clean_line(" a \n\t b ") == "a b"


# --- random answers -------------------------------------------------------------------------------

TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=60) | st.text(string.printable, max_size=60)


def _typed_at_random(name: str, draw: Any) -> Mapping[str, Any]:
    example = FIELDS[name].example
    number = st.integers(-10, 6000).map(str) | st.decimals(-10, 10**13, places=2, allow_nan=False).map(str)
    plain = {
        "whole_number": number,
        "money": number | number.map(lambda text: text.replace(".", ",")),
        "one_of": st.sampled_from(["individ", "struktur", "", "annat"]),
        "several_of": st.lists(st.sampled_from(["eksjo", "nassjo", "vetlanda", "none", "x"]), max_size=5),
        "yes_no": st.sampled_from(["yes", "no", "", "ja"]),
        "consent": st.sampled_from(["on", ""]),
        "organisation_number": st.integers(10**9, 10**10 - 1).map(str),
        "phone": st.integers(0, 10**11).map(lambda value: f"0{value}"),
        "files": st.lists(st.uuids().map(str), max_size=3),
    }
    if name == "date":
        day = draw(st.dates(date(2015, 1, 1), date(2045, 1, 1)))
        return {"-year": str(day.year), "-month": str(day.month), "-day": str(day.day)}
    if name == "table":
        rows = draw(st.lists(st.tuples(TEXT, number), max_size=4))
        ends = {"-count": str(len(rows))}
        for index, (cost, amount) in enumerate(rows):
            ends |= {f"-{index}-kostnad": cost, f"-{index}-belopp": amount}
        return ends
    return {end: draw(plain.get(name, TEXT)) for end in example.data}


@pytest.mark.parametrize("name", ASKED)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_accepted_comes_back_the_same(name: str, data: Any) -> None:
    field, kind = example_field(name), FIELDS[name]
    form_field = kind.form_field(field, required=False)
    ends = _typed_at_random(name, data.draw)
    try:
        stored = kind.to_json(field, form_field.clean(typed(kind, form_field, ends)))
    except ValidationError:
        return

    stored = json.loads(json.dumps(stored))

    initial = form_field.prepare_value(kind.from_json(field, stored))
    assert kind.to_json(field, form_field.clean(initial)) == stored
    kind.display(field, stored)
    kind.display_html(field, stored)
    assert len(kind.cells(field, stored)) == len(kind.columns(field))


ANYTHING = (
    TEXT
    | st.sampled_from(["", "0", "1", "2", "3", "4", "on", "other", "none", "unknown", "2026", "2026-03-01", "99999999"])
    | st.integers(-(10**20), 10**20).map(str)
)
ENDINGS = st.sampled_from(["", "-other", "-count", "-0", "-year", "-from-year", "-x-ok", "-" * 5, "-\x00"])


@pytest.mark.parametrize("name", [name for name in ASKED if not FIELDS[name].takes_files])
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_anything_posted_is_refused_or_stored_so_that_it_cleans_to_itself(name: str, data: Any) -> None:
    """Lists where texts are meant, texts where lists are, names that no page has: a sentence, or a good answer."""
    field, kind = example_field(name), FIELDS[name]
    form_field = kind.form_field(field, required=False)
    sample = kind.sample(field, Random(data.draw(st.integers(0, 50))))  # noqa: S311
    known = st.sampled_from(sorted({*sample, *kind.example.data, ""}))
    hurt = data.draw(st.dictionaries(known | ENDINGS, ANYTHING | st.lists(ANYTHING, max_size=4), max_size=6))
    ends = {**(sample if data.draw(st.booleans()) else {}), **hurt}

    try:
        stored = kind.to_json(field, form_field.clean(typed(kind, form_field, ends)))
    except ValidationError:
        assert OneQuestion(field, data=posted(ends))[NAME].as_field_group()
        return

    stored = json.loads(json.dumps(stored))
    form_field = kind.form_field(field, required=False)
    again = kind.to_json(field, form_field.clean(form_field.prepare_value(kind.from_json(field, stored))))
    assert again == stored
    html = str(OneQuestion(field, initial=kind.from_json(field, stored))[NAME].as_field_group())
    assert html
    kind.display(field, stored)
    kind.expression_value(field, stored)
    kind.redact(field, stored)
    assert len(kind.cells(field, stored)) == len(kind.columns(field))
