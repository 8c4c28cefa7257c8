"""Is the board made up as the law says? Each thing that is not is told in a sentence with its section."""

from datetime import date

import pytest

from workflows.board.composition import findings
from workflows.models import Member, Seat

DAY = date(2026, 5, 1)


def member(pk: int, name: str) -> Member:
    return Member(pk=pk, name=name, party=Member.Party.MUNICIPALITY)


EKSJO, REGION = member(1, "Eksjö kommun"), member(2, "Regionen")


def seat(name: str, at: Member, kind: str = "ordinary", **fields: object) -> Seat:
    fields.setdefault("user_id", sum(map(ord, name)))
    return Seat(name=name, member=at, kind=kind, starts_on=date(2023, 4, 1), **fields)


def whole() -> list[Seat]:
    return [
        seat("Bo", EKSJO, office="chair"),
        seat("Eva", EKSJO, "deputy"),
        seat("Cy", REGION, office="vice_chair"),
        seat("Fia", REGION, "deputy"),
    ]


def told(seats: list[Seat], *, without_role: str = "") -> list[tuple[str, bool]]:
    may = [row.user_id for row in seats if row.user_id and row.name != without_role]
    return [(one.sentence, one.is_wrong) for one in findings([EKSJO, REGION], seats, DAY, may_serve=may)]


def test_nothing_is_said_of_a_board_that_is_as_the_law_says() -> None:
    assert told(whole()) == []


@pytest.mark.parametrize(
    ("gone", "section"),
    [
        ({"Eva"}, "section 10"),
        ({"Cy"}, "sections 10 and 15"),
        ({"Bo", "Eva"}, "section 10"),
        ({"Bo"}, "no chair"),
        ({"Cy", "Fia"}, "no vice chair"),
    ],
)
def test_who_is_missing_is_told_with_the_law(gone: set[str], section: str) -> None:
    found = told([row for row in whole() if row.name not in gone])

    assert any(section in sentence and is_wrong for sentence, is_wrong in found)


def test_a_member_of_the_association_that_has_left_needs_nobody() -> None:
    left = Member(pk=3, name="Aneby", party=Member.Party.MUNICIPALITY, left_on=date(2025, 12, 31))

    assert findings([EKSJO, REGION, left], whole(), DAY, may_serve=[row.user_id for row in whole()]) == []


def test_one_person_in_two_seats_at_once_is_told_and_one_after_the_other_is_not() -> None:
    later = seat("Bo", REGION, "deputy", ends_on=None)
    later.starts_on = date(2027, 4, 1)
    ended = whole()
    ended[0].ends_on = date(2027, 3, 31)

    assert [words for words, _wrong in told([*ended, later]) if "two seats" in words] == []
    assert [words for words, _wrong in told([*whole(), later]) if "two seats" in words] != []


def test_a_seat_that_ends_soon_is_told_until_somebody_has_been_elected_after() -> None:
    rows = whole()
    rows[1].ends_on = date(2026, 6, 30)
    after = seat("Liv", EKSJO, "deputy")
    after.starts_on = date(2026, 7, 1)

    [(words, is_wrong)] = told(rows)
    assert ("Eva" in words, "2026" in words, is_wrong) == (True, True, False)
    assert told([*rows, after]) == []


def test_who_has_no_login_or_not_the_role_is_told() -> None:
    rows = whole()
    rows[0].user_id = None

    found = told(rows, without_role="Fia")

    assert [(words.split()[0], wrong) for words, wrong in found] == [("Bo", False), ("Fia", False)]
