"""A draft run over what has happened, and open matters moved to the new version."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.errors import Conflict, Invalid, NotAllowed
from records.models import Effect
from tests.workflows.factories import House, again, ask, complete, do, person, record_decision
from workflows import actions
from workflows.history import OFFICE, Standpoint, events_of, replay, timeline
from workflows.models import Matter, Replay, Workflow, WorkflowVersion
from workflows.replaying import replay_draft

pytestmark = pytest.mark.django_db


def draft_of(house: House) -> Workflow:
    return Workflow.objects.get(pk=house.workflow.pk).get_latest_revision_as_object()


def told(house: House, draft: Workflow) -> list[tuple[Any, ...]]:
    found = replay_draft(house.workflow, draft.compile())
    return [(row["what"], row["label"], row["count"]) for row in found]


def graphs(matter: Matter) -> dict[int, Any]:
    return {version.pk: version.compiled for version in WorkflowVersion.objects.filter(workflow=matter.workflow)}


def test_what_was_published_itself_changes_nothing(hoglandet: House) -> None:
    hoglandet.applied()
    hoglandet.at_board()
    decided = hoglandet.recorded()
    do(decided, "confirm", "confirm", hoglandet.bo, agreed="on")
    asked = hoglandet.applied()
    do(asked, "check", "be-om-komplettering", hoglandet.olle)
    small = hoglandet.applied(amount="1000")
    do(small, "check", "ga-vidare", hoglandet.olle)
    actions.withdraw(matter=hoglandet.applied(), actor=again(hoglandet.ada))
    actions.close(matter=hoglandet.applied(), actor=again(hoglandet.olle), result="Avvisad")

    assert told(hoglandet, draft_of(hoglandet)) == [("same", "", 7)]


def test_another_limit_stops_some_and_skips_others(hoglandet: House) -> None:
    for amount in ("10000", "30000", "400000", "400000"):
        hoglandet.at_board(amount=amount)
    draft = draft_of(hoglandet)
    draft.steps[2].value["rules"][0]["condition"] = "amount <= 50000"

    assert told(hoglandet, draft) == [("same", "", 3), ("skips", "Beredning", 1)]

    draft.steps[2].value["rules"][0]["condition"] = "amount <= 5000"
    assert told(hoglandet, draft) == [("same", "", 3), ("stops", "Beredning", 1)]


def test_an_outcome_that_is_gone_stops_the_matter_where_it_was_chosen(hoglandet: House) -> None:
    hoglandet.at_board()
    hoglandet.applied()
    draft = draft_of(hoglandet)
    draft.steps[0].value["outcomes"][0]["label"] = "Till fördelning"

    assert told(hoglandet, draft) == [("same", "", 1), ("stops", "Formell granskning", 1)]


def test_another_end_is_told(hoglandet: House) -> None:
    decided = hoglandet.recorded()
    do(decided, "confirm", "confirm", hoglandet.bo, agreed="on")
    draft = draft_of(hoglandet)
    draft.steps[7].value["result"] = "Bifallen"

    assert told(hoglandet, draft) == [("ends", "Beviljad", 1)]


def test_the_completed_answer_is_the_one_that_counts(hoglandet: House) -> None:
    matter = hoglandet.applied(amount="400000")
    do(matter, "check", "be-om-komplettering", hoglandet.olle)
    ask(matter, hoglandet.olle, amount="Räknat fel?")
    complete(matter, by=hoglandet.ada, amount="10000")
    do(matter, "check", "ga-vidare", hoglandet.olle)

    assert told(hoglandet, draft_of(hoglandet)) == [("same", "", 1)]


def test_more_matters_cost_no_more_queries(hoglandet: House) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            replay_draft(hoglandet.workflow, graph)
        return len(asked)

    graph = draft_of(hoglandet).compile()
    hoglandet.at_board()
    one = cost()
    for _more in range(4):
        hoglandet.at_board()

    assert cost() == one


def test_a_replay_is_made_in_the_background(hoglandet: House) -> None:
    hoglandet.at_board()

    asked = actions.ask_replay(workflow=hoglandet.workflow, person=again(hoglandet.olle))
    assert Effect.objects.get(kind="workflows.replay").object_id == str(asked.key)
    actions.make_replay(str(asked.key))

    made = Replay.objects.get()
    assert (made.state, made.done, made.total) == ("ready", 1, 1)
    assert [row["what"] for row in made.result] == ["same"]


def test_only_those_who_publish_ask_for_a_replay(hoglandet: House) -> None:
    with pytest.raises(NotAllowed):
        actions.ask_replay(workflow=hoglandet.workflow, person=again(hoglandet.rut))
    with pytest.raises(NotAllowed):
        actions.ask_move(workflow=hoglandet.workflow, person=again(person("Dag")))


# --- moving ------------------------------------------------------------------------------------------------
def renamed(house: House, *, without: str = "") -> WorkflowVersion:
    """A new version in which the formal check is called something else, and perhaps a step is gone."""
    draft = draft_of(house)
    draft.steps[0].value["label"] = "Första granskning"
    draft.steps[0].value["outcomes"][0]["label"] = "Vidare"
    if without:
        place = next(n for n, child in enumerate(draft.steps) if child.value["name"] == without)
        board = draft.steps[4].id
        del draft.steps[place]
        draft.steps[2].value["otherwise"] = board
    draft.save_revision().publish()
    return Workflow.objects.get(pk=house.workflow.pk).version


def test_a_matter_moves_to_the_new_version_where_it_stands(hoglandet: House) -> None:
    matter = hoglandet.applied()
    version = renamed(hoglandet)

    actions.move_to_version(matter=matter, version=version, actor=again(hoglandet.olle))

    matter = Matter.objects.get(pk=matter.pk)
    assert (matter.workflow_version, matter.step_name) == (version, "Första granskning")
    assert replay(events_of(matter), matter.graph, graphs(matter)).without_path() == Standpoint.of(matter)
    assert "It follows version 2" in timeline(matter, [OFFICE], outside=False)[0].heading
    assert do(matter, "check", "vidare", hoglandet.olle).step_name == "Beredning"
    matter.refresh_from_db()
    assert replay(events_of(matter), matter.graph, graphs(matter)).without_path() == Standpoint.of(matter)


def test_a_matter_whose_step_is_gone_stays(hoglandet: House) -> None:
    matter = hoglandet.applied()
    do(matter, "check", "ga-vidare", hoglandet.olle)
    version = renamed(hoglandet, without="beredning")

    with pytest.raises(Invalid, match="The step “Beredning” is not in the new version"):
        actions.move_to_version(matter=matter, version=version, actor=again(hoglandet.olle))

    assert Matter.objects.get(pk=matter.pk).workflow_version != version


def test_all_open_matters_move_with_a_row_for_each(hoglandet: House) -> None:
    first, board = hoglandet.applied(), hoglandet.at_board()
    stays = hoglandet.applied()
    do(stays, "check", "ga-vidare", hoglandet.olle)
    closed = hoglandet.applied()
    do(closed, "check", "avvisa", hoglandet.olle, comment="För sent.")
    version = renamed(hoglandet, without="beredning")

    asked = actions.ask_move(workflow=Workflow.objects.get(pk=hoglandet.workflow.pk), person=again(hoglandet.olle))
    actions.make_replay(str(asked.key))
    actions.make_replay(str(asked.key))

    made = Replay.objects.get()
    assert [row["number"] for row in made.moved] == [first.registry_number, board.registry_number]
    assert [row["number"] for row in made.left] == [stays.registry_number]
    assert "Beredning" in made.left[0]["why"]
    assert set(Matter.objects.filter(workflow_version=version)) == {first, board}


def test_only_those_who_publish_move_a_matter(hoglandet: House) -> None:
    matter = hoglandet.applied()
    version = renamed(hoglandet)

    for somebody in (hoglandet.rut, hoglandet.ada, hoglandet.bo):
        with pytest.raises(NotAllowed):
            actions.move_to_version(matter=matter, version=version, actor=again(somebody))
    actions.move_to_version(matter=matter, version=version, actor=again(hoglandet.olle))
    with pytest.raises(Conflict):
        actions.move_to_version(matter=matter, version=version, actor=again(hoglandet.olle))


def test_a_recorded_decision_is_confirmed_after_the_move(hoglandet: House) -> None:
    matter = hoglandet.at_board()
    record_decision(matter, hoglandet.olle)
    version = renamed(hoglandet)

    actions.move_to_version(matter=matter, version=version, actor=again(hoglandet.olle))

    assert do(matter, "confirm", "confirm", hoglandet.bo, agreed="on").result == "Beviljad"
