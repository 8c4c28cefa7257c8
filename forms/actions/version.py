"""Taking up an old version again: its draft becomes the newest draft, to be looked through and published."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Revision

from forms.definition import Definition, DefinitionVersion
from records.errors import Conflict, Invalid, NotAllowed
from records.events import NewEvent, record
from records.models import Event
from records.policy import has

KEPT = ("collection_id", "slug", "go_live_at", "expire_at", "locked", "locked_at", "locked_by_id")
"""What belongs to the definition as it is now, not to a version of it."""


def draft_of(definition: Definition, version: DefinitionVersion) -> Revision | None:
    """The draft that was published as the version; None when it is kept no more."""
    events = Event.objects.filter(
        stream=definition.stream, type=f"{definition._meta.model_name}.published", transition__number=version.number
    )
    for event in events.order_by("sequence"):
        revision = definition.revisions.filter(pk=event.transition.get("revision")).first()
        if revision is not None:
            return revision
    return None


def restore_version(*, definition: Definition, version: DefinitionVersion, user: Any) -> Revision:
    """Make the old version the newest draft; what is published stays in use until somebody publishes the draft.

    Raises NotAllowed, Conflict while somebody else has locked it, and Invalid when the old draft is kept no more.
    """
    with transaction.atomic():
        stored = type(definition)._default_manager.select_for_update(no_key=True).get(pk=definition.pk)
        if not has(user, stored.permission("change"), stored.collection):
            raise NotAllowed(_("You may not change this in this association."))
        lock = stored.get_lock()
        if lock is not None and lock.for_user(user):
            raise Conflict(_("Somebody has locked this. Ask them to unlock it first."))
        revision = draft_of(stored, version)
        if revision is None:
            raise Invalid(_("The draft of this version is kept no more, so it cannot be taken up again."))
        draft = revision.as_object()
        for name in KEPT:
            if hasattr(stored, name):
                setattr(draft, name, getattr(stored, name))
        draft.change_reason = _("Version %(number)s taken up again.") % {"number": version.number}
        made = draft.save_revision(user=user, clean=False)
        record(
            NewEvent(
                collection=stored.collection,
                stream=stored.stream,
                type=f"{stored._meta.model_name}.restored",
                actor=user,
                transition={"number": version.number, "revision": made.pk},
            )
        )
    return made
