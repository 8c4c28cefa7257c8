"""The forms room as Django knows it."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FormsConfig(AppConfig):
    """Forms, versions, submissions and uploads."""

    name = "forms"
    label = "forms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import forms.search_text  # noqa: F401 (app ready: it listens to what the actions tell)
        from forms.permissions.form import DEFINE, READ, SETTINGS  # app ready: they name models
        from records import policy  # app ready: it reads models
        from records.roles import grant  # app ready: it reads models

        policy.admit_all(self)
        grant("administrator", *DEFINE, *SETTINGS, *READ)
        grant("officer", *DEFINE, *READ)
        grant("editor", *DEFINE)
        post_migrate.connect(_after_migrate, sender=self, dispatch_uid="forms.after_migrate")


def _after_migrate(sender: AppConfig, **kwargs: Any) -> None:
    """Once per migrate: the clock of the nightly purge."""
    from forms import housekeeping  # app ready: it reads models

    housekeeping.install_schedule()
