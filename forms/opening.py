"""When a form can be filled in, and how that is said."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forms.models import EntryCode, Form, Submission, TakenPlace


class Opening(models.TextChoices):
    """Whether a form is open, and if not, why."""

    OPEN = "open", gettext_lazy("open")
    NOT_YET = "not_yet", gettext_lazy("not open yet")
    OVER = "over", gettext_lazy("closed")


def opening(form: Form, now: datetime | None = None) -> Opening:
    """Is the form open now? An unpublished form is closed."""
    now = now or timezone.now()
    if not form.live or (form.closes_at and form.closes_at <= now):
        return Opening.OVER
    if form.opens_at and form.opens_at > now:
        return Opening.NOT_YET
    return Opening.OPEN


def is_full(form: Form) -> bool:
    """Have as many been sent as the form takes in all? Asks nothing where there is no limit."""
    if form.limit_total is None:
        return False
    taken = TakenPlace.objects.filter(form=form, limit=TakenPlace.Limit.ALL)
    return taken.count() >= form.limit_total


def opens_for(form: Form, code: EntryCode | None, *, is_sample: bool = False, now: datetime | None = None) -> bool:
    """Can it be filled in now: because it is open, with a late-entry code, or only to try it?"""
    if is_sample:
        return True
    state = opening(form, now)
    if state == Opening.OPEN:
        return True
    return state == Opening.OVER and form.live and code is not None and is_valid(code, now)


def opens_for_draft(draft: Submission, now: datetime | None = None) -> bool:
    """Can this draft be filled in and sent now?"""
    return opens_for(draft.form, draft.entry_code, is_sample=draft.is_sample, now=now)


def is_valid(code: EntryCode, now: datetime | None = None) -> bool:
    """Can the code be used today? Uses are counted when something is sent."""
    return code.revoked_at is None and code.valid_until > (now or timezone.now())


def uses_left(code: EntryCode) -> int:
    """How many times it can still be used."""
    taken = TakenPlace.objects.filter(form=code.form_id, limit=TakenPlace.Limit.CODE, key=str(code.pk))
    return max(code.max_uses - taken.count(), 0)


def last_moment(moment: datetime) -> str:
    """Until when, as people say it: "Friday 27 November 2026 at 16.00"; midnight belongs to the day before."""
    local = timezone.localtime(moment)
    if (local.hour, local.minute) == (0, 0):
        return date_format(local - timedelta(seconds=1), "l j F Y")
    return first_moment(moment)


def first_moment(moment: datetime) -> str:
    """From when, as people say it."""
    local = timezone.localtime(moment)
    return _("%(day)s at %(time)s") % {"day": date_format(local, "l j F Y"), "time": date_format(local, "H.i")}
