"""Who may do what in which association: one reading of Wagtail's group permissions on collections."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import AppConfig
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, Group
from django.db.models import Model, Q, QuerySet
from wagtail.models import Collection, GroupCollectionPermission
from wagtail.permission_policies.base import BasePermissionPolicy

Person = AbstractBaseUser | AnonymousUser | Any
"""Someone who asks: a user, the anonymous visitor, or ``request.user``."""

_CACHE = "_rights_by_permission"
_WAGTAILS_CACHE = "_collection_permission_cache"


def everywhere(user: Person) -> bool:
    """Whether every question about this person is answered yes: an active superuser."""
    return bool(user.is_active and getattr(user, "is_superuser", False))


def _rights(user: Person) -> Mapping[str, frozenset[str]]:
    """Permission name → tree paths of the collections it was given on; read once per user object."""
    if not (user.is_authenticated and user.is_active):
        return {}
    if (found := getattr(user, _CACHE, None)) is None:
        rows = GroupCollectionPermission.objects.filter(group__user=user).values_list(
            "permission__content_type__app_label", "permission__codename", "collection__path"
        )
        gathered: dict[str, set[str]] = {}
        for app, codename, path in rows:
            gathered.setdefault(f"{app}.{codename}", set()).add(path)
        found = {name: frozenset(paths) for name, paths in gathered.items()}
        setattr(user, _CACHE, found)
    return found


def forget(user: Person) -> None:
    """Drop what this user object remembers about its rights; called when they change."""
    for name in (_CACHE, _WAGTAILS_CACHE, "_perm_cache", "_group_perm_cache", "_user_perm_cache"):
        if hasattr(user, name):
            delattr(user, name)


def has(user: Person, permission: str, collection: Collection | None) -> bool:
    """Whether ``user`` holds ``permission`` ("app.codename") in this association or one above it."""
    return has_any(user, [permission], collection)


def has_any(user: Person, permissions: Iterable[str], collection: Collection | None) -> bool:
    """Whether ``user`` holds at least one of ``permissions`` in this association or one above it."""
    if everywhere(user):
        return True
    if collection is None:
        return False
    rights = _rights(user)
    return any(collection.path.startswith(path) for permission in permissions for path in rights.get(permission, ()))


def rights_of(user: Person) -> frozenset[str]:
    """The names of every permission the person holds in some association."""
    return frozenset(_rights(user))


def anywhere(user: Person, permissions: Iterable[str]) -> bool:
    """Whether ``user`` holds at least one of ``permissions`` in any association."""
    return everywhere(user) or any(permission in _rights(user) for permission in permissions)


def collections_with_any(user: Person, permissions: Iterable[str]) -> QuerySet[Collection]:
    """The associations in which ``user`` holds at least one of ``permissions``."""
    if everywhere(user):
        return Collection.objects.all()
    rights = _rights(user)
    paths = {path for permission in permissions for path in rights.get(permission, ())}
    if not paths:
        return Collection.objects.none()
    below = Q()
    for path in sorted(paths):
        below |= Q(path__startswith=path)
    return Collection.objects.filter(below)


def collections_with(user: Person, permission: str) -> QuerySet[Collection]:
    """The associations in which ``user`` holds ``permission`` ("app.codename")."""
    return collections_with_any(user, [permission])


def users_with(
    permission: str | Iterable[str], collection: Collection | None, *, superusers: bool = False
) -> QuerySet[Any]:
    """Active people who hold ``permission`` (any of several) in ``collection``, or in any when it is None.

    Superusers may do everything but hold no office: they are left out unless asked for.
    """
    names = [permission] if isinstance(permission, str) else list(permission)
    wanted = Q(pk__in=[])
    for name in names:
        app, _, codename = name.partition(".")
        wanted |= Q(permission__content_type__app_label=app, permission__codename=codename)
    given = GroupCollectionPermission.objects.filter(wanted)
    if collection is not None:
        given = given.filter(collection__in=collection.get_ancestors(inclusive=True))
    who = Q(groups__in=Group.objects.filter(pk__in=given.values("group")))
    if superusers:
        who |= Q(is_superuser=True)
    return get_user_model()._default_manager.filter(who, is_active=True).distinct()


class ScopedPolicy(BasePermissionPolicy):
    """Wagtail's questions about one model, answered association by association.

    ``actions`` says which permissions answer an action; the rest follow the model's own
    ("change" → "app.change_model"). Seeing takes any right over the model; locking takes what
    changing takes, and lifting another's lock what publishing takes.
    """

    permission_cache_name = _CACHE

    def __init__(self, model: type[Model] | str, actions: Mapping[str, Iterable[str]] | None = None) -> None:
        super().__init__(model)
        self.actions = {action: tuple(names) for action, names in (actions or {}).items()}
        self.instance: Model | None = None

    def check_model(self, model: type[Model]) -> None:
        if not hasattr(model, "collection_path"):
            raise TypeError(f"{model.__name__} does not say which association its rows belong to.")

    def named(self, action: str) -> str:
        """The permission Django would call this action by."""
        meta = self.model._meta
        return f"{meta.app_label}.{action}_{meta.model_name}"

    def permissions_for(self, action: str) -> tuple[str, ...]:
        """The permissions of which one is enough for ``action``."""
        if action in self.actions:
            return self.actions[action]
        match action:
            case "view" | "choose":
                given = [name for names in self.actions.values() for name in names]
                own = [self.named(name) for name in ("add", "change", "delete", "publish", "view")]
                return tuple(dict.fromkeys([*given, *own]))
            case "lock":
                return self.permissions_for("change")
            case "unlock":
                return self.permissions_for("publish")
        return (self.named(action),)

    def _names(self, actions: Iterable[str]) -> list[str]:
        return [name for action in actions for name in self.permissions_for(action)]

    def for_instance(self, instance: Model) -> "ScopedPolicy":
        """The same policy, which answers even model-wide questions for this row's association only.

        Wagtail's views ask most of their questions per model; given this they ask them of the row.
        """
        narrowed = type(self)(self.model, self.actions)
        narrowed.instance = instance
        return narrowed

    def collection_of(self, instance: Any) -> Collection | None:
        """The association a row belongs to."""
        return instance.get_collection()

    # -- questions about the model as a whole ---------------------------------------------------
    def user_has_permission(self, user: Person, action: str) -> bool:
        return self.user_has_any_permission(user, [action])

    def user_has_any_permission(self, user: Person, actions: Iterable[str]) -> bool:
        if self.instance is not None:
            return has_any(user, self._names(actions), self.collection_of(self.instance))
        return anywhere(user, self._names(actions))

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[Any]:
        return users_with(self._names(actions), None, superusers=True)

    # -- questions about one row ----------------------------------------------------------------
    def user_has_permission_for_instance(self, user: Person, action: str, instance: Any) -> bool:
        return has_any(user, self.permissions_for(action), self.collection_of(instance))

    def user_has_any_permission_for_instance(self, user: Person, actions: Iterable[str], instance: Any) -> bool:
        return has_any(user, self._names(actions), self.collection_of(instance))

    def users_with_any_permission_for_instance(self, actions: Iterable[str], instance: Any) -> QuerySet[Any]:
        return users_with(self._names(actions), self.collection_of(instance), superusers=True)

    # -- questions about many rows --------------------------------------------------------------
    def narrow(
        self, rows: QuerySet[Any], user: Person, actions: Iterable[str] = ("view", "change", "delete")
    ) -> QuerySet[Any]:
        """``rows`` without those of associations where ``user`` may do none of ``actions``."""
        if everywhere(user):
            return rows.all()
        allowed = collections_with_any(user, self._names(actions))
        return rows.filter(**{f"{self.model.collection_path}__in": allowed})

    def instances_user_has_any_permission_for(self, user: Person, actions: Iterable[str]) -> QuerySet[Any]:
        return self.narrow(self.model._default_manager.all(), user, actions)

    def collections_user_has_any_permission_for(self, user: Person, actions: Iterable[str]) -> QuerySet[Collection]:
        return collections_with_any(user, self._names(actions))

    def collections_user_has_permission_for(self, user: Person, action: str) -> QuerySet[Collection]:
        return self.collections_user_has_any_permission_for(user, [action])


_policies: dict[type[Model], ScopedPolicy] = {}


def register(model: type[Model], actions: Mapping[str, Iterable[str]] | None = None) -> ScopedPolicy:
    """Make the one policy that answers for ``model`` wherever its rows are met; called in ``AppConfig.ready``.

    Without ``actions`` the model's own permissions answer ("change" → "app.change_model"), so that rows of a model
    which declares none are for superusers.
    """
    _policies[model] = ScopedPolicy(model, actions)
    return _policies[model]


def of(model: type[Model]) -> ScopedPolicy:
    """The policy that answers for ``model``: the registered one, or that of its own permissions."""
    return _policies.get(model) or ScopedPolicy(model)


def admit(model: type[Model]) -> None:
    """See to it that a model shown in the admin has a policy; one that was registered stays."""
    if model not in _policies:
        register(model)


def admit_all(room: AppConfig) -> None:
    """See to it that every scoped model of a room has a policy."""
    for model in room.get_models():
        if hasattr(model, "collection_path"):
            admit(model)


def registered() -> Mapping[type[Model], ScopedPolicy]:
    """Every model that has a policy, for the test that no scoped model lacks one."""
    return dict(_policies)
