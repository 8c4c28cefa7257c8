"""The records room as Django knows it."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class RecordsConfig(AppConfig):
    """Tenancy, policy, events, effects, outbox, mail texts, rate counters."""

    name = "records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Collect every room's handlers and mail texts, and see to it that the database guards what it must."""
        from records import checks, guards, policy, roles  # app ready: they read models
        from records.models import Effect, Event, EventDetail, MailText, Message, RoleGroup

        policy.register(RoleGroup, {"view": ["records.invite_user"]})
        policy.register(Message, {"resend": ["records.resend_message"]})
        texts = ["records.change_mailtext"]
        policy.register(MailText, {"add": texts, "change": texts, "delete": texts})
        for model in (Effect, Event, EventDetail):
            policy.register(model)  # shown only through what they are about
        for role in roles.WORKS_IN_THE_ADMIN:
            roles.grant(role, *roles.MEDIA)
        for role in (roles.Role.ADMINISTRATOR, roles.Role.OFFICER):
            roles.grant(role, "records.view_message", "records.resend_message", *texts)
        roles.grant(roles.Role.ADMINISTRATOR, "records.invite_user")
        guards.register()
        checks.register()
        # A room's effects.py and mail.py register what it brings, in every process.
        autodiscover_modules("effects", "mail", "invite")
        post_migrate.connect(_after_migrate, dispatch_uid="records.after_migrate")


def _after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Once per migrate, when all tables are as they should be: triggers and the clock of the sweep."""
    from records import housekeeping, triggers  # app ready: they read models

    if sender.label == "records":
        triggers.install_triggers(using)
        housekeeping.install_schedule()
