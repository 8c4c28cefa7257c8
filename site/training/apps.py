"""The training room as Django knows it."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Training days and their pages."""

    name = "training"
    label = "training"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from pages.demo.registry import steps
        from pages.highlights import highlights
        from training import demo, highlighters  # app ready: they read the page models

        highlights.append(highlighters.coming_days)
        steps.append(demo.TRAINING_DAYS)
