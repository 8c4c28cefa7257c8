"""Versions of a workflow: what differs between two, in words, with who published them, when and why."""

import copy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from forms.versions import Change
from tests.workflows.factories import STEPS, House, stream
from workflows.models import Workflow
from workflows.versions import compare

pytestmark = pytest.mark.django_db

LETTER = {"letter": "workflows.letter", "subject": "Hej", "text": "Hej {{ name }}!"}


def changed(workflow: Workflow, values: dict[str, dict[str, Any]], **more: Any) -> Workflow:
    """A new version with these settings of steps changed, by name; ``new`` are blocks put in at a place."""
    draft = workflow.get_latest_revision_as_object()
    ids = {child.value["name"]: child.id for child in draft.steps}
    steps = [(kind, value | values.get(value["name"], {})) for kind, value in copy.deepcopy(STEPS)]
    raw = [{**block, "id": ids[block["value"]["name"]]} for block in stream(steps)]
    for place, block in more.pop("new", {}).items():
        raw.insert(place, {**block, "id": block["value"]["name"]})
    for name, value in more.items():
        setattr(draft, name, value)
    draft.steps = draft._meta.get_field("steps").to_python(raw)
    draft.save_revision().publish()
    return Workflow.objects.get(pk=workflow.pk)


def between(workflow: Workflow, one: int = 1, other: int = 2) -> list[Change]:
    found = {version.number: version.compiled for version in workflow.versions.all()}
    return compare(found[one], found[other])


def told(changes: list[Change]) -> list[tuple[str, ...]]:
    return [(change.kind, change.page, change.label, change.before, change.after) for change in changes]


def test_the_same_workflow_published_again_differs_in_nothing(hoglandet: House) -> None:
    compiled = hoglandet.workflow.version.compiled

    assert compare(compiled, compiled) == []


def test_what_a_step_is_called_where_it_leads_and_how_long_it_takes_is_told(hoglandet: House) -> None:
    outcomes = [
        {"label": "Gå vidare", "target": "fordelning", "tone": "primary", "explain": True},
        {"label": "Be om komplettering", "target": "komplettering", "tone": "secondary", "explain": False},
        {"label": "Avsluta", "target": "avvisad", "tone": "danger", "explain": True},
    ]
    check = {"label": "Första granskning", "due_days": None, "applicant_now": "Vi läser", "outcomes": outcomes}

    rules = [{"condition": "amount <= 20000", "label": "Små belopp", "target": "beredning"}]
    branch = {"rules": rules, "otherwise": "styrelse"}
    workflow = changed(
        hoglandet.workflow,
        {"granskning": check, "fordelning": branch, "beredning": {"due_days": 1, "approve": "avvisad"}},
    )

    assert told(between(workflow)) == [
        ("reworded", "Första granskning", "", "Formell granskning", "Första granskning"),
        ("reworded", "Första granskning", "", "Kansliet läser din ansökan", "Vi läser"),
        ("settings", "Första granskning", "", "7 days", "no date"),
        ("options", "Första granskning", "Avsluta", "", ""),
        ("options", "Första granskning", "Avvisa", "", ""),
        ("settings", "Första granskning", "Gå vidare", "A reason must be written: no", "A reason must be written: yes"),
        ("rule", "Stort eller litet", "Små belopp", "Styrelsens beslut", "Beredning"),
        ("rule", "Stort eller litet", "otherwise", "Beredning", "Styrelsens beslut"),
        ("settings", "Beredning", "", "14 days", "1 day"),
        ("rule", "Beredning", "approval is recommended", "Styrelsens beslut", "Avvisad"),
    ]


def test_conditions_are_told_with_the_words_of_the_form(hoglandet: House) -> None:
    rules = [
        {"condition": "matter_amount_applied > 900000", "label": "Stora belopp", "target": "beredning"},
        {"condition": "amount <= 30000", "label": "Små belopp", "target": "styrelse"},
    ]

    workflow = changed(hoglandet.workflow, {"fordelning": {"rules": rules}})

    assert told(between(workflow)) == [
        ("options", "Stort eller litet", "Stora belopp", "", "“The matter: amount applied for” > 900000"),
        ("rule", "Stort eller litet", "Små belopp", "“Sökt belopp” <= 20000", "“Sökt belopp” <= 30000"),
    ]
    assert [(change.kind, change.label) for change in between(workflow, 2, 1)] == [
        ("rule", "Små belopp"),
        ("options", "Stora belopp"),
    ]


def test_steps_that_come_go_and_move_are_told(hoglandet: House) -> None:
    letter = {"type": "message", "value": {**LETTER, "label": "Kvittens", "name": "kvittens", "target": "granskning"}}

    workflow = changed(hoglandet.workflow, {}, new={0: letter}, title="Ny gång")
    forth, back = between(workflow), between(workflow, 2, 1)

    assert told(forth) == [
        ("form", "", "the title", "Ansökan till beslut", "Ny gång"),
        ("form", "", "the start", "Formell granskning", "Kvittens"),
        ("added", "Kvittens", "", "", "Letter to the applicant"),
    ]
    assert ("removed", "Kvittens", "", "", "") in told(back)


def test_a_step_with_another_place_is_told_once(hoglandet: House) -> None:
    compiled = hoglandet.workflow.version.compiled
    first, second, *rest = compiled["order"]

    moved = compare(compiled, {**compiled, "order": [first, *rest, second]})

    assert told(moved) == [("moved", "Komplettering", "", "", "")]


def test_the_text_of_a_letter_is_shown_before_and_after(hoglandet: House) -> None:
    workflow = changed(hoglandet.workflow, {"brev-avslag": {"text": "Tyvärr."}})

    assert told(between(workflow)) == [
        ("settings", "Brev: avslag", "", "Styrelsen har avslagit {{ title }}.", "Tyvärr."),
    ]


def test_the_history_in_the_admin_shows_the_difference_with_who_when_and_why(hoglandet: House) -> None:
    draft = changed(hoglandet.workflow, {"beredning": {"due_days": 21}}).get_latest_revision_as_object()
    draft.change_reason = "Gruppen hinner inte på två veckor."
    draft.title = "Från ansökan till beslut"
    draft.save_revision(user=hoglandet.olle).publish(user=hoglandet.olle)
    address = reverse(Workflow.snippet_viewset.get_url_name("versions"), args=[hoglandet.workflow.pk])
    client, stranger = Client(), Client()
    client.force_login(hoglandet.olle)
    stranger.force_login(House("Klarälvdalen", "-k").olle)

    html = client.get(address, {"from": "1", "to": "3"}).content.decode()

    for text in ("Version 3", "Olle", "Gruppen hinner inte på två veckor.", "14 days", "21 days", "Beredning"):
        assert text in html, text
    assert stranger.get(address).status_code == 404


def test_a_difference_asks_for_each_form_once(hoglandet: House, django_assert_num_queries: Any) -> None:
    labels = {1: "Små belopp", 2: "Större", 3: "Störst"}
    rules = [{"condition": f"amount <= {n}", "label": label, "target": "styrelse"} for n, label in labels.items()]
    workflow = changed(hoglandet.workflow, {"fordelning": {"rules": rules}})
    found = {version.number: version.compiled for version in workflow.versions.all()}

    with django_assert_num_queries(4):
        compare(found[1], found[2])
