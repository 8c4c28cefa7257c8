"""A limit holds when many send at the same moment: of the form, a person, an organisation, what the form is about."""

from collections.abc import Callable
from typing import Any

import pytest

from forms.actions import submit, withdraw
from forms.models import Form, Submission, TakenPlace
from forms.places import Full, take_places
from forms.queries import answers_digest, runtime_of
from tests.forms.forms_in_tests import block_id
from tests.forms.journey_in_tests import Visitor, application
from tests.records.factories import at_once, person

pytestmark = pytest.mark.django_db(transaction=True)

ROOM, CROWD = 3, 8
ABOUT = "matter:4f8e2f60-6f6c-4ad6-9d0c-6c3f3c1f9a01"
OTHER = "matter:b2f1c9de-94c1-4a55-8a0c-51c0a5e0aa02"

Change = Callable[[int], dict[str, Any]]


def drafts(count: int, change: Change = lambda number: {}, **limits: Any) -> list[Submission]:
    """So many drafts that could be sent, of a form with these limits; `change` makes each what it is."""
    form = application()
    Form.objects.filter(pk=form.pk).update(**limits)
    Visitor().fill_all()
    first = Submission.objects.get()
    values = {name: getattr(first, name) for name in ("collection", "form", "version", "answers", "updated_at")}
    first.delete()
    return [Submission.objects.create(**{**values, **change(number)}) for number in range(count)]


def send(row: Submission) -> str:
    """Send it: "sent", or the limit that was in the way."""
    row = Submission.objects.get(pk=row.pk)
    try:
        submit(submission=row, seen=answers_digest(row, runtime_of(row).path(row.answers).answers, []))
    except Full as full:
        return full.limit
    return "sent"


def all_at_once(rows: list[Submission]) -> list[str]:
    """What came of each when all were sent at the same moment."""
    return at_once(len(rows), lambda number: send(rows[number]))


def answers(row: dict[str, Any] | Submission, **changed: str) -> dict[str, Any]:
    """The answers of a draft with some of them changed."""
    stored = row["answers"] if isinstance(row, dict) else row.answers
    return {**stored, **{block_id(name): value for name, value in changed.items()}}


@pytest.fixture(autouse=True)
def _patient(settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0
    settings.FORMS_LIMITS = {"begin": (1000, 60)}


def test_eight_who_send_at_once_share_three_places() -> None:
    rows = drafts(CROWD, limit_total=ROOM)

    outcomes = sorted(all_at_once(rows))

    assert outcomes == ["all"] * (CROWD - ROOM) + ["sent"] * ROOM
    assert sorted(TakenPlace.objects.values_list("number", flat=True)) == [1, 2, 3]
    assert Submission.objects.filter(state="draft").count() == CROWD - ROOM


def test_a_matter_has_as_many_places_as_the_form_says_and_each_matter_its_own() -> None:
    about = [ABOUT, ABOUT, ABOUT, OTHER, OTHER, OTHER, "", ""]
    rows = drafts(CROWD, lambda number: {"subject": about[number]}, limit_per_subject=2)

    outcomes = list(zip(about, all_at_once(rows), strict=True))

    assert sorted(outcomes) == sorted(
        [(ABOUT, "sent"), (ABOUT, "sent"), (ABOUT, "subject"), (OTHER, "sent"), (OTHER, "sent"), (OTHER, "subject")]
        + [("", "sent")] * 2
    )
    assert sorted(TakenPlace.objects.values_list("limit", "key", "number")) == [
        ("subject", ABOUT, 1), ("subject", ABOUT, 2), ("subject", OTHER, 1), ("subject", OTHER, 2),
    ]  # fmt: skip


def test_a_place_for_a_matter_that_is_given_back_goes_to_the_next() -> None:
    ada = person("ada@example.se")
    rows = drafts(3, lambda number: {"subject": ABOUT, "person": ada}, limit_per_subject=1)
    assert [send(rows[0]), send(rows[1])] == ["sent", "subject"]

    withdraw(submission=rows[0], person=ada)

    assert [send(rows[1]), send(rows[2])] == ["sent", "subject"]
    kept = Submission.objects.get(pk=rows[2].pk)
    assert (kept.state, kept.answers) == ("draft", rows[2].answers)


def test_one_person_with_eight_drafts_sends_as_many_as_one_person_may() -> None:
    ada = person("ada@example.se")
    rows = drafts(CROWD, lambda number: {"person": ada}, limit_per_person=2)

    assert sorted(all_at_once(rows)) == ["person"] * (CROWD - 2) + ["sent"] * 2


def test_two_spellings_of_an_organisation_share_its_place() -> None:
    spelled = ["Nässjö kommun", "NÄSSJÖ  KOMMUN", "nässjö-kommun", "Nässjö kommun.", "Eksjö kommun"]
    rows = drafts(len(spelled), limit_per_organisation=1, organisation_field="organisation")
    for row, name in zip(rows, spelled, strict=True):
        Submission.objects.filter(pk=row.pk).update(answers=answers(row, organisation=name))

    outcomes = all_at_once(rows)

    assert sorted(outcomes[:4]) == ["organisation"] * 3 + ["sent"]
    assert outcomes[4] == "sent"


def test_who_comes_under_several_limits_takes_a_place_under_all_or_none() -> None:
    ada = person("ada@example.se")
    rows = drafts(
        CROWD, lambda number: {"person": ada, "subject": ABOUT}, limit_total=5, limit_per_person=4, limit_per_subject=3
    )

    outcomes = all_at_once(rows)

    assert outcomes.count("sent") == 3
    assert set(outcomes) == {"sent", "subject"}
    assert {limit: TakenPlace.objects.filter(limit=limit).count() for limit in ("all", "person", "subject")} == {
        "all": 3,
        "person": 3,
        "subject": 3,
    }


def test_a_sample_takes_no_place() -> None:
    rows = drafts(2, lambda number: {"subject": ABOUT, "is_sample": number == 0}, limit_per_subject=1)

    assert [send(row) for row in rows] == ["sent", "sent"]
    assert TakenPlace.objects.get().submission == rows[1]


def test_the_numbers_of_places_given_back_are_used_again() -> None:
    rows = drafts(4, lambda number: {"subject": ABOUT}, limit_per_subject=3)
    for row in rows[:3]:
        send(row)
    TakenPlace.objects.filter(number=2).delete()

    take_places(Submission.objects.select_related("form").get(pk=rows[3].pk))

    assert sorted(TakenPlace.objects.values_list("number", flat=True)) == [1, 2, 3]
