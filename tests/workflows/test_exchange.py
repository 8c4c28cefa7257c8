"""Workflows as templates: the shipped ones are published, carried round and walked."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from forms.actions.form import import_form
from records.errors import Invalid
from tests.workflows.factories import association, form, workflow
from workflows.actions import import_workflow
from workflows.models import Workflow

pytestmark = pytest.mark.django_db

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "workflows"


def shipped(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "asks", "steps"),
    [("ansokan-till-beslut", "ansokan-om-medel", 15), ("enkelt-arende", "tillganglighetsbrist", 4)],
)
def test_the_shipped_workflows_fit_the_shipped_forms(name: str, asks: str, steps: int) -> None:
    collection = association()
    asked = json.loads((FOLDER.parent / "forms" / f"{asks}.json").read_text(encoding="utf-8"))
    import_form(template=asked, collection=collection, publish=True)

    made = import_workflow(template=shipped(name), collection=collection, publish=True)

    assert made.live
    assert len(made.version.compiled["steps"]) == steps
    assert made.version.compiled["title"] == shipped(name)["workflow"]["title"]


def test_a_workflow_goes_out_and_comes_in_with_every_id(tmp_path: Path) -> None:
    collection = association()
    made = workflow(collection, form(collection))
    file = tmp_path / "way.json"
    other = association("Klarälvdalen")
    form(other, slug="ansok-k")
    said = StringIO()

    call_command("export_workflow", made.slug, str(file), stdout=said)
    call_command(
        "import_workflow", str(file), collection="Klarälvdalen", slug="k", form=["ansok-k"], publish=True, stdout=said
    )

    copy = Workflow.objects.get(slug="k")
    assert [child.id for child in copy.steps] == [child.id for child in made.steps]
    assert copy.version.compiled["steps"].keys() == made.version.compiled["steps"].keys()


@pytest.mark.parametrize(
    "template",
    [
        [],
        {"format": 1},
        {"format": 2, "workflow": {"title": "x", "slug": "x", "steps": []}},
        {"format": 1, "workflow": {"title": "x", "slug": "x"}},
        {"format": "1", "workflow": {"title": "x", "slug": "x", "steps": []}},
        {"format": True, "workflow": {"title": "x", "slug": "x", "steps": []}},
        {"format": 1, "workflow": {"title": "x", "slug": "x", "steps": [{"type": "check", "value": {"outcomes": 7}}]}},
        {"format": 1, "workflow": {"title": "x", "slug": "x", "steps": [], "examples": [{"type": "x", "value": {}}]}},
        {"format": 1, "workflow": {"title": "x", "slug": "x", "steps": [], "examples": "none"}},
        {"format": 1, "workflow": {"title": "x", "slug": "x", "steps": [1]}},
        {"format": 1, "workflow": {"title": "x", "slug": "x", "steps": [{"type": "magic", "value": {}}]}},
        {"format": 1, "workflow": {"title": "x", "slug": "x", "steps": [], "starts_with": ["nothing"]}},
        {"format": 1, "workflow": {"title": "x", "slug": "x", "steps": [], "starts_with": "ansok"}},
    ],
)
def test_what_is_no_template_is_refused_and_nothing_changes(template: Any) -> None:
    with pytest.raises(Invalid):
        import_workflow(template=template, collection=association())

    assert not Workflow.objects.exists()


def test_a_template_from_a_newer_version_says_so_and_what_to_do() -> None:
    template = {"format": 2, "workflow": {"title": "x", "slug": "x", "steps": []}}

    with pytest.raises(Invalid) as refused:
        import_workflow(template=template, collection=association())

    assert str(refused.value.sentence) == (
        "The template was made by a newer version of the service. Nothing was taken in. Update this one first."
    )


def test_a_template_that_does_not_lint_is_not_published(tmp_path: Path) -> None:
    association()
    template = shipped("enkelt-arende")
    template["workflow"]["starts_with"] = []
    template["workflow"]["steps"][1]["value"]["target"] = "nowhere"
    file = tmp_path / "way.json"
    file.write_text(json.dumps(template))

    with pytest.raises(CommandError, match="There is no step “nowhere”"):
        call_command("import_workflow", str(file), publish=True)

    assert not Workflow.objects.exists()
