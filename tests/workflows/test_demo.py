"""The demo's applications are walked by the real actions, and a second time nothing is made."""

import pytest
from django.utils import timezone

from tests.workflows.factories import association, person
from workflows import board_demo, demo
from workflows.board.composition import findings
from workflows.history import Standpoint, events_of, replay
from workflows.models import Board, Matter, Seat

pytestmark = pytest.mark.django_db


def test_twelve_applications_in_their_states_and_once_only() -> None:
    places = {}
    for slug in ("hoglandet", "sodra-lappland", "klaralvdalen"):
        places[slug] = association(slug)
        for role in ("officer", "reviewer", "chair", "deputy_chair", "member"):
            person(f"{role}-{slug}", places[slug], role)

    assert demo.load(places) == 13
    assert demo.load(places) == 0

    applications = Matter.objects.exclude(submission=None)
    assert applications.count() == 12
    assert set(applications.values_list("state", "result")) == {
        ("open", ""),
        ("closed", "Beviljad"),
        ("closed", "Avslagen"),
        ("withdrawn", ""),
    }
    assert len(set(applications.values_list("step_name", flat=True))) >= 6
    for matter in Matter.objects.all():
        if matter.graph:
            assert replay(events_of(matter), matter.graph).without_path() == Standpoint.of(matter)
    assert set(Matter.objects.filter(collection=places["hoglandet"]).values_list("registry_serial", flat=True)) == set(
        range(1, 12)
    )


def test_a_board_for_each_association_with_meetings_to_come_and_once_only() -> None:
    places = {}
    for slug in ("hoglandet", "sodra-lappland", "klaralvdalen"):
        places[slug] = association(slug)
        for role in ("officer", "chair", "member"):
            person(f"{role}-{slug}", places[slug], role)

    assert board_demo.load(places) == 3
    assert board_demo.load(places) == 0

    today = timezone.localdate()
    for board in Board.objects.all():
        seats = list(Seat.objects.filter(member__board=board))
        may = [seat.user_id for seat in seats if seat.user_id]
        told = findings(list(board.members.all()), seats, today, may_serve=may)
        assert [one.sentence for one in told if one.is_wrong] == []
        assert set(board.meetings.values_list("purpose", "is_public")) == {("ordinary", False), ("budget", True)}
