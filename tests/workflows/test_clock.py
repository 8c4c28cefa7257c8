"""Reminders before and after the last day, once each, and what is late goes to somebody else too."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from records.models import Event, Message
from tests.workflows.factories import House, again, do, person, record_decision
from workflows import actions
from workflows.actions.clock import Clock
from workflows.models import Matter, Task
from workflows.permissions import standing
from workflows.queries import find, matter_page

pytestmark = pytest.mark.django_db

ENDS: list[tuple[str, dict[str, Any]]] = [("end", {"label": "Slut", "name": "slut", "result": "Klart"})]


def house_with(monkeypatch: pytest.MonkeyPatch, *steps: tuple[str, dict[str, Any]]) -> House:
    monkeypatch.setattr("tests.workflows.factories.STEPS", [*steps, *ENDS])
    return House()


def check(**settings: Any) -> tuple[str, dict[str, Any]]:
    outcomes = [{"label": "Klart", "target": "slut"}]
    return "check", {"label": "Kontroll", "due_days": 10, "outcomes": outcomes, **settings}


def reminders() -> list[Any]:
    return [event.transition["days"] for event in Event.objects.filter(type="matter.reminded").order_by("pk")]


def test_reminders_come_before_and_after_the_last_day_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    days = [{"days": 3, "when": "before"}, {"days": 1, "when": "after"}, {"days": 7, "when": "after"}]
    house = house_with(monkeypatch, check(reminders=days))
    house.applied()
    due = timezone.localdate() + timedelta(days=10)

    sent = {
        after: actions.remind_overdue(today=due + timedelta(days=after)) for after in (-4, -3, -2, 0, 1, 2, 6, 7, 8, 60)
    }

    assert [after for after, count in sent.items() if count] == [-3, 1, 7]
    assert reminders() == [-3, 1, 7]
    assert Message.objects.filter(key__contains=":overdue").count() == 3


def test_after_a_long_silence_only_the_latest_reminder_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    house = house_with(monkeypatch, check(reminders=[{"days": 3, "when": "before"}, {"days": 5, "when": "after"}]))
    house.applied()

    for _again in range(3):
        actions.remind_overdue(today=timezone.localdate() + timedelta(days=90))

    assert reminders() == [5]


def test_what_is_late_is_told_to_the_whole_office(monkeypatch: pytest.MonkeyPatch) -> None:
    house = house_with(monkeypatch, check(late_days=2, late_to="workflows.handle_matter"))
    olof = person("Olof", house.collection, "officer")
    matter = house.applied()
    actions.assign(matter=matter, officer=house.olle, actor=again(house.olle))
    day = timezone.localdate() + timedelta(days=12)

    actions.remind_overdue(today=day - timedelta(days=1))
    assert Task.objects.get(matter=matter).assignee == house.olle
    actions.remind_overdue(today=day)
    actions.remind_overdue(today=day + timedelta(days=1))

    assert Task.objects.get(matter=matter).assignee is None
    assert [message.to for message in Message.objects.filter(key__contains=":late:")] == [olof.email]
    assert do(matter, "check", "klart", olof).result == "Klart"


def test_the_deputy_chair_can_confirm_what_the_chair_is_late_with(monkeypatch: pytest.MonkeyPatch) -> None:
    ways = dict.fromkeys(("granted", "granted_in_part", "rejected", "referred_back", "tabled"), "slut")
    board = {"label": "Styrelsen", "due_days": 5, "late_days": 3, "late_to": "workflows.confirm_decision_as_deputy"}
    house = house_with(monkeypatch, ("board_decision", {**board, **ways}))
    matter = house.applied()
    record_decision(matter, house.olle)

    actions.remind_overdue(today=timezone.localdate() + timedelta(days=8))

    waiting = Task.objects.filter(matter=matter, what="confirm", done_at=None)
    assert set(waiting.values_list("role", flat=True)) == {
        "workflows.confirm_decision",
        "workflows.confirm_decision_as_deputy",
    }
    deputy = waiting.get(role="workflows.confirm_decision_as_deputy")
    actions.choose(task=deputy, choice="confirm", actor=house.cy, data={"agreed": "on"})
    assert Matter.objects.get(pk=matter.pk).result == "Klart"


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"due_days": None, "reminders": [{"days": 1, "when": "after"}]}, "no_last_day"),
        ({"due_days": 5, "reminders": [{"days": 9, "when": "before"}]}, "early_reminder"),
        ({"late_days": 4}, "half_late"),
    ],
)
def test_a_clock_that_cannot_be_met_is_told_before_publishing(settings: dict[str, Any], code: str) -> None:
    from tests.workflows.factories import association, form, workflow

    collection = association()
    made = workflow(collection, form(collection), steps=[check(**settings), *ENDS], publish=False)

    assert code in {problem.code for problem in made.problems()}


def test_a_clock_asks_for_the_latest_reminder_whose_day_has_come() -> None:
    clock, due = Clock((-3, 1), None), date(2026, 5, 10)

    assert clock.reminder(due, None, date(2026, 5, 6)) is None
    assert clock.reminder(due, None, date(2026, 5, 7)) == -3
    assert clock.reminder(due, -3, date(2026, 5, 10)) is None
    assert clock.reminder(due, -3, date(2026, 5, 11)) == 1
    assert clock.reminder(due, 1, date(2027, 5, 11)) is None


# --- waiting for a date ----------------------------------------------------------------------------------
def resting(**settings: Any) -> tuple[str, dict[str, Any]]:
    return "wait", {"label": "Överklagandetid", "passed": "slut", **settings}


def test_a_matter_that_waits_goes_on_by_itself_when_the_date_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    house = house_with(monkeypatch, resting(days=21))
    matter = house.applied()
    day = timezone.localdate() + timedelta(days=21)

    assert actions.go_on(today=day - timedelta(days=1)) == 0
    assert Matter.objects.get(pk=matter.pk).is_open
    assert [actions.go_on(today=day), actions.go_on(today=day)] == [1, 0]

    matter.refresh_from_db()
    assert (matter.state, matter.result) == ("closed", "Klart")
    moved = Event.objects.filter(stream=matter.stream, type="matter.moved").last()
    assert (moved.actor_key, moved.transition["outcome"]) == ("", "passed")


def test_the_office_lets_it_go_on_before_its_date(monkeypatch: pytest.MonkeyPatch) -> None:
    house = house_with(monkeypatch, resting(days=21))
    matter = house.applied()
    page = matter_page(standing(again(house.olle), find(matter.key)))
    due = timezone.localdate() + timedelta(days=21)

    assert [panel.why_not for panel in page.waits_for] == [
        f"It goes on by itself on {date_format(due, 'DATE_FORMAT')}."
    ]
    assert do(matter, "go_on", "passed", house.olle).result == "Klart"
    assert actions.go_on(today=due) == 0


@pytest.mark.parametrize(("settings", "code"), [({}, "no_date"), ({"question": "amount"}, "unknown_question")])
def test_a_wait_for_nothing_is_told_before_publishing(settings: dict[str, Any], code: str) -> None:
    from tests.workflows.factories import association, form, workflow

    collection = association()
    made = workflow(collection, form(collection), steps=[resting(**settings), *ENDS], publish=False)

    assert code in {problem.code for problem in made.problems()}
