"""The app as Django knows it; its rights belong to the roles like those of any room."""

from django.apps import AppConfig


class ScopedConfig(AppConfig):
    """Notebooks and their leaves."""

    name = "tests.scoped"
    label = "scoped"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from records import policy, roles  # app ready: they read models

        rights = [f"scoped.{verb}_notebook" for verb in ("add", "change", "delete", "publish")]
        roles.grant("administrator", *rights, "scoped.view_leaf", "scoped.change_leaf", "scoped.delete_leaf")
        roles.grant("editor", *rights[:2])
        roles.grant("officer", "scoped.view_leaf", "scoped.export_leaf")
        policy.admit_all(self)
