"""Tenancy: every row belongs to one association, which is one Wagtail collection."""

from typing import Any, ClassVar, Self, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows narrowed to what one person may meet."""

    def for_user(self, user: AbstractBaseUser | AnonymousUser, permission: str | None = None) -> Self:
        """Only rows in collections where ``user`` holds ``permission`` ("app.codename").

        Without a permission: where the person holds any right at all over rows of this model.
        """
        from records import policy  # app ready: policy reads models

        if permission is None:
            return cast("Self", policy.of(self.model).narrow(self, user))
        if policy.everywhere(user):
            return self.all()
        return self.filter(**{f"{self.model.collection_path}__in": policy.collections_with(user, permission)})


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)


class Scoped(models.Model):
    """A row that belongs to an association, directly or through its parent."""

    collection_path: ClassVar[str] = "collection"

    objects = ScopedManager()

    class Meta:
        abstract = True

    def get_collection(self) -> Collection | None:
        """The association this row belongs to, found along ``collection_path``."""
        found: Any = self
        for step in type(self).collection_path.split("__"):
            found = getattr(found, step, None)
            if found is None:
                return None
        return found


class CollectionScoped(Scoped):
    """A row that carries its association itself."""

    collection = models.ForeignKey(
        Collection, on_delete=models.PROTECT, related_name="+", verbose_name=_("association")
    )

    class Meta:
        abstract = True
