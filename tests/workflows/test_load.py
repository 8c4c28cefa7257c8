"""The drawing shows where matters stand now, and for how long, in a fixed number of queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.workflows.factories import House, do
from workflows.drawing import Load, loads, sketch
from workflows.models import Matter, Workflow

pytestmark = pytest.mark.django_db


def stands_since(matter: Matter, days: int) -> None:
    Matter.objects.filter(pk=matter.pk).update(step_since=timezone.now() - timedelta(days=days))


def test_where_matters_stand_and_for_how_long_is_drawn_and_told(hoglandet: House) -> None:
    for days in (0, 4, 10, 30):
        stands_since(hoglandet.applied(), days)
    stands_since(hoglandet.at_board(), 7)
    done = hoglandet.applied()
    do(done, "check", "avvisa", hoglandet.olle, comment="För sent.")
    workflow = Workflow.objects.get(pk=hoglandet.workflow.pk)
    steps = {child.value["name"]: child.id for child in workflow.steps}

    found = loads(workflow)

    assert found == {steps["granskning"]: Load(4, 4, 30), steps["styrelse"]: Load(1, 7, 7)}
    drawn = sketch(workflow)
    assert Load(4, 4, 30).short in drawn
    assert Load(4, 4, 30).sentence in drawn


def test_more_matters_cost_no_more_queries(hoglandet: House) -> None:
    workflow = Workflow.objects.get(pk=hoglandet.workflow.pk)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            loads(workflow)
        return len(asked)

    hoglandet.applied()
    assert cost() == 1
    for _more in range(3):
        hoglandet.applied()
    assert cost() == 1
