"""Who works in an association: people are invited by its administrators, with roles there and nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Collection, GroupCollectionPermission

from records import policy
from records.errors import Invalid, NotAllowed
from records.events import NewEvent, NewMail, record
from records.mail import address, mail_kind
from records.models.role import RoleGroup
from records.roles import ENTER_THE_ADMIN, Role, roles

INVITE = "records.invite_user"

mail_kind(
    key="records.invitation",
    label=gettext_lazy("Invitation to a role in the association"),
    placeholders={
        "person": gettext_lazy("The name or address of the person who invites"),
        "roles": gettext_lazy("The roles that the invitation gives"),
        "link": gettext_lazy("The address where the invited person signs in"),
    },
    examples={
        "person": "Bo Berg",
        "roles": gettext_lazy("Officer"),
        "link": "https://samsyn.example/konto/logga-in/",
    },
    subject=gettext_lazy("You have a role in {{ association_name }}"),
    body=gettext_lazy(
        "{{ person }} has given you a role in {{ association_name }}: {{ roles }}.\n\n"
        "Sign in with this e-mail address. You need no password: a code is mailed to you.\n\n"
        "{{ link }}\n\n"
        "If you do not know what this is about, you need do nothing.\n"
    ),
)


@dataclass(frozen=True)
class Colleague:
    """Somebody with roles in the association."""

    user: Any
    roles: tuple[str, ...]

    @property
    def labels(self) -> list[tuple[str, Any]]:
        """Role and what it is called."""
        return [(role, Role(role).label) for role in self.roles]


def colleagues(collection: Collection) -> list[Colleague]:
    """Everybody with a role in the association, by name; two queries however many they are."""
    held: dict[Any, list[str]] = {}
    rows = RoleGroup.objects.filter(collection=collection).values_list("role", "group__user")
    for role, user_id in rows:
        if user_id is not None:
            held.setdefault(user_id, []).append(role)
    people = get_user_model()._default_manager.filter(pk__in=held).order_by("last_name", "first_name", "email")
    order = Role.values.index
    return [Colleague(person, tuple(sorted(held[person.pk], key=order))) for person in people]


def giveable(by: Any, collection: Collection) -> list[str]:
    """The roles that ``by`` may give and take here: an administrator all of them, others none beyond their own."""
    if not policy.has(by, INVITE, collection):
        return []
    if policy.everywhere(by):
        return list(Role.values)
    own = roles.of(by, collection)
    return list(Role.values) if Role.ADMINISTRATOR in own else [role for role in Role.values if role in own]


def invite(
    *, by: Any, collection: Collection, email: str, give: Iterable[str], first_name: str = "", last_name: str = ""
) -> Any:
    """Give a person roles in the association and write to her; returns the person.

    Somebody without an account gets one; the name of somebody who has one is left as it is. Roles she has already
    change nothing and are not mailed about. Raises NotAllowed, Invalid.
    """
    wanted = [role for role in Role.values if role in set(give)]
    if not wanted:
        raise Invalid({"roles": [_("Choose at least one role.")]})
    _demand(by, collection, wanted)
    model = get_user_model()
    email = model._default_manager.normalize_email(address(email))
    with transaction.atomic():
        person = model._default_manager.select_for_update(no_key=True).filter(email=email).first()
        if person is None:
            person = model._default_manager.create_user(email, first_name=first_name, last_name=last_name)
        elif not person.is_active:
            raise NotAllowed(_("This account is closed. Only a superuser can open it again."))
        _leave_superusers_alone(person)
        new = [role for role in wanted if role not in roles.of(person, collection)]
        for role in new:
            _demand_contained(collection, role)
            roles.assign(person, collection, role)
        if new:
            record(
                NewEvent(
                    collection=collection,
                    stream=f"association:{collection.pk}",
                    type="person.invited",
                    actor=by,
                    transition={"person": str(person.key), "roles": new},
                ),
                mails=[_invitation(by, collection, person, new)],
            )
    return person


def remove(*, by: Any, collection: Collection, person: Any, role: str) -> None:
    """Take a role in the association from a person. Raises NotAllowed; the last administrator stays."""
    _demand(by, collection, [role])
    _leave_superusers_alone(person)
    with transaction.atomic():
        # Two administrators who remove each other at the same moment wait for one another here.
        group = Group.objects.select_for_update(no_key=True).get(
            role_group__collection=collection, role_group__role=role
        )
        if not group.user_set.filter(pk=person.pk).exists():
            return
        others = group.user_set.filter(is_active=True).exclude(pk=person.pk)
        if role == Role.ADMINISTRATOR and not others.exists():
            raise NotAllowed(_("The association must have an administrator. Give somebody else the role first."))
        roles.remove(person, collection, role)
        record(
            NewEvent(
                collection=collection,
                stream=f"association:{collection.pk}",
                type="person.role_removed",
                actor=by,
                transition={"person": str(person.key), "roles": [role]},
            )
        )


def _demand(by: Any, collection: Collection, wanted: Iterable[str]) -> None:
    if not policy.has(by, INVITE, collection):
        raise NotAllowed(_("Only an administrator of the association can invite people."))
    if not set(wanted) <= set(giveable(by, collection)):
        raise NotAllowed(_("You cannot give or take a role that you do not have yourself."))


def _leave_superusers_alone(person: Any) -> None:
    if person.is_superuser:
        raise NotAllowed(_("This person looks after the whole installation and needs no role here."))


def _demand_contained(collection: Collection, role: str) -> None:
    """A group that somebody has given rights beyond the association is not a role of it any more."""
    group = roles.groups(collection)[role]
    beyond = GroupCollectionPermission.objects.filter(group=group).exclude(collection__path__startswith=collection.path)
    app, _dot, codename = ENTER_THE_ADMIN.partition(".")
    model_wide = group.permissions.exclude(content_type__app_label=app, codename=codename)
    if beyond.exists() or model_wide.exists():
        raise NotAllowed(_("This role has been given rights beyond the association: only a superuser can give it."))


def _invitation(by: Any, collection: Collection, person: Any, given: list[str]) -> NewMail:
    with translation.override(settings.LANGUAGE_CODE):
        named = get_text_list([str(Role(role).label) for role in given], _("and"))
    return NewMail(
        kind="records.invitation",
        key=f"records.invitation:{uuid4()}",
        to=person.email,
        collection=collection,
        context={
            "person": str(by),
            "roles": named,
            "link": f"{settings.BASE_URL}{reverse('account_request_login_code')}?{urlencode({'next': '/start/'})}",
        },
    )
