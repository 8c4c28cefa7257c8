"""Codes that let somebody in after a form has closed: made and revoked by staff."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from forms.models import EntryCode, Form
from forms.permissions.form import may_change
from forms.reference import new_reference
from records.errors import Invalid, NotAllowed
from records.events import NewEvent, record

MOST_USES = 500


def make_code(*, form: Form, person: Any, valid_until: datetime, max_uses: int = 1, note: str = "") -> EntryCode:
    """A new code for the form. Raises NotAllowed, Invalid."""
    if not may_change(person, form):
        raise NotAllowed
    if valid_until <= timezone.now():
        raise Invalid({"valid_until": [_("Choose a time that has not passed.")]})
    if not 1 <= max_uses <= MOST_USES:
        raise Invalid({"max_uses": [_("Choose a number from 1 to %(most)s.") % {"most": MOST_USES}]})
    with transaction.atomic():
        code = EntryCode.objects.create(
            form=form,
            code=new_reference(),
            note=note[:200],
            valid_until=valid_until,
            max_uses=max_uses,
            created_by=person.key,
        )
        record(_event(code, "form.code_made", person, {"max_uses": max_uses, "valid_until": valid_until.isoformat()}))
    return code


def revoke_code(*, code: EntryCode, person: Any) -> None:
    """The code opens nothing more; what was sent with it stays. Raises NotAllowed."""
    if not may_change(person, code.form):
        raise NotAllowed
    with transaction.atomic():
        if EntryCode.objects.filter(pk=code.pk, revoked_at=None).update(revoked_at=timezone.now()):
            record(_event(code, "form.code_revoked", person, {}))


def _event(code: EntryCode, kind: str, person: Any, more: dict[str, Any]) -> NewEvent:
    return NewEvent(
        collection=code.form.collection,
        stream=f"form:{code.form_id}",
        type=kind,
        actor=person,
        transition={"entry_code": code.pk, **more},
    )
