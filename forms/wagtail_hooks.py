"""Registers the forms room in the Wagtail admin."""

from django.urls import URLPattern
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from forms.admin import around
from forms.admin.form import ChoiceListViewSet, FormViewSet
from forms.admin.submissions import SubmissionAdmin

register_snippet(FormViewSet)
register_snippet(ChoiceListViewSet)
SubmissionAdmin().register_with_wagtail()


@hooks.register("register_admin_urls")
def around_forms() -> list[URLPattern]:
    """Codes, tests and languages of a form."""
    return around.urls
