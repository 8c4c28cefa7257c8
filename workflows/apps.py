"""The workflows room as Django knows it."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WorkflowsConfig(AppConfig):
    """Matters and how they are decided."""

    name = "workflows"
    label = "workflows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take in the kinds, listen to the forms room, and say what each role may do here."""
        from records import policy  # app ready
        from records.roles import grant  # app ready
        from workflows import effects, letters, permissions, policies, receivers, steps, triggers  # noqa: F401  app ready
        from workflows.roles import CONFIRM, CONFIRM_AS_DEPUTY, EXPORT, HANDLE, REVIEW, SERVE, VIEW

        policy.admit_all(self)
        policies.register()
        definition = [f"workflows.{verb}_workflow" for verb in ("add", "change", "delete", "publish")]
        series = [f"workflows.{verb}_registryseries" for verb in ("add", "change", "delete")]
        grant("administrator", *definition, *series, VIEW)
        grant("editor", *definition)
        grant("officer", *definition, *series, VIEW, HANDLE, EXPORT)
        grant("reviewer", REVIEW)
        grant("chair", SERVE, CONFIRM)
        grant("deputy_chair", SERVE, CONFIRM_AS_DEPUTY)
        grant("member", SERVE)
        post_migrate.connect(_after_migrate, sender=self, dispatch_uid="workflows.after_migrate")


def _after_migrate(sender: AppConfig, **kwargs: Any) -> None:
    """Once per migrate: the clock of the daily reminders."""
    from django_q.models import Schedule  # app ready

    from records.housekeeping import schedule  # app ready

    schedule("workflows.remind", "workflows.tasks.remind", schedule_type=Schedule.DAILY)
