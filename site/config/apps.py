"""The topmost room: where the others are put together."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Settings, addresses and the commands that run the whole product."""

    name = "config"
    default_auto_field = "django.db.models.BigAutoField"
