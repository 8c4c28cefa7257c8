"""For any workflow that passes the lint: somebody can always act, and the events alone tell where a matter stands."""

import itertools
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from forms.kinds import family
from records.errors import SamsynError
from records.policy import users_with
from tests.workflows.factories import House, workflow
from workflows import actions
from workflows.compiling import kind_of
from workflows.history import Standpoint, events_of, replay
from workflows.models import Matter, Workflow
from workflows.roles import HANDLE

pytestmark = pytest.mark.django_db

KINDS = family("step")
PEOPLE = [name for name, kind in KINDS.items() if not kind.automatic]
BY_ITSELF = [name for name, kind in KINDS.items() if kind.automatic and not kind.final]
NUMBERS = itertools.count()


@st.composite
def graphs(draw: st.DrawFn) -> list[tuple[str, dict[str, Any]]]:
    """Any steps of any kinds, pointing anywhere: most are nonsense, the lint lets the others through."""
    kinds = draw(st.lists(st.sampled_from([*PEOPLE, *PEOPLE, *BY_ITSELF]), min_size=1, max_size=5))
    names = [f"steg-{number}" for number in range(len(kinds))] + ["slut"]
    steps = []
    for number, kind in enumerate(kinds):
        value: dict[str, Any] = dict(KINDS[kind].example.settings) | {"label": names[number], "name": names[number]}
        # What comes later is likelier than what came before, so that many graphs have an end that is reached.
        targets = st.sampled_from([*names[number + 1 :], *names[number + 1 :], *names])
        for setting, given_value in value.items():
            if given_value == "next":
                value[setting] = draw(targets)
            elif isinstance(given_value, list):
                value[setting] = [row | {"target": draw(targets)} for row in given_value]
        if kind == "publish_page":
            value = {key: value[key] for key in ("label", "name", "target")}
        steps.append((kind, value))
    return [*steps, ("end", {"label": "slut", "name": "slut", "result": "Klart"})]


@pytest.fixture
def house(db: None) -> House:
    return House()


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(steps=graphs(), seed=st.integers(0, 10_000))
def test_every_linted_graph_leads_on_and_is_told_by_its_events(house: House, steps: Any, seed: int) -> None:
    made = workflow(house.collection, steps=steps, slug=f"flode-{next(NUMBERS)}", publish=False)
    if any(problem.is_error for problem in made.problems()):
        return
    # A warning stops publishing until somebody has written why it may stand.
    made.overruled = {problem.key: "Det är ett prov." for problem in made.problems()}
    made.save_revision().publish()
    matter = actions.register_by_hand(
        collection=house.collection,
        actor=house.olle,
        title="Prövning",
        channel="letter",
        workflow=Workflow.objects.get(pk=made.pk),
    )
    chance = random.Random(seed)  # noqa: S311 (a walk, no secret)

    for _turn in range(25):
        matter = Matter.objects.get(pk=matter.pk)
        assert replay(events_of(matter), matter.graph).without_path() == Standpoint.of(matter)
        if not matter.is_open:
            break
        kind = kind_of(matter.current)
        enabled = [
            (row, move)
            for row in matter.tasks.filter(done_at=None)
            for move in kind.example.moves
            if move.what == row.what or (row.what, move.choice) == ("correct", "record")
        ]
        assert any(users_with(row.role, matter.collection).exists() for row, _move in enabled)
        row, move = chance.choice(enabled)
        try:
            actions.choose(
                task=row, choice=move.choice, actor=users_with(row.role, matter.collection)[0], data=move.data
            )
        except SamsynError as refused:
            pytest.fail(f"{kind.name} {move}: {refused}")


def test_the_lint_lets_many_generated_graphs_through(house: House) -> None:
    passed = 0

    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(steps=graphs())
    def count(steps: Any) -> None:
        nonlocal passed
        made = workflow(house.collection, steps=steps, slug=f"flode-{next(NUMBERS)}", publish=False)
        passed += not any(problem.is_error for problem in made.problems())

    count()

    assert passed >= 10


def test_no_step_is_skipped_or_repeated_whatever_is_tried(house: House) -> None:
    """Every choice of every step, tried at every other step, is refused (N²)."""
    matter = house.applied()
    everything = {
        choice
        for step in matter.graph["steps"].values()
        for edge in step["outcomes"]
        for choice in (edge["name"], "record", "confirm", "ask", "complete")
    }
    for _step in range(3):
        matter.refresh_from_db()
        version = matter.version
        for task in matter.tasks.filter(done_at=None):
            kind = kind_of(matter.current)
            offered = {choice.name for choice in kind.choices(matter.current, matter, task.what)}
            for choice in everything - offered:
                with pytest.raises(SamsynError):
                    actions.choose(task=task, choice=choice, actor=users_with(task.role, matter.collection)[0], data={})
        for done in matter.tasks.exclude(done_at=None):
            for choice in everything:
                with pytest.raises(SamsynError):
                    actions.choose(task=done, choice=choice, actor=house.olle, data={"text": "x", "agreed": "on"})
        matter.refresh_from_db()
        assert matter.version == version
        task = matter.tasks.filter(done_at=None, blocking=True).first()
        if task.role == HANDLE and task.what == "check":
            actions.choose(task=task, choice="ga-vidare", actor=house.olle, data={})
        elif task.what == "statement":
            actions.choose(task=task, choice="approve", actor=house.rut, data={"text": "Bra."})
