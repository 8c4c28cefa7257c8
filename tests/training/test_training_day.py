"""A training day: what is refused, and how its time and place are told."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from tests.pages import places
from training.models import ProgrammeItem, Speaker, TrainingDayPage, TrainingIndexPage

pytestmark = pytest.mark.django_db


def _at(day: int, clock: str) -> datetime.datetime:
    return timezone.make_aware(
        datetime.datetime.combine(datetime.date(2027, 3, day), datetime.time.fromisoformat(clock))
    )


def _day(**values: object) -> TrainingDayPage:
    given = {"starts_at": _at(11, "09:00"), "ends_at": _at(11, "15:30"), "place": "Medborgarhuset", **values}
    return TrainingDayPage(title="Inspirationsdag", **given)


def test_a_day_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValidationError, match="Dagen kan inte sluta innan den börjar"):
        _day(ends_at=_at(11, "08:00")).clean()


def test_a_day_on_site_needs_a_place_and_a_digital_one_does_not() -> None:
    with pytest.raises(ValidationError, match="Skriv var dagen hålls"):
        _day(place="").clean()

    _day(place="", mode="digital").clean()


def test_the_time_is_told_as_one_says_it() -> None:
    spoken = _day().when().replace("\N{WORD JOINER}", "").replace("\N{NO-BREAK SPACE}", " ")

    assert spoken == "torsdag 11 mars 2027 kl. 09:00–15:30"


def test_two_days_in_a_row_name_both() -> None:
    spoken = _day(ends_at=_at(12, "12:00")).when().replace("\N{NO-BREAK SPACE}", " ")

    assert spoken == "torsdag 11 mars 2027 kl. 09:00 till fredag 12 mars 2027 kl. 12:00"


def test_the_page_tells_programme_speakers_and_whom_to_ask(client: Client) -> None:
    index = places.association().add_child(instance=TrainingIndexPage(title="Utbildningar"))
    page = index.add_child(
        instance=_day(
            target_group="Handläggare hos alla parter",
            contact_name="Bo Ek",
            contact_email="bo@hoglandet.example",
            how_to_register="Skriv till Bo.",
        )
    )
    page.programme = [ProgrammeItem(begins=datetime.time(9), ends=datetime.time(9, 30), title="Kaffe")]
    page.speakers = [Speaker(name="Cy Berg", role="samverkanskoordinator")]
    page.save()

    said = client.get(page.url).content.decode()

    for text in ("09:00–09:30", "Kaffe", "Cy Berg", "Handläggare hos alla parter", "bo@hoglandet.example", "Bo Ek"):
        assert text in said


def test_a_cancelled_day_says_so_everywhere(client: Client) -> None:
    index = places.association().add_child(instance=TrainingIndexPage(title="Utbildningar"))
    now = timezone.now()
    page = index.add_child(
        instance=_day(
            starts_at=now + datetime.timedelta(days=2),
            ends_at=now + datetime.timedelta(days=2, hours=5),
            cancelled=True,
        )
    )

    assert "Utbildningen är inställd." in client.get(page.url).content.decode()
    assert "Inställd" in client.get(index.url).content.decode()


def test_drafts_of_training_days_are_not_listed(client: Client) -> None:
    index = places.association().add_child(instance=TrainingIndexPage(title="Utbildningar"))
    now = timezone.now()
    index.add_child(
        instance=_day(starts_at=now + datetime.timedelta(days=2), ends_at=now + datetime.timedelta(days=3), live=False)
    )

    response = client.get(index.url)

    assert response.context["upcoming"] == []
    assert "Ingen utbildning är planerad just nu" in response.content.decode()
