"""From draft to version: the same draft gives the same JSON, with ids, names and order that hold."""

import json
import subprocess
import sys
from typing import Any

import pytest

from forms.compile import Draft, compile_form
from forms.models import ChoiceList, ChoiceListOption, Form
from forms.names import readable_name
from tests.forms.forms_in_tests import association, block_id, edited, make_form, page, question

pytestmark = pytest.mark.django_db

DIRECTIONS = [{"label": "Individ"}, {"label": "Struktur"}]
BUDGET = [
    {"label": "Kostnad", "type": "short_text"},
    {"label": "Belopp", "type": "money", "total": True},
]


def application(**values: Any) -> Form:
    """A small application: what is asked for depends on the direction, the amount is worked out."""
    return make_form(
        page(
            "Inriktning",
            question("one_of", "Inriktning", choices=DIRECTIONS),
            question("whole_number", "Antal deltagare", shown_if='inriktning = "individ"'),
        ),
        page(
            "Budget",
            question("computed", "Sökt belopp", expression="sum(budget.belopp) - annan_finansiering", unit="kr"),
            question("table", "Budget", columns=BUDGET),
            question("money", "Annan finansiering", required=False),
        ),
        **values,
    )


def test_names_come_from_labels_and_are_unique() -> None:
    assert readable_name("Sökt belopp (kr)") == "sokt_belopp_kr"
    assert readable_name("Namn", {"namn"}) == "namn_2"
    assert readable_name("not") == "not_2"
    assert readable_name("2026 års budget") == "question_2026_ars_budget"
    assert readable_name("???", fallback="page") == "page"
    assert len(readable_name("x" * 200)) == 40


def test_an_application_compiles_to_what_the_runtime_reads() -> None:
    compiled = json.loads(json.dumps(application(contact_name_field="inriktning").compile()))

    first, second = compiled["pages"]
    assert compiled["format"] == 1
    assert compiled["title"] == "Ansökan"
    assert compiled["texts"]["privacy"] == "Vi sparar uppgifterna i två år."
    assert compiled["contact"] == {"email": None, "name": block_id("Inriktning")}
    assert [first["name"], second["name"]] == ["inriktning", "budget"]
    assert [field["name"] for field in first["fields"]] == ["inriktning", "antal_deltagare"]
    assert first["fields"][1]["shown_if"] == {
        "ast": ["=", ["name", block_id("Inriktning"), "text"], ["text", "individ"]],
        "type": "boolean",
    }
    assert [choice["key"] for choice in first["fields"][0]["settings"]["choices"]] == ["individ", "struktur"]
    assert [column["name"] for column in second["fields"][1]["settings"]["columns"]] == ["kostnad", "belopp"]
    assert second["fields"][0]["settings"]["calculation"]["ast"][0] == "round"


def test_what_is_worked_out_comes_after_what_it_needs() -> None:
    order = application().compile()["order"]

    assert set(order) == {
        block_id(label) for label in ("Inriktning", "Antal deltagare", "Sökt belopp", "Budget", "Annan finansiering")
    }
    assert order.index(block_id("Sökt belopp")) > order.index(block_id("Budget"))
    assert order.index(block_id("Sökt belopp")) > order.index(block_id("Annan finansiering"))
    assert order.index(block_id("Antal deltagare")) > order.index(block_id("Inriktning"))


def test_the_same_draft_compiles_to_the_same_json() -> None:
    form = application()
    first = json.dumps(compile_form(Form.objects.get(pk=form.pk)))

    assert json.dumps(compile_form(form)) == first
    assert json.dumps(compile_form(form.latest_revision.as_object())) == first


def test_the_order_does_not_depend_on_the_hash_seed() -> None:
    names = [f"q{number}" for number in range(30)]
    code = (
        "from forms.expressions import order; "
        f"print(order({{'sum': sorted({{*{names!r}}}), **{{name: [] for name in {names!r}}}}}))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ".:site"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(seen) == 1


def test_names_are_kept_when_labels_change() -> None:
    form = application()
    draft = form.get_latest_revision_as_object()
    draft.fill_names()
    draft.save_revision(clean=False)

    form = Form.objects.get(pk=form.pk)
    draft = form.get_latest_revision_as_object()
    draft.questions[0].value["questions"][0].value["label"] = "Vad ansökan gäller"
    choice = draft.questions[0].value["questions"][0].value["choices"][0]
    choice["label"] = "Enskilda personer"
    compiled = draft.compile()

    field = compiled["pages"][0]["fields"][0]
    assert (field["id"], field["name"], field["label"]) == (block_id("Inriktning"), "inriktning", "Vad ansökan gäller")
    assert field["settings"]["choices"][0]["key"] == "individ"
    assert field["settings"]["choices"][0]["label"] == "Enskilda personer"


def test_a_choice_list_is_copied_into_the_version() -> None:
    collection = association()
    parties = ChoiceList(title="Parter", collection=collection)
    parties.options = [
        ChoiceListOption(label="Försäkringskassan", sort_order=0),
        ChoiceListOption(label="Region", key="region", sort_order=1),
    ]
    parties.save()
    form = make_form(page("Part", question("one_of", "Part", choice_list=parties.pk)), collection=collection)

    choices = form.compile()["pages"][0]["fields"][0]["settings"]["choices"]

    assert [(choice["key"], choice["label"]) for choice in choices] == [
        ("forsakringskassan", "Försäkringskassan"),
        ("region", "Region"),
    ]


def test_an_unfinished_draft_still_compiles_for_the_preview() -> None:
    form = make_form(
        page("", question("one_of", "Val"), question("computed", "Summa", expression="1 +"), question("content")),
        page("Tom", shown_if="nonsense ("),
    )

    compiled = form.compile()

    assert [len(one["fields"]) for one in compiled["pages"]] == [3, 0]
    assert compiled["pages"][1]["shown_if"] is None


def test_a_draft_with_a_circle_still_compiles_for_the_preview() -> None:
    form = make_form(
        page(
            "En",
            question("yes_no", "A", name="a", shown_if="b"),
            question("yes_no", "B", name="b", shown_if="a"),
        )
    )

    assert form.compile()["order"] == [block_id("a"), block_id("b")]


def test_nothing_is_lost_between_draft_and_revision() -> None:
    form = edited(application(), title="Ansökan 2")

    assert form.get_latest_revision_as_object().title == "Ansökan 2"
    assert len(Draft(form.get_latest_revision_as_object()).questions) == 5
