"""Several at once: registry numbers have no gap and no double, and of two at one button one wins."""

import itertools
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone, translation

from records.errors import Conflict
from tests.records.factories import at_once
from tests.workflows.factories import House, again, person, record_decision, send, task
from workflows import actions
from workflows.history import Standpoint, events_of, replay
from workflows.models import Matter, RegistryCounter, Task

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(transactional_db: None) -> House:
    return House()


def test_registry_numbers_from_many_threads_have_no_gap_and_no_double(house: House) -> None:
    def act(number: int) -> str:
        if number % 3 == 0:
            return actions.register_by_hand(
                collection=house.collection, actor=again(house.olle), title=f"Brev {number}", channel="letter"
            ).registry_number
        return Matter.objects.get(submission=send(house.form, title=f"Team {number}")).registry_number

    numbers = at_once(12, act)

    assert len(set(numbers)) == 12
    serials = sorted(Matter.objects.values_list("registry_serial", flat=True))
    assert serials == list(range(1, 13))
    assert RegistryCounter.objects.get().last == 12


def test_a_number_that_was_rolled_back_is_given_again(house: House) -> None:
    series = actions.default_series(house.collection)
    with transaction.atomic():
        assert actions.take_number(series=series, at=timezone.now()).serial == 1
        transaction.set_rollback(True)

    assert house.applied().registry_serial == 1


def test_a_number_is_taken_in_a_transaction_or_not_at_all(house: House) -> None:
    with pytest.raises(RuntimeError):
        actions.take_number(series=actions.default_series(house.collection), at=timezone.now())


def test_the_first_numbers_of_a_year_are_taken_at_once(house: House) -> None:
    series = actions.default_series(house.collection)
    newyear = timezone.datetime(2031, 1, 1, 0, 30, tzinfo=timezone.get_current_timezone())

    def act(number: int) -> tuple[int, int]:
        with transaction.atomic():
            taken = actions.take_number(series=series, at=newyear)
        return taken.year, taken.serial

    assert sorted(at_once(8, act)) == [(2031, number) for number in range(1, 9)]


def test_two_officers_press_at_once_and_one_wins(house: House) -> None:
    matter = house.applied()
    waiting = task(matter, "check")
    officers = [house.olle, *(person(f"Oda{n}", house.collection, "officer") for n in range(5))]
    choices = itertools.cycle(["ga-vidare", "be-om-komplettering"])
    pressed = [(officer, next(choices)) for officer in officers]

    def act(number: int) -> str:
        officer, choice = pressed[number]
        with translation.override("en"):
            try:
                actions.choose(
                    task=Task.objects.get(pk=waiting.pk), choice=choice, actor=again(officer), expected_version=2
                )
            except Conflict as late:
                return str(late.sentence)
        return "won"

    said = at_once(len(pressed), act)

    assert matter.version == 2
    assert said.count("won") == 1
    assert all(" was first, " in sentence for sentence in said if sentence != "won")
    matter.refresh_from_db()
    assert replay(events_of(matter), matter.graph).without_path() == Standpoint.of(matter)


def test_the_record_is_corrected_while_the_chair_confirms(house: House) -> None:
    matter = house.recorded()
    version = matter.version

    def act(number: int) -> str:
        try:
            if number == 0:
                confirm = task(Matter.objects.get(pk=matter.pk), "confirm")
                actions.choose(
                    task=confirm,
                    choice="confirm",
                    actor=again(house.bo),
                    data={"agreed": "on"},
                    expected_version=version,
                )
            else:
                record_decision(Matter.objects.get(pk=matter.pk), house.olle, amount="100000")
        except (Conflict, Task.DoesNotExist):
            return "late"
        return "won"

    said = at_once(2, act)

    matter.refresh_from_db()
    confirmed = matter.decisions.exclude(confirmed_at=None)
    if said[0] == "won":
        assert matter.amount_granted == confirmed.get().amount == 300000
    else:
        assert matter.amount_granted is None
        assert not confirmed.exists()


def test_the_applicant_withdraws_while_the_office_decides(house: House) -> None:
    matter = house.applied()
    version = matter.version

    def act(number: int) -> Any:
        try:
            if number:
                actions.withdraw(matter=matter, actor=again(house.ada), expected_version=version)
            else:
                actions.choose(
                    task=Task.objects.get(matter=matter, what="check", done_at=None),
                    choice="ga-vidare",
                    actor=again(house.olle),
                    data={},
                    expected_version=version,
                )
        except (Conflict, Task.DoesNotExist):
            return "late"
        return "won"

    assert sorted(at_once(2, act)) == ["late", "won"]
    matter.refresh_from_db()
    assert replay(events_of(matter), matter.graph).without_path() == Standpoint.of(matter)
