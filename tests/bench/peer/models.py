"""A form page as the documentation of wagtail.contrib.forms shows it."""

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.contrib.forms.models import AbstractForm, AbstractFormField
from wagtail.models import Page


class FormField(AbstractFormField):
    """One field of the form."""

    page = ParentalKey("PeerForm", on_delete=models.CASCADE, related_name="form_fields")


class PeerForm(AbstractForm, Page):
    """The page with the form."""

    template = "peer/form_page.html"
    landing_page_template = "peer/landing.html"
