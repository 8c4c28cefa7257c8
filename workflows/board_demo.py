"""The demo's boards: made-up people for each member of the associations, standing items, and meetings to come."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import Collection

from records.policy import users_with
from records.roles import Role, roles
from workflows import actions
from workflows.demo import FIXTURES
from workflows.models import Board, Meeting, Seat
from workflows.roles import HANDLE


def read() -> Any:
    """The demo's boards as data."""
    return json.loads((FIXTURES / "demo" / "board.json").read_text(encoding="utf-8"))


def load(collections: Mapping[str, Collection]) -> int:
    """A board for each association by its address, and its coming meetings; tells how many boards were made.

    Safe to repeat: an association that has a board is left as it is.
    """
    data, made = read(), 0
    for slug, described in data["associations"].items():
        if slug in collections and not Board.objects.filter(collection=collections[slug]).exists():
            _make(data, described, slug, collections[slug])
            made += 1
    return made


@transaction.atomic
def _make(data: Mapping[str, Any], described: Mapping[str, Any], slug: str, collection: Collection) -> None:
    board = Board.objects.create(
        collection=collection,
        court=described["court"],
        minutes_kept_at=described["kept"],
        distance_decided_on=data["distance"]["decided_on"],
        distance_decision=data["distance"]["decision"],
    )
    for member in described["members"]:
        row = board.members.create(name=member["name"], party=member["party"], joined_on=data["term"]["starts_on"])
        for kind, people in ((Seat.Kind.ORDINARY, member["ordinary"]), (Seat.Kind.DEPUTY, member["deputies"])):
            for order, person in enumerate(people, start=1):
                row.seats.create(
                    kind=kind,
                    order=order,
                    name=person["name"],
                    user=_person(person, slug, collection),
                    office=person.get("office", ""),
                    employer=person.get("employer", ""),
                    **data["term"],
                )
    for position, item in enumerate(data["standing"], start=1):
        board.standing_items.create(position=position, **item)
    _meetings(data, described, board)


def _person(person: Mapping[str, str], slug: str, collection: Collection) -> Any:
    """The login of the demo, or one made for the seat; nobody has a password of that kind."""
    users = get_user_model().objects
    if login := person.get("login"):
        user = users.filter(email=f"{login}@{slug}.example").first()
    else:
        email = f"{slugify(person['name']).replace('-', '.')}@{slug}.example"
        first, _space, last = person["name"].partition(" ")
        user = users.filter(email=email).first() or users.create_user(email, first_name=first, last_name=last)
    if user is not None and Role.MEMBER not in roles.of(user, collection):
        roles.assign(user, collection, Role.MEMBER)
    return user


def _meetings(data: Mapping[str, Any], described: Mapping[str, Any], board: Board) -> None:
    """One meeting in three weeks with the matters that wait, and the budget's before the end of November."""
    officer = users_with(HANDLE, board.collection).order_by("pk")[0]
    today = timezone.localdate()
    plan = {"board": board, "actor": officer, "place": described["place"], "secretary": officer}
    next_one = actions.plan_meeting(
        title="Styrelsemöte", starts_at=_at(today + timedelta(days=21)), mode=Meeting.Mode.HYBRID, **plan
    )
    actions.collect_matters(meeting=next_one, actor=officer)
    for item in described["items"]:
        actions.add_item(meeting=next_one, actor=officer, **item)
    day = date(today.year, 11, 26)
    if day <= today + timedelta(days=1):
        day = day.replace(year=today.year + 1)
    budget = actions.plan_meeting(
        title="Budgetmöte", starts_at=_at(day, hour=10), purpose=Meeting.Purpose.BUDGET, **plan
    )
    for item in data["budget_items"]:
        actions.add_item(meeting=budget, actor=officer, **item)


def _at(day: date, hour: int = 13) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))
