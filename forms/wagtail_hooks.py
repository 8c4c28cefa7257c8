"""Registers the forms room in the Wagtail admin."""

from wagtail.snippets.models import register_snippet

from forms.admin.form import ChoiceListViewSet, FormViewSet
from forms.admin.submissions import SubmissionAdmin

register_snippet(FormViewSet)
register_snippet(ChoiceListViewSet)
SubmissionAdmin().register_with_wagtail()
