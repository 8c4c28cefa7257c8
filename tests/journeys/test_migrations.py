"""A database made by the migrations, as an operator has it: triggers, schedules, the first page, nothing left over."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django_q.models import Schedule

from records.triggers import missing_triggers

pytestmark = [pytest.mark.migrations, pytest.mark.django_db(transaction=False)]


def test_the_guards_are_there() -> None:
    assert list(missing_triggers()) == []


def test_the_worker_has_its_schedules_once_each() -> None:
    names = list(Schedule.objects.values_list("name", flat=True))

    assert sorted(names) == sorted(set(names))
    assert {"records.sweep", "forms.purge", "workflows.remind"} <= set(names)


def test_a_fresh_installation_answers_on_its_first_page() -> None:
    assert Client().get("/").status_code == 200


def test_nothing_is_left_to_migrate() -> None:
    call_command("migrate", "--check", stdout=StringIO())
