"""The kinds mechanism: what is defined is offered, what is unknown is never lost, and no kind makes a migration."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.test import override_settings
from wagtail.blocks import CharBlock, StructBlock, StructBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError

from forms.fields import FIELDS, FieldKind
from forms.fields.texts import LongText
from forms.kinds import Kind, KindsField, Problem, UnknownKinds, family, place, problems_in
from forms.models import Form
from tests.forms.forms_in_tests import association, block_id, make_form, page, question

QUESTIONS: KindsField = Form._meta.get_field("questions")  # type: ignore[assignment]


@pytest.fixture
def mood() -> Iterator[type[FieldKind]]:
    """A kind that a higher room, or a test, has added."""

    class Mood(LongText):
        name = "mood"
        label = "Mood"

    yield Mood
    FIELDS.remove("mood")


def offered() -> list[str]:
    return list(QUESTIONS.stream_block.child_blocks["page"].child_blocks["questions"].child_blocks)


def test_a_kind_is_offered_as_soon_as_it_is_defined(mood: type[FieldKind]) -> None:
    assert "mood" in offered()
    assert isinstance(FIELDS["mood"], mood)


def test_a_kind_that_is_gone_is_not_offered() -> None:
    assert "mood" not in offered()


def test_a_new_kind_makes_no_migration(mood: type[FieldKind]) -> None:
    assert "mood" in offered()

    with override_settings(MIGRATION_MODULES={}):
        stored = MigrationLoader(None).project_state()
    changes = MigrationAutodetector(stored, ProjectState.from_apps(apps)).changes(graph=MigrationLoader(None).graph)

    operations = [operation for one in changes.get("forms", []) for operation in one.operations]
    assert [operation for operation in operations if getattr(operation, "model_name", "") == "form"] == []


def test_in_migrations_the_field_is_plain_json() -> None:
    _name, path, args, kwargs = QUESTIONS.deconstruct()

    assert path == "django.db.models.JSONField"
    assert args == []
    assert kwargs["default"] is list
    assert models.JSONField(**kwargs)


def test_a_clone_offers_the_same() -> None:
    clone = QUESTIONS.clone()

    assert clone.family is FIELDS
    assert list(clone.stream_block.child_blocks) == ["page"]
    assert list(clone.stream_block.child_blocks["page"].child_blocks["questions"].child_blocks) == offered()


def test_a_retired_kind_is_kept_last(mood: type[FieldKind]) -> None:
    first = next(iter(FIELDS))
    type(FIELDS[first]).retired = True
    try:
        assert [kind.name for kind in FIELDS.palette()][-1] == first
        assert FIELDS[first].block().meta.group == "No longer used" or FIELDS[first].block().meta.group
    finally:
        type(FIELDS[first]).retired = False


def test_two_kinds_of_one_name_are_refused() -> None:
    with pytest.raises(TypeError, match="two field kinds named 'email'"):

        class Other(FieldKind):
            name = "email"


def test_a_family_of_its_own_holds_only_its_kinds() -> None:
    class Colour(Kind, family="colour"):
        pass

    class Red(Colour):
        name = "red"
        label = "Red"

        class Settings(StructBlock):
            shade = CharBlock()

    field = KindsField(family="colour")
    field.set_attributes_from_name("colours")
    value = field.to_python([{"type": "red", "value": {"shade": "dark"}, "id": "1"}])

    assert list(family("colour")) == ["red"]
    assert [(child.block_type, child.value["shade"]) for child in value] == [("red", "dark")]


# --- unknown kinds ----------------------------------------------------------------------------------


@pytest.fixture
def strange() -> Form:
    """A form that holds a question of a kind that is not installed here."""
    form = make_form(page("Om dig", question("short_text", "Namn")))
    stored = QUESTIONS.get_prep_value(form.questions)
    stored[0]["value"]["questions"].append({"type": "hologram", "value": {"label": "Bild"}, "id": block_id("x")})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE forms_form SET questions = %s WHERE id = %s", [json.dumps(stored), form.pk])
    return Form.objects.get(pk=form.pk)


@pytest.mark.django_db
def test_an_unknown_kind_is_read_but_never_saved_away(strange: Form) -> None:
    assert strange.questions.unknown_kinds == ("hologram",)
    assert [child.block_type for child in strange.questions[0].value["questions"]] == ["short_text"]

    for save in (strange.save, lambda: strange.save_revision(clean=False), strange.full_clean):
        with pytest.raises(ValidationError, match="hologram"), transaction.atomic():
            save()
    assert Form.objects.get(pk=strange.pk).questions.unknown_kinds == ("hologram",)


@pytest.mark.django_db
def test_other_columns_of_a_form_with_an_unknown_kind_can_be_saved(strange: Form) -> None:
    strange.title = "Nytt namn"
    strange.save(update_fields=["title"])

    assert Form.objects.get(pk=strange.pk).questions.unknown_kinds == ("hologram",)


@pytest.mark.django_db
def test_code_cannot_assign_an_unknown_kind() -> None:
    form = make_form(page("Om dig", question("short_text", "Namn")))

    with pytest.raises(UnknownKinds):
        form.questions = [("chapter", {"title": "X"})]
    form.questions = [page("Om dig", {"type": "hologram", "value": {}, "id": "1"})]
    with pytest.raises(UnknownKinds):
        form.save()


def test_a_posted_unknown_kind_is_an_error_not_a_loss() -> None:
    block = QUESTIONS.stream_block.child_blocks["page"].child_blocks["questions"]
    data = {"q-count": "1", "q-0-deleted": "", "q-0-type": "hologram", "q-0-order": "0", "q-0-id": "1"}

    with pytest.raises(StreamBlockValidationError) as refused:
        block.clean(block.value_from_datadict(data, {}, "q"))

    assert "hologram" in str(refused.value.non_block_errors)


# --- problems and their places ----------------------------------------------------------------------


@pytest.mark.django_db
def test_problems_are_placed_at_their_blocks_however_deep() -> None:
    options = [{"label": "A", "key": "a"}, {"label": "B", "key": "b"}]
    form = make_form(page("Om dig", question("one_of", "Val", choices=options)), collection=association())
    problems = [
        Problem("x", "at the page", block_id("page", "Om dig")),
        Problem("x", "at the label", block_id("Val"), setting="label"),
        Problem("x", "at the options", block_id("Val"), setting="choices"),
        Problem("x", "only worth a look", block_id("Val"), level="warning", setting="label"),
        Problem("x", "above all", setting="questions"),
        Problem("x", "of a block that is gone", "gone"),
        Problem("x", "elsewhere", setting="title"),
    ]

    error = place(form.questions, problems, setting="questions")

    assert error is not None
    assert error.as_json_data() == {
        "messages": ["above all", "of a block that is gone"],
        "blockErrors": {
            0: {
                "messages": ["at the page"],
                "blockErrors": {
                    "questions": {
                        "blockErrors": {
                            0: {
                                "blockErrors": {
                                    "label": {"messages": ["at the label"]},
                                    "choices": {"messages": ["at the options"]},
                                }
                            }
                        }
                    }
                },
            }
        },
    }


@pytest.mark.django_db
def test_an_option_carries_its_own_problem() -> None:
    form = make_form(page("Om dig", question("one_of", "Val", choices=[{"label": "A", "key": "a"}])))

    error: Any = place(form.questions, [Problem("x", "bad key", "a", setting="key")])
    option = error.block_errors[0].block_errors["questions"].block_errors[0].block_errors["choices"].block_errors[0]

    assert isinstance(option, StructBlockValidationError)
    assert option.as_json_data() == {"blockErrors": {"key": {"messages": ["bad key"]}}}


@pytest.mark.django_db
def test_what_blocks_refuse_comes_back_as_problems_at_their_places() -> None:
    form = make_form(page("", question("short_text", "Namn", max_length=5000)))

    with pytest.raises(ValidationError) as refused:
        QUESTIONS.stream_block.clean(form.questions)
    found = list(problems_in(form.questions, refused.value))

    assert [(problem.block_id, problem.setting) for problem in found] == [
        (block_id("page", ""), "title"),
        (block_id("Namn"), "max_length"),
    ]
