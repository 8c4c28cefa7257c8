"""The demo's applications are walked by the real actions, and a second time nothing is made."""

import pytest

from tests.workflows.factories import association, person
from workflows import demo
from workflows.history import Standpoint, events_of, replay
from workflows.models import Matter

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
