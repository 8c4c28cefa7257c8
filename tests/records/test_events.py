"""Tests of what has happened: rule 4, the chains, and what finds a forged one."""

import uuid
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from records.events import NewEffect, NewEvent, record
from records.models import Effect, Event, EventDetail, EventStream
from records.triggers import lifted
from records.verification import Verified, verify

from .factories import association, at_once, happens, person

pytestmark = pytest.mark.usefixtures("in_english")


def verified() -> str:
    """What the command prints when all is well."""
    out = StringIO()
    call_command("verify_events", stdout=out, stderr=StringIO())
    return out.getvalue()


def breaks() -> list[str]:
    return [str(found) for found in verify(Verified())]


def test_an_event_is_refused_outside_a_transaction(db: None) -> None:
    with pytest.raises(RuntimeError, match="atomic"):
        record(NewEvent(collection=None, stream="matter:1", type="matter.started"))

    assert not Event.objects.exists()


def test_an_event_keeps_who_did_it_by_key_and_personal_text_apart(db: None) -> None:
    ada, hoglandet = person("ada@hoglandet.example"), association("Höglandet")

    event = happens(hoglandet, actor=ada, transition={"step": "check"}, detail={"comment": "Ring Ada"})

    assert event.actor_key == str(ada.key)
    assert event.transition == {"step": "check"}
    assert event.detail.payload == {"comment": "Ring Ada"}
    assert "Ring Ada" not in str(Event.objects.values())


def test_events_are_numbered_and_chained_within_their_stream(db: None) -> None:
    first, second, other = happens(), happens(type_="matter.closed"), happens(stream="matter:2")

    assert [first.sequence, second.sequence, other.sequence] == [1, 2, 1]
    assert [first.previous, second.previous, other.previous] == ["", first.digest, ""]
    assert EventStream.objects.get(name="matter:1").head == second.digest
    assert "Events: 3. Chains: 2." in verified()


def test_values_of_every_kind_survive_the_database_with_the_same_digest(db: None) -> None:
    happens(
        transition={
            "amount": Decimal("1250000.50"),
            "day": date(2026, 3, 31),
            "key": uuid.UUID(int=7),
            "big": 10**25,
            "text": "Åsa\x00 och \ud800 Örjan 𝄞",
            "nested": [{"b": None, "a": True}],
        },
        detail={"note": "§ 14 – bifall"},
    )

    assert Event.objects.get().transition["amount"] == "1250000.50"
    assert "Events: 1." in verified()


def test_binary_fractions_are_refused_for_databases_write_them_differently(db: None) -> None:
    with pytest.raises(TypeError, match="float"):
        happens(transition={"amount": 0.1})


def test_an_unknown_kind_of_work_is_refused_at_once(db: None) -> None:
    with pytest.raises(LookupError, match=r"nobody\.knows"):
        happens(effects=(NewEffect(kind="nobody.knows", key="1"),))

    assert (Event.objects.count(), Effect.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_nothing_of_it_remains_when_the_change_is_rolled_back() -> None:
    def act() -> None:
        with transaction.atomic():
            record(NewEvent(collection=None, stream="matter:1", type="matter.started", detail={"a": "b"}))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()

    assert (Event.objects.count(), EventDetail.objects.count(), EventStream.objects.count()) == (0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_write_one_chain_without_gaps() -> None:
    at_once(12, lambda number: [happens(transition={"by": number}) for _n in range(5)])

    assert list(Event.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 61))
    assert breaks() == []


# --- what verify_events finds -------------------------------------------------------------------------
@pytest.fixture
def history(db: None) -> None:
    for number in range(1, 6):
        happens(transition={"number": number}, detail={"note": f"nummer {number}"})
    happens(stream="matter:2")


def test_a_purged_detail_leaves_the_chain_whole(history: None) -> None:
    EventDetail.objects.filter(event__sequence=2).delete()

    assert breaks() == []


@pytest.mark.parametrize(
    ("forge", "found"),
    [
        (
            lambda: Event.objects.filter(stream="matter:1", sequence=3).update(actor_key="dag"),
            ["matter:1 3: it has been changed"],
        ),
        (
            lambda: EventDetail.objects.filter(event__sequence=4).update(payload={"note": "annat"}),
            ["matter:1 4: its details have been changed"],
        ),
        (
            lambda: remove(2),
            ["matter:1 2: events are missing before number 3: 1"],
        ),
        (
            lambda: remove(5, 4),
            ["matter:1 4: events are missing at the end: 2"],
        ),
        (
            lambda: remove(1, 2, 3, 4, 5),
            ["matter:1 1: all events are missing: 5"],
        ),
        (
            lambda: EventStream.objects.filter(name="matter:2").delete(),
            ["matter:2 1: the record of how long this chain is, is missing"],
        ),
        (
            lambda: rewrite(3),
            ["matter:1 4: it does not follow on the event before it"],
        ),
        (
            lambda: rewrite(5),
            ["matter:1 5: the chain does not end with this event as it is now"],
        ),
    ],
    ids=["edited", "detail", "middle", "tail", "all", "head", "rewritten", "rewritten-last"],
)
def test_verify_events_names_the_broken_row(history: None, forge: object, found: list[str]) -> None:
    with lifted():
        forge()

    assert breaks() == found
    with pytest.raises(CommandError, match="Breaks: 1"):
        verified()


def test_verify_events_tells_of_a_missing_trigger(db: None) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        table = "" if connection.vendor == "sqlite" else " ON records_event"
        cursor.execute(f"DROP TRIGGER samsyn_records_event_update{table}")

    assert breaks() == ["The trigger samsyn_records_event_update is missing."]


def remove(*numbers: int) -> None:
    EventDetail.objects.filter(event__stream="matter:1", event__sequence__in=numbers).delete()
    Event.objects.filter(stream="matter:1", sequence__in=numbers).delete()


def rewrite(number: int) -> None:
    """Forge an event as somebody would who knows how digests are made."""
    from records.events import chain_digest

    event = Event.objects.get(stream="matter:1", sequence=number)
    event.transition = {"number": 99}
    event.digest = chain_digest(event)
    event.save()
