"""The examples in HOUSE.md are code that runs: a field kind and a step kind, defined as written there."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import django.forms
import pytest
from django.utils.datastructures import MultiValueDict

from forms.expressions import Type
from forms.fields import FIELDS, FieldKind
from forms.fields import base as field_base
from forms.fields.texts import ShapedAnswer
from forms.kinds import family
from tests.forms.forms_in_tests import field_of
from tests.workflows import factories
from workflows import actions
from workflows import kinds as step_kinds
from workflows.models import Matter
from workflows.roles import HANDLE

HOUSE = (Path(__file__).resolve().parents[2] / "HOUSE.md").read_text(encoding="utf-8")


def example(name: str, names: Mapping[str, Any]) -> dict[str, Any]:
    """Run the code block of that name, with what its module would have imported."""
    found = re.search(rf"```python {name}\n(.*?)```", HOUSE, re.DOTALL)
    assert found, name
    space = dict(names)
    exec(found[1], space)  # noqa: S102 - our own page
    return space


def bankgiro(text: str) -> str:
    """Seven or eight digits with a dash before the last four, or ValueError."""
    digits = re.sub(r"[ -]", "", text)
    if not re.fullmatch(r"\d{7,8}", digits):
        raise ValueError(text)
    return f"{digits[:-4]}-{digits[-4:]}"


@pytest.fixture
def forget() -> Iterator[None]:
    """Takes the kinds away again."""
    yield
    for of, name in (("field", "bankgiro"), ("step", "second_reading")):
        if name in family(of):
            family(of).remove(name)


def test_the_field_kind_answers_as_its_example_says(forget: None) -> None:
    example(
        "field-kind",
        {
            **vars(field_base),
            "FieldKind": FieldKind,
            "ShapedAnswer": ShapedAnswer,
            "Type": Type,
            "django": django,
            "bankgiro": bankgiro,
        },
    )
    kind = FIELDS["bankgiro"]
    assert isinstance(kind, FieldKind)
    field = field_of("bankgiro", kind.example.settings)

    def stored(text: str) -> Any:
        form_field = kind.form_field(field)
        typed = form_field.widget.value_from_datadict(MultiValueDict({"q": [text]}), MultiValueDict(), "q")
        return kind.to_json(field, form_field.clean(typed))

    assert stored(kind.example.data[""]) == kind.example.stored
    assert kind.cells(field, kind.example.stored) == list(kind.example.cells)
    for wrong in kind.example.wrong:
        with pytest.raises(django.forms.ValidationError):
            stored(wrong[""])


@pytest.mark.django_db
def test_the_step_kind_waits_for_the_office_and_goes_on(forget: None) -> None:
    names: dict[str, Any] = {**vars(step_kinds), "HANDLE": HANDLE}
    example("step-kind", names)
    collection = factories.association()
    officer = factories.person("Olle", collection, "officer")
    asked = factories.form(collection)
    ending = ("end", {"label": "Next", "name": "next", "result": "Done"})
    steps = [("second_reading", dict(family("step")["second_reading"].example.settings)), ending]
    factories.workflow(collection, asked, steps=steps)

    matter = Matter.objects.get(submission=factories.send(asked, amount="2000"))
    task = matter.tasks.get(done_at=None)
    actions.choose(task=task, choice="read", actor=officer)

    matter.refresh_from_db()
    assert (matter.state, matter.result) == ("closed", "Done")
