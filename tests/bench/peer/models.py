"""A form page as the documentation of wagtail.contrib.forms shows it."""

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.contrib.forms.models import AbstractEmailForm, AbstractFormField


class FormField(AbstractFormField):
    """One field of the form."""

    page = ParentalKey("PeerForm", on_delete=models.CASCADE, related_name="form_fields")


class PeerForm(AbstractEmailForm):
    """The page with the form; it mails what was sent to ``to_address``, where there is one."""

    template = "peer/form_page.html"
    landing_page_template = "peer/landing.html"
