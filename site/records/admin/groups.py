"""The Groups screen: rights over scoped rows are given for one collection at a time, in one panel for each room."""

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.collections import (
    BaseGroupCollectionMemberPermissionFormSet,
    collection_member_permission_formset_factory,
)

from records.roles import roles

_WAGTAILS_OWN = ("wagtailimages", "wagtaildocs", "wagtailadmin", "wagtailcore")

_VERBS = {
    "add": _("Add: %(rows)s"),
    "change": _("Change: %(rows)s"),
    "delete": _("Delete: %(rows)s"),
    "publish": _("Publish: %(rows)s"),
    "view": _("See: %(rows)s"),
    "export": _("Export: %(rows)s"),
}


def codenames() -> dict[str, list[str]]:
    """App label → the permissions that rooms give to roles, which are those that mean anything on a collection."""
    found: dict[str, set[str]] = {}
    for names in roles.rights.values():
        for name in names:
            app, _dot, codename = name.partition(".")
            if app not in _WAGTAILS_OWN:
                found.setdefault(app, set()).add(codename)
    return {app: sorted(names) for app, names in sorted(found.items())}


def _label(app_label: str, codename: str) -> Any:
    """What a permission is called on the screen."""
    for model in apps.get_app_config(app_label).get_models():
        for declared, label in model._meta.permissions:
            if declared == codename:
                return label
    verb, _dash, model_name = codename.partition("_")
    model = apps.get_model(app_label, model_name)
    return _Sentence(_VERBS[verb], model._meta.verbose_name_plural) if verb in _VERBS else codename


class _Sentence:
    """A label put together when it is shown, in the reader's language."""

    def __init__(self, pattern: Any, rows: Any) -> None:
        self.pattern, self.rows = pattern, rows

    def __str__(self) -> str:
        return str(self.pattern) % {"rows": self.rows}


def panels() -> list[type[BaseGroupCollectionMemberPermissionFormSet]]:
    """One panel for each room."""
    return [_panel(app_label, names) for app_label, names in codenames().items()]


def _panel(app_label: str, names: list[str]) -> type[BaseGroupCollectionMemberPermissionFormSet]:
    labels = [(name, label, label) for name, label in ((name, _label(app_label, name)) for name in names)]
    config = apps.get_app_config(app_label)
    panel = collection_member_permission_formset_factory(
        next(iter(config.get_models())),
        labels,
        "records/admin/group_permissions.html",
        default_prefix=f"{app_label}_collection_permissions",
    )
    panel.heading = config.verbose_name
    panel.app_label = app_label
    return panel
