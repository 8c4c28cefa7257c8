"""Editing forms that offer, accept and show again only what the person may see and the row may refer to."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.models import Collection, CollectionMember, Page, ReferenceIndex
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy

from records import policy
from records.admin.reach import reachable_pages
from records.scope import Scoped

FOREIGN = _("Choose something that belongs to the same association.")

Reference = tuple[type[Model], str, str]
"""What is referred to (model and key), and the field where."""


def narrowed(rows: QuerySet[Any], user: policy.Person) -> QuerySet[Any]:
    """``rows`` that a person may choose among in the admin; rows without an association are left as they are."""
    model = rows.model
    if policy.everywhere(user):
        return rows
    if issubclass(model, Collection):
        return rows.filter(pk__in=policy.collections_with_any(user, policy.rights_of(user)).values("pk"))
    if issubclass(model, Scoped):
        return policy.of(model).narrow(rows, user)
    if issubclass(model, Page):
        return rows.filter(Q(live=True) | Q(pk__in=reachable_pages(user).values("pk")))
    if issubclass(model, CollectionMember):
        media = CollectionOwnershipPermissionPolicy(model, owner_field_name="uploaded_by_user")
        seen = media.instances_user_has_any_permission_for(user, ["add", "change", "delete", "choose"])
        return rows.filter(pk__in=seen.values("pk"))
    return rows


def _of_an_association(model: type[Model] | None) -> bool:
    return model is not None and issubclass(model, Scoped | CollectionMember)


class ScopedFields:
    """A form whose choices are narrowed to the person's associations, on the screen and when it is posted."""

    for_user: Any
    fields: dict[str, Any]
    instance: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            rows = getattr(field, "queryset", None)
            if rows is None or self.for_user is None:
                continue
            if name == "collection" and isinstance(self.instance, Scoped):
                self._place(field)
            else:
                field.queryset = narrowed(rows, self.for_user) | self._kept(name, rows)
        for formset in getattr(self, "formsets", {}).values():
            formset.form = scoped_form(formset.form)

    def _place(self, field: Any) -> None:
        """The association is chosen once, among those the person may add to, and never changed."""
        if self.instance.pk:
            field.queryset = Collection.objects.filter(pk=self.instance.collection_id)
            field.disabled = True
        else:
            rules = policy.of(type(self.instance))
            field.queryset = rules.collections_user_has_permission_for(self.for_user, "add")
            if len(field.queryset) == 1:
                field.initial = field.queryset[0].pk
        field.empty_label = None

    def _kept(self, name: str, rows: QuerySet[Any]) -> QuerySet[Any]:
        """What the row refers to already."""
        if self.instance.pk is None or policy.everywhere(self.for_user):
            return rows.none()
        column = self.instance._meta.get_field(name) if name in self._own_columns() else None
        kept = getattr(self.instance, column.attname, None) if column is not None else None
        return rows.filter(pk=kept) if kept is not None else rows.none()

    def _own_columns(self) -> set[str]:
        return {column.name for column in self.instance._meta.concrete_fields}

    def full_clean(self) -> None:
        if self.is_bound and self.for_user is not None:  # type: ignore[attr-defined]
            self._refuse_unseen()
        super().full_clean()  # type: ignore[misc]

    def _refuse_unseen(self) -> None:
        """A chooser shows the name of whatever key is posted to it, also when the form comes back with errors.

        The choosers themselves never offer another association's rows, so such a key was put there by hand. Raises
        PermissionDenied.
        """
        if policy.everywhere(self.for_user):
            return
        kept = set(_references(self.instance)) if self.instance.pk else set()
        for model, keys in _by_model(set(self._posted()) - kept).items():
            rows = model._base_manager.filter(pk__in=[key for key in keys if key.isdecimal()])
            unseen = rows.exclude(pk__in=narrowed(model._default_manager.all(), self.for_user).values("pk"))
            if unseen.exists():
                raise PermissionDenied

    def _posted(self) -> Iterator[Reference]:
        """Everything that the posted data refers to, valid or not."""
        for name, field in self.fields.items():
            widget, prefixed = field.widget, self.add_prefix(name)  # type: ignore[attr-defined]
            if (block := getattr(widget, "block_def", None)) is not None:
                try:
                    value = widget.value_from_datadict(self.data, self.files, prefixed)  # type: ignore[attr-defined]
                    found = list(block.extract_references(value))
                except (KeyError, ValueError, TypeError, ValidationError):
                    continue  # not what a browser sends; Django says so
                yield from ((model, str(key), name) for model, key, _path, _content in found)
            elif (rows := getattr(field, "queryset", None)) is not None and name != "collection":
                raw = widget.value_from_datadict(self.data, self.files, prefixed)  # type: ignore[attr-defined]
                for key in raw if isinstance(raw, list | tuple) else [raw]:
                    if key not in (None, ""):
                        yield rows.model, str(key), name

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        home = self.instance.get_collection() if isinstance(self.instance, Scoped) else None
        if home is not None:
            for name in foreign_references(self.instance, home):
                self.add_error(name if name in self.fields else None, ValidationError(FOREIGN))  # type: ignore[attr-defined]


def _references(instance: Any) -> Iterator[Reference]:
    """Everything a row refers to, however deep in its blocks."""
    for type_id, key, field, _path in ReferenceIndex._extract_references_from_object(instance):
        model = ContentType.objects.get_for_id(type_id).model_class()
        if model is not None:
            yield model, str(key), field.partition(".")[0]


def _by_model(references: Iterable[Reference]) -> dict[type[Model], dict[str, str]]:
    """Model → key → field, of what can belong to an association."""
    found: dict[type[Model], dict[str, str]] = {}
    for model, key, name in references:
        if _of_an_association(model) or issubclass(model, Page):
            found.setdefault(model, {})[key] = name
    return found


def foreign_references(instance: Any, home: Collection) -> list[str]:
    """Names of the fields that point at another association's row, image or document."""
    foreign = []
    for model, fields in _by_model(_references(instance)).items():
        if not _of_an_association(model):
            continue
        path = getattr(model, "collection_path", "collection")
        places = model._base_manager.filter(pk__in=list(fields)).values_list("pk", f"{path}__path")
        known = {str(key): place for key, place in places}
        foreign += [name for key, name in fields.items() if not (known.get(key) and home.path.startswith(known[key]))]
    return foreign


def scoped_form(base: type[Any]) -> type[Any]:
    """``base`` with its choices narrowed."""
    if issubclass(base, ScopedFields):
        return base
    metaclass: Any = type(base)
    return metaclass(f"Scoped{base.__name__}", (ScopedFields, base), {})


def scope_edit_handler(handler: Any, model: type[Any]) -> Any:
    """An edit handler whose forms are narrowed, whoever builds them."""
    base = handler.base_form_class or getattr(model, "base_form_class", WagtailAdminModelForm)
    handler.base_form_class = scoped_form(base)
    return handler
