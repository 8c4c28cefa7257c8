"""Outcomes as editors set them: where they lead, who may choose them and when, and what goes with the choice."""

import copy
from typing import Any

import pytest

from records.errors import Invalid, NotAllowed
from records.models import Message
from tests.workflows.factories import STEPS, House, again, association, do, form, person, send, workflow
from workflows import actions
from workflows.models import Letter, Matter, Note, Task, Workflow
from workflows.permissions import standing
from workflows.queries import find, matter_page

pytestmark = pytest.mark.django_db


def house_with(monkeypatch: pytest.MonkeyPatch, **outcome: Any) -> House:
    """Höglandet, whose first way out of the formal check is set like this."""
    steps = copy.deepcopy(STEPS)
    steps[0][1]["outcomes"][0] |= outcome
    monkeypatch.setattr("tests.workflows.factories.STEPS", steps)
    return House()


def buttons(matter: Matter, user: Any) -> list[str]:
    """What the matter page lets the person choose."""
    page = matter_page(standing(again(user), find(matter.key)))
    return [choice.name for panel in page.panels for one in panel.forms for choice in one.choices]


def test_publishing_lets_outcomes_point_at_steps_by_id() -> None:
    collection = association()

    made = Workflow.objects.get(pk=workflow(collection, form(collection)).pk)

    ids = {child.value["name"]: child.id for child in made.steps}
    assert made.steps[0].value["outcomes"][0]["target"] == ids["fordelning"]
    assert made.steps[1].value["completed"] == ids["granskning"]
    assert made.steps[2].value["rules"][0]["target"] == ids["styrelse"]


def test_a_new_name_breaks_nothing() -> None:
    collection = association()
    made = Workflow.objects.get(pk=workflow(collection, form(collection)).pk)
    before = {key: step["outcomes"] for key, step in made.version.compiled["steps"].items()}
    made.steps[4].value["label"] = "Nämndens beslut"
    made.steps[4].value["name"] = "namnden"

    made.save_revision().publish()

    after = Workflow.objects.get(pk=made.pk).version.compiled["steps"]
    assert {key: step["outcomes"] for key, step in after.items()} == before
    assert "Nämndens beslut" in {step["label"] for step in after.values()}


def test_an_outcome_whose_step_was_removed_is_told_of() -> None:
    collection = association()
    made = Workflow.objects.get(pk=workflow(collection, form(collection)).pk)
    del made.steps[8]

    found = [problem for problem in made.problems() if problem.code == "unknown_target"]

    assert [str(problem.sentence).partition(".")[0] for problem in found] == [
        "The step this outcome led to is no longer there"
    ]


def test_an_outcome_is_offered_only_when_its_condition_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    house = house_with(monkeypatch, condition="amount <= 50000")

    small, large = house.applied(amount="40000"), house.applied(amount="400000")

    assert buttons(small, house.olle) == ["ga-vidare", "be-om-komplettering", "avvisa"]
    assert buttons(large, house.olle) == ["be-om-komplettering", "avvisa"]
    with pytest.raises(Invalid):
        do(large, "check", "ga-vidare", house.olle)


def test_only_the_responsible_officer_chooses_what_is_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    house = house_with(monkeypatch, who="officer")
    olof = person("Olof", house.collection, "officer")
    matter = house.applied()
    assert "ga-vidare" in buttons(matter, olof)

    actions.assign(matter=matter, officer=house.olle, actor=again(house.olle))

    assert "ga-vidare" not in buttons(matter, olof)
    with pytest.raises(NotAllowed, match="Only the responsible officer, Olle"):
        do(matter, "check", "ga-vidare", olof)
    assert do(matter, "check", "ga-vidare", house.olle).step_name == "Beredning"


def test_what_must_be_ticked_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    house = house_with(monkeypatch, confirm="Jag har läst budgeten")
    matter = house.applied()

    with pytest.raises(Invalid) as refused:
        do(matter, "check", "ga-vidare", house.olle)

    assert set(refused.value.problems) == {"agreed"}
    assert do(matter, "check", "ga-vidare", house.olle, agreed="on").step_name == "Beredning"


def test_the_letter_of_an_outcome_is_seen_changed_and_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    house = house_with(monkeypatch, subject="Om {{ title }}", text="Hej {{ name }}, vi går vidare.")
    matter = house.applied(title="Team")
    page = matter_page(standing(again(house.olle), find(matter.key)))

    drafted = page.panels[0].forms[0].form

    assert drafted["subject"].value() == "Om Team"
    assert drafted["text"].value() == "Hej Ada Ek, vi går vidare."
    do(
        matter,
        "check",
        "ga-vidare",
        house.olle,
        send="on",
        subject="Om Team",
        text="Hej Ada, välkommen.",
        comment="Bra",
    )
    assert Letter.objects.get().body == "Hej Ada, välkommen."
    assert "Hej Ada, välkommen." in Message.objects.get(kind="workflows.letter").body
    assert Note.objects.get().text == "Bra"


def test_a_letter_that_is_not_to_be_sent_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    house = house_with(monkeypatch, subject="Om {{ title }}", text="Hej {{ name }}")

    do(house.applied(), "check", "ga-vidare", house.olle, subject="", text="")

    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([{"condition": "amounts > 3"}, {}], "condition"),
        ([{"condition": "amount > 3"}, {"condition": "amount <= 3"}], "only_conditional"),
        ([{"subject": "Hej"}, {}], "half_letter"),
        ([{"subject": "Hej", "text": "{{ lön }}"}, {}], "placeholder"),
    ],
)
def test_what_is_wrong_with_an_outcome_is_told_before_publishing(outcomes: list[dict[str, Any]], code: str) -> None:
    collection = association()
    rows = [{"label": f"Väg {n}", "target": "slut", **row} for n, row in enumerate(outcomes)]
    steps = [
        ("check", {"label": "Kontroll", "outcomes": rows}),
        ("end", {"label": "Slut", "name": "slut", "result": "Klart"}),
    ]

    made = workflow(collection, form(collection), steps=steps, publish=False)

    assert code in {problem.code for problem in made.problems()}


@pytest.mark.parametrize(("who", "role", "name"), [("review", "reviewer", "Rut"), ("confirm", "chair", "Bo")])
def test_a_check_is_done_by_whom_the_editor_says(who: str, role: str, name: str) -> None:
    collection = association()
    right = {"review": "workflows.review_matter", "confirm": "workflows.confirm_decision"}[who]
    acts, olle = person(name, collection, role), person("Olle", collection, "officer")
    asked = form(collection)
    steps = [
        ("check", {"label": "Kontroll", "who": right, "outcomes": [{"label": "Klart", "target": "slut"}]}),
        ("end", {"label": "Slut", "name": "slut", "result": "Klart"}),
    ]
    workflow(collection, asked, steps=steps)
    matter = Matter.objects.get(submission=send(asked))

    with pytest.raises(NotAllowed):
        do(matter, "check", "klart", olle)

    assert Task.objects.get(matter=matter, done_at=None).role == right
    assert do(matter, "check", "klart", acts).result == "Klart"
