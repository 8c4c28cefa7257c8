"""What stands in the way of publishing: each problem at its place, with a cure."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation
from django.utils.datastructures import MultiValueDict

from forms.actions.form import publish_form
from forms.definition import LintFailed
from forms.fields import FIELDS
from forms.kinds import Problem
from forms.models import ChoiceList, ChoiceListOption, Form, FormSettings
from forms.runtime import FormRuntime
from tests.forms.forms_in_tests import association, block_id, edited, make_form, page, question

pytestmark = pytest.mark.django_db

TWO = [{"label": "Individ"}, {"label": "Struktur"}]
COLUMNS = [{"label": "Kostnad", "type": "short_text"}, {"label": "Belopp", "type": "money"}]


def found(form: Form) -> list[tuple[str, str, str]]:
    """Code, block and setting of every problem."""
    return [(problem.code, problem.block_id, problem.setting) for problem in form.problems()]


def lint(*questions: dict[str, Any], **values: Any) -> list[tuple[str, str, str]]:
    """The problems of a form with one page."""
    return found(make_form(page("Sida", *questions), **values))


def test_a_good_form_has_no_problems() -> None:
    assert lint(question("short_text", "Namn"), question("one_of", "Val", choices=TWO)) == []


@pytest.mark.parametrize("name", list(FIELDS))
def test_every_kind_has_an_example_without_errors(name: str) -> None:
    stored = question(name, **{"name": "fraga", **FIELDS[name].example.settings})
    beside = [] if FIELDS[name].asks else [question("short_text", "Namn")]

    form = make_form(page("Sida", stored, *beside))
    # A picture is chosen, and personal numbers are allowed, in each association: no example can.
    beyond = {"no_picture", "personal_numbers_off"}
    assert [found for found in form.problems() if found.is_error and found.code not in beyond] == []


# --- shape --------------------------------------------------------------------------------------------


def test_a_form_needs_pages_questions_and_something_on_each_page() -> None:
    assert found(make_form()) == [("no_pages", "", "questions")]
    assert ("no_questions", "", "questions") in lint(question("content", heading="Hej"))
    assert found(make_form(page("En", question("short_text", "Namn")), page("Tom"))) == [
        ("empty_page", block_id("page", "Tom"), "")
    ]


def test_what_is_required_of_a_block_is_asked_for_without_the_editor_too() -> None:
    assert ("invalid", block_id("short_text"), "label") in lint(question("short_text"))


def test_what_is_required_of_the_form_is_asked_for_without_the_editor_too() -> None:
    form = make_form(page("Sida", question("short_text", "Namn")))
    form.title = ""

    assert ("invalid_setting", "", "title") in found(form)


def test_a_form_does_not_close_before_it_opens() -> None:
    now: datetime = timezone.now()

    assert ("closes_before_opening", "", "closes_at") in lint(
        question("short_text", "Namn"), opens_at=now, closes_at=now - timedelta(days=1)
    )


# --- names and labels ---------------------------------------------------------------------------------


def test_names_are_unique_and_such_that_expressions_can_use_them() -> None:
    assert lint(question("short_text", "Namn", name="namn"), question("short_text", "Efternamn", name="namn")) == [
        ("same_name", block_id("namn"), "name")
    ]
    assert ("bad_name", block_id("Ditt Namn"), "name") in lint(question("short_text", "Namn", name="Ditt Namn"))


def test_the_same_question_twice_is_an_error_on_a_page_and_a_hint_across_pages() -> None:
    first, second = question("short_text", "Namn", name="a"), question("short_text", "Namn", name="b")

    same_page = make_form(page("Sida", first, second)).problems()
    other_page = make_form(page("Sida", first), page("Annan", second)).problems()

    assert [(problem.code, problem.level) for problem in same_page] == [("same_label", "error")]
    assert [(problem.code, problem.level) for problem in other_page] == [("same_label", "warning")]


def test_two_pages_have_different_titles() -> None:
    form = make_form(page("Sida", question("short_text", "A")), page("Sida", question("short_text", "B")))

    assert ("same_title", block_id("page", "Sida"), "title") in found(form)


# --- options and columns ------------------------------------------------------------------------------


def test_options_exist_and_differ() -> None:
    assert ("no_options", block_id("Val"), "choices") in lint(question("one_of", "Val"))
    alike = question("one_of", "Val", choices=[{"label": "Ja", "key": "a"}, {"label": "ja", "key": "b"}])
    assert lint(alike) == [("same_option", "b", "label")]
    one_key = question("one_of", "Val", choices=[{"label": "Ja", "key": "a"}, {"label": "Nej", "key": "a"}])
    assert lint(one_key) == [("same_key", "a", "key")]
    bad = question("one_of", "Val", choices=[{"label": "Ja", "key": "Ja!"}, {"label": "Nej", "key": "nej"}])
    assert lint(bad) == [("bad_key", "Ja!", "key")]


def test_a_published_key_does_not_change() -> None:
    form = make_form(page("Sida", question("one_of", "Val", choices=TWO)))
    form.latest_revision.publish()
    draft = Form.objects.get(pk=form.pk)
    draft.questions[0].value["questions"][0].value["choices"][0]["key"] = "person"

    assert [problem.code for problem in draft.problems()] == ["key_changed"]
    assert "individ" in str(draft.problems()[0].sentence)


def test_a_choice_list_has_options_and_lies_within_reach() -> None:
    here, elsewhere = association(), association("Södra Lappland")
    empty = ChoiceList.objects.create(title="Parter", collection=here)
    foreign = ChoiceList(title="Parter", collection=elsewhere)
    foreign.options = [ChoiceListOption(label="Region", sort_order=0)]
    foreign.save()

    assert lint(question("one_of", "Val", choice_list=empty.pk), collection=here) == [
        ("no_options", block_id("Val"), "choice_list")
    ]
    assert lint(question("one_of", "Val", choice_list=foreign.pk), collection=here) == [
        ("list_of_another", block_id("Val"), "choice_list")
    ]


def test_numbers_that_no_answer_can_meet_are_found() -> None:
    several = {"choices": [{"label": "A"}, {"label": "B"}], "required": False}
    worked_out = question("whole_number", "Längst", name="langst", smallest=5, largest_from="3")
    crossed = [
        question("whole_number", "Antal", smallest=5, largest=1),
        question("money", "Belopp", smallest="5", largest="1"),
        question("date", "Dag", earliest="2026-02-01", latest="2026-01-01"),
        question("several_of", "Fler", **several, fewest=3),
        question("several_of", "Flest", **several, fewest=2, most=1),
        question("table", "Rader", columns=COLUMNS, min_rows=4, max_rows=2),
    ]

    assert [code for code, _block, _setting in lint(*crossed)] == ["limits_crossed"] * 6
    assert lint(worked_out) == [("limits_exclude", block_id("langst"), "largest_from")]


@pytest.mark.parametrize("kind", ["whole_number", "decimal", "money", "percent"])
def test_a_limit_that_is_worked_out_speaks_of_earlier_numbers(kind: str) -> None:
    cost, name = question("money", "Kostnad"), question("short_text", "Namn", required=False)
    limited = question(kind, "Sökt", smallest_from="kostnad / 10", largest_from="kostnad")

    def wrong(**limits: str) -> list[tuple[str, str, str]]:
        return lint(cost, name, question(kind, "Sökt", **limits))

    assert lint(cost, limited) == []
    assert wrong(largest_from="kostnaden") == [("unknown_name_near", block_id("Sökt"), "largest_from")]
    assert wrong(smallest_from="namn") == [("bad_result", block_id("Sökt"), "smallest_from")]
    assert wrong(largest_from="sokt * 2") == [("limits_itself", block_id("Sökt"), "largest_from")]
    assert found(make_form(page("Först", limited), page("Sedan", cost))) == [
        ("looks_ahead", block_id("Sökt"), "smallest_from"),
        ("looks_ahead", block_id("Sökt"), "largest_from"),
    ]


def test_a_table_has_columns_and_fits_in_a_browser() -> None:
    assert ("no_columns", block_id("Rader"), "columns") in lint(question("table", "Rader"))
    wide = [{"label": f"K{number}", "type": "short_text"} for number in range(20)]
    assert ("too_many_cells", block_id("Bred"), "max_rows") in lint(
        question("table", "Bred", columns=wide, max_rows=100)
    )
    alike = [{"label": "A", "type": "short_text", "name": "a"}, {"label": "a", "type": "money", "name": "a"}]
    assert [code for code, _block, _setting in lint(question("table", "Lika", columns=alike))] == [
        "same_column",
        "same_name",
    ]


# --- conditions and calculations ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ('val = "individ', "unclosed_text"),
        ("vall = 1", "unknown_name_near"),
        ('val = "annat"', "unknown_choice"),
        ("antal", "bad_result"),
        ("antal > ", "unexpected_end"),
    ],
)
def test_a_condition_that_cannot_be_read_is_explained_where_it_stands(source: str, code: str) -> None:
    problems = lint(
        question("one_of", "Val", choices=TWO),
        question("whole_number", "Antal"),
        question("short_text", "Namn", shown_if=source),
    )

    assert [(found_code, block, setting) for found_code, block, setting in problems] == [
        (code, block_id("Namn"), "shown_if")
    ]


def test_a_calculation_must_give_a_number() -> None:
    problems = lint(question("short_text", "Namn"), question("computed", "Summa", expression="namn"))

    assert problems == [("bad_result", block_id("Summa"), "expression")]


def test_conditions_look_back_never_ahead() -> None:
    form = make_form(
        page("Först", question("short_text", "Namn", shown_if="senare"), shown_if="senare"),
        page("Sedan", question("yes_no", "Senare")),
    )

    assert found(form) == [
        ("looks_ahead", block_id("page", "Först"), "shown_if"),
        ("looks_ahead", block_id("Namn"), "shown_if"),
    ]


def test_a_condition_looks_no_further_ahead_through_a_computed_value() -> None:
    form = make_form(
        page(
            "Först",
            question("computed", "Summa", expression="belopp * 2"),
            question("short_text", "Namn", shown_if="summa > 10"),
        ),
        page("Sedan", question("money", "Belopp")),
    )

    assert found(form) == [("looks_ahead", block_id("Namn"), "shown_if")]


def test_a_page_is_not_shown_by_its_own_question() -> None:
    form = make_form(page("Sida", question("yes_no", "Vill du"), shown_if="vill_du"))

    assert ("looks_ahead", block_id("page", "Sida"), "shown_if") in found(form)


def test_circles_are_found_and_spelled_out() -> None:
    form = make_form(
        page(
            "Sida",
            question("computed", "A", name="a", expression="b + 1"),
            question("computed", "B", name="b", expression="a + 1"),
            question("short_text", "Namn"),
        )
    )

    problems = [problem for problem in form.problems() if problem.code == "cycle"]
    assert {(problem.block_id, problem.setting) for problem in problems} == {
        (block_id("a"), "expression"),
        (block_id("b"), "expression"),
    }
    assert "“A” → “B”" in str(problems[0].sentence) or "“B” → “A”" in str(problems[0].sentence)


def test_what_is_never_shown_is_an_error_and_what_always_is_a_hint() -> None:
    problems = make_form(
        page(
            "Sida",
            question("short_text", "Aldrig", shown_if="1 = 2"),
            question("short_text", "Alltid", shown_if="1 = 1"),
            question("short_text", "I tid", shown_if='today() < date("2030-01-01")'),
        )
    ).problems()

    assert [(problem.code, problem.level) for problem in problems] == [
        ("never_shown", "error"),
        ("always_shown", "warning"),
    ]


# --- privacy and receipt ------------------------------------------------------------------------------


def test_personal_data_need_a_text_about_them() -> None:
    ticked = lint(question("short_text", "Namn", personal=True), privacy_text="")
    by_nature = lint(question("phone", "Telefon"), privacy_text=" ")
    nothing_personal = lint(question("short_text", "Stad"), privacy_text="")

    assert ticked == by_nature == [("no_privacy_text", "", "privacy_text")]
    assert nothing_personal == []


@pytest.mark.parametrize("coordination", [True, False])
def test_personal_identity_numbers_are_asked_for_only_where_the_association_allows_it(coordination: bool) -> None:
    here, elsewhere = association(), association("Södra Lappland")
    FormSettings.objects.create(collection=elsewhere, allow_personal_numbers=True)
    number = question("personal_number", "Personnummer", coordination=coordination)

    refused = make_form(page("Sida", number), collection=here)
    with pytest.raises(LintFailed):
        publish_form(form=refused)
    allowed = make_form(page("Sida", number), collection=elsewhere)

    assert found(refused) == [("personal_numbers_off", block_id("Personnummer"), "")]
    assert refused.versions.count() == 0
    assert publish_form(form=allowed).number == 1


def test_coordination_numbers_are_taken_only_where_the_question_takes_them() -> None:
    here = association()
    FormSettings.objects.create(collection=here, allow_personal_numbers=True)
    form = make_form(
        page(
            "Sida",
            question("personal_number", "Båda", name="bada", coordination=True),
            question("personal_number", "Bara personnummer", name="bara", coordination=False, required=False),
        ),
        collection=here,
    )
    runtime = FormRuntime(publish_form(form=form).compiled)
    number, coordination = "811228-9874", "811288-9871"

    def errors(**typed: str) -> list[str]:
        data = MultiValueDict({f"q-{name}": [text] for name, text in typed.items()})
        return list(runtime.page_form(runtime.pages[0], {}, data).errors)

    assert errors(bada=number, bara=number) == []
    assert errors(bada=coordination) == []
    assert errors(bada=number, bara=coordination) == [block_id("bara")]


def test_an_application_needs_an_address_for_its_receipt() -> None:
    name, email = question("short_text", "Namn"), question("email", "E-post")
    optional = question("email", "E-post", required=False)

    assert lint(name, purpose="application") == [("no_address", "", "contact_email_field")]
    assert lint(name, email, purpose="application", contact_email_field="e_post") == []
    assert lint(name, purpose="application", contact_email_field="namn") == [
        ("not_an_address", "", "contact_email_field")
    ]
    assert lint(name, optional, purpose="application", contact_email_field="e_post") == [
        ("address_optional", block_id("E-post"), "required")
    ]
    assert lint(name, optional, purpose="contact", contact_email_field="e_post") == []
    assert lint(name, contact_email_field="epost", contact_name_field="vem") == [
        ("no_such_question", "", "contact_email_field"),
        ("no_such_question", "", "contact_name_field"),
    ]


# --- words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_problem_is_a_whole_sentence_in_both_languages(language: str) -> None:
    form = make_form(
        page(
            "Sida",
            question("one_of", "Val", shown_if="1 = 2"),
            question("table", "Rader"),
            question("content"),
            question("computed", "Summa", expression="summa"),
            question("email", "E-post", name="E"),
        ),
        page("Tom"),
        purpose="application",
        privacy_text="",
    )

    with translation.override(language):
        problems: list[Problem] = form.problems()
        sentences = [str(problem.sentence) for problem in problems]

    assert len(sentences) > 8
    assert all(sentence.endswith(".") and "%(" not in sentence for sentence in sentences)


def test_the_lint_of_an_edited_draft_is_that_of_the_draft() -> None:
    form = edited(make_form(page("Sida", question("short_text", "Namn"))), page("Tom"))

    assert found(form) == []
    assert ("empty_page", block_id("page", "Tom"), "") in found(form.get_latest_revision_as_object())
