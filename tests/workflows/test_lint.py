"""What stands in the way of publishing a workflow, said at the right place."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group

from forms.definition import LintFailed
from tests.workflows.factories import STEPS, House, again, association, form, person, workflow
from workflows import actions
from workflows.models import Workflow, WorkflowVersion

pytestmark = pytest.mark.django_db

Steps = list[tuple[str, dict[str, Any]]]


def without(name: str) -> Callable[[Steps], Steps]:
    return lambda steps: [step for step in steps if step[1]["name"] != name]


def changed(name: str, /, **values: Any) -> Callable[[Steps], Steps]:
    return lambda steps: [(kind, value | values if value["name"] == name else value) for kind, value in steps]


def added(*extra: tuple[str, dict[str, Any]]) -> Callable[[Steps], Steps]:
    return lambda steps: [*steps, *extra]


LETTER = {"letter": "workflows.letter", "subject": "Hej", "text": "Hej"}

BROKEN: list[tuple[str, Callable[[Steps], Steps], str, str]] = [
    ("unknown_target", without("avslag"), "brev-avslag", "target"),
    ("no_target", changed("brev-avslag", target=""), "brev-avslag", "target"),
    ("unreachable", added(("end", {"label": "Ensam", "name": "ensam", "result": "x"})), "ensam", ""),
    ("same_name", added(("end", {"label": "Avslag", "name": "Avslag", "result": "x"})), "Avslag", "name"),
    ("no_name", changed("avslag", label="", name=""), "", "label"),
    ("placeholder", changed("brev-avslag", text="Hej {{ lösenord }}"), "brev-avslag", "text"),
    ("incomplete", changed("brev-avslag", subject=""), "brev-avslag", "subject"),
    (
        "dead_end",
        changed("brev-avslag", target="brev-avslag"),
        "brev-avslag",
        "",
    ),
    ("circle", changed("brev-avslag", target="brev-avslag"), "brev-avslag", ""),
]


@pytest.mark.parametrize(("code", "broken", "name", "setting"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_workflow_is_refused_at_the_step(
    code: str, broken: Callable[[Steps], Steps], name: str, setting: str
) -> None:
    collection = association()
    made = workflow(collection, form(collection), steps=broken(copy.deepcopy(STEPS)), publish=False)
    ids = {child.value.get("name"): child.id for child in made.steps}

    found = [problem for problem in made.problems() if problem.code == code]

    assert [(problem.block_id, problem.setting) for problem in found] == [(ids[name], setting)]
    with pytest.raises(LintFailed):
        made.save_revision().publish()
    assert not WorkflowVersion.objects.exists()
    assert not Workflow.objects.get(pk=made.pk).live


def test_a_condition_on_a_question_the_form_does_not_have_is_refused() -> None:
    collection = association()
    rules = [{"condition": "amounts > 3", "label": "Stora", "target": "styrelse"}]
    made = workflow(
        collection, form(collection), steps=changed("fordelning", rules=rules)(copy.deepcopy(STEPS)), publish=False
    )

    problem = next(problem for problem in made.problems() if problem.code == "condition")

    assert str(problem.sentence) == (
        "There is no question named “amounts”. Did you mean “amount”? (In the form “Ansök om medel”.)"
    )
    assert problem.setting == "condition"


def test_a_workflow_without_an_end_or_without_steps_is_refused() -> None:
    collection = association()

    nothing = workflow(collection, steps=[], publish=False, slug="tom")
    endless = workflow(collection, steps=[s for s in copy.deepcopy(STEPS) if s[0] != "end"], publish=False)

    assert [problem.code for problem in nothing.problems()] == ["no_steps"]
    assert "no_end" in {problem.code for problem in endless.problems()}


def test_a_step_at_which_nobody_may_act_is_refused() -> None:
    collection = association()
    made = workflow(collection, form(collection), publish=False)
    Group.objects.get(role_group__role="chair", role_group__collection=collection).delete()

    found = [problem for problem in made.problems() if problem.code == "nobody"]

    assert [str(problem.sentence) for problem in found] == [
        "Nobody can act at “Styrelsens beslut”: no group of Höglandet may act as the chair. "
        "Give a group that right under Settings, Groups."
    ]


def test_a_group_without_people_and_an_outcome_without_a_way_back_are_warned_of() -> None:
    collection = association()
    person("Olle", collection, "officer")
    steps = changed("komplettering", completed="styrelse")(copy.deepcopy(STEPS))
    steps = changed("styrelse", referred_back="avslag")(steps)
    made = workflow(collection, form(collection), steps=steps, publish=False)

    found = [(problem.code, problem.level) for problem in made.problems()]

    assert found == [
        ("no_way_back", "warning"),
        ("no_way_back", "warning"),
        ("empty_group", "warning"),
        ("empty_group", "warning"),
    ]
    with pytest.raises(LintFailed):
        made.save_revision().publish()


def test_open_matters_that_nobody_is_left_to_decide_are_warned_of(hoglandet: House) -> None:
    matter = hoglandet.at_board()
    actions.recuse(matter=matter, actor=again(hoglandet.rut))
    other = hoglandet.at_board(email=hoglandet.bo.email)
    actions.recuse(matter=other, actor=again(hoglandet.cy))

    problems = Workflow.objects.get(pk=hoglandet.workflow.pk).problems()

    assert {problem.code for problem in problems} == {"nobody_left"}
    assert [str(problem.sentence).partition(".")[0] for problem in problems] == [
        "In 1 open matter everybody who may act as the preparatory group at “Beredning” is a party or has a conflict "
        "of interest",
        "In 1 open matter everybody who may act as the chair at “Styrelsens beslut” is a party or has a conflict of "
        "interest",
    ]


def test_the_questions_for_title_and_amount_must_be_there_and_fit() -> None:
    collection = association()
    made = workflow(collection, form(collection), publish=False, title_question="amount", amount_question="nothing")

    found = [problem for problem in made.problems() if problem.code == "unknown_question"]

    assert [problem.setting for problem in found] == ["title_question", "amount_question"]
    assert str(found[1].sentence).endswith("These can be used: amount.")


def test_a_form_starts_one_workflow_only() -> None:
    collection = association()
    asked = form(collection)
    workflow(collection, asked)

    second = workflow(collection, asked, slug="andra", publish=False)

    assert "form_taken" in {problem.code for problem in second.problems()}


def test_a_form_of_another_association_cannot_start_it() -> None:
    made = workflow(association(), form(association("Klarälvdalen")), publish=False)

    assert "foreign_form" in {problem.code for problem in made.problems()}


def test_the_same_draft_gives_the_same_version() -> None:
    collection = association()
    made = workflow(collection, form(collection))

    made.save_revision().publish()

    assert made.versions.count() == 1
