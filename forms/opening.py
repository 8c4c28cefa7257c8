"""When a form can be filled in."""

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forms.models import Form


class Opening(models.TextChoices):
    """Whether a form is open, and if not, why."""

    OPEN = "open", _("open")
    NOT_YET = "not_yet", _("not open yet")
    OVER = "over", _("closed")


def opening(form: Form, now: datetime | None = None) -> Opening:
    """Is the form open now? An unpublished form is closed."""
    now = now or timezone.now()
    if not form.live or (form.closes_at and form.closes_at <= now):
        return Opening.OVER
    if form.opens_at and form.opens_at > now:
        return Opening.NOT_YET
    return Opening.OPEN
