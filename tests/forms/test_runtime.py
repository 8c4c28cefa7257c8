"""The runtime by itself: paths, clean answers, summaries, and answers nobody would give by hand."""

from datetime import date
from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.models import Form
from forms.runtime import FormRuntime
from records import canonical
from tests.forms.forms_in_tests import block_id, page, question

TODAY = date(2026, 3, 1)


def runtime(*pages: dict[str, Any]) -> FormRuntime:
    """The runtime of a form that is stored nowhere."""
    form = Form(title="Prov", slug="prov", questions=list(pages), privacy_text="Så används uppgifterna.")
    return FormRuntime(form.compile())


def chain() -> FormRuntime:
    """Each question is shown by the one before it, and the computed value by the last."""
    return runtime(
        page("Ett", question("yes_no", "A?", name="a"), question("yes_no", "B?", name="b", shown_if="a = true")),
        page("Två", question("whole_number", "C", name="c", shown_if="b = true"), shown_if="a = true"),
        page(
            "Tre",
            question("computed", "D", name="d", expression="c * 2", decimals=0),
            question("short_text", "E", name="e", shown_if="d > 10"),
        ),
    )


A, B, C, D, E = (block_id(name) for name in "abcde")


def test_conditions_and_calculations_are_worked_out_together() -> None:
    path = chain().path({A: True, B: True, C: 6, E: "ja"}, TODAY)

    assert path.answers == {A: True, B: True, C: 6, D: "12", E: "ja"}
    assert [page.number for page in path.pages] == [1, 2, 3]


def test_one_answer_changed_takes_everything_after_it_off_the_path() -> None:
    path = chain().path({A: False, B: True, C: 6, E: "ja"}, TODAY)

    assert path.answers == {A: False}
    assert [page.number for page in path.pages] == [1, 3]
    assert [question.id for question in path.questions] == [A, D]


def test_a_computed_value_is_never_taken_from_what_is_given() -> None:
    assert chain().path({A: True, B: True, C: 1, D: "999"}, TODAY).answers[D] == "2"


def test_a_page_without_anything_to_meet_is_passed_by() -> None:
    form = runtime(
        page("Ett", question("yes_no", "A?", name="a")),
        page("Två", question("short_text", "B", name="b", shown_if="a = true")),
    )

    assert [page.number for page in form.path({A: False}, TODAY).pages] == [1]
    assert [page.number for page in form.path({A: True}, TODAY).pages] == [1, 2]


def test_a_question_off_the_path_is_no_error() -> None:
    form = chain()

    asked = form.page_form(form.pages[0], {}, MultiValueDict({"q-a": ["no"], "q-b": [""]}))

    assert asked.is_valid
    assert asked.given == {A: False}


def test_the_summary_shows_what_is_met_also_when_it_is_empty() -> None:
    sections = chain().summary({A: True}, today=TODAY)

    assert [(section.title, [(row.label, row.display) for row in section.rows]) for section in sections] == [
        ("Ett", [("A?", "Ja"), ("B?", "")]),
        ("Tre", [("D", "")]),
    ]


def test_the_browser_is_given_only_what_lies_on_other_pages() -> None:
    form = chain()

    logic = form.logic(form.pages[2], {A: True, B: True, C: 6, E: "hemligt"})

    assert logic["answers"] == {A: True, B: True, C: 6}
    assert [question["id"] for question in logic["questions"]] == [A, B, C, D, E]
    assert form.logic(runtime(page("X", question("yes_no", "Y?"))).pages[0], {}) == {}


HOSTILE = [
    "",
    "\x00",
    "\ud800",
    "\u202e",
    "\ufffe",
    "=1+1",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "{% load %}",
    "null",
    "[]",
    '{"a": 1}',
    "9" * 400,
    "1e999",
    "NaN",
    "-0",
    "٣",
    "å" * 25_000,
    "2026-13-45",
    "on",
    "true",
]
HOSTILE_TEXT = st.one_of(st.text(max_size=60), st.sampled_from(HOSTILE))


def everything() -> FormRuntime:
    """One question of each ordinary sort, on one page."""
    columns = [
        {"label": "Vad", "type": "short_text", "name": "vad", "required": True},
        {"label": "Belopp", "type": "money", "name": "belopp", "required": True, "total": True},
        {"label": "Dag", "type": "date", "name": "dag", "required": False},
    ]
    choices = [{"label": "Ett", "key": "ett"}, {"label": "Två", "key": "tva"}]
    return runtime(
        page(
            "Allt",
            question("short_text", "A", name="a"),
            question("long_text", "B", name="b"),
            question("email", "C", name="c"),
            question("whole_number", "D", name="d"),
            question("money", "E", name="e"),
            question("date", "F", name="f"),
            question("one_of", "G", name="g", choices=choices),
            question("several_of", "H", name="h", choices=choices),
            question("yes_no", "I", name="i"),
            question("consent", "J", name="j", text="Ja"),
            question("table", "K", name="k", columns=columns, min_rows=1, max_rows=5, row_sums=False),
            question("computed", "L", name="l", expression="sum(k.belopp) + d", decimals=2),
            question("short_text", "M", name="m", shown_if="d > 10", required=False),
        )
    )


NAMES = [f"q-{letter}" for letter in "abcdeghijm"] + [
    "q-f-year", "q-f-month", "q-f-day", "q-k-count", "q-k-0-vad", "q-k-0-belopp", "q-k-1-dag", "q-k--1-vad", "q-k-x",
    "q-l", "q-", "q-a-", "add-row", "remove-row", "form-seen", "\x00", "q-a-\ud800",
]  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(NAMES), st.lists(HOSTILE_TEXT, min_size=1, max_size=3), max_size=12))
def test_whatever_is_posted_the_page_comes_back_and_what_is_kept_can_be_stored(data: dict[str, list[str]]) -> None:
    form = everything()
    sheet = form.pages[0]

    asked = form.page_form(sheet, {}, MultiValueDict(data))
    again = form.page_form(sheet, asked.given, raw=asked.raw)

    assert canonical.plain(asked.given) == asked.given
    assert canonical.plain(asked.raw) == asked.raw
    assert block_id("l") not in asked.given
    assert again.given == {key: value for key, value in asked.given.items() if key not in asked.errors}
    for shown in again.asked:
        html = str(shown.bound.as_field_group()) if shown.bound else shown.html
        assert "<script>alert" not in html
    form.summary(asked.given, today=TODAY)


@pytest.mark.parametrize("given_twice", [{}, {"q-a": ["x"]}])
def test_judging_a_page_twice_gives_the_same(given_twice: dict[str, list[str]]) -> None:
    form = everything()

    first, second = (form.page_form(form.pages[0], {}, MultiValueDict(given_twice)) for _time in range(2))

    assert (first.given, first.errors) == (second.given, second.errors)
