"""Tests of what the database itself refuses."""

import pytest
from django.db import IntegrityError, connection, models, transaction

from records import triggers
from records.models import Event, EventDetail, EventStream, RateCounter
from records.triggers import frozen, install_triggers, kept, lifted, missing_triggers

from .factories import happens


@pytest.fixture
def refused(db: None) -> object:
    """Ada has applied; whatever the block does next must be refused by the database."""
    happens(detail={"name": "Ada"})
    return pytest.raises(IntegrityError)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Event.objects.update(type="matter.forged"),
        lambda: Event.objects.get().save(),
        lambda: Event.objects.all()._raw_delete("default"),
        lambda: EventDetail.objects.update(payload={}),
        lambda: EventStream.objects.all().delete(),
        lambda: EventStream.objects.update(length=0, head=""),
        lambda: EventStream.objects.update(head=""),
    ],
    ids=["update", "save", "delete", "detail", "stream", "shorter", "head"],
)
def test_history_is_neither_changed_nor_removed(refused: object, change: object) -> None:
    with refused, transaction.atomic():
        change()

    assert Event.objects.get().type == "matter.started"


def test_details_may_be_purged(db: None) -> None:
    happens(detail={"name": "Ada"})

    EventDetail.objects.all().delete()

    assert not EventDetail.objects.exists()


def test_all_triggers_are_there_and_installing_again_changes_nothing(db: None) -> None:
    assert missing_triggers() == []
    assert install_triggers() == []


def test_a_missing_trigger_is_found_and_made_again(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TRIGGER samsyn_records_event_update" + ("" if connection.vendor == "sqlite" else " ON records_event")
        )

    assert missing_triggers() == ["samsyn_records_event_update"]
    assert install_triggers() == ["samsyn_records_event_update"]
    assert missing_triggers() == []


def test_a_trigger_that_was_switched_off_counts_as_missing(db: None) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite cannot switch a trigger off")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE records_event DISABLE TRIGGER samsyn_records_event_update")

    assert missing_triggers() == ["samsyn_records_event_update"]


@pytest.mark.django_db(transaction=True)
def test_triggers_come_back_after_a_table_was_rebuilt() -> None:
    column = Event._meta.get_field("type")
    longer = models.TextField()
    longer.set_attributes_from_name("type")
    longer.model = Event
    with connection.schema_editor() as editor:
        editor.alter_field(Event, column, longer)
        editor.alter_field(Event, longer, column)
    dropped = missing_triggers()

    install_triggers()

    assert bool(dropped) == (connection.vendor == "sqlite")
    assert missing_triggers() == []


@pytest.fixture
def counters(db: None) -> None:
    """A rule of each kind on a table with a state of its own."""
    known = dict(triggers._triggers)
    frozen(RateCounter, ["who", "expires"], when="bucket <> 'draft: count'", unless="bucket = 'purged'")
    kept(RateCounter, when="bucket <> 'draft: count'")
    install_triggers()
    RateCounter.objects.create(bucket="draft: count", who="Ada", starts=1, expires=1)
    RateCounter.objects.create(bucket="sent", who="Bo", starts=1, expires=1)
    yield
    triggers._triggers.clear()
    triggers._triggers.update(known)


def test_frozen_columns_do_not_change_once_the_row_is_past_its_draft(counters: None) -> None:
    RateCounter.objects.filter(who="Ada").update(expires=2)
    RateCounter.objects.filter(who="Bo").update(count=7)
    bo = RateCounter.objects.get(who="Bo")
    bo.save()
    with pytest.raises(IntegrityError, match="who, expires must not change"), transaction.atomic():
        RateCounter.objects.filter(who="Bo").update(expires=2)

    assert dict(RateCounter.objects.values_list("who", "expires")) == {"Ada": 2, "Bo": 1}


def test_a_frozen_row_may_take_the_one_change_that_is_meant(counters: None) -> None:
    RateCounter.objects.filter(who="Bo").update(bucket="purged", who="")

    assert RateCounter.objects.filter(bucket="purged", who="").exists()


def test_kept_rows_are_not_removed_but_drafts_are(counters: None) -> None:
    RateCounter.objects.filter(who="Ada").delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        RateCounter.objects.filter(who="Bo").delete()

    assert list(RateCounter.objects.values_list("who", flat=True)) == ["Bo"]


def test_a_rule_for_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no column"):
        frozen(RateCounter, ["answers"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", [1, 2])
def test_the_database_can_be_emptied_after_a_test_that_commits(round_: int) -> None:
    assert not Event.objects.exists()
    assert missing_triggers() == []

    happens(detail={"name": "Ada"})


@pytest.mark.django_db(transaction=True)
def test_lifting_ends_with_the_block() -> None:
    happens()

    with lifted():
        Event.objects.update(type="matter.forged")
        EventStream.objects.all()._raw_delete("default")

    assert missing_triggers() == []
