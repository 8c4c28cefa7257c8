"""Made-up people with logins and roles in the associations."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pages.demo import facts
from pages.demo.associations import collection_of
from pages.demo.registry import Step
from records.roles import roles


@transaction.atomic
def load() -> int:
    """Make the people who are missing; tells how many were made."""
    described = facts.read("people")
    made = 0
    users = get_user_model().objects
    administrator = dict(described["administrator"])
    if not users.filter(email=administrator["email"]).exists():
        users.create_superuser(password=described["password"], **administrator)
        made += 1
    for slug, people in described["associations"].items():
        collection = collection_of(slug)
        for login, person in people.items():
            made += _person(f"{login}@{slug}.example", described["password"], collection, dict(person))
    return made


def logins() -> list[tuple[str, str]]:
    """Address and password of everybody who can sign in to the demo."""
    described = facts.read("people")
    addresses = [described["administrator"]["email"]]
    addresses += [f"{login}@{slug}.example" for slug, people in described["associations"].items() for login in people]
    return [(address, described["password"]) for address in addresses]


def _person(email: str, password: str, collection: Any, person: dict[str, Any]) -> int:
    users = get_user_model().objects
    held = person.pop("roles")
    if users.filter(email=email).exists():
        return 0
    user = users.create_user(email, password, **person)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    for role in held:
        roles.assign(user, collection, role)
    return 1


PEOPLE = Step(name="people", label=_("People and logins"), order=200, run=load)
