"""Examples that must hold before publishing, and the trial of a sample application that keeps nothing."""

from decimal import Decimal
from typing import Any

import pytest

from forms.definition import LintFailed
from forms.models import Submission
from records.models import Effect, Event, Message
from tests.workflows.factories import House, stream
from workflows.exchange import to_template
from workflows.models import Matter, RegistryCounter, Workflow, WorkflowVersion
from workflows.trial import try_out

pytestmark = pytest.mark.django_db


def with_example(house: House, **value: Any) -> Workflow:
    """Höglandet's workflow with one example."""
    draft = Workflow.objects.get(pk=house.workflow.pk).get_latest_revision_as_object()
    case = {"label": "Sökt 90 000", "amount": "90000", "comes_to": "styrelse", **value}
    draft.examples = draft._meta.get_field("examples").to_python(stream([("case", case)]))
    return draft


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"never": "avvisad"},
        {"comes_to": "beredning"},
        {"amount": "20000", "never": "beredning"},
        {"amount": None, "answers": [{"question": "amount", "value": "15 000,50"}], "never": "beredning"},
        {"choices": [{"step": "granskning", "outcome": "Avvisa"}], "comes_to": "avvisad", "never": "styrelse"},
        {
            "choices": [
                {"step": "granskning", "outcome": "Be om komplettering"},
                {"step": "granskning", "outcome": "Gå vidare"},
                {"step": "styrelse", "outcome": "rejected"},
            ],
            "comes_to": "avslag",
        },
    ],
)
def test_an_example_that_holds_lets_the_workflow_be_published(hoglandet: House, value: dict[str, Any]) -> None:
    draft = with_example(hoglandet, **value)

    assert [str(problem.sentence) for problem in draft.problems()] == []
    draft.save_revision().publish()


@pytest.mark.parametrize(
    ("value", "code", "setting"),
    [
        ({"amount": "20000", "comes_to": "beredning"}, "example", "comes_to"),
        ({"never": "beredning"}, "example", "never"),
        ({"comes_to": "borta"}, "example_step", "comes_to"),
        ({"answers": [{"question": "lön", "value": "3"}]}, "example_answer", "answers"),
        ({"answers": [{"question": "amount", "value": "mycket"}]}, "example_answer", "answers"),
    ],
)
def test_an_example_that_is_broken_stops_publishing(
    hoglandet: House, value: dict[str, Any], code: str, setting: str
) -> None:
    draft = with_example(hoglandet, **value)

    found = draft.problems()

    assert [(problem.code, problem.block_id, problem.setting) for problem in found] == [
        (code, draft.examples[0].id, setting)
    ]
    with pytest.raises(LintFailed):
        draft.save_revision().publish()


def test_a_change_of_the_steps_breaks_the_example(hoglandet: House) -> None:
    with_example(hoglandet, comes_to="beredning").save_revision().publish()
    draft = Workflow.objects.get(pk=hoglandet.workflow.pk).get_latest_revision_as_object()
    draft.steps[2].value["rules"][0]["condition"] = "amount <= 100000"

    problem = draft.problems()[0]

    assert str(problem.sentence) == (
        "The example “Sökt 90 000” does not hold: the matter ends at “Beviljad” and never comes to “Beredning”. "
        "Change the steps, or the example."
    )


def test_examples_go_with_the_workflow_to_others(hoglandet: House) -> None:
    with_example(hoglandet).save_revision().publish()
    made = Workflow.objects.get(pk=hoglandet.workflow.pk)

    carried = to_template(made)["workflow"]["examples"]

    assert carried[0]["value"]["label"] == "Sökt 90 000"
    assert carried[0]["value"]["comes_to"] == made.steps[4].id


def counted() -> dict[str, int]:
    models = (Matter, Submission, Message, Effect, Event, WorkflowVersion, RegistryCounter)
    return {model.__name__: model.objects.count() for model in models}


def test_a_trial_walks_through_with_its_mails_and_keeps_nothing(hoglandet: House) -> None:
    before = counted()

    trial = try_out(workflow=hoglandet.workflow, value={"amount": Decimal(90000)})

    assert trial.trouble == []
    assert trial.result == "Beviljad"
    assert [(stop.what, stop.who, stop.now) for stop in trial.stops] == [
        ("The application comes in", "A sample applicant", "Formell granskning"),
        ("Formell granskning: Gå vidare", "Olle", "Beredning"),
        ("Beredning: approval is recommended", "Rut", "Styrelsens beslut"),
        ("Record the board's decision: granted", "Olle", "Styrelsens beslut"),
        ("Confirm the board's decision: granted", "Bo", "Beviljad"),
    ]
    assert "90" in trial.stops[-1].mails[-1].body
    assert counted() == before


def test_a_trial_of_a_broken_draft_says_why(hoglandet: House) -> None:
    draft = hoglandet.workflow.get_latest_revision_as_object()
    draft.steps[5].value["target"] = "nowhere"
    draft.save_revision(clean=False)
    before = counted()

    trial = try_out(workflow=hoglandet.workflow)

    assert "There is no step “nowhere”" in trial.trouble[0]
    assert counted() == before


def test_a_trial_tells_where_nobody_can_go_on(hoglandet: House) -> None:
    hoglandet.rut.is_active = False
    hoglandet.rut.save()

    trial = try_out(workflow=hoglandet.workflow, value={"amount": Decimal(90000)})

    assert trial.result == "Beredning"
    assert trial.trouble[0].startswith("At “Beredning” nobody can go on: it waits for the preparatory group")


def test_a_trial_shows_every_mail_of_its_own_and_none_that_was_there(hoglandet: House) -> None:
    for _earlier in range(4):
        hoglandet.at_board()
    earlier = set(Message.objects.values_list("pk", flat=True))

    trial = try_out(workflow=hoglandet.workflow, value={"amount": Decimal(90000)})

    told = [mail.subject for stop in trial.stops for mail in stop.mails]
    assert set(Message.objects.values_list("pk", flat=True)) == earlier
    assert len(told) >= 5
    assert len([subject for subject in told if subject.startswith("Beslut i ärende")]) == 1
