"""Roles: what a person can be in an association, and which rights that gives."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from wagtail.models import Collection, GroupCollectionPermission

from records import policy
from records.models.role import RoleGroup

Role = RoleGroup.Role

WORKS_IN_THE_ADMIN = (Role.ADMINISTRATOR, Role.EDITOR, Role.OFFICER)
"""Roles whose work is done in the Wagtail admin; the board and reviewers never need it."""

ENTER_THE_ADMIN = "wagtailadmin.access_admin"

MEDIA = tuple(
    f"wagtail{kind}.{action}_{noun}"
    for kind, noun in (("images", "image"), ("docs", "document"))
    for action in ("add", "change", "choose")
)
"""Pictures and documents of the association, which Wagtail itself keeps apart by collection."""


class Roles:
    """The roles of the house: rooms contribute rights, associations get one group for each role."""

    def __init__(self) -> None:
        self.rights: dict[str, set[str]] = {role: set() for role in Role.values}

    def grant(self, role: str, *permissions: str) -> None:
        """Let ``role`` hold ``permissions`` ("app.codename") in every association made from now on."""
        self.rights[Role(role)].update(permissions)

    @transaction.atomic
    def create(self, collection: Collection, name: str) -> dict[str, Group]:
        """One group for each role of the association, with its rights on the collection; safe to repeat."""
        return {role: self._group(collection, name, role) for role in Role.values}

    def _group(self, collection: Collection, name: str, role: str) -> Group:
        row = RoleGroup.objects.filter(collection=collection, role=role).select_related("group").first()
        if row is None:
            with translation.override(settings.LANGUAGE_CODE):
                title = f"{name}: {Role(role).label}"[:150]
            if Group.objects.filter(name=title).exists():
                title = f"{title[:130]} ({collection.pk})"
            row = RoleGroup.objects.create(collection=collection, role=role, group=Group.objects.create(name=title))
        if role in WORKS_IN_THE_ADMIN:
            row.group.permissions.add(*_permissions([ENTER_THE_ADMIN]))
        for permission in _permissions(self.rights[role]):
            GroupCollectionPermission.objects.get_or_create(
                group=row.group, collection=collection, permission=permission
            )
        return row.group

    def groups(self, collection: Collection) -> dict[str, Group]:
        """Role → group in this association."""
        rows = RoleGroup.objects.filter(collection=collection).select_related("group")
        return {row.role: row.group for row in rows}

    def assign(self, user: Any, collection: Collection, role: str) -> None:
        """Give ``user`` a role in the association. Raises ``RoleGroup.DoesNotExist`` if it was never created."""
        user.groups.add(RoleGroup.objects.select_related("group").get(collection=collection, role=role).group)
        policy.forget(user)

    def remove(self, user: Any, collection: Collection, role: str) -> None:
        """Take a role in the association from ``user``."""
        user.groups.remove(RoleGroup.objects.select_related("group").get(collection=collection, role=role).group)
        policy.forget(user)

    def of(self, user: Any, collection: Collection) -> set[str]:
        """The roles ``user`` has in the association."""
        return set(RoleGroup.objects.filter(collection=collection, group__user=user).values_list("role", flat=True))

    def people(self, collection: Collection, role: str) -> QuerySet[Any]:
        """Active people who have a role in the association."""
        group = self.groups(collection)[role]
        return group.user_set.filter(is_active=True)


def _permissions(names: Iterable[str]) -> list[Permission]:
    """The permission rows of these names. Raises LookupError for a name that no model declares."""
    wanted = set(names)
    if not wanted:
        return []
    asked = Q(pk__in=[])
    for name in wanted:
        app, _, codename = name.partition(".")
        asked |= Q(content_type__app_label=app, codename=codename)
    found = list(Permission.objects.filter(asked).select_related("content_type"))
    missing = wanted - {f"{row.content_type.app_label}.{row.codename}" for row in found}
    if missing:
        raise LookupError(f"No model declares {', '.join(sorted(missing))}.")
    return found


roles = Roles()
grant = roles.grant
