"""The page where a draft is tried, run over its matters, and where open matters are moved."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.workflows.factories import House, again, person, stream
from workflows import actions
from workflows.models import Matter, Replay, Workflow

pytestmark = pytest.mark.django_db


def address(house: House) -> str:
    return reverse(Workflow.snippet_viewset.get_url_name("proving"), args=[house.workflow.pk])


def as_user(user: object) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_staff_walk_an_example_through_and_read_the_mails(hoglandet: House) -> None:
    draft = hoglandet.workflow.get_latest_revision_as_object()
    case = {"label": "Sökt 90 000", "amount": "90000", "comes_to": "styrelse"}
    draft.examples = draft._meta.get_field("examples").to_python(stream([("case", case)]))
    draft.save_revision(clean=False)
    client = as_user(hoglandet.olle)

    before = client.get(address(hoglandet)).content.decode()
    after = client.post(address(hoglandet), {"do": "try", "example": draft.examples[0].id}).content.decode()

    assert "Sökt 90 000" in before
    assert "Beredningsgruppen" not in before
    assert "Beviljad" in after
    assert "Ni får 90" in after.rpartition("proving-mail")[2]
    assert not Matter.objects.exists()


def test_the_draft_is_run_over_all_matters_and_told(hoglandet: House) -> None:
    hoglandet.at_board()
    client = as_user(hoglandet.olle)

    waiting = client.post(address(hoglandet), {"do": "replay"}, follow=True)
    actions.make_replay(str(Replay.objects.get().key))
    done = client.get(address(hoglandet))

    assert waiting["Refresh"] == "3"
    assert "<progress" in waiting.content.decode()
    assert "1 matter would go the same way." in done.content.decode()
    assert "Refresh" not in done


def test_open_matters_are_moved_from_the_page(hoglandet: House) -> None:
    matter = hoglandet.applied()
    draft = hoglandet.workflow.get_latest_revision_as_object()
    draft.steps[0].value["label"] = "Första granskning"
    draft.save_revision().publish()
    client = as_user(hoglandet.olle)
    assert "Move 1 open matter to version 2" in client.get(address(hoglandet)).content.decode()

    client.post(address(hoglandet), {"do": "move"})
    actions.make_replay(str(Replay.objects.get().key))

    page = client.get(address(hoglandet)).content.decode()
    assert "1 matter was moved to version 2." in page
    assert "Every open matter follows version 2" in page
    assert Matter.objects.get(pk=matter.pk).step_name == "Första granskning"


def test_who_may_not_edit_the_workflow_does_not_see_the_page(hoglandet: House) -> None:
    for user in (hoglandet.rut, hoglandet.mia, person("Dag")):
        assert as_user(again(user)).get(address(hoglandet)).status_code in (302, 403, 404)
