"""Logic as the one who fills in meets it: required if, rules across questions, dates from today, one pass in order."""

from datetime import date
from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from forms.actions.form import publish_form
from forms.compile import Draft
from forms.definition import LintFailed
from forms.lint import examples
from forms.models import Form
from forms.runtime import FormRuntime
from tests.forms.forms_in_tests import block_id, edited, make_form, page, question

TODAY = date(2026, 3, 1)
FROM_COST = {"smallest_from": "kostnad / 3 - 0.1667", "largest_from": "kostnad / 2"}
COST, APPLIED, WHY = (block_id(name) for name in ("kostnad", "sokt", "varfor"))


def rule(holds: str, message: str, **settings: str) -> dict[str, Any]:
    """A stored rule."""
    value = {"holds": holds, "message": message, "at": "", "level": "error", **settings}
    return {"type": "item", "value": value, "id": block_id("rule", holds)}


def money_form(**settings: Any) -> dict[str, Any]:
    """A page that asks for a cost, an amount and, when much is asked for, why."""
    return page(
        "Pengar",
        question("money", "Kostnad", name="kostnad"),
        question("money", "Sökt belopp", name="sokt", required=False),
        question("short_text", "Varför så mycket?", name="varfor", required=False, required_if="sokt > 1000"),
        **settings,
    )


def runtime(*pages: dict[str, Any]) -> FormRuntime:
    """The runtime of a form that is stored nowhere."""
    form = Form(title="Prov", slug="prov", questions=list(pages), privacy_text="Så används uppgifterna.")
    return FormRuntime(form.compile())


def said(form: FormRuntime, **typed: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Errors and warnings when the first page is posted."""
    data = MultiValueDict({f"q-{name}": [text] for name, text in typed.items()})
    asked = form.page_form(form.pages[0], {}, data, live=True)
    return asked.errors, dict(asked.warnings)


def test_a_question_is_required_only_when_its_condition_holds() -> None:
    form = runtime(money_form())

    little, _warnings = said(form, kostnad="500", sokt="500", varfor="")
    much, _warnings = said(form, kostnad="5000", sokt="5000", varfor="")

    assert little == {}
    assert list(much) == [WHY]
    assert [found.id for found, _said in form.problems(form.path({COST: "5000", APPLIED: "5000"}, TODAY))] == [WHY]


def test_a_broken_rule_says_its_own_sentence_where_it_should() -> None:
    too_much = rule("sokt <= kostnad", "Ni söker mer än det kostar.", at="kostnad")
    form = runtime(money_form(rules=[too_much]))

    errors, _warnings = said(form, kostnad="500", sokt="600")

    assert errors == {COST: ["Ni söker mer än det kostar."]}
    assert form.problems(form.path({COST: "500", APPLIED: "600"}, TODAY))[0][1] == ["Ni söker mer än det kostar."]


def test_a_rule_says_nothing_of_what_has_not_been_answered() -> None:
    form = runtime(money_form(rules=[rule("sokt <= kostnad", "Fel.")]))

    assert said(form, kostnad="500", sokt="") == ({}, {})


def test_a_warning_is_told_and_let_through() -> None:
    form = runtime(money_form(rules=[rule("sokt <= kostnad", "Stämmer det?", level="warning")]))

    errors, warnings = said(form, kostnad="500", sokt="600")
    path = form.path({COST: "500", APPLIED: "600"}, TODAY)

    assert (errors, warnings) == ({}, {APPLIED: ["Stämmer det?"]})
    assert form.problems(path) == []
    assert [(found.id, sentences) for found, sentences in form.warnings(path)] == [(APPLIED, ["Stämmer det?"])]


def test_days_are_limited_from_today_and_from_another_question() -> None:
    form = runtime(
        page(
            "Tid",
            question("date", "Början", name="fran", earliest_from="add_days(today(), 14)"),
            question("date", "Slut", name="till", earliest_from="fran", latest_from="add_days(fran, 365)"),
        )
    )
    start, end = block_id("fran"), block_id("till")

    def wrong(**days: str) -> list[str]:
        return [found.id for found, _said in form.problems(form.path({block_id(k): v for k, v in days.items()}, TODAY))]

    assert wrong(fran="2026-03-15", till="2026-03-15") == []
    assert wrong(fran="2026-03-14", till="2026-03-15") == [start]
    assert wrong(fran="2026-03-15", till="2026-03-14") == [end]
    assert wrong(fran="2026-03-15", till="2027-03-16") == [end]


@pytest.mark.parametrize(
    ("kind", "typed", "said_beyond"),
    [
        ("whole_number", {"few": "33", "least": "34", "most": "50", "many": "51"}, ("34", "50")),
        ("money", {"few": "33,33", "least": "33,34", "most": "50,25", "many": "50,26"}, ("33,34", "50,25")),
        ("decimal", {"few": "33,3", "least": "33,4", "most": "50,2", "many": "50,3"}, ("33,4", "50,2")),
        ("percent", {"few": "33", "least": "34", "most": "50", "many": "51"}, ("34", "50")),
    ],
)
def test_numbers_are_limited_by_what_is_worked_out_from_another_question(
    kind: str, typed: dict[str, str], said_beyond: tuple[str, str]
) -> None:
    form = runtime(
        page(
            "Pengar",
            question("money", "Kostnad", name="kostnad", ore=True, required=False),
            question(kind, "Sökt", name="sokt", ore=True, decimals=int(kind == "decimal"), **FROM_COST),
        )
    )
    at = block_id("sokt")

    def beyond(answer: str, cost: str = "100,50") -> list[str]:
        errors, _warnings = said(form, kostnad=cost, sokt=answer)
        return errors.get(at, [])

    assert [beyond(typed["least"]), beyond(typed["most"]), beyond(typed["many"], cost="")] == [[], [], []]
    assert beyond(typed["few"]) == [f"Skriv ett tal som är minst {said_beyond[0]}."]
    assert beyond(typed["many"]) == [f"Skriv ett tal som är högst {said_beyond[1]}."]
    assert {rule["id"] for rule in form.logic(form.pages[0], {})["rules"]} == {f"{at}-smallest", f"{at}-largest"}


def test_a_fixed_limit_and_one_that_is_worked_out_both_hold() -> None:
    form = runtime(
        page(
            "Pengar",
            question("money", "Kostnad", name="kostnad"),
            question("money", "Sökt", name="sokt", largest="1000", largest_from="kostnad", error="Det finns inte."),
        )
    )

    assert said(form, kostnad="5000", sokt="1001")[0] == {block_id("sokt"): ["Det finns inte."]}
    assert said(form, kostnad="500", sokt="501")[0] == {block_id("sokt"): ["Det finns inte."]}
    assert said(form, kostnad="500", sokt="500")[0] == {}


def test_the_browser_is_given_the_rules_of_its_page_and_what_depends_on_what() -> None:
    form = runtime(money_form(rules=[rule("sokt <= kostnad", "Fel.")]))

    logic = form.logic(form.pages[0], {})

    assert [(one["at"], one["needs"], one["level"]) for one in logic["rules"]] == [
        (APPLIED, tuple(sorted([COST, APPLIED])), "error")
    ]
    assert logic["dependents"] == {}
    assert [one["id"] for one in logic["questions"] if "required_if" in one] == [WHY]


def test_a_version_from_before_rules_and_graphs_still_runs() -> None:
    form = Form(title="Prov", slug="prov", questions=[money_form()], privacy_text="Så används uppgifterna.")
    compiled = form.compile()
    del compiled["graph"]
    compiled["pages"][0]["fields"][2].pop("required_if")

    old = FormRuntime(compiled)

    assert old.problems(old.path({COST: "5000", APPLIED: "5000"}, TODAY)) == []


# --- checked before publishing ------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("holds", "settings", "code"),
    [
        ("sokt > 5 and sokt < 3", {}, "rule_never_holds"),
        ("sokt >= 0 or sokt < 0", {}, "rule_always_holds"),
        ("1 = 1", {}, "rule_of_nothing"),
        ("sokt < 10", {"at": "borta"}, "no_such_question"),
        ("senare = true", {}, "looks_ahead"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(holds: str, settings: dict[str, str], code: str) -> None:
    later = page("Sedan", question("yes_no", "Senare", name="senare"))

    problems = make_form(money_form(rules=[rule(holds, "Fel.", **settings)]), later).problems()

    assert [(problem.code, problem.block_id) for problem in problems] == [(code, block_id("rule", holds))]


@pytest.mark.django_db
def test_two_rules_that_exclude_each_other_are_found() -> None:
    rules = [rule("sokt > 10", "Mer än tio."), rule("sokt < 5", "Mindre än fem.")]

    problems = make_form(money_form(rules=rules)).problems()

    assert [problem.code for problem in problems] == ["rules_contradict"]
    assert "Mer än tio." in str(problems[0].sentence)


@pytest.mark.django_db
def test_what_nobody_can_reach_is_refused_and_the_rest_has_an_example() -> None:
    form = make_form(
        page("Ett", question("yes_no", "Vill du", name="vill")),
        page("Två", question("short_text", "Nej tack", name="nej", shown_if="vill = false"), shown_if="vill"),
        page("Tre", question("whole_number", "Antal", name="antal", smallest=5), shown_if="vill"),
        page("Fyra", question("short_text", "Mer", name="mer"), shown_if="antal < 5"),
    )

    codes = [(problem.code, problem.block_id) for problem in form.problems()]

    assert codes == [("unreachable", block_id("page", "Fyra")), ("unreachable", block_id("nej"))]
    told = {example.label: example.sentence for example in examples(Draft(form))}
    assert "Vill du" in told["Tre"]
    assert told["Fyra"] != told["Tre"]


@pytest.mark.django_db
def test_a_scale_that_differs_from_last_years_is_pointed_out_in_an_evaluation() -> None:
    old = [{"label": "Bra", "key": "bra"}, {"label": "Dåligt", "key": "daligt"}]
    new = [*old, {"label": "Mycket bra", "key": "mycket"}]
    form = make_form(page("Sida", question("one_of", "Hur var det?", choices=old)), purpose="evaluation")
    publish_form(form=form)

    form = edited(form, page("Sida", question("one_of", "Hur var det?", choices=new)))

    problems = form.get_latest_revision_as_object().problems()
    assert [(problem.code, problem.level) for problem in problems] == [("series_broken", "warning")]


@pytest.mark.django_db
def test_an_anonymous_form_asks_for_nobody() -> None:
    form = make_form(page("Sida", question("email", "E-post")), anonymous=True, contact_email_field="e_post")

    assert {problem.code for problem in form.problems()} == {"personal_on_anonymous", "contact_on_anonymous"}


@pytest.mark.django_db
def test_a_warning_stands_with_a_reason_that_the_version_keeps() -> None:
    first, second = question("short_text", "Namn", name="a"), question("short_text", "Namn?", name="b")
    form = make_form(page("Sida", first), page("Annan", second), change_reason="En fråga till.")

    with pytest.raises(LintFailed) as refused:
        publish_form(form=form)
    form = edited(form, overruled={f"same_label:{block_id('b')}": "Den andra gäller chefen."})
    version = publish_form(form=form)

    assert "Namn" in str(refused.value.sentence)
    (kept,) = version.overruled
    assert (kept["code"], kept["reason"]) == ("same_label", "Den andra gäller chefen.")
    assert version.reason == "En fråga till."
    assert Form.objects.get(pk=form.pk).get_latest_revision_as_object().change_reason == ""
