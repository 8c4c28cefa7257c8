"""Every step kind is asked the same questions with its own example."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from wagtail.blocks import ListBlock

from forms.kinds import family
from records.errors import SamsynError
from tests.workflows.factories import House, association, delegation_line, form, person, send, workflow
from workflows import actions
from workflows.compiling import kind_of
from workflows.drawing import draw
from workflows.history import Standpoint, events_of, replay
from workflows.kinds import Step
from workflows.models import Matter, Task
from workflows.roles import APPLICANT, CLOCK, HANDLE, NAMES

pytestmark = pytest.mark.django_db

KINDS = list(family("step").values())
ENDING = ("end", {"label": "Next", "name": "next", "result": "Done"})


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Step:
    return request.param


@pytest.fixture
def started(kind: Step) -> Matter:
    """A matter whose workflow is the kind's example and an end."""
    collection = association()
    for name, role in (("Olle", "officer"), ("Rut", "reviewer"), ("Bo", "chair"), ("Cy", "deputy_chair")):
        person(name, collection, role)
    delegation_line(collection, up_to=None, by=get_user_model().objects.all())
    asked = form(collection)
    steps = [(kind.name, dict(kind.example.settings))] + ([] if kind.final else [ENDING])
    workflow(collection, asked, steps=steps)
    return Matter.objects.get(submission=send(asked, amount="2000"))


def somebody_for(task: Task) -> Any:
    """Whoever may do it; the clock sends the office."""
    from records.policy import users_with

    return users_with(HANDLE if task.role == CLOCK else task.role, task.matter.collection).first()


def test_a_kind_says_what_it_is(kind: Step) -> None:
    assert str(kind.label)
    assert str(kind.group)
    assert kind.name == kind.name.lower()
    assert set(kind.example.settings) <= set(kind.Settings().child_blocks)
    assert kind.final or {edge.name for edge in kind.edges(kind.example.settings)}


def test_the_example_can_be_published(started: Matter, kind: Step) -> None:
    step = started.graph["steps"][started.graph["start"]]

    assert kind_of(step) is kind
    assert [edge["name"] for edge in step["outcomes"]] == [edge.name for edge in kind.edges(kind.example.settings)]
    assert all(kind.outcome_label(step, edge["name"]) for edge in step["outcomes"])
    assert set(kind.actors(step)) <= set(NAMES)


def test_it_waits_for_somebody_or_goes_on_by_itself(started: Matter, kind: Step) -> None:
    if kind.automatic:
        assert started.state == "closed"
        assert kind.final or kind.example.outcome in {
            event.transition["outcome"] for event in events_of(started) if event.type == "matter.moved"
        }
        return
    waits = kind.waits(started.current, started)
    assert {(wait.role, wait.what) for wait in waits} == {(task.role, task.what) for task in started.tasks.all()}
    assert any(wait.blocking for wait in waits)
    assert all(kind.task_label(started.current, wait.what) for wait in waits)
    assert {wait.role for wait in waits if wait.blocking} <= {*kind.actors(started.current), APPLICANT, CLOCK}


def test_every_outcome_can_be_taken_and_no_other(started: Matter, kind: Step) -> None:
    promised = {edge["name"] for edge in started.graph["steps"][started.graph["start"]]["outcomes"]}
    reached = {kind.example.outcome} if kind.automatic and not kind.final else set()
    fresh = Matter.objects.filter(pk=started.pk)
    for move in kind.example.moves:
        matter = fresh.get()
        if not matter.is_open:
            matter = Matter.objects.get(submission=send(matter.submission.form, amount="2000"))
            fresh = Matter.objects.filter(pk=matter.pk)
        task = matter.tasks.get(what=move.what, done_at=None)
        choice = next(one for one in kind.choices(matter.current, matter, move.what) if one.name == move.choice)
        assert str(choice.label)
        assert move.outcome is None or move.outcome in choice.outcomes
        actions.choose(task=task, choice=move.choice, actor=somebody_for(task), data=move.data)
        matter = fresh.get()
        if move.outcome is None:
            assert matter.is_open
        else:
            assert matter.state == "closed"
            reached.add(move.outcome)
        assert replay(events_of(matter), matter.graph).without_path() == Standpoint.of(matter)
    assert promised - reached <= {"completed", "rule-1"}  # need the applicant, or another amount


def test_whatever_else_is_tried_is_refused(started: Matter, kind: Step) -> None:
    for task in started.tasks.filter(done_at=None):
        for other in {
            "no-such-choice",
            "complete",
            *(edge.name for k in KINDS for edge in k.edges(k.example.settings)),
        }:
            offered = {choice.name for choice in kind.choices(started.current, started, task.what) if not choice.url}
            if other not in offered:
                with pytest.raises(SamsynError):
                    actions.choose(task=task, choice=other, actor=somebody_for(task), data={})


def test_nothing_is_chosen_without_what_must_be_said(started: Matter, kind: Step) -> None:
    for task in started.tasks.filter(done_at=None):
        for choice in kind.choices(started.current, started, task.what):
            fields = choice.form(**kind.about(choice, started.current, started)).fields.values()
            if any(field.required for field in fields) and not choice.url:
                with pytest.raises(SamsynError):
                    actions.choose(task=task, choice=choice.name, actor=somebody_for(task), data={})


def test_it_is_drawn_with_its_name(started: Matter, kind: Step) -> None:
    drawn = draw(started.graph, current=started.step)

    assert drawn.count("<svg") == 1
    assert str(kind.example.settings["label"])[:20] in drawn
    assert "style=" not in drawn


def test_it_reminds_whoever_is_late(started: Matter, kind: Step) -> None:
    late = list(started.tasks.filter(done_at=None).exclude(role=CLOCK))
    Task.objects.filter(matter=started).update(due="2025-01-01")

    assert actions.remind_overdue() == len(late)


def test_an_unfinished_draft_is_told_of_and_never_breaks(kind: Step) -> None:
    collection = association()
    blocks = kind.Settings().child_blocks
    empty: dict[str, Any] = {name: [{}] if isinstance(blocks[name], ListBlock) else None for name in blocks}
    made = workflow(collection, steps=[(kind.name, {}), (kind.name, empty), ENDING], publish=False)

    problems = made.lint()

    assert {problem.code for problem in problems} >= {"no_name"}
    assert all(str(problem.sentence) for problem in problems)


def test_the_amounts_of_a_matter_can_decide(db: None) -> None:
    house = House()

    assert house.applied(amount="1").amount_applied == Decimal(1)
    assert uuid.UUID(str(house.applied().key))
