"""What staff do with one of many chosen submissions: the receipt again, a sample removed."""

import uuid
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from forms.models import Submission
from forms.permissions import may_see_submission
from forms.permissions.form import may_change
from records.errors import Conflict, NotAllowed
from records.events import NewEvent, record

from .submission import _receipt, stream_of
from .upload import delete_uploads


def resend_receipt(*, submission: Submission, person: Any) -> str | Promise:
    """Send the receipt once more to whom it was sent for; says so. Raises NotAllowed, Conflict."""
    if not may_see_submission(person, submission):
        raise NotAllowed
    if submission.state != Submission.State.SUBMITTED:
        raise Conflict(_("It has been taken back or purged, and there is nothing to confirm."))
    if submission.is_sample:
        raise Conflict(_("It is a sample, and nobody waits for a receipt."))
    if not submission.email:
        raise Conflict(_("There is no e-mail address to send it to."))
    with transaction.atomic():
        mail = _receipt(submission)
        record(
            NewEvent(
                collection=submission.collection,
                stream=stream_of(submission),
                type="submission.receipt_resent",
                actor=person,
                transition={"reference": submission.reference},
            ),
            mails=[replace(mail, key=f"{mail.key}:{uuid.uuid4().hex}")],
        )
    return _("The receipt is on its way.")


def remove_sample(*, submission: Submission, person: Any) -> str | Promise:
    """Remove what was filled in only to try the form; says so. Raises NotAllowed, Conflict for anything real."""
    with transaction.atomic():
        row = Submission.objects.select_for_update().filter(pk=submission.pk).first()
        if row is None:
            return _("It was removed already.")
        if not row.is_sample:
            raise Conflict(_("It is no sample. What people have sent in is not removed here."))
        if not may_change(person, submission.form):
            raise NotAllowed
        delete_uploads(list(row.uploads.all()))
        record(
            NewEvent(
                collection=submission.collection,
                stream=f"form:{submission.form_id}",
                type="form.samples_purged",
                actor=person,
                transition={"count": 1},
            )
        )
        row.delete()
    return _("The sample is removed.")
