"""The pages room as Django knows it."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, post_save


class PagesConfig(AppConfig):
    """The general Wagtail page types and the public look."""

    name = "pages"
    label = "pages"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from pages import frame, highlighters, setup  # app ready: they read the page models
        from pages.demo import associations, boards, form_pages, matters, people
        from pages.demo.registry import steps
        from pages.highlights import highlights

        highlights.extend((highlighters.forms_to_fill_in, highlighters.activities))
        steps.extend((associations.ASSOCIATIONS, people.PEOPLE, matters.MATTERS, boards.BOARDS, form_pages.FORM_PAGES))
        for changed in (post_save, post_delete):
            changed.connect(frame.forget_when_a_page_changes, dispatch_uid="pages.frame")
        post_migrate.connect(setup.make_first_pages, sender=self, dispatch_uid="pages.setup")
